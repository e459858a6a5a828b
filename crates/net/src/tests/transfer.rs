use std::{
    convert::Infallible,
    io::Write as _,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use axum::{
    Json, Router,
    body::Body,
    http::{HeaderMap, StatusCode, header},
    response::{IntoResponse, Redirect},
    routing::{get as route, post},
};
use bytes::Bytes;
use futures::StreamExt as _;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};

use super::{client_for, get, serve};
use crate::{Client, EgressPolicy, Limits, NetError};

#[tokio::test]
async fn redirects_are_followed_up_to_the_limit() {
    let server = serve(
        Router::new()
            .route("/1", route(|| async { Redirect::permanent("/2") }))
            .route("/2", route(|| async { Redirect::to("end?x=1") }))
            .route("/end", route(|| async { "end" }))
            .route("/loop", route(|| async { Redirect::temporary("/loop") })),
    )
    .await;
    let client = client_for(server);
    let answer = get(&client, format!("http://{server}/1")).await.unwrap();
    assert_eq!((answer.url.path(), answer.body.as_ref()), ("/end", b"end".as_ref()));

    let error = get(&client, format!("http://{server}/loop")).await.unwrap_err();
    assert!(matches!(error, NetError::TooManyRedirects { .. }), "{error:?}");

    let by_hand = Limits { max_redirects: 0, ..Limits::default() };
    let answer = client.get(&format!("http://{server}/2")).limits(by_hand).send().await.unwrap();
    assert_eq!(answer.status, StatusCode::SEE_OTHER);
    assert_eq!(answer.redirect_target().unwrap().as_str(), format!("http://{server}/end?x=1"));
}

#[tokio::test]
async fn secrets_do_not_follow_to_another_origin() {
    async fn seen(headers: HeaderMap) -> String {
        let has = |name: &str| headers.contains_key(name);
        format!("{} {} {}", has("authorization"), has("api-key"), has("accept-language"))
    }
    let other = serve(Router::new().route("/seen", route(seen))).await;
    let to_other = format!("http://{other}/seen");
    let server = serve(
        Router::new()
            .route("/seen", route(seen))
            .route("/here", route(|| async { Redirect::temporary("/seen") }))
            .route("/there", route(move || async move { Redirect::temporary(&to_other) })),
    )
    .await;
    let rules = [server, other].map(|address| address.to_string().parse().unwrap());
    let client = Client::new(EgressPolicy::allowing(rules)).unwrap();
    for (path, expected) in [("here", "true true true"), ("there", "false false true")] {
        let request = client
            .get(&format!("http://{server}/{path}"))
            .bearer("secret")
            .secret_header("api-key".parse().unwrap(), "secret")
            .header(header::ACCEPT_LANGUAGE, "fr");
        assert_eq!(request.send().await.unwrap().body, expected, "{path}");
    }
}

#[tokio::test]
async fn the_size_limit_counts_what_comes_out_of_decompression() {
    async fn bomb() -> impl IntoResponse {
        let mut gzip = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
        for _ in 0..64 {
            gzip.write_all(&[0; 1 << 20]).unwrap();
        }
        ([(header::CONTENT_ENCODING, "gzip")], gzip.finish().unwrap())
    }
    let server = serve(
        Router::new().route("/bomb", route(bomb)).route("/big", route(|| async { vec![b'x'; 2_000_000] })).route(
            "/endless",
            route(|| async {
                Body::from_stream(futures::stream::repeat_with(|| {
                    Ok::<_, Infallible>(Bytes::from_static(&[b'x'; 4096]))
                }))
            }),
        ),
    )
    .await;
    let client = client_for(server);
    let limits = Limits { max_bytes: 1_000_000, ..Limits::default() };
    for path in ["bomb", "big", "endless"] {
        let error = client.get(&format!("http://{server}/{path}")).limits(limits).send().await.unwrap_err();
        assert_eq!(error, NetError::TooLarge { limit: 1_000_000 }, "{path}");
    }
    let enough = Limits { max_bytes: 2_000_000, ..limits };
    assert_eq!(client.get(&format!("http://{server}/big")).limits(enough).send().await.unwrap().body.len(), 2_000_000);
}

#[tokio::test]
async fn time_is_limited_for_the_head_and_for_the_body() {
    let slow_body = || async {
        let pieces = futures::stream::repeat(()).then(|()| async {
            tokio::time::sleep(Duration::from_millis(20)).await;
            Ok::<_, Infallible>(Bytes::from_static(b"x"))
        });
        Body::from_stream(pieces)
    };
    let slow_head = || async {
        tokio::time::sleep(Duration::from_secs(30)).await;
        "late"
    };
    let server = serve(Router::new().route("/head", route(slow_head)).route("/body", route(slow_body))).await;
    let client = client_for(server);
    let limits = Limits { total_time: Duration::from_millis(200), ..Limits::default() };
    for path in ["head", "body"] {
        let begin = std::time::Instant::now();
        let error = client.get(&format!("http://{server}/{path}")).limits(limits).send().await.unwrap_err();
        assert!(matches!(error, NetError::Timeout { .. }), "{path}: {error:?}");
        assert!(begin.elapsed() < Duration::from_secs(5), "{path}");
    }
}

/// Answers every connection with the same bytes and closes it.
async fn raw_server(bytes: &'static [u8]) -> std::net::SocketAddr {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move {
        while let Ok((mut socket, _)) = listener.accept().await {
            // All of it: closing with something unread would reset the connection.
            let mut request = [0; 65536];
            let _ = socket.read(&mut request).await;
            let _ = socket.write_all(bytes).await;
        }
    });
    address
}

#[tokio::test]
async fn broken_servers_are_told_apart() {
    let cut = raw_server(b"HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\nonly this").await;
    let error = get(&client_for(cut), format!("http://{cut}/")).await.unwrap_err();
    assert!(matches!(error, NetError::Interrupted { .. }), "{error:?}");

    let noise = raw_server(b"SSH-2.0-OpenSSH_9.9\r\n").await;
    let error = get(&client_for(noise), format!("http://{noise}/")).await.unwrap_err();
    assert!(matches!(error, NetError::Interrupted { .. }), "{error:?}");
    let error = get(&client_for(noise), format!("https://{noise}/")).await.unwrap_err();
    assert!(matches!(error, NetError::Tls { .. }), "{error:?}");

    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let closed = listener.local_addr().unwrap();
    drop(listener);
    let error = get(&client_for(closed), format!("http://{closed}/")).await.unwrap_err();
    assert!(matches!(error, NetError::Unreachable { .. }) && error.is_transient(), "{error:?}");
    assert!(!error.to_string().contains(&closed.port().to_string()), "{error}");
}

#[tokio::test]
async fn json_goes_out_and_conditions_are_sent() {
    async fn echo(headers: HeaderMap, Json(body): Json<serde_json::Value>) -> impl IntoResponse {
        Json(serde_json::json!({"body": body, "agent": headers["user-agent"].to_str().unwrap()}))
    }
    async fn conditional(headers: HeaderMap) -> StatusCode {
        let fits =
            headers["if-none-match"] == "\"a\"" && headers["if-modified-since"] == "Fri, 20 Nov 2026 12:00:00 GMT";
        if fits { StatusCode::NOT_MODIFIED } else { StatusCode::BAD_REQUEST }
    }
    let server = serve(Router::new().route("/echo", post(echo)).route("/conditional", route(conditional))).await;
    let client = client_for(server);
    let sent = serde_json::json!({"question": "où ?"});
    let answer = client.post(&format!("http://{server}/echo")).json(&sent).send().await.unwrap();
    let json: serde_json::Value = answer.json().unwrap();
    assert_eq!(json["body"], sent);
    assert!(json["agent"].as_str().unwrap().starts_with("Hammock/"));

    let request = client.get(&format!("http://{server}/conditional"));
    let answer = request.if_changed_since(Some("\"a\""), Some("Fri, 20 Nov 2026 12:00:00 GMT")).send().await.unwrap();
    assert_eq!(answer.status, StatusCode::NOT_MODIFIED);
    let bad = client.get(&format!("http://{server}/echo")).header(header::ACCEPT, "a\r\nb").send().await.unwrap_err();
    assert!(matches!(bad, NetError::InvalidRequest { .. }), "{bad:?}");
}

#[tokio::test]
async fn dropping_a_stream_ends_the_request_upstream() {
    struct SetOnDrop(Arc<AtomicBool>);
    impl Drop for SetOnDrop {
        fn drop(&mut self) {
            self.0.store(true, Ordering::SeqCst);
        }
    }
    let ended = Arc::new(AtomicBool::new(false));
    let flag = Arc::clone(&ended);
    let handler = move || async move {
        let guard = SetOnDrop(flag);
        let pieces = futures::stream::repeat(()).then(move |()| {
            let _kept = &guard;
            async {
                tokio::time::sleep(Duration::from_millis(10)).await;
                Ok::<_, Infallible>(Bytes::from_static(b"data: x\n\n"))
            }
        });
        Body::from_stream(pieces)
    };
    let server = serve(Router::new().route("/", post(handler))).await;
    let mut answer = client_for(server).post(&format!("http://{server}/")).json(&1).stream().await.unwrap();
    assert_eq!(answer.body.next().await.unwrap().unwrap(), "data: x\n\n");
    drop(answer);
    for _ in 0..100 {
        if ended.load(Ordering::SeqCst) {
            return;
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    panic!("the server still sends");
}
