//! A model provider on loopback that speaks the OpenAI API and says its words one by one, when a test lets it.

use std::{net::SocketAddr, sync::Arc};

use axum::{
    Json, Router,
    body::{Body, Bytes},
    extract::State,
    response::{IntoResponse, Response},
    routing::{get, post},
};
use futures::stream;
use parking_lot::Mutex;
use serde_json::{Value, json};
use tokio::sync::Semaphore;

/// The provider. Every answer that it gives is the same list of words.
#[derive(Debug, Clone)]
pub struct Provider {
    address: SocketAddr,
    shared: Arc<Shared>,
}

#[derive(Debug)]
struct Shared {
    words: Vec<String>,
    /// One permit lets one word out. Answers that begin take the gate of that moment.
    gate: Mutex<Arc<Semaphore>>,
    /// The bodies of the requests for answers.
    requests: Mutex<Vec<Value>>,
}

impl Provider {
    /// Starts one that answers with these words; it ends with the runtime. Nothing is said before [`Provider::let_out`].
    ///
    /// # Errors
    /// When loopback cannot be bound.
    pub async fn start(words: impl IntoIterator<Item = String>) -> std::io::Result<Self> {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await?;
        let address = listener.local_addr()?;
        let shared = Arc::new(Shared {
            words: words.into_iter().collect(),
            gate: Mutex::new(Arc::new(Semaphore::new(0))),
            requests: Mutex::default(),
        });
        let router = Router::new()
            .route("/v1/models", get(models))
            .route("/v1/chat/completions", post(answer))
            .with_state(shared.clone());
        tokio::spawn(async move { axum::serve(listener, router).await });
        Ok(Self { address, shared })
    }

    /// The address of its API.
    pub fn url(&self) -> String {
        format!("http://{}/v1", self.address)
    }

    /// Host and port, as an egress rule wants them.
    pub fn authority(&self) -> String {
        self.address.to_string()
    }

    /// The whole answer.
    pub fn text(&self) -> String {
        self.shared.words.concat()
    }

    /// Lets so many words out, now or as soon as somebody asks.
    pub fn let_out(&self, words: usize) {
        self.shared.gate.lock().add_permits(words);
    }

    /// Forgets what was let out and not said; answers that go on stay where they are.
    pub fn hold(&self) {
        *self.shared.gate.lock() = Arc::new(Semaphore::new(0));
    }

    /// What it was asked so far.
    pub fn requests(&self) -> Vec<Value> {
        self.shared.requests.lock().clone()
    }
}

async fn models() -> Json<Value> {
    Json(
        json!({ "object": "list", "data": [{ "id": "model-a", "object": "model", "created": 0, "owned_by": "test" }] }),
    )
}

async fn answer(State(shared): State<Arc<Shared>>, Json(request): Json<Value>) -> Response {
    shared.requests.lock().push(request);
    let gate = shared.gate.lock().clone();
    let events = stream::unfold((shared, gate, 0), |(shared, gate, next)| async move {
        let event = match shared.words.get(next) {
            Some(word) => {
                // Gates are never closed.
                gate.acquire().await.ok()?.forget();
                event(&json!({ "content": word }), None)
            }
            None if next == shared.words.len() => event(&json!({}), Some("stop")) + "data: [DONE]\n\n",
            None => return None,
        };
        Some((Ok::<_, std::io::Error>(Bytes::from(event)), (shared, gate, next + 1)))
    });
    ([("content-type", "text/event-stream")], Body::from_stream(events)).into_response()
}

fn event(delta: &Value, finish_reason: Option<&str>) -> String {
    let choice = json!({ "index": 0, "delta": delta, "finish_reason": finish_reason });
    format!(
        "data: {}\n\n",
        json!({ "id": "c", "object": "chat.completion.chunk", "created": 0, "model": "model-a", "choices": [choice] })
    )
}
