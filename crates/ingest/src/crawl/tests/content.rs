use super::*;

#[tokio::test]
async fn pages_that_ask_for_it_are_left_out() {
    let tag = HeaderName::from_static("x-robots-tag");
    let site = Website::default()
        .page("/", "<a href=/meta>1</a><a href=/tag>2</a><a href=/dead-end>3</a><a href=/other-bot>4</a><a rel=nofollow href=/never>5</a>")
        .page("/meta", "<meta name=robots content=noindex><a href=/behind-meta>x</a>")
        .page("/behind-meta", "found through a page that is not kept")
        .with("/tag", html("x").header(tag.clone(), "noindex, nofollow"))
        .with("/other-bot", html("kept").header(tag, "otherbot: noindex"))
        .page("/dead-end", "<meta name=robots content=nofollow><a href=/behind>x</a>");
    let address = site.start().await;
    let (found, _) = run(address, Vec::new()).await;
    assert_eq!(found.fetched(), ["/", "/behind-meta", "/dead-end", "/other-bot"]);
    assert_eq!((found.skipped("/meta"), found.skipped("/tag")), ("no_index", "no_index"));
    assert_eq!((site.count("/behind"), site.count("/never")), (0, 0));
}

#[tokio::test]
async fn a_page_that_has_not_changed_may_be_left_out_from_now_on() {
    let tag = HeaderName::from_static("x-robots-tag");
    let tagged = |body: &str| html(body).header(header::ETAG, "\"1\"");
    let site = Website::default()
        .page("/", "<a href=/open>1</a><a href=/closed>2</a>")
        .with("/open", tagged("open"))
        .with("/closed", tagged("closed"));
    let address = site.start().await;
    let (first, _) = run(address, Vec::new()).await;
    assert_eq!(first.fetched(), ["/", "/closed", "/open"]);
    site.replace("/open", status(304).header(tag.clone(), "otherbot: noindex"));
    site.replace("/closed", status(304).header(tag, "noindex"));
    let (second, _) = run(address, first.known()).await;
    assert_eq!((second.unchanged(), second.skipped("/closed")), (vec!["/", "/open"], "no_index"));
}

#[tokio::test]
async fn one_content_is_one_page() {
    let site = Website::default()
        .page("/", "<a href=/print?a=1>p</a><a href=/copy-a>1</a><a href=/front>f</a><a href=/x>x</a>")
        .page("/print?a=1", "<link rel=canonical href=/article>printed")
        .page("/article", "<link rel=canonical href=/article>the article <a href=/copy-b>2</a>")
        .page("/copy-a", "the same")
        .page("/copy-b", "the same")
        .page("/front", "<link rel=canonical href=/>names the front page, as a careless template does")
        .page("/x", "<link rel=canonical href=/y>x names y")
        .page("/y", "<link rel=canonical href=/x>y names x");
    let address = site.start().await;
    let (found, _) = run(address, Vec::new()).await;
    assert_eq!(found.fetched(), ["/", "/article", "/copy-a", "/front", "/y"]);
    assert_eq!(
        (found.skipped("/print"), found.skipped("/copy-b"), found.skipped("/x")),
        ("canonical", "duplicate", "canonical")
    );
}

#[tokio::test]
async fn a_page_that_names_what_is_no_page_stands_for_itself() {
    let names = |other: &str| format!("<link rel=canonical href={other}>names {other}");
    let linked = ["/about", "/lost", "/secret", "/shy", "/a", "/b", "/c", "/old", "/far"];
    let links: String = linked.iter().map(|path| format!("<a href={path}>{path}</a>")).collect();
    let site = Website::default()
        .with("/robots.txt", bytes(b"User-agent: *\nDisallow: /private"))
        .page("/", &links)
        .page("/about", &names("/about/"))
        .with("/about/", redirect("/about"))
        .page("/lost", &names("/gone"))
        .page("/secret", &names("/private"))
        .page("/shy", &names("/unkept"))
        .page("/unkept", "<meta name=robots content=noindex>not kept")
        .page("/a", &names("/b"))
        .page("/b", &names("/c"))
        .page("/c", &names("/a"))
        .page("/old", &names("/moved"))
        .with("/moved", redirect("/new"))
        .page("/new", "the new one")
        .page("/far", &names("/elsewhere"))
        .with("/elsewhere", redirect("https://other.example/"));
    let address = site.start().await;
    let (found, summary) = run(address, Vec::new()).await;
    let (circle, others): (Vec<&str>, Vec<&str>) =
        found.fetched().into_iter().partition(|path| ["/a", "/b", "/c"].contains(path));
    assert_eq!(others, ["/", "/about", "/far", "/lost", "/new", "/secret", "/shy"]);
    assert_eq!(circle.len(), 1, "{circle:?}");
    assert_eq!((found.skipped("/old"), found.skipped("/about/")), ("canonical", "redirect"));
    assert_eq!(summary.unwrap().pages(), 8);
    let (first, last) = (&found.progress[0], &found.progress[found.progress.len() - 1]);
    assert!(first.done <= last.done && last.total == Some(last.done), "{first:?}, {last:?}");
}

#[tokio::test]
async fn a_page_that_names_what_is_unreadable_today_is_left_to_it() {
    let site = Website::default()
        .page("/", "<a href=/print>p</a>")
        .page("/print", "<link rel=canonical href=/article>printed")
        .with("/article", html("the article"));
    let address = site.start().await;
    let (first, _) = run(address, Vec::new()).await;
    assert_eq!(first.fetched(), ["/", "/article"]);

    // What it said before still answers.
    site.replace("/article", status(403));
    let (second, _) = run(address, first.known()).await;
    assert_eq!((second.fetched(), second.skipped("/print")), (vec![], "canonical"));

    site.replace("/article", status(404));
    let (third, _) = run(address, first.known()).await;
    assert_eq!(third.fetched(), ["/print"]);
}

#[tokio::test]
async fn a_page_may_end_like_a_program() {
    let of_type = |media_type: &str| bytes(b"let x = 1;").header(header::CONTENT_TYPE, media_type);
    let site = Website::default()
        .page("/", "<a href=/wiki/Node.js>1</a><a href=/city.map>2</a><a href=/app.js>3</a><a href=/old.js>4</a><a href=/raw.mjs>5</a>")
        .page("/wiki/Node.js", "<script src=/never.js></script>about Node")
        .page("/city.map", "the map of the city")
        .with("/app.js", of_type("text/javascript"))
        .with("/old.js", of_type("text/plain"))
        .with("/raw.mjs", bytes(b"let x = 1;"));
    let address = site.start().await;
    let (found, _) = run(address, Vec::new()).await;
    assert_eq!(found.fetched(), ["/", "/city.map", "/wiki/Node.js"]);
    for path in ["/app.js", "/old.js", "/raw.mjs"] {
        assert_eq!(found.skipped(path), "unsupported_type", "{path}");
    }
    assert_eq!(site.count("/never.js"), 0);
}

#[tokio::test]
async fn a_file_names_its_address_in_a_header() {
    let pdf = |body: &[u8], link: &str| {
        bytes(body).header(header::CONTENT_TYPE, "application/pdf").header(header::LINK, link)
    };
    let site = Website::default()
        .page("/", "<a href=/old.pdf>1</a><a href=/other.pdf>2</a>")
        .with("/old.pdf", pdf(b"%PDF-1 old", "</print.css>; rel=preload, <guide.pdf>; rel=\"canonical\""))
        .with("/other.pdf", pdf(b"%PDF-1 other", "</guide.pdf>; rel=alternate"))
        .with("/guide.pdf", pdf(b"%PDF-1 guide", "</guide.pdf>; rel=canonical"));
    let address = site.start().await;
    let (found, _) = run(address, Vec::new()).await;
    assert_eq!(found.fetched(), ["/", "/guide.pdf", "/other.pdf"]);
    let PageResult::Skipped(SkipReason::CanonicalIs(to)) = found.of("/old.pdf") else { panic!("it was not left out") };
    assert_eq!(to.path(), "/guide.pdf");
}

#[tokio::test]
async fn the_second_crawl_asks_conditionally_and_tells_what_changed() {
    let mut site = Website::default();
    for (path, body) in [
        ("/", "<a href=/a>a</a><a href=/b>b</a><a href=/plain>p</a>"),
        ("/a", "a <a href=/c>c</a>"),
        ("/b", "b"),
        ("/c", "c"),
    ] {
        site = site.with(path, html(body).header(header::ETAG, &format!("\"{}\"", body.len())));
    }
    let site = site.page("/plain", "has no validator");
    let address = site.start().await;
    let (first, summary) = run(address, Vec::new()).await;
    assert_eq!(summary.unwrap().fetched, 5);
    site.take_requests();

    let (second, summary) = run(address, first.known()).await;
    let summary = summary.unwrap();
    assert_eq!((summary.fetched, summary.unchanged, summary.shrunk), (0, 5, false));
    assert_eq!(second.unchanged(), ["/", "/a", "/b", "/c", "/plain"]);
    for (path, headers) in site.take_requests() {
        let is_page = !path.ends_with(".txt") && !path.ends_with(".xml") && path != "/plain";
        assert!(!is_page || headers.contains_key("if-none-match"), "{path} was asked for without a condition");
    }

    site.replace("/b", html("b is new <a href=/d>d</a>").header(header::ETAG, "\"new\""));
    site.replace("/c", status(410));
    site.replace("/d", html("d"));
    let (third, _) = run(address, first.known()).await;
    assert_eq!((third.fetched(), third.unchanged()), (vec!["/b", "/d"], vec!["/", "/a", "/plain"]));
    assert!(matches!(third.of("/c"), PageResult::Failed(failure) if failure.is_gone()));
}

#[tokio::test]
async fn a_known_page_that_was_never_read_is_asked_again_without_a_condition() {
    let tagged = |body: &str| html(body).header(header::ETAG, "\"1\"");
    let site = Website::default()
        .with("/", tagged("<a href=/late>1</a><a href=/lost>2</a><a href=/linked>3</a>"))
        .with("/late", status(404))
        .with("/late", tagged("late"))
        .page("/other", "leads to <a href=/linked>what is not there</a>");
    let address = site.start().await;
    let (first, _) = run(address, Vec::new()).await;
    assert!(first.outcomes.iter().all(|outcome| outcome.linked && !outcome.is_gone()));
    let mut known = first.known();
    known.extend(["late", "lost", "linked", "other"].map(|path| KnownPage {
        url: format!("http://{address}/{path}"),
        depth: Some(1),
        ..KnownPage::default()
    }));
    site.take_requests();

    let (second, summary) = run(address, known).await;
    assert_eq!((second.fetched(), second.unchanged()), (vec!["/late", "/other"], vec!["/"]));
    for (path, headers) in site.take_requests() {
        assert_eq!(headers.contains_key("if-none-match"), path == "/", "{path}");
    }
    let gone: Vec<&str> =
        second.outcomes.iter().filter(|outcome| outcome.is_gone()).map(|outcome| outcome.url.path()).collect();
    assert_eq!(gone, ["/lost"], "something leads to the other one");
    assert_eq!(summary.unwrap().failed, 2);
}

#[tokio::test]
async fn a_site_that_lost_most_of_its_pages_is_noticed() {
    let links: String = (0..12).map(|n| format!("<a href=/p{n}>x</a>")).collect();
    let mut site = Website::default().page("/", &links);
    for n in 0..12 {
        site = site.page(&format!("/p{n}"), &format!("page {n}"));
    }
    let address = site.start().await;
    let (first, _) = run(address, Vec::new()).await;
    (0..8).for_each(|n| site.replace(&format!("/p{n}"), status(404)));
    let (_, summary) = run(address, first.known()).await;
    let summary = summary.unwrap();
    assert_eq!((summary.pages(), summary.failed, summary.shrunk), (5, 8, true));
}

#[tokio::test]
async fn charsets_and_file_types_are_told_apart() {
    let mut czech = b"<meta charset=windows-1250><a href=/latin>\x9Elu\x9Dou\xE8k\xFD</a><a href=/manual.pdf>m</a><a href=/data>d</a><a href=/empty>e</a><a href=/list.PDF>l</a>".to_vec();
    czech.extend_from_slice(b"<a href='/\x9E'>z</a>");
    let typed = |body: &[u8], media_type: &str| bytes(body).header(header::CONTENT_TYPE, media_type);
    let site = Website::default()
        .with("/", typed(&czech, "text/html"))
        .with("/latin", typed(b"caf\xE9 <a href=/after-latin>x</a>", "text/html; charset=iso-8859-1"))
        .with("/%C5%BE", html("the address of a link is UTF-8 whatever the page is"))
        .page("/after-latin", "x")
        .with("/manual.pdf", typed(b"%PDF-1.7 ...", "application/pdf"))
        .with("/data", typed(&[0; 5_000_000], "application/octet-stream"))
        .with("/list.PDF", typed(b"%PDF-1.7 list", "application/octet-stream"))
        .with("/empty", html(" \n "));
    let address = site.start().await;
    let (found, _) = run(address, Vec::new()).await;
    assert_eq!(found.fetched(), ["/", "/%C5%BE", "/after-latin", "/latin", "/list.PDF", "/manual.pdf"]);
    assert_eq!((found.skipped("/data"), found.skipped("/empty")), ("unsupported_type", "empty"));
    let PageResult::Fetched(page) = found.of("/latin") else { panic!("not fetched") };
    assert!(crate::charset::decode_html(&page.body, page.content_type.as_deref()).starts_with("café"));
}

#[tokio::test]
async fn what_is_written_for_machines_is_no_page() {
    let typed = |body: &str, media_type: &str| bytes(body.as_bytes()).header(header::CONTENT_TYPE, media_type);
    let page = "<?xml version='1.0'?><!DOCTYPE html><html><body>A page <a href='/behind'>b</a></body></html>";
    let site = Website::default()
        .page("/", "<a href=/feed>1</a><a href=/sitemap-1.xml>2</a><a href=/wrong>3</a><a href=/page.xhtml>4</a>")
        .with("/feed", typed("<?xml version='1.0'?><rss><channel><title>News</title></channel></rss>", "text/xml"))
        .with("/sitemap-1.xml", typed("<urlset><url><loc>/far</loc></url></urlset>", "application/xml"))
        .with("/wrong", typed("<?xml version='1.0'?><feed><title>News</title></feed>", "text/html"))
        .with("/page.xhtml", typed(page, "application/xml"))
        .page("/behind", "behind");
    let address = site.start().await;
    let (found, _) = run(address, Vec::new()).await;
    assert_eq!(found.fetched(), ["/", "/behind", "/page.xhtml"]);
    for path in ["/feed", "/sitemap-1.xml", "/wrong"] {
        assert_eq!(found.skipped(path), "unsupported_type", "{path}");
    }
}

#[tokio::test]
async fn what_moved_is_read_where_it_is_now() {
    let site = Website::default()
        .page("/", "<a href=/old>o</a><a href=/gone>g</a><a href=/hidden>h</a><a href=/swapped>s</a>")
        .page("/old", "an article")
        .page("/gone", "a story")
        .page("/hidden", "a report")
        .page("/swapped", "a letter");
    let address = site.start().await;
    let (first, _) = run(address, Vec::new()).await;
    assert_eq!(first.fetched(), ["/", "/gone", "/hidden", "/old", "/swapped"]);

    // The new addresses are linked, so they come before those that are only remembered.
    site.replace("/", html("<a href=/new>n</a><a href=/found>f</a><a href=/shown>s</a><a href=/kept>k</a>"));
    site.replace("/old", redirect("/new"));
    site.replace("/gone", status(404));
    site.replace("/hidden", html("<meta name=robots content=noindex>a report"));
    site.replace("/swapped", html("another letter"));
    for (path, body) in [("/new", "an article"), ("/found", "a story"), ("/shown", "a report"), ("/kept", "a letter")] {
        site.replace(path, html(body));
    }
    let (second, summary) = run(address, first.known()).await;
    assert_eq!(second.fetched(), ["/", "/found", "/kept", "/new", "/shown", "/swapped"]);
    assert_eq!((second.skipped("/old"), second.skipped("/hidden")), ("redirect", "no_index"));
    assert_eq!(summary.unwrap().pages(), 6);

    // A copy of a page that is there is left out, whichever comes first.
    site.replace("/", html("<a href=/copy>c</a><a href=/new>n</a>"));
    site.replace("/copy", html("an article"));
    let (third, _) = run(address, second.known()).await;
    assert_eq!(third.skipped("/copy"), "duplicate");
    assert!(third.unchanged().contains(&"/new"));
}
