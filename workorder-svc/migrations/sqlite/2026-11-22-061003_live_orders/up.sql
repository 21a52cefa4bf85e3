-- Everything a live-streaming order has settled on, as JSON; and what its form asks for each domain.
ALTER TABLE live_order_info ADD COLUMN config TEXT NOT NULL DEFAULT '{}';
ALTER TABLE live_order_domain_info ADD COLUMN cp_domain TEXT NOT NULL DEFAULT '';
ALTER TABLE live_order_domain_info ADD COLUMN icp_number TEXT;
