-- Billing and the engine number their messages by themselves: the same webhook_id of both is no repetition.
-- SQLite drops no constraint of a column, so the table is made anew.
CREATE TABLE event_anew (
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
    webhook_id TEXT,
    ticket TEXT,
    outbox_id TEXT,
    created_at TIMESTAMP NOT NULL,
    settled_at TIMESTAMP,
    UNIQUE (source, event_id)
);
INSERT INTO event_anew (id, source, event_id, kind, task_id, body, state, attempts, code, detail, webhook_id, ticket,
    outbox_id, created_at, settled_at)
SELECT id, source, event_id, kind, task_id, body, state, attempts, code, detail, webhook_id, ticket,
    outbox_id, created_at, settled_at
FROM event;
DROP TABLE event;
ALTER TABLE event_anew RENAME TO event;
CREATE INDEX event_of_task ON event (task_id, state);
CREATE INDEX event_of_outbox ON event (outbox_id);
CREATE INDEX event_of_ticket ON event (ticket);
CREATE UNIQUE INDEX event_of_webhook ON event (webhook_id, source);
