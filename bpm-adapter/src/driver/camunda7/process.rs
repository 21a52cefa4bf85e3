//! The process as the engine runs it, and the names it shares with us.

use crate::event::model::EventKind;

/// `deploy/bpmn/domain-order.bpmn`, compiled in.
pub const BPMN: &str = include_str!("../../../../deploy/bpmn/domain-order.bpmn");
pub const FILE_NAME: &str = "domain-order.bpmn";
/// The process's id in the file.
pub const KEY: &str = "front-desk-domain-order";
/// Name of the message that the task has another assignee.
pub const REASSIGNED: &str = "front-desk-task-reassigned";
/// Code of the error that the order service has refused.
pub const REFUSED: &str = "front-desk-refused";

/// The topics of its external tasks, and what each reports.
pub const TOPICS: [(&str, EventKind); 3] = [
    ("front-desk-stage-feedback", EventKind::StageFeedback),
    ("front-desk-rollback", EventKind::Rollback),
    ("front-desk-close", EventKind::Close),
];

pub fn kind_of(topic: &str) -> Option<EventKind> {
    TOPICS.iter().find(|(name, _)| *name == topic).map(|(_, kind)| *kind)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_file_says_the_names_we_use_and_may_be_executed() {
        assert!(BPMN.contains(&format!("<bpmn:process id=\"{KEY}\"")));
        assert!(BPMN.contains("isExecutable=\"true\"") && BPMN.contains("camunda:historyTimeToLive="));
        assert!(BPMN.contains(&format!("name=\"{REASSIGNED}\"")) && BPMN.contains(&format!("errorCode=\"{REFUSED}\"")));
        for (topic, kind) in TOPICS {
            assert!(BPMN.contains(&format!("camunda:topic=\"{topic}\"")), "{topic}");
            assert_eq!(kind_of(topic), Some(kind));
        }
        assert_eq!(BPMN.matches("camunda:topic=").count(), TOPICS.len());
        assert_eq!(kind_of("another"), None);
    }

    #[test]
    fn every_element_is_drawn() {
        let ids = |tag: &str| BPMN.matches(tag).count();
        let elements = ["startEvent", "endEvent", "userTask", "serviceTask", "exclusiveGateway", "boundaryEvent"];
        let drawn: usize = elements.iter().map(|name| ids(&format!("<bpmn:{name} "))).sum();
        assert_eq!(drawn, ids("<bpmndi:BPMNShape "));
        assert_eq!(ids("<bpmn:sequenceFlow "), ids("<bpmndi:BPMNEdge "));
    }
}
