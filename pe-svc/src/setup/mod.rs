//! Setup 初始化: the schema made current, and the reference data laid.

pub mod initial;
pub mod reference_data;

pub use reference_data::{Seeded, lay_reference_data};
