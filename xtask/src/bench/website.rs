//! A website of real text on loopback, for crawling.

use std::{io::Result, net::SocketAddr};

use crate::bench::{
    corpus::Corpus,
    listener::{listen, reply},
};

/// A website.
pub struct Website {
    address: SocketAddr,
    /// The size of all pages. Bytes.
    pub bytes: usize,
}

impl Website {
    /// A site of `count` pages, each with the text of two documents, a navigation and links to others.
    ///
    /// # Errors
    /// When there is no port.
    pub fn start(corpus: &Corpus, count: usize) -> Result<Self> {
        let pages: Vec<String> = (0..count).map(|number| page(corpus, number, count)).collect();
        let bytes = pages.iter().map(String::len).sum();
        let address = listen(move |request, stream| {
            let number = match request.target.strip_prefix("GET /") {
                Some("") => Some(0),
                Some(path) => path.strip_prefix("page/").and_then(|number| number.parse::<usize>().ok()),
                None => None,
            };
            match number.and_then(|number| pages.get(number)) {
                Some(page) => reply(stream, "200 OK", "text/html; charset=utf-8", page.as_bytes()),
                None => reply(stream, "404 Not Found", "text/plain", b"not found"),
            }
        })?;
        Ok(Self { address, bytes })
    }

    /// Where a crawl begins.
    pub fn url(&self) -> String {
        format!("http://{}/", self.address)
    }

    /// What allows the server to reach it.
    pub fn egress(&self) -> (&'static str, String) {
        ("HAMMOCK_EGRESS__ALLOW", format!("[\"{}\"]", self.address))
    }
}

fn page(corpus: &Corpus, number: usize, count: usize) -> String {
    // Every page is reached from its parent in a tree of nine; the others are what sites have: ways back and to the side.
    let children = (9 * number + 1..=9 * number + 9).filter(|child| *child < count);
    let beside = [number / 9, (number + 1) % count, (number * 7 + 3) % count];
    let links: String = children
        .chain(beside)
        .map(|other| format!("<li><a href=\"/page/{other}\">{}</a></li>\n", escaped(&corpus.document(2 * other).title)))
        .collect();
    let parts: String = [corpus.document(2 * number), corpus.document(2 * number + 1)]
        .iter()
        .map(|text| {
            let paragraphs: String =
                text.text.split("\n\n").map(|part| format!("<p>{}</p>\n", escaped(part))).collect();
            format!("<h2>{}</h2>\n{paragraphs}", escaped(&text.title))
        })
        .collect();
    let title = escaped(&corpus.document(2 * number).title);
    format!(
        "<!doctype html>\n<html lang=\"en\"><head><meta charset=\"utf-8\"><title>{title}</title>\n\
         <meta name=\"description\" content=\"{title}\"><link rel=\"stylesheet\" href=\"/style.css\"></head>\n<body>\n\
         <header><a href=\"/\">Home</a><nav><ul><li><a href=\"/page/1\">News</a></li><li><a href=\"/page/2\">Help</a></li>\
         </ul></nav></header>\n<main><article><h1>{title} ({number})</h1>\n{parts}</article></main>\n\
         <aside><ul>\n{links}</ul></aside>\n<footer><p>Page {number} of {count}</p></footer>\n</body></html>\n"
    )
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('"', "&quot;")
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn every_page_is_reached_from_the_first() {
        let corpus = Corpus::load(None).unwrap();
        let count = 200;
        let (mut seen, mut waiting) = (HashSet::from([0]), vec![0]);
        while let Some(number) = waiting.pop() {
            for link in page(&corpus, number, count).split("href=\"/page/").skip(1) {
                let other: usize = link.split('"').next().unwrap().parse().unwrap();
                if seen.insert(other) {
                    waiting.push(other);
                }
            }
        }
        assert_eq!(seen.len(), count);
    }
}
