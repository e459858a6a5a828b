//! What the page of an evaluation shows, kept up to date while the questions are asked.

use hammock_contract::{
    CollectionId, EvaluationRunId, Page,
    collection::Collection,
    evaluation::{EvaluationQuestion, EvaluationRun, EvaluationState},
    page::PageRequest,
};
use leptos::{prelude::*, task::spawn_local};
use leptos_router::params::ParamsMap;

use super::api::{list_questions, list_runs};
use crate::{
    FnError,
    knowledge::{api::find_collection, parse_collection},
    ui::clock::ask_while,
};

/// How often is asked while a run goes on. Milliseconds.
const PAUSE: u32 = 1_500;

/// Which questions the address asks for: the collection, and the page of its list.
pub type Wanted = (String, PageRequest);

/// What the page shows.
#[derive(Clone, Copy)]
pub struct Board {
    /// The collection.
    pub collection: RwSignal<Option<Collection>>,
    /// The page of questions that is shown.
    pub questions: RwSignal<Vec<EvaluationQuestion>>,
    /// The last runs, newest first.
    pub runs: RwSignal<Vec<EvaluationRun>>,
    /// Which questions are wanted.
    pub wanted: Memo<Wanted>,
}

impl Board {
    /// Nothing known yet. Asks again and again while a run goes on and the page is seen, as long as its owner lives.
    pub fn new(wanted: Memo<Wanted>) -> Self {
        let board = Self {
            collection: RwSignal::new(None),
            questions: RwSignal::new(Vec::new()),
            runs: RwSignal::new(Vec::new()),
            wanted,
        };
        ask_while(move || board.running().is_some(), PAUSE, move || board.refresh());
        board
    }

    /// The collection's id, once it is known.
    pub fn id(self) -> Option<CollectionId> {
        // A notice that leads here may outlive the page.
        self.collection.try_with_untracked(|it| it.as_ref().map(|it| it.id.clone())).flatten()
    }

    /// The run that goes on, if one does.
    pub fn running(self) -> Option<EvaluationRun> {
        self.runs.with(|runs| runs.iter().find(|run| run.state == EvaluationState::Running).cloned())
    }

    /// The run that is shown unless the address asks for another: the last one that is complete.
    pub fn last_complete(self) -> Option<EvaluationRunId> {
        self.runs.with(|runs| runs.iter().find(|run| run.state == EvaluationState::Complete).map(|run| run.id.clone()))
    }

    /// Asks once. What cannot be had stays as it is.
    pub fn refresh(self) {
        let Some(collection) = self.id() else { return };
        spawn_local(async move {
            if let Ok(runs) = list_runs(collection.clone()).await {
                let _ = self.runs.try_set(runs);
            }
            // The page may be gone, or show other questions by then.
            let Some(wanted) = self.wanted.try_get_untracked() else { return };
            if let Ok(page) = list_questions(collection, wanted.1.clone()).await
                && self.wanted.try_get_untracked() == Some(wanted)
            {
                let _ = self.questions.try_set(page.items);
            }
        });
    }
}

/// What the page is made of before anything moves.
pub async fn load(collection: String) -> Result<(Collection, Vec<EvaluationRun>), FnError> {
    let id = parse_collection(&collection)?;
    Ok((find_collection(id.clone()).await?, list_runs(id).await?))
}

/// The questions that the address asks for.
pub async fn questions((collection, page): Wanted) -> Result<Page<EvaluationQuestion>, FnError> {
    list_questions(parse_collection(&collection)?, page).await
}

/// The questions that the address asks for.
pub fn wanted_of(collection: String, query: &ParamsMap) -> Wanted {
    let text = query.get("q").filter(|text| !text.is_empty());
    (collection, PageRequest { limit: None, page_token: query.get("page"), query: text })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_address_says_which_questions_are_shown() {
        let mut query = ParamsMap::new();
        query.insert("q", "dogs".to_owned());
        query.insert("page", "abc".to_owned());
        let (collection, page) = wanted_of("coll_museum".to_owned(), &query);
        assert_eq!(collection, "coll_museum");
        assert_eq!((page.query.as_deref(), page.page_token.as_deref()), (Some("dogs"), Some("abc")));
        assert_eq!(wanted_of(String::new(), &ParamsMap::new()).1, PageRequest::default());
    }
}
