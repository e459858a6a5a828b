//! Which rows a filter lets through, and their statistics: found by a pass over a segment's postings, and kept, since most
//! questions come with the filters of those before.

use std::{collections::BTreeMap, sync::Arc};

use hammock_retrieval::{IndexError, SearchFilter};
use parking_lot::Mutex;
use tantivy::{
    Opstamp, SegmentReader, Term,
    index::SegmentId,
    schema::{Field, IndexRecordOption},
};

use super::{
    fields::Fields,
    score::{postings, rows},
};
use crate::failure::failure;

/// What all kept sets hold together at most. Bytes; a set has one bit for every row of its segment.
const MOST_BYTES: usize = 8 << 20;

/// The rows of a segment that a filter lets through.
pub(super) struct Visible {
    pub(super) rows: Bits,
    /// How many they are.
    pub(super) chunks: u64,
    /// Terms in all of them.
    pub(super) length: u64,
    /// How many are in each language.
    pub(super) languages: BTreeMap<String, u64>,
}

/// Sets that were used last, for each segment in the state that they were found in.
#[derive(Default)]
pub(super) struct VisibleCache(Mutex<Kept>);

#[derive(Default)]
struct Kept {
    /// The one used last stands last.
    sets: Vec<(Key, Arc<Visible>)>,
    bytes: usize,
}

/// A segment never changes but for rows that are deleted from it, and the filter is compared as a whole: a set never
/// serves another tenant's question.
#[derive(Clone, PartialEq, Eq)]
struct Key {
    segment: SegmentId,
    deletes: Option<Opstamp>,
    filter: SearchFilter,
}

impl VisibleCache {
    /// The rows of a segment that the filter lets through.
    pub(super) fn of(
        &self,
        reader: &SegmentReader,
        fields: &Fields,
        filter: &SearchFilter,
    ) -> Result<Arc<Visible>, IndexError> {
        if filter.documents.is_some() {
            // Hardly asked for again, and the list of documents may be larger than what is kept of a thousand others.
            return Visible::find(reader, fields, filter).map(Arc::new);
        }
        let key = Key { segment: reader.segment_id(), deletes: reader.delete_opstamp(), filter: filter.clone() };
        if let Some(known) = self.0.lock().find(&key) {
            return Ok(known);
        }
        // Not under the lock: two questions that find the same at once cost less than one that waits for another's.
        let found = Arc::new(Visible::find(reader, fields, filter)?);
        self.0.lock().keep(key, Arc::clone(&found));
        Ok(found)
    }
}

impl Kept {
    fn find(&mut self, key: &Key) -> Option<Arc<Visible>> {
        let place = self.sets.iter().position(|(known, _)| known == key)?;
        let set = self.sets.remove(place);
        let visible = Arc::clone(&set.1);
        self.sets.push(set);
        Some(visible)
    }

    fn keep(&mut self, key: Key, visible: Arc<Visible>) {
        if self.sets.iter().any(|(known, _)| *known == key) {
            return;
        }
        self.bytes += visible.bytes();
        self.sets.push((key, visible));
        // Sets of segments that were merged away are no longer asked for, so they are the first to go.
        let mut gone = 0;
        while self.bytes > MOST_BYTES && gone + 1 < self.sets.len() {
            self.bytes -= self.sets[gone].1.bytes();
            gone += 1;
        }
        self.sets.drain(..gone);
    }
}

impl Visible {
    fn find(reader: &SegmentReader, fields: &Fields, filter: &SearchFilter) -> Result<Self, IndexError> {
        let most = reader.max_doc();
        let collections = filter.collections.iter().map(|id| Term::from_field_text(fields.collection, id.as_str()));
        let organisations =
            filter.organisations.iter().map(|id| Term::from_field_text(fields.organisation, id.as_str()));
        let mut rows = Bits::of(reader, collections, most)?;
        if rows.any {
            rows.intersect(&Bits::of(reader, organisations, most)?);
        }
        if let Some(documents) = filter.documents.as_deref().filter(|_| rows.any) {
            let documents = documents.iter().map(|id| Term::from_field_text(fields.document, id.as_str()));
            rows.intersect(&Bits::of(reader, documents, most)?);
        }
        let lengths = reader.get_fieldnorms_reader(fields.body).map_err(failure)?;
        let (mut chunks, mut length) = (0, 0);
        if rows.any {
            for row in 0..most {
                if rows.has(row) {
                    if reader.is_deleted(row) {
                        rows.clear(row);
                    } else {
                        chunks += 1;
                        length += u64::from(lengths.fieldnorm(row));
                    }
                }
            }
        }
        let languages = if chunks > 0 { languages(reader, fields.language, &rows)? } else { BTreeMap::new() };
        Ok(Self { rows, chunks, length, languages })
    }

    fn bytes(&self) -> usize {
        // What else there is to a set is about as much as this.
        self.rows.words.len() * 8 + 512
    }
}

fn languages(reader: &SegmentReader, field: Field, visible: &Bits) -> Result<BTreeMap<String, u64>, IndexError> {
    let index = reader.inverted_index(field).map_err(failure)?;
    let mut shares = BTreeMap::new();
    let mut codes = index.terms().stream().map_err(failure)?;
    while let Some((code, info)) = codes.next() {
        let code = String::from_utf8_lossy(code).into_owned();
        let postings = index.read_postings_from_terminfo(info, IndexRecordOption::Basic).map_err(failure)?;
        let chunks = rows(postings).filter(|row| visible.has(*row)).count() as u64;
        if chunks > 0 {
            shares.insert(code, chunks);
        }
    }
    Ok(shares)
}

/// A set of rows.
pub(super) struct Bits {
    words: Vec<u64>,
    any: bool,
}

impl Bits {
    /// The rows that have one of the terms.
    fn of(reader: &SegmentReader, terms: impl Iterator<Item = Term>, most: u32) -> Result<Self, IndexError> {
        let mut bits = Self { words: vec![0; most as usize / 64 + 1], any: false };
        for term in terms {
            if let Some(postings) = postings(reader, &term, IndexRecordOption::Basic)? {
                for row in rows(postings) {
                    bits.words[row as usize / 64] |= 1 << (row % 64);
                    bits.any = true;
                }
            }
        }
        Ok(bits)
    }

    fn intersect(&mut self, other: &Self) {
        for (word, other) in self.words.iter_mut().zip(&other.words) {
            *word &= other;
        }
        self.any = self.words.iter().any(|word| *word != 0);
    }

    pub(super) fn has(&self, row: u32) -> bool {
        self.words[row as usize / 64] >> (row % 64) & 1 == 1
    }

    fn clear(&mut self, row: u32) {
        self.words[row as usize / 64] &= !(1 << (row % 64));
    }
}

#[cfg(test)]
mod tests {
    use hammock_contract::{CollectionId, OrganisationId};

    use super::*;

    fn key(filter: &SearchFilter) -> Key {
        Key { segment: SegmentId::generate_random(), deletes: None, filter: filter.clone() }
    }

    fn visible(rows: usize) -> Arc<Visible> {
        let rows = Bits { words: vec![0; rows / 64], any: false };
        Arc::new(Visible { rows, chunks: 0, length: 0, languages: BTreeMap::new() })
    }

    #[test]
    fn a_set_serves_the_same_filter_alone() {
        let filter = SearchFilter {
            organisations: vec![OrganisationId::new()],
            collections: vec![CollectionId::new()],
            documents: None,
        };
        let known = key(&filter);
        let mut kept = Kept::default();
        kept.keep(known.clone(), visible(64));
        assert!(kept.find(&known).is_some());
        let other = SearchFilter { organisations: vec![OrganisationId::new()], ..filter.clone() };
        assert!(kept.find(&Key { filter: other, ..known.clone() }).is_none());
        assert!(kept.find(&Key { deletes: Some(1), ..known }).is_none());
        assert!(kept.find(&key(&filter)).is_none());
    }

    #[test]
    fn those_not_used_for_longest_go_first() {
        let filter = SearchFilter { organisations: Vec::new(), collections: Vec::new(), documents: None };
        let mut kept = Kept::default();
        let keys: Vec<Key> = (0..12).map(|_| key(&filter)).collect();
        for key in &keys {
            kept.keep(key.clone(), visible(8 << 20));
            assert!(kept.find(&keys[0]).is_some());
        }
        assert!(kept.bytes <= MOST_BYTES);
        assert!(kept.find(&keys[1]).is_none() && kept.find(&keys[11]).is_some());
        // One that is larger than all may be together is still used while it is the last.
        kept.keep(key(&filter), visible(128 << 20));
        assert_eq!(kept.sets.len(), 1);
    }
}
