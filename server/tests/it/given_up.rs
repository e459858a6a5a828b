//! What is given up because it takes too long, and which page whoever waited in a browser gets then.

use std::time::Duration;

use axum::{body::Body, http::Method};
use futures::{StreamExt as _, stream};
use hammock_contract::AssistantId;
use hammock_testkit::postgres::{self, TemporaryDatabase};

use crate::support::{Answer, TestApp};

/// What browsers call a form that they send.
const FORM: &str = "application/x-www-form-urlencoded";

#[tokio::test]
async fn a_form_that_does_not_arrive_is_given_up() {
    let app = TestApp::with("[server]\nrequest_timeout = 1").await;
    for (path, page) in [
        ("/sign-in", "action=\"/sign-in\""),
        ("/register", "action=\"/register\""),
        ("/forgotten-password", "action=\"/forgotten-password\""),
        ("/new-password?token=a-link", "action=\"/new-password?token=a-link\""),
        ("/public/sign-in/done", "You are not signed in"),
    ] {
        let beginning = stream::iter([Ok::<_, std::io::Error>("email=ada")]).chain(stream::pending());
        let browser = app.browser();
        let answer = browser.send(Method::POST, path, FORM, Body::from_stream(beginning));
        let answer = tokio::time::timeout(Duration::from_secs(60), answer).await.expect("nobody waits for ever");
        assert_given_up(&answer, page);
    }
}

#[tokio::test]
async fn a_form_or_a_page_that_takes_too_long_is_answered_with_a_page() {
    // Signing in takes less on any machine.
    let app = TestApp::with("[server]\nrequest_timeout = 5").await;
    let owner = app.register("ada@example.org").await;
    // That she is at work is noted here, and not again within a minute.
    owner.browser.get("/api/v1/me").await;
    // Whoever wants to write has to wait.
    let turn = app.hammock.store().begin().await.unwrap();
    let stranger = app.browser();
    let fields = Body::from("email=ada%40example.org&password=wrong");
    let (sign_in, copy, shared) = tokio::join!(
        stranger.send(Method::POST, "/sign-in", FORM, fields),
        owner.browser.send(Method::POST, "/share/nobody/copy", FORM, Body::empty()),
        // That nobody gave this link is counted.
        stranger.get("/share/nobody"),
    );
    assert_given_up(&sign_in, "action=\"/sign-in\"");
    assert_given_up(&copy, "class=\"shared\"");
    assert!(copy.text.contains("href=\"/share/nobody?lang=fr\""), "{}", copy.text);
    assert_given_up(&shared, "class=\"shared\"");
    drop(turn);
}

#[tokio::test]
async fn a_page_that_even_its_error_is_kept_from_is_answered_with_a_plain_one() {
    let Some(database) = TemporaryDatabase::create("pages that the database keeps") else { return };
    let url = database.url();
    let app = TestApp::with(&format!(
        "[server]\nrequest_timeout = 1\n[registration]\npolicy = 'invited'\n[database]\nurl = '{url}'"
    ))
    .await;
    // Whether anybody may register is looked up for each page.
    let held = postgres::hold_tables(&url, "organisations, assistant_interfaces").await;
    let (browser, mut french) = (app.browser(), app.browser());
    french.headers.push(("accept-language", "fr".into()));
    let chat = format!("/public/{}", AssistantId::new());
    let (of_the_application, sign_in, reference, chat, told) = tokio::join!(
        browser.get("/users"),
        browser.get("/sign-in"),
        browser.get("/api/docs"),
        browser.get(&chat),
        french.get("/users"),
    );
    for answer in [of_the_application, sign_in, reference, chat] {
        assert_given_up(&answer, "<h1>This took too long</h1>");
    }
    assert_eq!(told.status, 503, "{}", told.text);
    assert!(
        told.text.contains("<html lang=\"fr\">") && told.text.contains("Réessayez dans un instant."),
        "{}",
        told.text
    );
    drop(held);
}

/// That whoever waited in a browser got a page which says that it took too long.
fn assert_given_up(answer: &Answer, page: &str) {
    assert_eq!(answer.status, 503, "{page}: {}", answer.text);
    assert!(answer.header("content-type").starts_with("text/html"), "{page}: {}", answer.text);
    assert!(answer.text.contains(page) && answer.text.contains("took "), "{page}: {}", answer.text);
}
