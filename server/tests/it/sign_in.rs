//! Registration, sign-in, sign-out, forgotten passwords: by the forms, as a browser without scripts sends them.

use std::{collections::BTreeSet, sync::Arc};

use axum::http::Method;
use hammock_contract::auth::SignIn;
use hammock_domain::{Origin, SignedIn};
use hammock_server::{auth::session, session_store::DatabaseSessions};
use hammock_testkit::mail::MailSink;
use serde_json::json;
use tower_sessions::Session;

use crate::support::{Answer, PASSWORD, TestApp, eventually};

const REGISTRATION: [(&str, &str); 7] = [
    ("first_name", "Ada"),
    ("last_name", "Lovelace"),
    ("email", "ada@example.org"),
    ("password", PASSWORD),
    ("password_again", PASSWORD),
    ("organisation", "Engines"),
    ("accept_terms", "on"),
];

#[tokio::test]
async fn a_newcomer_registers_and_is_inside() {
    let app = TestApp::start().await;
    let mut browser = app.browser();
    assert_eq!(browser.get("/register").await.status, 200);
    let made = browser.form("/register", &REGISTRATION).await;
    assert_eq!((made.status, made.header("location")), (303, "/"), "{}", made.text);
    let me = browser.get("/api/v1/me").await.json();
    assert_eq!((me["user"]["role"].as_str(), me["organisation_name"].as_str()), (Some("owner"), Some("Engines")));
    let page = browser.get("/account").await;
    assert_eq!(page.status, 200);
    assert!(page.text.contains("Ada"), "{}", page.text);
    assert_eq!(browser.get("/sign-in").await.header("location"), "/", "who is inside needs no entrance");
}

#[tokio::test]
async fn a_wrong_form_is_shown_again_with_what_was_typed() {
    let app = TestApp::start().await;
    let mut fields = REGISTRATION;
    fields[4].1 = "another word 2";
    let again = app.browser().form("/register", &fields).await;
    assert_eq!(again.status, 422);
    assert!(again.text.contains("ada@example.org") && again.text.contains("Engines"), "{}", again.text);
    assert!(!again.text.contains(PASSWORD) && !again.text.contains("another word 2"), "a password came back");
    let mut unticked = REGISTRATION.to_vec();
    unticked.pop();
    assert_eq!(app.browser().form("/register", &unticked).await.status, 422);
}

#[tokio::test]
async fn every_faulty_field_is_told_at_once() {
    let app = TestApp::start().await;
    // A field refers to its note while that says something.
    let is_faulty = |page: &str, field: &str| match page.matches(&format!("{field}-error")).count() {
        1 => false,
        2 => true,
        other => panic!("{field} has {other} notes: {page}"),
    };
    let long = "L".repeat(81);
    let fields = [
        ("first_name", " "),
        ("last_name", long.as_str()),
        ("email", "ada"),
        ("password", "short"),
        ("password_again", "other"),
    ];
    let again = app.browser().form("/register", &fields).await;
    assert_eq!(again.status, 422);
    for field in ["first_name", "last_name", "email", "password", "password_again", "accept_terms"] {
        assert!(is_faulty(&again.text, field), "{field}");
    }
    for field in ["organisation", "no_marketing"] {
        assert!(!is_faulty(&again.text, field), "{field}");
    }
    assert!(again.text.contains("Please fill this in."), "{}", again.text);
    // What is missing is not said to be too long, nor the other way round.
    let too_long = ">This is too long. At most 80 characters are allowed.";
    assert_eq!(again.text.matches(too_long).count(), 1, "{}", again.text);

    app.register("ada@example.org").await;
    let taken = app.browser().form("/register", &REGISTRATION).await;
    assert_eq!(taken.status, 409);
    assert!(is_faulty(&taken.text, "email") && !is_faulty(&taken.text, "password"), "{}", taken.text);
}

#[tokio::test]
async fn signing_in_changes_the_session_and_signing_out_ends_it() {
    let app = TestApp::start().await;
    app.register("ada@example.org").await;
    let mut browser = app.browser();
    let form = [("email", "ADA@example.org "), ("password", PASSWORD)];
    browser.form("/sign-in", &form).await;
    let first = browser.cookies["hammock_session"].clone();
    assert_eq!(browser.get("/api/v1/me").await.status, 200);

    // Somebody plants a session's id in a browser before its owner signs in.
    let mut planted = app.browser();
    planted.cookies.insert("hammock_session".into(), first.clone());
    planted.form("/sign-in", &form).await;
    assert_ne!(planted.cookies["hammock_session"], first);
    assert_eq!(browser.get("/api/v1/me").await.status, 401, "the planted session is worth nothing");

    let second = planted.cookies["hammock_session"].clone();
    let left = planted.form("/sign-out", &[]).await;
    assert_eq!(left.header("location"), "/sign-in");
    planted.cookies.insert("hammock_session".into(), second);
    assert_eq!(planted.get("/api/v1/me").await.status, 401, "the session is gone in the database too");
}

#[tokio::test]
async fn a_request_under_way_brings_no_ended_session_back() {
    let app = TestApp::start().await;
    let mut browser = app.register("ada@example.org").await.browser;
    let cookie = browser.cookies["hammock_session"].clone();
    // As a request does that renews the session: it reads it first, and writes it with its answer.
    let sessions = Arc::new(DatabaseSessions::new(app.hammock.store().clone()));
    let under_way = Session::new(cookie.parse().ok(), sessions, None);
    under_way.insert("renewed", 1).await.unwrap();
    browser.form("/sign-out", &[]).await;
    under_way.save().await.unwrap();
    browser.cookies.insert("hammock_session".into(), cookie);
    assert_eq!(browser.get("/api/v1/me").await.status, 401, "whoever has the cookie is signed in again");
}

#[tokio::test]
async fn remember_me_outlives_the_browser() {
    let app = TestApp::start().await;
    app.register("ada@example.org").await;
    let form = [("email", "ada@example.org"), ("password", PASSWORD)];
    let session = app.browser().form("/sign-in", &form).await;
    assert!(!session.header("set-cookie").contains("Max-Age"), "{}", session.header("set-cookie"));
    let remembered = app.browser().form("/sign-in", &[form[0], form[1], ("remember", "on")]).await;
    assert!(remembered.header("set-cookie").contains("Max-Age=2592000"), "{}", remembered.header("set-cookie"));
}

#[tokio::test]
async fn wrong_credentials_answer_alike_and_lead_nowhere_else() {
    let app = TestApp::start().await;
    app.register("ada@example.org").await;
    let wrong = app.browser().form("/sign-in", &[("email", "ada@example.org"), ("password", "nonsense 1")]).await;
    let nobody = app.browser().form("/sign-in", &[("email", "eve@example.org"), ("password", "nonsense 1")]).await;
    assert_eq!((wrong.status, nobody.status), (401, 401));
    // The pages differ in their random nonces and in the address that was typed.
    let plain = |answer: &Answer, email: &str| {
        let nonce = answer.header("content-security-policy").split("'nonce-").nth(1);
        let nonce = nonce.and_then(|rest| rest.split('\'').next()).filter(|nonce| !nonce.is_empty());
        let text = answer.text.replace(email, "");
        nonce.map_or_else(|| text.clone(), |nonce| text.replace(nonce, ""))
    };
    assert_eq!(plain(&wrong, "ada@example.org"), plain(&nobody, "eve@example.org"));
    let names = |answer: &Answer| answer.headers.keys().map(ToString::to_string).collect::<BTreeSet<_>>();
    assert_eq!(names(&wrong), names(&nobody));
    let elsewhere = [("email", "ada@example.org"), ("password", PASSWORD), ("next", "//evil.example")];
    assert_eq!(app.browser().form("/sign-in", &elsewhere).await.header("location"), "/");
    let inside = [("email", "ada@example.org"), ("password", PASSWORD), ("next", "/users?page=2")];
    assert_eq!(app.browser().form("/sign-in", &inside).await.header("location"), "/users?page=2");
}

#[tokio::test]
async fn attempts_are_limited() {
    let app = TestApp::start().await;
    app.register("ada@example.org").await;
    let mut last = 0;
    for _ in 0..60 {
        let form = [("email", "ada@example.org"), ("password", "nonsense 1")];
        let answer = app.browser().form("/sign-in", &form).await;
        last = answer.status;
        if last == 429 {
            break;
        }
    }
    assert_eq!(last, 429);
    let right = app.browser().form("/sign-in", &[("email", "ada@example.org"), ("password", PASSWORD)]).await;
    assert_eq!(right.status, 429, "even the right password waits");
    assert!(right.header("retry-after").parse::<u32>().is_ok_and(|seconds| (1..=900).contains(&seconds)));
}

#[tokio::test]
async fn a_forgotten_password_is_set_anew_by_mail() {
    let sink = MailSink::start().await.unwrap();
    let app = TestApp::with(&format!("[smtp]\nurl = '{}'\nfrom = 'Hammock <h@example.org>'", sink.url())).await;
    let mut before = app.register("ada@example.org").await;
    let asked = app.browser().form("/forgotten-password", &[("email", "ada@example.org")]).await;
    let nobody = app.browser().form("/forgotten-password", &[("email", "eve@example.org")]).await;
    assert_eq!((asked.status, nobody.status), (200, 200));
    let mail = eventually("the mail", async || sink.mails().first().cloned()).await;
    let mail = mail.replace("=\n", "").replace("=3D", "=");
    let token =
        mail.split("token=").nth(1).unwrap_or_else(|| panic!("{mail}")).split_whitespace().next().unwrap().to_owned();
    assert_eq!(sink.mails().len(), 1, "strangers get no mail");

    let mut browser = app.browser();
    let link = format!("/new-password?token={token}");
    for _ in 0..2 {
        let opened = browser.get(&link).await;
        assert_eq!(opened.status, 200, "looking uses nothing up");
        assert!(opened.text.contains("name=\"password_again\""), "{}", opened.text);
    }
    let fields = [("token", token.as_str()), ("password", "brand new 2"), ("password_again", "brand new 2")];
    assert_eq!(browser.form("/new-password", &fields).await.status, 303);
    assert_eq!(browser.get("/api/v1/me").await.status, 200);
    assert_eq!(before.browser.get("/api/v1/me").await.status, 401, "other sessions end with the old password");
    let old = before.browser.form("/sign-in", &[("email", "ada@example.org"), ("password", PASSWORD)]).await;
    assert_eq!(old.status, 401);
    assert_eq!(app.browser().form("/new-password", &fields).await.status, 422, "a link works once");
    for ended in [link.as_str(), "/new-password?token=nobody-sent-this"] {
        let opened = app.browser().get(ended).await;
        assert_eq!(opened.status, 422, "{ended}");
        assert!(opened.text.contains("This link no longer works"), "{}", opened.text);
        assert!(!opened.text.contains("name=\"password\""), "nobody thinks up a password in vain: {}", opened.text);
    }
}

#[tokio::test]
async fn who_changes_their_password_stays_signed_in_and_nobody_else_does() {
    let app = TestApp::start().await;
    let mut here = app.register("ada@example.org").await.browser;
    let ways = [(Method::PUT, "/api/v1/me/password"), (Method::POST, "/api/fn/account/change_password")];
    for (number, (method, path)) in ways.into_iter().enumerate() {
        let (current, password) = ([PASSWORD, "brand new 0"][number], format!("brand new {number}"));
        let mut elsewhere = app.browser();
        elsewhere.form("/sign-in", &[("email", "ada@example.org"), ("password", current)]).await;
        assert_eq!(elsewhere.get("/api/v1/me").await.status, 200);
        let change = json!({ "current": current, "password": password, "password_again": password });
        let change = if path.contains("/fn/") { json!({ "change": change }) } else { change };
        let answer = here.json(method, path, &change).await;
        assert!(answer.status < 300, "{path}: {}", answer.text);
        assert_eq!(here.get("/api/v1/me").await.status, 401, "{path}: the session has another id");
        let cookie = answer.header("set-cookie").split(';').next().and_then(|cookie| cookie.split_once('=')).unwrap();
        here.cookies.insert(cookie.0.to_owned(), cookie.1.to_owned());
        assert_eq!(here.get("/api/v1/me").await.status, 200, "{path}");
        assert_eq!(elsewhere.get("/api/v1/me").await.status, 401, "{path}");
    }
}

#[tokio::test]
async fn a_sign_in_that_a_change_of_password_overtakes_begins_no_session() {
    let app = TestApp::start().await;
    let person = app.register("ada@example.org").await;
    let sign_in = async |password: &str| {
        let given = SignIn { email: "ada@example.org".into(), password: password.into(), remember: false };
        app.hammock.sign_in(given, &Origin::default()).await.unwrap()
    };
    // What the form does next.
    let begin = async |signed_in: SignedIn| {
        let sessions = Arc::new(DatabaseSessions::new(app.hammock.store().clone()));
        let session = Session::new(None, sessions, None);
        session::sign_in(&session, &signed_in, false).await.unwrap();
        session.save().await.unwrap();
        let mut browser = app.browser();
        browser.cookies.insert("hammock_session".into(), session.id().unwrap().to_string());
        browser.get("/api/v1/me").await.status
    };
    let overtaken = sign_in(PASSWORD).await;
    let change = json!({ "current": PASSWORD, "password": "brand new 2", "password_again": "brand new 2" });
    let changed = person.browser.json(Method::PUT, "/api/v1/me/password", &change).await;
    assert!(changed.status < 300, "{}", changed.text);
    assert_eq!(begin(overtaken).await, 401);
    let again = sign_in("brand new 2").await;
    assert_eq!(begin(again).await, 200);
}

#[tokio::test]
async fn nobody_is_signed_out_by_a_database_that_does_not_answer() {
    let app = TestApp::start().await;
    let browser = app.register("ada@example.org").await.browser;
    app.hammock.store().clone().close().await.unwrap();
    let answer = browser.get("/api/v1/me").await;
    assert_eq!((answer.status, answer.code().as_str()), (503, "unavailable"), "{}", answer.text);
    let page = browser.get("/users").await;
    assert_eq!((page.status, page.header("set-cookie")), (503, ""), "{}", page.text);
}

#[tokio::test]
async fn pages_ask_strangers_to_sign_in_and_lead_back() {
    let app = TestApp::start().await;
    for accepted in ["text/html", "*/*"] {
        let mut browser = app.browser();
        browser.headers.push(("accept", accepted.into()));
        let answer = browser.get("/users?page=2").await;
        assert!(answer.status == 302 || answer.status == 303, "{accepted}: {}", answer.status);
        assert!(answer.header("location").starts_with("/sign-in?next=/users"), "{}", answer.header("location"));
    }
}

#[tokio::test]
async fn only_invited_people_register_where_the_operator_says_so() {
    let app = TestApp::with("[registration]\npolicy = 'invited'").await;
    assert_eq!(app.browser().form("/register", &REGISTRATION).await.status, 303, "the very first can");
    let mut second = REGISTRATION;
    second[2].1 = "eve@example.org";
    assert_eq!(app.browser().form("/register", &second).await.status, 403);
}

#[tokio::test]
async fn of_two_who_register_at_once_one_is_the_very_first() {
    let app = TestApp::with("[registration]\npolicy = 'invited'").await;
    let (mut one, mut two) = (app.browser(), app.browser());
    let mut second = REGISTRATION;
    second[2].1 = "eve@example.org";
    let (one, two) = tokio::join!(one.form("/register", &REGISTRATION), two.form("/register", &second));
    let mut statuses = [one.status, two.status];
    statuses.sort_unstable();
    assert_eq!(statuses, [303, 403], "{}\n{}", one.text, two.text);
}

hammock_testkit::on_postgres!(
    "sign-in on PostgreSQL",
    a_newcomer_registers_and_is_inside,
    signing_in_changes_the_session_and_signing_out_ends_it,
    a_request_under_way_brings_no_ended_session_back,
    attempts_are_limited,
    a_forgotten_password_is_set_anew_by_mail,
    who_changes_their_password_stays_signed_in_and_nobody_else_does,
    a_sign_in_that_a_change_of_password_overtakes_begins_no_session,
    only_invited_people_register_where_the_operator_says_so,
    of_two_who_register_at_once_one_is_the_very_first,
);
