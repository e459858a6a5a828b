//! `hammock crawl`: a website that cannot be read leaves nothing behind, and the reason is said.

use std::process::Output;

use hammock_testkit::site::{Page, Website};

use crate::support::process::Installation;

/// An installation with an owner. Loopback may be crawled.
fn installation() -> Installation {
    let installation = Installation::new([]);
    installation.operator(&["user", "create", "--email", "ada@example.org", "--first-name", "Ada", "--last-name", "L"]);
    installation
}

fn crawl(installation: &Installation, url: &str, collection: &str) -> Output {
    installation.command(&["crawl", url, "--collection", collection]).output().expect("the program starts")
}

/// What a refused crawl said.
fn refused(installation: &Installation, url: &str, collection: &str) -> String {
    let output = crawl(installation, url, collection);
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(!output.status.success(), "{url}: {said}");
    said
}

fn has_collection(installation: &Installation, name: &str) -> bool {
    let arguments = ["search", "swallow", "--mode", "keyword", "--collection", name];
    let output = installation.command(&arguments).output().expect("the program starts");
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success() || said.contains("there is no collection"), "{said}");
    output.status.success()
}

#[test]
fn an_address_that_cannot_be_crawled_is_refused_before_anything_is_made() {
    let installation = installation();
    for (url, reason) in [
        ("exa mple", "not the address of a website"),
        ("ftp://example.org/", "not the address of a website"),
        ("http://10.0.0.1/", "inside the server's own network"),
    ] {
        let said = refused(&installation, url, "Birds");
        assert!(said.contains(reason), "{url}: {said}");
        assert!(!has_collection(&installation, "Birds"), "{url}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_crawl_without_a_single_page_takes_back_what_it_made_and_says_why() {
    let closed = {
        let listener = std::net::TcpListener::bind("127.0.0.1:0").expect("loopback can be bound");
        format!("http://{}/", listener.local_addr().expect("a listener has an address"))
    };
    let forbidding = Website::start([
        ("/", Page::html("<p>A swallow.</p>")),
        ("/robots.txt", Page::text("User-agent: *\nDisallow: /")),
    ])
    .await
    .expect("a website starts");
    let hidden = Website::start([("/", Page::html("<meta name=robots content=noindex><p>A swallow.</p>"))])
        .await
        .expect("a website starts");
    let installation = installation();
    for (url, reason) in [
        (closed, "cannot be reached"),
        (forbidding.url("/"), "robots.txt does not allow"),
        (hidden.url("/"), hidden.url("/").as_str()),
    ] {
        let said = refused(&installation, &url, "Birds");
        assert!(said.contains(reason) && said.contains("was removed again"), "{url}: {said}");
        assert!(!has_collection(&installation, "Birds"), "{url}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_collection_that_was_there_stays_and_a_website_that_answers_is_added() {
    let site = Website::start([]).await.expect("a website starts");
    let installation = installation();
    let file = installation.folder().join("swallows.md");
    std::fs::write(&file, "# Swallows\n\nAn unladen swallow flies at eleven metres a second.\n")
        .expect("a file is written");
    let path = file.to_str().expect("a path of letters");
    installation.operator(&["import", path, "--collection", "Birds"]);
    // Its start page answers 404.
    let said = refused(&installation, &site.url("/"), "Birds");
    assert!(said.contains("the website was not added"), "{said}");
    let search = ["search", "swallow", "--mode", "keyword", "--collection", "Birds"];
    assert!(installation.operator(&search).contains("eleven metres"));

    site.put("/", Page::html("<main><p>A laden swallow flies at nine metres a second.</p></main>"));
    let output = crawl(&installation, &site.url("/"), "Birds");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let found = installation.operator(&search);
    assert!(found.contains("eleven metres") && found.contains("nine metres"), "{found}");

    // A website that was read before stays when it cannot be read again.
    site.put("/", Page::status(503));
    assert!(!crawl(&installation, &site.url("/"), "Birds").status.success());
    assert!(installation.operator(&search).contains("nine metres"));
}
