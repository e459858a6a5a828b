//! The address of a passage: a document with what is marked in it.

use hammock_contract::{DocumentId, reading::TextSpan};
use leptos_router::params::ParamsMap;

/// Where a document is read with these parts of its text marked.
pub fn passage_address(document: &DocumentId, revision: u32, marks: &[TextSpan]) -> String {
    format!("/data/documents/{document}?revision={revision}{}", marks_part(marks))
}

/// The part of an address that says what is marked, `&` before it; nothing when nothing is.
pub fn marks_part(marks: &[TextSpan]) -> String {
    if marks.is_empty() {
        return String::new();
    }
    let marks: Vec<String> = marks.iter().map(|mark| format!("{}-{}", mark.start, mark.end)).collect();
    format!("&marks={}", marks.join(","))
}

/// What an address wants to be marked. What is no range is left out.
pub fn marks_in(query: &ParamsMap) -> Vec<TextSpan> {
    let range = |text: &str| {
        let (start, end) = text.split_once('-')?;
        let (start, end) = (start.parse().ok()?, end.parse().ok()?);
        (start < end).then_some(TextSpan { start, end })
    };
    query.get_str("marks").unwrap_or_default().split(',').filter_map(range).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_says_what_is_marked() {
        let marks = [TextSpan { start: 3, end: 20 }, TextSpan { start: 41, end: 50 }];
        let address = passage_address(&DocumentId::fixed("one"), 2, &marks);
        let (path, query) = address.split_once('?').unwrap();
        assert!(path.starts_with("/data/documents/") && query == "revision=2&marks=3-20,41-50", "{address}");
        let of = |marks: &str| marks_in(&ParamsMap::from_iter([("marks", marks.to_owned())]));
        assert_eq!(of("3-20,41-50"), marks);
        assert_eq!(of("9-3,x-1,7,-,5-6"), [TextSpan { start: 5, end: 6 }]);
        assert!(of("").is_empty());
        assert!(!passage_address(&DocumentId::fixed("one"), 2, &[]).contains("marks"));
    }
}
