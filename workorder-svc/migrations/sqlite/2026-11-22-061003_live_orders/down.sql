ALTER TABLE live_order_info DROP COLUMN config;
ALTER TABLE live_order_domain_info DROP COLUMN cp_domain;
ALTER TABLE live_order_domain_info DROP COLUMN icp_number;
