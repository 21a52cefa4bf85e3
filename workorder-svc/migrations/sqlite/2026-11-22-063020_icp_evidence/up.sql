-- What an order's domain was decided by: who said so, and when that was had from them.
ALTER TABLE configure_list ADD COLUMN evidence_source TEXT;
ALTER TABLE configure_list ADD COLUMN evidence_at TIMESTAMP;

-- The answers of a registry that is asked over the network, kept for a while. Only lawful and unlawful ones.
CREATE TABLE icp_evidence (
    domain TEXT PRIMARY KEY NOT NULL,
    legality TEXT NOT NULL,
    record_number TEXT,
    reason TEXT,
    source TEXT NOT NULL,
    fetched_at TIMESTAMP NOT NULL
);

-- The registrable domain that a live domain is filed under; found by the re-check.
ALTER TABLE self_service_domain_config ADD COLUMN registrable TEXT;
CREATE INDEX self_service_domain_config_by_registrable ON self_service_domain_config (registrable);
ALTER TABLE live_stream_domain_config ADD COLUMN registrable TEXT;
CREATE INDEX live_stream_domain_config_by_registrable ON live_stream_domain_config (registrable);

-- The filings live domains stand under, and when each is looked at again. lapsed_at: gone since then.
CREATE TABLE live_filing (
    domain TEXT PRIMARY KEY NOT NULL,
    next_at TIMESTAMP NOT NULL,
    tries INTEGER NOT NULL DEFAULT 0,
    checked_at TIMESTAMP,
    lapsed_at TIMESTAMP,
    reason TEXT,
    lease_owner TEXT,
    lease_until TIMESTAMP
);
CREATE INDEX live_filing_by_time ON live_filing (next_at);
