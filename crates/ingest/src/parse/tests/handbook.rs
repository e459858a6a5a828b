//! A real manual of several hundred pages in three languages.

use std::{path::Path, time::Instant};

use hammock_testkit::cache;

use super::*;

const WHAT: &str = "the handbook that is read whole";

#[test]
fn the_debian_handbook_is_read_whole_and_without_its_navigation() {
    for (folder, language, furniture) in [
        ("en-US", "en", ["Download the ebook", "Prev", "Next"]),
        ("fr-FR", "fr", ["Télécharger l'ebook", "Précédent", "Suivant"]),
        ("cs-CZ", "cs", ["Stáhnout e-book", "Předcházející", "Další"]),
    ] {
        let Some(found) = cache::documents(WHAT, &format!("debian-handbook/{folder}")) else { return };
        let pages = pages(&found);
        assert!(pages.len() > 100, "{folder}: {}", pages.len());
        let begun = Instant::now();
        let documents: Vec<_> = pages.iter().map(|(name, html)| (name, read(name, html.as_bytes()).unwrap())).collect();
        let seconds = begun.elapsed().as_secs_f64();
        let bytes: usize = pages.iter().map(|(_, html)| html.len()).sum();
        println!(
            "{folder}: {} pages, {:.0} pages/s, {:.1} MB/s",
            pages.len(),
            pages.len() as f64 / seconds,
            bytes as f64 / 1e6 / seconds
        );
        let (mut translated, mut recognised) = (0, 0);
        for ((name, document), (_, html)) in documents.iter().zip(&pages) {
            assert!(!document.title.is_empty() && !document.outline.is_empty(), "{name}");
            // Not every page has been translated.
            translated += usize::from(document.language.as_deref() == Some(language));
            recognised +=
                usize::from(document.language.as_deref().is_some_and(|found| [language, "en"].contains(&found)));
            for piece in furniture {
                let alone = document.text.lines().any(|line| line.trim_start_matches("- ") == piece);
                assert!(!alone, "{folder}/{name}: {piece}");
            }
            let (kept, all) = prose(html, &document.text);
            assert!(kept * 100 >= all * 99, "{folder}/{name}: {kept} of {all} words of prose");
        }
        println!("{folder}: {translated} in {language}, {recognised} recognised");
        // Some pages say hardly more than their title.
        assert!(recognised * 100 >= pages.len() * 95, "{folder}: {recognised} of {}", pages.len());
        // Of the Czech edition twenty pages have been translated.
        assert!(translated >= 15, "{folder}: {translated} of {} in {language}", pages.len());
    }
}

fn pages(folder: &Path) -> Vec<(String, String)> {
    let mut pages: Vec<_> = std::fs::read_dir(folder)
        .unwrap()
        .filter_map(|entry| {
            let path = entry.unwrap().path();
            let name = path.file_name()?.to_str()?.to_owned();
            // The index of terms is a list of links and the short table of contents is for a frame.
            let page = name.ends_with(".html") && !name.starts_with("ix") && name != "toc.html" && name != "index.html";
            page.then(|| (name, std::fs::read_to_string(&path).unwrap()))
        })
        .collect();
    pages.sort();
    pages
}

/// How many words of the paragraphs are in the text, and how many there are.
fn prose(html: &str, text: &str) -> (usize, usize) {
    let page = dom_query::Document::from(html);
    let known: std::collections::HashSet<&str> = text.split_whitespace().collect();
    let (mut kept, mut all) = (0, 0);
    for paragraph in page.select("div.para").nodes() {
        for word in paragraph.text().split_whitespace() {
            all += 1;
            kept += usize::from(known.contains(word) || text.contains(word));
        }
    }
    (kept, all)
}
