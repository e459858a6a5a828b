//! A browser, or a program with a key, that talks to a router without a network.

use std::{collections::BTreeMap, time::Duration};

use axum::{
    Router,
    body::Body,
    extract::ConnectInfo,
    http::{HeaderMap, Method, Request, header},
};
use futures::{StreamExt as _, stream};
use http_body_util::BodyExt as _;
use tower::ServiceExt as _;

/// Somebody who sends requests and keeps cookies.
#[derive(Clone)]
pub struct Client {
    pub router: Router,
    pub cookies: BTreeMap<String, String>,
    pub key: Option<String>,
    pub headers: Vec<(&'static str, String)>,
    pub peer: std::net::SocketAddr,
}

/// An answer, read whole.
#[derive(Debug)]
pub struct Answer {
    pub status: u16,
    pub headers: HeaderMap,
    pub text: String,
}

impl Answer {
    /// The body as JSON.
    pub fn json(&self) -> serde_json::Value {
        serde_json::from_str(&self.text).unwrap_or_else(|error| panic!("{error}: {}", self.text))
    }

    /// The code of the error.
    pub fn code(&self) -> String {
        self.json()["error"]["code"].as_str().unwrap_or_default().to_owned()
    }

    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().unwrap())
    }
}

impl Client {
    pub fn new(router: Router) -> Self {
        Self {
            router,
            cookies: BTreeMap::new(),
            key: None,
            headers: Vec::new(),
            peer: "198.51.100.7:4711".parse().unwrap(),
        }
    }

    /// The same with an API key and without cookies.
    pub fn with_key(&self, key: &str) -> Self {
        Self { key: Some(key.to_owned()), cookies: BTreeMap::new(), ..self.clone() }
    }

    pub async fn get(&self, path: &str) -> Answer {
        self.send(Method::GET, path, "", Body::empty()).await
    }

    pub async fn post(&self, path: &str, body: &serde_json::Value) -> Answer {
        self.json(Method::POST, path, body).await
    }

    pub async fn json(&self, method: Method, path: &str, body: &serde_json::Value) -> Answer {
        self.send(method, path, "application/json", Body::from(body.to_string())).await
    }

    pub async fn delete(&self, path: &str) -> Answer {
        self.send(Method::DELETE, path, "", Body::empty()).await
    }

    /// Posts a form as a page would, and keeps the cookies that come back.
    pub async fn form(&mut self, path: &str, fields: &[(&str, &str)]) -> Answer {
        let body = serde_urlencoded(fields);
        let answer = self.send(Method::POST, path, "application/x-www-form-urlencoded", Body::from(body)).await;
        for cookie in answer.headers.get_all(header::SET_COOKIE) {
            let text = cookie.to_str().unwrap();
            let (name, value) = text.split(';').next().unwrap().split_once('=').unwrap();
            if text.contains("Max-Age=0") || value.is_empty() {
                self.cookies.remove(name);
            } else {
                self.cookies.insert(name.to_owned(), value.to_owned());
            }
        }
        answer
    }

    /// Uploads files.
    pub async fn upload(&self, path: &str, files: &[(&str, &[u8])]) -> Answer {
        let mut body = Vec::new();
        for (name, bytes) in files {
            let head = format!(
                "--boundary\r\nContent-Disposition: form-data; name=\"files\"; filename=\"{name}\"\r\nContent-Type: application/octet-stream\r\n\r\n"
            );
            body.extend_from_slice(head.as_bytes());
            body.extend_from_slice(bytes);
            body.extend_from_slice(b"\r\n");
        }
        body.extend_from_slice(b"--boundary--\r\n");
        self.send(Method::POST, path, "multipart/form-data; boundary=boundary", Body::from(body)).await
    }

    /// Uploads the beginning of a file and sends no more of it; what the server says when it has waited long enough.
    pub async fn begin_upload(&self, path: &str, name: &str) -> Answer {
        let beginning = format!(
            "--boundary\r\nContent-Disposition: form-data; name=\"file\"; filename=\"{name}\"\r\n\r\nThe beginning"
        );
        let arriving = stream::iter([Ok::<_, std::io::Error>(beginning)]).chain(stream::pending());
        let answer =
            self.send(Method::POST, path, "multipart/form-data; boundary=boundary", Body::from_stream(arriving));
        tokio::time::timeout(Duration::from_secs(60), answer).await.expect("nobody waits for ever")
    }

    pub async fn send(&self, method: Method, path: &str, content_type: &str, body: Body) -> Answer {
        let (mut answer, body) = self.begin(method, path, content_type, body).await;
        answer.text = String::from_utf8_lossy(&body.collect().await.unwrap().to_bytes()).into_owned();
        answer
    }

    /// The head of an answer, and its body unread: some never end.
    pub async fn begin(&self, method: Method, path: &str, content_type: &str, body: Body) -> (Answer, Body) {
        let mut request = Request::builder().method(&method).uri(path);
        if !self.headers.iter().any(|(name, _)| *name == "host") {
            request = request.header(header::HOST, "hammock.test");
        }
        if !content_type.is_empty() {
            request = request.header(header::CONTENT_TYPE, content_type);
        }
        if let Some(key) = &self.key {
            request = request.header("x-api-key", key);
        }
        if !self.cookies.is_empty() {
            let all: Vec<String> = self.cookies.iter().map(|(name, value)| format!("{name}={value}")).collect();
            request = request.header(header::COOKIE, all.join("; "));
        }
        if !self.headers.iter().any(|(name, _)| *name == "origin" || *name == "sec-fetch-site") {
            request = request.header("sec-fetch-site", "same-origin");
        }
        for (name, value) in &self.headers {
            request = request.header(*name, value);
        }
        let request = request.extension(ConnectInfo(self.peer)).body(body).unwrap();
        let response = self.router.clone().oneshot(request).await.unwrap();
        let (parts, body) = response.into_parts();
        (Answer { status: parts.status.as_u16(), headers: parts.headers, text: String::new() }, body)
    }
}

fn serde_urlencoded(fields: &[(&str, &str)]) -> String {
    url::form_urlencoded::Serializer::new(String::new()).extend_pairs(fields).finish()
}
