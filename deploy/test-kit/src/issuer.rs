//! A token issuer of the tests' own: an Ed25519 key of this process, its JWKS served on a free port,
//! and the stack's internal key for service tokens.

use std::net::TcpListener;
use std::path::PathBuf;
use std::sync::LazyLock;

use actix_web::{App, HttpResponse, HttpServer, web};
use aws_lc_rs::signature::{Ed25519KeyPair, KeyPair};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use chrono::Utc;
use jsonwebtoken::{Algorithm, EncodingKey, Header};
use secrecy::SecretString;
use serde_json::{Value, json};
use shared_model::account::Account;
use shared_model::claims::{USER_AUDIENCE, UserClaims};
use shared_model::server::settings::{InternalSettings, IssuerSettings};
use shared_model::server::token::{ServiceKeys, ServiceName, Verifier};

const KEY_ID: &str = "test-key-1";
const ISSUER_NAME: &str = "http://front-desk.test";
const INTERNAL_KEY: &str = "an internal key for tests, of no less than thirty-two bytes";

/// Signs user tokens and serves the key they are checked with.
pub struct Issuer {
    key: Ed25519KeyPair,
    jwks_url: String,
}

/// The issuer of this test process; its server starts at the first call.
pub fn issuer() -> &'static Issuer {
    static ISSUER: LazyLock<Issuer> = LazyLock::new(Issuer::start);
    &ISSUER
}

impl Issuer {
    fn start() -> Self {
        let key = Ed25519KeyPair::generate().expect("an Ed25519 key");
        let jwks = jwks_of(&key);
        let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
        let address = listener.local_addr().expect("its address");
        std::thread::spawn(move || {
            let server = HttpServer::new(move || {
                let jwks = jwks.clone();
                App::new().default_service(web::to(move || {
                    let answer = HttpResponse::Ok().json(&jwks);
                    async move { answer }
                }))
            });
            let server = server.workers(1).disable_signals().listen(listener).expect("a listener").run();
            actix_web::rt::System::new().block_on(server)
        });
        Self { key, jwks_url: format!("http://{address}/.well-known/jwks.json") }
    }

    /// The settings by which a service checks this issuer's tokens.
    pub fn settings(&self) -> IssuerSettings {
        IssuerSettings {
            name: ISSUER_NAME.to_owned(),
            jwks_url: self.jwks_url.clone(),
            algorithms: vec!["EdDSA".to_owned()],
        }
    }

    /// Checks this issuer's tokens without asking its server.
    pub fn verifier(&self) -> Verifier {
        let keys = serde_json::from_value(jwks_of(&self.key)).expect("a key set");
        Verifier::fixed(ISSUER_NAME, &["EdDSA".to_owned()], &keys).expect("a verifier")
    }

    pub fn jwks_url(&self) -> &str {
        &self.jwks_url
    }

    /// The claims an hour's token of this account has.
    pub fn claims(&self, account: &Account) -> UserClaims {
        let now = Utc::now().timestamp();
        UserClaims {
            iss: ISSUER_NAME.to_owned(),
            aud: USER_AUDIENCE.to_owned(),
            sub: account.id.clone(),
            exp: now + 3600,
            iat: now,
            jti: uuid::Uuid::new_v4().to_string(),
            name: account.name.clone(),
            mobile: account.mobile.clone(),
            email: account.email.clone(),
            company: account.company.clone(),
            province: account.province,
            roles: account.roles.clone(),
        }
    }

    /// `Bearer <token>` of this account.
    pub fn bearer(&self, account: &Account) -> String {
        self.sign(&self.claims(account))
    }

    /// `Bearer <token>` of claims as they are, right or wrong.
    pub fn sign(&self, claims: &UserClaims) -> String {
        let mut header = Header::new(Algorithm::EdDSA);
        header.kid = Some(KEY_ID.to_owned());
        let document = self.key.to_pkcs8().expect("the key as PKCS 8");
        let key = EncodingKey::from_ed_der(document.as_ref());
        format!("Bearer {}", jsonwebtoken::encode(&header, claims, &key).expect("a signed token"))
    }
}

fn jwks_of(key: &Ed25519KeyPair) -> Value {
    let x = URL_SAFE_NO_PAD.encode(key.public_key().as_ref());
    json!({"keys": [{"kty": "OKP", "crv": "Ed25519", "use": "sig", "alg": "EdDSA", "kid": KEY_ID, "x": x}]})
}

/// The settings of the internal key that [`service_keys`] signs with.
pub fn internal_settings() -> InternalSettings {
    InternalSettings { key: SecretString::from(INTERNAL_KEY), key_file: PathBuf::new() }
}

/// The keys of [`internal_settings`], to mint and verify service tokens with.
pub fn service_keys() -> ServiceKeys {
    ServiceKeys::from_secret(INTERNAL_KEY).expect("a long enough key")
}

/// `Bearer <token>` of the calling service for the called one.
pub fn service_bearer(from: ServiceName, to: ServiceName) -> String {
    format!("Bearer {}", service_keys().mint(from, to).expect("a service token"))
}
