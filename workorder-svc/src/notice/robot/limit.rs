//! How fast a robot may be spoken to. Pure: time is a parameter.

use std::collections::VecDeque;

use chrono::{DateTime, TimeDelta, Utc};

use super::RobotKind;

/// So many messages within so long.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Bound {
    messages: usize,
    /// Seconds.
    within: i64,
}

impl RobotKind {
    /// source: the platforms' guides: 20 a minute (DingTalk, WeCom); 100 a minute and 5 a second (Feishu).
    const fn bounds(self) -> &'static [Bound] {
        match self {
            Self::DingTalk | Self::WeCom => &[Bound { messages: 20, within: 60 }],
            Self::Feishu => &[Bound { messages: 5, within: 1 }, Bound { messages: 100, within: 60 }],
        }
    }
}

/// What was said to one robot lately.
#[derive(Clone, Debug)]
pub struct Pace {
    kind: RobotKind,
    /// When each message of the last minute was sent, the oldest first.
    sent: VecDeque<DateTime<Utc>>,
    /// The platform said that it was too fast.
    blocked_until: Option<DateTime<Utc>>,
}

impl Pace {
    pub fn new(kind: RobotKind) -> Self {
        Self { kind, sent: VecDeque::new(), blocked_until: None }
    }

    /// Messages that may be sent now.
    pub fn room(&self, now: DateTime<Utc>) -> usize {
        if self.blocked_until.is_some_and(|until| now < until) {
            return 0;
        }
        let left = |bound: &Bound| {
            let recent = self.sent.iter().rev().take_while(|at| **at > now - TimeDelta::seconds(bound.within)).count();
            bound.messages.saturating_sub(recent)
        };
        self.kind.bounds().iter().map(left).min().unwrap_or(0)
    }

    /// One is being sent.
    pub fn note(&mut self, now: DateTime<Utc>) {
        let longest = self.kind.bounds().iter().map(|bound| bound.within).max().unwrap_or_default();
        while self.sent.front().is_some_and(|at| *at <= now - TimeDelta::seconds(longest)) {
            self.sent.pop_front();
        }
        self.sent.push_back(now);
    }

    /// Nothing for a while.
    pub fn block(&mut self, until: DateTime<Utc>) {
        self.blocked_until = self.blocked_until.max(Some(until));
    }
}

#[cfg(test)]
mod tests {
    use chrono::TimeZone;

    use super::*;

    fn at(millis: i64) -> DateTime<Utc> {
        Utc.with_ymd_and_hms(2026, 1, 1, 0, 0, 0).unwrap() + TimeDelta::milliseconds(millis)
    }

    /// Sends whatever may be sent, trying every 100 ms, and gives when.
    fn sent(kind: RobotKind, seconds: i64) -> Vec<i64> {
        let mut pace = Pace::new(kind);
        let mut times = Vec::new();
        for millis in (0..seconds * 1000).step_by(100) {
            while pace.room(at(millis)) > 0 {
                pace.note(at(millis));
                times.push(millis);
            }
        }
        times
    }

    #[test]
    fn dingtalk_and_wecom_hear_twenty_a_minute() {
        for kind in [RobotKind::DingTalk, RobotKind::WeCom] {
            let times = sent(kind, 121);
            assert_eq!(times.iter().filter(|at| **at < 60_000).count(), 20);
            assert_eq!(times.iter().filter(|at| **at < 120_000).count(), 40);
        }
    }

    #[test]
    fn feishu_hears_five_a_second_and_a_hundred_a_minute() {
        let times = sent(RobotKind::Feishu, 60);
        assert_eq!(times.len(), 100);
        for second in 0..20 {
            assert_eq!(times.iter().filter(|at| **at / 1000 == second).count(), 5);
        }
    }

    #[test]
    fn a_robot_that_was_too_fast_is_left_alone_for_a_while() {
        let mut pace = Pace::new(RobotKind::WeCom);
        pace.block(at(5000));
        assert_eq!(pace.room(at(4999)), 0);
        assert_eq!(pace.room(at(5000)), 20);
    }
}
