//! Changes of pages that wait for the end of their crawl. A new text is stored and does not answer yet; a page that must not
//! answer still does. When the crawl is whole, or a person accepts it, all of them take effect in one transaction.

use hammock_contract::{DocumentId, SourceId};
use hammock_retrieval::IndexedDocument;
use hammock_store::{
    Scope, Tx, chunks,
    crawl_changes::{self, CrawlChangeRow},
    crawls, documents, metadata_fields,
    metadata_values::{self, ReadMetadata},
    revisions, sources,
};

use super::{
    jobs,
    pages::Known,
    pipeline::{Readable, carry_metadata, new_chunks},
    reindexing::stored_text,
};
use crate::{
    Hammock, Result,
    error::{from_index, from_store},
    metadata::reading::values_of,
};

/// Documents in one write to the keyword index.
const BATCH: usize = 100;

impl Hammock {
    /// Stores what was read beside what answers. What people made of chunks is not looked at: that is done with the switch.
    pub(super) async fn delay(
        &self,
        scope: &Scope,
        source: &SourceId,
        crawl: u64,
        documents: Vec<Readable>,
    ) -> Result<()> {
        if documents.is_empty() {
            return Ok(());
        }
        let tx = self.store().begin().await.map_err(from_store)?;
        for document in documents {
            let chunks = new_chunks(&document, &[]);
            let Readable { document: id, media_type, parsed, hash, text_hash, .. } = document;
            let revision =
                revisions::put(scope, &tx, &id, &parsed.text, &hash, chunks, self.now()).await.map_err(from_store)?;
            let change = CrawlChangeRow {
                document_id: id,
                organisation_id: scope.organisation().clone(),
                source_id: source.clone(),
                crawl,
                revision,
                title: parsed.title,
                language: parsed.language,
                media_type,
                text_hash,
                metadata: parsed.metadata,
            };
            crawl_changes::put(scope, &tx, change).await.map_err(from_store)?;
        }
        tx.commit().await.map_err(from_store)
    }

    /// Notes that pages came otherwise than before and say the same, with what they say to machines now.
    pub(super) async fn renew(&self, scope: &Scope, tx: &Tx, pages: Vec<Readable>) -> Result<()> {
        let ids: Vec<DocumentId> = pages.iter().map(|page| page.document.clone()).collect();
        let mut found = metadata_values::find_found(scope, tx.db(), &ids).await.map_err(from_store)?;
        let mut changed = Vec::new();
        for page in pages {
            let set = crawls::set_hashes(scope, tx, &page.document, &page.hash, &page.text_hash).await;
            set.map_err(from_store)?;
            if found.remove(&page.document).unwrap_or_default() != page.parsed.metadata {
                changed.push(page);
            }
        }
        carry_metadata(scope, tx, &changed).await
    }

    /// Puts the texts that a crawl left waiting into the keyword index, so that they are found as soon as they answer.
    pub(crate) async fn index_delayed(&self, scope: &Scope, source: &SourceId, crawl: u64) -> Result<()> {
        let changes = crawl_changes::list(scope, self.store().read(), source, crawl).await.map_err(from_store)?;
        let waiting: Vec<CrawlChangeRow> = changes.into_iter().filter(|change| change.revision > 0).collect();
        for some in waiting.chunks(BATCH) {
            let mut indexed = Vec::with_capacity(some.len());
            for change in some {
                let rows = chunks::list(scope, self.store().read(), &change.document_id, change.revision)
                    .await
                    .map_err(from_store)?;
                let Some(collection) = rows.first().map(|row| row.collection_id.clone()) else { continue };
                indexed.push(IndexedDocument {
                    organisation: scope.organisation().clone(),
                    collection,
                    document: change.document_id.clone(),
                    revision: change.revision,
                    language: change.language.clone(),
                    chunks: rows.into_iter().map(|row| stored_text(&change.title, row)).collect(),
                });
            }
            self.0.index.put_text(&indexed).await.map_err(from_index)?;
        }
        Ok(())
    }

    /// Lets what a crawl left waiting take effect. Before it comes [`Self::index_delayed`]; the caller rings
    /// for the work that follows.
    pub(crate) async fn apply_delayed(&self, scope: &Scope, tx: &Tx, source: &SourceId, crawl: u64) -> Result<()> {
        let changes = crawl_changes::list(scope, tx.db(), source, crawl).await.map_err(from_store)?;
        if changes.is_empty() {
            return Ok(());
        }
        let collection = sources::find_writable(scope, tx.db(), source).await.map_err(from_store)?.collection_id;
        let collections = std::slice::from_ref(&collection);
        let fields = metadata_fields::list(scope, tx.db(), collections).await.map_err(from_store)?;
        let (mut retired, mut touched, mut read) = (Vec::new(), Vec::new(), Vec::new());
        for change in changes {
            touched.push((change.document_id.clone(), None));
            if change.revision == 0 {
                // It says nothing to machines either.
                retired.push(change.document_id.clone());
            } else {
                self.switch_to_delayed(scope, tx, &change).await?;
            }
            let CrawlChangeRow { document_id: document, metadata: found, .. } = change;
            read.push(ReadMetadata { document, values: values_of(&fields, &found), found });
        }
        metadata_values::put_read(scope, tx, read).await.map_err(from_store)?;
        crawl_changes::retire(scope, tx, &collection, &retired, self.now()).await.map_err(from_store)?;
        crawl_changes::clear(scope, tx, source).await.map_err(from_store)?;
        jobs::remove_documents(scope, tx, touched, self.now()).await
    }

    async fn switch_to_delayed(&self, scope: &Scope, tx: &Tx, change: &CrawlChangeRow) -> Result<()> {
        let (id, now) = (&change.document_id, self.now());
        let switch = revisions::Switch {
            revision: change.revision,
            title: change.title.clone(),
            language: change.language.clone(),
            media_type: change.media_type.clone(),
            text_hash: change.text_hash.clone(),
            embedding: self.0.embedding.will_embed(),
            file_key: String::new(),
        };
        revisions::switch(scope, tx, id, &switch, now).await.map_err(from_store)?;
        // What was noted of the page besides is still of the text before.
        let row = documents::find_writable(scope, tx.db(), id).await.map_err(from_store)?;
        let fetched = documents::Fetched {
            etag: None,
            last_modified: None,
            rendered_at: None,
            raw_hash: None,
            ..Known::of(&row).fetched
        };
        documents::set_fetched(scope, tx, id, &fetched).await.map_err(from_store)?;
        let gone = self.apply_edits(scope, tx, id, change.revision).await?;
        jobs::index_edits(scope, tx, id, gone, now).await
    }

    /// Makes the indexes forget what a document was: all of it, or all but what answers. While a newer revision is made ready,
    /// its text must stay in the index; whoever does that removes the others.
    pub(crate) async fn drop_former(&self, scope: &Scope, document: &DocumentId) -> Result<()> {
        let db = self.store().read();
        if crawl_changes::is_waiting(scope, db, document).await.map_err(from_store)? {
            return Ok(());
        }
        let numbers = revisions::numbers(db, std::slice::from_ref(document)).await.map_err(from_store)?;
        let kept = numbers.get(document).and_then(|numbers| numbers.kept());
        self.0.index.remove_revisions(document, kept).await.map_err(from_index)
    }
}
