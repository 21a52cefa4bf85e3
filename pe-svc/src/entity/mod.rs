//! Public entities 机构: who they are, who owns them, and whether they are what they say. source: public entity rules 1 to 5.

pub mod place;
pub mod repo;
mod resource;
pub mod rules;
mod view;

pub use repo::EntityRow;
pub use resource::PublicEntities;
pub use view::{EntityFace, EntityView, SaveEntity};
