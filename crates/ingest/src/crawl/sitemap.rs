//! Sitemaps: plain, in an index, compressed, or just lines of text.

use std::{
    borrow::Cow,
    collections::{HashSet, VecDeque},
    io::Read as _,
};

use bytes::Bytes;
use flate2::read::MultiGzDecoder;
use hammock_net::Limits;
use quick_xml::{Reader, events::Event};
use tokio::time::Instant;
use url::Url;

use super::fetch::Fetcher;

mod room;

pub(super) use room::Room;

/// What one sitemap may hold, by the protocol. Bytes, after decompression.
pub(super) const MAX_BYTES: u64 = 50 * 1024 * 1024;
/// The most files that are read of one site's sitemaps.
pub(super) const MAX_FILES: usize = 200;
/// The longest address, by the protocol: many long ones would fill the memory. Bytes.
const LONGEST: usize = 2_047;
/// The largest file that may be anything else than the UTF-8 of the protocol: it is copied to be read. Bytes.
const LARGEST_OTHERWISE: usize = 8 << 20;

/// What one file holds.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Sitemap {
    pub(super) pages: Vec<Listed>,
    pub(super) files: Vec<String>,
    /// Whether it is one at all.
    pub(super) is_sitemap: bool,
}

/// A page as a sitemap lists it.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Listed {
    pub(super) address: String,
    /// When it changed last, as it stands there.
    pub(super) modified: Option<String>,
}

impl Listed {
    /// How long both are. Bytes.
    fn length(&self) -> usize {
        self.address.len() + self.modified.as_ref().map_or(0, String::len)
    }
}

/// The addresses of pages that the sitemaps list, at most `most`. A sitemap that cannot be read is as if it were not there.
pub(super) async fn pages(fetcher: &Fetcher, first: Vec<Url>, most: usize) -> Vec<Url> {
    let mut waiting: VecDeque<Url> = first.into();
    let mut seen: HashSet<Url> = waiting.iter().cloned().collect();
    let mut pages = Vec::new();
    let pause = waiting.front().map(|file| fetcher.pacer(file).usual()).unwrap_or_default();
    let mut room = Room::new(most, pause, Instant::now());
    let mut files = 0;
    while let Some(file) = waiting.pop_front() {
        if files == MAX_FILES || room.is_full() {
            break;
        }
        let Some(limits) = limits(fetcher, &room) else {
            tracing::info!(url = %file, "a sitemap takes too long to be read whole");
            break;
        };
        files += 1;
        let body = match fetcher.get_with_retries(&file, limits).await {
            Ok(answer) if answer.status.is_success() => answer.body,
            Ok(_absent) => continue,
            Err(error) => {
                tracing::info!(url = %file, %error, "a sitemap could not be read");
                continue;
            }
        };
        let Ok((found, bytes)) = tokio::task::spawn_blocking(move || read(body, room)).await else {
            continue;
        };
        room.read(bytes);
        let listed = found.pages.iter().filter_map(|page| file.join(&page.address).ok());
        pages.extend(listed.take_while(|page| room.keep(page.as_str().len())));
        for inner in found.files.iter().filter_map(|inner| file.join(inner).ok()) {
            if seen.len() < 4 * MAX_FILES && seen.insert(inner.clone()) {
                waiting.push_back(inner);
            }
        }
    }
    pages
}

/// How far the request of another file may go; nothing where there is no time for it.
pub(super) fn limits(fetcher: &Fetcher, room: &Room) -> Option<Limits> {
    let usual = fetcher.limits();
    let total_time = room.time(Instant::now())?.min(usual.total_time);
    Some(Limits { max_bytes: MAX_BYTES, total_time, max_redirects: 5 })
}

/// Reads as many pages as there is room for; also how much there was to read. Bytes, after decompression.
pub(super) fn read(body: Bytes, room: Room) -> (Sitemap, u64) {
    let body = if body.starts_with(&[0x1f, 0x8b]) {
        let mut unpacked = Vec::new();
        // What can be unpacked is used, also where the end is damaged or beyond the limit.
        let _damaged = MultiGzDecoder::new(&*body).take(MAX_BYTES).read_to_end(&mut unpacked);
        // It may be as large.
        drop(body);
        Bytes::from(unpacked)
    } else {
        body
    };
    let text = decoded(&body);
    let text = text.trim_start();
    let found = if text.starts_with('<') { parse_xml(text, room) } else { parse_lines(text, room) };
    (found, body.len() as u64)
}

/// The text of a file. Of a large one that is not UTF-8, what comes before that shows is used.
fn decoded(bytes: &[u8]) -> Cow<'_, str> {
    if bytes.len() <= LARGEST_OTHERWISE {
        return crate::charset::decode_html(bytes, None);
    }
    let valid = bytes.utf8_chunks().next().map_or("", |chunk| chunk.valid());
    Cow::Borrowed(valid.trim_start_matches('\u{feff}'))
}

fn parse_lines(text: &str, mut room: Room) -> Sitemap {
    let is_address = |line: &&str| line.starts_with("http://") || line.starts_with("https://");
    let listed = |line: &str| Listed { address: line.to_owned(), modified: None };
    let lines = text.lines().map(str::trim).filter(is_address).filter(|line| line.len() <= LONGEST);
    let pages: Vec<Listed> = lines.take_while(|line| room.keep(line.len())).map(listed).collect();
    Sitemap { is_sitemap: !pages.is_empty(), pages, files: Vec::new() }
}

fn parse_xml(text: &str, mut room: Room) -> Sitemap {
    let mut reader = Reader::from_str(text);
    let mut found = Sitemap::default();
    // `loc` also stands below images and videos; the parent decides what an address is of. Any name may have a prefix.
    let mut path: Vec<String> = Vec::new();
    let mut value = String::new();
    let mut page = Listed::default();
    while !room.is_full() {
        match reader.read_event() {
            Ok(Event::Start(start)) => {
                path.push(start.local_name().as_ref().to_owned());
                value.clear();
                found.is_sitemap |= matches!(start.local_name().as_ref(), "urlset" | "sitemapindex");
                if path.len() > 16 {
                    break;
                }
            }
            Ok(Event::Empty(only)) => {
                found.is_sitemap |= matches!(only.local_name().as_ref(), "urlset" | "sitemapindex");
            }
            Ok(Event::Text(part)) => add(&mut value, &part),
            Ok(Event::CData(part)) => add(&mut value, &part),
            Ok(Event::GeneralRef(reference)) => match reference.resolve_char_ref() {
                Ok(Some(character)) => add(&mut value, character.encode_utf8(&mut [0; 4])),
                _ => add(&mut value, entity(&reference)),
            },
            Ok(Event::End(_)) => {
                let inner = path.pop().unwrap_or_default();
                let told = value.trim();
                match (path.last().map(String::as_str), inner.as_str()) {
                    // As if it did not stand there.
                    (_, "loc" | "lastmod") if told.len() > LONGEST => {}
                    (Some("url"), "loc") => page.address = told.to_owned(),
                    (Some("url"), "lastmod") => {
                        page.modified = Some(told.to_owned()).filter(|text| !text.is_empty());
                    }
                    (Some("sitemap"), "loc") if found.files.len() < 4 * MAX_FILES => found.files.push(told.to_owned()),
                    (_, "url") if !page.address.is_empty() => {
                        let page = std::mem::take(&mut page);
                        if room.keep(page.length()) {
                            found.pages.push(page);
                        }
                    }
                    (_, "url") => page = Listed::default(),
                    _ => {}
                }
                value.clear();
            }
            // What came before a fault is used.
            Ok(Event::Eof) | Err(_) => break,
            Ok(_) => {}
        }
    }
    found
}

/// Adds to what an element says, as much as shows that it says too much.
fn add(value: &mut String, part: &str) {
    let part = if value.is_empty() { part.trim_start() } else { part };
    // A letter that is cut off has four bytes at most.
    let room = (LONGEST + 4).saturating_sub(value.len());
    value.push_str(part.get(..part.floor_char_boundary(room)).unwrap_or_default());
}

fn entity(name: &str) -> &'static str {
    match name {
        "amp" => "&",
        "lt" => "<",
        "gt" => ">",
        "quot" => "\"",
        "apos" => "'",
        _ => "",
    }
}

#[cfg(test)]
mod tests {
    use std::{io::Write as _, time::Duration};

    use super::*;

    fn parse_counting(body: &[u8], most: usize) -> (Sitemap, u64) {
        read(Bytes::copy_from_slice(body), Room::new(most, Duration::ZERO, Instant::now()))
    }

    fn parse(body: &[u8], most: usize) -> Sitemap {
        parse_counting(body, most).0
    }

    const PLAIN: &str = "\u{feff}<?xml version=\"1.0\" encoding=\"UTF-8\"?>
        <urlset xmlns=\"http://www.sitemaps.org/schemas/sitemap/0.9\" xmlns:image=\"x\">
        <url><loc> http://a.example/1?x=1&amp;y=2 </loc><image:image><image:loc>http://a.example/p.png</image:loc></image:image></url>
        <url><loc><![CDATA[http://a.example/2]]></loc><lastmod>2026-01-01</lastmod></url><url><loc>http://a.example/3</loc></url>";

    #[test]
    fn pages_are_read_also_from_a_broken_file() {
        let found = parse(PLAIN.as_bytes(), 10);
        let pages: Vec<_> = found.pages.iter().map(|page| (page.address.as_str(), page.modified.as_deref())).collect();
        let expected = [
            ("http://a.example/1?x=1&y=2", None),
            ("http://a.example/2", Some("2026-01-01")),
            ("http://a.example/3", None),
        ];
        assert_eq!((pages, found.is_sitemap), (expected.to_vec(), true));
        assert_eq!(parse(PLAIN.as_bytes(), 1).pages.len(), 1);
        assert_eq!(parse(b"<html><p>no</html>", 9), Sitemap::default());
        assert_eq!(parse(b"\xff\x00\x01", 9), Sitemap::default());
    }

    #[test]
    fn no_file_takes_more_than_it_may() {
        let mut gzip = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
        let blank = vec![b' '; 1 << 20];
        (0..200).for_each(|_| gzip.write_all(&blank).unwrap());
        gzip.write_all(PLAIN.as_bytes()).unwrap();
        let packed = gzip.finish().unwrap();
        assert_eq!(parse_counting(&packed, 10), (Sitemap::default(), MAX_BYTES), "what is beyond the limit was read");

        let addresses = |text: &str| -> Vec<String> {
            parse(text.as_bytes(), 10).pages.into_iter().map(|page| page.address).collect()
        };
        let entities = "<!DOCTYPE x [<!ENTITY a \"aaaaaaaaaa\"><!ENTITY b \"&a;&a;&a;\">]>\
            <urlset><url><loc>http://a.example/&b;1</loc></url></urlset>";
        assert_eq!(addresses(entities), ["http://a.example/1"]);

        let long = format!("http://a.example/{}", "x".repeat(LONGEST));
        let list = format!("<urlset><url><loc>{long}</loc></url><url><loc>http://a.example/2</loc></url></urlset>");
        assert_eq!(addresses(&list), ["http://a.example/2"]);
        assert_eq!(addresses(&format!("{long}\nhttp://a.example/2\n")), ["http://a.example/2"]);
        let longest = "x".repeat(LONGEST - "http://a.example/".len());
        for wrapped in [longest.clone(), format!("<![CDATA[{longest}]]>"), "&#120;".repeat(longest.len())] {
            let wrapped = format!("<urlset><url><loc>\n  http://a.example/{wrapped}\n</loc></url></urlset>");
            assert_eq!(addresses(&wrapped), [format!("http://a.example/{longest}")]);
        }
        let index = "<sitemap><loc>/a.xml</loc></sitemap>".repeat(10_000);
        let found = parse(format!("<sitemapindex>{index}</sitemapindex>").as_bytes(), 10);
        assert_eq!(found.files.len(), 4 * MAX_FILES);
    }

    #[test]
    fn a_large_file_that_is_not_utf8_is_used_as_far_as_it_is() {
        let beginning = format!("{PLAIN}<url><loc>http://a.example/\u{e9}</loc></url>");
        let mut file = beginning.clone().into_bytes();
        file.push(0xff);
        file.resize(LARGEST_OTHERWISE + 1, b' ');
        assert_eq!(parse(&file, 10), parse(beginning.as_bytes(), 10));
        assert_eq!(parse(&file, 10).pages.len(), 4);
        let mut mark = vec![0xff, 0xfe];
        mark.resize(LARGEST_OTHERWISE + 1, 0);
        assert_eq!(parse(&mark, 10), Sitemap::default());
    }

    #[test]
    fn compressed_files_indexes_and_lists_are_read() {
        let mut gzip = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
        gzip.write_all(PLAIN.as_bytes()).unwrap();
        let packed = gzip.finish().unwrap();
        assert_eq!(parse(&packed, 10).pages.len(), 3);
        let index =
            "<sitemapindex><sitemap><loc>/a.xml.gz</loc></sitemap><sitemap><loc>b.xml</loc></sitemap></sitemapindex>";
        assert_eq!(parse(index.as_bytes(), 10).files, ["/a.xml.gz", "b.xml"]);
        assert_eq!(parse(b"http://a.example/1\r\nhttps://a.example/2\nnone\n", 10).pages.len(), 2);
        let empty = Sitemap { is_sitemap: true, ..Sitemap::default() };
        for text in ["<urlset></urlset>", "<urlset xmlns=\"x\"/>", "<s:urlset xmlns:s=\"x\"/>"] {
            assert_eq!(parse(text.as_bytes(), 10), empty, "it lists nothing, and says so");
        }
    }

    #[test]
    fn names_may_have_a_prefix() {
        let pages = "<s:urlset xmlns:s=\"x\" xmlns:i=\"y\"><s:url><s:loc>http://a.example/1</s:loc><i:image><i:loc>/p.png</i:loc>\
            </i:image><s:lastmod>2026-01-01</s:lastmod></s:url><s:url><s:loc>http://a.example/2</s:loc></s:url></s:urlset>";
        let listed = |number, modified: Option<&str>| Listed {
            address: format!("http://a.example/{number}"),
            modified: modified.map(str::to_owned),
        };
        let found = parse(pages.as_bytes(), 10);
        assert_eq!((found.is_sitemap, found.pages), (true, vec![listed(1, Some("2026-01-01")), listed(2, None)]));
        let index = "<s:sitemapindex xmlns:s=\"x\"><s:sitemap><s:loc>/a.xml</s:loc></s:sitemap></s:sitemapindex>";
        assert_eq!(parse(index.as_bytes(), 10).files, ["/a.xml"]);
    }
}
