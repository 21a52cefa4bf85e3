//! Two files of `ec.manager`, under the ids that the sample submission names, so that it can be posted as it is.

use std::fs::{self, File};
use std::io::Write;
use std::path::Path;

use chrono::{DateTime, Utc};
use shared_model::ids::{FileId, UserId};
use shared_model::server::database::Connection;
use workorder_svc::attachment::repo::{self, StoredFile};
use workorder_svc::order::model::{Attachment, AttachmentKind};

use crate::error::StackError;

struct DemoFile {
    id: &'static str,
    name: &'static str,
    content_type: &'static str,
    kind: AttachmentKind,
    content: &'static [u8],
    sha256: &'static str,
}

const FILES: [DemoFile; 2] = [
    DemoFile {
        id: "eehgcudaliutvzavcyv7xysao",
        name: "加速需求说明.txt",
        content_type: "text/plain",
        kind: AttachmentKind::Attachment,
        content: include_bytes!("../../demo-files/acceleration-request.txt"),
        sha256: "473ad8f0c138edd4581007ac192aa7d4fd0f0164b8389b180f833fc80461c986",
    },
    DemoFile {
        id: "0rawbsu5ee2ygvcyq13jpuri2",
        name: "信息安全承诺书.pdf",
        content_type: "application/pdf",
        kind: AttachmentKind::Security,
        content: include_bytes!("../../demo-files/information-security.pdf"),
        sha256: "d378300f0ce81e303db5be5b8f3cbb4cdea3bf45ebc178c4332cb7f950334ed7",
    },
];

/// Puts the contents where the service keeps attachments: durable before their records say they are there.
pub fn write_contents(folder: &Path) -> Result<(), StackError> {
    FILES.iter().try_for_each(|file| write(folder, file))
}

/// The records of the files, where there are none yet.
pub fn lay(conn: &mut Connection, owner: &UserId, now: DateTime<Utc>) -> Result<(), StackError> {
    for file in FILES {
        let id = FileId::from(file.id);
        if repo::find(conn, &id)?.is_some() {
            continue;
        }
        let attachment = Attachment {
            file_id: id,
            name: file.name.to_owned(),
            size: i64::try_from(file.content.len()).unwrap_or(i64::MAX),
            content_type: file.content_type.to_owned(),
            kind: file.kind,
        };
        let stored = StoredFile { attachment, sha256: file.sha256.to_owned(), uploaded_by: owner.clone() };
        repo::insert(conn, &stored, now)?;
    }
    Ok(())
}

/// Files lie in sub-folders named by the first two characters of their ids.
fn write(folder: &Path, file: &DemoFile) -> Result<(), StackError> {
    let (prefix, _) = file.id.split_at(2);
    let folder = folder.join(prefix);
    fs::create_dir_all(&folder)?;
    let mut kept = File::create(folder.join(file.id))?;
    kept.write_all(file.content)?;
    Ok(kept.sync_all()?)
}

#[cfg(test)]
mod tests {
    use std::process::Command;

    use super::*;

    #[test]
    fn the_recorded_hashes_are_those_of_the_contents() {
        let folder = tempfile::tempdir().unwrap();
        for file in FILES {
            write(folder.path(), &file).unwrap();
            let path = folder.path().join(&file.id[..2]).join(file.id);
            let printed = Command::new("sha256sum").arg(&path).output().unwrap();
            assert!(String::from_utf8(printed.stdout).unwrap().starts_with(file.sha256), "{}", file.name);
        }
    }
}
