-- Who, beside the one approving_userid names, may decide an order now: the other open places of a step that several
-- people decide.
CREATE TABLE approval_seat (
    order_id BIGINT NOT NULL REFERENCES work_order (id) ON DELETE CASCADE,
    user_id TEXT NOT NULL,
    PRIMARY KEY (order_id, user_id)
);
CREATE INDEX approval_seat_by_user ON approval_seat (user_id, order_id);

-- Who stands in for whom, from starts_at until just before ends_at.
CREATE TABLE approval_substitute (
    user_id TEXT PRIMARY KEY NOT NULL,
    to_user_id TEXT NOT NULL,
    starts_at TIMESTAMP NOT NULL,
    ends_at TIMESTAMP NOT NULL,
    updated_at TIMESTAMP NOT NULL
);
CREATE INDEX approval_substitute_by_substitute ON approval_substitute (to_user_id, ends_at);
