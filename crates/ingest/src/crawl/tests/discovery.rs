use std::io::Write as _;

use super::*;

fn sitemap(address: SocketAddr, paths: &[&str]) -> String {
    let urls: String = paths.iter().map(|path| format!("<url><loc>http://{address}{path}</loc></url>")).collect();
    format!("<?xml version=\"1.0\"?><urlset>{urls}</urlset>")
}

fn gzip(text: &str) -> Vec<u8> {
    let mut gzip = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    gzip.write_all(text.as_bytes()).unwrap();
    gzip.finish().unwrap()
}

#[tokio::test]
async fn sitemaps_and_links_are_followed_within_the_host() {
    let site = Website::default()
        .page("/", "<a href=/a>a</a> <a href=http://other.example/x>other</a> <a href='mailto:x@y.example'>mail</a> <a href=logo.png>p</a>")
        .page("/a", "a <a href='b?utm_source=x#part'>b</a> <a href=/>home</a>")
        .page("/b", "b <a href=/b?sessionid=1>b again</a>")
        .page("/only-in-map", "one")
        .page("/only-in-packed-map", "two");
    let address = site.start().await;
    let index = format!("<sitemapindex><sitemap><loc>http://{address}/packed.xml.gz</loc></sitemap></sitemapindex>");
    let robots = format!("User-agent: *\nDisallow:\nSitemap: http://{address}/map.xml\nSitemap: /index.xml\n");
    site.replace("/robots.txt", bytes(robots.as_bytes()));
    site.replace("/map.xml", bytes(sitemap(address, &["/only-in-map", "/a"]).as_bytes()));
    site.replace("/index.xml", bytes(index.as_bytes()));
    site.replace("/packed.xml.gz", bytes(&gzip(&sitemap(address, &["/only-in-packed-map"]))));
    let (found, summary) = run(address, Vec::new()).await;
    let summary = summary.unwrap();
    assert_eq!(found.fetched(), ["/", "/a", "/b", "/only-in-map", "/only-in-packed-map"]);
    assert_eq!((summary.fetched, summary.failed, summary.stopped), (5, 0, None));
    assert_eq!(site.count("/b"), 1);
    let agents = site.take_requests();
    assert!(agents.iter().all(|(_, headers)| headers["user-agent"].to_str().unwrap().starts_with("hammock/")));
}

#[tokio::test]
async fn the_settings_choose_sitemap_or_links() {
    let site = Website::default().page("/", "<a href=/linked>x</a>").page("/linked", "l").page("/mapped", "m");
    let address = site.start().await;
    site.replace("/sitemap.xml", bytes(sitemap(address, &["/mapped"]).as_bytes()));
    let only_map = WebsiteSettings { follow_links: false, ..settings(address) };
    let (found, _) = run_with(&only_map, &hurried(), address, Vec::new()).await;
    assert_eq!(found.fetched(), ["/", "/mapped"]);
    let only_links = WebsiteSettings { use_sitemap: false, ..settings(address) };
    let (found, _) = run_with(&only_links, &hurried(), address, Vec::new()).await;
    assert_eq!(found.fetched(), ["/", "/linked"]);
}

#[tokio::test]
async fn the_page_limit_is_exact_and_depth_is_bounded() {
    let links: String = (0..50).map(|n| format!("<a href=/p{n}>x</a>")).collect();
    let mut site = Website::default().page("/", &links);
    for n in 0..50 {
        site = site.page(&format!("/p{n}"), &format!("page {n}"));
    }
    let address = site.start().await;
    let limited = WebsiteSettings { page_limit: 7, ..settings(address) };
    let (found, summary) = run_with(&limited, &hurried(), address, Vec::new()).await;
    let summary = summary.unwrap();
    assert_eq!((found.fetched().len(), summary.fetched, summary.stopped), (7, 7, Some(StopReason::PageLimit)));
    let pages = site.take_requests().iter().filter(|(path, _)| path.starts_with("/p")).count();
    assert_eq!(pages, 6, "no more is asked for than is wanted");
    assert_eq!((summary.skipped, found.skipped("/p49")), (44, "page_limit"), "what is kept out is told");

    let mut endless = Website::default().page("/", "<a href=/0>x</a>");
    for n in 0..20 {
        endless = endless.page(&format!("/{n}"), &format!("{n} <a href=/{}>next</a>", n + 1));
    }
    let address = endless.start().await;
    let shallow = WebsiteSettings { max_depth: 5, ..settings(address) };
    let (found, _) = run_with(&shallow, &hurried(), address, Vec::new()).await;
    assert_eq!(found.fetched(), ["/", "/0", "/1", "/2", "/3", "/4"]);
}

#[tokio::test]
async fn the_progress_never_goes_back() {
    let site = Website::default()
        .with("/robots.txt", bytes(b"User-agent: *\nDisallow: /private\n"))
        .page(
            "/",
            "<a href=/a>1</a><a href=/hidden>2</a><a href=/private>3</a><a href=/gone>4</a><a href=/broken>5</a>",
        )
        .page("/a", "<a href=/b>b</a>")
        .page("/b", "b")
        .page("/hidden", "<meta name=robots content=noindex>h")
        .with("/broken", status(403));
    let address = site.start().await;
    let steps = |found: &Collected| -> Vec<(u64, u64)> {
        found.progress.iter().map(|step| (step.done, step.total.unwrap())).collect()
    };
    let (found, summary) = run(address, Vec::new()).await;
    assert_eq!(summary.unwrap().pages(), 3);
    let said = steps(&found);
    assert_eq!((said.first(), said.last()), (Some(&(1, 6)), Some(&(7, 7))));
    assert!(said.is_sorted_by(|a, b| a.0 <= b.0 && a.1 <= b.1), "{said:?}");
    assert!(said.iter().all(|(done, total)| done <= total), "{said:?}");

    // What the page limit keeps out is not counted.
    let limited = WebsiteSettings { page_limit: 2, ..settings(address) };
    let (found, _) = run_with(&limited, &hurried(), address, Vec::new()).await;
    let said = steps(&found);
    assert_eq!(said.first(), Some(&(1, 2)));
    assert!(said.last().is_some_and(|(done, total)| done == total), "{said:?}");
}

#[tokio::test]
async fn robots_txt_is_obeyed() {
    let site = Website::default()
        .with("/robots.txt", bytes(b"User-agent: hammock\nDisallow: /private\nCrawl-delay: 0.1\n"))
        .page("/", "<a href=/private/a>p</a><a href=/open>o</a><a href=/open2>o</a>")
        .page("/open", "open")
        .page("/open2", "open 2");
    let address = site.start().await;
    let begin = std::time::Instant::now();
    let (found, summary) = run(address, Vec::new()).await;
    assert_eq!(found.fetched(), ["/", "/open", "/open2"]);
    assert_eq!(found.skipped("/private/a"), "robots");
    assert_eq!(summary.unwrap().skipped, 1);
    assert_eq!(site.count("/private/a"), 0);
    // robots.txt came before its delay was known; four requests follow, three delays lie between them.
    assert!(begin.elapsed() >= Duration::from_millis(300), "{:?}", begin.elapsed());

    let site = Website::default().with("/robots.txt", bytes(b"User-agent: *\nDisallow: /\n")).page("/", "x");
    let address = site.start().await;
    assert_eq!(run(address, Vec::new()).await.1, Err(CrawlError::RobotsDisallowed));
    assert_eq!(site.count("/"), 0);

    let site = Website::default().with("/robots.txt", status(503)).page("/", "x");
    let address = site.start().await;
    assert_eq!(run(address, Vec::new()).await.1, Err(CrawlError::SiteFailed { status: 503 }));
    assert_eq!((site.count("/"), site.count("/robots.txt")), (0, 3));
}
