//! Chunks that people edit or switch off.

use hammock_contract::{
    ChunkEditId, ChunkId, DocumentId, ErrorCode, SourceId,
    document::{Chunk, ChunkPatch, DocumentState, DocumentText},
    page::PageRequest,
    reading::{ReadingRequest, TextSpan},
};
use hammock_llm::scripted::ScriptedModel;
use hammock_retrieval::SearchIndex as _;
use hammock_store::{
    audit,
    chunk_edits::{self, ChunkEditRow},
};

use super::{
    chat::{ask, museum, note},
    world::{World, until},
};
use crate::{Scope, Severity, knowledge::edits::places};

const HOURS: &[u8] = b"# Opening hours\n\nThe museum opens at nine in summer.\n";
const OTHER_HOURS: &[u8] = b"# Opening hours\n\nThe museum opens at eleven in winter.\n";
const EDITED: &str = "The gallery welcomes visitors from half past eight.";

fn text(text: &str) -> ChunkPatch {
    ChunkPatch { text: Some(text.to_owned()), ..ChunkPatch::default() }
}

fn enabled(enabled: bool) -> ChunkPatch {
    ChunkPatch { enabled: Some(enabled), ..ChunkPatch::default() }
}

fn restore() -> ChunkPatch {
    ChunkPatch { restore: true, ..ChunkPatch::default() }
}

/// A world in which one document of one chunk answers.
struct Edited {
    world: World,
    owner: Scope,
    source: SourceId,
    document: DocumentId,
}

impl Edited {
    async fn new() -> Self {
        let world = World::new().await;
        world.work();
        let owner = world.owner("Eva").await;
        let (_, source) = world.collection(&owner, "Museum").await;
        let document = world.upload(&owner, &source, "hours.md", HOURS).await.unwrap().id;
        let read = world.read(&owner, &document).await;
        assert_eq!((read.state, read.chunks), (DocumentState::Ready, 1));
        world.rest().await;
        Self { world, owner, source, document }
    }

    async fn read(&self) -> DocumentText {
        self.world.hammock.document_text(&self.owner, &self.document, None).await.unwrap()
    }

    async fn chunk(&self) -> Chunk {
        self.read().await.chunks.remove(0)
    }

    /// Changes the chunk and waits until the index knows.
    async fn change(&self, patch: ChunkPatch) -> Chunk {
        let chunk = self.chunk().await.id;
        let changed = self.world.hammock.update_chunk(&self.owner, &self.document, &chunk, patch).await.unwrap();
        self.world.rest().await;
        changed
    }

    /// Reads the file again, or another in its place, and waits until that answers.
    async fn again(&self, content: &[u8]) {
        let before = self.read().await.revision;
        self.world.upload(&self.owner, &self.source, "hours.md", content).await.unwrap();
        until("the document is read again", async || (self.read().await.revision > before).then_some(())).await;
        self.world.rest().await;
    }

    async fn is_found(&self, query: &str) -> bool {
        let hits = self.world.search(&self.owner, query).await;
        hits.iter().any(|hit| hit.document == self.document)
    }

    async fn is_refused(&self, chunk: &ChunkId, patch: ChunkPatch) -> ErrorCode {
        self.world.hammock.update_chunk(&self.owner, &self.document, chunk, patch).await.unwrap_err().code
    }

    /// That the index holds what the database says, and how many chunks that are.
    async fn assert_equal(&self, chunks: usize) {
        let report = self.world.hammock.doctor(true).await.unwrap();
        let keyword = report.findings.iter().find(|finding| finding.subject == "keyword index").unwrap();
        assert_eq!(keyword.severity, Severity::Fine, "{keyword:?}");
        let database = report.findings.iter().find(|finding| finding.subject == "database").unwrap();
        assert_eq!(database.severity, Severity::Fine, "{database:?}");
        let indexed = self.world.index.list_text().await.unwrap();
        assert_eq!(indexed.iter().filter(|(document, ..)| *document == self.document).count(), chunks);
    }
}

#[tokio::test]
async fn an_edited_chunk_is_found_by_its_new_words_alone() {
    let edited = Edited::new().await;
    let before = edited.chunk().await;
    assert!(before.enabled && before.edited.is_none() && before.original.is_none());
    let after = edited.change(text(EDITED)).await;
    assert_ne!(after.id, before.id);
    assert_eq!((after.text.as_str(), after.original.as_deref()), (EDITED, Some(before.text.as_str())));
    assert_eq!((after.start, after.end), (before.start, before.end));
    assert_eq!(after.edited.unwrap().by.as_deref(), Some("Eva Example"));
    assert!(edited.is_found("gallery welcomes visitors").await && !edited.is_found("summer").await);
    let hits = edited.world.search(&edited.owner, "gallery visitors").await;
    let hit = hits.into_iter().find(|hit| hit.document == edited.document).unwrap();
    assert_eq!((hit.text.as_str(), hit.edited.and_then(|edited| edited.by).as_deref()), (EDITED, Some("Eva Example")));
    edited.assert_equal(1).await;

    // Whoever has the page from before is told that the passage is another one now.
    assert_eq!(edited.is_refused(&before.id, text("Mine")).await, ErrorCode::NotFound);
    let restored = edited.change(restore()).await;
    assert_eq!((restored.text, restored.edited, restored.original), (before.text, None, None));
    assert!(edited.is_found("summer").await && !edited.is_found("gallery").await);
    edited.assert_equal(1).await;
    let db = edited.world.hammock.store().read();
    let request = PageRequest { query: Some("chunk.update".to_owned()), ..PageRequest::default() };
    assert_eq!(audit::list(&edited.owner, db, &request).await.unwrap().items.len(), 2);
}

#[tokio::test]
async fn a_chunk_that_is_switched_off_is_not_found() {
    let edited = Edited::new().await;
    let off = edited.change(enabled(false)).await;
    assert!(!off.enabled && off.edited.is_none());
    assert!(!edited.is_found("museum opens").await);
    edited.assert_equal(0).await;
    let document = edited.world.hammock.find_document(&edited.owner, &edited.document).await.unwrap();
    assert_eq!((document.chunks, document.state), (0, DocumentState::Ready));
    assert_eq!(edited.read().await.chunks.len(), 1, "it is shown all the same");

    edited.again(HOURS).await;
    assert!(!edited.chunk().await.enabled && !edited.is_found("museum opens").await);
    edited.assert_equal(0).await;
    assert!(edited.change(enabled(true)).await.enabled);
    assert!(edited.is_found("museum opens").await);
    edited.assert_equal(1).await;
}

#[tokio::test]
async fn an_edit_outlives_a_reading_that_finds_the_same_text() {
    let edited = Edited::new().await;
    edited.change(text(EDITED)).await;
    edited.again(HOURS).await;
    let chunk = edited.chunk().await;
    assert_eq!((chunk.text.as_str(), chunk.edited.is_some()), (EDITED, true));
    assert!(edited.is_found("gallery").await && !edited.is_found("summer").await);
    assert!(edited.read().await.unused_edits.is_empty());
    edited.assert_equal(1).await;
    edited.world.hammock.rebuild_index(|_| {}).await.unwrap();
    assert!(edited.is_found("gallery").await && !edited.is_found("summer").await);
}

#[tokio::test]
async fn an_edit_of_a_text_that_changed_is_kept_and_not_used() {
    let edited = Edited::new().await;
    let original = edited.chunk().await.text;
    edited.change(text(EDITED)).await;
    edited.again(OTHER_HOURS).await;
    assert!(edited.is_found("winter").await && !edited.is_found("gallery").await);
    let read = edited.read().await;
    assert!(read.chunks[0].edited.is_none() && read.chunks[0].enabled);
    let unused = &read.unused_edits[0];
    assert_eq!((unused.original.as_str(), unused.text.as_deref()), (original.as_str(), Some(EDITED)));
    assert_eq!(unused.edited.by.as_deref(), Some("Eva Example"));
    edited.assert_equal(1).await;

    // The old text comes back, and with it the edit.
    edited.again(HOURS).await;
    assert_eq!(edited.chunk().await.text, EDITED);
    edited.again(OTHER_HOURS).await;
    let unused = edited.read().await.unused_edits.remove(0).id;
    edited.world.hammock.discard_edit(&edited.owner, &edited.document, &unused).await.unwrap();
    assert!(edited.read().await.unused_edits.is_empty());
    let again = edited.world.hammock.discard_edit(&edited.owner, &edited.document, &unused).await.unwrap_err();
    assert_eq!(again.code, ErrorCode::NotFound);
}

#[tokio::test]
async fn an_edit_that_its_chunk_does_not_show_is_put_right_by_hand() {
    for (patch, is_enabled) in [(enabled(false), false), (enabled(true), true)] {
        let edited = Edited::new().await;
        let shown = edited.chunk().await;
        let (original_hash, nth) = places(std::iter::once(shown.text.as_str())).remove(0);
        let off = ChunkEditRow {
            id: ChunkEditId::new(),
            organisation_id: edited.owner.organisation().clone(),
            document_id: edited.document.clone(),
            original_hash,
            nth,
            original: shown.text,
            text: None,
            enabled: false,
            edited_by: None,
            edited_at: edited.world.hammock.now(),
        };
        let tx = edited.world.hammock.store().begin().await.unwrap();
        chunk_edits::put(&edited.owner, &tx, off).await.unwrap();
        tx.commit().await.unwrap();
        assert!(edited.chunk().await.enabled && edited.is_found("museum opens").await);

        assert_eq!(edited.change(patch).await.enabled, is_enabled);
        assert_eq!(edited.is_found("museum opens").await, is_enabled);
        assert!(edited.read().await.unused_edits.is_empty(), "none is left that says otherwise");
        edited.assert_equal(usize::from(is_enabled)).await;
    }
}

#[tokio::test]
async fn an_edit_while_the_document_is_read_again_is_not_lost() {
    let edited = Edited::new().await;
    let chunk = edited.chunk().await.id;
    edited.world.index.hold();
    edited.world.upload(&edited.owner, &edited.source, "hours.md", HOURS).await.unwrap();
    edited.world.index.wait_until_taken().await;
    edited.world.hammock.update_chunk(&edited.owner, &edited.document, &chunk, text(EDITED)).await.unwrap();
    edited.world.index.release();
    until("the document is read again", async || (edited.read().await.revision == 2).then_some(())).await;
    edited.world.rest().await;
    assert_eq!(edited.chunk().await.text, EDITED);
    assert!(edited.is_found("gallery").await && !edited.is_found("summer").await);
    edited.assert_equal(1).await;
}

#[tokio::test]
async fn what_waits_to_be_brought_into_the_index_is_no_problem() {
    let edited = Edited::new().await;
    let (hammock, chunk) = (&edited.world.hammock, edited.chunk().await.id);
    edited.world.stop_working();
    hammock.update_chunk(&edited.owner, &edited.document, &chunk, text(EDITED)).await.unwrap();
    let report = hammock.doctor(true).await.unwrap();
    let keyword = report.findings.into_iter().find(|finding| finding.subject == "keyword index").unwrap();
    let waiting = "still to be brought up to date, as it was edited: 1 chunk".to_owned();
    assert_eq!((keyword.severity, keyword.found), (Severity::Notice, waiting));
    // What the index still says of the old words is confirmed by nobody.
    assert!(!edited.is_found("summer").await);
}

#[tokio::test]
async fn what_makes_no_sense_is_refused() {
    let edited = Edited::new().await;
    let chunk = edited.chunk().await.id;
    let both = ChunkPatch { restore: true, ..text(EDITED) };
    for patch in [text(" \n"), text(&"a".repeat(20_001)), both] {
        assert_eq!(edited.is_refused(&chunk, patch).await, ErrorCode::InvalidField);
    }
    assert_eq!(edited.is_refused(&ChunkId::new(), text(EDITED)).await, ErrorCode::NotFound);
    // The document's own text is no edit, and nothing changes.
    let own = edited.chunk().await.text;
    assert_eq!(edited.change(text(&own)).await.id, chunk);
}

#[tokio::test]
async fn a_citation_keeps_the_text_that_it_was_made_from() {
    let (world, owner, request) = museum(ScriptedModel::saying("It opens at nine [1].")).await;
    let (_, before) = ask(&world, &owner, request.clone()).await;
    let cited = before.citations.iter().find(|citation| citation.cited).unwrap();
    let document = note(&world, &owner).await.id;
    let hammock = &world.hammock;
    let chunk = hammock.document_text(&owner, &document, None).await.unwrap().chunks.remove(0);
    assert_eq!(cited.chunk, chunk.id);
    let rewritten = "When does the museum open? The museum opens at nine, on Sundays at **noon**.";
    hammock.update_chunk(&owner, &document, &chunk.id, text(rewritten)).await.unwrap();
    world.rest().await;

    let (_, after) = ask(&world, &owner, request).await;
    let old = hammock.cited_excerpt(&owner, cited.into()).await.unwrap();
    assert!(cited.edited.is_none() && !old.current && old.as_asked);
    assert!(old.html.contains("closes at five") && !old.html.contains("noon"), "{}", old.html);

    let cited = after.citations.iter().find(|citation| citation.cited).unwrap();
    assert_eq!(cited.edited.as_ref().and_then(|edited| edited.by.as_deref()), Some("Eva Example"));
    assert_eq!(cited.quote, rewritten);
    let new = hammock.cited_excerpt(&owner, cited.into()).await.unwrap();
    assert!(new.current && new.html.contains("<mark>") && new.html.contains("noon"), "{}", new.html);
    assert!(!new.html.contains("closes at five"), "{}", new.html);
    // The way to the original.
    assert_eq!(new.marks, [TextSpan { start: cited.start, end: cited.end }]);
    let wanted = ReadingRequest { document, revision: Some(new.revision), marks: new.marks, from: None };
    let reading = hammock.read_text(&owner, wanted).await.unwrap();
    let shown = &reading.chunks[0];
    assert!(shown.marked && shown.html.contains("<strong>noon</strong>"), "{}", shown.html);
    assert!(shown.original_html.as_ref().unwrap().contains("closes at five"), "{shown:?}");
}
