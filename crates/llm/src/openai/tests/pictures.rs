//! Pictures: shown to models that can see, and told to those that refuse them.

use std::sync::Arc;

use axum::{Router, body::Bytes, http::StatusCode, response::IntoResponse, routing::post};
use hammock_contract::connection::ProviderKind;
use parking_lot::Mutex;
use serde_json::{Value, json};

use super::{provider, serve, streaming, whole_answer};
use crate::{
    ChatModel, ChatRequest, Picture,
    conformance::{TEXT, collect, request},
};

#[tokio::test]
async fn a_model_that_cannot_see_is_told_that_there_are_pictures() {
    let asked: Arc<Mutex<Vec<Value>>> = Arc::default();
    let log = Arc::clone(&asked);
    let answer = async move |body: Bytes| {
        let body: Value = serde_json::from_slice(&body).unwrap();
        let has_pictures = body["messages"][1]["content"].is_array();
        log.lock().push(body);
        if has_pictures {
            let error = json!({ "error": { "message": "this model does not support image input" } });
            return (StatusCode::BAD_REQUEST, axum::Json(error)).into_response();
        }
        streaming(vec![Ok(whole_answer().into())])
    };
    let server = serve(Router::new().route("/v1/chat/completions", post(answer))).await;
    let chat = provider(server, ProviderKind::Compatible, "/v1").chat();
    let picture = Picture { name: "cat.png".to_owned(), data_url: "data:image/png;base64,AAAA".to_owned() };
    let request = ChatRequest { pictures: vec![picture], ..request("What is it?") };
    assert_eq!(collect(chat.stream(&request).await.unwrap()).await.0, TEXT);
    let asked = asked.lock();
    assert_eq!(asked.len(), 2);
    assert_eq!(asked[0]["messages"][1]["content"][1]["image_url"]["url"], "data:image/png;base64,AAAA");
    let told = asked[1]["messages"][1]["content"].as_str().unwrap();
    assert!(told.starts_with("What is it?") && told.contains("cat.png"), "{told}");
    assert_eq!(asked[1]["stream_options"], json!({ "include_usage": true }), "nothing else is given up");
}
