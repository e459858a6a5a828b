//! What every request meets, whoever sends it.

use axum::{body::Body, http::Method};

use crate::support::TestApp;

#[tokio::test]
async fn health_readiness_and_metrics() {
    let app = TestApp::start().await;
    let mut stranger = app.browser();
    assert_eq!(stranger.get("/healthz").await.text, "ok\n");
    assert_eq!(stranger.get("/readyz").await.status, 200);
    assert_eq!(stranger.get("/metrics").await.status, 403);
    stranger.send("BREW".parse().unwrap(), "/healthz", "", Body::empty()).await;
    stranger.peer = "127.0.0.1:9".parse().unwrap();
    assert_eq!(
        stranger.get("/metrics").await.status,
        403,
        "a proxy on this machine passes on the name that it is known by"
    );
    stranger.headers.push(("host", "127.0.0.1:3000".into()));
    let metrics = stranger.get("/metrics").await;
    assert_eq!(metrics.status, 200);
    assert!(metrics.text.contains("hammock_http_requests_total"), "{}", metrics.text);
    let invented = metrics.text.contains("BREW");
    assert!(metrics.text.contains("method=\"OTHER\"") && !invented, "anybody may invent methods: {}", metrics.text);
    stranger.headers.push(("x-forwarded-for", "203.0.113.1".into()));
    assert_eq!(stranger.get("/metrics").await.status, 403, "a proxy on this machine must not open the metrics");

    let guarded = TestApp::with("[metrics]\ntoken = 'let-me-in'").await;
    assert_eq!(guarded.browser().with_key("let-me-in").get("/metrics").await.status, 200);
    assert_eq!(guarded.browser().with_key("let-me-out").get("/metrics").await.status, 403);
}

#[tokio::test]
async fn search_engines_are_asked_to_read_nothing_but_pages_that_speak_for_themselves() {
    let app = TestApp::start().await;
    let answer = app.browser().get("/robots.txt").await;
    assert_eq!(answer.status, 200, "{}", answer.text);
    let rules: Vec<&str> = answer.text.lines().collect();
    let (allowed, nothing_else) = (["Allow: /share/", "Allow: /public/"], "Disallow: /");
    assert_eq!((rules.first(), rules.last()), (Some(&"User-agent: *"), Some(&nothing_else)));
    for rule in allowed {
        assert!(rules.contains(&rule), "`noindex` is read only where the page is: {}", answer.text);
    }
    for rule in ["Disallow: /public/files/", "Disallow: /public/sign-in/"] {
        let at = |wanted: &str| rules.iter().position(|rule| *rule == wanted);
        assert!(at(rule).is_some_and(|at_rule| Some(at_rule) < at(allowed[1])), "{}", answer.text);
    }
    assert_eq!(answer.header("content-type"), "text/plain; charset=utf-8");
}

#[tokio::test]
async fn every_answer_carries_the_headers_that_protect_it() {
    let app = TestApp::start().await;
    for path in ["/sign-in", "/api/v1/instance", "/api/v1/nowhere", "/healthz", "/probe.css"] {
        let answer = app.browser().get(path).await;
        assert_eq!(answer.header("x-content-type-options"), "nosniff", "{path}");
        assert!(answer.header("content-security-policy").contains("frame-ancestors 'none'"), "{path}");
        assert_eq!(answer.header("x-request-id").len(), 32, "{path}");
        assert_eq!(answer.header("strict-transport-security"), "", "{path}: plain http");
    }
    let page = app.browser().get("/sign-in").await;
    let policy = page.header("content-security-policy").to_owned();
    assert!(policy.contains("script-src 'self'") && !policy.contains("'unsafe-inline'"), "{policy}");
    let first = policy.split("nonce-").nth(1).map(str::to_owned);
    let again = app.browser().get("/sign-in").await;
    assert_ne!(first, again.header("content-security-policy").split("nonce-").nth(1).map(str::to_owned));
}

#[tokio::test]
async fn only_pages_that_chat_may_listen() {
    let app = TestApp::start().await;
    let owner = app.register("ada@example.org").await;
    let policy = async |path: &str| owner.browser.get(path).await.header("permissions-policy").to_owned();
    for path in ["/chat", "/organisation"] {
        assert!(policy(path).await.contains("microphone=(self)"), "{path}");
    }
    for path in ["/api/v1/me", "/api/v1/nowhere", "/healthz", "/forgotten-password"] {
        let policy = policy(path).await;
        assert!(policy.contains("microphone=()") && policy.contains("camera=()"), "{path}: {policy}");
    }
}

#[tokio::test]
async fn errors_of_the_api_always_have_the_envelope() {
    let app = TestApp::start().await;
    let owner = app.register("ada@example.org").await;
    let browser = &owner.browser;
    let unknown = browser.get("/api/v1/nowhere").await;
    assert_eq!((unknown.status, unknown.code().as_str()), (404, "not_found"));
    let unknown = browser.get("/api/v2/assistants").await;
    assert_eq!((unknown.status, unknown.code().as_str()), (404, "not_found"));
    let method = browser.delete("/api/v1/search").await;
    assert_eq!((method.status, method.code().as_str()), (405, "invalid_request"));
    for path in ["/api/v1/openapi.json", "/api/docs", "/api", "/healthz", "/sign-in"] {
        let method = browser.delete(path).await;
        assert_eq!((method.status, method.code().as_str()), (405, "invalid_request"), "{path}: {}", method.text);
    }
    let malformed = browser.send(Method::POST, "/api/v1/search", "application/json", Body::from("{")).await;
    assert_eq!((malformed.status, malformed.code().as_str()), (422, "invalid_request"));
    let untyped = browser.send(Method::POST, "/api/v1/search", "text/plain", Body::from("{}")).await;
    assert_eq!((untyped.status, untyped.code().as_str()), (415, "invalid_request"));
    let missing = browser.post("/api/v1/search", &serde_json::json!({})).await;
    assert!(missing.json()["error"]["message"].as_str().unwrap().contains("query"), "{}", missing.text);
    let parameter = browser.get("/api/v1/assistants?limit=many").await;
    assert_eq!((parameter.status, parameter.code().as_str()), (422, "invalid_request"));
    let id = browser.get("/api/v1/assistants/usr_0192f0c4").await;
    assert_eq!((id.status, id.code().as_str()), (404, "not_found"));
    let large = browser.post("/api/v1/search", &serde_json::json!({ "query": "x".repeat(3 << 20) })).await;
    assert_eq!((large.status, large.code().as_str()), (413, "too_large"));
}

#[tokio::test]
async fn what_cannot_be_read_is_told_in_plain_words() {
    let app = TestApp::start().await;
    let owner = app.register("ada@example.org").await;
    let browser = &owner.browser;
    let text = |answer: &crate::support::Answer| answer.json()["error"]["message"].as_str().unwrap().to_owned();

    let untyped = browser.send(Method::POST, "/api/v1/search", "text/plain", Body::from("{}")).await;
    let said = "this path takes a body of the type application/json, and the request says Content-Type: text/plain";
    assert_eq!((untyped.status, text(&untyped).as_str()), (415, said));
    let silent = browser.send(Method::POST, "/api/v1/search", "", Body::from("{}")).await;
    assert_eq!(silent.status, 415);
    assert!(text(&silent).ends_with("the request says no Content-Type"), "{}", silent.text);

    let cut = browser.send(Method::POST, "/api/v1/search", "application/json", Body::from("{")).await;
    assert!(text(&cut).starts_with("the body is not valid JSON: it ends within an object"), "{}", cut.text);
    let wrong = browser.post("/api/v1/search", &serde_json::json!({ "query": "x", "limit": "ten" })).await;
    let said = "the body could not be read: limit: must be a whole number, found \"ten\"";
    assert_eq!((wrong.status, text(&wrong).as_str()), (422, said));
    assert_eq!(wrong.json()["error"]["field"], "limit");
    let missing = browser.post("/api/v1/search", &serde_json::json!({})).await;
    assert_eq!(text(&missing), "the body could not be read: query: must be given");
    let list = browser.post("/api/v1/search", &serde_json::json!(["x"])).await;
    let said = "the body could not be read: must be a group of fields, found a list";
    assert_eq!((list.status, text(&list).as_str()), (422, said));
    let role = browser.post("/api/v1/keys", &serde_json::json!({ "name": "x", "role": "king" })).await;
    assert!(text(&role).contains("role: must be one of \"user\", \"administrator\", \"owner\""), "{}", role.text);
    let parameter = browser.get("/api/v1/assistants?limit=many").await;
    assert_eq!(text(&parameter), "a parameter could not be read: limit: must be a whole number, found \"many\"");
    let unknown = browser.get("/api/v1/assistants?foo=1").await;
    assert!(text(&unknown).contains("foo: there is no such field; there are "), "{}", unknown.text);
    assert!(!text(&unknown).contains("found"), "{}", unknown.text);

    let function = browser.post("/api/fn/users/remove_user", &serde_json::json!({})).await;
    assert_eq!((function.status, function.code().as_str()), (422, "invalid_request"));
    assert_eq!(text(&function), "the arguments could not be read: user: must be given");
}

#[tokio::test]
async fn a_page_has_as_many_rows_as_allowed_or_is_refused() {
    let app = TestApp::start().await;
    let owner = app.register("ada@example.org").await;
    for list in ["users", "assistants", "collections", "documents", "conversations"] {
        for limit in ["0", "-1", "201", "500", "5000000000"] {
            let refused = owner.browser.get(&format!("/api/v1/{list}?limit={limit}")).await;
            assert_eq!((refused.status, refused.code().as_str()), (422, "invalid_field"), "{list} {limit}");
            let error = &refused.json()["error"];
            assert_eq!(
                (error["field"].as_str(), error["message"].as_str()),
                (Some("limit"), Some("limit lies between 1 and 200"))
            );
            assert_eq!((error["params"]["min"].as_str(), error["params"]["max"].as_str()), (Some("1"), Some("200")));
        }
        for limit in ["1", "200"] {
            assert_eq!(owner.browser.get(&format!("/api/v1/{list}?limit={limit}")).await.status, 200, "{list} {limit}");
        }
    }
    for limit in [0, -1] {
        let page = serde_json::json!({ "page": { "limit": limit } });
        let refused = owner.browser.post("/api/fn/users/list_users", &page).await;
        assert_eq!((refused.status, refused.code().as_str()), (422, "invalid_field"), "{}", refused.text);
        let search = serde_json::json!({ "query": "x", "limit": limit });
        let refused = owner.browser.post("/api/v1/search", &search).await;
        assert_eq!((refused.status, refused.code().as_str()), (422, "invalid_field"), "{}", refused.text);
        assert_eq!(refused.json()["error"]["message"], "limit lies between 1 and 100");
    }
}

#[tokio::test]
async fn a_short_list_comes_whole_and_in_parts_where_they_are_asked_for() {
    let app = TestApp::start().await;
    let owner = app.register("ada@example.org").await.browser;
    let made = owner.post("/api/v1/collections", &serde_json::json!({ "name": "Shop" })).await.json();
    let list = format!("/api/v1/collections/{}/sources", made["id"].as_str().unwrap());
    for name in ["A", "B", "C"] {
        let made = owner.post(&list, &serde_json::json!({ "name": name, "kind": "upload" })).await;
        assert_eq!(made.status, 201, "{}", made.text);
    }
    let read = async |query: &str| {
        let page = owner.get(&format!("{list}{query}")).await;
        assert_eq!(page.status, 200, "{query}: {}", page.text);
        let page = page.json();
        let rows = page["items"].as_array().unwrap().clone();
        let ids = rows.into_iter().map(|row| row["id"].as_str().unwrap().to_owned()).collect::<Vec<_>>();
        (ids, page["next_page_token"].as_str().map(str::to_owned))
    };
    let (all, no_more) = read("").await;
    assert_eq!((all.len(), no_more), (3, None));
    let (first, token) = read("?limit=2").await;
    let (second, no_more) = read(&format!("?limit=2&page_token={}", token.expect("there is another page"))).await;
    assert_eq!(([first, second].concat(), no_more), (all, None));
    for list in
        [list.as_str(), "/api/v1/keys", "/api/v1/connections", "/api/v1/categories", "/api/v1/collections/hidden"]
    {
        for (query, code, field) in [
            ("limit=0", "invalid_field", "limit"),
            ("limit=201", "invalid_field", "limit"),
            ("page_token=garbage", "invalid_field", "page_token"),
            ("lmit=1", "invalid_request", "lmit"),
        ] {
            let refused = owner.get(&format!("{list}?{query}")).await;
            assert_eq!((refused.status, refused.code().as_str()), (422, code), "{list}?{query}: {}", refused.text);
            assert_eq!(refused.json()["error"]["field"], field, "{list}?{query}");
        }
    }
}

#[tokio::test]
async fn fields_that_do_not_exist_are_named() {
    let app = TestApp::start().await;
    let owner = app.register("ada@example.org").await;
    let made = owner.browser.post("/api/v1/collections", &serde_json::json!({ "name": "Shop" })).await.json();
    let sources = format!("/api/v1/collections/{}/sources", made["id"].as_str().unwrap());
    let sources = sources.as_str();
    let wrong = [
        (sources, serde_json::json!({ "kind": { "website": {} } }), "kind", "must be a text"),
        (sources, serde_json::json!({ "kind": "page" }), "kind", "must be one of \"upload\", \"website\""),
        (sources, serde_json::json!({ "kind": "website" }), "start_url", "must be given"),
        (sources, serde_json::json!({ "kind": "website", "start_url": 3 }), "start_url", "must be a text"),
        (sources, serde_json::json!({ "kind": "upload", "nmae": "x" }), "nmae", "there is no such field"),
        ("/api/v1/search", serde_json::json!({ "query": "x", "colour": 1 }), "colour", "there are query, collections"),
        ("/api/v1/chat", serde_json::json!({ "text": "x", "assitant": null }), "assitant", "there is no such field"),
        ("/api/v1/keys", serde_json::json!({ "name": "x", "role": "user", "rôle": 1 }), "rôle", "name, role"),
    ];
    for (path, body, field, said) in wrong {
        let refused = owner.browser.post(path, &body).await;
        assert_eq!((refused.status, refused.code().as_str()), (422, "invalid_request"), "{body}: {}", refused.text);
        let error = refused.json()["error"].clone();
        assert_eq!(error["field"], field, "{error}");
        assert!(error["message"].as_str().unwrap().contains(said), "{error}");
    }
    let patch = serde_json::json!({ "nmae": "x" });
    for path in ["/api/v1/organisation", "/api/v1/me"] {
        let refused = owner.browser.json(Method::PATCH, path, &patch).await;
        assert_eq!(refused.status, 422, "{}", refused.text);
        assert_eq!(refused.json()["error"]["field"], "nmae");
    }
    let profile = serde_json::json!({ "profile": { "first_name": "Ada", "nmae": "x" } });
    let function = owner.browser.post("/api/fn/account/update_profile", &profile).await;
    assert_eq!(function.status, 422);
    assert!(function.text.contains("nmae: there is no such field"), "{}", function.text);
}

#[tokio::test]
async fn other_sites_change_nothing() {
    let app = TestApp::start().await;
    let owner = app.register("ada@example.org").await;
    let body = serde_json::json!({ "name": "Planted" });
    for header in [
        ("sec-fetch-site", "cross-site"),
        ("sec-fetch-site", "same-site"),
        ("origin", "https://evil.example"),
        ("origin", "null"),
    ] {
        let mut browser = owner.browser.clone();
        browser.headers.push((header.0, header.1.to_owned()));
        for path in ["/api/v1/collections", "/api/fn/keys/create_key", "/sign-in", "/sign-out"] {
            let answer = browser.post(path, &body).await;
            assert_eq!((answer.status, answer.code().as_str()), (403, "cross_site"), "{header:?} {path}");
        }
    }
    let mut own = owner.browser.clone();
    own.headers.push(("origin", "http://hammock.test".into()));
    assert_eq!(own.post("/api/v1/collections", &body).await.status, 201);
}

#[tokio::test]
async fn behind_https_cookies_are_secure() {
    let app = TestApp::with("[server]\npublic_url = 'HTTPS://Hammock.example:443/'").await;
    app.register("ada@example.org").await;
    let mut browser = app.browser();
    let entered =
        browser.form("/sign-in", &[("email", "ada@example.org"), ("password", crate::support::PASSWORD)]).await;
    let cookie = entered.header("set-cookie");
    assert!(cookie.contains("; Secure") && cookie.contains("HttpOnly") && cookie.contains("SameSite=Lax"), "{cookie}");
    assert!(entered.header("strict-transport-security").starts_with("max-age="));

    let proxied = TestApp::with("[server]\ntrusted_proxies = ['127.0.0.1']").await;
    let mut client = proxied.browser();
    client.headers.push(("x-forwarded-proto", "https".into()));
    assert_eq!(client.get("/healthz").await.header("strict-transport-security"), "", "a stranger's header");
    client.peer = "127.0.0.1:9".parse().unwrap();
    assert_ne!(client.get("/healthz").await.header("strict-transport-security"), "", "the proxy's header");
}

#[tokio::test]
async fn files_of_the_interface_are_cached_by_their_version() {
    let app = TestApp::start().await;
    let plain = app.browser().get("/probe.css").await;
    assert_eq!(plain.header("content-type"), "text/css; charset=utf-8");
    assert_eq!(plain.header("cache-control"), "no-cache");
    let versioned = app.browser().get("/probe.css?v=1").await;
    assert_eq!(versioned.header("cache-control"), "public, max-age=31536000, immutable");
    assert_eq!(app.browser().get("/../Cargo.toml").await.status, app.browser().get("/no-such-page").await.status);
}

#[tokio::test]
async fn a_value_that_does_not_fit_says_what_is_allowed() {
    let app = TestApp::start().await;
    let owner = app.register("ada@example.org").await;
    let long = "x".repeat(16_001);
    for (settings, field, limits, unit) in [
        (serde_json::json!({ "name": " " }), "name", ("1", "80"), Some("characters")),
        (
            serde_json::json!({ "name": "A", "system_message": long }),
            "system_message",
            ("0", "16000"),
            Some("characters"),
        ),
        (serde_json::json!({ "name": "A", "temperature": 9 }), "temperature", ("0", "2"), None),
        (serde_json::json!({ "name": "A", "max_tokens": 5 }), "max_tokens", ("64", "16384"), None),
    ] {
        let refused = owner.browser.post("/api/v1/assistants", &settings).await;
        assert_eq!((refused.status, refused.code().as_str()), (422, "invalid_field"), "{}", refused.text);
        let error = &refused.json()["error"];
        let params = &error["params"];
        assert_eq!(error["field"], field);
        assert_eq!((params["min"].as_str(), params["max"].as_str()), (Some(limits.0), Some(limits.1)), "{field}");
        assert_eq!(params["unit"].as_str(), unit, "{field}");
    }
}
