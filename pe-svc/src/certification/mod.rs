//! Certifications 认证: an entity applies for one, operators review it, and for its validity it can be shown.
//! source: public entity rules 7 to 11.

pub mod decide;
pub mod draft;
pub mod period;
pub mod renew;
pub mod repo;
mod resource;
pub mod state;
pub mod submit;
pub mod view;

pub use repo::CertificationRow;
pub use resource::Certifications;
