//! The keyword side: one Tantivy index for every tenant.
//!
//! Tantivy stores, merges and reads the inverted index; scores are computed here (`score`), because they rest on the
//! statistics of what the question may see. Tantivy's own would rest on every tenant's text, let one tenant's words change
//! another's ranking, and could not say which share of a question stands in a passage.

mod fields;
mod merging;
mod score;
mod visible;
mod writer;

use std::{path::Path, sync::Arc};

use hammock_contract::{ChunkId, CollectionId, DocumentId};
use hammock_retrieval::{IndexError, IndexedDocument, KeywordQuery, KeywordResult, SearchFilter};
use tantivy::{
    Index, IndexReader, ReloadPolicy, Term,
    directory::MmapDirectory,
    query::{BooleanQuery, Occur, Query, TermQuery},
    schema::IndexRecordOption,
};

use self::{
    fields::Fields,
    visible::VisibleCache,
    writer::{Change, Writer},
};
use crate::failure::failure;

/// Names the format on disk: another format begins an empty index beside it, which is then filled from the database.
const FORMAT: &str = "text-v1";

pub(crate) struct TextIndex {
    fields: Fields,
    reader: IndexReader,
    writer: Writer,
    visible: Arc<VisibleCache>,
}

impl TextIndex {
    /// Opens or creates the index below `directory`. Writing locks it, reading does not. To be called within a Tokio runtime.
    pub(crate) fn open(directory: &Path) -> Result<Self, IndexError> {
        let directory = directory.join(FORMAT);
        std::fs::create_dir_all(&directory).map_err(failure)?;
        let (schema, fields) = Fields::schema();
        let directory = MmapDirectory::open(&directory).map_err(failure)?;
        let index = Index::open_or_create(directory, schema).map_err(failure)?;
        // Another process may write (the worker beside the web role): its commits are seen within half a second.
        let reader: IndexReader =
            index.reader_builder().reload_policy(ReloadPolicy::OnCommitWithDelay).try_into().map_err(failure)?;
        let writer = Writer::start(index, reader.clone())?;
        Ok(Self { fields, reader, writer, visible: Arc::default() })
    }

    pub(crate) async fn put(&self, documents: &[IndexedDocument]) -> Result<(), IndexError> {
        let fields = self.fields.clone();
        let documents = documents.to_vec();
        let rows = tokio::task::spawn_blocking(move || {
            documents.iter().map(|document| fields.rows(document)).collect::<Vec<_>>()
        });
        let revisions = rows.await.map_err(failure)?;
        self.writer.apply(Change::Put(revisions)).await
    }

    pub(crate) async fn remove_revisions(&self, document: &DocumentId, keep: Option<u32>) -> Result<(), IndexError> {
        let term = |term: Term| -> Box<dyn Query> { Box::new(TermQuery::new(term, IndexRecordOption::Basic)) };
        let mut clauses = vec![(Occur::Must, term(Term::from_field_text(self.fields.document, document.as_str())))];
        if let Some(keep) = keep {
            clauses.push((Occur::MustNot, term(self.fields.revision_key(document, keep))));
        }
        self.writer.apply(Change::Remove(Box::new(BooleanQuery::new(clauses)))).await
    }

    pub(crate) async fn remove_revision(&self, document: &DocumentId, revision: u32) -> Result<(), IndexError> {
        let term = self.fields.revision_key(document, revision);
        self.writer.apply(Change::Remove(Box::new(TermQuery::new(term, IndexRecordOption::Basic)))).await
    }

    pub(crate) async fn remove_collection(&self, collection: &CollectionId) -> Result<(), IndexError> {
        let term = Term::from_field_text(self.fields.collection, collection.as_str());
        self.writer.apply(Change::Remove(Box::new(TermQuery::new(term, IndexRecordOption::Basic)))).await
    }

    pub(crate) async fn clear(&self) -> Result<(), IndexError> {
        self.writer.apply(Change::Clear).await
    }

    pub(crate) async fn optimise(&self) -> Result<(), IndexError> {
        self.writer.apply(Change::Tidy).await
    }

    pub(crate) async fn search(
        &self,
        query: &KeywordQuery,
        filter: &SearchFilter,
        limit: usize,
    ) -> Result<KeywordResult, IndexError> {
        let (searcher, fields) = (self.reader.searcher(), self.fields.clone());
        let (query, filter, visible) = (query.clone(), filter.clone(), Arc::clone(&self.visible));
        let search = move || score::search(&searcher, &fields, &visible, &query, &filter, limit);
        tokio::task::spawn_blocking(search).await.map_err(failure)?
    }

    pub(crate) async fn list(&self) -> Result<Vec<(DocumentId, u32, ChunkId)>, IndexError> {
        let (searcher, fields) = (self.reader.searcher(), self.fields.clone());
        let list = move || {
            let mut chunks = Vec::new();
            for segment in searcher.segment_readers() {
                let store = segment.get_store_reader(1).map_err(failure)?;
                for row in store.iter(segment.alive_bitset()) {
                    chunks.push(fields.identity(&row.map_err(failure)?)?);
                }
            }
            Ok(chunks)
        };
        tokio::task::spawn_blocking(list).await.map_err(failure)?
    }
}
