//! Against real servers on loopback that speak the API, well and badly.

mod figures;
mod pictures;
mod refusals;
mod speech;

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use axum::Router;
use axum::body::{Body, Bytes};
use axum::extract::Request;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use futures::{StreamExt, stream};
use hammock_net::{EgressPolicy, FixedHosts};
use parking_lot::Mutex;
use serde_json::{Value, json};

use super::*;
use crate::conformance::{TEXT, answers, collect, request, speech};
use crate::{ChatModel, Embedder, Purpose, Transcriber};

const KEY: &str = "sk-secret-0123456789";

async fn serve(router: Router) -> SocketAddr {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move { axum::serve(listener, router).await.unwrap() });
    address
}

fn provider(server: SocketAddr, kind: ProviderKind, path: &str) -> Provider {
    let net = hammock_net::Client::new(EgressPolicy::allowing([server.to_string().parse().unwrap()])).unwrap();
    Provider::new(net, kind, &format!("http://{server}{path}"), Some(KEY.to_owned())).unwrap()
}

/// A server whose chat endpoint answers with this.
async fn chat_with<R: IntoResponse + 'static>(respond: impl Fn() -> R + Clone + Send + Sync + 'static) -> OpenAiChat {
    let server = serve(Router::new().route("/v1/chat/completions", post(async move || respond()))).await;
    provider(server, ProviderKind::Compatible, "/v1").chat()
}

fn event(text: &str) -> String {
    format!("data: {}\n\n", json!({ "id": "c", "choices": [{ "index": 0, "delta": { "content": text } }] }))
}

fn ending() -> &'static str {
    "data: {\"choices\":[{\"index\":0,\"delta\":{},\"finish_reason\":\"stop\"}]}\n\ndata: [DONE]\n\n"
}

fn whole_answer() -> String {
    let words: String = TEXT.split_inclusive(' ').map(event).collect();
    words + ending()
}

fn streaming(pieces: Vec<Result<Bytes, std::io::Error>>) -> Response {
    let pieces = stream::iter(pieces).then(|piece| async {
        // A turn of the scheduler, so that the pieces are sent one by one.
        tokio::time::sleep(Duration::from_millis(1)).await;
        piece
    });
    ([("content-type", "text/event-stream")], Body::from_stream(pieces)).into_response()
}

#[tokio::test]
async fn a_provider_conforms() {
    let chat = chat_with(|| streaming(vec![Ok(whole_answer().into())])).await;
    answers(&chat).await;
}

#[tokio::test]
async fn characters_survive_a_server_that_sends_byte_by_byte() {
    let chat = chat_with(|| {
        streaming(whole_answer().into_bytes().into_iter().map(|byte| Ok(Bytes::from(vec![byte]))).collect())
    })
    .await;
    assert_eq!(collect(chat.stream(&request("?")).await.unwrap()).await, (TEXT.to_owned(), None));
}

#[tokio::test]
async fn a_web_page_is_no_answer() {
    let chat = chat_with(|| axum::response::Html("<h1>Welcome</h1>")).await;
    assert!(matches!(chat.stream(&request("?")).await.err(), Some(ModelError::Malformed(_))));
}

#[tokio::test]
async fn nobody_there_is_unreachable() {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    drop(listener);
    let chat = provider(address, ProviderKind::Compatible, "/v1").chat();
    let error = chat.stream(&request("?")).await.err().unwrap();
    assert_eq!(error, ModelError::Unreachable("no connection could be made".to_owned()));
}

#[tokio::test]
async fn one_who_hangs_up_was_reached() {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move {
        while let Ok((mut socket, _)) = listener.accept().await {
            let _ = tokio::io::AsyncReadExt::read(&mut socket, &mut [0; 4096]).await;
        }
    });
    let chat = provider(address, ProviderKind::Compatible, "/v1").chat();
    let error = chat.stream(&request("?")).await.err().unwrap();
    assert_eq!(error, ModelError::Broken("it closed before the answer began".to_owned()));
}

#[tokio::test]
async fn the_guard_stands_before_every_request() {
    let net = hammock_net::Client::new(EgressPolicy::default()).unwrap();
    let chat = Provider::new(net, ProviderKind::Ollama, "", None).unwrap().chat();
    assert!(
        matches!(chat.stream(&request("?")).await.err(), Some(ModelError::Forbidden(text)) if text.contains("may not reach"))
    );
}

#[tokio::test]
async fn what_an_organisation_does_not_list_is_asked_for_nothing() {
    let (address, asked) = asked_for_nothing().await;
    let wide = hammock_net::Client::new(EgressPolicy::allowing([address.to_string().parse().unwrap()])).unwrap();
    let net = wide.narrowed_by(Arc::new(FixedHosts(vec!["models.example.org".parse().unwrap()])));
    let base = format!("http://{address}/v1");
    let provider = Provider::new(net, ProviderKind::Compatible, &base, None).unwrap();
    let refused = ModelError::NotListed { host: address.to_string() };
    assert_eq!(refused.reason(), "");
    assert_eq!(provider.chat().stream(&request("?")).await.err(), Some(refused.clone()));
    assert_eq!(provider.list_models().await, Err(refused.clone()));
    assert_eq!(provider.transcriber("whisper").transcribe(&speech()).await, Err(refused));
    assert_eq!(asked.load(Ordering::SeqCst), 0);
}

/// A server that counts who connects.
async fn asked_for_nothing() -> (SocketAddr, Arc<AtomicUsize>) {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let asked = Arc::new(AtomicUsize::new(0));
    let count = Arc::clone(&asked);
    tokio::spawn(async move {
        while let Ok((_socket, _)) = listener.accept().await {
            count.fetch_add(1, Ordering::SeqCst);
        }
    });
    (address, asked)
}

#[tokio::test]
async fn a_reset_in_the_middle_keeps_what_was_said() {
    let chat = chat_with(|| {
        streaming(vec![Ok(event("half an ").into()), Ok(event("answer").into()), Err(std::io::Error::other("gone"))])
    })
    .await;
    let (text, error) = collect(chat.stream(&request("?")).await.unwrap()).await;
    assert_eq!(text, "half an answer");
    assert!(matches!(error, Some(ModelError::Broken(_))), "{error:?}");
}

/// What is said, and what it ends with, when this follows on a first piece of text.
async fn after_so_far(rest: &'static str) -> Option<ModelError> {
    let chat = chat_with(move || streaming(vec![Ok(event("so far").into()), Ok(rest.into())])).await;
    let (text, error) = collect(chat.stream(&request("?")).await.unwrap()).await;
    assert_eq!(text, "so far", "before {rest:?}");
    error
}

#[tokio::test]
async fn a_chunk_that_cannot_be_read_is_malformed_in_our_words() {
    for rest in ["data: {\"choices\":[{\"del\n\n", "data: {\"choices\":[{\"delta\":7}]}\n\n", "data: oops\n\n"] {
        let Some(ModelError::Malformed(reason)) = after_so_far(rest).await else { panic!("{rest:?}") };
        assert!(!reason.contains("line 1") && !reason.contains("expected value"), "{reason}");
    }
}

#[tokio::test]
async fn an_answer_without_its_end_broke_off() {
    for rest in ["", "data: {\"choices\":[{\"del", "data: [DON", "data: {\"choices\":[]}\n\n"] {
        let error = after_so_far(rest).await;
        assert_eq!(error, Some(ModelError::Broken("it closed in the middle of the answer".to_owned())), "{rest:?}");
    }
}

#[tokio::test]
async fn the_protocols_last_word_ends_an_answer_without_a_reason() {
    for rest in ["data: [DONE]\n\n", "data:[DONE]\r\n\r\n", "data: [DONE]\n", "data: [DONE]"] {
        assert_eq!(after_so_far(rest).await, None, "{rest:?}");
    }
    let whole = event("so far") + "data: [DONE]\n\n";
    let chat =
        chat_with(move || streaming(whole.bytes().map(|byte| Ok(Bytes::from(vec![byte]))).collect::<Vec<_>>())).await;
    assert_eq!(collect(chat.stream(&request("?")).await.unwrap()).await, ("so far".to_owned(), None));
}

#[tokio::test]
async fn an_answer_at_its_longest_says_so_after_its_last_word() {
    let last =
        "data: {\"choices\":[{\"delta\":{\"content\":\" and on\"},\"finish_reason\":\"length\"}]}\n\ndata: [DONE]\n\n";
    let chat = chat_with(move || streaming(vec![Ok(event("On").into()), Ok(last.into())])).await;
    let answer = collect(chat.stream(&request("?")).await.unwrap()).await;
    assert_eq!(answer, ("On and on".to_owned(), Some(ModelError::TooLong)));
    let rest = "data: {\"choices\":[{\"delta\":{},\"finish_reason\":\"length\"}]}\n\n";
    assert_eq!(after_so_far(rest).await, Some(ModelError::TooLong));
}

#[tokio::test]
async fn an_empty_reason_to_end_is_none() {
    let piece = |text: &str| {
        format!("data: {}\n\n", json!({ "choices": [{ "delta": { "content": text }, "finish_reason": "" }] }))
    };
    let whole = piece("two ") + &piece("words") + ending();
    let chat = chat_with(move || streaming(vec![Ok(whole.clone().into())])).await;
    assert_eq!(collect(chat.stream(&request("?")).await.unwrap()).await, ("two words".to_owned(), None));
}

#[tokio::test]
async fn an_answer_in_one_piece_is_no_stream() {
    let chat = chat_with(|| axum::Json(json!({ "choices": [{ "message": { "content": "whole" } }] }))).await;
    let (_, error) = collect(chat.stream(&request("?")).await.unwrap()).await;
    assert_eq!(error, Some(ModelError::Malformed("it is no stream of events".to_owned())));
}

#[tokio::test]
async fn an_error_as_an_event_ends_the_answer() {
    let failure = "data: {\"error\":{\"message\":\"overloaded, sk-secret-0123456789\",\"code\":429}}\n\n";
    let chat = chat_with(move || streaming(vec![Ok(event("so far").into()), Ok(failure.into())])).await;
    let (text, error) = collect(chat.stream(&request("?")).await.unwrap()).await;
    assert_eq!(
        (text.as_str(), error),
        (
            "so far",
            Some(ModelError::Limited { reason: "overloaded, …".to_owned(), again_in: Some(Duration::from_secs(1)) })
        )
    );
}

#[tokio::test]
async fn silence_ends_after_its_limit() {
    let chat = chat_with(|| {
        let pieces = stream::iter([Ok::<_, std::io::Error>(Bytes::from(event("so far")))]).chain(stream::pending());
        ([("content-type", "text/event-stream")], Body::from_stream(pieces)).into_response()
    })
    .await
    .with_limits(Duration::from_secs(5), Duration::from_millis(200));
    let (text, error) = collect(chat.stream(&request("?")).await.unwrap()).await;
    assert_eq!((text.as_str(), error), ("so far", Some(ModelError::Silent("no answer for 0 seconds".to_owned()))));
}

#[tokio::test]
async fn a_line_without_an_end_breaks_the_answer() {
    let chat = chat_with(|| {
        let endless = stream::repeat_with(|| Ok(Bytes::from_static(&[b'x'; 16 * 1024])));
        let pieces = stream::iter([Ok::<_, std::io::Error>(Bytes::from(event("so far")))]).chain(endless);
        ([("content-type", "text/event-stream")], Body::from_stream(pieces)).into_response()
    })
    .await;
    let (text, error) = collect(chat.stream(&request("?")).await.unwrap()).await;
    let expected = ModelError::Malformed("a line of it does not end".to_owned());
    assert_eq!((text.as_str(), error), ("so far", Some(expected)));
}

#[tokio::test]
async fn dropping_the_stream_closes_the_connection() {
    struct Closed(Arc<tokio::sync::Notify>);
    impl Drop for Closed {
        fn drop(&mut self) {
            self.0.notify_one();
        }
    }
    let closed = Arc::new(tokio::sync::Notify::new());
    let notify = Arc::clone(&closed);
    let chat = chat_with(move || {
        let guard = Closed(Arc::clone(&notify));
        // Says one word, then is silent for ever: only a closed connection ends it.
        let pieces = stream::iter([Ok::<_, std::io::Error>(Bytes::from(event("word")))]).chain(stream::pending());
        let pieces = pieces.map(move |piece| {
            let _ = &guard;
            piece
        });
        ([("content-type", "text/event-stream")], Body::from_stream(pieces)).into_response()
    })
    .await;
    let mut answer = chat.stream(&request("?")).await.unwrap();
    assert_eq!(answer.next().await.unwrap().unwrap().text, "word");
    drop(answer);
    tokio::time::timeout(Duration::from_secs(1), closed.notified())
        .await
        .expect("the server sees the end within a second");
}

#[tokio::test]
async fn parameters_that_a_model_refuses_are_given_up() {
    let asked: Arc<Mutex<Vec<Value>>> = Arc::default();
    let log = Arc::clone(&asked);
    let answer = async move |axum::Json(body): axum::Json<Value>| {
        log.lock().push(body.clone());
        let complaint = if body.get("max_tokens").is_some() {
            "Unsupported parameter: 'max_tokens'. Use 'max_completion_tokens' instead."
        } else if body.get("temperature").is_some() {
            "Unsupported value: 'temperature' does not support 0.7."
        } else {
            return streaming(vec![Ok(whole_answer().into())]);
        };
        (StatusCode::BAD_REQUEST, axum::Json(json!({ "error": { "message": complaint } }))).into_response()
    };
    let server = serve(Router::new().route("/v1/chat/completions", post(answer))).await;
    let chat = provider(server, ProviderKind::Compatible, "/v1").chat();
    assert_eq!(collect(chat.stream(&request("Why?")).await.unwrap()).await.0, TEXT);
    let asked = asked.lock();
    assert_eq!(asked.len(), 3);
    assert_eq!(asked[0]["temperature"], json!(0.7));
    assert_eq!(asked[2]["max_completion_tokens"], json!(300));
    assert_eq!(asked[0]["messages"][1], json!({ "role": "user", "content": "Why?" }));
}

#[tokio::test]
async fn azure_gets_its_path_its_version_and_its_header() {
    let seen: Arc<Mutex<Option<(String, HeaderMap)>>> = Arc::default();
    let log = Arc::clone(&seen);
    let answer = async move |request: Request| {
        *log.lock() = Some((request.uri().to_string(), request.headers().clone()));
        streaming(vec![Ok(whole_answer().into())])
    };
    let server = serve(Router::new().fallback(answer)).await;
    let chat = provider(server, ProviderKind::Azure, "").chat();
    assert_eq!(collect(chat.stream(&request("?")).await.unwrap()).await.0, TEXT);
    let (uri, headers) = seen.lock().take().unwrap();
    assert_eq!(uri, "/openai/deployments/m/chat/completions?api-version=2024-10-21");
    assert_eq!(headers["api-key"], KEY);
    assert!(headers.get("authorization").is_none());
}

#[tokio::test]
async fn models_are_listed_in_order_even_by_terse_servers() {
    let listing = json!({ "data": [{ "id": "small" }, { "id": "large", "owned_by": "x" }] });
    let answer = async move |headers: HeaderMap| {
        assert_eq!(headers["authorization"], format!("Bearer {KEY}"));
        axum::Json(listing.clone())
    };
    let server = serve(Router::new().route("/v1/models", get(answer))).await;
    let models = provider(server, ProviderKind::OpenAi, "/v1").list_models().await.unwrap();
    assert_eq!(models.into_iter().map(|model| model.id).collect::<Vec<_>>(), ["large", "small"]);
}

#[tokio::test]
async fn the_length_of_vectors_is_learnt_from_the_first() {
    let answer = async |axum::Json(body): axum::Json<Value>| {
        assert_eq!((&body["model"], &body["encoding_format"]), (&json!("e"), &json!("float")));
        axum::Json(json!({ "data": [{ "index": 0, "embedding": [0.0, 3.0, 4.0] }] }))
    };
    let server = serve(Router::new().route("/v1/embeddings", post(answer))).await;
    let provider = provider(server, ProviderKind::Compatible, "/v1");
    let embedder = OpenAiEmbedder::connect(provider, "e", 512, Vec::new(), None).await.unwrap();
    assert_eq!((embedder.space().model.as_str(), embedder.space().dimension), ("e", 3));
    let vectors = embedder.embed(vec!["?".to_owned()], Purpose::Query).await.unwrap();
    assert!((vectors[0][1] - 0.6).abs() < 1e-6 && (vectors[0][2] - 0.8).abs() < 1e-6);
}
