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

#[derive(Clone)]
pub struct ScriptedRegistry(Arc<Mutex<(Mood, usize)>>);

impl ScriptedRegistry {
    pub fn new(mood: Mood) -> Self {
        Self(Arc::new(Mutex::new((mood, 0))))
    }

    pub fn is(&self, mood: Mood) {
        self.0.lock().unwrap().0 = mood;
    }

    /// How often it was asked.
    pub fn asked(&self) -> usize {
        self.0.lock().unwrap().1
    }
}

fn finding(answer: Answer) -> Finding {
    Finding { answer, evidence: Evidence { source: "台账".to_owned(), fetched_at: Utc::now() } }
}

impl IcpRegistry for ScriptedRegistry {
    fn look_up<'a>(&'a self, registrable: &'a [String], _: Freshness) -> BoxFuture<'a, Vec<Finding>> {
        let mood = {
            let mut state = self.0.lock().unwrap();
            state.1 += 1;
            state.0
        };
        let answer = move |_: &String| match mood {
            Mood::Unlawful => Answer::Unlawful { reason: "已注销".to_owned() },
            Mood::Lawful => Answer::Lawful { record_number: "京ICP备1号".to_owned() },
            Mood::Silent => Answer::Unknown { reason: "无应答".to_owned() },
        };
        Box::pin(async move { registrable.iter().map(answer).map(finding).collect() })
    }
}
