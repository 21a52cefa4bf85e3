//! Certification types 认证类型: 首次申请认证, 2026年审核, 金牌 …; each says how long it holds and what it asks for.

pub mod repo;
mod resource;
mod view;

pub use repo::CertificationTypeRow;
pub use resource::CertificationTypes;
pub use view::{CertificationTypeView, SaveCertificationType};
