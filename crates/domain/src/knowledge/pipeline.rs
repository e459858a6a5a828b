//! The switch from one revision of a document to the next: stored, searchable by words, then answering, and only then is the
//! old one removed. Wherever it is cut off, exactly one revision answers.

use std::collections::HashMap;

use hammock_contract::{ChunkId, CollectionId, DocumentId};
use hammock_ingest::{
    chunk::{self, ChunkOptions, ChunkSpan},
    parse::{ParsedDocument, title_of_file},
};
use hammock_retrieval::{ChunkText, IndexedDocument};
use hammock_store::{
    Scope, Tx,
    chunk_edits::{self, FoundEdit},
    metadata_fields,
    metadata_values::{self, ReadMetadata},
    revisions, vector_copies,
};
use sha2::{Digest, Sha256};

use super::{changes::Change, edits, jobs};
use crate::{
    Hammock, Result,
    error::{from_index, from_store},
    metadata::reading::values_of,
};

/// A document that was read and cut, ready to answer.
pub(crate) struct Readable {
    pub document: DocumentId,
    pub collection: CollectionId,
    pub media_type: String,
    pub parsed: ParsedDocument,
    pub spans: Vec<ChunkSpan>,
    pub hash: String,
    pub text_hash: String,
    pub change: Change,
    /// The original that was read, if it is kept.
    pub file_key: Option<String>,
    /// Whether an earlier revision may be in the indexes.
    pub replaces: bool,
}

/// The hash by which an unchanged text is recognised. The title counts: it is searched too.
pub(crate) fn content_hash(parsed: &ParsedDocument) -> String {
    let mut hash = Sha256::new();
    hash.update(parsed.title.as_bytes());
    hash.update([0]);
    hash.update(parsed.text.as_bytes());
    hash.finalize().iter().map(|byte| format!("{byte:02x}")).collect()
}

/// The hash by which a text is recognised whose page changed around it: what is read of a page, without what stands in it for
/// machines alone. A title that only the address gives does not tell two texts apart. Takes processor time.
pub(crate) fn text_hash(file_name: &str, title: &str, language: Option<&str>, text: &str) -> String {
    let mut hash = Sha256::new();
    let title = if title == title_of_file(file_name) { "" } else { title };
    for part in [title, "\0", language.unwrap_or_default(), "\0", text] {
        hash.update(part.as_bytes());
    }
    hash.finalize().iter().map(|byte| format!("{byte:02x}")).collect()
}

/// Cuts a document. Takes processor time: not for async threads.
pub(crate) fn cut(parsed: &ParsedDocument, sizer: &dyn Fn(&str) -> usize) -> Vec<ChunkSpan> {
    chunk::chunk(parsed, &ChunkOptions::default(), sizer)
}

impl Hammock {
    /// Lets documents answer with what was read; which of them do not, since they were deleted meanwhile. Of these the indexes
    /// hold nothing, and of one that was read by somebody else meanwhile what that one read. Many at once are much cheaper than
    /// one by one.
    pub(crate) async fn let_answer(&self, scope: &Scope, mut documents: Vec<Readable>) -> Result<Vec<DocumentId>> {
        if documents.is_empty() {
            return Ok(Vec::new());
        }
        let now = self.now();
        let tx = self.store().begin().await.map_err(from_store)?;
        let there = hold(scope, &tx, &documents).await?;
        let mut deleted = ids_of(&documents);
        deleted.retain(|id| !there.contains_key(id));
        documents.retain(|document| there.contains_key(&document.document));
        if documents.is_empty() {
            return Ok(deleted);
        }
        // Of all: what does not answer now may have answered before, and been edited.
        let before = chunk_edits::list(scope, tx.db(), &ids_of(&documents)).await.map_err(from_store)?;
        let replaced: Vec<DocumentId> =
            documents.iter().filter(|document| document.replaces).map(|document| document.document.clone()).collect();
        let mut indexed = Vec::with_capacity(documents.len());
        for document in &documents {
            let chunks = new_chunks(document, &edits_of(&before, &document.document));
            let texts = chunk_texts(document, &chunks);
            let text = &document.parsed.text;
            let revision = revisions::put(scope, &tx, &document.document, text, &document.hash, chunks, now)
                .await
                .map_err(from_store)?;
            indexed.push(IndexedDocument {
                organisation: scope.organisation().clone(),
                collection: document.collection.clone(),
                document: document.document.clone(),
                revision,
                language: document.parsed.language.clone(),
                chunks: texts,
            });
        }
        tx.commit().await.map_err(from_store)?;

        self.0.index.put_text(&indexed).await.map_err(from_index)?;
        let carried = self.carry_vectors(scope, &replaced, &indexed).await?;

        let embedding = self.0.embedding.will_embed();
        let tx = self.store().begin().await.map_err(from_store)?;
        let there = hold(scope, &tx, &documents).await?;
        let is_newest =
            |(_, indexed): &(Readable, IndexedDocument)| there.get(&indexed.document) == Some(&indexed.revision);
        let (newest, mut late): (Vec<_>, Vec<_>) = documents.into_iter().zip(indexed).partition(is_newest);
        let mut answering = Vec::with_capacity(newest.len());
        for (document, indexed) in newest {
            let switch = revisions::Switch {
                revision: indexed.revision,
                title: document.parsed.title.clone(),
                language: document.parsed.language.clone(),
                media_type: document.media_type.clone(),
                text_hash: document.text_hash.clone(),
                embedding,
                file_key: document.file_key.clone().unwrap_or_default(),
            };
            if let Some(copies) = carried.get(&document.document) {
                vector_copies::note(scope, &tx, &document.document, copies).await.map_err(from_store)?;
            }
            if revisions::switch(scope, &tx, &document.document, &switch, now).await.map_err(from_store)? {
                answering.push((document, indexed));
            } else {
                late.push((document, indexed));
            }
        }
        let read: Vec<&Readable> = answering.iter().map(|(document, _)| document).collect();
        carry_metadata(scope, &tx, &read).await?;
        let switched: Vec<&IndexedDocument> = answering.iter().map(|(_, indexed)| indexed).collect();
        let edited = self.take_later_edits(scope, &tx, &before, &switched).await?;
        tx.commit().await.map_err(from_store)?;
        self.0.unembedded.notify_one();
        if edited {
            self.0.work.notify_one();
        }

        // The indexes hold nothing else of what answers for the first time.
        let old = answering.iter().filter(|(document, indexed)| document.replaces || indexed.revision > 1);
        self.drop_old(old.map(|(document, _)| document.document.clone()).collect()).await?;
        // Whoever deleted or read them meanwhile may have cleared the indexes before these texts came.
        let late: Vec<(DocumentId, u32)> =
            late.into_iter().map(|(_, indexed)| (indexed.document, indexed.revision)).collect();
        deleted.extend(late.iter().map(|(id, _)| id.clone()).filter(|id| !there.contains_key(id)));
        self.drop_replaced(late).await?;
        Ok(deleted)
    }

    /// Removes from the indexes what documents said before. While a newer text of one is being made ready, that must stay there;
    /// whoever does that removes the others.
    async fn drop_old(&self, documents: Vec<DocumentId>) -> Result<()> {
        let numbers = revisions::numbers(self.store().read(), &documents).await.map_err(from_store)?;
        for document in &documents {
            let Some(numbers) = numbers.get(document).filter(|numbers| numbers.answering == numbers.newest) else {
                continue;
            };
            self.0.index.remove_revisions(document, numbers.kept()).await.map_err(from_index)?;
        }
        Ok(())
    }

    /// Somebody may have edited chunks of the old revision while the new one was made ready: these edits are taken over with
    /// the switch. Whether there were any.
    async fn take_later_edits(
        &self,
        scope: &Scope,
        tx: &Tx,
        before: &[FoundEdit],
        indexed: &[&IndexedDocument],
    ) -> Result<bool> {
        let ids: Vec<DocumentId> = indexed.iter().map(|document| document.document.clone()).collect();
        let after = chunk_edits::list(scope, tx.db(), &ids).await.map_err(from_store)?;
        if after == before {
            return Ok(false);
        }
        for document in indexed {
            let id = &document.document;
            if edits_of(before, id) != edits_of(&after, id) {
                let gone = self.apply_edits(scope, tx, id, document.revision).await?;
                jobs::index_edits(scope, tx, id, gone, self.now()).await?;
            }
        }
        Ok(true)
    }
}

fn ids_of(read: &[Readable]) -> Vec<DocumentId> {
    read.iter().map(|read| read.document.clone()).collect()
}

/// Which of the documents are still there, with their newest revisions; until the transaction ends, they stay so.
async fn hold(scope: &Scope, tx: &Tx, read: &[Readable]) -> Result<HashMap<DocumentId, u32>> {
    revisions::hold(scope, tx, &ids_of(read)).await.map_err(from_store)
}

/// Lets documents carry what was read of their metadata, with the text that answers.
pub(super) async fn carry_metadata(scope: &Scope, tx: &Tx, documents: &[&Readable]) -> Result<()> {
    // What is new and says nothing has nothing to be replaced.
    let says = |document: &&Readable| document.replaces || !document.parsed.metadata.is_empty();
    let saying: Vec<&Readable> = documents.iter().copied().filter(says).collect();
    if saying.is_empty() {
        return Ok(());
    }
    let mut collections: Vec<CollectionId> = saying.iter().map(|document| document.collection.clone()).collect();
    collections.sort_unstable();
    collections.dedup();
    let mut fields = metadata_fields::list(scope, tx.db(), &collections).await.map_err(from_store)?;
    let read = saying.into_iter().map(|document| {
        // Those of its own collection stand first.
        fields.sort_by_key(|field| field.collection_id != document.collection);
        let own = fields.partition_point(|field| field.collection_id == document.collection);
        let found = document.parsed.metadata.clone();
        ReadMetadata { document: document.document.clone(), values: values_of(&fields[..own], &found), found }
    });
    let read = read.collect();
    metadata_values::put_read(scope, tx, read).await.map_err(from_store)
}

/// Those of a document.
pub(super) fn edits_of(edits: &[FoundEdit], document: &DocumentId) -> Vec<FoundEdit> {
    edits.iter().filter(|edit| edit.row.document_id == *document).cloned().collect()
}

pub(super) fn new_chunks(document: &Readable, edits: &[FoundEdit]) -> Vec<revisions::NewChunk> {
    let bytes = |offset: usize| u32::try_from(offset).unwrap_or(u32::MAX);
    let original = |span: &ChunkSpan| document.parsed.text.get(span.start..span.end).unwrap_or_default();
    let edits = edits::matching(edits, document.spans.iter().map(original));
    let new = |(span, edit): (&ChunkSpan, Option<&FoundEdit>)| revisions::NewChunk {
        id: ChunkId::new(),
        headings: span.headings.clone(),
        text: edit.and_then(|edit| edit.row.text.clone()).unwrap_or_else(|| original(span).to_owned()),
        start: bytes(span.start),
        end: bytes(span.end),
        place: span.place.clone(),
        table_part: span.table.clone(),
        edit: edit.map(|edit| edit.row.id.clone()),
        enabled: edit.is_none_or(|edit| edit.row.enabled),
    };
    document.spans.iter().zip(edits).map(new).collect()
}

fn chunk_texts(document: &Readable, chunks: &[revisions::NewChunk]) -> Vec<ChunkText> {
    (0u32..)
        .zip(document.spans.iter().zip(chunks))
        .filter(|(_, (_, chunk))| chunk.enabled)
        .map(|(ordinal, (span, chunk))| {
            let text = chunk::index_text(&document.parsed.title, &span.headings, span.table.as_ref(), &chunk.text);
            ChunkText { chunk: chunk.id.clone(), ordinal, heading: text.heading, text: text.text }
        })
        .collect()
}
