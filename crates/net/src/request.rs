//! One request: what is sent, and how far it may go.

use std::time::Duration;

use base64::{Engine as _, engine::general_purpose::STANDARD};
use bytes::Bytes;
use http::{HeaderMap, HeaderName, HeaderValue, Method, header};
use serde::Serialize;
use tokio::time::Instant;
use url::Url;

use crate::{
    Client, NetError, Response, StreamResponse,
    guard::host_of,
    response::{limited, translate},
};

/// How far a request may go.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// The largest answer. Bytes, after decompression.
    pub max_bytes: u64,
    /// From the first byte sent to the last byte received, redirects included. For streams: to the head of the answer.
    pub total_time: Duration,
    /// The most redirects that are followed; with 0, a redirect is an answer like any other.
    pub max_redirects: u8,
}

impl Default for Limits {
    fn default() -> Self {
        Self { max_bytes: 10 * 1024 * 1024, total_time: Duration::from_secs(30), max_redirects: 10 }
    }
}

/// A request being put together.
#[must_use = "a request does nothing until it is sent"]
pub struct RequestBuilder {
    client: Client,
    method: Method,
    url: Result<Url, NetError>,
    headers: HeaderMap,
    body: Option<Bytes>,
    limits: Limits,
}

impl RequestBuilder {
    pub(crate) fn new(client: Client, method: Method, url: &str) -> Self {
        let url = Url::parse(url).map_err(|error| NetError::InvalidUrl { reason: error.to_string() });
        Self { client, method, url, headers: HeaderMap::new(), body: None, limits: Limits::default() }
    }

    /// Sets a header. A value that no header can hold fails the request when it is sent.
    pub fn header(mut self, name: HeaderName, value: &str) -> Self {
        match HeaderValue::from_str(value) {
            Ok(value) => {
                self.headers.insert(name, value);
            }
            Err(_invalid) => self.url = Err(NetError::InvalidRequest { reason: format!("{name} has no valid value") }),
        }
        self
    }

    /// Sets a header that holds a secret: it never reaches another origin by a redirect, nor a log.
    pub fn secret_header(mut self, name: HeaderName, value: &str) -> Self {
        self = self.header(name.clone(), value);
        if let Some(value) = self.headers.get_mut(&name) {
            value.set_sensitive(true);
        }
        self
    }

    /// Authorises with a bearer token, as a secret header.
    pub fn bearer(self, token: &str) -> Self {
        self.secret_header(header::AUTHORIZATION, &format!("Bearer {token}"))
    }

    /// Authorises as a client of OAuth does with its secret (RFC 6749, 2.3.1: both are written as in a form), as a secret header.
    pub fn client_secret(self, id: &str, secret: &str) -> Self {
        let escaped = |text: &str| url::form_urlencoded::byte_serialize(text.as_bytes()).collect::<String>();
        let pair = STANDARD.encode(format!("{}:{}", escaped(id), escaped(secret)));
        self.secret_header(header::AUTHORIZATION, &format!("Basic {pair}"))
    }

    /// Asks only for what has changed since the answer that had this `ETag` and this `Last-Modified`; where it has not, the
    /// status is 304.
    pub fn if_changed_since(mut self, etag: Option<&str>, last_modified: Option<&str>) -> Self {
        // Validators come from the other side; one that cannot be sent back is as good as none.
        let validators = [(header::IF_NONE_MATCH, etag), (header::IF_MODIFIED_SINCE, last_modified)];
        for (name, value) in validators {
            if let Some(value) = value.and_then(|value| HeaderValue::from_str(value).ok()) {
                self.headers.insert(name, value);
            }
        }
        self
    }

    /// Sends this as JSON. A value that cannot be written as JSON fails the request when it is sent.
    pub fn json<T: Serialize + ?Sized>(mut self, value: &T) -> Self {
        match serde_json::to_vec(value) {
            Ok(body) => {
                self.body = Some(body.into());
                self.headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
            }
            Err(error) => self.url = Err(NetError::InvalidRequest { reason: error.to_string() }),
        }
        self
    }

    /// Sends these fields as a form.
    pub fn form(self, fields: &[(&str, &str)]) -> Self {
        let body = url::form_urlencoded::Serializer::new(String::new()).extend_pairs(fields).finish();
        self.body("application/x-www-form-urlencoded", body)
    }

    /// Sends these bytes.
    pub fn body(mut self, content_type: &str, body: impl Into<Bytes>) -> Self {
        self.body = Some(body.into());
        self.header(header::CONTENT_TYPE, content_type)
    }

    /// Sets the limits.
    pub fn limits(mut self, limits: Limits) -> Self {
        self.limits = limits;
        self
    }

    /// Sends the request and reads the whole answer. Every HTTP status is an answer.
    ///
    /// # Errors
    /// Whatever [`NetError`] says.
    pub async fn send(self) -> Result<Response, NetError> {
        let limits = self.limits;
        let deadline = Instant::now() + limits.total_time;
        let head = self.head(deadline).await?;
        limited(head, limits.max_bytes)?.read(deadline).await
    }

    /// Sends the request and gives the answer as it comes. `total_time` counts to its head; after that, the policy's idle time
    /// does. Dropping the stream closes the connection.
    ///
    /// # Errors
    /// Whatever [`NetError`] says; later failures come in the stream.
    pub async fn stream(self) -> Result<StreamResponse, NetError> {
        let limits = self.limits;
        let deadline = Instant::now() + limits.total_time;
        limited(self.head(deadline).await?, limits.max_bytes)
    }

    /// Sends and follows redirects until an answer's head is there.
    async fn head(self, deadline: Instant) -> Result<(Url, reqwest::Response), NetError> {
        let Self { client, method, url, mut headers, body, limits } = self;
        let mut url = url?;
        let may_follow = method == Method::GET || method == Method::HEAD;
        let mut redirects = 0;
        loop {
            client.check_before_asking(&url).await?;
            let mut request = client.pool_for(&url).request(method.clone(), url.clone()).headers(headers.clone());
            if let Some(body) = &body {
                request = request.body(body.clone());
            }
            let answer = match tokio::time::timeout_at(deadline, request.send()).await {
                Ok(answer) => answer.map_err(|error| translate(&error, &url))?,
                Err(_elapsed) => return Err(NetError::Timeout { host: host_of(&url) }),
            };
            let target = if may_follow && limits.max_redirects > 0 { redirect_target(&url, &answer) } else { None };
            let Some(target) = target else { return Ok((url, answer)) };
            let target = target?;
            redirects += 1;
            if redirects > limits.max_redirects {
                return Err(NetError::TooManyRedirects { host: host_of(&url) });
            }
            if target.origin() != url.origin() {
                drop_secrets(&mut headers);
            }
            url = target;
        }
    }
}

/// Where an answer redirects to, if it does.
fn redirect_target(url: &Url, answer: &reqwest::Response) -> Option<Result<Url, NetError>> {
    if !matches!(answer.status().as_u16(), 301 | 302 | 303 | 307 | 308) {
        return None;
    }
    let location = answer.headers().get(header::LOCATION)?;
    let joined = std::str::from_utf8(location.as_bytes()).ok().and_then(|location| url.join(location).ok());
    Some(
        joined.ok_or_else(|| NetError::InvalidUrl {
            reason: format!("{} redirects to what is no address", host_of(url)),
        }),
    )
}

fn drop_secrets(headers: &mut HeaderMap) {
    let secrets: Vec<HeaderName> = headers
        .iter()
        .filter(|(name, value)| {
            value.is_sensitive()
                || matches!(**name, header::AUTHORIZATION | header::COOKIE | header::PROXY_AUTHORIZATION)
        })
        .map(|(name, _value)| name.clone())
        .collect();
    for name in secrets {
        headers.remove(name);
    }
}
