//! Which document of a collection a name in an import means: its address or file name, its title, or the file name without
//! its ending. Case and white space make no difference.

use std::collections::HashMap;

use hammock_store::evaluation_questions::Located;
use url::Url;

use crate::validate::key;

/// The names by which the documents of a collection are known.
#[derive(Default)]
pub(super) struct Names {
    locations: HashMap<String, Meaning>,
    titles: HashMap<String, Meaning>,
    stems: HashMap<String, Meaning>,
}

/// What a name means.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Meaning {
    /// The document at this location.
    One(String),
    /// One of several.
    Several,
}

impl Names {
    /// Of these documents.
    pub(super) fn of(documents: &[Located]) -> Self {
        let mut names = Self::default();
        for document in documents {
            let location = &document.location;
            note(&mut names.locations, key(location), location);
            note(&mut names.titles, key(&document.title), location);
            note(&mut names.stems, key(stem(location)), location);
        }
        names
    }

    /// What a name means; nothing when no document has it.
    pub(super) fn find(&self, name: &str) -> Option<&Meaning> {
        let wanted = key(name);
        // The address of a host alone is kept with a slash at its end, and letters beyond ASCII are kept encoded.
        let address = Url::parse(name.trim()).ok().map(|url| key(url.as_str()));
        let by_address = || address.as_ref().and_then(|address| self.locations.get(address));
        let by_location = self.locations.get(&wanted).or_else(by_address);
        by_location.or_else(|| self.titles.get(&wanted)).or_else(|| self.stems.get(&wanted))
    }
}

fn note(names: &mut HashMap<String, Meaning>, name: String, location: &str) {
    if name.is_empty() {
        return;
    }
    names
        .entry(name)
        .and_modify(|known| {
            if *known != Meaning::One(location.to_owned()) {
                *known = Meaning::Several;
            }
        })
        .or_insert_with(|| Meaning::One(location.to_owned()));
}

/// The last part of a path without its ending.
fn stem(location: &str) -> &str {
    let name = location.trim_end_matches('/').rsplit('/').next().unwrap_or(location);
    name.rsplit_once('.').map_or(name, |(stem, _)| stem)
}

#[cfg(test)]
mod tests {
    use hammock_contract::DocumentId;

    use super::*;

    fn document(location: &str, title: &str) -> Located {
        Located { document: DocumentId::new(), location: location.to_owned(), title: title.to_owned() }
    }

    #[test]
    fn documents_are_found_by_their_names() {
        let names = Names::of(&[
            document("returns.md", "Returns"),
            document("https://example.org/", "Start"),
            document("https://example.org/care.html", "Care"),
            document("4983.txt", ""),
            document("old/care.md", "Care"),
        ]);
        let one = |location: &str| Some(Meaning::One(location.to_owned()));
        let find = |name: &str| names.find(name).cloned();
        assert_eq!(find(" Returns.MD "), one("returns.md"));
        assert_eq!(find("returns"), one("returns.md"));
        assert_eq!(find("https://example.org"), one("https://example.org/"));
        assert_eq!(find("4983"), one("4983.txt"));
        assert_eq!(find("Care"), Some(Meaning::Several));
        assert_eq!(find("https://example.org/care.html"), one("https://example.org/care.html"));
        assert_eq!(find("nothing"), None);
        assert_eq!(find(""), None);
    }

    #[test]
    fn the_same_file_in_two_sources_is_one_place() {
        let names = Names::of(&[document("a.md", "A"), document("a.md", "A")]);
        assert_eq!(names.find("a"), Some(&Meaning::One("a.md".to_owned())));
    }
}
