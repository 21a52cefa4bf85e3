-- Statements bind the state they look for: a partial index can only serve them where the plan peeks at what is bound.
DROP INDEX outbox_due;
DROP INDEX outbox_order;
DROP INDEX outbox_dead;
CREATE INDEX outbox_due ON outbox (state, next_at);
CREATE INDEX outbox_order ON outbox (ordering_key, state, seq);
CREATE INDEX outbox_by_state ON outbox (state, seq);
