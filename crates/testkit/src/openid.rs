//! An OpenID provider on loopback. Nobody has to press anything there: [`OpenIdServer::grant`] is what the person does.

mod signing;

use std::{
    collections::{BTreeMap, HashMap},
    io,
    net::SocketAddr,
    sync::Arc,
    time::{SystemTime, UNIX_EPOCH},
};

use aws_lc_rs::digest::{SHA256, digest};
use axum::{
    Form, Json, Router,
    extract::State,
    http::{HeaderMap, StatusCode, header::AUTHORIZATION},
    response::{IntoResponse, Response},
    routing::{get, post},
};
use base64::{Engine as _, engine::general_purpose::STANDARD};
use parking_lot::Mutex;
use serde_json::{Value, json};
use url::Url;

pub use signing::{Algorithm, SigningKey, hs256, unsigned};

/// What its clients are called.
pub const CLIENT: &str = "hammock-client";
/// The secret of its client.
pub const SECRET: &str = "a secret: of & the client";

/// The provider.
#[derive(Debug, Clone)]
pub struct OpenIdServer {
    address: SocketAddr,
    shared: Arc<Shared>,
}

#[derive(Debug)]
struct Shared {
    issuer: String,
    state: Mutex<Inner>,
}

#[derive(Debug)]
struct Inner {
    key: SigningKey,
    made: usize,
    /// What the tokens say, over what they would say by themselves.
    claims: BTreeMap<String, Value>,
    /// Whether name and address stand at the end for them alone, as many providers have it.
    in_userinfo: bool,
    /// Whether that endpoint is out of order.
    is_broken: bool,
    codes: HashMap<String, Asked>,
    keys_asked: usize,
}

/// What was asked for with a code.
#[derive(Debug, Clone)]
struct Asked {
    client: String,
    redirect: String,
    nonce: String,
    challenge: String,
}

/// Where a browser is sent back to, and with what.
#[derive(Debug, Clone)]
pub struct Granted {
    /// The redirect address.
    pub redirect: String,
    /// What it is told: `code` and `state` in its query, or `id_token` and `state` in a form that it posts.
    pub fields: Vec<(String, String)>,
}

impl OpenIdServer {
    /// Starts one; it ends with the runtime.
    ///
    /// # Errors
    /// When loopback cannot be bound, or the system gives no random numbers.
    pub async fn start() -> io::Result<Self> {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await?;
        let address = listener.local_addr()?;
        let state = Inner {
            key: SigningKey::generate("key-0", Algorithm::Es256)?,
            made: 1,
            claims: BTreeMap::new(),
            in_userinfo: false,
            is_broken: false,
            codes: HashMap::new(),
            keys_asked: 0,
        };
        let shared = Arc::new(Shared { issuer: format!("http://{address}"), state: Mutex::new(state) });
        let router = Router::new()
            .route("/.well-known/openid-configuration", get(document))
            .route("/keys", get(keys))
            .route("/token", post(token))
            .route("/me", get(me))
            .with_state(shared.clone());
        tokio::spawn(async move { axum::serve(listener, router).await });
        Ok(Self { address, shared })
    }

    /// What it calls itself.
    pub fn issuer(&self) -> String {
        self.shared.issuer.clone()
    }

    /// Host and port, as an egress rule wants them.
    pub fn authority(&self) -> String {
        self.address.to_string()
    }

    /// Signs with a new key from now on, and forgets the old one.
    ///
    /// # Errors
    /// When the system gives no random numbers.
    pub fn rotate(&self) -> io::Result<()> {
        let mut state = self.shared.state.lock();
        state.key = SigningKey::generate(&format!("key-{}", state.made), Algorithm::Es256)?;
        state.made += 1;
        Ok(())
    }

    /// Signs with a new key from now on that has the name of the old one.
    ///
    /// # Errors
    /// When the system gives no random numbers.
    pub fn replace_key(&self) -> io::Result<()> {
        let mut state = self.shared.state.lock();
        state.key = SigningKey::generate(&format!("key-{}", state.made - 1), Algorithm::Es256)?;
        Ok(())
    }

    /// What its tokens say from now on; `null` leaves a claim out.
    pub fn say(&self, claims: Value) {
        self.shared.state.lock().claims = claims.as_object().cloned().unwrap_or_default().into_iter().collect();
    }

    /// Whether name and address are given by the userinfo endpoint alone.
    pub fn tell_at_the_end(&self, in_userinfo: bool) {
        self.shared.state.lock().in_userinfo = in_userinfo;
    }

    /// Whether the userinfo endpoint is out of order.
    pub fn break_the_end(&self, is_broken: bool) {
        self.shared.state.lock().is_broken = is_broken;
    }

    /// How often its keys were asked for.
    pub fn keys_asked(&self) -> usize {
        self.shared.state.lock().keys_asked
    }

    /// What comes of an address that a browser was sent to, when the person agrees.
    ///
    /// # Errors
    /// When the address is none of this provider's, or a parameter is missing.
    pub fn grant(&self, address: &str) -> io::Result<Granted> {
        let url = Url::parse(address).map_err(io::Error::other)?;
        if url.path() != "/authorize" || !address.starts_with(&self.shared.issuer) {
            return Err(io::Error::other(format!("not an address of this provider: {address}")));
        }
        let asked: HashMap<String, String> = url.query_pairs().into_owned().collect();
        let field = |name: &str| {
            asked.get(name).cloned().ok_or_else(|| io::Error::other(format!("{name} is missing: {address}")))
        };
        let request = Asked {
            client: field("client_id")?,
            redirect: field("redirect_uri")?,
            nonce: field("nonce")?,
            challenge: asked.get("code_challenge").cloned().unwrap_or_default(),
        };
        let (redirect, state) = (request.redirect.clone(), field("state")?);
        let answer = match field("response_type")?.as_str() {
            "id_token" => ("id_token".to_owned(), id_token(&self.shared, &request, true)?),
            _ => {
                let mut inner = self.shared.state.lock();
                let code = format!("code {}", inner.codes.len() + 1);
                inner.codes.insert(code.clone(), request);
                ("code".to_owned(), code)
            }
        };
        Ok(Granted { redirect, fields: vec![answer, ("state".to_owned(), state)] })
    }
}

async fn document(State(shared): State<Arc<Shared>>) -> Json<Value> {
    let at = |path: &str| format!("{}{path}", shared.issuer);
    Json(json!({
        "issuer": shared.issuer, "authorization_endpoint": at("/authorize"), "token_endpoint": at("/token"),
        "userinfo_endpoint": at("/me"), "jwks_uri": at("/keys"), "response_types_supported": ["code", "id_token"],
        "subject_types_supported": ["public"], "id_token_signing_alg_values_supported": ["RS256", "ES256", "HS256"],
    }))
}

async fn keys(State(shared): State<Arc<Shared>>) -> Json<Value> {
    let mut state = shared.state.lock();
    state.keys_asked += 1;
    // Keys of kinds that a client does not know are no reason to take none.
    let unknown = json!({ "kty": "EC", "crv": "secp256k1", "x": "AA", "y": "AA", "kid": "unknown" });
    Json(json!({ "keys": [unknown, state.key.public()] }))
}

async fn token(
    State(shared): State<Arc<Shared>>,
    headers: HeaderMap,
    Form(form): Form<HashMap<String, String>>,
) -> Response {
    let asked = form.get("code").and_then(|code| shared.state.lock().codes.remove(code));
    let text = |name: &str| form.get(name).map(String::as_str).unwrap_or_default();
    let is_right = asked.as_ref().is_some_and(|asked| {
        let challenge = signing::encoded(digest(&SHA256, text("code_verifier").as_bytes()).as_ref());
        asked.redirect == text("redirect_uri")
            && asked.challenge == challenge
            && text("grant_type") == "authorization_code"
    });
    let Some(asked) = asked.filter(|_| is_right) else {
        return (StatusCode::BAD_REQUEST, Json(json!({ "error": "invalid_grant" }))).into_response();
    };
    if !knows_the_client(&headers, text("client_id"), &asked) {
        return (StatusCode::UNAUTHORIZED, Json(json!({ "error": "invalid_client" }))).into_response();
    }
    let in_userinfo = shared.state.lock().in_userinfo;
    match id_token(&shared, &asked, !in_userinfo) {
        Ok(token) => {
            Json(json!({ "access_token": "for the end", "token_type": "Bearer", "id_token": token })).into_response()
        }
        Err(error) => (StatusCode::INTERNAL_SERVER_ERROR, error.to_string()).into_response(),
    }
}

/// With its secret, or by its name alone.
fn knows_the_client(headers: &HeaderMap, named: &str, asked: &Asked) -> bool {
    let Some(given) = headers.get(AUTHORIZATION) else { return named == asked.client };
    let escaped = |text: &str| url::form_urlencoded::byte_serialize(text.as_bytes()).collect::<String>();
    let right = STANDARD.encode(format!("{}:{}", escaped(&asked.client), escaped(SECRET)));
    given.to_str().is_ok_and(|given| given == format!("Basic {right}"))
}

async fn me(State(shared): State<Arc<Shared>>, headers: HeaderMap) -> Response {
    if headers.get(AUTHORIZATION).is_none_or(|given| given != "Bearer for the end") {
        return StatusCode::UNAUTHORIZED.into_response();
    }
    if shared.state.lock().is_broken {
        return StatusCode::SERVICE_UNAVAILABLE.into_response();
    }
    let mut person = json!({ "sub": "1", "name": "Eva Example", "email": "eva@example.org" });
    apply(&mut person, &shared.state.lock().claims);
    Json(person).into_response()
}

fn id_token(shared: &Shared, asked: &Asked, with_name: bool) -> io::Result<String> {
    let now = SystemTime::now().duration_since(UNIX_EPOCH).map_err(io::Error::other)?.as_secs();
    let mut claims = json!({
        "iss": shared.issuer, "sub": "1", "aud": asked.client, "iat": now, "exp": now + 300, "nonce": asked.nonce,
    });
    if with_name {
        claims["name"] = json!("Eva Example");
        claims["email"] = json!("eva@example.org");
    }
    let state = shared.state.lock();
    apply(&mut claims, &state.claims);
    state.key.sign(&claims)
}

fn apply(claims: &mut Value, over: &BTreeMap<String, Value>) {
    if let Some(claims) = claims.as_object_mut() {
        claims.extend(over.clone());
        claims.retain(|_, value| !value.is_null());
    }
}
