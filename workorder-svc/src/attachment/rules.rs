//! What may be uploaded, and under which name and type it is kept. Pure.

use shared_model::problem::{Code, codes};

/// Leading bytes that [`content_type`] needs to tell the packaged office formats apart.
pub const SNIFFED_BYTES: usize = 8192;

const LONGEST_NAME: usize = 200;

/// The type of a file by its own leading bytes; what the client claims is not believed.
///
/// Errors: `file.required` when it is empty, `file.type_refused` when it is a program.
pub fn content_type(head: &[u8]) -> Result<&'static str, &'static Code> {
    if head.is_empty() {
        return Err(&codes::FILE_REQUIRED);
    }
    // However short: the sniffer wants more of a program than its magic number.
    if head.starts_with(b"#!") || head.starts_with(b"\x7fELF") || infer::is_app(head) {
        return Err(&codes::FILE_TYPE_REFUSED);
    }
    Ok(match infer::get(head) {
        Some(kind) => kind.mime_type(),
        None if !head.contains(&0) => "text/plain",
        None => "application/octet-stream",
    })
}

/// The file's own name: without folders, control characters and what makes names dangerous; never empty.
pub fn file_name(claimed: &str) -> String {
    let last = claimed.rsplit(['/', '\\']).next().unwrap_or_default();
    let kept: String = last.chars().filter(|c| !c.is_control() && !is_direction_mark(*c)).collect();
    let kept = kept.trim().trim_matches('.').trim();
    if kept.is_empty() {
        return "file".to_owned();
    }
    shortened(kept)
}

/// Marks that make `gpj.exe` read as `exe.jpg`.
fn is_direction_mark(c: char) -> bool {
    matches!(c, '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

/// Cut to length, the extension kept.
fn shortened(name: &str) -> String {
    let length = name.chars().count();
    if length <= LONGEST_NAME {
        return name.to_owned();
    }
    let extension = name.rsplit_once('.').map(|(_, ext)| ext).filter(|ext| ext.chars().count() <= 10);
    let tail = extension.map(|ext| format!(".{ext}")).unwrap_or_default();
    let head: String = name.chars().take(LONGEST_NAME - tail.chars().count()).collect();
    format!("{head}{tail}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_type_is_read_from_the_content_and_programs_are_refused() {
        assert_eq!(content_type(b"%PDF-1.7 ..."), Ok("application/pdf"));
        assert_eq!(content_type("备案材料".as_bytes()), Ok("text/plain"));
        assert_eq!(content_type(&[0, 1, 2, 3]), Ok("application/octet-stream"));
        assert_eq!(content_type(b"\x7fELF\x02\x01\x01").unwrap_err().code, "file.type_refused");
        assert_eq!(content_type(b"#!/bin/sh\n").unwrap_err().code, "file.type_refused");
        assert_eq!(content_type(b"").unwrap_err().code, "file.required");
    }

    #[test]
    fn a_name_keeps_neither_folders_nor_control_characters() {
        assert_eq!(file_name("../../etc/passwd"), "passwd");
        assert_eq!(file_name("C:\\temp\\合同.pdf"), "合同.pdf");
        assert_eq!(file_name("a\r\nSet-Cookie: x.txt"), "aSet-Cookie: x.txt");
        assert_eq!(file_name("\u{202e}gpj.exe"), "gpj.exe");
        assert_eq!(file_name(".."), "file");
        let long = file_name(&format!("{}.pdf", "长".repeat(500)));
        assert!(long.chars().count() == 200 && long.ends_with(".pdf"));
    }
}
