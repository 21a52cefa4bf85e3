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
) WITHOUT ROWID;

CREATE TABLE owner_tally (
    resource TEXT NOT NULL,
    owner_id TEXT NOT NULL,
    kind_id BIGINT NOT NULL,
    state TEXT NOT NULL,
    living BIGINT NOT NULL,
    PRIMARY KEY (resource, owner_id, kind_id, state)
) WITHOUT ROWID;

CREATE TABLE tally_span (span INTEGER PRIMARY KEY NOT NULL);
INSERT INTO tally_span (span) VALUES (8), (13), (62);

INSERT INTO record_tally (resource, span, block, kind_id, state, living)
    SELECT 'public-entities', span, id >> span, type_id, audit_status, COUNT(*) FROM public_entity CROSS JOIN tally_span
    WHERE deleted_at IS NULL GROUP BY span, id >> span, type_id, audit_status;
INSERT INTO owner_tally (resource, owner_id, kind_id, state, living)
    SELECT 'public-entities', owner_id, type_id, audit_status, COUNT(*) FROM public_entity
    WHERE deleted_at IS NULL GROUP BY owner_id, type_id, audit_status;
CREATE TRIGGER public_entity_comes AFTER INSERT ON public_entity WHEN NEW.deleted_at IS NULL
BEGIN
    INSERT INTO record_tally (resource, span, block, kind_id, state, living)
        SELECT 'public-entities', span, NEW.id >> span, NEW.type_id, NEW.audit_status, 1 FROM tally_span WHERE true
        ON CONFLICT DO UPDATE SET living = living + excluded.living;
    INSERT INTO owner_tally (resource, owner_id, kind_id, state, living)
        VALUES ('public-entities', NEW.owner_id, NEW.type_id, NEW.audit_status, 1)
        ON CONFLICT DO UPDATE SET living = living + excluded.living;
END;
CREATE TRIGGER public_entity_leaves AFTER UPDATE OF type_id, audit_status, owner_id, deleted_at ON public_entity WHEN OLD.deleted_at IS NULL
BEGIN
    INSERT INTO record_tally (resource, span, block, kind_id, state, living)
        SELECT 'public-entities', span, OLD.id >> span, OLD.type_id, OLD.audit_status, -1 FROM tally_span WHERE true
        ON CONFLICT DO UPDATE SET living = living + excluded.living;
    INSERT INTO owner_tally (resource, owner_id, kind_id, state, living)
        VALUES ('public-entities', OLD.owner_id, OLD.type_id, OLD.audit_status, -1)
        ON CONFLICT DO UPDATE SET living = living + excluded.living;
END;
CREATE TRIGGER public_entity_arrives AFTER UPDATE OF type_id, audit_status, owner_id, deleted_at ON public_entity WHEN NEW.deleted_at IS NULL
BEGIN
    INSERT INTO record_tally (resource, span, block, kind_id, state, living)
        SELECT 'public-entities', span, NEW.id >> span, NEW.type_id, NEW.audit_status, 1 FROM tally_span WHERE true
        ON CONFLICT DO UPDATE SET living = living + excluded.living;
    INSERT INTO owner_tally (resource, owner_id, kind_id, state, living)
        VALUES ('public-entities', NEW.owner_id, NEW.type_id, NEW.audit_status, 1)
        ON CONFLICT DO UPDATE SET living = living + excluded.living;
END;
CREATE TRIGGER public_entity_goes AFTER DELETE ON public_entity WHEN OLD.deleted_at IS NULL
BEGIN
    INSERT INTO record_tally (resource, span, block, kind_id, state, living)
        SELECT 'public-entities', span, OLD.id >> span, OLD.type_id, OLD.audit_status, -1 FROM tally_span WHERE true
        ON CONFLICT DO UPDATE SET living = living + excluded.living;
    INSERT INTO owner_tally (resource, owner_id, kind_id, state, living)
        VALUES ('public-entities', OLD.owner_id, OLD.type_id, OLD.audit_status, -1)
        ON CONFLICT DO UPDATE SET living = living + excluded.living;
END;

INSERT INTO record_tally (resource, span, block, kind_id, state, living)
    SELECT 'pe-members', span, id >> span, 0, audit_status, COUNT(*) FROM pe_member CROSS JOIN tally_span
    WHERE deleted_at IS NULL GROUP BY span, id >> span, audit_status;
INSERT INTO owner_tally (resource, owner_id, kind_id, state, living)
    SELECT 'pe-members', owner_id, 0, audit_status, COUNT(*) FROM pe_member
    WHERE deleted_at IS NULL GROUP BY owner_id, audit_status;
CREATE TRIGGER pe_member_comes AFTER INSERT ON pe_member WHEN NEW.deleted_at IS NULL
BEGIN
    INSERT INTO record_tally (resource, span, block, kind_id, state, living)
        SELECT 'pe-members', span, NEW.id >> span, 0, NEW.audit_status, 1 FROM tally_span WHERE true
        ON CONFLICT DO UPDATE SET living = living + excluded.living;
    INSERT INTO owner_tally (resource, owner_id, kind_id, state, living)
        VALUES ('pe-members', NEW.owner_id, 0, NEW.audit_status, 1)
        ON CONFLICT DO UPDATE SET living = living + excluded.living;
END;
CREATE TRIGGER pe_member_leaves AFTER UPDATE OF audit_status, owner_id, deleted_at ON pe_member WHEN OLD.deleted_at IS NULL
BEGIN
    INSERT INTO record_tally (resource, span, block, kind_id, state, living)
        SELECT 'pe-members', span, OLD.id >> span, 0, OLD.audit_status, -1 FROM tally_span WHERE true
        ON CONFLICT DO UPDATE SET living = living + excluded.living;
    INSERT INTO owner_tally (resource, owner_id, kind_id, state, living)
        VALUES ('pe-members', OLD.owner_id, 0, OLD.audit_status, -1)
        ON CONFLICT DO UPDATE SET living = living + excluded.living;
END;
CREATE TRIGGER pe_member_arrives AFTER UPDATE OF audit_status, owner_id, deleted_at ON pe_member WHEN NEW.deleted_at IS NULL
BEGIN
    INSERT INTO record_tally (resource, span, block, kind_id, state, living)
        SELECT 'pe-members', span, NEW.id >> span, 0, NEW.audit_status, 1 FROM tally_span WHERE true
        ON CONFLICT DO UPDATE SET living = living + excluded.living;
    INSERT INTO owner_tally (resource, owner_id, kind_id, state, living)
        VALUES ('pe-members', NEW.owner_id, 0, NEW.audit_status, 1)
        ON CONFLICT DO UPDATE SET living = living + excluded.living;
END;
CREATE TRIGGER pe_member_goes AFTER DELETE ON pe_member WHEN OLD.deleted_at IS NULL
BEGIN
    INSERT INTO record_tally (resource, span, block, kind_id, state, living)
        SELECT 'pe-members', span, OLD.id >> span, 0, OLD.audit_status, -1 FROM tally_span WHERE true
        ON CONFLICT DO UPDATE SET living = living + excluded.living;
    INSERT INTO owner_tally (resource, owner_id, kind_id, state, living)
        VALUES ('pe-members', OLD.owner_id, 0, OLD.audit_status, -1)
        ON CONFLICT DO UPDATE SET living = living + excluded.living;
END;

INSERT INTO record_tally (resource, span, block, kind_id, state, living)
    SELECT 'pe-authentications', span, id >> span, type_id, status, COUNT(*) FROM certification CROSS JOIN tally_span
    WHERE deleted_at IS NULL GROUP BY span, id >> span, type_id, status;
INSERT INTO owner_tally (resource, owner_id, kind_id, state, living)
    SELECT 'pe-authentications', owner_id, type_id, status, COUNT(*) FROM certification
    WHERE deleted_at IS NULL GROUP BY owner_id, type_id, status;
CREATE TRIGGER certification_comes AFTER INSERT ON certification WHEN NEW.deleted_at IS NULL
BEGIN
    INSERT INTO record_tally (resource, span, block, kind_id, state, living)
        SELECT 'pe-authentications', span, NEW.id >> span, NEW.type_id, NEW.status, 1 FROM tally_span WHERE true
        ON CONFLICT DO UPDATE SET living = living + excluded.living;
    INSERT INTO owner_tally (resource, owner_id, kind_id, state, living)
        VALUES ('pe-authentications', NEW.owner_id, NEW.type_id, NEW.status, 1)
        ON CONFLICT DO UPDATE SET living = living + excluded.living;
END;
CREATE TRIGGER certification_leaves AFTER UPDATE OF type_id, status, owner_id, deleted_at ON certification WHEN OLD.deleted_at IS NULL
BEGIN
    INSERT INTO record_tally (resource, span, block, kind_id, state, living)
        SELECT 'pe-authentications', span, OLD.id >> span, OLD.type_id, OLD.status, -1 FROM tally_span WHERE true
        ON CONFLICT DO UPDATE SET living = living + excluded.living;
    INSERT INTO owner_tally (resource, owner_id, kind_id, state, living)
        VALUES ('pe-authentications', OLD.owner_id, OLD.type_id, OLD.status, -1)
        ON CONFLICT DO UPDATE SET living = living + excluded.living;
END;
CREATE TRIGGER certification_arrives AFTER UPDATE OF type_id, status, owner_id, deleted_at ON certification WHEN NEW.deleted_at IS NULL
BEGIN
    INSERT INTO record_tally (resource, span, block, kind_id, state, living)
        SELECT 'pe-authentications', span, NEW.id >> span, NEW.type_id, NEW.status, 1 FROM tally_span WHERE true
        ON CONFLICT DO UPDATE SET living = living + excluded.living;
    INSERT INTO owner_tally (resource, owner_id, kind_id, state, living)
        VALUES ('pe-authentications', NEW.owner_id, NEW.type_id, NEW.status, 1)
        ON CONFLICT DO UPDATE SET living = living + excluded.living;
END;
CREATE TRIGGER certification_goes AFTER DELETE ON certification WHEN OLD.deleted_at IS NULL
BEGIN
    INSERT INTO record_tally (resource, span, block, kind_id, state, living)
        SELECT 'pe-authentications', span, OLD.id >> span, OLD.type_id, OLD.status, -1 FROM tally_span WHERE true
        ON CONFLICT DO UPDATE SET living = living + excluded.living;
    INSERT INTO owner_tally (resource, owner_id, kind_id, state, living)
        VALUES ('pe-authentications', OLD.owner_id, OLD.type_id, OLD.status, -1)
        ON CONFLICT DO UPDATE SET living = living + excluded.living;
END;

-- Where a keyword occurs: every place of a name or number from which somebody may begin to read, with what stands there
-- (24 characters of it). A keyword is then looked up as the beginning of such a place, however many names there are.
-- Places of deleted entities stay, the list leaves them out.
CREATE TABLE public_entity_place (
    place TEXT NOT NULL,
    entity_id BIGINT NOT NULL,
    PRIMARY KEY (place, entity_id)
) WITHOUT ROWID;

CREATE TABLE text_position (n INTEGER PRIMARY KEY NOT NULL);
INSERT INTO text_position (n)
    WITH RECURSIVE position (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM position WHERE n < 8192)
    SELECT n FROM position;

INSERT OR IGNORE INTO public_entity_place (place, entity_id)
    SELECT substr(substr(search_text, n, 24), 1, instr(substr(search_text, n, 24) || char(10), char(10)) - 1) AS found, id
    FROM public_entity JOIN text_position ON n <= length(search_text)
    WHERE deleted_at IS NULL AND substr(search_text, n, 1) <> char(10) ORDER BY found, id;

CREATE TRIGGER public_entity_named AFTER INSERT ON public_entity
BEGIN
    INSERT OR IGNORE INTO public_entity_place (place, entity_id)
        SELECT substr(substr(NEW.search_text, n, 24), 1, instr(substr(NEW.search_text, n, 24) || char(10), char(10)) - 1), NEW.id
        FROM text_position WHERE n <= length(NEW.search_text) AND substr(NEW.search_text, n, 1) <> char(10);
END;
CREATE TRIGGER public_entity_renamed AFTER UPDATE OF search_text ON public_entity
    WHEN NEW.search_text <> OLD.search_text
BEGIN
    DELETE FROM public_entity_place WHERE entity_id = OLD.id AND place IN (
        SELECT substr(substr(OLD.search_text, n, 24), 1, instr(substr(OLD.search_text, n, 24) || char(10), char(10)) - 1)
        FROM text_position WHERE n <= length(OLD.search_text));
    INSERT OR IGNORE INTO public_entity_place (place, entity_id)
        SELECT substr(substr(NEW.search_text, n, 24), 1, instr(substr(NEW.search_text, n, 24) || char(10), char(10)) - 1), NEW.id
        FROM text_position WHERE n <= length(NEW.search_text) AND substr(NEW.search_text, n, 1) <> char(10);
END;

-- A keyword that very many have is read through here; deleted_at comes second, so that plain lists never sort by it.
DROP INDEX public_entity_search;
CREATE INDEX public_entity_search ON public_entity (search_text, deleted_at);
DROP INDEX pe_member_search;
CREATE INDEX pe_member_search ON pe_member (search_text, deleted_at);

-- What waits longest, without sorting all that waits.
CREATE INDEX public_entity_waiting ON public_entity (audit_status, updated_at, id) WHERE deleted_at IS NULL;
CREATE INDEX pe_member_waiting ON pe_member (audit_status, updated_at, id) WHERE deleted_at IS NULL;
CREATE INDEX certification_queue ON certification (status, submitted_at, id) WHERE deleted_at IS NULL;
-- The filters that people combine, in the order of the list.
CREATE INDEX public_entity_type_audit ON public_entity (type_id, audit_status, id) WHERE deleted_at IS NULL;
CREATE INDEX public_entity_owner_audit ON public_entity (owner_id, audit_status, id) WHERE deleted_at IS NULL;
CREATE INDEX certification_type_state ON certification (type_id, status, id) WHERE deleted_at IS NULL;
CREATE INDEX certification_owner_state ON certification (owner_id, status, id) WHERE deleted_at IS NULL;
