//! What `front-desk up` says once the stack is ready: where it is, and who may log in.

use crate::arguments::OneService;
use crate::demo;
use crate::layout::Layout;

/// The address, and with demo data the accounts.
pub fn text(layout: &Layout) -> String {
    let base = layout.base_url(OneService::Gateway);
    let mut text = format!(
        "\n提单前台已就绪 Front Desk is ready\n  控制台 console    {base}/app/\n  接口文档 API docs  {base}/docs\n  \
         数据目录 data      {}\n",
        layout.data.display()
    );
    if demo::was_laid(layout) {
        text.push_str(&format!("\n演示账号 demo accounts（密码 password: {}）\n", demo::PASSWORD));
        for account in demo::accounts() {
            text.push_str(&format!("  {:<18} {} · {}\n", account.username, account.name, account.role.name().zh));
        }
    } else {
        let initial = layout.keys().join("initial-admin");
        if initial.exists() {
            let path = initial.display();
            text.push_str(&format!(
                "\n初始管理员 first administrator: platform.admin，一次性密码见 password in {path}\n"
            ));
        }
    }
    text.push_str("\n按 Ctrl-C 停止 Press Ctrl-C to stop\n");
    text
}
