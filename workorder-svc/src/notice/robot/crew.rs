//! All the robots of the desk, and what each was told lately: what leaves the outbox for them goes out here.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use reqwest::Method;
use secrecy::{ExposeSecret, SecretString};
use serde_json::Value;
use shared_model::server::clock::Clock;
use shared_model::server::outbound::{ClientError, OutboundClient, send};
use shared_model::server::outbox::{Delivery, Message};

use super::answer::{self, Fared};
use super::limit::Pace;
use super::message::{self, Spoken};
use super::{MOST_ROBOTS, RobotKind, RobotSettings, listeners};

/// How long a robot is left alone after it said that it was spoken to too fast.
const PAUSE: TimeDelta = TimeDelta::seconds(60);
/// With room for fewer than the outbox takes at once, it takes one at a time.
const NARROW: usize = 16;

/// Why the robots of the settings cannot be used. Never shows a URL: it is as good as a password.
#[derive(Debug, thiserror::Error)]
pub enum CrewError {
    #[error("notices.robots: at most {MOST_ROBOTS}")]
    TooMany,
    #[error("notices.robots: there are two of the name `{0}`")]
    NameTaken(String),
    #[error("notices.robots: `{name}`: its url {source}")]
    Url { name: String, source: ClientError },
}

struct Robot {
    name: String,
    destination: &'static str,
    kind: RobotKind,
    client: OutboundClient,
    secret: SecretString,
    pace: Mutex<Pace>,
}

/// Cheap to clone.
#[derive(Clone)]
pub struct Crew {
    robots: Arc<Vec<Robot>>,
    clock: Clock,
}

impl Crew {
    /// `timeout` bounds one call.
    pub fn new(
        settings: &[RobotSettings],
        private_hosts: &[String],
        timeout: Duration,
        clock: Clock,
    ) -> Result<Self, CrewError> {
        if settings.len() > MOST_ROBOTS {
            return Err(CrewError::TooMany);
        }
        let mut robots: Vec<Robot> = Vec::new();
        for (robot, listener) in settings.iter().zip(listeners(settings)) {
            if robots.iter().any(|known| known.name == robot.name) {
                return Err(CrewError::NameTaken(robot.name.clone()));
            }
            let client = OutboundClient::new(robot.url.expose_secret(), private_hosts, timeout)
                .map_err(|source| CrewError::Url { name: robot.name.clone(), source })?;
            robots.push(Robot {
                name: robot.name.clone(),
                destination: listener.destination,
                kind: robot.kind,
                client,
                secret: robot.secret.clone(),
                pace: Mutex::new(Pace::new(robot.kind)),
            });
        }
        Ok(Self { robots: Arc::new(robots), clock })
    }

    /// Destinations that have heard as much as they may for now.
    pub fn shut(&self) -> Vec<String> {
        let now = self.clock.now();
        let full = self.robots.iter().filter(|robot| robot.with_pace(|pace| pace.room(now)) == 0);
        full.map(|robot| robot.destination.to_owned()).collect()
    }

    /// Some robot has room for a few only.
    pub fn one_by_one(&self) -> bool {
        let now = self.clock.now();
        self.robots.iter().any(|robot| robot.with_pace(|pace| (1..NARROW).contains(&pace.room(now))))
    }

    /// A message for one of them was taken from the outbox.
    pub fn claimed(&self, message: &Message) {
        let now = self.clock.now();
        if let Some(robot) = self.robots.iter().find(|robot| robot.destination == message.destination) {
            robot.with_pace(|pace| pace.note(now));
        }
    }

    pub async fn deliver(&self, message: &Message) -> Delivery {
        let refused = |code: &str, detail: String| Delivery::Refused { code: code.to_owned(), detail };
        let spoken: Spoken = match serde_json::from_value(message.payload.clone()) {
            Ok(spoken) => spoken,
            Err(error) => return refused("robot.malformed", error.to_string()),
        };
        let Some(robot) = self.robots.iter().find(|robot| robot.name == spoken.robot) else {
            return refused("robot.unknown", format!("no robot is called {} any more", spoken.robot));
        };
        match robot.say(&spoken.text, self.clock.now()).await {
            Fared::Said => Delivery::Delivered(Value::Null),
            Fared::TooFast(why) => {
                robot.with_pace(|pace| pace.block(self.clock.now() + PAUSE));
                Delivery::Failed(why)
            }
            Fared::Failed(why) => Delivery::Failed(why),
            Fared::Refused(why) => refused("robot.refused", why),
        }
    }
}

impl Robot {
    async fn say(&self, text: &str, now: DateTime<Utc>) -> Fared {
        let secret = self.secret.expose_secret();
        let (query, body) = message::call(self.kind, secret, text, now.timestamp_millis());
        match send(self.client.request(Method::POST, &query).json(&body)).await {
            Ok(reply) => answer::read(reply.status, &reply.body),
            Err(why) => Fared::Failed(why),
        }
    }

    fn with_pace<T>(&self, look: impl FnOnce(&mut Pace) -> T) -> T {
        look(&mut self.pace.lock().unwrap_or_else(PoisonError::into_inner))
    }
}
