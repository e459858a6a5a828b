//! States of documents and sources in words.

use hammock_contract::{
    collection::CollectionSort,
    crawl::CrawlPageOutcome,
    document::{Document, DocumentSort, DocumentState},
    job::JobProgress,
    source::SourceState,
};
use leptos::prelude::*;

use crate::{
    i18n, t,
    ui::{Badge, Progress, Tone},
};

/// Every state of a document with its value in the address.
pub const DOCUMENT_STATES: [(DocumentState, &str); 6] = [
    (DocumentState::Ready, "ready"),
    (DocumentState::Processing, "processing"),
    (DocumentState::Waiting, "waiting"),
    (DocumentState::Embedding, "embedding"),
    (DocumentState::Failed, "failed"),
    (DocumentState::Skipped, "skipped"),
];

/// The state of a document by its value in the address; none for anything unknown.
pub fn document_state_of(value: &str) -> Option<DocumentState> {
    DOCUMENT_STATES.iter().find(|(_, known)| *known == value).map(|(state, _)| *state)
}

/// What stands in the address for what became of a page.
pub const fn outcome_value(outcome: CrawlPageOutcome) -> &'static str {
    match outcome {
        CrawlPageOutcome::Added => "added",
        CrawlPageOutcome::Changed => "changed",
        CrawlPageOutcome::Unchanged => "unchanged",
        CrawlPageOutcome::Removed => "removed",
        CrawlPageOutcome::Skipped => "skipped",
        CrawlPageOutcome::Failed => "failed",
    }
}

/// What became of a page, by its value in the address; none for anything unknown.
pub fn outcome_of(value: &str) -> Option<CrawlPageOutcome> {
    CrawlPageOutcome::ALL.into_iter().find(|outcome| outcome_value(*outcome) == value)
}

/// Every order of documents with its value in the address; the first is that of a list that says nothing else.
pub const DOCUMENT_SORTS: [(DocumentSort, &str); 3] =
    [(DocumentSort::Added, ""), (DocumentSort::Location, "location"), (DocumentSort::Passages, "passages")];

/// The order of documents by its value in the address; none for anything unknown.
pub fn document_sort_of(value: &str) -> Option<DocumentSort> {
    DOCUMENT_SORTS.iter().find(|(_, known)| *known == value).map(|(sort, _)| *sort)
}

/// The name of an order of documents.
pub fn document_sort_name(sort: DocumentSort) -> &'static str {
    match sort {
        DocumentSort::Added => t!("data.sort.added"),
        DocumentSort::Location => t!("data.sort.location"),
        DocumentSort::Passages => t!("data.sort.passages"),
    }
}

/// Every order of collections with its value in the address; the first is that of a list that says nothing else.
pub const COLLECTION_SORTS: [(CollectionSort, &str); 3] =
    [(CollectionSort::Name, ""), (CollectionSort::Created, "created"), (CollectionSort::Changed, "changed")];

/// The order of collections by its value in the address; none for anything unknown.
pub fn collection_sort_of(value: &str) -> Option<CollectionSort> {
    COLLECTION_SORTS.iter().find(|(_, known)| *known == value).map(|(sort, _)| *sort)
}

/// The name of an order of collections.
pub fn collection_sort_name(sort: CollectionSort) -> &'static str {
    match sort {
        CollectionSort::Name => t!("data.sort.name"),
        CollectionSort::Created => t!("data.sort.added"),
        CollectionSort::Changed => t!("data.sort.changed"),
    }
}

/// The name of a document's state.
pub fn document_state_name(state: DocumentState) -> &'static str {
    match state {
        DocumentState::Processing => t!("data.state.processing"),
        DocumentState::Waiting => t!("data.state.waiting"),
        DocumentState::Embedding => t!("data.state.embedding"),
        DocumentState::Ready => t!("data.state.ready"),
        DocumentState::Failed => t!("data.state.failed"),
        DocumentState::Skipped => t!("data.state.skipped"),
    }
}

/// A document's state, with the reason where it was not read, and whether Chromium made its text.
#[component]
pub fn DocumentStateBadge(
    /// The document.
    document: Document,
) -> impl IntoView {
    let tone = match document.state {
        DocumentState::Processing => Tone::Neutral,
        DocumentState::Embedding => Tone::Accent,
        DocumentState::Ready => Tone::Good,
        DocumentState::Failed => Tone::Bad,
        DocumentState::Waiting | DocumentState::Skipped => Tone::Warning,
    };
    let why = (document.state == DocumentState::Waiting).then(|| t!("data.state.waiting_text"));
    view! {
        <span class="document-state">
            <span title=why><Badge tone>{document_state_name(document.state)}</Badge></span>
            {document.rendered.then(|| view! { <span title=t!("data.rendered_title")><Badge>{t!("data.rendered")}</Badge></span> })}
            {document.error.map(|error| view! { <span class="sub">{i18n::error_text(&error)}</span> })}
        </span>
    }
}

/// A source's state.
#[component]
pub fn SourceStateBadge(
    /// The state.
    state: SourceState,
    /// Whether it failed because its last crawl is held back.
    held: bool,
) -> impl IntoView {
    let (tone, icon, name) = match state {
        SourceState::Failed if held => (Tone::Warning, "clock", t!("data.crawl_held")),
        SourceState::Empty => (Tone::Neutral, "inbox", t!("data.source_state.empty")),
        SourceState::Working => (Tone::Accent, "refresh-cw", t!("data.source_state.working")),
        SourceState::Ready => (Tone::Good, "circle-check", t!("data.source_state.ready")),
        SourceState::Failed => (Tone::Bad, "triangle-alert", t!("data.source_state.failed")),
    };
    view! { <Badge tone icon>{name}</Badge> }
}

/// How far the work on a source is.
#[component]
pub fn WorkProgress(
    /// The work.
    progress: JobProgress,
) -> impl IntoView {
    let JobProgress { stage, done, total, current } = progress;
    let stage = match stage.as_str() {
        "fetching" => t!("data.stage.fetching"),
        "waiting" => t!("data.stage.waiting"),
        "embedding" => t!("data.stage.embedding"),
        "deleting" => t!("data.stage.deleting"),
        _ => t!("data.stage.reading"),
    };
    let locale = i18n::locale();
    let number = i18n::grouped(locale, done);
    let text = match total {
        Some(total) => t!("data.progress_of", stage = stage, done = number, total = i18n::grouped(locale, total)),
        None => t!("data.progress", stage = stage, done = number),
    };
    view! {
        <div class="work-progress">
            <span class="small muted numeric">{text.clone()}</span>
            <Progress label=text done=done total=total />
            {current.map(|current| view! { <span class="small faint truncate">{current}</span> })}
        </div>
    }
}

/// How many of the chunks have a vector. Nothing when all do, or when there are none.
#[component]
pub fn EmbeddingProgress(
    /// Chunks with a vector.
    #[prop(into)]
    done: Signal<u64>,
    /// Chunks.
    #[prop(into)]
    total: Signal<u64>,
) -> impl IntoView {
    // On the server a page may be looked through once more while it is already being cleared away.
    let number = |of: Signal<u64>| of.try_get().unwrap_or_default();
    let text = move || {
        let locale = i18n::locale();
        let (done, total) = (i18n::grouped(locale, number(done)), i18n::grouped(locale, number(total)));
        t!("data.embedded_of", done = done, total = total)
    };
    view! {
        <Show when=move || number(done) < number(total)>
            <div class="work-progress">
                <span class="small muted numeric">{text}</span>
                <Progress label=Signal::derive(text) done=done total=Signal::derive(move || Some(number(total))) />
            </div>
        </Show>
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_values_in_the_address_are_those_of_the_contract() {
        for (state, value) in DOCUMENT_STATES {
            assert_eq!(serde_json::to_value(state).unwrap(), value);
            assert_eq!(document_state_of(value), Some(state));
        }
        assert_eq!(document_state_of("else"), None);
        for outcome in CrawlPageOutcome::ALL {
            assert_eq!(serde_json::to_value(outcome).unwrap(), outcome_value(outcome));
            assert_eq!(outcome_of(outcome_value(outcome)), Some(outcome));
        }
        assert_eq!(outcome_of("else"), None);
    }
}
