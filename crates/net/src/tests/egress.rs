use std::{
    io,
    net::{IpAddr, Ipv4Addr},
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
};

use async_trait::async_trait;
use axum::{Router, extract::Path as PathOfUrl, response::Redirect, routing::get as route};
use http::{HeaderValue, StatusCode, header::LOCATION};
use url::Url;

use super::{client_for, get, serve};
use crate::{Client, EgressPolicy, FixedResolver, NetError, Resolver};

const PUBLIC: IpAddr = IpAddr::V4(Ipv4Addr::new(93, 184, 216, 34));
const LOOPBACK: IpAddr = IpAddr::V4(Ipv4Addr::LOCALHOST);

/// Names of wildcard services resolve to the address that they spell; everything else stands in a table.
struct TrickResolver(FixedResolver);

#[async_trait]
impl Resolver for TrickResolver {
    async fn resolve(&self, host: &str) -> io::Result<Vec<IpAddr>> {
        let spelled = [".nip.io", ".sslip.io"].into_iter().find_map(|suffix| host.strip_suffix(suffix));
        match spelled.map(|address| address.replace('-', ".").parse()) {
            Some(Ok(address)) => Ok(vec![address]),
            _ => self.0.resolve(host).await,
        }
    }
}

fn trick_resolver() -> Arc<dyn Resolver> {
    let table = ["localhost", "ip6-localhost", "lvh.me", "vcap.me", "*.localtest.me"]
        .into_iter()
        .fold(FixedResolver::default(), |table, name| table.with(name, [LOOPBACK]))
        .with("example.com", [PUBLIC])
        .with("both.example", [PUBLIC, "2606:2800:220:1::1".parse().unwrap()])
        .with("mixed.example", [PUBLIC, "10.0.0.7".parse().unwrap()])
        .with("six.example", ["fd00::7".parse().unwrap()])
        .with("mapped.example", ["::ffff:169.254.169.254".parse().unwrap()]);
    Arc::new(TrickResolver(table))
}

/// The first answer is public, every later one is not.
struct Rebinding(AtomicUsize);

#[async_trait]
impl Resolver for Rebinding {
    async fn resolve(&self, _host: &str) -> io::Result<Vec<IpAddr>> {
        Ok(vec![if self.0.fetch_add(1, Ordering::SeqCst) == 0 { PUBLIC } else { LOOPBACK }])
    }
}

/// The known spellings of inside addresses, each with the name of its trick.
fn spellings() -> Option<Vec<(String, String)>> {
    let list = hammock_testkit::environment::shared_data("known spellings of inside addresses", "security/ssrf.tsv")?;
    let text = std::fs::read_to_string(list).unwrap();
    let rows = text.lines().filter_map(|line| line.split_once('\t'));
    Some(rows.map(|(url, trick)| (url.to_owned(), trick.to_owned())).collect())
}

fn guarded() -> Client {
    Client::with_resolver(EgressPolicy::default(), trick_resolver()).unwrap()
}

/// Refused by the guard, not for want of a server.
fn is_refusal(error: &NetError) -> bool {
    matches!(error, NetError::Forbidden { .. } | NetError::InvalidUrl { .. })
}

async fn check(client: &Client, url: &str) -> Result<(), NetError> {
    client.check_url(&Url::parse(url).unwrap()).await
}

#[tokio::test]
async fn every_known_spelling_of_an_inside_address_is_refused_and_public_ones_are_not() {
    let client = guarded();
    for url in [
        "http://example.com/",
        "https://example.com:8443/a?b",
        "http://both.example/",
        "http://93.184.216.34/",
        "http://0x5db8d822/",
        "http://93.184.216.34.nip.io/",
        "http://[2606:2800:220:1::1]/",
        "http://[::ffff:93.184.216.34]/",
    ] {
        assert_eq!(check(&client, url).await, Ok(()), "{url}");
    }
    let Some(spellings) = spellings() else { return };
    for (url, trick) in &spellings {
        let error = get(&client, url).await.expect_err(&format!("{url} ({trick}) was reached"));
        assert!(is_refusal(&error), "{url} ({trick}): {error:?}");
        // A list that is refused for a detail of its spelling would prove nothing about the address behind.
        if let Ok(mut plain) = Url::parse(url)
            && trick == "userinfo"
            && plain.set_username("").is_ok()
        {
            assert!(matches!(get(&client, &plain).await, Err(NetError::Forbidden { .. })), "{plain}");
        }
    }
    assert!(spellings.len() >= 150, "only {} spellings were read", spellings.len());
}

#[tokio::test]
async fn a_name_that_nobody_knows_is_told_apart_from_a_host_that_does_not_answer() {
    let empty = FixedResolver::default().with("empty.example", []);
    let client = Client::with_resolver(EgressPolicy::default(), Arc::new(empty)).unwrap();
    for host in ["nowhere.example", "empty.example"] {
        let error = get(&client, format!("http://{host}/")).await.unwrap_err();
        assert_eq!(error, NetError::Unresolved { host: host.to_owned() });
        assert!(error.is_transient());
        assert_eq!(error.to_string(), format!("the name {host} cannot be resolved"));
    }
}

#[tokio::test]
async fn no_redirect_leads_to_any_of_them() {
    let Some(spellings) = spellings() else { return };
    let targets: Arc<Vec<(String, String)>> = Arc::new(spellings);
    let to = Arc::clone(&targets);
    let redirect = move |PathOfUrl(n): PathOfUrl<usize>| async move {
        // As it stands: what a header cannot hold is sent in UTF-8.
        let location = HeaderValue::from_bytes(to[n].0.as_bytes()).unwrap();
        (StatusCode::FOUND, [(LOCATION, location)])
    };
    let server = serve(Router::new().route("/{n}", route(redirect))).await;
    let policy = EgressPolicy::allowing([server.to_string().parse().unwrap()]);
    let client = Client::with_resolver(policy, trick_resolver()).unwrap();
    for (n, (url, trick)) in targets.iter().enumerate() {
        match get(&client, format!("http://{server}/{n}")).await {
            Err(error) => assert!(is_refusal(&error), "{url} ({trick}): {error:?}"),
            // A target that is relative to the server is not inside anything.
            Ok(answer) => assert_eq!(answer.url.authority(), server.to_string(), "{url} ({trick})"),
        }
    }
}

#[tokio::test]
async fn one_inside_address_among_public_ones_condemns_a_name() {
    for url in ["http://mixed.example/", "http://six.example/", "http://mapped.example/", "http://a.localtest.me/"] {
        assert!(matches!(check(&guarded(), url).await, Err(NetError::Forbidden { .. })), "{url}");
        assert!(matches!(get(&guarded(), url).await, Err(NetError::Forbidden { .. })), "{url}");
    }
}

#[tokio::test]
async fn a_name_that_moves_inside_after_the_check_is_refused() {
    let server = serve(Router::new().route("/", route(|| async { "inside" }))).await;
    let client = Client::with_resolver(EgressPolicy::default(), Arc::new(Rebinding(AtomicUsize::new(0)))).unwrap();
    let url = format!("http://rebind.example:{}/", server.port());
    assert_eq!(check(&client, &url).await, Ok(()));
    let host = "rebind.example".to_owned();
    assert_eq!(get(&client, &url).await.unwrap_err(), NetError::Forbidden { host });

    let client = Client::with_resolver(EgressPolicy::default(), Arc::new(Rebinding(AtomicUsize::new(0)))).unwrap();
    let provider = client.http_client_for(&Url::parse(&url).unwrap()).await.unwrap();
    assert!(provider.get(&url).send().await.is_err());
}

#[tokio::test]
async fn redirects_are_checked_again() {
    let inside = serve(Router::new().route("/", route(|| async { "inside" }))).await;
    let targets = [
        format!("http://{inside}/"),
        "http://169.254.169.254/latest/meta-data".to_owned(),
        "//2130706433/".to_owned(),
        "http://a.localtest.me/".to_owned(),
        "file:///etc/passwd".to_owned(),
    ];
    for target in targets {
        let to = target.clone();
        let server = serve(Router::new().route("/", route(move || async move { Redirect::temporary(&to) }))).await;
        let policy = EgressPolicy::allowing([server.to_string().parse().unwrap()]);
        let client = Client::with_resolver(policy, trick_resolver()).unwrap();
        let error = get(&client, format!("http://{server}/")).await.expect_err(&target);
        assert!(is_refusal(&error), "{target}: {error:?}");
        assert!(!error.to_string().contains("127.0.0.1:"), "{error}");
    }
}

#[tokio::test]
async fn the_operator_can_allow_a_destination_and_nothing_beside_it() {
    let server = serve(Router::new().route("/", route(|| async { "local" }))).await;
    let other = serve(Router::new().route("/", route(|| async { "other" }))).await;
    let client = client_for(server);
    assert_eq!(get(&client, format!("http://{server}/")).await.unwrap().body, "local");
    assert!(matches!(get(&client, format!("http://{other}/")).await, Err(NetError::Forbidden { .. })));

    // By name and port: the resolver must know the port of the request.
    let rule = format!("localhost:{}", server.port()).parse().unwrap();
    let client = Client::with_resolver(EgressPolicy::allowing([rule]), trick_resolver()).unwrap();
    assert_eq!(get(&client, format!("http://localhost:{}/", server.port())).await.unwrap().body, "local");
    for refused in [format!("http://localhost:{}/", other.port()), format!("http://lvh.me:{}/", server.port())] {
        assert!(matches!(get(&client, &refused).await, Err(NetError::Forbidden { .. })), "{refused}");
    }
}
