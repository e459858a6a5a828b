//! Where a page leads by itself: the pages that the browser asked for in its window, one after the other, as its log of requests
//! tells. What it prints does not say at which address it was in the end.

use std::{
    collections::HashSet,
    fs::File,
    io::{BufRead as _, BufReader, Read as _},
    path::Path,
};

use serde::Deserialize;
use url::{Position, Url};

/// No more of a log is read. Bytes.
const MOST: u64 = 64 << 20;

/// What stands in the log of a request for a page in the window, rather than for something that a page holds.
const IN_WINDOW: &str = "main frame";

/// The header of a request that only prepares what may be wanted later, as HTTP/1 and HTTP/2 write it.
const PREPARES: [&str; 2] = ["Sec-Purpose:", "sec-purpose:"];

/// A page may come back to itself so often, to set a cookie for instance. More often, it goes in circles.
const MOST_RETURNS: usize = 1;

/// One line of the log, as far as it matters here.
#[derive(Deserialize)]
struct Event {
    source: Source,
    #[serde(default)]
    params: Params,
}

/// What an event is of.
#[derive(Deserialize)]
struct Source {
    /// The same in all events of one request.
    id: u64,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Params {
    request_type: String,
    url: String,
}

/// The addresses of the pages that the browser asked for in its window, in their order. Those that a request is redirected to are
/// among them; what a script does to the address without a request is not.
pub(super) fn read(log: &Path) -> Vec<Url> {
    let Ok(file) = File::open(log) else { return Vec::new() };
    let mut log = BufReader::new(file.take(MOST));
    let (mut asked, mut preparing) = (Vec::new(), HashSet::new());
    let mut line = Vec::new();
    loop {
        line.clear();
        if !log.read_until(b'\n', &mut line).is_ok_and(|length| length > 0) {
            break;
        }
        let text = String::from_utf8_lossy(&line);
        let (is_asked, prepares) = (text.contains(IN_WINDOW), PREPARES.iter().any(|name| text.contains(name)));
        if !is_asked && !prepares {
            continue;
        }
        // The last line may be cut off.
        let Ok(Event { source, params }) = serde_json::from_str(text.trim().trim_matches(',')) else { continue };
        if prepares {
            preparing.insert(source.id);
        }
        let url = Url::parse(&params.url).ok().filter(|url| matches!(url.scheme(), "http" | "https"));
        if let Some(url) = url.filter(|_| params.request_type == IN_WINDOW) {
            asked.push((source.id, url));
        }
    }
    asked.into_iter().filter(|(id, _)| !preparing.contains(id)).map(|(_, url)| url).collect()
}

/// Where the page at `url` leads, given the pages that the browser asked for because of it; nothing where it stayed, or came back.
pub(super) fn led_to(asked: Vec<Url>, url: &Url) -> Option<Url> {
    if asked.last().is_some_and(|last| !is_same(last, url)) {
        return asked.into_iter().next_back();
    }
    let returns = asked.iter().filter(|page| is_same(page, url)).count().saturating_sub(1);
    // In a circle, where it was in the end says nothing.
    if returns > MOST_RETURNS { asked.into_iter().find(|page| !is_same(page, url)) } else { None }
}

/// Whether two addresses are those of one page. With or without encryption it is the same: browsers try that by themselves.
fn is_same(one: &Url, other: &Url) -> bool {
    let page = |url: &Url| url[Position::BeforeHost..Position::AfterQuery].to_owned();
    page(one) == page(other)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn url(address: &str) -> Url {
        Url::parse(address).unwrap()
    }

    fn read_log(lines: &[&str]) -> Vec<String> {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("requests");
        std::fs::write(&file, lines.join("\n")).unwrap();
        read(&file).into_iter().map(String::from).collect()
    }

    #[test]
    fn what_the_window_showed_is_told_from_what_pages_hold() {
        let asked = read_log(&[
            r#"{"constants":{"logEventTypes":{"URL_REQUEST_START_JOB":2}},"#,
            r#""events": ["#,
            r#"{"phase":1,"source":{"id":4,"start_time":"1","type":1},"time":"1","type":2,"params":{"initiator":"not an origin","method":"GET","request_type":"main frame","url":"https://a.example/#x"}},"#,
            r#"{"params":{"request_type":"other","url":"https://a.example/app.js"},"phase":1,"source":{"id":5,"type":1},"type":2},"#,
            r#"{"params":{"request_type":"subframe","url":"https://b.example/?of=main frame"},"phase":1,"source":{"id":6,"type":1},"type":2},"#,
            r#"{"params":{"request_type":"main frame","url":"https://a.example/later"},"phase":1,"source":{"id":7,"type":1},"type":2},"#,
            r#"{"params":{"headers":["Host: a.example","Sec-Purpose: prefetch;prerender"],"line":"GET /later"},"source":{"id":7,"type":1},"type":9},"#,
            r#"{"params":{"request_type":"main frame","url":"about:blank"},"source":{"id":8,"type":1},"type":2},"#,
            r#"{"source":{"id":4,"type":1},"type":3},"#,
            r#"{"params":{"request_type":"main frame","url":"https://c.example/"},"source":{"id":4,"type":1},"type":2},"#,
            r#"{"params":{"request_type":"main frame","url":"https://d.exa"#,
        ]);
        assert_eq!(asked, ["https://a.example/#x", "https://c.example/"]);
        assert!(read(Path::new("/nowhere/requests")).is_empty());
    }

    #[test]
    fn a_page_leads_to_where_it_was_in_the_end() {
        let page = "https://a.example/page?x=1";
        let cases: [(&[&str], Option<&str>); 10] = [
            (&[], None),
            (&[page], None),
            (&["http://a.example/page?x=1", page], None),
            (&[page, "https://a.example/page?x=1#part"], None),
            (&[page, "https://a.example/set-cookie", page], None),
            (&[page, page, page, page], None),
            (&[page, "https://b.example/"], Some("https://b.example/")),
            (&[page, "https://a.example/page"], Some("https://a.example/page")),
            (&[page, "https://b.example/", "https://a.example/new"], Some("https://a.example/new")),
            (&[page, "https://a.example/b", page, "https://a.example/b", page], Some("https://a.example/b")),
        ];
        for (asked, to) in cases {
            let found = led_to(asked.iter().map(|address| url(address)).collect(), &url(page));
            assert_eq!(found.as_ref().map(Url::as_str), to, "{asked:?}");
        }
    }
}
