//! What an earlier answer cites and its reader may not see any more: the answer's text stays, the passage is not told.

use std::{collections::HashSet, sync::Arc};

use hammock_contract::{CollectionId, chat::Citation, stream::StreamEvent};
use hammock_store::{Scope, attachments, collections};

use crate::{Hammock, Result, error::from_store};

/// What a reader sees now.
pub(crate) struct Reader(HashSet<CollectionId>);

impl Hammock {
    /// What the scope's person sees now.
    ///
    /// # Errors
    /// When the database fails.
    pub(crate) async fn reader(&self, scope: &Scope) -> Result<Reader> {
        let seen = collections::list_ids(scope, self.store().read()).await.map_err(from_store)?;
        let attached = attachments::list_collections(scope, self.store().read()).await.map_err(from_store)?;
        Ok(Reader(seen.into_iter().chain(attached).collect()))
    }
}

impl Reader {
    /// Somebody who sees nothing.
    pub(crate) fn of_nothing() -> Self {
        Self(HashSet::new())
    }

    /// Takes out of citations what is of a collection that is not seen. One that is gone is none that is seen: whether its
    /// reader still saw it at its end is not known any more.
    pub(crate) fn hide_in(&self, citations: &mut [Citation]) {
        for citation in citations.iter_mut().filter(|citation| !self.0.contains(&citation.collection)) {
            *citation = Citation {
                number: citation.number,
                document: citation.document.clone(),
                collection: citation.collection.clone(),
                chunk: citation.chunk.clone(),
                further_chunks: Vec::new(),
                revision: citation.revision,
                title: String::new(),
                headings: Vec::new(),
                url: None,
                place: None,
                start: 0,
                end: 0,
                marks: Vec::new(),
                quote: String::new(),
                edited: None,
                table: None,
                cited: citation.cited,
                hidden: true,
            };
        }
    }

    /// An event as the reader may see it.
    pub(crate) fn shown(&self, event: Arc<StreamEvent>) -> Arc<StreamEvent> {
        if !matches!(*event, StreamEvent::Sources { .. } | StreamEvent::Done { .. }) {
            return event;
        }
        let mut own = StreamEvent::clone(&event);
        self.hide_in_event(&mut own);
        Arc::new(own)
    }

    /// The same in an event that was stored.
    pub(crate) fn hide_in_event(&self, event: &mut StreamEvent) {
        match event {
            StreamEvent::Sources { citations } => self.hide_in(citations),
            StreamEvent::Done { message } => self.hide_in(&mut message.citations),
            StreamEvent::Started { question, .. } => self.hide_in(&mut question.citations),
            StreamEvent::Step { .. } | StreamEvent::Delta { .. } => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use hammock_contract::{ChunkId, DocumentId, Timestamp, document::ChunkEdited, passage::Place, reading::TextSpan};

    use super::*;

    #[test]
    fn of_what_is_not_seen_nothing_is_told() {
        let secret = "the swallow's secret".to_owned();
        let citation = |collection: &'static str| Citation {
            number: 1,
            document: DocumentId::fixed("one"),
            collection: CollectionId::fixed(collection),
            chunk: ChunkId::fixed("one"),
            further_chunks: vec![ChunkId::fixed("two")],
            revision: 3,
            title: secret.clone(),
            headings: vec![secret.clone()],
            url: Some(format!("https://example.org/{secret}")),
            place: Some(Place::Sheet { name: secret.clone() }),
            start: 4,
            end: 9,
            marks: vec![TextSpan { start: 4, end: 9 }],
            quote: secret.clone(),
            edited: Some(ChunkEdited { by: Some(secret.clone()), at: Timestamp::from_millis(0) }),
            table: None,
            cited: true,
            hidden: false,
        };
        let reader = Reader(HashSet::from([CollectionId::fixed("seen")]));
        let mut citations = vec![citation("seen"), citation("other")];
        reader.hide_in(&mut citations);
        assert_eq!(citations[0], citation("seen"));
        assert!(citations[1].hidden && citations[1].cited && citations[1].marks.is_empty());
        assert!(citations[1].further_chunks.is_empty());
        assert!(!serde_json::to_string(&citations[1]).unwrap().contains("secret"));
        let mut event = StreamEvent::Sources { citations: vec![citation("other")] };
        reader.hide_in_event(&mut event);
        assert!(!serde_json::to_string(&event).unwrap().contains("secret"));
    }
}
