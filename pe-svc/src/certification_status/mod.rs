//! Certification statuses 认证状态: the four codes are fixed, what they are called is the desk's to choose.

pub mod repo;
mod resource;
mod view;

pub use repo::CertificationStatusRow;
pub use resource::CertificationStatuses;
pub use view::{CertificationStatusView, SaveCertificationStatus};
