//! A model provider on loopback that speaks the OpenAI API and says its words one by one, when a test lets it. It embeds, too,
//! and hears its words in whatever is recorded.

use std::{net::SocketAddr, sync::Arc};

use axum::{
    Json, Router,
    body::{Body, Bytes},
    extract::{Multipart, State},
    response::{IntoResponse, Response},
    routing::{get, post},
};
use futures::stream;
use parking_lot::Mutex;
use serde_json::{Value, json};
use tokio::sync::Semaphore;

/// The provider. Every answer that it gives is the same list of words; asked for the title of a conversation, it says at once what
/// [`Provider::entitle`] was given, and nothing before.
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
    /// What it says when it is asked for a title.
    title: Mutex<String>,
    /// What it was given to write down.
    recordings: Mutex<Vec<Value>>,
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
            title: Mutex::default(),
            recordings: Mutex::default(),
        });
        let router = Router::new()
            .route("/v1/models", get(models))
            .route("/v1/chat/completions", post(answer))
            .route("/v1/embeddings", post(embed))
            .route("/v1/audio/transcriptions", post(write_down))
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

    /// From now on conversations are given this title.
    pub fn entitle(&self, title: &str) {
        title.clone_into(&mut self.shared.title.lock());
    }

    /// What it was asked so far, titles aside.
    pub fn requests(&self) -> Vec<Value> {
        self.shared.requests.lock().clone()
    }

    /// What it was given to write down so far: each part of the form by its name, of the file its name and its bytes.
    pub fn recordings(&self) -> Vec<Value> {
        self.shared.recordings.lock().clone()
    }
}

/// Says at once what [`Provider::text`] is, whatever the recording holds.
async fn write_down(State(shared): State<Arc<Shared>>, mut form: Multipart) -> Json<Value> {
    let mut recording = serde_json::Map::new();
    while let Ok(Some(field)) = form.next_field().await {
        let name = field.name().unwrap_or_default().to_owned();
        let file = field.file_name().map(str::to_owned);
        let value = field.bytes().await.unwrap_or_default();
        let value = match file {
            Some(file) => json!({ "name": file, "bytes": value.len() }),
            None => json!(String::from_utf8_lossy(&value)),
        };
        recording.insert(name, value);
    }
    shared.recordings.lock().push(Value::Object(recording));
    Json(json!({ "text": shared.words.concat() }))
}

async fn models() -> Json<Value> {
    Json(
        json!({ "object": "list", "data": [{ "id": "model-a", "object": "model", "created": 0, "owned_by": "test" }] }),
    )
}

/// How many numbers its vectors have.
const DIMENSION: usize = 64;

/// A vector for each text, which is near those of texts with the same words; models of different names have nothing in
/// common.
async fn embed(Json(request): Json<Value>) -> Json<Value> {
    let model = request["model"].as_str().unwrap_or_default().to_owned();
    let texts = request["input"].as_array().cloned().unwrap_or_default();
    let data: Vec<Value> = texts
        .iter()
        .enumerate()
        .map(|(index, text)| {
            json!({ "object": "embedding", "index": index, "embedding": vector(&model, text.as_str().unwrap_or_default()) })
        })
        .collect();
    Json(json!({ "object": "list", "model": model, "data": data }))
}

fn vector(model: &str, text: &str) -> Vec<f32> {
    let mut vector = vec![1e-3_f32; DIMENSION];
    for word in text.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()) {
        // FNV-1a, then a step of a linear generator for each number.
        let bytes = model.bytes().chain([0]).chain(word.to_lowercase().into_bytes());
        let mut random =
            bytes.fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3));
        for number in &mut vector {
            random = random.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            *number += (random >> 40) as f32 / (1_u32 << 23) as f32 - 1.0;
        }
    }
    vector
}

/// Whether a request is for the title of a conversation, as the first words of its instruction say.
pub(crate) fn asks_for_title(request: &Value) -> bool {
    let instruction = request["messages"][0]["content"].as_str();
    instruction.is_some_and(|text| text.starts_with("Write the title of a conversation."))
}

async fn answer(State(shared): State<Arc<Shared>>, Json(request): Json<Value>) -> Response {
    if asks_for_title(&request) {
        let title = shared.title.lock().clone();
        let events = event(&json!({ "content": title }), Some("stop")) + "data: [DONE]\n\n";
        return ([("content-type", "text/event-stream")], events).into_response();
    }
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
