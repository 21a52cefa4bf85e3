-- Reference data: what kinds of entity, of certification and of certification status there are.

CREATE TABLE entity_type (
    id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    code TEXT NOT NULL,
    name TEXT NOT NULL,
    registration_number_kind TEXT NOT NULL,
    audit_status TEXT NOT NULL,
    audit_remark TEXT,
    audited_by TEXT,
    audited_at TIMESTAMP,
    created_by TEXT NOT NULL,
    created_at TIMESTAMP NOT NULL,
    updated_at TIMESTAMP NOT NULL,
    version BIGINT NOT NULL,
    deleted_at TIMESTAMP
);
CREATE UNIQUE INDEX entity_type_code ON entity_type (code) WHERE deleted_at IS NULL;

CREATE TABLE certification_type (
    id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    code TEXT NOT NULL,
    name TEXT NOT NULL,
    validity_days INTEGER NOT NULL,
    review_window_days INTEGER,
    required_materials TEXT NOT NULL,
    audit_status TEXT NOT NULL,
    audit_remark TEXT,
    audited_by TEXT,
    audited_at TIMESTAMP,
    created_by TEXT NOT NULL,
    created_at TIMESTAMP NOT NULL,
    updated_at TIMESTAMP NOT NULL,
    version BIGINT NOT NULL,
    deleted_at TIMESTAMP
);
CREATE UNIQUE INDEX certification_type_code ON certification_type (code) WHERE deleted_at IS NULL;

CREATE TABLE certification_status (
    id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    code TEXT NOT NULL,
    name TEXT NOT NULL,
    audit_status TEXT NOT NULL,
    audit_remark TEXT,
    audited_by TEXT,
    audited_at TIMESTAMP,
    created_by TEXT NOT NULL,
    created_at TIMESTAMP NOT NULL,
    updated_at TIMESTAMP NOT NULL,
    version BIGINT NOT NULL,
    deleted_at TIMESTAMP
);
CREATE UNIQUE INDEX certification_status_code ON certification_status (code) WHERE deleted_at IS NULL;

-- The entities and the people in them.

CREATE TABLE public_entity (
    id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    logo_url TEXT,
    type_id BIGINT NOT NULL REFERENCES entity_type (id),
    name TEXT NOT NULL,
    name_key TEXT NOT NULL,
    short_name TEXT,
    registration_number TEXT NOT NULL,
    license_photos TEXT NOT NULL,
    admin_name TEXT NOT NULL,
    admin_mobile TEXT NOT NULL,
    owner_id TEXT NOT NULL,
    search_text TEXT NOT NULL,
    audit_status TEXT NOT NULL,
    audit_remark TEXT,
    audited_by TEXT,
    audited_at TIMESTAMP,
    created_by TEXT NOT NULL,
    created_at TIMESTAMP NOT NULL,
    updated_at TIMESTAMP NOT NULL,
    version BIGINT NOT NULL,
    deleted_at TIMESTAMP
);
-- A rejected entity holds neither its name nor its number against others.
CREATE UNIQUE INDEX public_entity_name ON public_entity (type_id, name_key)
    WHERE deleted_at IS NULL AND audit_status <> 'rejected';
CREATE UNIQUE INDEX public_entity_number ON public_entity (type_id, registration_number)
    WHERE deleted_at IS NULL AND audit_status <> 'rejected';
CREATE INDEX public_entity_owner ON public_entity (owner_id, id) WHERE deleted_at IS NULL;
CREATE INDEX public_entity_type ON public_entity (type_id, id) WHERE deleted_at IS NULL;
CREATE INDEX public_entity_audit ON public_entity (audit_status, id) WHERE deleted_at IS NULL;
CREATE INDEX public_entity_created ON public_entity (created_at, id) WHERE deleted_at IS NULL;
CREATE INDEX public_entity_updated ON public_entity (updated_at, id) WHERE deleted_at IS NULL;
CREATE INDEX public_entity_sorted ON public_entity (name_key, id) WHERE deleted_at IS NULL;
-- Keyword search reads this index alone: whole, because a partial one would not cover the question.
CREATE INDEX public_entity_search ON public_entity (deleted_at, search_text);

CREATE TABLE pe_member (
    id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    u_id TEXT NOT NULL,
    pe_id BIGINT NOT NULL REFERENCES public_entity (id),
    u_name TEXT NOT NULL,
    owner_id TEXT NOT NULL,
    search_text TEXT NOT NULL,
    audit_status TEXT NOT NULL,
    audit_remark TEXT,
    audited_by TEXT,
    audited_at TIMESTAMP,
    created_by TEXT NOT NULL,
    created_at TIMESTAMP NOT NULL,
    updated_at TIMESTAMP NOT NULL,
    version BIGINT NOT NULL,
    deleted_at TIMESTAMP
);
CREATE UNIQUE INDEX pe_member_once ON pe_member (pe_id, u_id) WHERE deleted_at IS NULL;
CREATE INDEX pe_member_user ON pe_member (u_id, id) WHERE deleted_at IS NULL;
CREATE INDEX pe_member_owner ON pe_member (owner_id, id) WHERE deleted_at IS NULL;
CREATE INDEX pe_member_audit ON pe_member (audit_status, id) WHERE deleted_at IS NULL;
CREATE INDEX pe_member_created ON pe_member (created_at, id) WHERE deleted_at IS NULL;
CREATE INDEX pe_member_search ON pe_member (deleted_at, search_text);

-- Certifications with their materials and the conversation about them.

CREATE TABLE certification (
    id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    pe_id BIGINT NOT NULL REFERENCES public_entity (id),
    type_id BIGINT NOT NULL REFERENCES certification_type (id),
    status TEXT NOT NULL,
    owner_id TEXT NOT NULL,
    applicant_id TEXT NOT NULL,
    note TEXT,
    validity_days INTEGER NOT NULL,
    review_window_days INTEGER NOT NULL,
    applied_at TIMESTAMP,
    submitted_at TIMESTAMP,
    review_until TIMESTAMP,
    completed_at TIMESTAMP,
    valid_until TIMESTAMP,
    revoked_at TIMESTAMP,
    superseded_at TIMESTAMP,
    renews_id BIGINT REFERENCES certification (id),
    badge_id TEXT,
    created_by TEXT NOT NULL,
    created_at TIMESTAMP NOT NULL,
    updated_at TIMESTAMP NOT NULL,
    version BIGINT NOT NULL,
    deleted_at TIMESTAMP
);
-- One open certification per entity and type, and one that holds.
CREATE UNIQUE INDEX certification_open ON certification (pe_id, type_id)
    WHERE deleted_at IS NULL AND status <> 'passed';
CREATE UNIQUE INDEX certification_held ON certification (pe_id, type_id)
    WHERE deleted_at IS NULL AND status = 'passed' AND revoked_at IS NULL AND superseded_at IS NULL;
CREATE UNIQUE INDEX certification_badge ON certification (badge_id);
CREATE INDEX certification_entity ON certification (pe_id, id) WHERE deleted_at IS NULL;
CREATE INDEX certification_type_used ON certification (type_id, id) WHERE deleted_at IS NULL;
CREATE INDEX certification_owner ON certification (owner_id, id) WHERE deleted_at IS NULL;
CREATE INDEX certification_state ON certification (status, id) WHERE deleted_at IS NULL;
CREATE INDEX certification_waiting ON certification (submitted_at, id) WHERE deleted_at IS NULL AND status = 'submitted';
CREATE INDEX certification_ends ON certification (valid_until, id) WHERE deleted_at IS NULL AND status = 'passed';
CREATE INDEX certification_created ON certification (created_at, id) WHERE deleted_at IS NULL;
CREATE INDEX certification_applied ON certification (applied_at, id) WHERE deleted_at IS NULL;
CREATE INDEX certification_renewal ON certification (renews_id) WHERE deleted_at IS NULL;

CREATE TABLE certification_material (
    certification_id BIGINT NOT NULL REFERENCES certification (id),
    position INTEGER NOT NULL,
    name TEXT NOT NULL,
    url TEXT,
    accepted BOOLEAN,
    remark TEXT,
    PRIMARY KEY (certification_id, position)
);

CREATE TABLE certification_reply (
    id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    certification_id BIGINT NOT NULL REFERENCES certification (id),
    content TEXT NOT NULL,
    replied_at TIMESTAMP NOT NULL,
    replier_id TEXT NOT NULL,
    replier_name TEXT NOT NULL
);
CREATE INDEX certification_reply_thread ON certification_reply (certification_id, id);

CREATE TABLE certification_reminder (
    id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    certification_id BIGINT NOT NULL REFERENCES certification (id),
    owner_id TEXT NOT NULL,
    days_before INTEGER NOT NULL,
    valid_until TIMESTAMP NOT NULL,
    reminded_at TIMESTAMP NOT NULL
);
CREATE UNIQUE INDEX certification_reminder_once ON certification_reminder (certification_id, days_before);
CREATE INDEX certification_reminder_owner ON certification_reminder (owner_id, id);

-- Who reviews what at the moment.

CREATE TABLE review_claim (
    resource TEXT NOT NULL,
    record_id BIGINT NOT NULL,
    claimed_by TEXT NOT NULL,
    claimed_by_name TEXT NOT NULL,
    claimed_at TIMESTAMP NOT NULL,
    expires_at TIMESTAMP NOT NULL,
    PRIMARY KEY (resource, record_id)
);

-- Uploads and the records they belong to.

CREATE TABLE uploaded_file (
    id TEXT PRIMARY KEY NOT NULL,
    name TEXT NOT NULL,
    content_type TEXT NOT NULL,
    size BIGINT NOT NULL,
    uploaded_by TEXT NOT NULL,
    uploaded_at TIMESTAMP NOT NULL
);

CREATE TABLE file_use (
    file_id TEXT NOT NULL REFERENCES uploaded_file (id),
    resource TEXT NOT NULL,
    record_id BIGINT NOT NULL,
    public BOOLEAN NOT NULL,
    PRIMARY KEY (file_id, resource, record_id)
);
CREATE INDEX file_use_record ON file_use (resource, record_id);

-- The audit log: each row carries the hash of the one before it; the head says where the chain ends.

CREATE TABLE audit_log (
    id BIGINT PRIMARY KEY NOT NULL,
    at TIMESTAMP NOT NULL,
    actor_id TEXT NOT NULL,
    actor_name TEXT NOT NULL,
    action TEXT NOT NULL,
    resource TEXT NOT NULL,
    record_id TEXT,
    before TEXT,
    after TEXT,
    previous_hash TEXT NOT NULL,
    hash TEXT NOT NULL
);
CREATE INDEX audit_log_record ON audit_log (resource, record_id, id);
CREATE INDEX audit_log_actor ON audit_log (actor_id, id);
CREATE INDEX audit_log_action ON audit_log (action, id);
CREATE INDEX audit_log_time ON audit_log (at);

CREATE TABLE audit_chain (
    id INTEGER PRIMARY KEY NOT NULL CHECK (id = 1),
    length BIGINT NOT NULL,
    hash TEXT NOT NULL
);
INSERT INTO audit_chain (id, length, hash) VALUES (1, 0, '');

-- Append-only, whoever writes.
CREATE TRIGGER audit_log_no_update BEFORE UPDATE ON audit_log
BEGIN SELECT RAISE(ABORT, 'the audit log is append-only'); END;
CREATE TRIGGER audit_log_no_delete BEFORE DELETE ON audit_log
BEGIN SELECT RAISE(ABORT, 'the audit log is append-only'); END;
