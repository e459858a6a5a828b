//! What the tabs of a source's page ask for. It is made with the page: what stands in a tab is made more than once on the
//! server, and whatever it asks for would be asked for as often.

use hammock_contract::{
    ApiError, CollectionId, CrawlId, Page, SourceId,
    collection::{AccessQuery, AccessReport},
    crawl::{Crawl, CrawlPageQuery},
    document::{Document, DocumentQuery},
    evaluation::EvaluationQuestion,
    page::PageRequest,
    source::SourceFigures,
};
use leptos::prelude::*;
use leptos_router::params::ParamsMap;

use super::{
    Asked,
    crawl_pages::{CrawlPagesFound, find_pages, pages_wanted_of},
    crawls_tab::crawl_in,
    questions_tab::questions_wanted_of,
    tabs::SourceTab,
};
use crate::{
    FnError,
    data_functions::{FunctionsFound, find_functions},
    evaluation::api::{list_source_questions, read_source_figures},
    knowledge::api::{explain_access, list_crawls, list_documents},
};

/// What a tab shows alone: nothing while another one is open, and nothing is asked for then.
pub type OfTab<T> = Resource<Result<Option<T>, FnError>>;

/// What the tabs show.
#[derive(Clone, Copy)]
pub struct TabData {
    /// The page of documents that the address asks for.
    pub documents: Resource<Result<Page<Document>, FnError>>,
    /// What is known of the source beyond its numbers.
    pub figures: Resource<Result<SourceFigures, FnError>>,
    /// The last crawls.
    pub crawls: OfTab<Vec<Crawl>>,
    /// The crawl that is opened, if one is.
    pub opened: Memo<Option<CrawlId>>,
    /// Which of its pages are wanted.
    pub pages_wanted: Memo<CrawlPageQuery>,
    /// These pages.
    pub pages: Resource<Result<CrawlPagesFound, FnError>>,
    /// The questions that the address asks for.
    pub questions: OfTab<Page<EvaluationQuestion>>,
    /// The tables and the functions.
    pub functions: OfTab<FunctionsFound>,
    /// Who sees the collection, and why.
    pub access: OfTab<AccessReport>,
}

impl TabData {
    /// Asks for what the open tab shows.
    pub(super) fn new(
        asked: Memo<Asked>,
        tab: Memo<Option<SourceTab>>,
        query: Memo<ParamsMap>,
        documents_wanted: Memo<DocumentQuery>,
    ) -> Self {
        let source_in = move |wanted: SourceTab| {
            let is_open = tab.get() == Some(wanted);
            asked.with(Asked::id).filter(|_| is_open)
        };
        let opened = Memo::new(move |_| query.with(crawl_in));
        let pages_wanted = Memo::new(move |_| query.with(pages_wanted_of));
        let questions_wanted = Memo::new(move |_| query.with(questions_wanted_of));
        let collection = move || {
            let is_open = tab.get() == Some(SourceTab::Access);
            asked.with(|asked| asked.collection.parse::<CollectionId>().ok()).filter(|_| is_open)
        };
        // Whether the documents are shown, and how often they came to be: what was read meanwhile is asked for anew.
        let shown = Memo::new(move |before: Option<&(bool, u32)>| {
            let is_shown = tab.get() == Some(SourceTab::Pages);
            let (was_shown, times) = before.copied().unwrap_or_default();
            (is_shown, times + u32::from(is_shown && !was_shown))
        });
        let times_shown = move || shown.with(|(_, times)| *times);
        Self {
            documents: Resource::new(
                move || (times_shown(), documents_wanted.get()),
                |(_, wanted)| list_documents(wanted),
            ),
            figures: Resource::new(move || (times_shown(), asked.with(Asked::id)), |(_, source)| find_figures(source)),
            crawls: Resource::new(move || source_in(SourceTab::Crawls), find_crawls),
            opened,
            pages_wanted,
            pages: Resource::new(move || (source_in(SourceTab::Crawls), opened.get(), pages_wanted.get()), find_pages),
            questions: Resource::new(move || (source_in(SourceTab::Questions), questions_wanted.get()), find_questions),
            functions: Resource::new(move || source_in(SourceTab::Functions), find_functions),
            access: Resource::new(collection, find_access),
        }
    }
}

async fn find_figures(source: Option<SourceId>) -> Result<SourceFigures, FnError> {
    match source {
        Some(source) => read_source_figures(source).await,
        None => Err(FnError(ApiError::not_found())),
    }
}

async fn find_crawls(source: Option<SourceId>) -> Result<Option<Vec<Crawl>>, FnError> {
    match source {
        Some(source) => list_crawls(source).await.map(Some),
        None => Ok(None),
    }
}

async fn find_questions(
    (source, page): (Option<SourceId>, PageRequest),
) -> Result<Option<Page<EvaluationQuestion>>, FnError> {
    match source {
        Some(source) => list_source_questions(source, page).await.map(Some),
        None => Ok(None),
    }
}

async fn find_access(collection: Option<CollectionId>) -> Result<Option<AccessReport>, FnError> {
    match collection {
        Some(collection) => explain_access(collection, AccessQuery::default()).await.map(Some),
        None => Ok(None),
    }
}
