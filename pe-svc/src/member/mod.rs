//! Members 成员 of an entity: accounts, each under the name they go by in it. source: public entity rule 6.

pub mod repo;
mod resource;
mod view;

pub use repo::MemberRow;
pub use resource::Members;
pub use view::{MemberView, SaveMember};
