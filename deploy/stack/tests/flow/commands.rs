//! What the commands answer when something stands in the way.

use std::net::TcpListener;

use test_kit::TestDatabase;

use crate::stack::{How, Stack};

#[test]
fn a_port_in_use_is_named_and_nothing_is_started() {
    let stack = Stack::new(TestDatabase::Sqlite, How::default());
    let _taken = TcpListener::bind(("127.0.0.1", stack.port + 2)).unwrap();
    let ended = stack.command("up").arg("--port").arg(stack.port.to_string()).output().unwrap();
    assert_eq!(ended.status.code(), Some(1));
    let said = String::from_utf8(ended.stderr).unwrap();
    assert!(said.contains("端口") && said.contains(&(stack.port + 2).to_string()), "{said}");
}

#[tokio::test]
async fn two_stacks_never_share_a_data_folder() {
    let stack = Stack::start(TestDatabase::Sqlite, How::default()).await;
    let port = crate::stack::free_ports().to_string();
    let ended = stack.command("up").arg("--port").arg(port).output().unwrap();
    assert_eq!(ended.status.code(), Some(1));
    assert!(String::from_utf8(ended.stderr).unwrap().contains("Another front-desk"));
}

#[test]
fn verify_of_a_folder_without_a_stack_says_so_and_makes_none() {
    let stack = Stack::new(TestDatabase::Sqlite, How::default());
    let ended = stack.command("verify").output().unwrap();
    assert_eq!(ended.status.code(), Some(1));
    assert!(!stack.database_file("workorder").exists());
}

#[test]
fn migrate_makes_the_schema_and_then_has_nothing_to_do() {
    let stack = Stack::new(TestDatabase::Sqlite, How::default());
    let counts = || {
        let ended = stack.command("migrate").output().unwrap();
        assert!(ended.status.success(), "{}", String::from_utf8_lossy(&ended.stderr));
        let said = String::from_utf8(ended.stdout).unwrap();
        said.lines().map(|line| line.split_whitespace().last().unwrap().parse::<u32>().unwrap()).collect::<Vec<_>>()
    };
    let first = counts();
    assert!(first.len() == 4 && first.iter().all(|count| *count >= 2), "{first:?}");
    assert_eq!(counts(), [0, 0, 0, 0]);
}

#[tokio::test]
async fn stopping_leaves_no_process_and_no_pid_file() {
    let mut stack = Stack::start(TestDatabase::Sqlite, How { processes: true, ..How::default() }).await;
    let pids: Vec<u32> = ["gateway", "workorder-svc", "pe-svc", "bpm-adapter"]
        .iter()
        .map(|service| stack.pid_of(service).unwrap())
        .collect();
    assert!(stack.stop().success(), "{}", stack.log());
    for pid in pids {
        assert!(!std::path::Path::new(&format!("/proc/{pid}")).exists(), "{pid} still runs");
    }
    assert_eq!(stack.pid_of("gateway"), None);
}
