//! What the settings keep and leave out: patterns, further pages to begin at, and the depth.

use super::*;

fn texts(texts: &[&str]) -> Vec<String> {
    texts.iter().map(|text| (*text).to_owned()).collect()
}

/// What the settings say is new: an earlier crawl's pages, without how far they are.
fn changed(known: Vec<KnownPage>) -> Vec<KnownPage> {
    known.into_iter().map(|page| KnownPage { depth: None, ..page }).collect()
}

fn map(site: &Website, address: SocketAddr, paths: &[&str]) {
    let urls: String = paths.iter().map(|path| format!("<url><loc>http://{address}{path}</loc></url>")).collect();
    site.replace("/sitemap.xml", bytes(format!("<urlset>{urls}</urlset>").as_bytes()));
}

#[tokio::test]
async fn what_is_excluded_is_never_asked_for() {
    let site = Website::default()
        .page("/", "<a href=/a>a</a><a href=/a?print=1>p</a><a href=/basket/1>b</a><a href=/old>o</a>")
        .page("/a", "a")
        .page("/mapped", "m")
        .with("/old", redirect("/basket/2"));
    let address = site.start().await;
    map(&site, address, &["/mapped", "/basket/3"]);
    let settings = WebsiteSettings { exclude: texts(&["/basket/*", "*?print=*"]), ..settings(address) };
    let (found, summary) = run_with(&settings, &hurried(), address, Vec::new()).await;
    assert_eq!(found.fetched(), ["/", "/a", "/mapped"]);
    let summary = summary.unwrap();
    assert_eq!((summary.fetched, summary.skipped, summary.failed, summary.stopped), (3, 1, 0, None));
    assert_eq!(found.skipped("/old"), "redirect");
    let asked: Vec<String> = site.take_requests().into_iter().map(|(path, _)| path).collect();
    assert!(!asked.iter().any(|path| path.contains("basket") || path.contains("print")), "{asked:?}");
}

#[tokio::test]
async fn what_is_not_included_is_read_for_its_links_alone() {
    let front = "<a href=/about>a</a><a href=/gone>g</a>";
    let site = Website::default()
        .page("/", front)
        .page("/about", "<link rel=canonical href=/help/2>about <a href=/help/1>1</a>")
        .page("/help/1", "one <a href=/team>t</a>")
        .page("/help/2", "<link rel=canonical href=/team>two")
        .page("/help/3", front)
        .page("/team", "team");
    let address = site.start().await;
    map(&site, address, &["/help/3", "/press"]);
    let settings = WebsiteSettings { include: texts(&["/help/*"]), ..settings(address) };
    let (found, summary) = run_with(&settings, &hurried(), address, Vec::new()).await;
    assert_eq!(found.fetched(), ["/help/1", "/help/2", "/help/3"], "also what is the same as a page left out");
    for path in ["/", "/about", "/gone", "/team"] {
        assert_eq!(found.skipped(path), "not_included", "{path}");
    }
    let summary = summary.unwrap();
    assert_eq!((summary.pages(), summary.skipped, summary.failed), (3, 4, 0));
    assert_eq!(site.count("/press"), 0, "the sitemap leads to no links");
    let depths: Vec<u32> = ["/", "/about", "/help/1"].iter().map(|path| found.outcome(path).depth).collect();
    assert_eq!(depths, [0, 1, 2]);
}

#[tokio::test]
async fn further_pages_are_begun_at() {
    let site = Website::default()
        .page("/start", "<a href=/linked>l</a>")
        .with("/", redirect("/start"))
        .page("/island", "<a href=/shore>s</a>")
        .page("/shore", "shore")
        .page("/linked", "linked");
    let address = site.start().await;
    let more_urls = vec![
        format!("http://{address}/island"),
        "http://elsewhere.example/x".to_owned(),
        format!("http://{address}/left-out"),
    ];
    let settings = WebsiteSettings { more_urls, max_depth: 1, exclude: texts(&["/left-out"]), ..settings(address) };
    let (found, _) = run_with(&settings, &hurried(), address, Vec::new()).await;
    assert_eq!(found.fetched(), ["/island", "/linked", "/shore", "/start"]);
    assert_eq!((found.outcome("/island").depth, found.outcome("/shore").depth), (0, 1));
    assert_eq!(site.count("/left-out"), 0);
}

#[tokio::test]
async fn the_start_page_is_read_whatever_is_left_out() {
    let site = Website::default().page("/", "<a href=/a>a</a>").page("/a", "a");
    let address = site.start().await;
    let settings = WebsiteSettings { exclude: texts(&["/"]), ..settings(address) };
    let (found, _) = run_with(&settings, &hurried(), address, Vec::new()).await;
    assert_eq!((found.fetched(), found.skipped("/")), (vec!["/a"], "not_included"));
}

fn chain(length: usize) -> Website {
    let site = Website::default().page("/", "<a href=/0>x</a>");
    (0..length).fold(site, |site, n| {
        let page = html(&format!("{n} <a href=/{}>next</a>", n + 1));
        site.with(&format!("/{n}"), page.header(header::ETAG, &format!("\"{n}\"")))
    })
}

#[tokio::test]
async fn the_depth_is_kept_to_in_every_crawl() {
    let site = chain(20);
    let address = site.start().await;
    let shallow = WebsiteSettings { max_depth: 3, ..settings(address) };
    let (first, _) = run_with(&shallow, &hurried(), address, Vec::new()).await;
    assert_eq!(first.fetched(), ["/", "/0", "/1", "/2"]);
    // The last one that is known shows its links again, and these lie too deep all the same.
    site.replace("/2", html("changed <a href=/3>next</a>"));
    let (second, _) = run_with(&shallow, &hurried(), address, first.known()).await;
    assert_eq!((second.fetched(), second.unchanged()), (vec!["/2"], vec!["/", "/0", "/1"]));
    assert_eq!(site.count("/3"), 0);
}

#[tokio::test]
async fn changed_settings_find_the_site_anew() {
    let site = chain(20);
    let address = site.start().await;
    let deep = WebsiteSettings { max_depth: 12, ..settings(address) };
    let (first, _) = run_with(&deep, &hurried(), address, Vec::new()).await;
    assert_eq!(first.fetched().len(), 13);
    site.take_requests();

    let shallow = WebsiteSettings { max_depth: 2, ..settings(address) };
    let (second, summary) = run_with(&shallow, &hurried(), address, changed(first.known())).await;
    assert_eq!((second.fetched(), second.unchanged()), (Vec::<&str>::new(), vec!["/", "/0", "/1"]));
    assert!(summary.unwrap().shrunk, "whoever changed the settings knows why");
    assert!(site.take_requests().iter().all(|(_, headers)| !headers.contains_key("if-none-match")));

    // What is not wanted any more is not missed.
    let few = WebsiteSettings { include: texts(&["/0", "/1"]), ..settings(address) };
    let (third, summary) = run_with(&few, &hurried(), address, changed(first.known())).await;
    assert_eq!(third.unchanged(), ["/0", "/1"]);
    assert!(!summary.unwrap().shrunk);
}
