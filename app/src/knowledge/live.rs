//! What a collection's page shows, kept up to date while anything is being read.

use std::collections::HashSet;

use hammock_contract::{
    ApiError, CollectionId, DocumentId, SourceId,
    collection::Collection,
    document::{AskedAfter, Document, DocumentQuery, DocumentStanding, DocumentState, MAX_ASKED_AFTER},
    metadata::MetadataOperator,
    source::{Source, SourceState},
    system::IndexStatus,
};
use leptos::{prelude::*, task::spawn_local};
use leptos_router::params::ParamsMap;

use super::{
    api::{find_collection, list_documents, list_sources, list_standings, read_index_status},
    states::{document_sort_of, document_state_of},
};
use crate::{FnError, metadata::words::operator_of, ui::clock::ask_while};

/// How often is asked while work goes on. Milliseconds.
const PAUSE: u32 = 1_500;

/// A file that was sent and became a document.
#[derive(Clone, PartialEq)]
pub struct Sent {
    /// The document.
    pub document: DocumentId,
    /// How it stands; nothing when it is not there any more.
    pub state: RwSignal<Option<DocumentState>>,
}

/// What a collection's page shows.
#[derive(Clone, Copy)]
pub struct Live {
    /// The collection.
    pub collection: RwSignal<Option<Collection>>,
    /// Its sources.
    pub sources: RwSignal<Vec<Source>>,
    /// The page of documents that is shown.
    pub documents: RwSignal<Vec<Document>>,
    /// The files that were sent from here. The list shows not all of them.
    pub sent: RwSignal<Vec<Sent>>,
    /// Which documents are wanted.
    pub wanted: Memo<DocumentQuery>,
    /// How the search side stands.
    pub status: RwSignal<Option<IndexStatus>>,
    asking: RwSignal<bool>,
    /// Whether something happened since the question that is under way was asked.
    outdated: RwSignal<bool>,
}

impl Live {
    /// Nothing known yet. Asks again and again while work goes on and the page is seen, as long as its owner lives.
    pub fn new(wanted: Memo<DocumentQuery>) -> Self {
        let live = Self {
            collection: RwSignal::new(None),
            sources: RwSignal::new(Vec::new()),
            documents: RwSignal::new(Vec::new()),
            sent: RwSignal::new(Vec::new()),
            wanted,
            status: RwSignal::new(None),
            asking: RwSignal::new(false),
            outdated: RwSignal::new(false),
        };
        ask_while(move || live.is_working(), PAUSE, move || live.refresh());
        live
    }

    /// Whether anything changes by itself.
    pub fn is_working(self) -> bool {
        let reading = self.sources.with(|sources| sources.iter().any(|source| source.state == SourceState::Working));
        let processing =
            self.documents.with(|documents| documents.iter().any(|it| it.state == DocumentState::Processing));
        let sent = self.sent.with(|sent| {
            self.documents.with(|shown| {
                not_shown(sent, shown).any(|it| it.state.try_get().flatten() == Some(DocumentState::Processing))
            })
        });
        // Without a model nothing embeds: then the counts stay as they are.
        let can_embed = self.status.with(|status| status.as_ref().is_some_and(|it| it.embedding_model.is_some()));
        let waits = self.collection.with(|it| it.as_ref().is_some_and(|it| it.embedded_chunks < it.chunks));
        reading || processing || sent || (can_embed && waits)
    }

    /// Asks once; while an answer is under way, once more after it. What cannot be had stays as it is.
    pub fn refresh(self) {
        // A notice that leads here may outlive the page.
        let collection = self.collection.try_with_untracked(|it| it.as_ref().map(|it| it.id.clone()));
        let Some(collection) = collection.flatten() else { return };
        self.outdated.set(true);
        if self.asking.get_untracked() {
            return;
        }
        self.asking.set(true);
        spawn_local(async move {
            // The page may be gone meanwhile.
            while self.outdated.try_get_untracked() == Some(true) {
                let _ = self.outdated.try_set(false);
                self.ask(collection.clone()).await;
            }
            let _ = self.asking.try_set(false);
        });
    }

    async fn ask(self, collection: CollectionId) {
        let Some(wanted) = self.wanted.try_get_untracked() else { return };
        if let Ok(sources) = list_sources(collection.clone()).await {
            let _ = self.sources.try_set(sources);
        }
        if let Ok(page) = list_documents(wanted.clone()).await
            && self.wanted.try_get_untracked() == Some(wanted)
        {
            let _ = self.documents.try_set(page.items);
        }
        self.ask_after_sent().await;
        if let Ok(collection) = find_collection(collection).await {
            let _ = self.collection.try_set(Some(collection));
        }
    }

    /// Asks after the files that were sent and do not stand in the list, until they are read.
    async fn ask_after_sent(self) {
        let unread = self.sent.try_with_untracked(|sent| {
            self.documents.try_with_untracked(|shown| {
                let unread =
                    not_shown(sent, shown).filter(|it| it.state.try_get_untracked().is_some_and(|it| !is_read(it)));
                unread.cloned().collect::<Vec<Sent>>()
            })
        });
        for some in unread.flatten().unwrap_or_default().chunks(MAX_ASKED_AFTER) {
            let documents = some.iter().map(|it| it.document.clone()).collect();
            let Ok(standings) = list_standings(AskedAfter { documents }).await else { return };
            note(some, &standings);
        }
    }
}

/// The files that were sent and do not stand in the list.
fn not_shown<'a>(sent: &'a [Sent], shown: &'a [Document]) -> impl Iterator<Item = &'a Sent> {
    let shown: HashSet<&DocumentId> = shown.iter().map(|it| &it.id).collect();
    sent.iter().filter(move |it| !shown.contains(&it.document))
}

/// Whether nothing is left to be known: it was read, or is gone. One that failed may be read again.
fn is_read(state: Option<DocumentState>) -> bool {
    matches!(state, None | Some(DocumentState::Embedding | DocumentState::Ready))
}

/// Notes how the files stand that were asked after. What the answer leaves out is not there any more.
fn note(asked: &[Sent], standings: &[DocumentStanding]) {
    for sent in asked {
        let state = standings.iter().find(|it| it.document == sent.document).map(|it| it.state);
        // The page may be gone meanwhile.
        if sent.state.try_get_untracked().is_some_and(|before| before != state) {
            let _ = sent.state.try_set(state);
        }
    }
}

/// What a collection's page is made of before anything moves.
pub async fn load(collection: String) -> Result<(Collection, Vec<Source>, IndexStatus), FnError> {
    let id = parse_collection(&collection)?;
    let found = find_collection(id.clone()).await?;
    let sources = list_sources(id).await?;
    Ok((found, sources, read_index_status().await?))
}

/// The documents that the address asks for.
pub fn query_of(collection: &str, query: &ParamsMap) -> DocumentQuery {
    DocumentQuery {
        collection: collection.parse().ok(),
        source: query.get_str("source").and_then(|source| source.parse::<SourceId>().ok()),
        state: query.get_str("state").and_then(document_state_of),
        query: query.get("q").filter(|text| !text.is_empty()),
        language: query.get("language").filter(|code| !code.is_empty()),
        sort: query.get_str("sort").and_then(document_sort_of),
        field: query.get("field").filter(|field| !field.is_empty()),
        // A field alone: all documents that carry it.
        operator: query
            .get("value")
            .is_none_or(|value| value.is_empty())
            .then_some(MetadataOperator::IsSet)
            .or_else(|| query.get_str("operator").map(operator_of)),
        value: query.get("value"),
        page_token: query.get("page"),
        ..DocumentQuery::default()
    }
}

/// The id in an address.
///
/// # Errors
/// `not_found`: an address with anything else leads nowhere.
pub fn parse_collection(text: &str) -> Result<CollectionId, FnError> {
    text.parse().map_err(|_| FnError(ApiError::not_found()))
}

#[cfg(test)]
mod tests {
    use hammock_contract::document::DocumentSort;

    use super::*;

    #[test]
    fn a_file_that_the_list_does_not_show_is_followed_until_it_is_read() {
        Owner::new().with(|| {
            let sent = ["first", "second", "third"].map(|name| Sent {
                document: DocumentId::fixed(name),
                state: RwSignal::new(Some(DocumentState::Processing)),
            });
            assert!(not_shown(&sent, &[]).eq(&sent));
            let of = |sent: &Sent, state| DocumentStanding { document: sent.document.clone(), state };
            note(&sent, &[of(&sent[2], DocumentState::Failed), of(&sent[0], DocumentState::Embedding)]);
            let states = sent.each_ref().map(|it| it.state.get_untracked());
            assert_eq!(states, [Some(DocumentState::Embedding), None, Some(DocumentState::Failed)]);
            // One that failed is asked after on: it may be read again.
            assert_eq!(states.map(is_read), [true, true, false]);
            assert!(!is_read(Some(DocumentState::Processing)) && !is_read(Some(DocumentState::Skipped)));
        });
    }

    #[test]
    fn the_address_says_which_documents_are_shown() {
        let mut query = ParamsMap::new();
        query.insert("state", "failed".to_owned());
        query.insert("source", "src_handbook".to_owned());
        query.insert("q", String::new());
        query.insert("language", "cs".to_owned());
        query.insert("sort", "passages".to_owned());
        let wanted = query_of("coll_handbook", &query);
        assert_eq!(wanted.collection, Some(CollectionId::fixed("handbook")));
        assert_eq!(wanted.source, Some(SourceId::fixed("handbook")));
        assert_eq!(wanted.state, Some(DocumentState::Failed));
        assert_eq!(wanted.query, None);
        assert_eq!((wanted.language.as_deref(), wanted.sort), (Some("cs"), Some(DocumentSort::Passages)));
        assert_eq!(parse_collection("nonsense").unwrap_err().code(), hammock_contract::ErrorCode::NotFound);
    }
}
