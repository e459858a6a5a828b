//! Who comes in: invited people by the link of their mail, others by registering, some at a time.

use hammock_testkit::mail::MailSink;

use crate::support::{PASSWORD, TestApp, eventually};

#[tokio::test]
async fn an_invitation_names_the_organisation_and_asks_to_accept_the_terms() {
    let sink = MailSink::start().await.unwrap();
    let app = TestApp::with(&format!("[smtp]\nurl = '{}'\nfrom = 'Hammock <h@example.org>'", sink.url())).await;
    let owner = app.register("ada@example.org").await;
    let body = serde_json::json!({
        "first_name": "Bo", "last_name": "Bell", "email": "bo@example.org", "role": "user",
        "first_password": { "kind": "invite" },
    });
    let added = owner.browser.post("/api/v1/users", &body).await;
    assert_eq!(added.status, 201, "{}", added.text);
    let mail = eventually("the mail", async || sink.mails().first().cloned()).await;
    let mail = mail.replace("=\n", "").replace("=3D", "=");
    let token = mail.split("token=").nth(1).unwrap().split_whitespace().next().unwrap().to_owned();

    let mut browser = app.browser();
    let opened = browser.get(&format!("/new-password?token={token}")).await;
    let fields = [("token", token.as_str()), ("password", "brand new 2"), ("password_again", "brand new 2")];
    let unticked = browser.form("/new-password", &fields).await;
    assert_eq!((opened.status, unticked.status), (200, 422));
    for page in [&opened.text, &unticked.text] {
        for expected in ["Organisation of ada@example.org", "bo@example.org", "name=\"accept_terms\"", "\"/terms\""] {
            assert!(page.contains(expected), "{expected}: {page}");
        }
        assert!(!page.contains("/forgotten-password"), "nobody has forgotten a password yet: {page}");
    }
    let ticked = [fields[0], fields[1], fields[2], ("accept_terms", "on")];
    assert_eq!(browser.form("/new-password", &ticked).await.status, 303);
    assert_eq!(browser.get("/api/v1/me").await.status, 200);
}

#[tokio::test]
async fn only_so_many_register_from_one_address() {
    let app = TestApp::with("[registration]\nper_address = 1").await;
    let register = async |email: &str, peer: &str| {
        let fields = [
            ("first_name", "Ada"),
            ("last_name", "Lovelace"),
            ("email", email),
            ("password", PASSWORD),
            ("password_again", PASSWORD),
            ("accept_terms", "on"),
        ];
        let mut browser = app.browser();
        browser.peer = peer.parse().unwrap();
        browser.form("/register", &fields).await
    };
    assert_eq!(register("ada@example.org", "198.51.100.7:1").await.status, 303);
    let refused = register("bo@example.org", "198.51.100.7:2").await;
    assert_eq!(refused.status, 429);
    assert!(refused.header("retry-after").parse::<u32>().is_ok_and(|seconds| (1..=900).contains(&seconds)));
    assert_eq!(register("bo@example.org", "198.51.100.8:1").await.status, 303);
}
