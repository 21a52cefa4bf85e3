-- For the daily comparison: the tasks that were moved on a day.
CREATE INDEX bpm_task_by_change ON bpm_task (updated_at);
