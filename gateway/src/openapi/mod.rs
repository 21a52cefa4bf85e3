//! One OpenAPI document of everything behind the public port: the services' own parts, merged.

pub mod collect;
pub mod document;
pub mod merge;

pub use document::openapi;
