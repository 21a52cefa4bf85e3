//! Every endpoint and who may call it: the one table the gateway and the services decide by.
//!
//! Deny unless a row says yes. Paths match on whole segments; `{name}` stands for one segment.

pub mod auth;
pub mod bpm;
pub mod pe;
pub mod workorder;

use std::collections::BTreeSet;

use crate::permission::{Permission, RolePermissions};
use crate::role::Role;

/// Who may call an endpoint.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Access {
    /// Anybody: log-in, or a call that proves itself in another way (a signed call-back).
    Public,
    /// Any valid user token.
    AnyUser,
    /// A user token whose roles hold the permission.
    Needs(Permission),
    /// A user token whose roles hold any of them.
    NeedsAny(&'static [Permission]),
    /// A user token whose roles hold all of them.
    NeedsAll(&'static [Permission]),
    /// A service token; never reached through the gateway.
    Internal,
}

impl Access {
    /// The permission that is missing, if any. `Public`, `AnyUser` and `Internal` ask for none.
    pub fn missing(self, held: &RolePermissions, roles: &[Role]) -> Option<Permission> {
        match self {
            Self::Public | Self::AnyUser | Self::Internal => None,
            Self::Needs(permission) => (!held.allow(roles, permission)).then_some(permission),
            Self::NeedsAny(any) => {
                if any.iter().any(|permission| held.allow(roles, *permission)) {
                    None
                } else {
                    any.first().copied()
                }
            }
            Self::NeedsAll(all) => all.iter().copied().find(|permission| !held.allow(roles, *permission)),
        }
    }
}

/// HTTP methods that endpoints use.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Method {
    Get,
    Post,
    Put,
    Patch,
    Delete,
}

impl Method {
    pub const fn name(self) -> &'static str {
        match self {
            Self::Get => "GET",
            Self::Post => "POST",
            Self::Put => "PUT",
            Self::Patch => "PATCH",
            Self::Delete => "DELETE",
        }
    }

    /// `HEAD` asks what `GET` would.
    pub fn from_name(name: &str) -> Option<Self> {
        match name {
            "GET" | "HEAD" => Some(Self::Get),
            "POST" => Some(Self::Post),
            "PUT" => Some(Self::Put),
            "PATCH" => Some(Self::Patch),
            "DELETE" => Some(Self::Delete),
            _ => None,
        }
    }
}

/// One row of the table.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Endpoint {
    pub method: Method,
    /// Such as `/bpm/tasks/{id}`: also the label of logs and metrics, never the raw path.
    pub path: &'static str,
    pub access: Access,
}

/// What the table says of a request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Lookup {
    Found(&'static Endpoint),
    /// The path exists for these methods only.
    OtherMethods(Vec<&'static str>),
    Unknown,
}

/// Looks a request up. A literal segment is preferred to a `{name}`: `/pe/pe-types/mine` before `/pe/pe-types/{id}`.
pub fn find(tables: &[&'static [Endpoint]], method: &str, path: &str) -> Lookup {
    let mut best: Option<(&'static Endpoint, usize)> = None;
    let mut methods = BTreeSet::new();
    let wanted = Method::from_name(method);
    for endpoint in tables.iter().flat_map(|table| table.iter()) {
        let Some(literals) = matched_literals(endpoint.path, path) else { continue };
        methods.insert(endpoint.method.name());
        if wanted == Some(endpoint.method) && best.is_none_or(|(_, most)| literals > most) {
            best = Some((endpoint, literals));
        }
    }
    match best {
        Some((endpoint, _)) => Lookup::Found(endpoint),
        None if methods.is_empty() => Lookup::Unknown,
        None => Lookup::OtherMethods(methods.into_iter().collect()),
    }
}

/// How many segments match literally, or None when the path is another.
fn matched_literals(pattern: &str, path: &str) -> Option<usize> {
    let mut literals = 0;
    let mut given = path.split('/');
    for wanted in pattern.split('/') {
        let segment = given.next()?;
        if wanted.starts_with('{') {
            if segment.is_empty() {
                return None;
            }
        } else if wanted == segment {
            literals += 1;
        } else {
            return None;
        }
    }
    given.next().is_none().then_some(literals)
}

/// A row, written short.
pub(crate) const fn row(method: Method, path: &'static str, access: Access) -> Endpoint {
    Endpoint { method, path, access }
}

#[cfg(test)]
mod tests {
    use super::*;

    static TABLE: &[Endpoint] = &[
        row(Method::Get, "/a/{id}", Access::AnyUser),
        row(Method::Get, "/a/mine", Access::Public),
        row(Method::Post, "/a/{id}/close", Access::AnyUser),
    ];

    fn found(method: &str, path: &str) -> Option<&'static str> {
        match find(&[TABLE], method, path) {
            Lookup::Found(endpoint) => Some(endpoint.path),
            Lookup::OtherMethods(_) | Lookup::Unknown => None,
        }
    }

    #[test]
    fn whole_segments_match_and_a_literal_comes_before_a_name() {
        assert_eq!(found("GET", "/a/7"), Some("/a/{id}"));
        assert_eq!(found("HEAD", "/a/mine"), Some("/a/mine"));
        assert_eq!(found("POST", "/a/7/close"), Some("/a/{id}/close"));
        for path in ["/a", "/a/", "/a/7/", "/a/7/closed", "/A/7", "//a/7"] {
            assert_eq!(found("GET", path), None, "{path}");
        }
    }

    #[test]
    fn a_known_path_with_another_method_names_the_methods() {
        assert_eq!(find(&[TABLE], "DELETE", "/a/7"), Lookup::OtherMethods(vec!["GET"]));
        assert_eq!(find(&[TABLE], "BREW", "/a/7"), Lookup::OtherMethods(vec!["GET"]));
        assert_eq!(find(&[TABLE], "GET", "/b"), Lookup::Unknown);
    }
}
