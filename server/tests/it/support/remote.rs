//! A program with an API key, or with the token of a visitor, that talks to a server process over the network.

use futures::StreamExt as _;
use hammock_contract::{
    chat::Message,
    conversation::ConversationChange,
    stream::{EventId, StreamEvent},
};
use hammock_net::{Client, EgressPolicy, NetError, RequestBuilder};
use hammock_testkit::provider::Provider;
use http::{HeaderName, Method};
use serde_json::{Value, json};

/// Why a request got no answer: the server went down.
#[derive(Debug)]
#[expect(dead_code, reason = "read by whoever looks at a failed test")]
pub struct Gone(pub String);

impl From<NetError> for Gone {
    fn from(error: NetError) -> Self {
        Self(error.to_string())
    }
}

/// A program with an API key, or with the token of a visitor.
#[derive(Clone)]
pub struct Remote {
    client: Client,
    pub url: String,
    key: String,
    /// What the paths of answers begin with.
    answers: &'static str,
}

/// A status and a body.
#[derive(Debug)]
pub struct Reply {
    pub status: u16,
    pub body: Value,
}

impl Remote {
    pub fn new(url: &str, key: &str) -> Self {
        let rule = url.split("://").nth(1).unwrap().parse().unwrap();
        let client = Client::new(EgressPolicy::allowing([rule])).unwrap();
        Self { client, url: url.to_owned(), key: key.to_owned(), answers: "/api/v1" }
    }

    /// A visitor of an assistant, whose public chat is switched on for it.
    pub async fn visitor(&self, assistant: &str) -> Self {
        let path = format!("/api/v1/assistants/{assistant}/interfaces");
        let opened = self.send(Method::PUT, &path, Some(&json!({ "public_chat": true }))).await;
        assert_eq!(opened.expect("the server went down").status, 200);
        let path = format!("/api/v1/public/assistants/{assistant}/visitors");
        let entry = self.post(&path, &json!({})).await.expect("the server went down");
        let token = entry.body["token"].as_str().unwrap_or_else(|| panic!("no token: {entry:?}"));
        Self { answers: "/api/v1/public", ..Self::new(&self.url, token) }
    }

    fn request(&self, method: Method, path: &str) -> RequestBuilder {
        let request = self.client.request(method, &format!("{}{path}", self.url));
        request.secret_header(HeaderName::from_static("x-api-key"), &self.key)
    }

    /// Sends a request with a JSON body, or with none.
    pub async fn send(&self, method: Method, path: &str, body: Option<&Value>) -> Result<Reply, Gone> {
        let request = self.request(method, path);
        let request = if let Some(body) = body { request.json(body) } else { request };
        let response = request.send().await?;
        let body = serde_json::from_slice(&response.body)
            .unwrap_or_else(|_| Value::String(String::from_utf8_lossy(&response.body).into_owned()));
        Ok(Reply { status: response.status.as_u16(), body })
    }

    pub async fn get(&self, path: &str) -> Result<Reply, Gone> {
        self.send(Method::GET, path, None).await
    }

    pub async fn post(&self, path: &str, body: &Value) -> Result<Reply, Gone> {
        self.send(Method::POST, path, Some(body)).await
    }

    /// Sends what must work; the id of what was made or read.
    pub async fn make(&self, path: &str, body: &Value) -> String {
        let reply = self.post(path, body).await.expect("the server went down");
        assert!((200..300).contains(&reply.status), "{path}: {reply:?}");
        reply.body["id"].as_str().unwrap_or_default().to_owned()
    }

    /// Uploads one file.
    pub async fn upload(&self, source: &str, name: &str, content: &str) -> Result<Reply, Gone> {
        let body = format!(
            "--boundary\r\nContent-Disposition: form-data; name=\"files\"; filename=\"{name}\"\r\n\r\n{content}\r\n--boundary--\r\n"
        );
        let request = self.request(Method::POST, &format!("/api/v1/sources/{source}/documents"));
        let response = request.body("multipart/form-data; boundary=boundary", body).send().await?;
        Ok(Reply {
            status: response.status.as_u16(),
            body: serde_json::from_slice(&response.body).unwrap_or(Value::Null),
        })
    }

    /// An assistant whose model a provider has; its id.
    pub async fn assistant(&self, provider: &Provider) -> String {
        let new = json!({ "name": "Model", "kind": "compatible", "base_url": provider.url() });
        let connection = self.make("/api/v1/connections", &new).await;
        let settings = json!({ "name": "Concierge", "connection": connection, "model": "model-a" });
        self.make("/api/v1/assistants", &settings).await
    }

    /// Asks a question; its events as they come.
    pub async fn ask(&self, body: &Value) -> Result<Events, Gone> {
        Events::of(self.request(Method::POST, &format!("{}/chat", self.answers)).json(body)).await
    }

    /// The events of an answer after one that was seen.
    pub async fn resume(&self, run: &str, last: Option<&EventId>) -> Result<Events, Gone> {
        let mut request = self.request(Method::GET, &format!("{}/runs/{run}/events", self.answers));
        if let Some(last) = last {
            request = request.header(HeaderName::from_static("last-event-id"), &last.to_string());
        }
        Events::of(request).await
    }

    /// What happens in the person's conversations.
    pub async fn follow(&self) -> Result<Changes, Gone> {
        Events::of(self.request(Method::GET, "/api/v1/conversations/events")).await.map(Changes)
    }
}

/// What happens in a person's conversations.
pub struct Changes(Events);

impl Changes {
    /// What is told next; `None` at the end, or when the server went down.
    pub async fn next(&mut self) -> Option<ConversationChange> {
        loop {
            let text = self.0.text().await?;
            if let Some(data) = field(&text, "data:") {
                return Some(serde_json::from_str(data).unwrap());
            }
        }
    }
}

/// A field of an event.
fn field<'a>(event: &'a str, name: &str) -> Option<&'a str> {
    event.lines().find_map(|line| line.strip_prefix(name)).map(str::trim)
}

/// The events of an answer.
pub struct Events {
    body: hammock_net::BodyStream,
    rest: Vec<u8>,
}

impl Events {
    async fn of(request: RequestBuilder) -> Result<Self, Gone> {
        let answer = request.stream().await?;
        assert_eq!(answer.status.as_u16(), 200);
        Ok(Self { body: answer.body, rest: Vec::new() })
    }

    /// The events up to the first text, which is given too.
    pub async fn first_text(&mut self) -> (Vec<(EventId, StreamEvent)>, String) {
        let mut seen = Vec::new();
        loop {
            let event = self.next().await.expect("a text comes");
            seen.push(event.clone());
            if let StreamEvent::Delta { text, .. } = event.1 {
                return (seen, text);
            }
        }
    }

    /// The answer that the last event brings.
    pub async fn end(&mut self) -> Option<Message> {
        let mut end = None;
        while let Some((_, event)) = self.next().await {
            if let StreamEvent::Done { message } = event {
                end = Some(*message);
            }
        }
        end
    }

    /// The next event; `None` at the end, or when the server went down.
    pub async fn next(&mut self) -> Option<(EventId, StreamEvent)> {
        loop {
            let text = self.text().await?;
            // Comments keep the connection alive.
            if let (Some(id), Some(data)) = (field(&text, "id:"), field(&text, "data:")) {
                return Some((id.parse().unwrap(), serde_json::from_str(data).unwrap()));
            }
        }
    }

    /// The next event as it was sent.
    async fn text(&mut self) -> Option<String> {
        loop {
            if let Some(end) = self.rest.windows(2).position(|two| two == b"\n\n") {
                let event: Vec<u8> = self.rest.drain(..end + 2).collect();
                return Some(String::from_utf8(event).unwrap());
            }
            self.rest.extend_from_slice(&self.body.next().await?.ok()?);
        }
    }
}
