-- What a sheet's row asks for its own domain beside CNAME and record number (origins, https, ports), as JSON.
ALTER TABLE batch_self_domain ADD COLUMN config TEXT NOT NULL DEFAULT '{}';
