//! The hostile texts, by every way from a text to HTML.

use hammock_contract::support::{UnsupportedReason, UnsupportedSentence};
use hammock_testkit::hostile::{self, Hostile};
use url::Url;

use super::*;
use crate::render::passage::{self, Form};

/// The HTML of a text, which may lead nowhere else than `may_link` says.
#[track_caller]
fn assert_harmless(what: &Hostile, how: &str, html: &str, may_link: impl Fn(&str) -> bool) {
    let judged = hostile::judge(html, may_link);
    assert_eq!(judged, Ok(()), "{}, {how}: {}\n→ {html}", what.title, what.payload);
}

/// What an address in an attribute says.
fn address(value: &str) -> String {
    value.replace("&quot;", "\"").replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")
}

/// Whether a link stays with the sources of [`from_host`].
fn stays(value: &str) -> bool {
    let address = address(value);
    if ["#cite-1", "#cite-2", "#cite-3"].contains(&address.as_str()) {
        return true;
    }
    let Ok(url) = Url::parse(&address) else { return false };
    let is_host = matches!(url.host_str(), Some("docs.example" | "www.docs.example"));
    ["http", "https"].contains(&url.scheme()) && is_host && url.port().is_none()
}

/// Whether a link of a passage is one that a person may follow: to the web or to a mailbox, with nothing unseen in it.
fn is_open(value: &str) -> bool {
    let address = address(value);
    let is_known = Url::parse(&address).is_ok_and(|url| ["http", "https", "mailto"].contains(&url.scheme()));
    is_known && !address.chars().any(char::is_control)
}

#[test]
fn an_answer_holds_nothing_that_runs_or_loads() {
    let sources = from_host(3);
    for what in hostile::all() {
        for text in [what.payload.clone(), format!("So it is [1]: {} [2]", what.payload)] {
            assert_harmless(&what, "without sources", &html(&text, &Sources::none()), |_| false);
            assert_harmless(&what, "with sources", &html(&text, &sources), stays);
            for block in blocks(&text, &sources) {
                assert_harmless(&what, "as a block", &block, stays);
            }
        }
    }
}

#[test]
fn an_answer_that_grows_holds_nothing_that_runs_or_loads() {
    let sources = from_host(3);
    for what in hostile::markdown() {
        for (end, _) in what.payload.char_indices() {
            assert_harmless(&what, "cut off", &html(&what.payload[..end], &sources), stays);
        }
    }
}

#[test]
fn marked_sentences_hold_nothing_that_runs_or_loads() {
    let sources = from_host(3);
    for what in hostile::all() {
        let length = u32::try_from(what.payload.len()).unwrap();
        // Marks that begin and end anywhere, in the middle of a character too.
        for (start, end) in [(0, length), (length / 3, 2 * length / 3), (1, length / 2), (length / 2, length + 9)] {
            let sentence = UnsupportedSentence { start, end, reason: UnsupportedReason::Number };
            for block in judged_blocks(&what.payload, &sources, std::slice::from_ref(&sentence)) {
                assert_harmless(&what, "marked", &block, stays);
            }
        }
    }
}

#[test]
fn a_passage_holds_nothing_that_runs_or_loads() {
    for what in hostile::all() {
        let text = format!("# Guide\n\n{}\n\n| a | b |\n| --- | --- |\n| {} | c |\n", what.payload, what.payload);
        let (length, third) = (text.len(), text.len() / 3);
        let all = 0..length;
        let cut = [0..third, third..2 * third, 2 * third..length];
        let marks = [third / 2..third + 5, 2 * third..2 * third + 9];
        for form in [Form::Markdown, Form::Plain] {
            let may_link = |value: &str| form == Form::Markdown && is_open(value);
            for html in passage::parts(&text, form, std::slice::from_ref(&all), &[], 3) {
                assert_harmless(&what, "as a passage", &html, may_link);
            }
            for html in passage::parts(&text, form, &cut, &marks, 3) {
                assert_harmless(&what, "as a part of a passage", &html, may_link);
            }
        }
    }
}
