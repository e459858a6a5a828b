use std::{
    net::{Ipv4Addr, SocketAddr},
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
};

use axum::{Router, body::Bytes, http::HeaderMap, routing::get as route};
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::TcpStream,
};

use super::{client_for, serve};
use crate::{Client, EgressPolicy, FixedResolver, Proxy, ProxyLimits};

/// Sends a text to the proxy and reads all that comes back; nothing where the connection is not taken.
async fn exchange(proxy: &Proxy, request: &str) -> String {
    let mut answer = Vec::new();
    if let Ok(mut connection) = TcpStream::connect(proxy.address()).await
        && connection.write_all(request.as_bytes()).await.is_ok()
    {
        // A connection that is reset has said what it had to say.
        let _end = connection.read_to_end(&mut answer).await;
    }
    String::from_utf8_lossy(&answer).into_owned()
}

fn get(url: impl std::fmt::Display) -> String {
    format!("GET {url} HTTP/1.1\r\nHost: x\r\n\r\n")
}

/// A request through a tunnel.
fn tunnelled(to: impl std::fmt::Display) -> String {
    format!("CONNECT {to} HTTP/1.1\r\n\r\nGET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
}

async fn open(client: &Client, limits: ProxyLimits) -> Proxy {
    Proxy::open(client, limits).await.expect("loopback can be bound")
}

/// A server that counts its requests.
async fn counting() -> (SocketAddr, Arc<AtomicUsize>) {
    let asked = Arc::new(AtomicUsize::new(0));
    let count = Arc::clone(&asked);
    let answer = move || {
        count.fetch_add(1, Ordering::SeqCst);
        async { "inside" }
    };
    (serve(Router::new().route("/", route(answer))).await, asked)
}

#[tokio::test]
async fn nothing_inside_is_reached_by_its_address_or_its_name() {
    let (server, asked) = counting().await;
    let names = FixedResolver::default()
        .with("inside.example", [Ipv4Addr::LOCALHOST.into()])
        .with("mixed.example", ["93.184.216.34".parse().unwrap(), Ipv4Addr::LOCALHOST.into()]);
    let client = Client::with_resolver(EgressPolicy::default(), Arc::new(names)).unwrap();
    let proxy = open(&client, ProxyLimits::default()).await;
    let port = server.port();
    let hosts =
        ["127.0.0.1", "127.1", "0x7f.1", "[::1]", "[::ffff:127.0.0.1]", "inside.example", "mixed.example", "10.0.0.1"];
    for host in hosts {
        for request in [get(format_args!("http://{host}:{port}/")), tunnelled(format_args!("{host}:{port}"))] {
            let answer = exchange(&proxy, &request).await;
            assert!(answer.starts_with("HTTP/1.1 403 "), "{request}: {answer}");
        }
    }
    let answer = exchange(&proxy, &get("http://user:word@93.184.216.34/")).await;
    assert!(answer.starts_with("HTTP/1.1 403 "), "{answer}");
    let answer = exchange(&proxy, &tunnelled("93.184.216.34:25")).await;
    assert!(answer.starts_with("HTTP/1.1 403 "), "a port that no website has: {answer}");
    let answer = exchange(&proxy, &tunnelled("unknown.example:443")).await;
    assert!(answer.starts_with("HTTP/1.1 502 "), "{answer}");
    let answer = exchange(&proxy, &get("/")).await;
    assert!(answer.starts_with("HTTP/1.1 400 "), "{answer}");
    assert_eq!(proxy.refused(), 2 * hosts.len() as u64 + 2);
    assert_eq!(asked.load(Ordering::SeqCst), 0);
}

#[tokio::test]
async fn what_the_operator_allows_is_reached() {
    async fn echo(headers: HeaderMap, body: Bytes) -> String {
        let has = |name: &str| headers.contains_key(name);
        format!("{} {} {}", has("proxy-connection"), has("x-kept"), String::from_utf8_lossy(&body))
    }
    let server = serve(Router::new().route("/", route(|| async { "allowed" }).post(echo))).await;
    let (other, asked) = counting().await;
    let proxy = open(&client_for(server), ProxyLimits::default()).await;
    let answer = exchange(&proxy, &get(format_args!("http://{server}/"))).await;
    assert!(answer.starts_with("HTTP/1.1 200 ") && answer.ends_with("allowed"), "{answer}");
    let answer = exchange(&proxy, &tunnelled(server)).await;
    assert!(answer.starts_with("HTTP/1.1 200 ") && answer.ends_with("allowed"), "{answer}");
    let post = format!(
        "POST http://{server}/ HTTP/1.1\r\nProxy-Connection: close\r\nX-Kept: 1\r\nContent-Length: 4\r\n\r\nbody{}",
        get(format_args!("http://{other}/"))
    );
    let answer = exchange(&proxy, &post).await;
    assert!(answer.ends_with("false true body"), "{answer}");
    let answer = exchange(&proxy, &get(format_args!("http://{other}/"))).await;
    assert!(answer.starts_with("HTTP/1.1 403 "), "{answer}");
    assert_eq!((proxy.refused(), asked.load(Ordering::SeqCst)), (1, 0));
}

#[tokio::test]
async fn no_more_passes_than_allowed() {
    let server = serve(Router::new().route("/", route(|| async { "x".repeat(1_000_000) }))).await;
    let limits = ProxyLimits { max_bytes: 100_000, ..ProxyLimits::default() };
    for request in [get(format_args!("http://{server}/")), tunnelled(server)] {
        let proxy = open(&client_for(server), limits).await;
        let length = exchange(&proxy, &request).await.len();
        assert!(length <= 101_000, "{length} bytes passed");
        let again = exchange(&proxy, &request).await;
        assert!(!again.contains('x'), "{again}");
    }
    let proxy = open(&client_for(server), ProxyLimits { max_connections: 1, ..ProxyLimits::default() }).await;
    let request = get(format_args!("http://{server}/"));
    assert!(exchange(&proxy, &request).await.len() > 1_000_000);
    assert_eq!(exchange(&proxy, &request).await, "");
}
