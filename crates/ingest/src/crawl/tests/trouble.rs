use hammock_net::FixedResolver;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};

use super::*;

#[tokio::test]
async fn errors_are_told_page_by_page() {
    let site = Website::default()
        .page(
            "/",
            "<a href=/gone>1</a><a href=/broken>2</a><a href=/recovers>3</a><a href=/busy>4</a><a href=/huge>5</a>",
        )
        .with("/broken", status(500))
        .with("/recovers", status(502))
        .page("/recovers", "here again")
        .with("/busy", status(429).header(header::RETRY_AFTER, "0"))
        .page("/busy", "free again")
        .page("/huge", &"x".repeat(200_000));
    let address = site.start().await;
    let policy = CrawlPolicy { max_page_bytes: 100_000, ..hurried() };
    let (found, summary) = run_with(&settings(address), &policy, address, Vec::new()).await;
    assert_eq!(found.fetched(), ["/", "/busy", "/recovers"]);
    assert!(matches!(found.of("/gone"), PageResult::Failed(PageFailure::Status(404))));
    assert!(matches!(found.of("/broken"), PageResult::Failed(PageFailure::Status(500))));
    assert!(matches!(found.of("/huge"), PageResult::Failed(PageFailure::Net(hammock_net::NetError::TooLarge { .. }))));
    assert_eq!(summary.unwrap().failed, 3);
    assert_eq!((site.count("/gone"), site.count("/broken"), site.count("/huge")), (1, 3, 1));
}

#[tokio::test]
async fn redirects_are_followed_within_the_site_and_never_in_circles() {
    let site = Website::default()
        .page("/", "<a href=/old>1</a><a href=/circle-a>2</a><a href=/self>3</a><a href=/away>4</a><a href=/0/x>5</a>")
        .with("/old", redirect("/new"))
        .page("/new", "new")
        .with("/circle-a", redirect("/circle-b"))
        .with("/circle-b", redirect("/circle-a"))
        .with("/self", redirect("/self#again"))
        .with("/away", redirect("http://169.254.169.254/latest"));
    let site = (0..30).fold(site, |site, n| site.with(&format!("/{n}/x"), redirect(&format!("/{}/x", n + 1))));
    let address = site.start().await;
    let (found, _) = run(address, Vec::new()).await;
    assert_eq!(found.fetched(), ["/", "/new"]);
    assert_eq!((found.skipped("/old"), found.skipped("/away")), ("redirect", "redirect_away"));
    assert!(matches!(found.of("/self"), PageResult::Failed(PageFailure::RedirectLoop)));
    assert!(matches!(found.of("/10/x"), PageResult::Failed(PageFailure::RedirectLoop)));
    assert_eq!((site.count("/circle-a"), site.count("/circle-b"), site.count("/11/x")), (1, 1, 0));
}

#[tokio::test]
async fn a_page_that_sends_its_readers_on_is_a_redirect() {
    let site = Website::default()
        .page("/", "<meta http-equiv=refresh content='0; url=/en/'>")
        .page("/en/", "<a href=old>1</a><a href=slow>2</a><a href=anew>3</a><a href=away>4</a><a href=file>5</a>")
        .page("/en/old", "<title>Moved</title><meta http-equiv=refresh content='0;url=new'>It is elsewhere now.")
        .page("/en/new", "new")
        .page("/en/slow", "<meta http-equiv=refresh content='60;url=next'>slow")
        .page("/en/next", "next")
        .page("/en/anew", "<meta http-equiv=refresh content='5'>anew")
        .page("/en/away", "<meta http-equiv=refresh content='0;url=http://10.0.0.1/'>away")
        .page("/en/file", "<meta http-equiv=refresh content='3;url=/program.zip'>Your download begins.");
    let address = site.start().await;
    let (found, _) = run(address, Vec::new()).await;
    assert_eq!(found.fetched(), ["/en/", "/en/anew", "/en/file", "/en/new", "/en/next", "/en/slow"]);
    assert_eq!((found.skipped("/en/old"), found.skipped("/en/away")), ("redirect", "redirect_away"));
    assert_eq!((site.count("/"), site.count("/en/"), site.count("/program.zip")), (1, 1, 0));
}

#[tokio::test]
async fn who_is_sent_to_the_twin_of_the_site_comes_to_the_page_that_it_has_there() {
    let site = Website::default()
        .page("/", "<a href=/old>1</a><a href=/given-up>2</a><a href=/same>3</a>")
        .page("/new", "new")
        .page("/later", "later");
    let address = site.start().await;
    let at = |host: &str, path: &str| format!("http://{host}:{}{path}", address.port());
    let twin = |path: &str| at("www.museum.example", path);
    let sending = |path: &str| html(&format!("<meta http-equiv=refresh content='0; url={}'>Moved.", twin(path)));
    site.replace("/old", redirect(&twin("/new")));
    site.replace("/given-up", sending("/later"));
    site.replace("/same", redirect(&twin("/new?page=2")));
    site.replace("/new?page=2", html("the second one"));
    let names =
        FixedResolver::default().with("museum.example", [address.ip()]).with("www.museum.example", [address.ip()]);
    let policy = EgressPolicy::allowing([address.to_string().parse().unwrap()]);
    let client = Client::with_resolver(policy, Arc::new(names)).unwrap();
    let crawled = async || {
        let settings = WebsiteSettings { page_limit: 1000, ..WebsiteSettings::of(at("museum.example", "/")) };
        let mut found = Collected::default();
        crawl(&client, &settings, &hurried(), Vec::new(), &mut found, &CancellationToken::new()).await.unwrap();
        found
    };
    let found = crawled().await;
    assert_eq!(found.fetched(), ["/", "/later", "/new", "/new"]);
    for path in ["/old", "/given-up", "/same"] {
        assert_eq!(found.skipped(path), "redirect", "{path}");
    }
    assert!(found.outcomes.iter().all(|outcome| outcome.url.host_str() == Some("museum.example")), "one site");

    // Where it begins there, all of it is there.
    site.replace("/", sending("/later"));
    site.replace("/later", html("<a href=/new>later</a>"));
    let found = crawled().await;
    assert_eq!(found.fetched(), ["/later", "/new"]);
    assert_eq!(found.outcome("/new").url.host_str(), Some("www.museum.example"));
}

#[tokio::test]
async fn every_request_says_who_asks_and_where_to_complain() {
    let site = Website::default()
        .page("/", "<a href=/a>a</a>")
        .page("/a", "a")
        .page("/sitemap.xml", "<urlset><url><loc>/b</loc></url></urlset>")
        .page("/b", "b");
    let address = site.start().await;
    let policy = CrawlPolicy { contact: "https://example.org/crawler".to_owned(), ..hurried() };
    run_with(&settings(address), &policy, address, Vec::new()).await.1.unwrap();
    let requests = site.take_requests();
    let mut paths: Vec<&str> = requests.iter().map(|(path, _)| path.as_str()).collect();
    paths.sort_unstable();
    assert_eq!(paths, ["/", "/a", "/b", "/robots.txt", "/sitemap.xml"]);
    let named = format!("hammock/{} (+https://example.org/crawler)", env!("CARGO_PKG_VERSION"));
    for (path, headers) in requests {
        let agents: Vec<&str> = headers.get_all(header::USER_AGENT).iter().filter_map(|it| it.to_str().ok()).collect();
        assert_eq!(agents, [named.as_str()], "{path}");
    }
}

#[tokio::test]
async fn a_start_page_that_cannot_be_read_is_an_error() {
    for (answer, expected) in [
        (status(500), CrawlError::SiteFailed { status: 500 }),
        (status(404), CrawlError::SiteFailed { status: 404 }),
        // Addresses, so that no name is looked up.
        (redirect("http://93.184.216.34/"), CrawlError::MovedAway { to: "http://93.184.216.34/".to_owned() }),
        (redirect("http://10.0.0.1/"), CrawlError::MovedInside { to: "http://10.0.0.1/".to_owned() }),
        (redirect("file:///etc/passwd"), CrawlError::MovedInside { to: "file:///etc/passwd".to_owned() }),
    ] {
        let site = Website::default().with("/", answer);
        let address = site.start().await;
        assert_eq!(run(address, Vec::new()).await.1, Err(expected));
    }
    let site = Website::default().with("/", redirect("/en/")).page("/en/", "<a href=b>b</a>").page("/en/b", "b");
    let address = site.start().await;
    let (found, _) = run(address, Vec::new()).await;
    assert_eq!(found.fetched(), ["/en/", "/en/b"]);

    for (start_url, expected) in [
        ("not an address", "invalid"),
        ("ftp://a.example/", "invalid"),
        ("http://10.0.0.1/", "forbidden"),
        ("http://[::1]/", "forbidden"),
    ] {
        let settings = WebsiteSettings { start_url: start_url.to_owned(), ..settings(address) };
        let (_, outcome) = run_with(&settings, &hurried(), address, Vec::new()).await;
        let word = match outcome.unwrap_err() {
            CrawlError::InvalidUrl { .. } => "invalid",
            CrawlError::Forbidden { .. } => "forbidden",
            _ => "other",
        };
        assert_eq!(word, expected, "{start_url}");
    }
}

#[tokio::test]
async fn a_start_page_that_leads_back_to_itself_is_an_error() {
    for site in [
        Website::default().with("/", redirect("/#again")),
        Website::default().with("/", redirect("/en/")).with("/en/", redirect("/")),
    ] {
        let address = site.start().await;
        let url = format!("http://{address}/");
        assert_eq!(run(address, Vec::new()).await.1, Err(CrawlError::RedirectLoop { url }));
    }
}

#[test]
fn where_the_start_address_leads_stands_in_the_error() {
    let to = || "http://other.example/".to_owned();
    for (error, code, name, advised) in [
        (CrawlError::MovedAway { to: to() }, ErrorCode::RedirectedAway, "to", true),
        (CrawlError::MovedInside { to: to() }, ErrorCode::ForbiddenAddress, "to", false),
        (CrawlError::RedirectLoop { url: to() }, ErrorCode::SiteUnreachable, "circle", false),
        (CrawlError::from(hammock_net::NetError::Unresolved { host: to() }), ErrorCode::SiteUnreachable, "host", false),
    ] {
        let told = ApiError::from(error);
        assert_eq!((told.code, told.params.get(name)), (code, Some(&to())), "{told}");
        assert!(told.message.contains(&to()));
        assert_eq!(told.message.contains("use that address"), advised, "{told}");
    }
}

#[tokio::test]
async fn a_server_that_goes_away_in_the_middle_ends_the_crawl_with_an_error() {
    let links: String = (0..100).map(|n| format!("<a href=/p{n}>x</a>")).collect();
    let site = (0..100).fold(Website::default().page("/", &links), |site, n| site.with(&format!("/p{n}"), status(503)));
    let address = site.start().await;
    let (found, outcome) = run(address, Vec::new()).await;
    assert_eq!(outcome, Err(CrawlError::SiteFailed { status: 503 }));
    assert!(found.outcomes.len() < 30, "{}", found.outcomes.len());

    // The port is closed: nobody answers at all.
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let closed = listener.local_addr().unwrap();
    drop(listener);
    let unreachable = run(closed, Vec::new()).await.1.unwrap_err();
    assert!(matches!(unreachable, CrawlError::Unreachable { .. }), "{unreachable:?}");
    assert_eq!(unreachable.to_string(), "the website cannot be read: 127.0.0.1 cannot be reached");
}

#[tokio::test]
async fn a_server_that_is_switched_off_in_the_middle_ends_the_crawl_with_an_error() {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move {
        let links: String = (0..100).map(|n| format!("<a href=/p{n}>{n}</a>")).collect();
        for _ in 0..10 {
            let Ok((mut socket, _)) = listener.accept().await else { return };
            let mut request = vec![0; 65536];
            let length = socket.read(&mut request).await.unwrap_or(0);
            let path = String::from_utf8_lossy(&request[..length]).split(' ').nth(1).unwrap_or_default().to_owned();
            let (status, body) = match path.as_str() {
                "/" => ("200 OK", links.clone()),
                "/robots.txt" | "/sitemap.xml" => ("404 Not Found", String::new()),
                page => ("200 OK", format!("what {page} says")),
            };
            let head = format!("HTTP/1.1 {status}\r\ncontent-type: text/html\r\ncontent-length: {}\r\n", body.len());
            let _gone = socket.write_all(format!("{head}connection: close\r\n\r\n{body}").as_bytes()).await;
        }
        // From here on nobody listens.
    });
    let (found, outcome) = run(address, Vec::new()).await;
    assert!(matches!(outcome, Err(CrawlError::Unreachable { .. })), "{outcome:?}");
    assert!(found.fetched().contains(&"/") && found.fetched().len() > 1, "{:?}", found.fetched());
    assert!(found.outcomes.len() < 40, "{}", found.outcomes.len());
}

#[tokio::test]
async fn a_connection_that_breaks_off_fails_one_page_only() {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move {
        while let Ok((mut socket, _)) = listener.accept().await {
            tokio::spawn(async move {
                let mut request = vec![0; 65536];
                let length = socket.read(&mut request).await.unwrap_or(0);
                let path = String::from_utf8_lossy(&request[..length]).split(' ').nth(1).unwrap_or_default().to_owned();
                let (length, body) = match path.as_str() {
                    "/" => (39, "<a href=/cut>1</a> <a href=/whole>2</a>"),
                    "/whole" => (5, "whole"),
                    "/cut" => (1000, "only a part"),
                    _ => (0, ""),
                };
                let head = format!(
                    "HTTP/1.1 200 OK\r\ncontent-type: text/html\r\ncontent-length: {length}\r\nconnection: close\r\n\r\n"
                );
                let _gone = socket.write_all(format!("{head}{body}").as_bytes()).await;
            });
        }
    });
    let (found, summary) = run(address, Vec::new()).await;
    assert_eq!(found.fetched(), ["/", "/whole"]);
    assert!(matches!(
        found.of("/cut"),
        PageResult::Failed(PageFailure::Net(hammock_net::NetError::Interrupted { .. }))
    ));
    assert_eq!(summary.unwrap().failed, 1);
}

#[tokio::test]
async fn a_crawl_stops_when_it_is_cancelled_or_nobody_listens() {
    let links: String = (0..200).map(|n| format!("<a href=/p{n}>x</a>")).collect();
    let site =
        (0..200).fold(Website::default().page("/", &links), |site, n| site.page(&format!("/p{n}"), &format!("{n}")));
    let address = site.start().await;
    let slow = CrawlPolicy { delay: Duration::from_millis(20), ..hurried() };
    let cancel = CancellationToken::new();
    let mut sink = Collected { cancel: Some(cancel.clone()), ..Collected::default() };
    let summary = crawl(&client(address), &settings(address), &slow, Vec::new(), &mut sink, &cancel).await.unwrap();
    assert_eq!(summary.stopped, Some(StopReason::Cancelled));
    assert!((1..150).contains(&sink.outcomes.len()), "{}", sink.outcomes.len());
    assert!(!summary.shrunk && !sink.progress.is_empty());
    let asked = site.take_requests().len();
    tokio::time::sleep(Duration::from_millis(200)).await;
    assert!(site.take_requests().len() <= 1, "{asked} requests before, more after the end");

    let mut sink = Collected { stop_after: Some(5), ..Collected::default() };
    let cancel = CancellationToken::new();
    let summary =
        crawl(&client(address), &settings(address), &hurried(), Vec::new(), &mut sink, &cancel).await.unwrap();
    assert_eq!((summary.stopped, sink.outcomes.len()), (Some(StopReason::Sink), 5));
}
