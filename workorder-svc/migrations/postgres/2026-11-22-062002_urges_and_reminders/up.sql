-- When somebody asked for speed.
CREATE TABLE order_urge (
    order_id BIGINT NOT NULL REFERENCES work_order (id) ON DELETE CASCADE,
    urged_at TIMESTAMP NOT NULL,
    user_id TEXT NOT NULL,
    PRIMARY KEY (order_id, urged_at)
);

-- When the holder of an order is reminded next: a row stands while time is limited; remind_at is empty once all is said.
CREATE TABLE order_reminder (
    order_id BIGINT PRIMARY KEY NOT NULL REFERENCES work_order (id) ON DELETE CASCADE,
    due_at TIMESTAMP NOT NULL,
    remind_at TIMESTAMP
);
CREATE INDEX order_reminder_by_time ON order_reminder (remind_at);
INSERT INTO order_reminder (order_id, due_at, remind_at)
SELECT id, due_at, due_at FROM work_order WHERE due_at IS NOT NULL;
