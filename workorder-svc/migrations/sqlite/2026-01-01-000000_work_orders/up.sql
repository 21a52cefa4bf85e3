-- The enterprises billing has named.
CREATE TABLE enterprise (
    id TEXT PRIMARY KEY NOT NULL,
    name TEXT NOT NULL,
    updated_at TIMESTAMP NOT NULL
);

-- Which manager may order for which enterprise: looked at only when enterprises are assigned to managers.
CREATE TABLE enterprise_manager (
    enterprise_id TEXT NOT NULL REFERENCES enterprise (id) ON DELETE CASCADE,
    user_id TEXT NOT NULL,
    PRIMARY KEY (enterprise_id, user_id)
);

-- The products enterprises subscribe to, as billing reports them. state_at: the occurrence of the newest applied event.
CREATE TABLE ep_product_chargemode (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    enterprise_id TEXT NOT NULL REFERENCES enterprise (id),
    product_id TEXT NOT NULL,
    product_name TEXT NOT NULL,
    charge_mode TEXT NOT NULL DEFAULT '',
    state TEXT NOT NULL,
    state_at TIMESTAMP NOT NULL,
    created_at TIMESTAMP NOT NULL,
    UNIQUE (enterprise_id, product_id)
);

-- The events of the billing feed in order of arrival: each counts once, and all of them together say where a
-- subscription stands.
CREATE TABLE product_event_inbox (
    seq INTEGER PRIMARY KEY AUTOINCREMENT,
    event_id TEXT NOT NULL UNIQUE,
    enterprise_id TEXT NOT NULL,
    product_id TEXT NOT NULL,
    event TEXT NOT NULL,
    occurred_at TIMESTAMP NOT NULL,
    received_at TIMESTAMP NOT NULL
);
CREATE INDEX product_event_inbox_by_product ON product_event_inbox (enterprise_id, product_id, seq);

-- The main table of work orders. creator, approving_worker, approval and form are JSON; user_temp is a JSON array of
-- those who have approved; dealer is the role of the next handler.
CREATE TABLE work_order (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    code TEXT NOT NULL,
    enum_type TEXT NOT NULL,
    requirement TEXT NOT NULL,
    status TEXT NOT NULL,
    version BIGINT NOT NULL,
    product_id TEXT,
    product TEXT,
    create_user TEXT NOT NULL,
    creator TEXT NOT NULL,
    province INTEGER,
    approving_userid TEXT,
    approving_mobile TEXT,
    approving_worker TEXT,
    dealer TEXT,
    user_temp TEXT NOT NULL DEFAULT '[]',
    attempt INTEGER NOT NULL DEFAULT 0,
    approval TEXT NOT NULL DEFAULT '{}',
    description TEXT NOT NULL DEFAULT '',
    form TEXT NOT NULL,
    details TEXT NOT NULL DEFAULT '',
    domains_total INTEGER NOT NULL DEFAULT 0,
    is_batch BOOLEAN NOT NULL DEFAULT FALSE,
    prohibited BOOLEAN NOT NULL DEFAULT FALSE,
    held_since TIMESTAMP NOT NULL,
    due_at TIMESTAMP,
    search_text TEXT NOT NULL DEFAULT '',
    created_at TIMESTAMP NOT NULL,
    updated_at TIMESTAMP NOT NULL
);
CREATE INDEX work_order_by_creator ON work_order (create_user, id);
CREATE INDEX work_order_by_approver ON work_order (approving_userid, status);
CREATE INDEX work_order_by_status ON work_order (status, id);
CREATE INDEX work_order_by_due ON work_order (due_at);
CREATE INDEX work_order_by_product ON work_order (product_id, enum_type, status);

-- Whose order it is: the enterprise, with the name it had when the order was written.
CREATE TABLE worker_order_enterprise (
    order_id BIGINT PRIMARY KEY NOT NULL REFERENCES work_order (id) ON DELETE CASCADE,
    enterprise_id TEXT NOT NULL,
    corp_name TEXT NOT NULL
);
CREATE INDEX worker_order_enterprise_by_enterprise ON worker_order_enterprise (enterprise_id, order_id);

-- Who takes part in an order, and so may see it. acted: they did something to it; its creation counts as well.
CREATE TABLE work_order_participant (
    order_id BIGINT NOT NULL REFERENCES work_order (id) ON DELETE CASCADE,
    user_id TEXT NOT NULL,
    acted BOOLEAN NOT NULL,
    PRIMARY KEY (order_id, user_id)
);
CREATE INDEX work_order_participant_by_user ON work_order_participant (user_id, order_id);

-- The domains of an order, each with what the ICP check found. rolled_back: BPM has returned it.
CREATE TABLE configure_list (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    order_id BIGINT NOT NULL REFERENCES work_order (id) ON DELETE CASCADE,
    domain TEXT NOT NULL,
    legality TEXT NOT NULL,
    record_number TEXT,
    reason TEXT,
    rolled_back BOOLEAN NOT NULL DEFAULT FALSE,
    checked_at TIMESTAMP,
    UNIQUE (order_id, domain)
);
CREATE INDEX configure_list_by_domain ON configure_list (domain);

-- What the form asks for each domain (the rows of speedList).
CREATE TABLE speed_configure_domain (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    order_id BIGINT NOT NULL REFERENCES work_order (id) ON DELETE CASCADE,
    domain TEXT NOT NULL,
    cp_domain TEXT NOT NULL DEFAULT '',
    icp_number TEXT,
    UNIQUE (order_id, domain)
);

-- The origins of an order.
CREATE TABLE orign_address (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    order_id BIGINT NOT NULL REFERENCES work_order (id) ON DELETE CASCADE,
    value TEXT NOT NULL,
    type TEXT NOT NULL,
    main_flag BOOLEAN NOT NULL,
    weight INTEGER
);
CREATE INDEX orign_address_by_order ON orign_address (order_id);

-- The domains of batch sheets.
CREATE TABLE batch_self_domain (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    order_id BIGINT NOT NULL REFERENCES work_order (id) ON DELETE CASCADE,
    domain TEXT NOT NULL,
    sheet_row INTEGER NOT NULL,
    cp_domain TEXT NOT NULL DEFAULT '',
    icp_number TEXT,
    UNIQUE (order_id, domain)
);
CREATE INDEX batch_self_domain_by_domain ON batch_self_domain (domain);

-- Live-streaming orders, and their domains.
CREATE TABLE live_order_info (
    order_id BIGINT PRIMARY KEY NOT NULL REFERENCES work_order (id) ON DELETE CASCADE,
    application TEXT NOT NULL DEFAULT '',
    mode TEXT NOT NULL DEFAULT ''
);
CREATE TABLE live_order_domain_info (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    order_id BIGINT NOT NULL REFERENCES work_order (id) ON DELETE CASCADE,
    domain TEXT NOT NULL,
    direction TEXT NOT NULL DEFAULT '',
    UNIQUE (order_id, domain)
);
CREATE INDEX live_order_domain_info_by_domain ON live_order_domain_info (domain);

-- The live domains. source: `order`, or `imported` with no order behind it. form is JSON: what they were configured with.
CREATE TABLE self_service_domain_config (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    domain TEXT NOT NULL UNIQUE,
    enterprise_id TEXT NOT NULL,
    product_id TEXT NOT NULL,
    order_id BIGINT,
    source TEXT NOT NULL,
    legality TEXT NOT NULL,
    record_number TEXT,
    form TEXT NOT NULL DEFAULT '{}',
    live_since TIMESTAMP NOT NULL,
    updated_at TIMESTAMP NOT NULL
);
CREATE INDEX self_service_domain_config_by_owner ON self_service_domain_config (enterprise_id, product_id);

-- The live domains of live streaming.
CREATE TABLE live_stream_domain_config (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    domain TEXT NOT NULL UNIQUE,
    enterprise_id TEXT NOT NULL,
    product_id TEXT NOT NULL,
    order_id BIGINT,
    source TEXT NOT NULL,
    legality TEXT NOT NULL,
    record_number TEXT,
    form TEXT NOT NULL DEFAULT '{}',
    live_since TIMESTAMP NOT NULL,
    updated_at TIMESTAMP NOT NULL
);
CREATE INDEX live_stream_domain_config_by_owner ON live_stream_domain_config (enterprise_id, product_id);

-- Reservations of open orders: the one place where races for a domain are settled.
CREATE TABLE work_order_cache_domain (
    domain TEXT PRIMARY KEY NOT NULL,
    order_id BIGINT NOT NULL REFERENCES work_order (id) ON DELETE CASCADE,
    created_at TIMESTAMP NOT NULL
);
CREATE INDEX work_order_cache_domain_by_order ON work_order_cache_domain (order_id);

-- What happened to an order, oldest first. actor_id is empty for systems; on_behalf_of is JSON. Rows are never rewritten, but for the check flags of the pending row.
CREATE TABLE domain_history (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    order_id BIGINT NOT NULL REFERENCES work_order (id) ON DELETE CASCADE,
    event TEXT NOT NULL,
    actor_id TEXT,
    actor_name TEXT NOT NULL,
    actor_role TEXT,
    on_behalf_of TEXT,
    from_status TEXT,
    to_status TEXT NOT NULL,
    comment TEXT,
    is_icp_check_completed BOOLEAN NOT NULL,
    is_icp_check_success BOOLEAN NOT NULL,
    created_at TIMESTAMP NOT NULL
);
CREATE INDEX domain_history_by_order ON domain_history (order_id, id);

-- Uploaded files, and the orders that hold them.
CREATE TABLE log_file_resource (
    file_id TEXT PRIMARY KEY NOT NULL,
    name TEXT NOT NULL,
    size BIGINT NOT NULL,
    content_type TEXT NOT NULL,
    sha256 TEXT NOT NULL,
    kind TEXT NOT NULL,
    uploaded_by TEXT NOT NULL,
    created_at TIMESTAMP NOT NULL
);
CREATE TABLE work_order_file (
    order_id BIGINT NOT NULL REFERENCES work_order (id) ON DELETE CASCADE,
    file_id TEXT NOT NULL REFERENCES log_file_resource (file_id),
    kind TEXT NOT NULL,
    position INTEGER NOT NULL,
    PRIMARY KEY (order_id, file_id)
);
CREATE INDEX work_order_file_by_file ON work_order_file (file_id);

-- ICP checks that are due: a row stands while an order is icpChecking.
CREATE TABLE icp_check (
    order_id BIGINT PRIMARY KEY NOT NULL REFERENCES work_order (id) ON DELETE CASCADE,
    started_at TIMESTAMP NOT NULL,
    tries INTEGER NOT NULL,
    next_at TIMESTAMP NOT NULL,
    lease_owner TEXT,
    lease_until TIMESTAMP
);
CREATE INDEX icp_check_by_time ON icp_check (next_at);

-- The embedded ICP registry: filings by registrable domain. No row: not filed.
CREATE TABLE icp_filing (
    domain TEXT PRIMARY KEY NOT NULL,
    record_number TEXT NOT NULL,
    updated_at TIMESTAMP NOT NULL
);

-- Dispatches of orders as this side knows them; task_id and bill_no are learnt from bpm-adapter. assignee is JSON.
CREATE TABLE bpm_task (
    order_id BIGINT NOT NULL REFERENCES work_order (id) ON DELETE CASCADE,
    attempt INTEGER NOT NULL,
    task_id TEXT UNIQUE,
    bill_no TEXT,
    state TEXT NOT NULL,
    assignee_id TEXT NOT NULL,
    assignee TEXT NOT NULL,
    outbox_id TEXT NOT NULL,
    created_at TIMESTAMP NOT NULL,
    updated_at TIMESTAMP NOT NULL,
    PRIMARY KEY (order_id, attempt)
);
CREATE INDEX bpm_task_by_assignee ON bpm_task (assignee_id, state);
CREATE TABLE bpm_task_stage (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    order_id BIGINT NOT NULL,
    attempt INTEGER NOT NULL,
    stage TEXT NOT NULL,
    result TEXT NOT NULL,
    message TEXT NOT NULL,
    created_at TIMESTAMP NOT NULL,
    FOREIGN KEY (order_id, attempt) REFERENCES bpm_task (order_id, attempt) ON DELETE CASCADE
);
CREATE INDEX bpm_task_stage_by_task ON bpm_task_stage (order_id, attempt, id);

-- Events of BPM that were applied: each counts once.
CREATE TABLE bpm_event_inbox (
    task_id TEXT NOT NULL,
    event_id TEXT NOT NULL,
    order_id BIGINT NOT NULL,
    event TEXT NOT NULL,
    received_at TIMESTAMP NOT NULL,
    PRIMARY KEY (task_id, event_id)
);
