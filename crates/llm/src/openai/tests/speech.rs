//! What was said, written down by servers that do it well and badly.

use axum::extract::Multipart;

use super::*;
use crate::{
    conformance::{speech, transcribes},
    transcribe::Transcriber as _,
};

/// What a request held: its parts by name, and the file's name, media type and bytes.
type Sent = Arc<Mutex<Vec<(String, String)>>>;

/// A transcriber whose provider answers with this.
async fn transcriber_with<R: IntoResponse + 'static>(
    respond: impl Fn() -> R + Clone + Send + Sync + 'static,
) -> OpenAiTranscriber {
    let router = Router::new().route("/v1/audio/transcriptions", post(async move || respond()));
    provider(serve(router).await, ProviderKind::Compatible, "/v1").transcriber("whisper")
}

fn written() -> axum::Json<Value> {
    axum::Json(json!({ "text": format!(" {TEXT}\n") }))
}

#[tokio::test]
async fn a_provider_that_writes_down_conforms() {
    transcribes(&transcriber_with(written).await).await;
}

#[tokio::test]
async fn it_is_given_the_recording_the_model_and_the_language() {
    let sent = Sent::default();
    let kept = Arc::clone(&sent);
    let take = async move |headers: HeaderMap, mut form: Multipart| {
        let key = headers["authorization"].to_str().unwrap().to_owned();
        kept.lock().push(("authorization".to_owned(), key));
        while let Some(field) = form.next_field().await.unwrap() {
            let name = field.name().unwrap().to_owned();
            let file = field.file_name().map(|file| format!("{file} {} ", field.content_type().unwrap_or_default()));
            let bytes = field.bytes().await.unwrap();
            let value = match file {
                Some(file) => format!("{file}{}", bytes.len()),
                None => String::from_utf8(bytes.to_vec()).unwrap(),
            };
            kept.lock().push((name, value));
        }
        written()
    };
    let server = serve(Router::new().route("/v1/audio/transcriptions", post(take))).await;
    let transcriber = provider(server, ProviderKind::Compatible, "/v1").transcriber("whisper");
    assert_eq!(transcriber.transcribe(&speech()).await.as_deref(), Ok(TEXT));
    let expected = [
        ("authorization", "Bearer sk-secret-0123456789"),
        ("file", "speech.webm audio/webm 3000"),
        ("model", "whisper"),
        ("response_format", "json"),
        ("language", "cs"),
    ];
    let sent = sent.lock().clone();
    let sent: Vec<(&str, &str)> = sent.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    assert_eq!(sent, expected);
}

#[tokio::test]
async fn refusals_of_recordings_say_what_they_are() {
    let refused = async |status: u16, body: &'static str| {
        let respond = move || (StatusCode::from_u16(status).unwrap(), [("retry-after", "7")], body);
        transcriber_with(respond).await.transcribe(&speech()).await.unwrap_err()
    };
    let said = r#"{"error":{"message":"Incorrect API key provided: sk-secret-0123456789"}}"#;
    assert_eq!(refused(401, said).await, ModelError::Refused("Incorrect API key provided: …".to_owned()));
    assert_eq!(
        refused(429, r#"{"error":"slow down"}"#).await,
        ModelError::Limited { reason: "slow down".to_owned(), again_in: Some(Duration::from_secs(7)) }
    );
    assert_eq!(refused(500, r#"{"error":"kaboom"}"#).await, ModelError::Failed("kaboom".to_owned()));
    assert_eq!(refused(404, r#"{"detail":"no such model"}"#).await, ModelError::Rejected("no such model".to_owned()));
    assert!(matches!(refused(200, "said").await, ModelError::Malformed(_)));
    assert!(matches!(refused(200, r#"{"words":"said"}"#).await, ModelError::Malformed(_)));
}

#[tokio::test]
async fn an_answer_that_breaks_off_is_told() {
    let transcriber = transcriber_with(|| {
        streaming(vec![Ok(Bytes::from_static(b"{\"text\": \"half")), Err(std::io::Error::other("reset"))])
    })
    .await;
    assert!(matches!(transcriber.transcribe(&speech()).await, Err(ModelError::Broken(_))));
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    drop(listener);
    let nobody = provider(address, ProviderKind::Compatible, "/v1").transcriber("whisper");
    assert!(matches!(nobody.transcribe(&speech()).await, Err(ModelError::Unreachable(_))));
}
