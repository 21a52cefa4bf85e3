DROP TABLE live_filing;
DROP INDEX live_stream_domain_config_by_registrable;
ALTER TABLE live_stream_domain_config DROP COLUMN registrable;
DROP INDEX self_service_domain_config_by_registrable;
ALTER TABLE self_service_domain_config DROP COLUMN registrable;
DROP TABLE icp_evidence;
ALTER TABLE configure_list DROP COLUMN evidence_at;
ALTER TABLE configure_list DROP COLUMN evidence_source;
