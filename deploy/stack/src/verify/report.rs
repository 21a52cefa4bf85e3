//! What `verify` prints: how much it looked at, and every disagreement.

use std::fmt;

use super::Disagreement;
use super::picture::{MessagePicture, Picture};

/// How much was looked at.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    pub orders: usize,
    pub tasks: usize,
    pub bills: usize,
    pub live_domains: usize,
    pub reservations: usize,
    pub messages: usize,
    pub undelivered: usize,
    pub audit_rows: usize,
}

impl Counts {
    pub(super) fn of(picture: &Picture, audit_rows: usize) -> Self {
        Self {
            orders: picture.orders.len(),
            tasks: picture.tasks.len(),
            bills: picture.tasks.values().map(|task| task.bills.len()).sum(),
            live_domains: picture.live.len(),
            reservations: picture.reservations.len(),
            messages: picture.messages.len(),
            undelivered: picture.messages.iter().filter(|message| MessagePicture::is_undelivered(message)).count(),
            audit_rows,
        }
    }
}

/// The result of `verify`.
#[derive(Clone, Debug)]
pub struct Report {
    pub counts: Counts,
    pub disagreements: Vec<Disagreement>,
}

impl Report {
    pub fn agrees(&self) -> bool {
        self.disagreements.is_empty()
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let counts = self.counts;
        let lines = [
            ("工单 work orders", counts.orders),
            ("BPM 任务 tasks", counts.tasks),
            ("话单 bills", counts.bills),
            ("在线域名 live domains", counts.live_domains),
            ("占用域名 reservations", counts.reservations),
            ("发件箱消息 outbox messages", counts.messages),
            ("其中未送达 of them undelivered", counts.undelivered),
            ("审计记录 audit rows", counts.audit_rows),
        ];
        for (name, count) in lines {
            writeln!(f, "{count:>8}  {name}")?;
        }
        for found in &self.disagreements {
            writeln!(f, "不一致 disagreement: {}: {} / {}", found.subject, found.text.zh, found.text.en)?;
        }
        if self.agrees() {
            writeln!(f, "一致 everything agrees")
        } else {
            writeln!(f, "共 {0} 处不一致 {0} disagreements", self.disagreements.len())
        }
    }
}
