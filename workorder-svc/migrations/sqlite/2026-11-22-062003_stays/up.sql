-- How long orders stayed in each state, as the history tells: entered_s in seconds since 1970, lasted_s in seconds and
-- lasted_centihours in hundredths of an hour, both empty while the order stays.
CREATE TABLE order_stay (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    order_id BIGINT NOT NULL REFERENCES work_order (id) ON DELETE CASCADE,
    state TEXT NOT NULL,
    entered_s DOUBLE NOT NULL,
    lasted_s DOUBLE,
    lasted_centihours INTEGER
);
CREATE UNIQUE INDEX order_stay_open ON order_stay (order_id) WHERE lasted_s IS NULL;
CREATE INDEX order_stay_by_order ON order_stay (order_id);
-- Figures over many orders are read from this alone, in the order they are grouped by.
CREATE INDEX order_stay_by_state ON order_stay (state, lasted_centihours, order_id, lasted_s, entered_s);
INSERT INTO order_stay (order_id, state, entered_s, lasted_s, lasted_centihours)
SELECT order_id, to_status, at_s, next_s - at_s, CAST((next_s - at_s) / 36 AS INTEGER)
FROM (
    SELECT order_id, to_status, at_s, LEAD(at_s) OVER (PARTITION BY order_id ORDER BY id) AS next_s
    FROM (
        SELECT id, order_id, to_status, (JULIANDAY(created_at) - 2440587.5) * 86400.0 AS at_s
        FROM domain_history
        WHERE event <> 'pending' AND (from_status IS NULL OR from_status <> to_status)
    ) AS moves
) AS stays
WHERE to_status NOT IN ('draft', 'finished', 'withdrawn');
