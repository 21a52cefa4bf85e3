-- For the daily comparison with tasks and bills, which goes through a day's dispatches page by page.
CREATE INDEX bpm_task_by_time ON bpm_task (created_at, order_id);
CREATE INDEX bpm_event_inbox_by_order ON bpm_event_inbox (order_id);
