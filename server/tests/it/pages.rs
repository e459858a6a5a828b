//! Pages as the server sends them: their titles, and what stands where nothing is.

use hammock_contract::user::Role;
use serde_json::json;

use crate::support::{Answer, TestApp};

/// The one title of a page, as its HTML has it.
fn title(page: &Answer) -> &str {
    let (_, rest) = page.text.split_once("<title>").unwrap_or_else(|| panic!("no title: {}", page.text));
    let (title, rest) = rest.split_once("</title>").unwrap();
    assert!(!rest.contains("<title"), "a second title: {}", page.text);
    title
}

/// An address, the status after the form with these fields, and the title of the page that comes back.
type Attempt<'a> = (&'a str, u16, &'a [(&'a str, &'a str)], &'a str);

#[tokio::test]
async fn the_pages_without_scripts_have_their_title_whatever_came_of_their_form() {
    let app = TestApp::start().await;
    app.register("ada@example.org").await;
    for (path, expected) in [
        ("/sign-in", "Welcome back · Hammock"),
        ("/register", "Create an account · Hammock"),
        ("/forgotten-password", "Forgotten password · Hammock"),
        ("/new-password?token=nobody-sent-this", "This link no longer works · Hammock"),
    ] {
        assert_eq!(title(&app.browser().get(path).await), expected, "{path}");
    }
    let unknown = [("token", "nobody-sent-this"), ("password", "brand new 2"), ("password_again", "brand new 2")];
    let wrong: [Attempt; 4] = [
        ("/sign-in", 401, &[("email", "ada@example.org"), ("password", "nonsense 1")], "Welcome back · Hammock"),
        ("/register", 422, &[("email", "ada"), ("password", "short")], "Create an account · Hammock"),
        ("/forgotten-password", 422, &[("email", "ada")], "Forgotten password · Hammock"),
        ("/new-password", 422, &unknown, "This link no longer works · Hammock"),
    ];
    for (path, status, fields, expected) in wrong {
        let again = app.browser().form(path, fields).await;
        assert_eq!((again.status, title(&again)), (status, expected), "{path}");
    }
}

#[tokio::test]
async fn nothing_in_a_title_is_markup() {
    let app = TestApp::with("[server]\nname = 'Knots & </title><b>Ropes</b>'").await;
    let entrance = app.browser().get("/sign-in").await;
    assert_eq!(title(&entrance), "Welcome back · Knots &amp; &lt;/title>&lt;b>Ropes&lt;/b>");
    let owner = app.register("ada@example.org").await;
    let new = json!({ "name": "Tips & </title><b>tricks</b>", "collections": [] });
    let made = owner.browser.post("/api/v1/assistants", &new).await;
    assert_eq!(made.status, 201, "{}", made.text);
    let page = owner.browser.get(&format!("/assistants/{}", made.json()["id"].as_str().unwrap())).await;
    assert_eq!(title(&page), "Tips &amp; &lt;/title>&lt;b>tricks&lt;/b> · Hammock");
}

#[tokio::test]
async fn the_settings_of_an_assistant_come_with_its_page() {
    let app = TestApp::start().await;
    let owner = app.register("ada@example.org").await;
    let made = owner.browser.post("/api/v1/assistants", &json!({ "name": "Knots", "collections": [] })).await;
    assert_eq!(made.status, 201, "{}", made.text);
    for address in ["/assistants/new".to_owned(), format!("/assistants/{}", made.json()["id"].as_str().unwrap())] {
        let page = owner.browser.get(&address).await;
        assert_eq!(page.status, 200, "{address}: {}", page.text);
        assert!(page.text.contains("assistant-form"), "{address}: {}", page.text);
    }
}

#[tokio::test]
async fn an_assistant_has_a_page_for_each_of_its_sides() {
    let app = TestApp::start().await;
    let owner = app.register("ada@example.org").await;
    let colleague = app.colleague(&owner, "adam@example.org", Role::User).await;
    let made = owner.browser.post("/api/v1/assistants", &json!({ "name": "Knots", "collections": [] })).await;
    assert_eq!(made.status, 201, "{}", made.text);
    let assistant = format!("/assistants/{}", made.json()["id"].as_str().unwrap());
    for (side, shown) in [("interfaces", "chat-preview"), ("visitors", "No visitors yet")] {
        let page = owner.browser.get(&format!("{assistant}/{side}")).await;
        assert_eq!((page.status, title(&page)), (200, "Knots · Hammock"), "{side}: {}", page.text);
        assert!(page.text.contains(shown), "{side}: {}", page.text);
    }
    // Others see how it can be reached, and nothing of who its visitors are.
    let page = colleague.browser.get(&format!("{assistant}/interfaces")).await;
    assert_eq!(page.status, 200, "{}", page.text);
    assert!(page.text.contains("Read-only for you") && !page.text.contains("/visitors\""), "{}", page.text);
    let page = colleague.browser.get(&format!("{assistant}/visitors")).await;
    assert_eq!(page.status, 403, "{}", page.text);
    for address in [format!("{assistant}/elsewhere"), "/assistants/asst_unknown/interfaces".to_owned()] {
        let page = owner.browser.get(&address).await;
        assert_eq!((page.status, title(&page)), (404, "There is nothing here · Hammock"), "{address}");
    }
}

#[tokio::test]
async fn a_conversation_that_is_not_there_is_not_found() {
    let app = TestApp::start().await;
    let owner = app.register("ada@example.org").await;
    let new = owner.browser.get("/chat").await;
    assert_eq!((new.status, title(&new)), (200, "Chat · Hammock"));
    for address in ["/chat/conv_nope", "/chat/no-conversation-at-all"] {
        let page = owner.browser.get(address).await;
        assert_eq!((page.status, title(&page)), (404, "There is nothing here · Hammock"), "{address}");
        assert!(page.text.contains("This conversation is not there"), "{address}: {}", page.text);
        assert!(!page.text.contains("How can I help?"), "{address}: {}", page.text);
    }
}

#[tokio::test]
async fn a_source_has_a_page_of_its_own() {
    let app = TestApp::start().await;
    let owner = app.register("ada@example.org").await;
    let collection = owner.browser.post("/api/v1/collections", &json!({ "name": "Museum" })).await.json();
    let collection = collection["id"].as_str().unwrap();
    let new = json!({ "kind": "upload", "name": "Minutes" });
    let made = owner.browser.post(&format!("/api/v1/collections/{collection}/sources"), &new).await;
    assert_eq!(made.status, 201, "{}", made.text);
    let address = format!("/data/{collection}/sources/{}", made.json()["id"].as_str().unwrap());
    for (tab, said) in [
        ("", "Files that answer"),
        ("/questions", "No questions about this source"),
        ("/access", "Who can see this, and why?"),
        ("/settings", "source-settings"),
    ] {
        let page = owner.browser.get(&format!("{address}{tab}")).await;
        assert_eq!((page.status, title(&page)), (200, "Minutes · Hammock"), "{tab}");
        assert!(page.text.contains(said), "{tab}: {}", page.text);
    }
    // Files are not crawled, and there is no such tab at all.
    for tab in ["crawls", "nonsense"] {
        assert_eq!(owner.browser.get(&format!("{address}/{tab}")).await.status, 404, "{tab}");
    }
    for source in ["src_nope", "no-source-at-all"] {
        let page = owner.browser.get(&format!("/data/{collection}/sources/{source}")).await;
        assert_eq!((page.status, title(&page)), (404, "There is nothing here · Hammock"), "{source}");
    }
    // Users read; what only administrators do is not offered to them.
    let user = app.colleague(&owner, "adam@example.org", Role::User).await.browser;
    let page = user.get(&address).await;
    assert_eq!(page.status, 200, "{}", page.text);
    assert!(!page.text.contains(&format!("{address}/settings")) && !page.text.contains("source-menu"), "{}", page.text);
    assert_eq!(user.get(&format!("{address}/settings")).await.status, 403);
    // A source is found in its own collection alone, and by nobody else.
    assert_eq!(owner.browser.get(&address.replace(collection, "coll_handbook")).await.status, 404);
    let stranger = app.register("eva@example.org").await;
    assert_eq!(stranger.browser.get(&address).await.status, 404);
}

#[tokio::test]
async fn a_page_tells_the_largest_file_that_a_question_takes() {
    for (limits, largest) in [("", "25000000"), ("[limits]\nupload_bytes = 1000", "1000")] {
        let app = TestApp::with(limits).await;
        let owner = app.register("ada@example.org").await;
        let page = owner.browser.get("/chat").await;
        let told = format!("name=\"hammock-largest-file\" content=\"{largest}\"");
        assert!(page.status == 200 && page.text.contains(&told), "{limits}: {}", page.text);
    }
}
