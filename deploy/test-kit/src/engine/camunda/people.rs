//! What people at the engine do, and what they see there.

use serde_json::{Value, json};
use uuid::Uuid;

use super::super::ScriptedEngine;
use super::process::{Errand, Instance, Place};

impl ScriptedEngine {
    /// The people of a task report: `action` is `stage`, `rollback` or `close`, as the form has it. False when the
    /// process does not wait for them.
    pub fn work(&self, task: &str, action: &str, form: &Value) -> bool {
        self.work_where(action, form, |one| one.value("taskId") == task)
    }

    /// [`ScriptedEngine::work`], by those who were given one certain instance of it.
    pub fn work_at(&self, instance: &str, action: &str, form: &Value) -> bool {
        self.work_where(action, form, |one| one.id == instance)
    }

    fn work_where(&self, action: &str, form: &Value, fits: impl Fn(&Instance) -> bool) -> bool {
        let topic = match action {
            "stage" => "front-desk-stage-feedback",
            "rollback" => "front-desk-rollback",
            _ => "front-desk-close",
        };
        let state = self.state();
        let mut processes = state.processes();
        let waiting = processes.instances.iter_mut().find(|one| one.place == Place::AtWork && fits(one));
        let Some(instance) = waiting else { return false };
        for (name, value) in form.as_object().into_iter().flatten() {
            instance.variables.insert(name.clone(), json!({ "value": value, "type": "String" }));
        }
        let id = Uuid::new_v4().to_string();
        instance.place = Place::Outside(Errand { id, topic, worker: String::new(), locked_until: None, retries: None });
        true
    }

    /// Starts that were asked for under [`Profile::CommitsLate`] come to be now. Answers the instances' ids.
    pub fn commit_late_starts(&self) -> Vec<String> {
        let mut processes = self.state().processes();
        let late = std::mem::take(&mut processes.late);
        let ids = late.iter().map(|one| one.id.clone()).collect();
        processes.instances.extend(late);
        ids
    }

    /// How many starts have not come to be.
    pub fn late_starts(&self) -> usize {
        self.state().processes().late.len()
    }

    /// The instances of a task that are there, running or ended.
    pub fn instance_ids(&self, task: &str) -> Vec<String> {
        let processes = self.state().processes();
        processes.instances.iter().filter(|one| one.value("taskId") == task).map(|one| one.id.clone()).collect()
    }

    /// The tasks that were started for an order.
    pub fn tasks_of(&self, order: i64) -> Vec<String> {
        let key = order.to_string();
        let processes = self.state().processes();
        processes.instances.iter().filter(|one| one.business_key == key).map(|one| one.value("taskId")).collect()
    }

    /// How many processes of a task there are: one, or something was done twice.
    pub fn instances_of(&self, task: &str) -> usize {
        self.state().processes().instances.iter().filter(|one| one.value("taskId") == task).count()
    }

    /// `work`, the topic of the external task it waits at, or how it ended.
    pub fn place_of(&self, task: &str) -> String {
        let state = self.state();
        let processes = state.processes();
        let instance = processes.instances.iter().find(|one| one.value("taskId") == task);
        match instance.map(|one| &one.place) {
            None => String::new(),
            Some(Place::AtWork) => "work".to_owned(),
            Some(Place::Outside(errand)) => errand.topic.to_owned(),
            Some(Place::Ended(how)) => (*how).to_owned(),
        }
    }

    /// A variable of a task's process.
    pub fn variable_of(&self, task: &str, name: &str) -> String {
        let state = self.state();
        let processes = state.processes();
        processes
            .instances
            .iter()
            .find(|one| one.value("taskId") == task)
            .map(|one| one.value(name))
            .unwrap_or_default()
    }

    /// How many processes were deployed, each counted once.
    pub fn deployments(&self) -> usize {
        self.state().processes().deployed.len()
    }

    /// Somebody removes the process from the engine.
    pub fn undeploy(&self) {
        self.state().processes().deployed.clear();
    }
}
