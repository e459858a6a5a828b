//! Changes of pages that wait. A new text is stored and does not answer yet; a page that must not answer still does. Most texts
//! wait until the crawl cannot turn out to be a fault of its website any more, as it is known when more than half of the pages that
//! answered stand; what is sudden waits until the crawl is whole. When it is whole, or a person accepts it, all that waits takes
//! effect in one transaction; where it is held, none of it does (decision 0024).

use std::collections::HashMap;

use hammock_contract::{DocumentId, SourceId, document::DocumentState};
use hammock_retrieval::IndexedDocument;
use hammock_store::{
    Scope, Tx, chunk_edits, chunks,
    crawl_changes::{self, CrawlChangeRow},
    crawls,
    documents::{self, Fetched},
    metadata_fields,
    metadata_values::{self, ReadMetadata},
    revisions, sources, vector_copies,
};

use super::{
    carrying::Copies,
    jobs,
    pages::Known,
    pipeline::{Readable, carry_metadata, edits_of, new_chunks},
    reindexing::stored_text,
};
use crate::{
    Hammock, Result,
    error::{from_index, from_store},
    metadata::reading::values_of,
};

/// Documents in one write to the keyword index.
const BATCH: usize = 100;

/// A text that does not answer yet.
pub(super) struct Later {
    pub text: Readable,
    /// What the visit says of it, for when it answers.
    pub fetched: Fetched,
    /// Whether it waits for the end of the crawl.
    pub until_end: bool,
}

/// What was brought into the indexes before it answers.
#[derive(Default)]
pub(crate) struct Brought {
    /// The texts: their documents and revisions.
    texts: Vec<(DocumentId, u32)>,
    /// The vectors that they took over from what answers, by document.
    vectors: HashMap<DocumentId, Copies>,
}

impl Hammock {
    /// Stores what was read beside what answers. What people made of chunks is looked at once more with the switch.
    /// Pages that were deleted meanwhile are left out.
    pub(super) async fn delay(
        &self,
        scope: &Scope,
        source: &SourceId,
        crawl: u64,
        mut later: Vec<Later>,
    ) -> Result<()> {
        if later.is_empty() {
            return Ok(());
        }
        let tx = self.store().begin().await.map_err(from_store)?;
        let ids: Vec<DocumentId> = later.iter().map(|later| later.text.document.clone()).collect();
        let there = revisions::hold(scope, &tx, &ids).await.map_err(from_store)?;
        later.retain(|later| there.contains_key(&later.text.document));
        // Of all: what does not answer now may have answered before, and been edited.
        let edits = chunk_edits::list(scope, tx.db(), &ids).await.map_err(from_store)?;
        for Later { text, fetched, until_end } in later {
            let chunks = new_chunks(&text, &edits_of(&edits, &text.document));
            let Readable { document: id, media_type, parsed, hash, text_hash, replaces, .. } = text;
            let revision =
                revisions::put(scope, &tx, &id, &parsed.text, &hash, chunks, self.now()).await.map_err(from_store)?;
            if !replaces {
                documents::set_state(scope, &tx, &id, DocumentState::Waiting, None).await.map_err(from_store)?;
            }
            let Fetched { etag, last_modified, rendered_at, raw_hash, .. } = fetched;
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
                until_end,
                etag,
                last_modified,
                rendered_at,
                raw_hash,
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
        carry_metadata(scope, tx, &changed.iter().collect::<Vec<_>>()).await
    }

    /// Lets the texts answer that a crawl keeps and that need not wait for its end, some at a time: the crawl goes on, and nothing is
    /// taken away. Can be done twice, and goes on where it was cut off.
    pub(super) async fn release(&self, scope: &Scope, source: &SourceId, crawl: u64) -> Result<()> {
        loop {
            let kept = crawl_changes::list_first(scope, self.store().read(), source, crawl, BATCH).await;
            let kept = kept.map_err(from_store)?;
            if kept.is_empty() {
                return Ok(());
            }
            let brought = self.index_changes(scope, &kept).await?;
            let tx = self.store().begin().await.map_err(from_store)?;
            // A page may have been read by itself meanwhile: what it says answers already. Nobody does so while it is held.
            let pages: Vec<DocumentId> = kept.iter().map(|change| change.document_id.clone()).collect();
            revisions::hold(scope, &tx, &pages).await.map_err(from_store)?;
            let still = crawl_changes::list_first(scope, tx.db(), source, crawl, BATCH).await.map_err(from_store)?;
            let changes = still.into_iter().filter(|change| kept.contains(change)).collect();
            self.apply(scope, &tx, source, changes, &brought).await?;
            tx.commit().await.map_err(from_store)?;
            self.0.unembedded.notify_one();
            self.0.work.notify_one();
            self.drop_unused(scope, brought).await?;
        }
    }

    /// Puts the texts that a crawl left waiting into the indexes, so that they are found as soon as they answer. Not before it is
    /// known that they will: what does not answer is in the way of what does. After it comes [`Self::drop_unused`].
    pub(crate) async fn index_delayed(&self, scope: &Scope, source: &SourceId, crawl: u64) -> Result<Brought> {
        let changes = crawl_changes::list(scope, self.store().read(), source, crawl).await.map_err(from_store)?;
        let waiting: Vec<CrawlChangeRow> = changes.into_iter().filter(|change| change.revision > 0).collect();
        let mut brought = Brought::default();
        for some in waiting.chunks(BATCH) {
            let Brought { texts, vectors } = self.index_changes(scope, some).await?;
            brought.texts.extend(texts);
            brought.vectors.extend(vectors);
        }
        Ok(brought)
    }

    /// Makes the indexes forget what was brought into them and does not answer after all: its page was deleted or read by itself
    /// meanwhile, and whoever did that may have cleared the indexes before it came. What waits still may be about to answer by
    /// somebody else who goes on with the crawl, and stays.
    pub(crate) async fn drop_unused(&self, scope: &Scope, brought: Brought) -> Result<()> {
        self.drop_brought(scope, brought, true).await
    }

    /// The same after a crawl was not accepted: what waits still must not be in the way of what answers. Nobody else may be
    /// accepting it.
    pub(crate) async fn drop_unaccepted(&self, scope: &Scope, brought: Brought) -> Result<()> {
        self.drop_brought(scope, brought, false).await
    }

    async fn drop_brought(&self, scope: &Scope, brought: Brought, keeps_waiting: bool) -> Result<()> {
        let db = self.store().read();
        let ids: Vec<DocumentId> = brought.texts.iter().map(|(document, _)| document.clone()).collect();
        let numbers = revisions::numbers(db, &ids).await.map_err(from_store)?;
        for (document, revision) in brought.texts {
            let numbers = numbers.get(&document);
            let kept = numbers.and_then(|numbers| numbers.kept());
            if kept == Some(revision) {
                continue;
            }
            let Some(numbers) = numbers.filter(|numbers| numbers.answering != numbers.newest) else {
                self.0.index.remove_revisions(&document, kept).await.map_err(from_index)?;
                continue;
            };
            // A newer text in the making is not touched, and this one never answers then.
            let waits = keeps_waiting
                && numbers.newest == revision
                && crawl_changes::is_waiting(scope, db, &document).await.map_err(from_store)?;
            if !waits {
                self.0.index.remove_revision(&document, revision).await.map_err(from_index)?;
            }
        }
        Ok(())
    }

    async fn index_changes(&self, scope: &Scope, changes: &[CrawlChangeRow]) -> Result<Brought> {
        let mut indexed = Vec::with_capacity(changes.len());
        for change in changes {
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
                chunks: rows.into_iter().filter(|row| row.enabled).map(|row| stored_text(&change.title, row)).collect(),
            });
        }
        self.0.index.put_text(&indexed).await.map_err(from_index)?;
        let replacing = changes.iter().filter(|change| change.revision > 1);
        let replaced: Vec<DocumentId> = replacing.map(|change| change.document_id.clone()).collect();
        let vectors = self.carry_vectors(scope, &replaced, &indexed).await?;
        let texts = indexed.into_iter().map(|indexed| (indexed.document, indexed.revision)).collect();
        Ok(Brought { texts, vectors })
    }

    /// Lets what a crawl left waiting take effect, with what was brought into the indexes for it by [`Self::index_delayed`]; the
    /// caller rings for the work that follows.
    pub(crate) async fn apply_delayed(
        &self,
        scope: &Scope,
        tx: &Tx,
        source: &SourceId,
        crawl: u64,
        brought: &Brought,
    ) -> Result<()> {
        let listed = crawl_changes::list(scope, tx.db(), source, crawl).await.map_err(from_store)?;
        let pages: Vec<DocumentId> = listed.into_iter().map(|change| change.document_id).collect();
        revisions::hold(scope, tx, &pages).await.map_err(from_store)?;
        // Whoever read a page by itself until it was held has done with what waited of it.
        let changes = crawl_changes::list(scope, tx.db(), source, crawl).await.map_err(from_store)?;
        self.apply(scope, tx, source, changes, brought).await
    }

    /// The caller lists the changes when it holds their pages.
    async fn apply(
        &self,
        scope: &Scope,
        tx: &Tx,
        source: &SourceId,
        mut changes: Vec<CrawlChangeRow>,
        brought: &Brought,
    ) -> Result<()> {
        let mut pages: Vec<DocumentId> = changes.iter().map(|change| change.document_id.clone()).collect();
        let there = revisions::hold(scope, tx, &pages).await.map_err(from_store)?;
        pages.retain(|id| there.contains_key(id));
        changes.retain(|change| there.contains_key(&change.document_id));
        if changes.is_empty() {
            return Ok(());
        }
        let collection = sources::find_writable(scope, tx.db(), source).await.map_err(from_store)?.collection_id;
        let collections = std::slice::from_ref(&collection);
        let fields = metadata_fields::list(scope, tx.db(), collections).await.map_err(from_store)?;
        let (mut retired, mut touched, mut read) = (Vec::new(), Vec::new(), Vec::new());
        for change in changes {
            // The indexes hold nothing else of what answers for the first time.
            if change.revision != 1 {
                touched.push((change.document_id.clone(), None));
            }
            if change.revision == 0 {
                // It says nothing to machines either.
                retired.push(change.document_id.clone());
            } else {
                if let Some(copies) = brought.vectors.get(&change.document_id) {
                    vector_copies::note(scope, tx, &change.document_id, copies).await.map_err(from_store)?;
                }
                if !self.switch_to_delayed(scope, tx, &change).await? {
                    continue;
                }
            }
            let CrawlChangeRow { document_id: document, metadata: found, .. } = change;
            read.push(ReadMetadata { document, values: values_of(&fields, &found), found });
        }
        metadata_values::put_read(scope, tx, read).await.map_err(from_store)?;
        crawl_changes::retire(scope, tx, &collection, &retired, self.now()).await.map_err(from_store)?;
        crawl_changes::remove(scope, tx, &pages).await.map_err(from_store)?;
        jobs::remove_documents(scope, tx, touched, self.now()).await
    }

    /// Whether the text answers: a newer one may have been stored meanwhile.
    async fn switch_to_delayed(&self, scope: &Scope, tx: &Tx, change: &CrawlChangeRow) -> Result<bool> {
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
        if !revisions::switch(scope, tx, id, &switch, now).await.map_err(from_store)? {
            return Ok(false);
        }
        // What was noted of the page besides is still of the text before.
        let row = documents::find_writable(scope, tx.db(), id).await.map_err(from_store)?;
        let fetched = Fetched {
            etag: change.etag.clone(),
            last_modified: change.last_modified.clone(),
            rendered_at: change.rendered_at,
            raw_hash: change.raw_hash.clone(),
            ..Known::of(&row).fetched
        };
        documents::set_fetched(scope, tx, id, &fetched).await.map_err(from_store)?;
        let gone = self.apply_edits(scope, tx, id, change.revision).await?;
        jobs::index_edits(scope, tx, id, gone, now).await?;
        Ok(true)
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
