-- For forgetting messages that were delivered long ago.
CREATE INDEX outbox_delivered ON outbox (state, settled_at);
