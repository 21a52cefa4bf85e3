-- Orders that came out of one another: order_id holds the domains that were not lawful in split_from.
CREATE TABLE work_order_link (
    order_id BIGINT PRIMARY KEY NOT NULL REFERENCES work_order (id) ON DELETE CASCADE,
    split_from BIGINT NOT NULL REFERENCES work_order (id) ON DELETE CASCADE,
    created_at TIMESTAMP NOT NULL
);
CREATE INDEX work_order_link_by_source ON work_order_link (split_from);
