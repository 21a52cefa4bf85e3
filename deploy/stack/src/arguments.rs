//! What can be asked of `front-desk` on the command line.

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand, ValueEnum};
use shared_model::server::token::ServiceName;

/// 提单前台一体机：一个程序运行整套系统。
/// Front Desk, all in one: one program runs the whole stack.
#[derive(Debug, Parser)]
#[command(name = "front-desk", version)]
pub struct Arguments {
    #[command(subcommand)]
    pub command: Command,
}

#[derive(Debug, Subcommand)]
pub enum Command {
    /// 启动整套系统 Run the whole stack until Ctrl-C
    Up(Up),
    /// 离线核对数据 Check offline that every record agrees with every other
    Verify(Place),
    /// 升级全部数据库 Bring all databases up to date
    Migrate(Place),
    /// 备份运行中的一体机到一个文件 Copy a running embedded stack, databases and files, into one file
    Backup(Archive),
    /// 从备份恢复到空的数据目录 Put a backup back into an empty data folder
    Restore(Archive),
    /// 打印合并的 OpenAPI 文档 Print the merged OpenAPI document
    Openapi,
    /// One service of `up --processes`.
    #[command(hide = true)]
    Service {
        name: OneService,
        #[command(flatten)]
        up: Up,
    },
}

/// Where the data is.
#[derive(Args, Clone, Debug)]
pub struct Place {
    /// 数据目录 Folder of databases, keys, files and mail
    #[arg(long, default_value = "./data")]
    pub data: PathBuf,
    /// postgres://... 代替 SQLite 文件 A PostgreSQL server instead of SQLite files
    #[arg(long)]
    pub database: Option<String>,
    /// 数据库名前缀 What the names of the four databases begin with, for several stacks on one server
    #[arg(long, default_value = "front_desk", value_parser = database_prefix)]
    pub database_prefix: String,
}

/// A backup, and the stack it is of.
#[derive(Args, Clone, Debug)]
pub struct Archive {
    /// 备份文件（.tar.gz），不会覆盖已有文件 The file (.tar.gz); one that exists is not written over
    pub file: PathBuf,
    #[command(flatten)]
    pub place: Place,
}

/// A name that needs no quoting in SQL.
fn database_prefix(prefix: &str) -> Result<String, String> {
    let well_formed = prefix.starts_with(|c: char| c.is_ascii_lowercase())
        && prefix.len() <= 40
        && prefix.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_');
    if well_formed {
        Ok(prefix.to_owned())
    } else {
        Err("小写字母、数字、下划线 lower-case letters, digits, _".to_owned())
    }
}

#[derive(Args, Clone, Debug)]
pub struct Up {
    /// 网关端口，其后四个端口供各服务与管理口 The gateway's port; the four after it are the services' and its admin's
    #[arg(long, default_value_t = 8080, value_parser = clap::value_parser!(u16).range(1..=65531))]
    pub port: u16,
    #[command(flatten)]
    pub place: Place,
    /// 每个服务一个进程 Four supervised processes instead of one
    #[arg(long)]
    pub processes: bool,
    /// 不写入演示数据 Lay no demo data at the first start
    #[arg(long)]
    pub no_demo: bool,
    /// 不提供控制台 Serve no console
    #[arg(long)]
    pub no_console: bool,
}

/// The services of the stack, in the order of their ports.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum OneService {
    Gateway,
    WorkorderSvc,
    PeSvc,
    BpmAdapter,
}

impl OneService {
    pub const ALL: [Self; 4] = [Self::Gateway, Self::WorkorderSvc, Self::PeSvc, Self::BpmAdapter];

    pub const fn name(self) -> ServiceName {
        match self {
            Self::Gateway => ServiceName::Gateway,
            Self::WorkorderSvc => ServiceName::WorkorderSvc,
            Self::PeSvc => ServiceName::PeSvc,
            Self::BpmAdapter => ServiceName::BpmAdapter,
        }
    }

    /// The short word in names of database files and databases.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Gateway => "gateway",
            Self::WorkorderSvc => "workorder",
            Self::PeSvc => "pe",
            Self::BpmAdapter => "bpm",
        }
    }

    /// How far its port lies after the gateway's.
    pub const fn port_offset(self) -> u16 {
        match self {
            Self::Gateway => 0,
            Self::WorkorderSvc => 1,
            Self::PeSvc => 2,
            Self::BpmAdapter => 3,
        }
    }
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    use super::*;

    #[test]
    fn the_command_line_is_well_formed_and_has_its_defaults() {
        Arguments::command().debug_assert();
        let arguments = Arguments::parse_from(["front-desk", "up"]);
        let Command::Up(up) = arguments.command else { panic!("not up") };
        assert_eq!((up.port, up.place.data, up.place.database), (8080, PathBuf::from("./data"), None));
        assert!(!up.processes && !up.no_demo && !up.no_console);
    }

    #[test]
    fn a_database_prefix_is_a_plain_name() {
        let prefix = |prefix| Arguments::try_parse_from(["front-desk", "migrate", "--database-prefix", prefix]);
        assert!(prefix("desk_2").is_ok());
        for wrong in ["", "Desk", "a;b", "2a", "a-b"] {
            assert!(prefix(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn a_port_without_four_more_after_it_is_refused() {
        assert!(Arguments::try_parse_from(["front-desk", "up", "--port", "65532"]).is_err());
        assert!(Arguments::try_parse_from(["front-desk", "up", "--port", "65531"]).is_ok());
    }
}
