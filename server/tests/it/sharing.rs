//! Conversations that are read by a link: by strangers, by people of the organisation, and by nobody once it is revoked.

use axum::http::Method;
use hammock_contract::user::Role;
use serde_json::{Value, json};

use crate::support::{Answer, Client, TestApp, knowledge::collection_with, long::lengthen, share_path as path};

const MANUAL: &[u8] =
    b"# Returns\n\nA parcel can be sent back within thirty days. The refund is paid within five working days.\n\n\
# Opening hours\n\nThe shop is open from nine to six.\n";
const QUESTION: &str = "Within how many days can a parcel be sent back?";
/// A title that would like to be more than a text.
const TITLE: &str = "Returns & </title><b>box</b> \"x\"";

/// What is on no page of a link: nothing that runs, nothing from elsewhere, no id, nothing about the organisation.
const NEVER: [&str; 13] = [
    "<script",
    ".wasm",
    "src=",
    "http://",
    "conv_",
    "msg_",
    "doc_",
    "coll_",
    "asst_",
    "Organisation of",
    "ada@example.org",
    "Lovelace",
    "Secret assistant",
];

/// A collection with a document that answers, and an assistant for it.
async fn assistant(owner: &Client) -> (String, String) {
    let collection = collection_with(owner, "manual.md", MANUAL).await;
    let made =
        owner.post("/api/v1/assistants", &json!({ "name": "Secret assistant", "collections": [collection] })).await;
    assert_eq!(made.status, 201, "{}", made.text);
    (made.json()["id"].as_str().unwrap().to_owned(), collection)
}

/// Asks; the conversation.
async fn converse(client: &Client, assistant: &str, text: &str) -> String {
    let answer = client.post("/api/v1/chat", &json!({ "assistant": assistant, "text": text })).await;
    assert_eq!(answer.status, 200, "{}", answer.text);
    let started = answer.text.lines().find_map(|line| line.strip_prefix("data:")).unwrap();
    let started: Value = serde_json::from_str(started.trim()).unwrap();
    started["conversation"].as_str().unwrap().to_owned()
}

async fn share(client: &Client, conversation: &str, settings: &Value) -> Value {
    let made = client.post(&format!("/api/v1/conversations/{conversation}/shares"), settings).await;
    assert_eq!(made.status, 201, "{}", made.text);
    made.json()
}

/// That a page is one of a link, whatever came of opening it.
fn assert_keeps_to_itself(page: &Answer) {
    assert_eq!(page.header("x-robots-tag"), "noindex, nofollow, noarchive");
    assert_eq!(page.header("referrer-policy"), "same-origin");
    assert_eq!(page.header("cache-control"), "no-store");
    let policy = page.header("content-security-policy");
    assert!(policy.starts_with("default-src 'none';") && !policy.contains("script-src"), "{policy}");
    assert!(page.text.contains("<meta name=\"robots\" content=\"noindex"), "{}", page.text);
    assert!(page.text.ends_with("</html>"), "{}", page.text);
    for never in NEVER {
        assert!(!page.text.contains(never), "{never}: {}", page.text);
    }
}

/// The lists of sources on a page: an answer that quotes has quotations of its own.
fn sources_of(page: &Answer) -> String {
    let lists = page.text.split("class=\"sources\"").skip(1);
    lists.map(|list| list.split("</article>").next().unwrap_or_default()).collect()
}

#[tokio::test]
async fn a_conversation_is_read_by_its_link() {
    read_by_link(&TestApp::with_worker("").await).await;
}

async fn read_by_link(app: &TestApp) {
    let owner = app.register("ada@example.org").await;
    let mut colleague = app.colleague(&owner, "bo@example.org", Role::User).await.browser;
    let mut other = app.register("eve@example.com").await.browser;
    let (mut stranger, owner) = (app.browser(), owner.browser);
    let (assistant, collection) = assistant(&owner).await;
    let conversation = converse(&owner, &assistant, QUESTION).await;
    let renamed = json!({ "title": TITLE });
    let renamed = owner.json(Method::PATCH, &format!("/api/v1/conversations/{conversation}"), &renamed).await;
    assert_eq!(renamed.status, 200, "{}", renamed.text);
    let link = share(&owner, &conversation, &json!({ "audience": "anyone" })).await;

    // A stranger reads the text, and of the sources the numbers.
    let page = stranger.get(path(&link)).await;
    assert_eq!(page.status, 200, "{}", page.text);
    assert_keeps_to_itself(&page);
    assert!(page.text.contains("thirty days"), "{}", page.text);
    assert!(page.text.contains("Shared with anyone who has the link."), "{}", page.text);
    assert!(page.text.contains("href=\"#message-2-source-1\"") && page.text.contains("id=\"message-2-source-1\""));
    assert!(
        page.text.contains("This source is not shown here.") && !sources_of(&page).contains("<blockquote"),
        "{}",
        page.text
    );
    assert!(!page.text.contains("Show reasoning") && !page.text.contains("/copy\""), "{}", page.text);
    assert!(page.text.contains("property=\"og:description\" content=\"Within how many days"), "{}", page.text);
    assert!(
        page.text.contains("<title>Returns &amp; &lt;/title>&lt;b>box&lt;/b> \"x\" · Hammock</title>"),
        "{}",
        page.text
    );
    let title = page.text.split("property=\"og:title\" content=\"").nth(1).unwrap();
    assert!(title.split('"').next().unwrap().contains("&quot;x&quot;"), "{}", page.text);
    assert!(!page.text.contains("<b>box"), "{}", page.text);
    assert!(stranger.get(&format!("{}?lang=cs", path(&link))).await.text.contains("<html lang=\"cs\""));

    // More is there where it was chosen, and only of what everybody in the organisation sees.
    let all = json!({ "audience": "anyone", "with_reasoning": true, "with_sources": true, "includes_later": true });
    let rich = share(&owner, &conversation, &all).await;
    let page = stranger.get(path(&rich)).await;
    assert_keeps_to_itself(&page);
    assert!(page.text.contains("Show reasoning") && sources_of(&page).contains("<blockquote"), "{}", page.text);
    assert!(page.text.contains("Later messages will be here, too."), "{}", page.text);
    let private = json!({ "access": "private" });
    let restricted = owner.json(Method::PATCH, &format!("/api/v1/collections/{collection}"), &private).await;
    assert_eq!(restricted.status, 200, "{}", restricted.text);
    assert!(!sources_of(&stranger.get(path(&rich)).await).contains("<blockquote"));
    assert!(!sources_of(&colleague.get(path(&rich)).await).contains("<blockquote"));
    assert!(sources_of(&owner.get(path(&link)).await).contains("<blockquote"), "who sees it sees it here");

    // People of the organisation go on in a copy; nobody else does, and who is signed in elsewhere is not asked to sign in.
    let sign_in = format!("/sign-in?next={}", path(&link));
    assert!(stranger.get(path(&link)).await.text.contains(&sign_in));
    let elsewhere = other.get(path(&link)).await;
    assert_keeps_to_itself(&elsewhere);
    assert!(elsewhere.text.contains("thirty days") && !elsewhere.text.contains("/sign-in"), "{}", elsewhere.text);
    assert!(!elsewhere.text.contains("/copy\""), "{}", elsewhere.text);
    let copy = format!("{}/copy", path(&link));
    assert!(colleague.get(path(&link)).await.text.contains(&format!("action=\"{copy}\"")));
    let copied = colleague.form(&copy, &[]).await;
    assert_eq!(copied.status, 303, "{}", copied.text);
    let read =
        colleague.get(&format!("/api/v1{}", copied.header("location").replace("/chat/", "/conversations/"))).await;
    assert_eq!((read.status, read.json()["messages"].as_array().unwrap().len()), (200, 2), "{}", read.text);
    assert!(read.json()["messages"][1]["citations"][0]["hidden"].as_bool().unwrap(), "{}", read.text);
    assert_eq!(owner.get(&format!("/api/v1/conversations/{}", read.json()["id"].as_str().unwrap())).await.status, 404);
    assert_eq!(other.form(&copy, &[]).await.status, 404);
    let led = stranger.form(&copy, &[]).await;
    assert_eq!((led.status, led.header("location")), (303, format!("/sign-in?next={}", path(&link)).as_str()));
    let forged = Client { headers: vec![("sec-fetch-site", "cross-site".to_owned())], ..colleague.clone() };
    assert_eq!(forged.send(Method::POST, &copy, "", axum::body::Body::empty()).await.status, 403);

    // For the organisation: who is not signed in is led to signing in and back, and others find nothing.
    let address = format!("/api/v1/conversations/{conversation}/shares/{}", link["id"].as_str().unwrap());
    let changed = owner.json(Method::PUT, &address, &json!({ "audience": "organisation" })).await;
    assert_eq!((changed.status, &changed.json()["address"]), (200, &link["address"]), "{}", changed.text);
    let led = stranger.get(path(&link)).await;
    assert_eq!((led.status, led.header("location")), (303, format!("/sign-in?next={}", path(&link)).as_str()));
    assert!(!led.text.contains("thirty"));
    let fields = [("email", "bo@example.org"), ("password", crate::support::PASSWORD), ("next", path(&link))];
    let entered = stranger.form("/sign-in", &fields).await;
    assert_eq!((entered.status, entered.header("location")), (303, path(&link)), "{}", entered.text);
    let page = stranger.get(path(&link)).await;
    assert_eq!(page.status, 200, "{}", page.text);
    assert!(page.text.contains("Shared with people of your organisation who are signed in."), "{}", page.text);
    assert_eq!(other.get(path(&link)).await.status, 404);

    // Revoked, it is not there; taken back, it is; it goes with its conversation.
    let nowhere = |page: &Answer| {
        assert_eq!(page.status, 404, "{}", page.text);
        assert!(page.text.contains("This link leads nowhere") && !page.text.contains("thirty"), "{}", page.text);
        assert_keeps_to_itself(page);
    };
    assert_eq!(owner.delete(&address).await.status, 204);
    nowhere(&stranger.get(path(&link)).await);
    assert_eq!(owner.delete(&address).await.status, 404);
    let restored = owner.send(Method::POST, &format!("{address}/restore"), "", axum::body::Body::empty()).await;
    assert_eq!(restored.status, 200, "{}", restored.text);
    assert_eq!(stranger.get(path(&link)).await.status, 200);
    assert_eq!(owner.delete(&format!("/api/v1/conversations/{conversation}")).await.status, 204);
    nowhere(&stranger.get(path(&link)).await);
    nowhere(&app.browser().get("/share/nobody-made-this").await);
    nowhere(&app.browser().get("/share/%ff%00").await);
}

#[tokio::test]
async fn every_id_of_a_link_is_its_persons_alone() {
    ids_are_its_persons(&TestApp::start().await).await;
}

async fn ids_are_its_persons(app: &TestApp) {
    let owner = app.register("ada@example.org").await;
    let colleague = app.colleague(&owner, "bo@example.org", Role::Administrator).await.browser;
    let other = app.register("eve@example.com").await.browser;
    let owner = owner.browser;
    let assistant = owner.post("/api/v1/assistants", &json!({ "name": "Theirs", "collections": [] })).await.json();
    let conversation = converse(&owner, assistant["id"].as_str().unwrap(), "Hello?").await;
    let link = share(&owner, &conversation, &json!({ "audience": "anyone" })).await;
    let shares = format!("/api/v1/conversations/{conversation}/shares");
    let one = format!("{shares}/{}", link["id"].as_str().unwrap());
    let restore = format!("{one}/restore");
    let wanted = json!({ "audience": "anyone" });
    for (who, client, expected) in
        [("another person", &colleague, 404), ("another organisation", &other, 404), ("nobody", &app.browser(), 401)]
    {
        assert_eq!(client.get(&shares).await.status, expected, "{who}");
        assert_eq!(client.post(&shares, &wanted).await.status, expected, "{who}");
        assert_eq!(client.json(Method::PUT, &one, &wanted).await.status, expected, "{who}");
        assert_eq!(client.delete(&one).await.status, expected, "{who}");
        assert_eq!(client.send(Method::POST, &restore, "", axum::body::Body::empty()).await.status, expected, "{who}");
    }
    // Its id is no token, and its token no id.
    assert_eq!(app.browser().get(&format!("/share/{}", link["id"].as_str().unwrap())).await.status, 404);
    let token = path(&link).trim_start_matches("/share/");
    assert_eq!(owner.json(Method::PUT, &format!("{shares}/{token}"), &wanted).await.status, 404);
    // A link of one conversation is not one of another.
    let second = converse(&owner, assistant["id"].as_str().unwrap(), "Once more?").await;
    let mixed = format!("/api/v1/conversations/{second}/shares/{}", link["id"].as_str().unwrap());
    assert_eq!(owner.delete(&mixed).await.status, 404);

    let listed = owner.get(&shares).await.json();
    assert_eq!((&listed["items"][0], listed["items"].as_array().map(Vec::len)), (&link, Some(1)), "{listed}");
    for (wrong, field) in [
        (json!({ "audience": "everybody" }), "audience"),
        (json!({ "audience": "anyone", "expires_at": "2001-01-01T00:00:00Z" }), "expires_at"),
    ] {
        let refused = owner.post(&shares, &wrong).await;
        assert_eq!((refused.status, &refused.json()["error"]["field"]), (422, &json!(field)), "{}", refused.text);
    }
}

/// Where a link of a page leads; nothing where there is none with this text.
fn led_by(page: &Answer, text: &str) -> Option<String> {
    let (before, _) = page.text.split_once(&format!(">{text}<"))?;
    let (_, address) = before.rsplit_once("href=\"")?;
    Some(address.split('"').next()?.replace("&amp;", "&"))
}

#[tokio::test]
async fn the_parts_of_a_long_conversation_lead_back_and_forth() {
    let app = TestApp::start().await;
    let person = app.register("ada@example.org").await;
    let owner = &person.browser;
    let assistant = owner.post("/api/v1/assistants", &json!({ "name": "Theirs", "collections": [] })).await.json();
    let conversation = converse(owner, assistant["id"].as_str().unwrap(), "Hello?").await;
    lengthen(&app, &person.user, &conversation, (3..=203).map(|number| format!("Question {number}."))).await;
    let link = share(owner, &conversation, &json!({ "audience": "anyone" })).await;
    let (reader, address) = (app.browser(), path(&link));
    let to = |last: u32| Some(format!("{address}?to={last}"));

    let newest = reader.get(address).await;
    assert!(newest.text.contains("Question 203.") && !newest.text.contains("Question 3."), "{}", newest.text);
    assert_eq!((led_by(&newest, "Earlier messages"), led_by(&newest, "Later messages")), (to(3), None));
    let first = reader.get(&to(3).unwrap()).await;
    assert!(first.text.contains("Question 3.") && !first.text.contains("Question 4."), "{}", first.text);
    assert_eq!((led_by(&first, "Earlier messages"), led_by(&first, "Later messages")), (None, to(203)));
    let middle = reader.get(&to(202).unwrap()).await;
    assert_eq!((led_by(&middle, "Earlier messages"), led_by(&middle, "Later messages")), (to(2), to(203)));
    for (language, text) in [("fr", "Messages suivants"), ("cs", "Novější zprávy")] {
        let page = reader.get(&format!("{address}?to=3&lang={language}")).await;
        assert_eq!(led_by(&page, text), Some(format!("{address}?to=203&lang={language}")), "{}", page.text);
    }
}

#[tokio::test]
async fn who_tries_links_is_told_to_wait() {
    let app = TestApp::start().await;
    let owner = app.register("ada@example.org").await.browser;
    let assistant = owner.post("/api/v1/assistants", &json!({ "name": "Theirs", "collections": [] })).await.json();
    let conversation = converse(&owner, assistant["id"].as_str().unwrap(), "Hello?").await;
    let link = share(&owner, &conversation, &json!({ "audience": "anyone" })).await;
    let stranger = app.browser();
    for number in 0..100 {
        assert_eq!(stranger.get(&format!("/share/guess-{number}")).await.status, 404, "{number}");
    }
    let refused = stranger.get("/share/guess").await;
    assert_eq!(refused.status, 429, "{}", refused.text);
    assert!(refused.header("retry-after").parse::<u32>().is_ok_and(|seconds| seconds > 0));
    assert_keeps_to_itself(&refused);
    assert_eq!(stranger.get(path(&link)).await.status, 200, "a link that there is opens");
    assert_eq!(stranger.get("/sign-in").await.status, 200);
}

hammock_testkit::on_postgres!(
    "conversations that are shared on PostgreSQL",
    a_conversation_is_read_by_its_link,
    every_id_of_a_link_is_its_persons_alone,
);
