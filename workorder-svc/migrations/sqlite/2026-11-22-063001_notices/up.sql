-- What people are told, in their inbox. facts is JSON: what the texts of the kind are made of. No order: about something else.
CREATE TABLE notice (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    user_id TEXT NOT NULL,
    kind TEXT NOT NULL,
    order_id BIGINT REFERENCES work_order (id) ON DELETE CASCADE,
    facts TEXT NOT NULL,
    created_at TIMESTAMP NOT NULL,
    read_at TIMESTAMP
);
CREATE INDEX notice_by_user ON notice (user_id, id);
CREATE INDEX notice_unread ON notice (user_id) WHERE read_at IS NULL;
CREATE INDEX notice_by_age ON notice (created_at);
CREATE INDEX notice_by_order ON notice (order_id);

-- How a person wants to be told. No row: in Chinese.
CREATE TABLE notice_preference (
    user_id TEXT PRIMARY KEY NOT NULL,
    language TEXT NOT NULL,
    updated_at TIMESTAMP NOT NULL
);
