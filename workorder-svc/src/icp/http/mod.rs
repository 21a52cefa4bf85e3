//! A registry that is asked over HTTP: how it is asked and how its answers are read is configuration, because every
//! operator's interface to the 工信部 filings is another.

mod ask;
mod mapping;

pub use ask::{HttpRegistry, RegistryError};
pub use mapping::{Mapping, MappingError, Replied};
