//! The console's files, compiled in. Paths of the application itself lead to its index page; a file that is not there is
//! not found, or a browser would run a page as a script.

use std::borrow::Cow;

use actix_web::http::header;
use actix_web::web::{Data, Path};
use actix_web::{HttpRequest, HttpResponse, HttpResponseBuilder, http::StatusCode};
use rust_embed::Embed;
use shared_model::problem::{Problem, codes};

use super::Site;

/// No script but our own files, nothing from anywhere else, nobody frames us.
const CONTENT_SECURITY: &str = "default-src 'self'; script-src 'self'; style-src 'self' 'unsafe-inline'; \
    img-src 'self' data: blob:; font-src 'self' data:; connect-src 'self'; object-src 'none'; base-uri 'self'; \
    form-action 'self'; frame-src blob:; frame-ancestors 'none'";

const NOT_BUILT: &str = include_str!("not_built.html");

#[derive(Embed)]
#[folder = "$CARGO_MANIFEST_DIR/../console/dist"]
#[allow_missing = true]
struct Files;

/// A file of the console.
struct Found {
    content: Cow<'static, [u8]>,
    tag: String,
    encoding: Option<&'static str>,
}

/// `/` and `/app` lead to the console.
pub async fn lead_in() -> HttpResponse {
    HttpResponse::Found().insert_header((header::LOCATION, "/app/")).finish()
}

/// `/app/**`
pub async fn console(site: Data<Site>, request: HttpRequest, tail: Path<String>) -> Result<HttpResponse, Problem> {
    if !site.console {
        return Err(Problem::new(&codes::NOT_FOUND));
    }
    let accepted = request.headers().get(header::ACCEPT_ENCODING).and_then(|value| value.to_str().ok());
    let known = request.headers().get(header::IF_NONE_MATCH).and_then(|value| value.to_str().ok());
    let find = |path: &str| find(path, accepted.unwrap_or_default());
    match plan(&tail) {
        Plan::File(path) => match find(path) {
            Some(found) => Ok(answer(path, found, known)),
            None => Err(Problem::new(&codes::NOT_FOUND)),
        },
        Plan::Index => Ok(match find("index.html") {
            Some(found) => answer("index.html", found, known),
            None => not_built(),
        }),
    }
}

#[derive(Debug, PartialEq, Eq)]
enum Plan<'a> {
    Index,
    File(&'a str),
}

/// A name with a dot is a file, and so is everything under `assets/`; the rest are the application's own pages.
fn plan(tail: &str) -> Plan<'_> {
    let last = tail.rsplit('/').next().unwrap_or_default();
    if tail.starts_with("assets/") || last.contains('.') { Plan::File(tail) } else { Plan::Index }
}

/// The file, compressed beforehand if the browser takes it so.
fn find(path: &str, accepted: &str) -> Option<Found> {
    let takes = |name: &str| {
        accepted.split(',').any(|part| {
            let mut pieces = part.trim().split(';');
            let named = pieces.next().is_some_and(|piece| piece.trim().eq_ignore_ascii_case(name));
            named && !pieces.any(|piece| matches!(piece.trim(), "q=0" | "q=0.0"))
        })
    };
    for (name, suffix) in [("br", ".br"), ("gzip", ".gz")] {
        if takes(name)
            && let Some(file) = Files::get(&format!("{path}{suffix}"))
        {
            return Some(found(file, Some(name)));
        }
    }
    Files::get(path).map(|file| found(file, None))
}

fn found(file: rust_embed::EmbeddedFile, encoding: Option<&'static str>) -> Found {
    let hash = file.metadata.sha256_hash();
    let tag = hash.iter().take(12).map(|byte| format!("{byte:02x}")).collect::<String>();
    Found { content: file.data, tag: format!("\"{tag}\""), encoding }
}

fn answer(path: &str, found: Found, known: Option<&str>) -> HttpResponse {
    // Names under assets/ carry a hash of their content: what they name never changes.
    let keeping = if path.starts_with("assets/") { "public, max-age=31536000, immutable" } else { "no-cache" };
    let current = known.is_some_and(|known| known.split(',').any(|tag| tag.trim() == found.tag));
    let mut response = guarded(if current { StatusCode::NOT_MODIFIED } else { StatusCode::OK });
    response
        .insert_header((header::CACHE_CONTROL, keeping))
        .insert_header((header::ETAG, found.tag))
        .insert_header((header::VARY, "accept-encoding"));
    if current {
        return response.finish();
    }
    if let Some(encoding) = found.encoding {
        response.insert_header((header::CONTENT_ENCODING, encoding));
    }
    response.insert_header((header::CONTENT_TYPE, content_type(path))).body(found.content.into_owned())
}

/// A response with the headers that every page of ours has.
pub fn guarded(status: StatusCode) -> HttpResponseBuilder {
    let mut response = HttpResponse::build(status);
    response
        .insert_header((header::CONTENT_SECURITY_POLICY, CONTENT_SECURITY))
        .insert_header((header::X_CONTENT_TYPE_OPTIONS, "nosniff"))
        .insert_header((header::X_FRAME_OPTIONS, "DENY"))
        .insert_header((header::REFERRER_POLICY, "same-origin"));
    response
}

fn not_built() -> HttpResponse {
    guarded(StatusCode::OK)
        .insert_header((header::CACHE_CONTROL, "no-store"))
        .insert_header((header::CONTENT_TYPE, "text/html; charset=utf-8"))
        .body(NOT_BUILT)
}

fn content_type(path: &str) -> &'static str {
    match path.rsplit('.').next().unwrap_or_default() {
        "html" => "text/html; charset=utf-8",
        "js" | "mjs" => "text/javascript; charset=utf-8",
        "css" => "text/css; charset=utf-8",
        "json" | "map" => "application/json",
        "webmanifest" => "application/manifest+json",
        "svg" => "image/svg+xml",
        "png" => "image/png",
        "jpg" | "jpeg" => "image/jpeg",
        "webp" => "image/webp",
        "ico" => "image/x-icon",
        "woff2" => "font/woff2",
        "woff" => "font/woff",
        "txt" => "text/plain; charset=utf-8",
        _ => "application/octet-stream",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pages_of_the_application_lead_to_its_index_and_files_stand_for_themselves() {
        for page in ["", "orders", "orders/347652", "pe/public-entities/new"] {
            assert_eq!(plan(page), Plan::Index, "{page}");
        }
        for file in ["missing.js", "assets/index-abc", "favicon.ico", "deep/er/style.css"] {
            assert_eq!(plan(file), Plan::File(file), "{file}");
        }
    }

    fn embedded(content: &'static str) -> Found {
        Found { content: Cow::Borrowed(content.as_bytes()), tag: "\"t1\"".to_owned(), encoding: Some("br") }
    }

    #[test]
    fn hashed_files_are_kept_for_ever_and_the_index_is_asked_for_again() {
        let asset = answer("assets/index-abc.js", embedded("x"), None);
        let value =
            |response: &HttpResponse, name: &str| response.headers().get(name).unwrap().to_str().unwrap().to_owned();
        assert!(value(&asset, "cache-control").contains("immutable"));
        assert_eq!(value(&asset, "content-encoding"), "br");
        assert_eq!(value(&asset, "content-type"), "text/javascript; charset=utf-8");
        let index = answer("index.html", embedded("<!doctype html>"), Some("\"t0\""));
        assert_eq!((value(&index, "cache-control").as_str(), index.status().as_u16()), ("no-cache", 200));
        assert_eq!(answer("index.html", embedded("x"), Some("\"t0\", \"t1\"")).status().as_u16(), 304);
    }

    #[test]
    fn no_page_runs_an_inline_script_or_is_framed() {
        let page = not_built();
        let policy = page.headers().get("content-security-policy").unwrap().to_str().unwrap();
        assert!(policy.contains("script-src 'self';") && policy.contains("frame-ancestors 'none'"));
        for name in ["x-content-type-options", "x-frame-options", "referrer-policy"] {
            assert!(page.headers().contains_key(name), "{name}");
        }
        assert!(NOT_BUILT.contains("控制台") && NOT_BUILT.contains("not built") && !NOT_BUILT.contains("<script"));
    }
}
