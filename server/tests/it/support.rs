//! A server for one test.

pub mod client;
pub mod knowledge;
pub mod long;
pub mod process;
pub mod remote;
pub mod schema;

use std::{
    path::PathBuf,
    time::{Duration, Instant},
};

use axum::Router;
use hammock_contract::{UserId, auth::Registration, locale::Locale, user::Role};
use hammock_domain::{Hammock, Origin, Settings};
use hammock_server::{config::Config, router, wire, worker};
use serde_json::Value;
use tempfile::TempDir;
use tokio_util::sync::CancellationToken;

pub use client::{Answer, Client};

/// The password of everybody.
pub const PASSWORD: &str = "correct horse 1";

/// The `hammock` binary.
pub fn program() -> PathBuf {
    env!("CARGO_BIN_EXE_hammock").into()
}

/// The path of the page of a link that shares a conversation.
pub fn share_path(link: &Value) -> &str {
    let address = link["address"].as_str().unwrap();
    &address[address.find("/share/").unwrap()..]
}

/// A server with a data directory of its own. Its database is a file there; in a twin on PostgreSQL, the one of the twin.
pub struct TestApp {
    pub hammock: Hammock,
    pub router: Router,
    _data: TempDir,
    stop: CancellationToken,
}

impl TestApp {
    /// A server with the defaults, without background work.
    pub async fn start() -> Self {
        Self::with("").await
    }

    /// A server with some configuration (TOML), without background work.
    pub async fn with(toml: &str) -> Self {
        Self::changed(toml, |_| ()).await
    }

    /// The same with settings that no configuration has.
    pub async fn changed(toml: &str, change: impl FnOnce(&mut Settings)) -> Self {
        let data = tempfile::tempdir().unwrap();
        let mut config = Config::from_toml(toml).unwrap();
        config.data.dir = data.path().join("data");
        if let Some(url) = hammock_testkit::postgres::given() {
            config.database.url = url;
        }
        if let Some(file) = config.database_file() {
            std::fs::create_dir_all(&config.data.dir).unwrap();
            hammock_testkit::sqlite::prepare(&file);
        }
        // One that happens to run on this machine is for the tests alone that say so.
        if !toml.contains("ollama_url") {
            config.models.ollama_url = String::new();
        }
        config.server.site_dir = data.path().to_owned();
        std::fs::write(data.path().join("probe.css"), "body { color: inherit }").unwrap();
        let mut parts = wire::parts(&config, program()).await.unwrap();
        parts.settings.vector_memo = hammock_testkit::cache::vectors();
        change(&mut parts.settings);
        let hammock = Hammock::new(parts);
        hammock.prepare().await.unwrap();
        let state = wire::state(config, hammock.clone()).unwrap();
        state.readiness.set(true);
        Self { router: router::router(state), hammock, _data: data, stop: CancellationToken::new() }
    }

    /// The same with background work.
    pub async fn with_worker(toml: &str) -> Self {
        let app = Self::with(toml).await;
        worker::spawn(&app.hammock, &app.stop);
        app
    }

    /// A browser without cookies.
    pub fn browser(&self) -> Client {
        Client::new(self.router.clone())
    }

    /// Registers a person; returns who it is and a browser that is signed in.
    pub async fn register(&self, email: &str) -> Person {
        let registration = Registration {
            first_name: "Ada".into(),
            last_name: "Lovelace".into(),
            email: email.into(),
            password: PASSWORD.into(),
            password_again: PASSWORD.into(),
            organisation: format!("Organisation of {email}"),
            accept_terms: true,
            no_marketing: true,
        };
        let origin = Origin { address: None, locale: Locale::En };
        let user = self.hammock.register(registration, &origin).await.unwrap().user;
        self.person(user, email).await
    }

    /// Adds a colleague with a role to the organisation of `owner`.
    pub async fn colleague(&self, owner: &Person, email: &str, role: Role) -> Person {
        let body = serde_json::json!({
            "first_name": "Bo", "last_name": "Bell", "email": email, "role": role,
            "first_password": { "kind": "set", "password": PASSWORD },
        });
        let made = owner.browser.post("/api/v1/users", &body).await;
        assert_eq!(made.status, 201, "{}", made.text);
        self.person(made.json()["id"].as_str().unwrap().parse().unwrap(), email).await
    }

    async fn person(&self, user: UserId, email: &str) -> Person {
        let mut browser = self.browser();
        let entered = browser.form("/sign-in", &[("email", email), ("password", PASSWORD)]).await;
        assert_eq!(entered.status, 303, "{}", entered.text);
        Person { user, browser }
    }
}

impl Drop for TestApp {
    fn drop(&mut self) {
        self.stop.cancel();
    }
}

/// Somebody who is signed in.
pub struct Person {
    pub user: UserId,
    pub browser: Client,
}

/// Waits until `check` gives something; fails after a while.
pub async fn eventually<T, F: AsyncFnMut() -> Option<T>>(what: &str, check: F) -> T {
    within(Duration::from_secs(120), what, check).await
}

/// Waits until `check` gives something; fails after `limit`.
pub async fn within<T, F: AsyncFnMut() -> Option<T>>(limit: Duration, what: &str, mut check: F) -> T {
    let began = Instant::now();
    while began.elapsed() < limit {
        if let Some(found) = check().await {
            return found;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    panic!("{what} did not happen within {limit:?}");
}

/// A provider on loopback that knows one model; the address of its API. The test's configuration must allow it.
pub async fn provider() -> String {
    let models = || async {
        axum::Json(
            serde_json::json!({ "object": "list", "data": [{ "id": "model-a", "object": "model", "created": 0, "owned_by": "test" }] }),
        )
    };
    let router = Router::new().route("/v1/models", axum::routing::get(models));
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move { axum::serve(listener, router).await });
    format!("http://{address}/v1")
}
