-- One row per dispatch of an order. task_id is NULL when the order took the dispatch back before it arrived:
-- the primary key settles which of the two came first.
CREATE TABLE dispatch (
    order_id BIGINT NOT NULL,
    attempt INTEGER NOT NULL,
    task_id TEXT UNIQUE,
    reason TEXT NOT NULL,
    at TIMESTAMP NOT NULL,
    PRIMARY KEY (order_id, attempt)
);

CREATE TABLE bpm_task (
    id TEXT NOT NULL PRIMARY KEY,
    order_id BIGINT NOT NULL,
    attempt INTEGER NOT NULL,
    order_code TEXT NOT NULL,
    enum_type TEXT NOT NULL,
    requirement TEXT NOT NULL,
    enterprise_id TEXT NOT NULL,
    corp_name TEXT NOT NULL,
    product_id TEXT NOT NULL,
    product TEXT NOT NULL,
    domains TEXT NOT NULL,
    assignee_id TEXT NOT NULL,
    assignee_name TEXT NOT NULL,
    assignee_mobile TEXT NOT NULL,
    assignee_role TEXT NOT NULL,
    driver TEXT NOT NULL,
    state TEXT NOT NULL,
    version BIGINT NOT NULL,
    created_at TIMESTAMP NOT NULL,
    updated_at TIMESTAMP NOT NULL,
    UNIQUE (order_id, attempt)
);
CREATE INDEX bpm_task_of_assignee ON bpm_task (assignee_id, created_at);
CREATE INDEX bpm_task_by_state ON bpm_task (state, created_at);
CREATE INDEX bpm_task_by_time ON bpm_task (created_at);

CREATE TABLE bpm_task_stage (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    task_id TEXT NOT NULL REFERENCES bpm_task (id),
    event_id TEXT NOT NULL,
    stage TEXT NOT NULL,
    result TEXT NOT NULL,
    message TEXT NOT NULL,
    operator TEXT NOT NULL,
    at TIMESTAMP NOT NULL,
    UNIQUE (task_id, event_id)
);

-- What was tried towards either side for a task, and how it went.
CREATE TABLE task_delivery (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    task_id TEXT NOT NULL REFERENCES bpm_task (id),
    kind TEXT NOT NULL,
    at TIMESTAMP NOT NULL,
    outcome TEXT NOT NULL,
    detail TEXT NOT NULL
);
CREATE INDEX task_delivery_of_task ON task_delivery (task_id, id);

CREATE TABLE bill (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    bill_no TEXT NOT NULL UNIQUE,
    task_id TEXT NOT NULL UNIQUE REFERENCES bpm_task (id),
    order_id BIGINT NOT NULL,
    state TEXT NOT NULL,
    issued_at TIMESTAMP NOT NULL,
    ended_at TIMESTAMP
);
CREATE INDEX bill_of_order ON bill (order_id);
CREATE INDEX bill_by_time ON bill (issued_at);

-- What the order service is to be told, once each: source is the task's id, or 'billing'.
CREATE TABLE event (
    id TEXT NOT NULL PRIMARY KEY,
    source TEXT NOT NULL,
    event_id TEXT NOT NULL,
    kind TEXT NOT NULL,
    task_id TEXT REFERENCES bpm_task (id),
    body TEXT NOT NULL,
    state TEXT NOT NULL,
    attempts INTEGER NOT NULL,
    code TEXT,
    detail TEXT,
    webhook_id TEXT UNIQUE,
    ticket TEXT,
    outbox_id TEXT,
    created_at TIMESTAMP NOT NULL,
    settled_at TIMESTAMP,
    UNIQUE (source, event_id)
);
CREATE INDEX event_of_task ON event (task_id, state);
CREATE INDEX event_of_outbox ON event (outbox_id);
CREATE INDEX event_of_ticket ON event (ticket);
