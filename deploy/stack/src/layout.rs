//! Where everything of one stack lies: databases, keys, files, ports. And the settings of each service that follow.

use std::fs::DirBuilder;
use std::net::{Ipv4Addr, SocketAddr, TcpListener};
use std::os::unix::fs::DirBuilderExt;
use std::path::{Path, PathBuf};

use crate::arguments::{OneService, Place, Up};
use crate::error::StackError;

/// The gateway's admin port lies this far after its public one.
const ADMIN_OFFSET: u16 = 4;

/// One stack: its data folder, its databases, its ports.
#[derive(Clone, Debug)]
pub struct Layout {
    pub data: PathBuf,
    database: Option<reqwest::Url>,
    prefix: String,
    port: u16,
    console: bool,
}

impl Layout {
    /// The layout of a stack that is not run: for `verify` and `migrate`.
    pub fn of_place(place: &Place) -> Result<Self, StackError> {
        Self::new(place, 8080, true)
    }

    pub fn of_up(up: &Up) -> Result<Self, StackError> {
        Self::new(&up.place, up.port, !up.no_console)
    }

    fn new(place: &Place, port: u16, console: bool) -> Result<Self, StackError> {
        let database = place.database.as_deref().map(parse_database).transpose()?;
        let prefix = place.database_prefix.clone();
        Ok(Self { data: place.data.clone(), database, prefix, port, console })
    }

    pub fn on_postgres(&self) -> bool {
        self.database.is_some()
    }

    pub fn port(&self) -> u16 {
        self.port
    }

    /// What `database.url` is for a service.
    pub fn database_url(&self, service: OneService) -> String {
        match &self.database {
            Some(server) => {
                let mut url = server.clone();
                url.set_path(&format!("/{}", self.database_name(service)));
                url.to_string()
            }
            None => format!("sqlite:{}", self.data.join(format!("{}.db", service.word())).display()),
        }
    }

    /// The name of a service's database on a PostgreSQL server.
    pub fn database_name(&self, service: OneService) -> String {
        format!("{}_{}", self.prefix, service.word())
    }

    /// The file of a service's SQLite database; none on PostgreSQL.
    pub fn database_file(&self, service: OneService) -> Option<PathBuf> {
        self.database.is_none().then(|| self.data.join(format!("{}.db", service.word())))
    }

    /// The database to connect to for making others.
    pub fn maintenance_url(&self) -> Option<String> {
        self.database.as_ref().map(|server| {
            let mut url = server.clone();
            if url.path().trim_matches('/').is_empty() {
                url.set_path("/postgres");
            }
            url.to_string()
        })
    }

    pub fn address(&self, service: OneService) -> SocketAddr {
        self.at(service.port_offset())
    }

    pub fn admin_address(&self) -> SocketAddr {
        self.at(ADMIN_OFFSET)
    }

    fn at(&self, offset: u16) -> SocketAddr {
        (Ipv4Addr::LOCALHOST, self.port.saturating_add(offset)).into()
    }

    pub fn base_url(&self, service: OneService) -> String {
        format!("http://{}", self.address(service))
    }

    /// For its owner alone: it holds keys and people's data.
    pub fn create_data_folder(&self) -> Result<(), StackError> {
        let made = DirBuilder::new().recursive(true).mode(0o700).create(&self.data);
        made.map_err(|error| StackError::Folder { folder: self.data.clone(), error })
    }

    pub fn keys(&self) -> PathBuf {
        self.data.join("keys")
    }

    pub fn files(&self) -> PathBuf {
        self.data.join("files")
    }

    pub fn pid_file(&self, service: OneService) -> PathBuf {
        self.data.join(format!("{}.pid", service.name().code()))
    }

    /// Fails with the first of the five ports that something else listens on.
    pub fn check_ports(&self) -> Result<(), StackError> {
        for offset in 0..=ADMIN_OFFSET {
            let address = self.at(offset);
            TcpListener::bind(address).map_err(|error| StackError::Port { address, error })?;
        }
        Ok(())
    }

    /// Settings of a service that differ from its defaults, as `("section.key", value)`.
    pub fn overrides(&self, service: OneService) -> Vec<(&'static str, String)> {
        let mut settings = vec![
            ("server.listen", self.address(service).to_string()),
            ("database.url", self.database_url(service)),
            ("internal.key_file", text(&self.keys().join("internal"))),
        ];
        settings.extend(match service {
            OneService::Gateway => self.gateway(),
            OneService::WorkorderSvc => self.workorder(),
            OneService::PeSvc => self.pe(),
            OneService::BpmAdapter => self.bpm(),
        });
        settings
    }

    fn issuer(&self) -> (&'static str, String) {
        ("issuer.jwks_url", format!("{}/.well-known/jwks.json", self.base_url(OneService::Gateway)))
    }

    fn gateway(&self) -> Vec<(&'static str, String)> {
        vec![
            ("admin.listen", self.admin_address().to_string()),
            ("identity.keys_dir", text(&self.keys())),
            ("console.enabled", self.console.to_string()),
            ("services.workorder-svc.addresses[0]", self.base_url(OneService::WorkorderSvc)),
            ("services.pe-svc.addresses[0]", self.base_url(OneService::PeSvc)),
            ("services.bpm-adapter.addresses[0]", self.base_url(OneService::BpmAdapter)),
        ]
    }

    fn workorder(&self) -> Vec<(&'static str, String)> {
        vec![
            self.issuer(),
            ("attachments.folder", text(&self.files())),
            ("mail.folder", text(&self.data.join("mail"))),
            ("bpm.urls[0]", self.base_url(OneService::BpmAdapter)),
        ]
    }

    fn pe(&self) -> Vec<(&'static str, String)> {
        vec![
            self.issuer(),
            ("files.folder", text(&self.data.join("pe-files"))),
            ("badge.signing_key_file", text(&self.keys().join("badge.pk8"))),
        ]
    }

    fn bpm(&self) -> Vec<(&'static str, String)> {
        vec![
            self.issuer(),
            ("workorder.urls[0]", self.base_url(OneService::WorkorderSvc)),
            ("callbacks.secrets_file", text(&self.keys().join("callbacks"))),
            ("callbacks.bboss_secrets_file", text(&self.keys().join("callbacks-bboss"))),
        ]
    }
}

fn text(path: &Path) -> String {
    path.display().to_string()
}

fn parse_database(url: &str) -> Result<reqwest::Url, StackError> {
    reqwest::Url::parse(url)
        .ok()
        .filter(|url| matches!(url.scheme(), "postgres" | "postgresql") && url.has_host())
        .ok_or(StackError::DatabaseUrl)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn place(database: Option<&str>) -> Place {
        Place { data: "d".into(), database: database.map(str::to_owned), database_prefix: "front_desk".into() }
    }

    fn layout(database: Option<&str>) -> Layout {
        Layout::of_place(&place(database)).unwrap()
    }

    #[test]
    fn each_service_has_a_file_or_a_database_of_its_own() {
        assert_eq!(layout(None).database_url(OneService::WorkorderSvc), "sqlite:d/workorder.db");
        let postgres = layout(Some("postgres://u:p@127.0.0.1:5432"));
        assert_eq!(postgres.database_url(OneService::PeSvc), "postgres://u:p@127.0.0.1:5432/front_desk_pe");
        assert_eq!(postgres.maintenance_url().unwrap(), "postgres://u:p@127.0.0.1:5432/postgres");
        let options = layout(Some("postgres://h/admin?sslmode=disable"));
        assert_eq!(options.database_url(OneService::Gateway), "postgres://h/front_desk_gateway?sslmode=disable");
        assert_eq!(options.maintenance_url().unwrap(), "postgres://h/admin?sslmode=disable");
    }

    #[test]
    fn a_database_that_is_not_postgresql_is_refused() {
        for url in ["mysql://h", "data/x.db", "postgres:"] {
            assert!(matches!(Layout::of_place(&place(Some(url))), Err(StackError::DatabaseUrl)), "{url}");
        }
    }

    #[test]
    fn a_taken_port_is_named() {
        let taken = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = taken.local_addr().unwrap();
        let layout = Layout::new(&place(None), address.port().min(65_531), true).unwrap();
        let error = layout.check_ports().unwrap_err();
        assert!(error.to_string().contains(&address.port().to_string()), "{error}");
    }
}
