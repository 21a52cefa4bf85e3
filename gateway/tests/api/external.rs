//! An external issuer instead of the embedded one.

use aws_lc_rs::signature::{Ed25519KeyPair, KeyPair};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jsonwebtoken::{Algorithm, EncodingKey, Header};
use serde_json::{Value, json};
use test_kit::{TestDatabase, eventually};
use wiremock::matchers::path;
use wiremock::{Mock, MockServer, ResponseTemplate};

use crate::support::Desk;

struct Key {
    kid: &'static str,
    pair: Ed25519KeyPair,
}

impl Key {
    fn new(kid: &'static str) -> Self {
        Self { kid, pair: Ed25519KeyPair::generate().unwrap() }
    }

    fn jwk(&self) -> Value {
        let x = URL_SAFE_NO_PAD.encode(self.pair.public_key().as_ref());
        json!({"kty": "OKP", "crv": "Ed25519", "use": "sig", "alg": "EdDSA", "kid": self.kid, "x": x})
    }

    fn bearer(&self, issuer: &str, audience: &str) -> String {
        let now = chrono::Utc::now().timestamp();
        let claims = json!({"iss": issuer, "aud": audience, "sub": "u-7", "exp": now + 600, "iat": now, "jti": "j",
            "name": "外部用户", "roles": ["OPERATOR", "SOMETHING_ELSE"]});
        let mut header = Header::new(Algorithm::EdDSA);
        header.kid = Some(self.kid.to_owned());
        let key = EncodingKey::from_ed_der(self.pair.to_pkcs8().unwrap().as_ref());
        format!("Bearer {}", jsonwebtoken::encode(&header, &claims, &key).unwrap())
    }
}

async fn publish(server: &MockServer, keys: &[&Key]) {
    server.reset().await;
    let discovery = json!({"issuer": server.uri(), "jwks_uri": format!("{}/keys", server.uri())});
    let jwks = json!({"keys": keys.iter().map(|key| key.jwk()).collect::<Vec<_>>()});
    Mock::given(path("/.well-known/openid-configuration"))
        .respond_with(ResponseTemplate::new(200).set_body_json(discovery))
        .mount(server)
        .await;
    Mock::given(path("/keys")).respond_with(ResponseTemplate::new(200).set_body_json(jwks)).mount(server).await;
}

#[tokio::test]
async fn tokens_of_an_external_issuer_count_its_rotation_is_followed_and_nobody_logs_in_here() {
    let server = MockServer::start().await;
    let (old, new) = (Key::new("old"), Key::new("new"));
    publish(&server, &[&old]).await;
    let issuer = server.uri();
    let desk =
        Desk::start_with(TestDatabase::Sqlite.create(), |settings| settings.issuer.external.clone_from(&issuer)).await;
    let me = |bearer: String| desk.api.with_bearer(&bearer).get("/auth/me");
    let known = me(old.bearer(&issuer, "front-desk")).await.expect(200);
    assert_eq!(
        (&known["id"], &known["name"], &known["roles"]),
        (&"u-7".into(), &"外部用户".into(), &json!(["OPERATOR"]))
    );
    for wrong in
        [old.bearer("https://elsewhere", "front-desk"), old.bearer(&issuer, "other"), new.bearer(&issuer, "front-desk")]
    {
        me(wrong).await.expect_problem(401, "auth.token_invalid");
    }
    publish(&server, &[&old, &new]).await;
    eventually("the new key counts without a restart", || async {
        (me(new.bearer(&issuer, "front-desk")).await.status == 200).then_some(())
    })
    .await;
    desk.try_login("sa", "x").await.expect_problem(404, "not_found");
    desk.api.post("/auth/refresh").json(&json!({"refreshToken": "x"})).await.expect_problem(404, "not_found");
    desk.api.get("/.well-known/jwks.json").await.expect_problem(404, "not_found");
}
