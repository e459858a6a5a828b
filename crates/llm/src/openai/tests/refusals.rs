//! What refusals mean, and when to ask again.

use axum::http::{HeaderValue, header};

use super::*;

async fn refusal(status: u16, body: &'static str) -> ModelError {
    refusal_with(status, Some("7"), body).await
}

/// The same, with what the header says about when to ask again.
async fn refusal_with(status: u16, retry_after: Option<&'static str>, body: &'static str) -> ModelError {
    let chat = chat_with(move || {
        let headers: HeaderMap =
            retry_after.into_iter().map(|when| (header::RETRY_AFTER, HeaderValue::from_static(when))).collect();
        (StatusCode::from_u16(status).unwrap(), headers, body)
    })
    .await;
    chat.stream(&request("?")).await.err().unwrap()
}

#[tokio::test]
async fn refusals_say_what_they_are() {
    let said =
        r#"{"error":{"message":"Incorrect API key provided: sk-secret-0123456789","type":"invalid_request_error"}}"#;
    assert_eq!(refusal(401, said).await, ModelError::Refused("Incorrect API key provided: …".to_owned()));
    assert!(matches!(refusal(403, "").await, ModelError::Refused(text) if text == "it answered 403"));
    assert_eq!(
        refusal(429, r#"{"error":"slow down"}"#).await,
        ModelError::Limited { reason: "slow down".to_owned(), again_in: Some(Duration::from_secs(7)) }
    );
    assert!(matches!(refusal(402, "").await, ModelError::Limited { again_in: None, .. }), "waiting does not help");
    assert_eq!(refusal(404, r#"{"detail":"no such model"}"#).await, ModelError::Rejected("no such model".to_owned()));
    assert!(matches!(refusal(400, "<html>").await, ModelError::Rejected(_)));
    for status in [408, 500, 503] {
        let failed = ModelError::Failed(format!("it answered {status}"));
        assert_eq!(refusal(status, "panic at line 3").await, failed, "it was reached");
    }
    let said = r#"{"error":"kaboom"}"#;
    assert_eq!(refusal(500, said).await, ModelError::Failed("kaboom".to_owned()));
    assert!(matches!(refusal(307, "").await, ModelError::Rejected(_)));
}

/// After how long a provider with this answer to too many requests is asked again.
async fn wait_after(retry_after: Option<&'static str>, body: &'static str) -> Option<Duration> {
    match refusal_with(429, retry_after, body).await {
        ModelError::Limited { again_in, .. } => again_in,
        other => panic!("{other:?}"),
    }
}

/// How Azure refuses too many requests.
const AZURE_LIMIT: &str = r#"{"error":{"code":"429","message":"Requests to the ChatCompletions_Create Operation under Azure OpenAI API version 2024-10-21 have exceeded call rate limit of your current OpenAI S0 pricing tier. Please retry after 20 seconds. Please go here: https://aka.ms/oai/quotaincrease if you would like to further increase the default rate limit."}}"#;

#[tokio::test]
async fn a_limit_that_names_a_quota_ends_by_itself() {
    assert_eq!(wait_after(Some("20"), AZURE_LIMIT).await, Some(Duration::from_secs(20)));
    assert_eq!(wait_after(None, AZURE_LIMIT).await, Some(Duration::from_secs(1)), "it does not say how long");
}

#[tokio::test]
async fn an_account_without_credit_is_not_waited_for_unless_the_provider_says_so() {
    for no_credit in [
        r#"{"error":{"message":"You exceeded your current quota, please check your plan and billing details."}}"#,
        r#"{"error":{"message":"No.","code":"insufficient_quota"}}"#,
        r#"{"error":{"message":"No.","type":"insufficient_quota","code":null}}"#,
    ] {
        assert_eq!(wait_after(None, no_credit).await, None, "{no_credit}");
        assert_eq!(wait_after(Some("7"), no_credit).await, Some(Duration::from_secs(7)), "{no_credit}");
    }
}

#[tokio::test]
async fn when_to_ask_again_can_be_a_date() {
    assert_eq!(wait_after(Some("Sun, 06 Nov 1994 08:49:37 GMT"), "").await, Some(Duration::ZERO), "it has passed");
    let far = wait_after(Some("Fri, 31 Dec 9999 23:59:59 GMT"), "").await;
    assert!(far > Some(Duration::from_secs(365 * 24 * 60 * 60)), "{far:?}");
    assert_eq!(wait_after(Some("soon"), "").await, Some(Duration::from_secs(1)));
}

#[tokio::test]
async fn a_refusal_is_asked_for_once_only() {
    let count = Arc::new(Mutex::new(0));
    let counter = Arc::clone(&count);
    let chat = chat_with(move || {
        *counter.lock() += 1;
        (StatusCode::TOO_MANY_REQUESTS, [("retry-after", "1")], "")
    })
    .await;
    assert!(chat.stream(&request("?")).await.is_err());
    assert_eq!(*count.lock(), 1);
}

#[tokio::test]
async fn an_event_about_too_many_requests_needs_no_number() {
    for (code, again_in) in [("rate_limit_exceeded", Some(Duration::from_secs(1))), ("insufficient_quota", None)] {
        let failure = format!("data: {{\"error\":{{\"message\":\"no\",\"code\":\"{code}\"}}}}\n\n");
        let chat = chat_with(move || streaming(vec![Ok(failure.clone().into())])).await;
        let (_, error) = collect(chat.stream(&request("?")).await.unwrap()).await;
        assert_eq!(error, Some(ModelError::Limited { reason: "no".to_owned(), again_in }), "{code}");
    }
}

#[test]
fn errors_never_hold_the_key() {
    let account = Account::new(ProviderKind::OpenAi, "", Some(KEY.to_owned())).unwrap();
    let error = transport::refused(StatusCode::UNAUTHORIZED, &format!("no such key: {KEY}").into(), &account);
    assert!(!error.to_string().contains(KEY) && !format!("{error:?}").contains(KEY));
}
