//! The page of an assistant's public chat, and the widget's files for other sites.

use axum::http::Method;
use serde_json::json;

use crate::support::{Client, TestApp};

/// A title that would like to be more than a text.
const TITLE: &str = "Help </title><b>box</b>";

#[tokio::test]
async fn the_public_chat_has_a_page() {
    has_a_page(&TestApp::start().await).await;
}

async fn has_a_page(app: &TestApp) {
    let (owner, stranger) = (app.register("ada@example.org").await.browser, app.browser());
    let made = owner.post("/api/v1/assistants", &json!({ "name": "Help", "collections": [] })).await;
    assert_eq!(made.status, 201, "{}", made.text);
    let assistant = made.json()["id"].as_str().unwrap().to_owned();
    let path = format!("/public/{assistant}");

    // Nobody has switched it on: it is the same as one that never was.
    for path in [path.as_str(), "/public/asst_none"] {
        let missing = stranger.get(path).await;
        assert_eq!(missing.status, 404, "{}", missing.text);
        assert!(missing.text.contains("This link leads nowhere"), "{}", missing.text);
        assert!(!missing.text.contains("hammock-chat") && !missing.text.contains("<script"), "{}", missing.text);
    }

    let settings = json!({
        "public_chat": true,
        "origins": ["https://shop.example"],
        "appearance": { "title": TITLE },
    });
    let saved = owner.json(Method::PUT, &format!("/api/v1/assistants/{assistant}/interfaces"), &settings).await;
    assert_eq!(saved.status, 200, "{}", saved.text);

    let page = stranger.get(&path).await;
    assert_eq!(page.status, 200, "{}", page.text);
    assert!(page.text.contains(&format!("assistant=\"{assistant}\"")), "{}", page.text);
    assert!(page.text.contains("<title>Help &lt;/title&gt;&lt;b&gt;box&lt;/b&gt;</title>"), "{}", page.text);
    assert_eq!(page.text.matches("<script").count(), 1, "{}", page.text);
    assert_eq!(page.header("x-robots-tag"), "noindex, nofollow, noarchive");
    assert!(!page.headers.contains_key("set-cookie"));
    let policy = page.header("content-security-policy");
    assert!(policy.starts_with("default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; connect-src 'self';"));
    assert!(policy.ends_with("frame-ancestors 'none'"), "{policy}");

    let framed = stranger.get(&format!("{path}?frame=1")).await;
    let policy = framed.header("content-security-policy");
    assert!(policy.ends_with("frame-ancestors 'self' https://shop.example"), "{policy}");

    // In a frame it looks as the page around says; by its own address it looks as it is set.
    let look = "lang=cs&scheme=dark&accent=%23123456&on-accent=url(https://evil.example)";
    let framed = stranger.get(&format!("{path}?frame=1&page=fr&{look}")).await;
    assert!(framed.text.contains(" lang=\"cs\" scheme=\"dark\" accent=\"#123456\"></hammock-chat>"), "{}", framed.text);
    assert!(framed.text.contains("<html lang=\"cs\">") && !framed.text.contains("evil"), "{}", framed.text);
    let alone = stranger.get(&format!("{path}?{look}")).await;
    assert!(alone.text.contains(&format!("assistant=\"{assistant}\"></hammock-chat>")), "{}", alone.text);

    // A frame is told which page is around it: by the script there, else as the browser says; no other page is.
    let (by_script, nobody) = (format!("{path}?frame=1&origin=https://shop.example"), format!("{path}?frame=1"));
    let sent_from = |referrer: &str| Client { headers: vec![("referer", referrer.to_owned())], ..app.browser() };
    for (browser, path, around) in [
        (sent_from("https://news.example/a?b=c"), &by_script, "https://shop.example"),
        (sent_from("https://news.example/a?b=c"), &nobody, "https://news.example"),
        (app.browser(), &nobody, "null"),
    ] {
        let framed = browser.get(path).await;
        assert!(framed.text.contains(&format!(" framed-by=\"{around}\"></hammock-chat>")), "{}", framed.text);
    }
    let alone = sent_from("https://news.example/").get(&format!("{path}?origin=https://shop.example")).await;
    assert!(alone.status == 200 && !alone.text.contains("framed-by"), "{}", alone.text);

    let settings = json!({ "public_chat": false, "widget": true });
    owner.json(Method::PUT, &format!("/api/v1/assistants/{assistant}/interfaces"), &settings).await;
    assert_eq!(stranger.get(&path).await.status, 404);
}

#[tokio::test]
async fn a_file_of_another_build_is_not_there_and_is_not_kept() {
    let app = TestApp::start().await;
    for path in ["/embed/0123456789ab/hammock-widget.js", "/embed/"] {
        let missing = app.browser().get(path).await;
        assert_eq!((missing.status, missing.header("cache-control")), (404, "no-store"), "{path}");
    }
}

hammock_testkit::on_postgres!("the page of the public chat on PostgreSQL", the_public_chat_has_a_page);
