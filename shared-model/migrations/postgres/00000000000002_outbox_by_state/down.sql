DROP INDEX outbox_due;
DROP INDEX outbox_order;
DROP INDEX outbox_by_state;
CREATE INDEX outbox_due ON outbox (next_at) WHERE state = 'pending';
CREATE INDEX outbox_order ON outbox (ordering_key, seq) WHERE state = 'pending';
CREATE INDEX outbox_dead ON outbox (seq) WHERE state = 'dead';
