//! Robots of DingTalk, WeCom and Feishu (钉钉、企业微信、飞书): what is said to a group rather than to one person.
//! Messages wait in the outbox; here is how each kind is signed, how fast it may be spoken to, and how its answers read.

pub mod answer;
pub mod crew;
pub mod limit;
pub mod message;
pub mod sign;

use secrecy::SecretString;
use serde::Deserialize;
use shared_model::server::settings;

use crate::notice::kind::NoticeKind;

/// Kind of the messages that robots carry.
pub const KIND: &str = "robot";

/// Whose robot it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum RobotKind {
    DingTalk,
    WeCom,
    Feishu,
}

/// `[[notices.robots]]`
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RobotSettings {
    /// Names it in the outbox and in logs.
    pub name: String,
    pub kind: RobotKind,
    /// The webhook with its token, which is a secret.
    pub url: SecretString,
    /// What its messages are signed with; empty for a robot that does not ask for it.
    #[serde(default)]
    pub secret: SecretString,
    /// What it tells of.
    #[serde(deserialize_with = "settings::list")]
    pub events: Vec<NoticeKind>,
}

/// The outbox destinations of robots: by their place in the settings.
const DESTINATIONS: [&str; 16] = [
    "robot-1", "robot-2", "robot-3", "robot-4", "robot-5", "robot-6", "robot-7", "robot-8", "robot-9", "robot-10",
    "robot-11", "robot-12", "robot-13", "robot-14", "robot-15", "robot-16",
];

/// Most robots of one desk.
pub const MOST_ROBOTS: usize = DESTINATIONS.len();

/// A robot as the desk's policy knows it: without its secrets.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Listener {
    pub name: String,
    pub destination: &'static str,
    events: Vec<NoticeKind>,
}

impl Listener {
    pub fn hears(&self, kind: NoticeKind) -> bool {
        self.events.contains(&kind)
    }
}

/// The robots of the settings, in their order.
pub fn listeners(robots: &[RobotSettings]) -> Vec<Listener> {
    let listener = |(robot, destination): (&RobotSettings, &&'static str)| Listener {
        name: robot.name.clone(),
        destination,
        events: robot.events.clone(),
    };
    robots.iter().zip(&DESTINATIONS).map(listener).collect()
}
