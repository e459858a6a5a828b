//! The watch of a sitemap, and crawls of some pages alone.

use super::*;

fn map(address: SocketAddr, pages: &[(&str, &str)]) -> Answer {
    let urls: String = pages
        .iter()
        .map(|(path, modified)| format!("<url><loc>http://{address}{path}</loc><lastmod>{modified}</lastmod></url>"))
        .collect();
    bytes(format!("<urlset>{urls}</urlset>").as_bytes())
}

fn start(address: SocketAddr) -> Url {
    Url::parse(&format!("http://{address}/")).unwrap()
}

async fn look(address: SocketAddr, known: &[SitemapFile]) -> Result<Vec<SitemapFile>, CrawlError> {
    let settings = WebsiteSettings { exclude: vec!["/old/*".to_owned()], ..settings(address) };
    watch(&client(address), &settings, &hurried(), &start(address), known).await
}

#[tokio::test]
async fn a_sitemap_that_has_not_changed_costs_a_request_a_file() {
    let site = Website::default();
    let address = site.start().await;
    let index = format!("<sitemapindex><sitemap><loc>http://{address}/a.xml</loc></sitemap></sitemapindex>");
    site.replace("/robots.txt", bytes(b"User-agent: *\nDisallow:\nSitemap: /index.xml\n"));
    site.replace("/index.xml", bytes(index.as_bytes()).header(header::ETAG, "\"1\""));
    let listed = [("/1", "2026-11-01"), ("/1?utm_source=x", "2026-11-02"), ("/old/2", "2026-11-01"), ("/3", "")];
    site.replace("/a.xml", map(address, &listed).header(header::ETAG, "\"1\""));
    let files = look(address, &[]).await.unwrap();
    let page = |path: &str| format!("http://{address}{path}");
    assert_eq!(files.len(), 2);
    assert_eq!((files[0].address.as_str(), files[0].pages.len()), (page("/index.xml").as_str(), 0));
    assert_eq!(files[1].parent.as_deref(), Some(page("/index.xml").as_str()));
    assert_eq!(files[1].pages, [(page("/1"), Some("2026-11-01".to_owned())), (page("/3"), None)]);

    site.take_requests();
    assert_eq!(look(address, &files).await.unwrap(), files);
    let asked = site.take_requests();
    assert_eq!(
        asked.iter().map(|(path, _)| path.as_str()).collect::<Vec<_>>(),
        ["/robots.txt", "/index.xml", "/a.xml"]
    );
    assert!(asked[1..].iter().all(|(_, headers)| headers.contains_key(header::IF_NONE_MATCH)));

    // A file that changed is read, the one that names it is not.
    site.replace("/a.xml", map(address, &[("/3", "2026-11-03")]).header(header::ETAG, "\"2\""));
    let changed = look(address, &files).await.unwrap();
    assert_eq!(changed[0], files[0]);
    assert_eq!(changed[1].pages, [(page("/3"), Some("2026-11-03".to_owned()))]);
}

#[tokio::test]
async fn a_site_without_a_sitemap_is_no_failure_and_a_damaged_one_is() {
    let site = Website::default().page("/", "front");
    let address = site.start().await;
    assert_eq!(look(address, &[]).await, Ok(Vec::new()));
    site.replace("/sitemap.xml", html("<!doctype html><p>the front page, whatever is asked for</p>"));
    assert_eq!(look(address, &[]).await, Ok(Vec::new()));
    site.replace("/robots.txt", bytes(b"Sitemap: /sitemap.xml\n"));
    let unreadable = CrawlError::SitemapUnreadable { address: format!("http://{address}/sitemap.xml") };
    assert_eq!(look(address, &[]).await, Err(unreadable));
    site.replace("/sitemap.xml", status(403));
    assert_eq!(look(address, &[]).await, Err(CrawlError::SiteFailed { status: 403 }));
}

#[tokio::test]
async fn a_part_asks_for_what_is_wanted_and_nothing_else() {
    let site = Website::default()
        .page("/", "<a href=/a>a</a>")
        .page("/a", "before")
        .page("/still", "still there")
        .page("/gone", "going");
    let address = site.start().await;
    site.replace("/sitemap.xml", map(address, &[("/a", ""), ("/still", ""), ("/gone", "")]));
    let (first, _) = run(address, Vec::new()).await;
    site.replace("/a", html("after <a href=/b>b</a>"));
    site.replace("/new", html("new"));
    site.replace("/gone", status(410));
    site.replace("/lost", status(404));
    site.take_requests();

    let url = |path: &str| start(address).join(path).unwrap();
    let wanted: Vec<WantedPage> = [("/a", true), ("/new", true), ("/lost", true), ("/still", false), ("/gone", false)]
        .map(|(path, listed)| WantedPage { url: url(path), listed })
        .into();
    let mut sink = Collected::default();
    let (settings, policy, cancel) = (settings(address), hurried(), CancellationToken::new());
    let client = client(address);
    let summary =
        crawl_part(&client, &settings, &policy, &start(address), first.known(), &wanted, &mut sink, &cancel).await;
    assert_eq!(summary.unwrap().stopped, None);
    assert_eq!((sink.fetched(), sink.unchanged()), (vec!["/a", "/new"], vec!["/still"]));
    assert_eq!((sink.outcome("/gone").is_gone(), sink.outcome("/lost").is_gone()), (true, false));
    let mut asked: Vec<String> = site.take_requests().into_iter().map(|(path, _)| path).collect();
    asked.sort_unstable();
    assert_eq!(asked, ["/a", "/gone", "/lost", "/new", "/robots.txt", "/still"]);
}
