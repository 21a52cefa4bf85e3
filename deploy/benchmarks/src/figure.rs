//! A measured figure with the bound it has to keep.

use std::fmt;

/// Which side of the bound is good.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Bound {
    AtMost,
    AtLeast,
}

/// One line of the result.
#[derive(Clone, Debug)]
pub struct Figure {
    pub name: &'static str,
    pub value: f64,
    pub unit: &'static str,
    pub bound: Bound,
    pub limit: f64,
}

impl Figure {
    pub fn at_most(name: &'static str, value: f64, limit: f64, unit: &'static str) -> Self {
        Self { name, value, unit, bound: Bound::AtMost, limit }
    }

    pub fn at_least(name: &'static str, value: f64, limit: f64, unit: &'static str) -> Self {
        Self { name, value, unit, bound: Bound::AtLeast, limit }
    }

    pub fn holds(&self) -> bool {
        match self.bound {
            Bound::AtMost => self.value <= self.limit,
            Bound::AtLeast => self.value >= self.limit,
        }
    }
}

impl fmt::Display for Figure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mark = if self.holds() { "pass" } else { "FAIL" };
        let sign = match self.bound {
            Bound::AtMost => "<=",
            Bound::AtLeast => ">=",
        };
        let Self { name, value, unit, limit, .. } = self;
        write!(f, "{mark}  {value:>9.1} {unit:<4} ({sign} {limit} {unit})  {name}")
    }
}

/// The value below which this share of the samples lies. Samples need not be sorted; none gives 0.
pub fn percentile(samples: &[f64], share: f64) -> f64 {
    let mut sorted = samples.to_vec();
    sorted.sort_by(f64::total_cmp);
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "an index within the samples")]
    let index = ((sorted.len() as f64) * share).ceil().max(1.0) as usize - 1;
    sorted.get(index.min(sorted.len().saturating_sub(1))).copied().unwrap_or(0.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_percentile_is_a_sample() {
        let samples: Vec<f64> = (1..=100).rev().map(f64::from).collect();
        assert_eq!(percentile(&samples, 0.5), 50.0);
        assert_eq!(percentile(&samples, 0.99), 99.0);
        assert_eq!(percentile(&samples, 1.0), 100.0);
        assert_eq!(percentile(&[], 0.5), 0.0);
    }

    #[test]
    fn a_figure_holds_on_the_right_side_of_its_bound() {
        assert!(Figure::at_most("x", 1.0, 1.0, "s").holds());
        assert!(!Figure::at_most("x", 1.1, 1.0, "s").holds());
        assert!(Figure::at_least("x", 3.0, 3.0, "x").holds());
        assert!(!Figure::at_least("x", 2.9, 3.0, "x").holds());
    }
}
