//! The figures a stack on two cores and one disk has to keep, SQLite, everything in one process.

use std::path::Path;
use std::time::Duration;

use crate::figure::{Figure, percentile};
use crate::load::{Desk, Person, approve_to_desk};
use crate::stack::{BenchError, Stack};

/// Fresh starts; the median counts.
const STARTS: usize = 5;
/// Submissions of one client, and of many at once. A thousand in all.
const ALONE: usize = 200;
const TOGETHER: usize = 800;
const CLIENTS: usize = 32;
/// Approvals, one after another.
const APPROVALS: usize = 200;

pub async fn run(program: &Path) -> Result<Vec<Figure>, BenchError> {
    let mut starts = Vec::new();
    for _ in 1..STARTS {
        starts.push(Stack::start(program).await?.ready_after.as_secs_f64());
    }
    let stack = Stack::start(program).await?;
    starts.push(stack.ready_after.as_secs_f64());
    // Idle means that what the start began has ended.
    tokio::time::sleep(Duration::from_secs(3)).await;
    let idle = stack.resident_mb()?;

    let desk = Desk::open(&stack.base).await?;
    let (orders, alone) = desk.submit(1, ALONE).await?;
    desk.settle().await?;
    let (_, together) = desk.submit(CLIENTS, TOGETHER).await?;
    desk.settle().await?;
    let loaded = stack.resident_mb()?;

    let admin = Person::log_in(&stack.base, "group.admin").await?;
    let operator = Person::log_in(&stack.base, "operator").await?;
    let mut latencies = Vec::new();
    for order in orders.into_iter().take(APPROVALS) {
        latencies.push(approve_to_desk(&admin, &operator, order).await?.as_secs_f64() * 1000.0);
    }
    println!(
        "{alone:.0} submits/s with 1 client, {together:.0} with {CLIENTS}; approve to desk p50 {:.1} ms, max {:.1} ms",
        percentile(&latencies, 0.5),
        percentile(&latencies, 1.0)
    );
    Ok(vec![
        Figure::at_most("全新启动到就绪 fresh start to ready", percentile(&starts, 0.5) * 1000.0, 1000.0, "ms"),
        Figure::at_most("空闲常驻内存 resident memory, idle", idle, 80.0, "MB"),
        Figure::at_most("一千工单后常驻内存 resident memory after 1,000 orders", loaded, 120.0, "MB"),
        Figure::at_most("审批到待办 p99 approve to task at the desk, p99", percentile(&latencies, 0.99), 100.0, "ms"),
        Figure::at_least("32 客户端对 1 客户端 durable submits, 32 clients against 1", together / alone, 3.0, "x"),
    ])
}
