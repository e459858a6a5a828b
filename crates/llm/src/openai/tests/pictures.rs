//! Pictures: shown to models that can see, and told to those that refuse them.

use std::sync::Arc;

use axum::{Router, body::Bytes, http::StatusCode, response::IntoResponse, routing::post};
use hammock_contract::{assistant::Vision, connection::ProviderKind};
use parking_lot::Mutex;
use serde_json::{Value, json};

use super::{provider, serve, streaming, whole_answer};
use crate::{
    ChatModel, ChatRequest, Picture,
    conformance::{TEXT, collect, request},
    openai::OpenAiChat,
};

type Asked = Arc<Mutex<Vec<Value>>>;

/// A model that refuses pictures, and what it was asked.
async fn blind() -> (OpenAiChat, Asked) {
    let asked = Asked::default();
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
    (provider(server, ProviderKind::Compatible, "/v1").chat(), asked)
}

/// A question about a picture.
fn about_a_picture(vision: Vision) -> ChatRequest {
    let picture = Picture { name: "cat.png".to_owned(), data_url: "data:image/png;base64,AAAA".to_owned() };
    ChatRequest { pictures: vec![picture], vision, ..request("What is it?") }
}

#[tokio::test]
async fn a_model_that_cannot_see_is_told_that_there_are_pictures() {
    let (chat, asked) = blind().await;
    let request = about_a_picture(Vision::Automatic);
    assert_eq!(collect(chat.stream(&request).await.unwrap()).await.0, TEXT);
    let asked = asked.lock();
    assert_eq!(asked.len(), 2);
    assert_eq!(asked[0]["messages"][1]["content"][1]["image_url"]["url"], "data:image/png;base64,AAAA");
    let told = asked[1]["messages"][1]["content"].as_str().unwrap();
    assert!(told.starts_with("What is it?") && told.contains("cat.png"), "{told}");
    assert_eq!(asked[1]["stream_options"], json!({ "include_usage": true }), "nothing else is given up");
}

#[tokio::test]
async fn what_is_said_of_a_models_sight_holds() {
    let (chat, asked) = blind().await;
    assert_eq!(collect(chat.stream(&about_a_picture(Vision::No)).await.unwrap()).await.0, TEXT);
    let told = asked.lock()[0]["messages"][1]["content"].as_str().unwrap_or_default().to_owned();
    assert!(asked.lock().len() == 1 && told.contains("cat.png") && !told.contains("base64"), "{told}");
    assert!(chat.stream(&about_a_picture(Vision::Yes)).await.is_err(), "nothing is left out in silence");
    assert!(asked.lock().iter().skip(1).all(|body| body["messages"][1]["content"].is_array()));
}
