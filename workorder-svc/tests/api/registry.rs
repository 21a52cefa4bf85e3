//! An ICP registry that says what it is told to.

use std::sync::{Arc, Mutex};

use chrono::Utc;
use futures_util::future::BoxFuture;
use workorder_svc::icp::evidence::{Evidence, Finding};
use workorder_svc::icp::registry::{Freshness, IcpRegistry};
use workorder_svc::icp::rules::Answer;

/// What the registry says of whatever it is asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mood {
    Lawful,
    Unlawful,
    Silent,
}

struct State {
    mood: Mood,
    asked: Vec<Vec<String>>,
}

#[derive(Clone)]
pub struct ScriptedRegistry {
    state: Arc<Mutex<State>>,
    at_once: usize,
}

impl ScriptedRegistry {
    pub fn new(mood: Mood) -> Self {
        Self { state: Arc::new(Mutex::new(State { mood, asked: Vec::new() })), at_once: usize::MAX }
    }

    /// One that is not asked for more names in a round.
    pub fn in_parts_of(self, at_once: usize) -> Self {
        Self { at_once, ..self }
    }

    pub fn is(&self, mood: Mood) {
        self.state.lock().unwrap().mood = mood;
    }

    /// How often it was asked.
    pub fn asked(&self) -> usize {
        self.state.lock().unwrap().asked.len()
    }

    /// What it was asked, round by round.
    pub fn rounds(&self) -> Vec<Vec<String>> {
        self.state.lock().unwrap().asked.clone()
    }
}

fn finding(answer: Answer) -> Finding {
    Finding { answer, evidence: Evidence { source: "台账".to_owned(), fetched_at: Utc::now() } }
}

impl IcpRegistry for ScriptedRegistry {
    fn look_up<'a>(&'a self, registrable: &'a [String], _: Freshness) -> BoxFuture<'a, Vec<Finding>> {
        let mood = {
            let mut state = self.state.lock().unwrap();
            state.asked.push(registrable.to_vec());
            state.mood
        };
        let answer = move |_: &String| match mood {
            Mood::Unlawful => Answer::Unlawful { reason: "已注销".to_owned() },
            Mood::Lawful => Answer::Lawful { record_number: "京ICP备1号".to_owned() },
            Mood::Silent => Answer::Unknown { reason: "无应答".to_owned() },
        };
        Box::pin(async move { registrable.iter().map(answer).map(finding).collect() })
    }

    fn names_at_once(&self) -> usize {
        self.at_once
    }
}
