//! What an organisation's list leaves of what the operator allows.

use std::{
    io,
    net::{Ipv4Addr, SocketAddr},
    sync::Arc,
};

use async_trait::async_trait;
use axum::{Router, response::Redirect, routing::get as route};
use parking_lot::Mutex;
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::TcpStream,
};
use url::Url;

use super::{client_for, get, serve};
use crate::{Client, EgressPolicy, FixedHosts, FixedResolver, HostRule, Narrowing, NetError, Proxy, ProxyLimits};

fn rules(lines: &[&str]) -> Vec<HostRule> {
    lines.iter().map(|line| line.parse().unwrap()).collect()
}

fn narrowed(client: &Client, lines: &[&str]) -> Client {
    client.narrowed_by(Arc::new(FixedHosts(rules(lines))))
}

async fn local() -> SocketAddr {
    serve(Router::new().route("/", route(|| async { "local" }))).await
}

/// A list that changes, and that may not be there.
#[derive(Default)]
struct Changing(Mutex<Option<Option<Vec<HostRule>>>>);

#[async_trait]
impl Narrowing for Changing {
    async fn hosts(&self) -> io::Result<Option<Vec<HostRule>>> {
        self.0.lock().clone().ok_or_else(|| io::Error::other("nobody knows"))
    }
}

#[tokio::test]
async fn a_narrowed_client_reaches_its_hosts_only() {
    let server = local().await;
    let client = client_for(server);
    let url = format!("http://{server}/");
    let refused = NetError::NotListed { host: server.to_string() };
    assert_eq!(get(&narrowed(&client, &["example.com"]), &url).await.unwrap_err(), refused);
    assert_eq!(get(&narrowed(&client, &[]), &url).await.unwrap_err(), refused);
    assert!(!refused.is_transient());
    let text = refused.to_string();
    assert!(text.contains(&server.to_string()) && text.contains("administrator"), "{text}");
    // It cannot be widened again.
    let widened = narrowed(&narrowed(&client, &["example.com"]), &["127.0.0.1"]);
    assert_eq!(get(&widened, &url).await.unwrap_err(), refused);
    for line in ["127.0.0.1".to_owned(), server.to_string()] {
        assert_eq!(get(&narrowed(&client, &[&line]), &url).await.unwrap().body, "local", "{line}");
    }
    let other_port = format!("127.0.0.1:{}", server.port() ^ 1);
    assert_eq!(get(&narrowed(&client, &[&other_port]), &url).await.unwrap_err(), refused);
}

#[tokio::test]
async fn a_list_adds_nothing_to_what_the_operator_allows() {
    let server = local().await;
    let client = narrowed(&Client::new(EgressPolicy::default()).unwrap(), &["127.0.0.1"]);
    let error = get(&client, format!("http://{server}/")).await.unwrap_err();
    assert_eq!(error, NetError::Forbidden { host: "127.0.0.1".to_owned() });
}

#[tokio::test]
async fn a_redirect_off_the_list_is_refused() {
    let inner = local().await;
    let to = format!("http://listed.example:{}/", inner.port());
    let off = format!("http://unlisted.example:{}/", inner.port());
    let (on_list, off_list) = (to.clone(), off.clone());
    let router = Router::new()
        .route("/on", route(move || async move { Redirect::temporary(&on_list) }))
        .route("/off", route(move || async move { Redirect::temporary(&off_list) }));
    let server = serve(router).await;
    let names = FixedResolver::default()
        .with("listed.example", [Ipv4Addr::LOCALHOST.into()])
        .with("unlisted.example", [Ipv4Addr::LOCALHOST.into()]);
    let policy = EgressPolicy::allowing(["127.0.0.0/8".parse().unwrap()]);
    let wide = Client::with_resolver(policy, Arc::new(names)).unwrap();
    let client = narrowed(&wide, &["127.0.0.1", "listed.example"]);
    assert_eq!(get(&client, format!("http://{server}/on")).await.unwrap().body, "local");
    let host = format!("unlisted.example:{}", inner.port());
    let refused = NetError::NotListed { host };
    assert_eq!(get(&client, format!("http://{server}/off")).await.unwrap_err(), refused);
    assert_eq!(get(&wide, format!("http://{server}/off")).await.unwrap().body, "local");
    let off = Url::parse(&off).unwrap();
    assert_eq!(client.check_url(&off).await.unwrap_err(), refused);
    assert_eq!(client.check_listed(&off).await.unwrap_err(), refused);
    assert_eq!(client.http_client_for(&off).await.unwrap_err(), refused);
    assert_eq!(client.check_listed(&Url::parse(&to).unwrap()).await, Ok(()));
}

#[tokio::test]
async fn a_change_counts_for_the_next_request_and_what_is_not_known_is_refused() {
    let server = local().await;
    let list = Arc::new(Changing::default());
    let client = client_for(server).narrowed_by(Arc::clone(&list) as Arc<dyn Narrowing>);
    let url = format!("http://{server}/");
    let unknown = get(&client, &url).await.unwrap_err();
    assert_eq!(unknown, NetError::ListUnknown { host: "127.0.0.1".to_owned() });
    assert!(unknown.is_transient());
    *list.0.lock() = Some(None);
    assert_eq!(get(&client, &url).await.unwrap().body, "local");
    *list.0.lock() = Some(Some(rules(&["example.com"])));
    assert!(matches!(get(&client, &url).await, Err(NetError::NotListed { .. })));
    *list.0.lock() = Some(Some(rules(&["example.com", "127.0.0.1"])));
    assert_eq!(get(&client, &url).await.unwrap().body, "local");
}

#[tokio::test]
async fn a_proxy_keeps_to_the_list() {
    let server = local().await;
    let client = client_for(server);
    for (line, status) in [("127.0.0.1", "HTTP/1.1 200 "), ("example.com", "HTTP/1.1 403 ")] {
        let proxy = Proxy::open(&narrowed(&client, &[line]), ProxyLimits::default()).await.unwrap();
        let tunnel = format!("CONNECT {server} HTTP/1.1\r\n\r\nGET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
        for request in [format!("GET http://{server}/ HTTP/1.1\r\nHost: x\r\n\r\n"), tunnel] {
            let mut connection = TcpStream::connect(proxy.address()).await.unwrap();
            connection.write_all(request.as_bytes()).await.unwrap();
            let mut answer = Vec::new();
            // A connection that is reset has said what it had to say.
            let _end = connection.read_to_end(&mut answer).await;
            let answer = String::from_utf8_lossy(&answer);
            assert!(answer.starts_with(status), "{line}: {answer}");
        }
        assert_eq!(proxy.refused(), if line == "example.com" { 2 } else { 0 });
    }
}
