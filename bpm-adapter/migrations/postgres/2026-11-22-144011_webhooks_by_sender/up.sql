-- Billing and the engine number their messages by themselves: the same webhook_id of both is no repetition.
ALTER TABLE event DROP CONSTRAINT event_webhook_id_key;
CREATE UNIQUE INDEX event_of_webhook ON event (webhook_id, source);
