//! Entity types 机构类型: 企业, 组织, 个体; each says how its entities' registration numbers are made.

pub mod repo;
mod resource;
mod view;

pub use repo::EntityTypeRow;
pub use resource::EntityTypes;
pub use view::{EntityTypeView, SaveEntityType};
