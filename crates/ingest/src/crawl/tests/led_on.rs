//! Pages whose scripts lead on to another address: with a program in the browser's place, which says where it was led, and with the
//! real one where there is one.

use hammock_testkit::{
    browser::{Browser, Shown},
    traps::Traps,
};

use super::{
    rendered::{chromium, viewer},
    traps::{trapped, words},
    *,
};
use crate::render::{RenderLimits, Renderer};

/// A page that is empty until its script has run.
const SHELL: &str = "<title>App</title><div id=app></div><script src=app.js></script>";
/// What the browser shows wherever it is.
const SHOWN: &str = "<html><main><p>The museum opens at nine, on Mondays too.</p></main></html>";

fn shows<'a>(path: &'a str, leads_to: &'a [&'a str]) -> Shown<'a> {
    Shown { path, page: SHOWN, leads_to }
}

fn policy(browser: &Browser) -> CrawlPolicy {
    let renderer = Renderer::new(browser.program().to_owned(), RenderLimits::default());
    CrawlPolicy { viewer: Some(viewer(renderer)), ..trapped() }
}

/// What became of some of the traps.
fn became(found: &Collected, paths: &[&str]) -> Vec<String> {
    let words = words(found);
    let of =
        |path: &&str| words.iter().find(|(known, _)| known == *path).map_or("not found", |(_, word)| word.as_str());
    paths.iter().map(|path| format!("{path} {}", of(path))).collect()
}

#[tokio::test]
async fn a_page_whose_script_leads_on_is_a_redirect() {
    let away = ["http://other.example/"];
    let circle = ["/circle-b", "/circle-a", "/circle-b", "/circle-a"];
    let browser = Browser::new(&[
        shows("/away", &away),
        // Nothing is shown where it leads.
        Shown { path: "/refused", page: "", leads_to: &["http://10.0.0.1/"] },
        shows("/port", &["http://127.0.0.1:1/"]),
        shows("/moved", &["/new"]),
        shows("/renamed", &["/passing", "/new"]),
        shows("/circle-a", &circle),
        shows("/circle-b", &["/circle-a"]),
        shows("/closes", &["/closed"]),
        shows("/leaves", &["/left-out"]),
        shows("/new", &[]),
    ])
    .unwrap();
    let paths = ["/away", "/refused", "/port", "/moved", "/renamed", "/circle-a", "/circle-b", "/closes", "/leaves"];
    let links: String = paths.iter().map(|path| format!("<a href={path}>x</a>")).collect();
    let site = Website::default()
        .page("/", &format!("<p>The museum.</p>{links}"))
        .with("/robots.txt", bytes(b"User-agent: *\nDisallow: /closed"));
    let site = paths.iter().fold(site, |site, path| site.page(path, SHELL)).page("/new", SHELL);
    let address = site.start().await;
    let settings = WebsiteSettings { exclude: vec!["/left-out*".to_owned()], ..settings(address) };
    let (found, summary) = run_with(&settings, &policy(&browser), address, Vec::new()).await;
    summary.unwrap();
    let word = |path: &str, word: &str| (path.to_owned(), word.to_owned());
    let expected = [
        word("/", "fetched"),
        word("/away", "redirect_away"),
        word("/circle-a", "redirect"),
        word("/circle-b", "redirect"),
        word("/closed", "robots"),
        word("/closes", "redirect"),
        word("/leaves", "redirect"),
        word("/moved", "redirect"),
        word("/new", "fetched"),
        word("/port", "redirect_away"),
        word("/refused", "redirect_away"),
        word("/renamed", "redirect"),
    ];
    assert_eq!(words(&found), expected, "each once, and nothing of what it was led over");
    let PageResult::Skipped(SkipReason::RedirectsTo(to)) = found.of("/renamed") else { panic!("it redirects") };
    assert_eq!((to.path(), found.outcome("/renamed").http_status), ("/new", Some(200)));
    assert_eq!((site.count("/new"), site.count("/closed"), site.count("/left-out")), (1, 0, 0));
}

#[tokio::test]
async fn a_page_that_comes_back_or_shows_itself_otherwise_is_one() {
    let browser = Browser::new(&[
        shows("/cookie", &["/set-cookie", "/cookie"]),
        shows("/reload", &["/reload", "/reload", "/reload"]),
        shows("/picture", &["/picture.png"]),
        shows("/campaign", &["/campaign?utm_source=script#top"]),
    ])
    .unwrap();
    let paths = ["/cookie", "/reload", "/picture", "/campaign"];
    let links: String = paths.iter().map(|path| format!("<a href={path}>x</a>")).collect();
    let site = Website::default().page("/", &format!("<p>The museum.</p>{links}"));
    let site = paths.iter().fold(site, |site, path| site.page(path, &SHELL.replace("App", path)));
    let address = site.start().await;
    let (found, summary) = run_with(&settings(address), &policy(&browser), address, Vec::new()).await;
    summary.unwrap();
    // All of them show the same text: the first is read, and the others say so.
    let is_page = |path: &&str| match found.of(path) {
        PageResult::Fetched(page) => matches!(page.rendering, Rendering::Made { .. }),
        PageResult::Skipped(reason) => reason.code() == "duplicate",
        _ => false,
    };
    assert!(paths.iter().all(is_page), "{:?}", words(&found));
}

#[tokio::test]
async fn a_website_begins_where_the_script_of_its_start_page_leads() {
    let browser = Browser::new(&[shows("/en/", &[]), shows("/", &["/en/"])]).unwrap();
    let site = Website::default().page("/", SHELL).page("/en/", SHELL);
    let address = site.start().await;
    let (found, summary) = run_with(&settings(address), &policy(&browser), address, Vec::new()).await;
    assert_eq!((found.fetched(), summary.unwrap().fetched), (vec!["/en/"], 1));

    let browser = Browser::new(&[shows("/", &["http://93.184.216.34/"])]).unwrap();
    let site = Website::default().page("/", SHELL);
    let address = site.start().await;
    let (found, summary) = run_with(&settings(address), &policy(&browser), address, Vec::new()).await;
    let moved = CrawlError::MovedAway { to: "http://93.184.216.34/".to_owned() };
    assert_eq!((summary.err(), found.outcomes.len()), (Some(moved), 0));
}

/// The traps that hold a browser, and what becomes of them.
const SPRUNG: [&str; 4] =
    ["/app nothing_rendered", "/leads-away redirect_away", "/leads-on redirect", "/led-to fetched"];

async fn crawl_traps(policy: &CrawlPolicy) {
    let traps = Traps::start().await.unwrap();
    let settings = WebsiteSettings { max_depth: 2, ..settings(traps.address()) };
    let (found, summary) = run_with(&settings, policy, traps.address(), Vec::new()).await;
    summary.unwrap();
    assert_eq!(became(&found, &["/app", "/leads-away", "/leads-on", "/led-to"]), SPRUNG);
    let asked = traps.requests();
    assert!(asked.iter().any(|path| path == "/led-to"), "{asked:?}");
}

#[tokio::test]
async fn no_trap_leads_a_browser_astray() {
    let browser = Browser::new(&[
        Shown { path: "/app", page: "<html><div id=root></div></html>", leads_to: &[] },
        shows("/leads-away", &["http://other.example/"]),
        shows("/leads-on", &["/led-to"]),
    ])
    .unwrap();
    crawl_traps(&policy(&browser)).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_trap_leads_a_real_browser_astray() {
    let Some(renderer) = chromium("traps that lead a browser astray") else { return };
    crawl_traps(&CrawlPolicy { viewer: Some(viewer(renderer)), ..trapped() }).await;
}
