//! Which instance of the process is a task's own. A start whose answer was lost may come to be long after another one
//! has taken its place: whatever such an instance reports has no effect, and it ends.

use crate::task::model::TaskRow;
use crate::task::state::TaskState;

/// What an instance is to the task it names.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Standing {
    /// The task's own; or its task is none of ours, which is for others to say.
    Own,
    /// The hand-over is not written down: it may be the one, or not.
    NotYetKnown,
    /// Another one is the task's own, or the order has taken the task back.
    Surplus,
}

/// A task that was taken before its instance was kept has only the one.
pub fn standing(task: Option<&TaskRow>, instance: &str) -> Standing {
    let Some(task) = task else { return Standing::Own };
    if task.state == TaskState::Recalled {
        return Standing::Surplus;
    }
    match &task.engine_ref {
        Some(own) if own == instance => Standing::Own,
        Some(_) => Standing::Surplus,
        None if task.state.awaits_acceptance() => Standing::NotYetKnown,
        None => Standing::Own,
    }
}

#[cfg(test)]
mod tests {
    use chrono::NaiveDateTime;

    use shared_model::role::Role;

    use super::*;
    use crate::task::model::{AssigneeRole, Domains};

    fn task(state: TaskState, engine_ref: Option<&str>) -> TaskRow {
        TaskRow {
            id: "t".into(),
            order_id: 1,
            attempt: 1,
            order_code: String::new(),
            enum_type: String::new(),
            requirement: String::new(),
            enterprise_id: String::new(),
            corp_name: String::new(),
            product_id: String::new(),
            product: String::new(),
            domains: Domains(Vec::new()),
            assignee_id: String::new(),
            assignee_name: String::new(),
            assignee_mobile: String::new(),
            assignee_role: AssigneeRole(Role::Sa),
            driver: "camunda7".into(),
            state,
            version: 1,
            created_at: NaiveDateTime::default(),
            updated_at: NaiveDateTime::default(),
            engine_ref: engine_ref.map(str::to_owned),
        }
    }

    #[test]
    fn only_the_instance_that_was_written_down_is_the_task_s_own() {
        for state in [TaskState::Dispatched, TaskState::Processing, TaskState::Closed, TaskState::RolledBack] {
            assert_eq!(standing(Some(&task(state, Some("a"))), "a"), Standing::Own);
            assert_eq!(standing(Some(&task(state, Some("a"))), "b"), Standing::Surplus);
            assert_eq!(standing(Some(&task(state, None)), "b"), Standing::Own);
        }
        for state in [TaskState::Queued, TaskState::DeadLetter] {
            assert_eq!(standing(Some(&task(state, None)), "a"), Standing::NotYetKnown);
        }
        assert_eq!(standing(None, "a"), Standing::Own);
    }

    #[test]
    fn nothing_of_a_task_that_was_taken_back_is_its_own() {
        assert_eq!(standing(Some(&task(TaskState::Recalled, None)), "a"), Standing::Surplus);
        assert_eq!(standing(Some(&task(TaskState::Recalled, Some("a"))), "a"), Standing::Surplus);
    }
}
