ALTER TABLE batch_self_domain DROP COLUMN config;
