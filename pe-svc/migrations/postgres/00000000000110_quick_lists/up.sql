-- How long a list is, and where its n-th record stands, without counting: living records are counted as they come, change
-- and go, in the same transaction, whoever writes. A block is 2^span neighbouring ids; span 62 is all of them.
CREATE TABLE record_tally (
    resource TEXT NOT NULL,
    span INTEGER NOT NULL,
    block BIGINT NOT NULL,
    kind_id BIGINT NOT NULL,
    state TEXT NOT NULL,
    living BIGINT NOT NULL,
    PRIMARY KEY (resource, span, block, kind_id, state)
) WITH (fillfactor = 50);

CREATE TABLE owner_tally (
    resource TEXT NOT NULL,
    owner_id TEXT NOT NULL,
    kind_id BIGINT NOT NULL,
    state TEXT NOT NULL,
    living BIGINT NOT NULL,
    PRIMARY KEY (resource, owner_id, kind_id, state)
) WITH (fillfactor = 50);

CREATE TABLE tally_span (span INTEGER PRIMARY KEY);
INSERT INTO tally_span (span) VALUES (8), (13), (62);

-- Once per statement, however many rows it changed; in one order, so that two transactions do not wait for one another.
-- Its arguments: the resource, and the columns of kind and state.
CREATE FUNCTION tally_records() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    changes CONSTANT text := CASE TG_OP
        WHEN 'INSERT' THEN 'SELECT *, 1 AS change FROM added'
        WHEN 'DELETE' THEN 'SELECT *, -1 AS change FROM removed'
        ELSE 'SELECT *, 1 AS change FROM added UNION ALL SELECT *, -1 FROM removed'
    END;
BEGIN
    EXECUTE format(
        'INSERT INTO record_tally (resource, span, block, kind_id, state, living)
            SELECT %1$L, span, id >> span, %2$s, %3$I, SUM(change) FROM (%4$s) AS changed CROSS JOIN tally_span
            WHERE deleted_at IS NULL GROUP BY 2, 3, 4, 5 HAVING SUM(change) <> 0 ORDER BY 2, 3, 4, 5
            ON CONFLICT (resource, span, block, kind_id, state)
            DO UPDATE SET living = record_tally.living + excluded.living',
        TG_ARGV[0], TG_ARGV[1], TG_ARGV[2], changes);
    EXECUTE format(
        'INSERT INTO owner_tally (resource, owner_id, kind_id, state, living)
            SELECT %1$L, owner_id, %2$s, %3$I, SUM(change) FROM (%4$s) AS changed
            WHERE deleted_at IS NULL GROUP BY 2, 3, 4 HAVING SUM(change) <> 0 ORDER BY 2, 3, 4
            ON CONFLICT (resource, owner_id, kind_id, state)
            DO UPDATE SET living = owner_tally.living + excluded.living',
        TG_ARGV[0], TG_ARGV[1], TG_ARGV[2], changes);
    RETURN NULL;
END $$;

INSERT INTO record_tally (resource, span, block, kind_id, state, living)
    SELECT 'public-entities', span, id >> span, type_id, audit_status, COUNT(*) FROM public_entity CROSS JOIN tally_span
    WHERE deleted_at IS NULL GROUP BY span, id >> span, type_id, audit_status;
INSERT INTO owner_tally (resource, owner_id, kind_id, state, living)
    SELECT 'public-entities', owner_id, type_id, audit_status, COUNT(*) FROM public_entity
    WHERE deleted_at IS NULL GROUP BY owner_id, type_id, audit_status;
CREATE TRIGGER public_entity_comes AFTER INSERT ON public_entity REFERENCING NEW TABLE AS added
    FOR EACH STATEMENT EXECUTE FUNCTION tally_records('public-entities', 'type_id', 'audit_status');
CREATE TRIGGER public_entity_changes AFTER UPDATE ON public_entity REFERENCING OLD TABLE AS removed NEW TABLE AS added
    FOR EACH STATEMENT EXECUTE FUNCTION tally_records('public-entities', 'type_id', 'audit_status');
CREATE TRIGGER public_entity_goes AFTER DELETE ON public_entity REFERENCING OLD TABLE AS removed
    FOR EACH STATEMENT EXECUTE FUNCTION tally_records('public-entities', 'type_id', 'audit_status');

INSERT INTO record_tally (resource, span, block, kind_id, state, living)
    SELECT 'pe-members', span, id >> span, 0, audit_status, COUNT(*) FROM pe_member CROSS JOIN tally_span
    WHERE deleted_at IS NULL GROUP BY span, id >> span, audit_status;
INSERT INTO owner_tally (resource, owner_id, kind_id, state, living)
    SELECT 'pe-members', owner_id, 0, audit_status, COUNT(*) FROM pe_member
    WHERE deleted_at IS NULL GROUP BY owner_id, audit_status;
CREATE TRIGGER pe_member_comes AFTER INSERT ON pe_member REFERENCING NEW TABLE AS added
    FOR EACH STATEMENT EXECUTE FUNCTION tally_records('pe-members', '0::bigint', 'audit_status');
CREATE TRIGGER pe_member_changes AFTER UPDATE ON pe_member REFERENCING OLD TABLE AS removed NEW TABLE AS added
    FOR EACH STATEMENT EXECUTE FUNCTION tally_records('pe-members', '0::bigint', 'audit_status');
CREATE TRIGGER pe_member_goes AFTER DELETE ON pe_member REFERENCING OLD TABLE AS removed
    FOR EACH STATEMENT EXECUTE FUNCTION tally_records('pe-members', '0::bigint', 'audit_status');

INSERT INTO record_tally (resource, span, block, kind_id, state, living)
    SELECT 'pe-authentications', span, id >> span, type_id, status, COUNT(*) FROM certification CROSS JOIN tally_span
    WHERE deleted_at IS NULL GROUP BY span, id >> span, type_id, status;
INSERT INTO owner_tally (resource, owner_id, kind_id, state, living)
    SELECT 'pe-authentications', owner_id, type_id, status, COUNT(*) FROM certification
    WHERE deleted_at IS NULL GROUP BY owner_id, type_id, status;
CREATE TRIGGER certification_comes AFTER INSERT ON certification REFERENCING NEW TABLE AS added
    FOR EACH STATEMENT EXECUTE FUNCTION tally_records('pe-authentications', 'type_id', 'status');
CREATE TRIGGER certification_changes AFTER UPDATE ON certification REFERENCING OLD TABLE AS removed NEW TABLE AS added
    FOR EACH STATEMENT EXECUTE FUNCTION tally_records('pe-authentications', 'type_id', 'status');
CREATE TRIGGER certification_goes AFTER DELETE ON certification REFERENCING OLD TABLE AS removed
    FOR EACH STATEMENT EXECUTE FUNCTION tally_records('pe-authentications', 'type_id', 'status');

-- Where a keyword occurs: every place of a name or number from which somebody may begin to read, with what stands there
-- (24 characters of it). A keyword is then looked up as the beginning of such a place, however many names there are.
-- Places of deleted entities stay, the list leaves them out.
CREATE TABLE public_entity_place (
    place TEXT COLLATE "C" NOT NULL,
    entity_id BIGINT NOT NULL,
    PRIMARY KEY (place, entity_id)
);

CREATE FUNCTION places_of(search_text TEXT) RETURNS SETOF TEXT LANGUAGE sql IMMUTABLE STRICT AS
$$
    SELECT DISTINCT split_part(substr(search_text, n, 24), E'\n', 1) FROM generate_series(1, length(search_text)) AS n
    WHERE substr(search_text, n, 1) <> E'\n'
$$;

INSERT INTO public_entity_place (place, entity_id)
    SELECT place, id FROM public_entity, places_of(search_text) AS place WHERE deleted_at IS NULL;

CREATE FUNCTION lay_places() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO public_entity_place (place, entity_id)
        SELECT place, id FROM added, places_of(search_text) AS place ORDER BY place COLLATE "C", id;
    RETURN NULL;
END $$;
CREATE FUNCTION renew_places() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    DELETE FROM public_entity_place
    WHERE entity_id = OLD.id AND place = ANY (ARRAY(SELECT places_of(OLD.search_text)));
    INSERT INTO public_entity_place (place, entity_id) SELECT place, NEW.id FROM places_of(NEW.search_text) AS place
        ON CONFLICT DO NOTHING;
    RETURN NULL;
END $$;
CREATE TRIGGER public_entity_named AFTER INSERT ON public_entity REFERENCING NEW TABLE AS added
    FOR EACH STATEMENT EXECUTE FUNCTION lay_places();
CREATE TRIGGER public_entity_renamed AFTER UPDATE OF search_text ON public_entity FOR EACH ROW
    WHEN (NEW.search_text <> OLD.search_text) EXECUTE FUNCTION renew_places();

-- What waits longest, without sorting all that waits.
CREATE INDEX public_entity_waiting ON public_entity (audit_status, updated_at, id) WHERE deleted_at IS NULL;
CREATE INDEX pe_member_waiting ON pe_member (audit_status, updated_at, id) WHERE deleted_at IS NULL;
CREATE INDEX certification_queue ON certification (status, submitted_at, id) WHERE deleted_at IS NULL;
-- The filters that people combine, in the order of the list.
CREATE INDEX public_entity_type_audit ON public_entity (type_id, audit_status, id) WHERE deleted_at IS NULL;
CREATE INDEX public_entity_owner_audit ON public_entity (owner_id, audit_status, id) WHERE deleted_at IS NULL;
CREATE INDEX certification_type_state ON certification (type_id, status, id) WHERE deleted_at IS NULL;
CREATE INDEX certification_owner_state ON certification (owner_id, status, id) WHERE deleted_at IS NULL;
