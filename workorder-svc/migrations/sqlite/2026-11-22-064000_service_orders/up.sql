-- The TM Forum face of orders: what a client said of its service order beyond the order itself (JSON), the order's form
-- when it said so, and why the content is not a valid order yet (a JSON array).
CREATE TABLE service_order (
    order_id BIGINT PRIMARY KEY NOT NULL REFERENCES work_order (id) ON DELETE CASCADE,
    document TEXT NOT NULL,
    form TEXT NOT NULL,
    faults TEXT NOT NULL
);

-- Every plain value of those documents under its dotted path, to be filtered by.
CREATE TABLE service_order_attribute (
    order_id BIGINT NOT NULL REFERENCES service_order (order_id) ON DELETE CASCADE,
    path TEXT NOT NULL,
    value TEXT NOT NULL,
    PRIMARY KEY (order_id, path, value)
);
CREATE INDEX service_order_attribute_by_value ON service_order_attribute (path, value);

-- Requests to cancel a service order, done in the transaction that wrote them. document is JSON.
CREATE TABLE cancel_service_order (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    order_id BIGINT NOT NULL REFERENCES work_order (id) ON DELETE CASCADE,
    document TEXT NOT NULL,
    reason TEXT,
    created_by TEXT NOT NULL,
    created_at TIMESTAMP NOT NULL
);
CREATE INDEX cancel_service_order_by_order ON cancel_service_order (order_id, id);

-- Who is told of service orders, and of what.
CREATE TABLE hub_subscription (
    id TEXT PRIMARY KEY NOT NULL,
    callback TEXT NOT NULL,
    query TEXT,
    created_by TEXT NOT NULL,
    created_at TIMESTAMP NOT NULL
);
