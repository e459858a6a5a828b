//! Visitors say who they are: with a provider, in a window of ours, or as the host site signs it.

mod conversations;
mod support;

use axum::{body::Body, http::Method};
use hammock_testkit::{
    openid::{CLIENT, OpenIdServer, SECRET, hs256},
    postgres::TemporaryDatabase,
};
use serde_json::{Value, json};

use crate::support::{Client, TestApp};
use support::{
    DONE, SHOP, assert_failed, assistant, enter, expiry, id, open, page, path_of, said, settings, signed_in, ticket,
    with_token,
};

#[tokio::test]
async fn a_visitor_signs_in_and_is_the_same_on_another_device() {
    signs_in("").await;
}

#[tokio::test]
async fn a_visitor_signs_in_and_is_the_same_on_another_device_on_postgres() {
    let Some(database) = TemporaryDatabase::create("a visitor who signs in, on PostgreSQL") else { return };
    signs_in(&format!("[database]\nurl = '{}'\n", database.url())).await;
}

async fn signs_in(toml: &str) {
    let provider = OpenIdServer::start().await.unwrap();
    let app = TestApp::with(&format!("{toml}[egress]\nallow = ['{}']", provider.authority())).await;
    let owner = app.register("ada@example.org").await.browser;
    let assistant = assistant(&owner, "Shop").await;
    open(&owner, &assistant, settings(&provider)).await;
    let secret = format!("/api/v1/assistants/{assistant}/interfaces/openid-secret");
    assert_eq!(owner.json(Method::PUT, &secret, &json!({ "secret": SECRET })).await.status, 204);
    let shown = owner.get(&format!("/api/v1/assistants/{assistant}/interfaces")).await;
    assert_eq!(shown.json()["has_openid_secret"], true, "{}", shown.text);
    assert!(!shown.text.contains(SECRET), "{}", shown.text);
    assert!(shown.json()["sign_in_redirect"].as_str().unwrap().ends_with(DONE), "{}", shown.text);

    // What the widget is told.
    let shop = page(&app, SHOP);
    let public = shop.get(&format!("/api/v1/public/assistants/{assistant}")).await.json();
    let path = format!("/public/sign-in/{assistant}/openid");
    let offered = json!({ "required": false, "signed_identity": false,
        "providers": [{ "id": "openid", "name": "Example", "url": path }] });
    assert_eq!(public["sign_in"], offered, "{public}");

    // Somebody asks and signs in: what they asked is theirs.
    let anonymous = enter(&shop, &assistant, json!({})).await.json();
    assert_eq!((&anonymous["name"], &anonymous["signed_in"]), (&Value::Null, &json!(false)), "{anonymous}");
    let visitor = with_token(&shop, &id(&anonymous["token"]));
    assert_eq!(visitor.post("/api/v1/public/chat", &json!({ "text": "Hello?" })).await.status, 200);
    let entry = signed_in(&app, &provider, &assistant, Some(&anonymous["token"])).await;
    assert_ne!(entry["visitor"], anonymous["visitor"], "{entry}");
    assert_eq!((&entry["name"], &entry["signed_in"]), (&json!("Eva Example"), &json!(true)), "{entry}");
    assert!(entry["conversation"].is_string(), "{entry}");
    // Whoever else has the token of before is not this person.
    let left = visitor.get("/api/v1/public/conversations").await.json();
    assert_eq!(left["items"], json!([]), "{left}");
    let stale = enter(&shop, &assistant, json!({ "token": anonymous["token"] })).await.json();
    assert_eq!(
        (&stale["visitor"], &stale["name"], &stale["signed_in"], &stale["conversation"]),
        (&anonymous["visitor"], &Value::Null, &json!(false), &Value::Null)
    );

    // On another device, a question without a name, and then the same person: everything is theirs.
    let other = enter(&shop, &assistant, json!({})).await.json();
    let second = with_token(&shop, &id(&other["token"]));
    assert_eq!(second.post("/api/v1/public/chat", &json!({ "text": "And here?" })).await.status, 200);
    provider.tell_at_the_end(true);
    let again = signed_in(&app, &provider, &assistant, Some(&other["token"])).await;
    assert_eq!((&again["visitor"], &again["name"]), (&entry["visitor"], &json!("Eva Example")), "{again}");
    let own = with_token(&shop, &id(&again["token"])).get("/api/v1/public/conversations").await.json();
    assert_eq!(own["items"].as_array().map(Vec::len), Some(2), "{own}");
    let left = second.get("/api/v1/public/conversations").await.json();
    assert_eq!(left["items"], json!([]), "{left}");
    let list = owner.get(&format!("/api/v1/assistants/{assistant}/visitor-conversations")).await.json();
    for row in list["items"].as_array().unwrap() {
        assert_eq!(
            (&row["visitor"]["name"], &row["visitor"]["email"]),
            (&json!("Eva Example"), &json!("eva@example.org"))
        );
    }

    // Who is somebody already does not give what is theirs to the next one on the same device.
    provider.tell_at_the_end(false);
    provider.say(json!({ "sub": "2", "name": "Bo", "email": null }));
    let next = signed_in(&app, &provider, &assistant, Some(&again["token"])).await;
    assert_ne!(next["visitor"], again["visitor"], "{next}");
    assert_eq!((&next["name"], &next["conversation"]), (&json!("Bo"), &Value::Null), "{next}");

    // The same person of another organisation's assistant is another visitor.
    provider.say(json!({}));
    let stranger = app.register("grace@example.org").await.browser;
    let foreign = support::assistant(&stranger, "Elsewhere").await;
    open(&stranger, &foreign, settings(&provider)).await;
    let there = signed_in(&app, &provider, &foreign, None).await;
    assert_ne!(there["visitor"], entry["visitor"], "{there}");
    assert_eq!(there["conversation"], Value::Null, "{there}");
    let tried = stranger.json(Method::PUT, &secret, &json!({ "secret": "x" })).await;
    assert_eq!(tried.status, 404, "{}", tried.text);

    // A renewed token keeps the name; a secret is not for another provider.
    let renewed = enter(&shop, &assistant, json!({ "token": again["token"] })).await.json();
    assert_eq!((&renewed["name"], &renewed["signed_in"]), (&json!("Eva Example"), &json!(true)), "{renewed}");
    let mut moved = settings(&provider);
    moved["sign_in"]["openid"]["issuer"] = json!("https://other.example.com");
    open(&owner, &assistant, moved).await;
    let shown = owner.get(&format!("/api/v1/assistants/{assistant}/interfaces")).await.json();
    assert_eq!(shown["has_openid_secret"], false, "{shown}");
}

#[tokio::test]
async fn what_does_not_belong_together_signs_nobody_in() {
    let provider = OpenIdServer::start().await.unwrap();
    let app = TestApp::with(&format!("[egress]\nallow = ['{}']", provider.authority())).await;
    let owner = app.register("ada@example.org").await.browser;
    let (one, two) = (assistant(&owner, "One").await, assistant(&owner, "Two").await);
    open(&owner, &one, settings(&provider)).await;
    open(&owner, &two, settings(&provider)).await;

    // The window opens for pages that may use the assistant, and providers that it has.
    let start = |provider: &str, origin: &str| format!("/public/sign-in/{one}/{provider}?origin={origin}");
    for (path, status) in [
        (start("openid", "https://evil.example"), 403),
        (start("openid", "null"), 403),
        (start("openid", ""), 403),
        (start("google", SHOP), 404),
        (start("nonsense", SHOP), 404),
        (format!("/public/sign-in/asst_none/openid?origin={SHOP}"), 404),
    ] {
        let refused = app.browser().get(&path).await;
        assert_eq!(refused.status, status, "{path}: {}", refused.text);
        assert!(refused.text.contains("const page=null"), "{}", refused.text);
    }
    let mut browser = app.browser();
    let window = browser.get(&start("openid", SHOP)).await;
    assert_eq!((window.status, window.header("cross-origin-opener-policy")), (303, "unsafe-none"));
    let cookie = window.header("set-cookie");
    assert!(cookie.contains("; Path=/public/sign-in; Max-Age=600; HttpOnly"), "{cookie}");

    // A browser that did not begin it, or another one that began another.
    let granted = provider.grant(window.header("location")).unwrap();
    let path = path_of(&granted);
    assert_failed(&app.browser().get(&path).await, None);
    let mut other = app.browser();
    said(&mut other, &start("openid", SHOP)).await;
    let refused = other.get(&path).await;
    assert_failed(&refused, None);
    assert_eq!(refused.header("set-cookie"), "", "what that browser has begun goes on");
    support::keep_cookies(&mut browser, &window);
    let done = browser.get(&path).await;
    assert_eq!(done.status, 200, "{}", done.text);
    assert!(done.header("set-cookie").starts_with("hammock_sign_in=; Path=/public/sign-in; Max-Age=0;"));
    assert!(done.text.contains(&format!("const page=\"{SHOP}\",done=true")), "{}", done.text);
    let policy = done.header("content-security-policy");
    assert!(policy.starts_with("default-src 'none'; script-src 'nonce-") && !policy.contains("unsafe"), "{policy}");
    assert_eq!(done.header("cross-origin-opener-policy"), "unsafe-none");
    assert_failed(&browser.get(&path).await, Some(SHOP));

    // Two windows of one browser, of which the first comes back last.
    let first = said(&mut browser, &start("openid", SHOP)).await;
    let second = said(&mut browser, &start("openid", SHOP)).await;
    for address in [second, first] {
        let done = browser.get(&path_of(&provider.grant(&address).unwrap())).await;
        assert_eq!(done.status, 200, "{}", done.text);
        support::keep_cookies(&mut browser, &done);
    }

    // The window speaks the language of the chat, also when it comes back from the provider.
    let mut english = Client { headers: vec![("accept-language", "en-GB".to_owned())], ..app.browser() };
    let address = said(&mut english, &format!("{}&lang=cs", start("openid", SHOP))).await;
    let czech = english.get(&path_of(&provider.grant(&address).unwrap())).await;
    assert!(czech.text.contains("<html lang=\"cs\">") && czech.text.contains("Jste přihlášeni"), "{}", czech.text);
    let refused = english.get(&format!("{}&lang=fr", start("google", SHOP))).await;
    assert!(refused.text.contains("<html lang=\"fr\">"), "{}", refused.text);
    let refused = english.get(&format!("{}&lang=de", start("google", SHOP))).await;
    assert!(refused.text.contains("<html lang=\"en\">"), "{}", refused.text);

    // The ticket counts for its assistant and its page, and once.
    let given = json!({ "ticket": ticket(&done) });
    let (shop, elsewhere) = (page(&app, SHOP), page(&app, "https://www.example.com"));
    for refused in [
        enter(&shop, &two, given.clone()).await,
        enter(&elsewhere, &one, given.clone()).await,
        enter(&shop, &one, json!({ "ticket": "v1.a.b" })).await,
        enter(&shop, &one, json!({ "ticket": "" })).await,
    ] {
        assert_eq!((refused.status, refused.code().as_str()), (422, "sign_in_failed"), "{}", refused.text);
    }
    assert_eq!(enter(&shop, &one, given.clone()).await.json()["signed_in"], true);
    assert_eq!(enter(&shop, &one, given).await.code(), "sign_in_failed", "it was used");

    // What came back is no answer, or the person declined.
    for fields in ["", "&error=access_denied", "&code=made%20up", "&id_token=a.b.c", "&code=x&iss=https://evil.example"]
    {
        let mut browser = app.browser();
        let address = said(&mut browser, &start("openid", SHOP)).await;
        let state = provider.grant(&address).unwrap().fields.remove(1).1;
        let state: String = url::form_urlencoded::byte_serialize(state.as_bytes()).collect();
        assert_failed(&browser.get(&format!("{DONE}?state={state}{fields}")).await, Some(SHOP));
    }
    assert_failed(&app.browser().get(DONE).await, None);
    assert_failed(&app.browser().get(&format!("{DONE}?state=v1.a.b&code=c")).await, None);
}

#[tokio::test]
async fn only_an_id_token_that_holds_signs_somebody_in() {
    let provider = OpenIdServer::start().await.unwrap();
    let app = TestApp::with(&format!("[egress]\nallow = ['{}']", provider.authority())).await;
    let owner = app.register("ada@example.org").await.browser;
    let assistant = assistant(&owner, "Shop").await;
    open(&owner, &assistant, settings(&provider)).await;
    let start = format!("/public/sign-in/{assistant}/openid?origin={SHOP}");
    for claims in [
        json!({ "aud": "somebody-else" }),
        json!({ "iss": "https://evil.example" }),
        json!({ "exp": 1_700_000_000 }),
        json!({ "nonce": "another" }),
        json!({ "nonce": null }),
        json!({ "sub": null }),
    ] {
        provider.say(claims.clone());
        let mut browser = app.browser();
        let address = said(&mut browser, &start).await;
        let done = browser.get(&path_of(&provider.grant(&address).unwrap())).await;
        assert_failed(&done, Some(SHOP));
    }

    // New keys are fetched when a token names one, and not for everybody who makes one up.
    provider.say(json!({}));
    let before = provider.keys_asked();
    assert_eq!(before, 1, "they are kept");
    provider.rotate().unwrap();
    signed_in(&app, &provider, &assistant, None).await;
    assert_eq!(provider.keys_asked(), 2);
    signed_in(&app, &provider, &assistant, None).await;
    assert_eq!(provider.keys_asked(), 2);
    provider.rotate().unwrap();
    signed_in(&app, &provider, &assistant, None).await;
    assert_eq!(provider.keys_asked(), 3, "also soon after the last look");
}

#[tokio::test]
async fn google_answers_with_a_form() {
    let provider = OpenIdServer::start().await.unwrap();
    let toml = format!("[egress]\nallow = ['{}']", provider.authority());
    let app = TestApp::changed(&toml, |settings| settings.google_issuer = provider.issuer()).await;
    let owner = app.register("ada@example.org").await.browser;
    let assistant = assistant(&owner, "Shop").await;
    let with_google = json!({ "widget": true, "origins": [SHOP], "sign_in": { "google_client_id": CLIENT } });
    open(&owner, &assistant, with_google).await;
    let mut browser = app.browser();
    let address = said(&mut browser, &format!("/public/sign-in/{assistant}/google?origin={SHOP}")).await;
    assert!(address.contains("response_type=id_token&response_mode=form_post"), "{address}");
    let granted = provider.grant(&address).unwrap();
    let form = url::form_urlencoded::Serializer::new(String::new()).extend_pairs(&granted.fields).finish();
    // From the provider's site, with the cookie of the sign-in and no other.
    browser.headers = vec![("origin", provider.issuer()), ("sec-fetch-site", "cross-site".to_owned())];
    let send = async |browser: &Client, path: &str| {
        browser.send(Method::POST, path, "application/x-www-form-urlencoded", Body::from(form.clone())).await
    };
    let done = send(&browser, DONE).await;
    assert_eq!(done.status, 200, "{}", done.text);
    let entry = enter(&page(&app, SHOP), &assistant, json!({ "ticket": ticket(&done) })).await.json();
    assert_eq!((&entry["name"], &entry["signed_in"]), (&json!("Eva Example"), &json!(true)), "{entry}");
    assert_failed(&send(&browser, DONE).await, Some(SHOP));
    for path in ["/sign-in", "/public/sign-in/done/", "/public/sign-in"] {
        let refused = send(&browser, path).await;
        assert_eq!((refused.status, refused.code().as_str()), (403, "cross_site"), "{path}");
    }
}

#[tokio::test]
async fn the_site_says_who_its_visitor_is() {
    let app = TestApp::start().await;
    let owner = app.register("ada@example.org").await.browser;
    let (one, other) = (assistant(&owner, "One").await, assistant(&owner, "Two").await);
    let signing = json!({ "widget": true, "origins": [SHOP], "sign_in": { "signed_identity": true } });
    open(&owner, &one, signing.clone()).await;
    open(&owner, &other, signing).await;
    let shop = page(&app, SHOP);
    let identity = |secret: &str, over: Value| {
        let mut claims =
            json!({ "sub": "42", "name": "Eva", "email": "eva@example.org", "aud": one, "exp": expiry(300) });
        claims.as_object_mut().unwrap().extend(over.as_object().unwrap().clone());
        json!({ "identity": hs256(secret.as_bytes(), &json!({ "alg": "HS256", "typ": "JWT" }), &claims) })
    };
    let early = enter(&shop, &one, identity("early", json!({}))).await;
    assert_eq!((early.status, early.code().as_str()), (422, "invalid_identity"), "{}", early.text);

    let path = format!("/api/v1/assistants/{one}/interfaces/identity-secret");
    let secret = owner.post(&path, &json!({})).await;
    assert_eq!(secret.status, 201, "{}", secret.text);
    let secret = id(&secret.json()["secret"]);
    assert_eq!(secret.len(), 43, "32 bytes");
    let shown = owner.get(&format!("/api/v1/assistants/{one}/interfaces")).await;
    assert!(shown.json()["identity_secret_made_at"].is_string() && !shown.text.contains(&secret), "{}", shown.text);

    for (wrong, over) in [
        ("wrong", json!({})),
        (secret.as_str(), json!({ "aud": other })),
        (secret.as_str(), json!({ "exp": expiry(-61) })),
        (secret.as_str(), json!({ "exp": expiry(3_900) })),
        (secret.as_str(), json!({ "sub": "" })),
        (secret.as_str(), json!({ "name": "x".repeat(5_000) })),
    ] {
        let refused = enter(&shop, &one, identity(wrong, over.clone())).await;
        assert_eq!((refused.status, refused.code().as_str()), (422, "invalid_identity"), "{over}: {}", refused.text);
    }
    let elsewhere = enter(&shop, &other, identity(&secret, json!({ "aud": other }))).await;
    assert_eq!(elsewhere.code(), "invalid_identity", "the other assistant has no secret: {}", elsewhere.text);

    let entry = enter(&shop, &one, identity(&secret, json!({}))).await.json();
    assert_eq!((&entry["name"], &entry["signed_in"]), (&json!("Eva"), &json!(true)), "{entry}");
    let mut again = identity(&secret, json!({ "name": "Eva Example" }));
    again["token"] = entry["token"].clone();
    let again = enter(&shop, &one, again).await.json();
    assert_eq!((&again["visitor"], &again["name"]), (&entry["visitor"], &json!("Eva Example")), "{again}");
    let another = enter(&shop, &one, identity(&secret, json!({ "sub": "43" }))).await.json();
    assert_ne!(another["visitor"], entry["visitor"], "{another}");

    // A new secret ends what the old one signed, and so does the switch, which keeps it, and its removal.
    let made_anew = owner.post(&path, &json!({})).await.json();
    assert_eq!(enter(&shop, &one, identity(&secret, json!({}))).await.code(), "invalid_identity");
    let secret = id(&made_anew["secret"]);
    assert_eq!(enter(&shop, &one, identity(&secret, json!({}))).await.json()["visitor"], entry["visitor"]);
    let switched =
        |off: bool| json!({ "widget": true, "origins": [SHOP], "sign_in": { "signed_identity": true, "off": off } });
    open(&owner, &one, switched(true)).await;
    assert_eq!(enter(&shop, &one, identity(&secret, json!({}))).await.code(), "invalid_identity");
    let told = shop.get(&format!("/api/v1/public/assistants/{one}")).await.json();
    assert_eq!(told["sign_in"]["signed_identity"], json!(false), "{told}");
    let shown = owner.get(&format!("/api/v1/assistants/{one}/interfaces")).await.json();
    assert_eq!(shown["settings"]["sign_in"]["signed_identity"], json!(true), "{shown}");
    assert!(shown["identity_secret_made_at"].is_string(), "{shown}");
    open(&owner, &one, switched(false)).await;
    assert_eq!(enter(&shop, &one, identity(&secret, json!({}))).await.json()["visitor"], entry["visitor"]);
    assert_eq!(owner.delete(&path).await.status, 204);
    assert_eq!(enter(&shop, &one, identity(&secret, json!({}))).await.code(), "invalid_identity");
    let shown = owner.get(&format!("/api/v1/assistants/{one}/interfaces")).await.json();
    assert_eq!(shown["identity_secret_made_at"], Value::Null, "{shown}");
    assert_eq!(owner.delete(&path).await.status, 204, "there is none any more");
}

#[tokio::test]
async fn where_it_is_required_only_those_chat_who_have_signed_in() {
    let provider = OpenIdServer::start().await.unwrap();
    let app = TestApp::with(&format!("[egress]\nallow = ['{}']", provider.authority())).await;
    let owner = app.register("ada@example.org").await.browser;
    let assistant = assistant(&owner, "Shop").await;
    let shop = page(&app, SHOP);
    open(&owner, &assistant, settings(&provider)).await;
    let before = enter(&shop, &assistant, json!({})).await.json();
    let mut required = settings(&provider);
    required["sign_in"]["required"] = json!(true);
    open(&owner, &assistant, required).await;

    let asked = enter(&shop, &assistant, json!({})).await;
    assert_eq!((asked.status, asked.json()), (200, json!({ "state": "sign_in_required" })), "{}", asked.text);
    let asked = enter(&shop, &assistant, json!({ "token": before["token"] })).await.json();
    assert_eq!(asked["state"], "sign_in_required", "{asked}");
    let old = with_token(&shop, &id(&before["token"]));
    let refused = old.post("/api/v1/public/chat", &json!({ "text": "Hello?" })).await;
    assert_eq!((refused.status, refused.code().as_str()), (401, "sign_in_required"), "{}", refused.text);

    let entry = signed_in(&app, &provider, &assistant, Some(&before["token"])).await;
    let asked = enter(&shop, &assistant, json!({ "token": before["token"] })).await.json();
    assert_eq!(asked["state"], "sign_in_required", "the token of before is nobody's who has signed in: {asked}");
    let visitor = with_token(&shop, &id(&entry["token"]));
    assert_eq!(visitor.post("/api/v1/public/chat", &json!({ "text": "Hello?" })).await.status, 200);
    let renewed = enter(&shop, &assistant, json!({ "token": entry["token"] })).await.json();
    assert_eq!((&renewed["state"], &renewed["signed_in"]), (&json!("admitted"), &json!(true)), "{renewed}");

    // Nothing to sign in with, or a provider without encryption that the operator does not allow.
    let path = format!("/api/v1/assistants/{assistant}/interfaces");
    for (sign_in, code, field) in [
        (json!({ "required": true }), "invalid_field", "required"),
        (json!({ "openid": { "name": "E", "issuer": "http://192.0.2.1", "client_id": "c" } }), "invalid_url", "issuer"),
        (json!({ "openid": { "name": "E", "issuer": "nonsense", "client_id": "c" } }), "invalid_url", "issuer"),
    ] {
        let refused = owner.json(Method::PUT, &path, &json!({ "sign_in": sign_in })).await;
        assert_eq!((refused.status, refused.code().as_str()), (422, code), "{}", refused.text);
        assert_eq!(refused.json()["error"]["field"], field, "{}", refused.text);
    }
}
