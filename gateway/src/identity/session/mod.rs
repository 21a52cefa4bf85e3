//! Sessions: a log-in starts a family of refresh tokens, each good for one exchange. A spent one that comes back means
//! that somebody copied it: the whole family ends.
//!
//! ```text
//!   issued ──exchange──> spent ──comes back──> family revoked
//!     └──log-out, password change, account disabled──> revoked
//! ```

pub mod login;
pub mod logout;
pub mod pair;
pub mod refresh;
pub mod repo;

pub use pair::TokenPair;
