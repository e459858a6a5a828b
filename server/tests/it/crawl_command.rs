//! `hammock crawl` and `hammock import`: what cannot be read leaves nothing behind, and the reason is said.

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
    failed(&crawl(installation, url, collection))
}

/// What a command that failed said.
fn failed(output: &Output) -> String {
    let (out, problem) = (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    let said = format!("{out}{problem}");
    assert!(!output.status.success(), "{said}");
    // A line of the log, which is not for whoever asked.
    assert!(!said.contains("a job failed"), "{said}");
    said
}

/// Writes files and imports them.
fn import(installation: &Installation, files: &[(&str, &[u8])], collection: &str) -> Output {
    let mut command = installation.command(&["import", "--collection", collection]);
    for (name, content) in files {
        let path = installation.folder().join(name);
        std::fs::write(&path, content).expect("a file is written");
        command.arg(path);
    }
    command.output().expect("the program starts")
}

/// What `hammock doctor` says about background work.
fn background_work(installation: &Installation) -> String {
    let output = installation.command(&["doctor"]).output().expect("the program starts");
    let report = String::from_utf8_lossy(&output.stdout);
    let line = report.lines().find(|line| line.contains("background work"));
    line.unwrap_or_else(|| panic!("{report}")).to_owned()
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
    for (url, reason, has_pages) in [
        (closed, "cannot be reached", false),
        (forbidding.url("/"), "robots.txt does not allow", false),
        (hidden.url("/"), hidden.url("/").as_str(), true),
    ] {
        let said = refused(&installation, &url, "Birds");
        assert!(said.contains(reason) && said.contains("was removed again"), "{url}: {said}");
        assert_eq!(said.contains("0 documents answer"), has_pages, "{url}: {said}");
        assert!(!has_collection(&installation, "Birds"), "{url}");
    }
    let work = background_work(&installation);
    assert!(work.contains("fine") && work.contains("0 given up"), "{work}");
}

#[test]
fn an_import_without_a_single_file_takes_back_what_it_made() {
    let installation = installation();
    let refused: [(&str, &[u8]); 2] = [("empty.txt", b""), ("prog.bin", b"\x7fELF\x02\x01\x01\0\0\0\0\0\0\0\0\0")];
    let said = failed(&import(&installation, &refused, "Birds"));
    assert!(said.contains("0 documents answer, 2 failed or were left out"), "{said}");
    assert!(said.contains("the file is empty") && said.contains("was removed again"), "{said}");
    assert!(!has_collection(&installation, "Birds"));

    // What is taken and turns out to hold nothing is no different.
    let said = failed(&import(&installation, &[("a.html", b"<html><body><img src=a></body></html>")], "Birds"));
    assert!(said.contains("0 documents answer, 1 failed or was left out"), "{said}");
    assert!(said.contains("a.html: ") && said.contains("was removed again"), "{said}");
    assert!(!has_collection(&installation, "Birds"));

    // One that was read keeps the collection; so does what was there before.
    let mixed: [(&str, &[u8]); 2] =
        [("empty.txt", b""), ("swallow.txt", b"A swallow flies at eleven metres a second.")];
    let said = failed(&import(&installation, &mixed, "Birds"));
    assert!(said.contains("1 document answers, 1 failed or was left out"), "{said}");
    let said = failed(&import(&installation, &refused, "Birds"));
    assert!(said.contains("1 document answers, 2 failed or were left out"), "{said}");
    assert!(has_collection(&installation, "Birds"));
    let work = background_work(&installation);
    assert!(work.contains("fine") && work.contains("0 given up"), "{work}");
}

#[test]
fn a_file_that_is_not_there_is_told_and_the_others_are_imported() {
    let installation = installation();
    let nope = installation.folder().join("nope.pdf");
    let nope = nope.to_str().expect("a path of letters");
    let alone = installation.command(&["import", nope, "--collection", "Birds"]).output().expect("the program starts");
    let said = failed(&alone);
    assert!(said.contains(&format!("{nope}: there is no such file")), "{said}");
    assert!(!has_collection(&installation, "Birds"));

    let there = installation.folder().join("swallow.txt");
    std::fs::write(&there, "A swallow flies at eleven metres a second.").expect("a file is written");
    let there = there.to_str().expect("a path of letters");
    let arguments = ["import", nope, there, "--collection", "Birds"];
    let said = failed(&installation.command(&arguments).output().expect("the program starts"));
    assert!(said.contains("there is no such file") && said.contains("1 document answers, 1 failed"), "{said}");
    assert!(has_collection(&installation, "Birds"));
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

    // What is said about a website that is a source already holds from then on.
    let url = site.url("/");
    let again = ["crawl", url.as_str(), "--collection", "Birds", "--page-limit", "1"];
    let said = installation.operator(&again);
    assert!(said.contains("is a source already; from now on: at most 1 page instead of 5000"), "{said}");
    assert!(!installation.operator(&again).contains("from now on"));
    let nightly =
        ["crawl", url.as_str(), "--collection", "Birds", "--cron", "0 3 * * *", "--time-zone", "Europe/Prague"];
    let said = installation.operator(&nightly);
    assert!(said.contains("from now on: read at 0 3 * * * by the clock of Europe/Prague"), "{said}");
    assert!(!installation.operator(&nightly).contains("from now on"));
    let never = ["crawl", url.as_str(), "--collection", "Birds", "--cron", "0 3 30 2 *"];
    let said = failed(&installation.command(&never).output().expect("the program starts"));
    assert!(said.contains("is not understood"), "{said}");

    // A website that was read before stays when it cannot be read again.
    site.put("/", Page::status(503));
    assert!(!crawl(&installation, &site.url("/"), "Birds").status.success());
    assert!(installation.operator(&search).contains("nine metres"));
}

#[test]
fn an_import_says_that_vectors_still_wait_and_who_makes_them() {
    let import_one = |installation: &Installation| {
        let output = import(installation, &[("swallow.md", b"# Swallows\n\nA swallow flies.")], "Birds");
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(output.status.success(), "{said}");
        said
    };
    let mut installation = installation();
    // Without a model nothing is waited for.
    let said = import_one(&installation);
    assert!(!said.contains("still wait"), "{said}");
    let port = {
        let listener = std::net::TcpListener::bind("127.0.0.1:0").expect("loopback can be bound");
        listener.local_addr().expect("a listener has an address").port()
    };
    installation.set([
        ("HAMMOCK_EMBEDDING__ENDPOINT__URL", format!("http://127.0.0.1:{port}/v1")),
        ("HAMMOCK_EMBEDDING__ENDPOINT__MODEL", "away".to_owned()),
    ]);
    let said = import_one(&installation);
    assert!(said.contains("still wait") && said.contains("start `hammock serve`"), "{said}");
}
