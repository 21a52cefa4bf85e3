//! A bucket of S3, or of whatever speaks it, by `s3://bucket/prefix`.

use std::io;
use std::path::Path as FilePath;
use std::time::Duration;

use bytes::Bytes;
use futures_util::future::BoxFuture;
use futures_util::stream::{BoxStream, StreamExt, TryStreamExt};
use object_store::aws::{AmazonS3, AmazonS3Builder};
use object_store::path::Path;
use object_store::{ClientOptions, Error, MultipartUpload, ObjectStore as _, ObjectStoreExt, RetryConfig};
use secrecy::ExposeSecret;
use tokio::fs::File;
use tokio::io::AsyncReadExt;

use super::settings::AttachmentSettings;
use super::store::{Content, Kept, ObjectStore, is_id};
use crate::ids::FileId;
use crate::server::settings::SettingsError;

/// Bytes sent at a time; larger files go in parts of this size. source: Amazon S3, parts have at least 5 MiB.
const PART: usize = 8 * 1024 * 1024;
/// Files listed at a time.
const LISTED: usize = 500;
/// How long one call may take, and how long it is tried again.
const TIMEOUT: Duration = Duration::from_secs(30);

#[derive(Clone, Debug)]
pub struct S3Store {
    bucket: AmazonS3,
    prefix: Path,
}

impl S3Store {
    pub fn open(settings: &AttachmentSettings) -> Result<Self, SettingsError> {
        let unusable = |why: String| SettingsError::Unusable(format!("the store for uploads: {why}"));
        let place = settings.url.strip_prefix("s3://").ok_or_else(|| unusable("its URL begins with s3://".into()))?;
        let (bucket, prefix) = place.split_once('/').unwrap_or((place, ""));
        let mut builder = AmazonS3Builder::from_env().with_bucket_name(bucket).with_region(&settings.region);
        if !settings.endpoint.is_empty() {
            let plain = settings.endpoint.starts_with("http://");
            builder = builder.with_endpoint(&settings.endpoint).with_allow_http(plain);
        }
        if !settings.access_key_id.is_empty() {
            builder = builder
                .with_access_key_id(&settings.access_key_id)
                .with_secret_access_key(settings.secret_access_key.expose_secret());
        }
        let retry = RetryConfig { max_retries: 3, retry_timeout: TIMEOUT, ..RetryConfig::default() };
        let options = ClientOptions::new().with_timeout(TIMEOUT).with_connect_timeout(Duration::from_secs(3));
        let options = options.with_allow_http(settings.endpoint.starts_with("http://"));
        let bucket = builder
            .with_client_options(options)
            .with_retry(retry)
            .with_disable_bulk_delete(true)
            .build()
            .map_err(|error| unusable(error.to_string()))?;
        let prefix = Path::parse(prefix.trim_matches('/')).map_err(|error| unusable(error.to_string()))?;
        Ok(Self { bucket, prefix })
    }

    fn key(&self, id: &FileId) -> io::Result<Path> {
        if !is_id(id.as_str()) {
            return Err(io::Error::from(io::ErrorKind::NotFound));
        }
        Ok(self.prefix.clone().join(id.as_str()))
    }

    async fn put(&self, key: &Path, mut file: File) -> io::Result<()> {
        let first = part(&mut file).await?;
        if first.len() < PART {
            self.bucket.put(key, first.into()).await.map_err(of_store)?;
            return Ok(());
        }
        let mut upload = self.bucket.put_multipart(key).await.map_err(of_store)?;
        match send_parts(upload.as_mut(), first, &mut file).await {
            Ok(()) => Ok(()),
            Err(error) => {
                if let Err(left) = upload.abort().await {
                    tracing::warn!(error = %left, "parts of an upload stay in the bucket until its own rules end them");
                }
                Err(error)
            }
        }
    }
}

async fn send_parts(upload: &mut dyn MultipartUpload, first: Bytes, file: &mut File) -> io::Result<()> {
    let mut next = first;
    while !next.is_empty() {
        upload.put_part(next.into()).await.map_err(of_store)?;
        next = part(file).await?;
    }
    upload.complete().await.map_err(of_store)?;
    Ok(())
}

/// The next part; shorter, or empty, at the end.
async fn part(file: &mut File) -> io::Result<Bytes> {
    let mut bytes = Vec::new();
    file.take(PART as u64).read_to_end(&mut bytes).await?;
    Ok(bytes.into())
}

fn of_store(error: Error) -> io::Error {
    let missing = matches!(error, Error::NotFound { .. });
    io::Error::new(if missing { io::ErrorKind::NotFound } else { io::ErrorKind::Other }, error)
}

impl ObjectStore for S3Store {
    fn keep<'a>(&'a self, id: &'a FileId, spool: &'a FilePath) -> BoxFuture<'a, io::Result<()>> {
        Box::pin(async move {
            self.put(&self.key(id)?, File::open(spool).await?).await?;
            tokio::fs::remove_file(spool).await
        })
    }

    fn open<'a>(&'a self, id: &'a FileId) -> BoxFuture<'a, io::Result<Content>> {
        Box::pin(async move {
            let found = self.bucket.get(&self.key(id)?).await.map_err(of_store)?;
            Ok(found.into_stream().map_err(of_store).boxed())
        })
    }

    fn remove<'a>(&'a self, id: &'a FileId) -> BoxFuture<'a, io::Result<()>> {
        Box::pin(async move {
            match self.bucket.delete(&self.key(id)?).await {
                Err(error) if !matches!(error, Error::NotFound { .. }) => Err(of_store(error)),
                _ => Ok(()),
            }
        })
    }

    fn list(&self) -> BoxStream<'_, io::Result<Vec<Kept>>> {
        let prefix = Some(&self.prefix).filter(|prefix| !prefix.as_ref().is_empty());
        let found = self.bucket.list(prefix).map_err(of_store);
        let kept = found.try_filter_map(|object| async move {
            let id = object.location.filename().filter(|name| is_id(name)).map(FileId::from);
            Ok(id.map(|id| Kept { id, since: object.last_modified }))
        });
        kept.try_chunks(LISTED).map_err(|error| error.1).boxed()
    }

    fn check(&self) -> BoxFuture<'_, Result<(), String>> {
        Box::pin(async {
            // Whether there is such a file says whether the bucket can be asked.
            match self.bucket.head(&self.prefix.clone().join("readiness")).await {
                Ok(_) | Err(Error::NotFound { .. }) => Ok(()),
                Err(error) => Err(error.to_string()),
            }
        })
    }
}
