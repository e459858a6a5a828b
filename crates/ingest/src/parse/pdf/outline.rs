//! The bookmarks of a PDF: what its author calls a heading, and on which page it stands.

use std::collections::{HashMap, HashSet};

use pdf_oxide::{
    PdfDocument,
    object::{Object, ObjectRef},
};

use super::{guarded, info::text_entry};
use crate::parse::{
    ParseError,
    limits::{MAX_HEADINGS, MAX_PAGES},
};

/// One entry.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Bookmark {
    /// What it says.
    pub title: String,
    /// 1 is the outermost.
    pub level: u8,
    /// The page that it leads to, counted from 0.
    pub page: usize,
}

/// The bookmarks in order; none where they cannot be read.
pub(super) fn read(document: &PdfDocument) -> Vec<Bookmark> {
    guarded(|| Ok(try_read(document).unwrap_or_default())).unwrap_or_else(|_: ParseError| Vec::new())
}

fn try_read(document: &PdfDocument) -> Option<Vec<Bookmark>> {
    let catalog = document.catalog().ok()?;
    let outlines = document.resolve_object(catalog.as_dict()?.get("Outlines")?).ok()?;
    let first = outlines.as_dict()?.get("First")?.as_reference()?;
    let pages = pages(document, &catalog);
    let mut bookmarks = Vec::new();
    // Broken files have entries that lead back to themselves.
    let mut seen = HashSet::new();
    let mut waiting = vec![(first, 1_u8)];
    while let Some((reference, level)) = waiting.pop() {
        if !seen.insert(reference) || seen.len() > MAX_HEADINGS {
            continue;
        }
        let Ok(entry) = document.load_object(reference) else { continue };
        let Some(fields) = entry.as_dict() else { continue };
        if let Some(title) = text_entry(document, &entry, "Title")
            && let Some(page) = target(document, fields, &pages)
        {
            bookmarks.push(Bookmark { title, level, page });
        }
        // What stands below it comes before what stands after it.
        let next = |name: &str| fields.get(name).and_then(Object::as_reference);
        waiting.extend(next("Next").map(|next| (next, level)));
        waiting.extend(next("First").map(|first| (first, level.saturating_add(1))));
    }
    Some(bookmarks)
}

/// The page that an entry leads to.
fn target(
    document: &PdfDocument,
    fields: &HashMap<String, Object>,
    pages: &HashMap<ObjectRef, usize>,
) -> Option<usize> {
    let resolve = |object: &Object| document.resolve_object(object).ok();
    let place = match fields.get("Dest") {
        Some(place) => resolve(place)?,
        None => resolve(resolve(fields.get("A")?)?.as_dict()?.get("D")?)?,
    };
    match &place {
        Object::Name(name) => document.resolve_named_destination(name).ok()?,
        Object::String(name) => document.resolve_named_destination(&String::from_utf8_lossy(name)).ok()?,
        Object::Array(parts) => match parts.first()? {
            Object::Reference(page) => pages.get(page).copied(),
            _ => None,
        },
        _ => None,
    }
}

/// Which page is which object.
fn pages(document: &PdfDocument, catalog: &Object) -> HashMap<ObjectRef, usize> {
    let mut pages = HashMap::new();
    let root = catalog.as_dict().and_then(|catalog| catalog.get("Pages")).and_then(Object::as_reference);
    let mut waiting: Vec<ObjectRef> = root.into_iter().collect();
    let mut seen = HashSet::new();
    while let Some(reference) = waiting.pop() {
        if !seen.insert(reference) || seen.len() > 2 * MAX_PAGES {
            continue;
        }
        let Ok(node) = document.load_object(reference) else { continue };
        let kids = node.as_dict().and_then(|node| node.get("Kids")).map(|kids| document.resolve_object(kids));
        match kids {
            Some(Ok(Object::Array(kids))) => waiting.extend(kids.iter().rev().filter_map(Object::as_reference)),
            Some(_) => {}
            None => {
                pages.insert(reference, pages.len());
            }
        }
    }
    pages
}
