//! Uploaded files: taken in, looked at, and kept in a folder or in an S3 bucket until no record knows them.
//!
//! ```text
//!  request ──receive──> spool (measured, hashed) ──kind, archive──> store.keep ──> the service's record
//!                          └ refused: nothing stays            sweep: a day old, no record ──> removed
//! ```

pub mod archive;
pub mod folder;
pub mod kind;
pub mod receive;
pub mod s3;
pub mod settings;
pub mod spool;
pub mod store;
pub mod sweep;

pub use settings::AttachmentSettings;
pub use store::{ObjectStore, open_store};
