//! A stack is copied while it works, and stands up again from the copy.

use std::os::unix::fs::PermissionsExt;

use serde_json::json;
use test_kit::{TestDatabase, fixtures};

use crate::stack::{How, Stack, approve, submit, task_at_desk, until_status};

#[tokio::test]
async fn a_copy_taken_while_orders_move_stands_up_and_agrees() {
    let stack = Stack::start(TestDatabase::Sqlite, How::default()).await;
    let manager = stack.log_in("ec.manager").await;
    let upload =
        manager.post("/workorder/custom/upload").file("file", "证明.pdf", "application/pdf", b"%PDF-1.4\n%%EOF\n");
    let uploaded = upload.await.expect(200);
    let file_id = uploaded["fileId"].as_str().unwrap().to_owned();
    let id = submit(&manager, &fixtures::domain_request()).await;
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("desk.tar.gz");
    // Orders go on arriving while the copy is made.
    let busy = tokio::spawn({
        let manager = manager.clone();
        async move {
            for n in 0..40 {
                let mut form = fixtures::domain_request();
                form["speedList"] = json!([{"domain": format!("busy-{n}.example.cn")}]);
                manager.post("/workorder/custom/save").json(&form).await.expect(200);
            }
        }
    });
    let mut backup = stack.command("backup");
    backup.arg(&file);
    let packed = tokio::task::spawn_blocking(move || backup.output().unwrap()).await.unwrap();
    assert!(packed.status.success(), "{}", String::from_utf8_lossy(&packed.stderr));
    busy.await.unwrap();
    assert_eq!(std::fs::metadata(&file).unwrap().permissions().mode() & 0o777, 0o600);
    assert!(std::fs::read_dir(stack.data()).unwrap().all(|entry| {
        let name = entry.unwrap().file_name();
        !name.to_string_lossy().starts_with(".backup-")
    }));
    let again = stack.command("backup").arg(&file).output().unwrap();
    assert_eq!(again.status.code(), Some(1), "an older backup is not written over");

    let mut restored = Stack::new(TestDatabase::Sqlite, How::default());
    let unpacked = restored.command("restore").arg(&file).output().unwrap();
    assert!(unpacked.status.success(), "{}", String::from_utf8_lossy(&unpacked.stderr));
    restored.expect_agreement();
    restored.up().await;
    let (manager, admin, sa) =
        (restored.log_in("ec.manager").await, restored.log_in("group.admin").await, restored.log_in("sa").await);
    manager.get(&format!("/workorder/file/{file_id}")).await.expect(200);
    until_status(&manager, id, "approving").await;
    approve(&admin, id).await;
    let task = task_at_desk(&sa, id).await;
    sa.post(&format!("/bpm/tasks/{task}/close")).json(&json!({"message": ""})).await.expect(200);
    until_status(&manager, id, "finished").await;
    restored.expect_agreement();
}

#[test]
fn a_backup_goes_into_an_empty_folder_only_and_must_be_one() {
    let stack = Stack::new(TestDatabase::Sqlite, How::default());
    let nothing = stack.command("backup").arg(stack.data().join("x.tar.gz")).output().unwrap();
    assert_eq!(nothing.status.code(), Some(1));
    assert!(String::from_utf8(nothing.stderr).unwrap().contains("There is no such database"));

    let folder = tempfile::tempdir().unwrap();
    let junk = folder.path().join("junk.tar.gz");
    std::fs::write(&junk, "not a backup").unwrap();
    let refused = stack.command("restore").arg(&junk).output().unwrap();
    assert_eq!(refused.status.code(), Some(1));
    assert!(String::from_utf8(refused.stderr).unwrap().contains("not a backup"));

    std::fs::write(stack.data().join("kept"), "here").unwrap();
    let refused = stack.command("restore").arg(&junk).output().unwrap();
    assert!(String::from_utf8(refused.stderr).unwrap().contains("not empty"));
    assert_eq!(std::fs::read_to_string(stack.data().join("kept")).unwrap(), "here");
}
