//! What an organisation's list of hosts leaves of a crawl.

use std::{
    io,
    sync::atomic::{AtomicUsize, Ordering},
};

use hammock_net::{FixedHosts, FixedResolver, HostRule, Narrowing, NetError};

use super::*;

/// A client of an organisation that lists these hosts alone. Every name that the tests use is the server's.
fn listing(address: SocketAddr, lines: &[&str]) -> Client {
    let names = ["museum.example", "www.museum.example", "shop.example"]
        .into_iter()
        .fold(FixedResolver::default(), |names, name| names.with(name, [address.ip()]));
    let policy = EgressPolicy::allowing([address.to_string().parse().unwrap()]);
    let wide = Client::with_resolver(policy, Arc::new(names)).unwrap();
    wide.narrowed_by(Arc::new(FixedHosts(lines.iter().map(|line| line.parse().unwrap()).collect())))
}

async fn crawled(client: &Client, start_url: String) -> (Collected, Result<CrawlSummary, CrawlError>) {
    let settings = WebsiteSettings { page_limit: 1000, ..WebsiteSettings::of(start_url) };
    let mut found = Collected::default();
    let outcome = crawl(client, &settings, &hurried(), Vec::new(), &mut found, &CancellationToken::new()).await;
    (found, outcome)
}

fn refusal_of(result: &PageResult) -> Option<&str> {
    match result {
        PageResult::Failed(PageFailure::Net(NetError::NotListed { host })) => Some(host),
        _ => None,
    }
}

#[tokio::test]
async fn a_page_that_leads_off_the_list_says_so() {
    let site = Website::default().page("/", "<a href=/here>1</a><a href=/twin>2</a>").page("/here", "here");
    let address = site.start().await;
    let at = |host: &str, path: &str| format!("http://{host}:{}{path}", address.port());
    site.replace("/twin", redirect(&at("www.museum.example", "/twin")));
    let (found, outcome) = crawled(&listing(address, &["museum.example"]), at("museum.example", "/")).await;
    let twin = format!("www.museum.example:{}", address.port());
    assert_eq!(refusal_of(found.of("/twin")), Some(twin.as_str()));
    assert_eq!(found.fetched(), ["/", "/here"]);
    assert_eq!(outcome.unwrap().failed, 1);
    assert_eq!(site.count("/twin"), 1);
}

#[tokio::test]
async fn a_start_address_off_the_list_or_that_leads_there_is_an_error() {
    let site = Website::default().page("/", "here");
    let address = site.start().await;
    let at = |host: &str, path: &str| format!("http://{host}:{}{path}", address.port());
    for host in ["www.museum.example", "shop.example"] {
        site.replace("/away", redirect(&at(host, "/")));
        let refused = Err(CrawlError::NotListed { host: format!("{host}:{}", address.port()) });
        let client = listing(address, &["museum.example"]);
        assert_eq!(crawled(&client, at("museum.example", "/away")).await.1, refused, "{host}");
        assert_eq!(site.count("/"), 0, "{host}");
        site.take_requests();
        assert_eq!(crawled(&client, at(host, "/")).await.1, refused, "{host}");
        assert_eq!(site.take_requests().len(), 0, "{host}: not even its robots.txt was asked for");
    }
    let told = ApiError::from(CrawlError::NotListed { host: "shop.example".to_owned() });
    assert_eq!((told.code, told.params["host"].as_str()), (ErrorCode::HostNotListed, "shop.example"));
}

#[tokio::test]
async fn neither_a_robots_file_nor_a_sitemap_leads_off_the_list() {
    let site = Website::default().page("/", "here").page("/listed", "listed");
    let address = site.start().await;
    let at = |host: &str, path: &str| format!("http://{host}:{}{path}", address.port());
    let client = listing(address, &["museum.example"]);
    let robots = format!("User-agent: *\nDisallow:\nSitemap: {}\n", at("shop.example", "/map.xml"));
    site.replace("/robots.txt", bytes(robots.as_bytes()));
    site.replace("/map.xml", bytes(b"<urlset><url><loc>/listed</loc></url></urlset>"));
    let (found, outcome) = crawled(&client, at("museum.example", "/")).await;
    outcome.unwrap();
    assert_eq!((found.fetched(), site.count("/map.xml")), (vec!["/"], 0));
    let start = Url::parse(&at("museum.example", "/")).unwrap();
    let settings = WebsiteSettings::of(start.to_string());
    let refused = CrawlError::NotListed { host: format!("shop.example:{}", address.port()) };
    assert_eq!(watch(&client, &settings, &hurried(), &start, &[]).await, Err(refused.clone()));

    site.replace("/robots.txt", redirect(&at("shop.example", "/robots.txt")));
    assert_eq!(crawled(&client, at("museum.example", "/")).await.1, Err(refused));
}

/// Lists everything for so many requests, and then nothing more.
struct Closing(AtomicUsize);

#[async_trait]
impl Narrowing for Closing {
    async fn hosts(&self) -> io::Result<Option<Vec<HostRule>>> {
        let open = self.0.fetch_update(Ordering::SeqCst, Ordering::SeqCst, |left| left.checked_sub(1)).is_ok();
        Ok(if open { None } else { Some(Vec::new()) })
    }
}

#[tokio::test]
async fn a_host_that_leaves_the_list_in_the_middle_ends_the_crawl() {
    let links: String = (0..100).map(|n| format!("<a href=/p{n}>x</a>")).collect();
    let site = (0..100).fold(Website::default().page("/", &links), |site, n| site.page(&format!("/p{n}"), "page"));
    let address = site.start().await;
    let narrowed = client(address).narrowed_by(Arc::new(Closing(AtomicUsize::new(12))));
    let (found, outcome) = crawled(&narrowed, format!("http://{address}/")).await;
    assert_eq!(outcome, Err(CrawlError::NotListed { host: address.to_string() }));
    assert!(site.take_requests().len() <= 12, "nothing more is asked for");
    let refused: Vec<_> = found.outcomes.iter().filter_map(|outcome| refusal_of(&outcome.result)).collect();
    assert!(!refused.is_empty() && refused.iter().all(|host| *host == address.to_string()), "{refused:?}");
}
