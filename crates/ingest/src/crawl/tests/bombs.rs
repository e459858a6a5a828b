//! Sitemaps that somebody made to do harm: all of a site's together cost no more than a hostile file may. They are read in a
//! process of its own, which ends where they take more memory or more of the processor.

use std::{io::Write, process::Command};

use flate2::{Compression, write::GzEncoder};
use rlimit::Resource;

use super::*;

/// Files that unpack to fifty megabytes each.
const BLANKS: &str = "/blanks.xml.gz";
const NO_TEXT: &str = "/no-text.xml.gz";
const LINKS: &str = "/links.xml.gz";

/// So many times a megabyte of the same behind a beginning.
fn write_much(mut to: impl Write, beginning: &str, again: &[u8], times: usize) {
    to.write_all(beginning.as_bytes()).unwrap();
    let again = again.repeat((1 << 20) / again.len());
    (0..times).for_each(|_| to.write_all(&again).unwrap());
}

fn bomb(beginning: &str, again: &[u8]) -> Answer {
    let mut file = GzEncoder::new(Vec::new(), Compression::fast());
    write_much(&mut file, beginning, again, 51);
    bytes(&file.finish().unwrap())
}

/// As large where it arrives as when it is unpacked: it is packed for the way, but not in itself.
fn bomb_in_a_bomb() -> Answer {
    let on_the_way = GzEncoder::new(Vec::new(), Compression::fast());
    let mut file = GzEncoder::new(on_the_way, Compression::none());
    write_much(&mut file, "<urlset>", b" ", 49);
    bytes(&file.finish().unwrap().finish().unwrap()).header(header::CONTENT_ENCODING, "gzip")
}

/// A site whose robots.txt names these files.
async fn bombed(files: &[&str]) -> (Website, SocketAddr) {
    let site = Website::default().page("/", "The museum opens at nine.");
    let address = site.start().await;
    let robots: String = files.iter().map(|file| format!("Sitemap: {file}\n")).collect();
    site.replace("/robots.txt", bytes(robots.as_bytes()));
    let link = format!("<url><loc>http://{address}/{}</loc></url>", "x".repeat(1_900));
    for file in files {
        let answer = match file.split('?').next() {
            Some(BLANKS) => bomb_in_a_bomb(),
            // No letter of any text: copies of it in some encoding are three times as large.
            Some(NO_TEXT) => bomb("<urlset><url><loc>", &[0xff]),
            _ => bomb("<urlset>", link.as_bytes()),
        };
        site.replace(file, answer);
    }
    (site, address)
}

/// Limits this process to what a hostile file may cost.
fn limit() {
    Resource::DATA.set(256 << 20, 256 << 20).unwrap();
    Resource::CPU.set(10, 10).unwrap();
}

fn patient() -> CrawlPolicy {
    CrawlPolicy { page_time: Duration::from_secs(60), ..hurried() }
}

fn large(address: SocketAddr) -> WebsiteSettings {
    WebsiteSettings { page_limit: 100_000, ..settings(address) }
}

/// What is read of each site, and the file that is not any more.
fn sites() -> [([String; 4], String); 2] {
    let names = |files: [&str; 4]| {
        let mut number = 0;
        let names = files.map(|file| {
            number += 1;
            format!("{file}?{number}")
        });
        let last = names[3].clone();
        (names, last)
    };
    [names([BLANKS, NO_TEXT, NO_TEXT, NO_TEXT]), names([BLANKS, LINKS, LINKS, LINKS])]
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "is a process with limits"]
async fn crawled() {
    limit();
    for (files, last) in sites() {
        let (site, address) = bombed(&files.each_ref().map(String::as_str)).await;
        let (found, outcome) = run_with(&large(address), &patient(), address, Vec::new()).await;
        assert_eq!((found.fetched(), outcome.unwrap().fetched), (vec!["/"], 1));
        assert_eq!((site.count(&files[0]), site.count(&files[1]), site.count(&last)), (1, 1, 0), "{last}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "is a process with limits"]
async fn watched() {
    limit();
    for (files, last) in sites() {
        let (site, address) = bombed(&files.each_ref().map(String::as_str)).await;
        let start = Url::parse(&format!("http://{address}/")).unwrap();
        let known = SitemapFile {
            address: start.join(&last).unwrap().into(),
            parent: None,
            etag: None,
            last_modified: None,
            pages: vec![(format!("http://{address}/known"), None)],
        };
        let read = watch(&client(address), &large(address), &patient(), &start, std::slice::from_ref(&known)).await;
        let read = read.unwrap();
        assert_eq!((site.count(&files[0]), site.count(&files[1]), site.count(&last)), (1, 1, 0), "{last}");
        // It is not read again, and not gone either.
        assert_eq!(read.last().map(|file| &file.address), Some(&known.address));
    }
}

/// Runs one of these in a process of its own.
fn within_the_limits(test: &str) {
    let name = format!("crawl::tests::bombs::{test}");
    let ended = Command::new(std::env::current_exe().unwrap())
        .args([name.as_str(), "--exact", "--ignored", "--nocapture", "--test-threads=1"])
        // What is given back goes back to the system, so that what counts is what is in use.
        .envs([("MALLOC_MMAP_THRESHOLD_", "1048576"), ("MALLOC_ARENA_MAX", "2")])
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&ended.stdout);
    let complained = String::from_utf8_lossy(&ended.stderr);
    assert!(ended.status.success() && said.contains("1 passed"), "{:?}\n{said}\n{complained}", ended.status);
}

#[test]
fn a_crawl_of_sitemap_bombs_costs_no_more_than_a_hostile_file() {
    within_the_limits("crawled");
}

#[test]
fn a_watch_of_sitemap_bombs_costs_no_more_than_a_hostile_file() {
    within_the_limits("watched");
}
