DROP INDEX certification_ends;
CREATE INDEX certification_waiting ON certification (submitted_at, id) WHERE deleted_at IS NULL AND status = 'submitted';
CREATE INDEX certification_ends ON certification (valid_until, id) WHERE deleted_at IS NULL AND status = 'passed';
