//! Two files of `ec.manager`, under the ids that the sample submission names, so that it can be posted as it is.

use std::path::Path;

use chrono::{DateTime, Utc};
use shared_model::ids::{FileId, UserId};
use shared_model::server::attachment::{AttachmentSettings, open_store};
use shared_model::server::database::Connection;
use tokio::fs::{self, File};
use tokio::io::AsyncWriteExt;
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
pub async fn keep_contents(settings: &AttachmentSettings) -> Result<(), StackError> {
    let (store, spool) = (open_store(settings)?, settings.spool());
    fs::create_dir_all(&spool).await?;
    for file in &FILES {
        let complete = spool.join(file.id);
        write(&complete, file.content).await?;
        store.keep(&FileId::from(file.id), &complete).await?;
    }
    Ok(())
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

async fn write(path: &Path, content: &[u8]) -> Result<(), StackError> {
    let mut file = File::create(path).await?;
    file.write_all(content).await?;
    Ok(file.sync_all().await?)
}

#[cfg(test)]
mod tests {
    use std::process::Command;

    use super::*;

    #[tokio::test]
    async fn the_recorded_hashes_are_those_of_the_contents() {
        let folder = tempfile::tempdir().unwrap();
        for file in FILES {
            let path = folder.path().join(file.id);
            write(&path, file.content).await.unwrap();
            let printed = Command::new("sha256sum").arg(&path).output().unwrap();
            assert!(String::from_utf8(printed.stdout).unwrap().starts_with(file.sha256), "{}", file.name);
        }
    }
}
