//! Against real servers on loopback that embed, well and badly.

use std::net::SocketAddr;
use std::sync::Arc;

use axum::Router;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use axum::routing::post;
use hammock_contract::connection::ProviderKind;
use hammock_net::EgressPolicy;
use parking_lot::Mutex;
use serde_json::{Value, json};

use super::*;

/// What a server does to a request: `None` answers it well.
type Whim = fn(request: usize, texts: &[String]) -> Option<Response>;

struct Server {
    whim: Whim,
    /// How many texts each request had.
    requests: Mutex<Vec<usize>>,
}

async fn embedder(whim: Whim) -> (OpenAiEmbedder, Arc<Server>) {
    let server = Arc::new(Server { whim, requests: Mutex::default() });
    let router = Router::new().route("/v1/embeddings", post(answer)).with_state(Arc::clone(&server));
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address: SocketAddr = listener.local_addr().unwrap();
    tokio::spawn(async move { axum::serve(listener, router).await.unwrap() });
    let net = hammock_net::Client::new(EgressPolicy::allowing([address.to_string().parse().unwrap()])).unwrap();
    let provider = Provider::new(net, ProviderKind::Compatible, &format!("http://{address}/v1"), None).unwrap();
    let embedder = OpenAiEmbedder::connect(provider, "e", 512, vec!["fr".to_owned()], Some(3)).await.unwrap();
    (embedder, server)
}

async fn answer(State(server): State<Arc<Server>>, axum::Json(body): axum::Json<Value>) -> Response {
    let texts: Vec<String> = serde_json::from_value(body["input"].clone()).unwrap();
    let request = {
        let mut requests = server.requests.lock();
        requests.push(texts.len());
        requests.len()
    };
    if let Some(refusal) = (server.whim)(request, &texts) {
        return refusal;
    }
    vectors(&texts, 3)
}

/// Backwards, as a server may.
fn vectors(texts: &[String], dimension: usize) -> Response {
    let vector = |text: &String| {
        let mut vector = vec![1.0; dimension];
        vector[0] = text.len() as f32;
        vector
    };
    let data: Vec<Value> = texts
        .iter()
        .enumerate()
        .rev()
        .map(|(index, text)| json!({ "index": index, "embedding": vector(text) }))
        .collect();
    axum::Json(json!({ "data": data })).into_response()
}

fn texts(count: usize) -> Vec<String> {
    (1..=count).map(|length| "x".repeat(length)).collect()
}

async fn failure(whim: Whim, purpose: Purpose) -> String {
    let (embedder, _) = embedder(whim).await;
    embedder.embed(texts(2), purpose).await.unwrap_err().to_string()
}

#[tokio::test]
async fn an_endpoint_conforms() {
    let (embedder, _) = embedder(|_, _| None).await;
    crate::conformance::embeds(&embedder).await;
}

#[tokio::test]
async fn passages_go_in_batches_and_come_in_order() {
    let (embedder, server) = embedder(|_, _| None).await;
    let vectors = embedder.embed(texts(130), Purpose::Passage).await.unwrap();
    assert_eq!(*server.requests.lock(), [64, 64, 2]);
    for (length, vector) in (1_u8..).zip(&vectors) {
        assert!((vector[0] / vector[1] - f32::from(length)).abs() < 1e-2, "{length}");
    }
}

#[tokio::test]
async fn what_passes_is_waited_for() {
    let (embedder, server) = embedder(|request, _| match request {
        1 => Some((StatusCode::TOO_MANY_REQUESTS, [("retry-after", "1")], "slower").into_response()),
        2 => Some(StatusCode::BAD_GATEWAY.into_response()),
        _ => None,
    })
    .await;
    let begun = std::time::Instant::now();
    assert_eq!(embedder.embed(texts(2), Purpose::Passage).await.unwrap().len(), 2);
    assert_eq!(server.requests.lock().len(), 3);
    assert!(begun.elapsed() >= Duration::from_secs(1), "the provider asked for a second");
}

#[tokio::test]
async fn a_question_is_asked_once() {
    let (embedder, server) = embedder(|_, _| Some(StatusCode::BAD_GATEWAY.into_response())).await;
    embedder.embed(texts(1), Purpose::Query).await.unwrap_err();
    assert_eq!(server.requests.lock().len(), 1);
}

#[tokio::test]
async fn a_refused_key_is_told_at_once() {
    let said = failure(|_, _| Some(StatusCode::UNAUTHORIZED.into_response()), Purpose::Passage).await;
    assert!(said.contains("refused the key"), "{said}");
}

#[tokio::test]
async fn another_count_or_length_is_refused_in_words() {
    let said = failure(|_, _| Some(vectors(&texts(1), 3)), Purpose::Passage).await;
    assert!(said.contains("1 vectors for 2 texts"), "{said}");
    let said = failure(|_, texts| Some(vectors(texts, 4)), Purpose::Query).await;
    assert!(said.contains("have 4 numbers, and had 3 before"), "{said}");
}

#[tokio::test]
async fn a_text_that_is_too_long_holds_up_no_other() {
    let (embedder, _) = embedder(|_, texts| {
        let is_long = texts.iter().any(|text| text.len() > 500);
        is_long.then(|| (StatusCode::BAD_REQUEST, "maximum context length").into_response())
    })
    .await;
    let mut passages = texts(10);
    passages.insert(4, "y".repeat(40_000));
    let vectors = embedder.embed(passages, Purpose::Passage).await.unwrap();
    assert_eq!(vectors.len(), 11);
    let length = |vector: &Vec<f32>| vector[0] / vector[1];
    assert!((length(&vectors[3]) - 4.0).abs() < 1e-3 && (length(&vectors[5]) - 5.0).abs() < 1e-3);
    // It was cut where the model stops reading, and then in halves until the server took it.
    assert!(length(&vectors[4]) > 250.0 && length(&vectors[4]) <= 500.0, "{}", length(&vectors[4]));
}

#[tokio::test]
async fn what_is_never_accepted_ends() {
    let said = failure(|_, _| Some((StatusCode::NOT_FOUND, "no such model").into_response()), Purpose::Passage).await;
    assert!(said.contains("did not accept"), "{said}");
}
