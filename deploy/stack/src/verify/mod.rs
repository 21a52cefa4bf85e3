//! `front-desk verify`: reads the four databases and says where two records of the same thing disagree.
//!
//! One file per invariant, each a pure look at the [`picture::Picture`] that [`load`] takes. What an undelivered outbox
//! row explains, and what was imported, is no disagreement.

mod audit_chain;
mod bill;
mod history;
mod live_domain;
mod load;
mod outbox;
mod picture;
mod report;
mod reservation;
mod task;

use shared_model::text::Text;

pub use report::Report;

use crate::error::StackError;
use crate::layout::Layout;
use picture::Picture;

/// Two records that disagree.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Disagreement {
    /// What it is about, such as `work_order 17`.
    pub subject: String,
    pub text: Text,
}

impl Disagreement {
    fn new(subject: impl Into<String>, zh: impl Into<String>, en: impl Into<String>) -> Self {
        Self { subject: subject.into(), text: Text::new(zh.into(), en.into()) }
    }
}

/// Looks at everything. Blocks.
pub fn run(layout: &Layout) -> Result<Report, StackError> {
    let picture = load::picture(layout)?;
    let mut disagreements = check(&picture);
    let audit = audit_chain::check(layout, &mut disagreements)?;
    Ok(Report { counts: report::Counts::of(&picture, audit), disagreements })
}

fn check(picture: &Picture) -> Vec<Disagreement> {
    let checks = [history::check, task::check, bill::check, live_domain::check, reservation::check, outbox::check];
    checks.iter().flat_map(|check| check(picture)).collect()
}
