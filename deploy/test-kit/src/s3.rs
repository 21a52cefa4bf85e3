//! A real server that speaks S3, when one runs beside the tests.

use std::path::Path;

use shared_model::server::attachment::AttachmentSettings;

/// The URL of a server with a bucket `front-desk`, which `deploy/test` starts.
const SERVER: &str = "FRONT_DESK_TEST_S3";

/// Settings for a place of its own in the bucket. None when no server runs beside the tests: then it says so.
pub fn settings(folder: &Path, place: &str) -> Option<AttachmentSettings> {
    let Ok(endpoint) = std::env::var(SERVER) else {
        eprintln!("skipped: {SERVER} names no server (deploy/test starts one)");
        return None;
    };
    Some(AttachmentSettings {
        folder: folder.to_owned(),
        url: format!("s3://front-desk/{place}-{}", uuid::Uuid::new_v4().simple()),
        endpoint,
        region: "us-east-1".to_owned(),
        access_key_id: "S3RVER".to_owned(),
        secret_access_key: "S3RVER".into(),
        unused_hours: 24,
        sweep_seconds: 3600.0,
    })
}
