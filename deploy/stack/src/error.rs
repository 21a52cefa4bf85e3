//! Why the stack does not start, or stops. Each message says it in Chinese and in English.

use std::io;
use std::net::SocketAddr;
use std::path::PathBuf;

use shared_model::server::database::StoreError;
use shared_model::server::settings::SettingsError;

/// What ends `front-desk` with exit code 1.
#[derive(Debug, thiserror::Error)]
pub enum StackError {
    #[error(
        "端口 {address} 无法使用（{error}）：请换一个 --port。 Port {address} cannot be used: choose another --port."
    )]
    Port { address: SocketAddr, error: io::Error },
    #[error("--database 应为 postgres://用户@主机:端口。 --database takes postgres://user@host:port.")]
    DatabaseUrl,
    #[error("数据目录 {} 不可用：{error}。 The data folder cannot be used.", folder.display())]
    Folder { folder: PathBuf, error: io::Error },
    #[error("数据目录 {} 正被另一个 front-desk 使用。 Another front-desk runs on this data folder.", .0.display())]
    InUse(PathBuf),
    #[error("没有找到数据库 {}。 There is no such database.", .0.display())]
    NoDatabase(PathBuf),
    #[error("数据目录 {} 不是空的：请恢复到一个空目录。 The data folder is not empty: restore into an empty one.", .0.display())]
    NotEmpty(PathBuf),
    #[error("{}：{error}。 The backup cannot be written or read.", file.display())]
    Backup { file: PathBuf, error: io::Error },
    #[error("PostgreSQL 请用其自带工具备份（pg_dump、pg_restore）。 Back PostgreSQL up with its own tools (pg_dump).")]
    BackupOfPostgres,
    #[error("{service}：{why}")]
    Service { service: &'static str, why: String },
    #[error("数据库不可用 database unavailable: {0}")]
    Store(#[from] StoreError),
    #[error("{0}")]
    Settings(#[from] SettingsError),
    #[error("{0}")]
    Io(#[from] io::Error),
    #[error("演示数据写入失败 demo data could not be laid: {0}")]
    Demo(String),
}

impl From<diesel::result::Error> for StackError {
    fn from(error: diesel::result::Error) -> Self {
        Self::Store(error.into())
    }
}
