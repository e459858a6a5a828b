//! What an answer took: told after the last word, with it, or not at all.

use std::sync::Arc;

use axum::{Router, body::Bytes, http::StatusCode, response::IntoResponse, routing::post};
use futures::{StreamExt, stream};
use hammock_contract::connection::ProviderKind;
use parking_lot::Mutex;
use serde_json::{Value, json};

use super::{chat_with, event, provider, serve, streaming, whole_answer};
use crate::{
    ChatModel, ChatStream, ModelError, Usage,
    conformance::{TEXT, collect, request},
};

const COUNTED: &str =
    "data: {\"choices\":[],\"usage\":{\"prompt_tokens\":41,\"completion_tokens\":7,\"total_tokens\":48}}\n\n";

/// The text and the last figures.
async fn counted(mut answer: ChatStream) -> (String, Option<Usage>) {
    let (mut text, mut usage) = (String::new(), None);
    while let Some(chunk) = answer.next().await {
        let chunk = chunk.unwrap();
        text.push_str(&chunk.text);
        usage = chunk.usage.or(usage);
    }
    (text, usage)
}

#[tokio::test]
async fn figures_come_after_the_last_word_or_with_it() {
    let ended = "data: {\"choices\":[{\"delta\":{},\"finish_reason\":\"stop\"}]}\n\n";
    let with_it = "data: {\"choices\":[{\"delta\":{\"content\":\"!\"},\"finish_reason\":\"stop\"}],\
                   \"usage\":{\"prompt_tokens\":41,\"completion_tokens\":7}}\n\ndata: [DONE]\n\n";
    for (rest, said) in [
        (format!("{ended}{COUNTED}data: [DONE]\n\n"), "so far"),
        (with_it.to_owned(), "so far!"),
        (format!("{ended}{COUNTED}"), "so far"),
    ] {
        let chat = chat_with(move || streaming(vec![Ok(event("so far").into()), Ok(rest.clone().into())])).await;
        let usage = Some(Usage { read: 41, written: 7 });
        assert_eq!(counted(chat.stream(&request("?")).await.unwrap()).await, (said.to_owned(), usage));
    }
}

#[tokio::test]
async fn an_answer_is_whole_without_figures() {
    let ended = "data: {\"choices\":[{\"delta\":{},\"finish_reason\":\"stop\"}]}\n\n";
    for rest in [
        "data: [DONE]\n\n".to_owned(),
        String::new(),
        "data: oops\n\n".to_owned(),
        "data: {\"error\":{\"message\":\"too late\"}}\n\n".to_owned(),
        "data: {\"choices\":[],\"usage\":\"none\"}\n\ndata: [DONE]\n\n".to_owned(),
    ] {
        let chat =
            chat_with(move || streaming(vec![Ok(event("so far").into()), Ok(ended.into()), Ok(rest.clone().into())]))
                .await;
        assert_eq!(counted(chat.stream(&request("?")).await.unwrap()).await, ("so far".to_owned(), None));
    }
    // One that neither tells nor closes is not waited for: the stream would not end.
    let chat = chat_with(move || {
        let pieces = [event("so far"), ended.to_owned()].map(|piece| Ok::<_, std::io::Error>(Bytes::from(piece)));
        let open = stream::iter(pieces).chain(stream::pending());
        ([("content-type", "text/event-stream")], axum::body::Body::from_stream(open)).into_response()
    })
    .await;
    assert_eq!(collect(chat.stream(&request("?")).await.unwrap()).await, ("so far".to_owned(), None));
}

#[tokio::test]
async fn an_answer_at_its_longest_is_counted_too() {
    let cut = "data: {\"choices\":[{\"delta\":{},\"finish_reason\":\"length\"}]}\n\n";
    let chat = chat_with(move || {
        streaming(vec![Ok(event("so far").into()), Ok(cut.into()), Ok(COUNTED.into()), Ok("data: [DONE]\n\n".into())])
    })
    .await;
    let mut answer = chat.stream(&request("?")).await.unwrap();
    assert_eq!(answer.next().await.unwrap().unwrap().text, "so far");
    assert_eq!(answer.next().await.unwrap().unwrap().usage, Some(Usage { read: 41, written: 7 }));
    assert_eq!(answer.next().await.unwrap().err(), Some(ModelError::TooLong));
    assert!(answer.next().await.is_none());
}

#[tokio::test]
async fn a_provider_that_counts_nothing_is_asked_without() {
    for complaint in ["Unrecognized request argument supplied: stream_options", "Extra inputs are not permitted"] {
        let asked: Arc<Mutex<Vec<Value>>> = Arc::default();
        let log = Arc::clone(&asked);
        let answer = async move |axum::Json(body): axum::Json<Value>| {
            log.lock().push(body.clone());
            if body.get("stream_options").is_none() {
                return streaming(vec![Ok(whole_answer().into())]);
            }
            (StatusCode::UNPROCESSABLE_ENTITY, axum::Json(json!({ "error": { "message": complaint } }))).into_response()
        };
        let server = serve(Router::new().route("/v1/chat/completions", post(answer))).await;
        let chat = provider(server, ProviderKind::Compatible, "/v1").chat();
        assert_eq!(collect(chat.stream(&request("?")).await.unwrap()).await, (TEXT.to_owned(), None));
        let asked = asked.lock();
        assert_eq!((asked.len(), &asked[0]["stream_options"]), (2, &json!({ "include_usage": true })));
        assert_eq!(asked[1]["max_tokens"], json!(300), "what else was asked for stays");
    }
}
