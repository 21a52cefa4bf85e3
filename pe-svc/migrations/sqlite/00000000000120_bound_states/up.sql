-- Statements bind the states they look for: a partial index over one state can only serve them where the plan peeks at
-- what is bound. Whole ones serve them always.
DROP INDEX certification_ends;
DROP INDEX certification_waiting;
CREATE INDEX certification_ends ON certification (status, valid_until, id) WHERE deleted_at IS NULL;
