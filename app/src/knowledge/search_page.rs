//! What a question finds in a collection: to see why an assistant answers as it does.

use hammock_contract::{
    collection::Collection,
    reading::{SearchReading, TextSpan},
    search::{SearchHit, SearchMode, SearchRequest},
};
use leptos::prelude::*;
use leptos_router::{
    components::{A, Form},
    hooks::{use_params_map, use_query_map},
};

use super::{
    api::{find_collection, search},
    collection_page::CollectionTabs,
    live::parse_collection,
};
use crate::{
    FnError, chat, i18n, t,
    ui::{Badge, Button, ButtonKind, EmptyState, Icon, Load, Page, PageBody, PageHeader, PassageText, Tone},
};

/// How many hits are shown.
const HITS: u32 = 20;

/// Passages above one of these are shown in part at first: they have more than about twelve lines.
const LONG_CHARACTERS: usize = 900;
const LONG_LINES: usize = 10;

/// From here on the evidence is called strong, and below weak.
const STRONG: f32 = 0.66;
const WEAK: f32 = 0.33;

/// Searches in one collection.
#[component]
pub fn SearchPage() -> impl IntoView {
    let params = use_params_map();
    let query = use_query_map();
    let id = Memo::new(move |_| params.get().get("collection").unwrap_or_default());
    let collection = Resource::new(move || id.get(), |id| async move { find_collection(parse_collection(&id)?).await });
    let asked = Memo::new(move |_| {
        let query = query.get();
        (id.get(), query.get("q").unwrap_or_default(), mode_of(query.get_str("mode").unwrap_or_default()))
    });
    let found = Resource::new(move || asked.get(), |(id, query, mode)| find(id, query, mode));
    view! {
        <Page>
            <Load resource=collection whole_page=true let:collection><Head collection /></Load>
            <PageBody>
                <SearchForm asked />
                <div aria-live="polite">
                    <Load resource=found let:found>
                        {match found {
                            None => {
                                view! { <EmptyState icon="search" title=t!("data.search_first") text=t!("data.search_first_text") /> }
                                    .into_any()
                            }
                            Some(found) => view! { <Hits found /> }.into_any(),
                        }}
                    </Load>
                </div>
            </PageBody>
        </Page>
    }
}

async fn find(id: String, query: String, mode: SearchMode) -> Result<Option<SearchReading>, FnError> {
    if query.trim().is_empty() {
        return Ok(None);
    }
    let collections = vec![parse_collection(&id)?];
    search(SearchRequest { query, collections, mode, limit: Some(HITS) }).await.map(Some)
}

#[component]
fn Head(collection: Collection) -> impl IntoView {
    let (name, description) = (collection.name, collection.description);
    view! {
        <div class="crumb"><A href="/data" attr:class="back-link"><Icon name="chevron-left" />{t!("data.title")}</A></div>
        <PageHeader
            title=Signal::derive(move || name.clone())
            subtitle=Signal::derive(move || description.clone())
        />
        <CollectionTabs id=collection.id.to_string() />
    }
}

/// A form that also works before the page is live: the address holds the search.
#[component]
fn SearchForm(asked: Memo<(String, String, SearchMode)>) -> impl IntoView {
    let (id, query, mode) = asked.get_untracked();
    view! {
        <Form method="GET" action=format!("/data/{id}/search") attr:class="search-form" attr:role="search">
            <input
                class="input"
                type="search"
                name="q"
                value=query
                maxlength="2000"
                aria-label=t!("data.search_label")
                placeholder=t!("data.search_label")
            />
            <select class="select" name="mode" aria-label=t!("data.mode")>
                {MODES
                    .map(|(option, value)| {
                        view! { <option value=value selected=option == mode>{mode_name(option)}</option> }
                    })
                    .collect_view()}
            </select>
            <Button kind=ButtonKind::Primary of_type="submit" icon="search">{t!("data.search")}</Button>
        </Form>
    }
}

const MODES: [(SearchMode, &str); 3] =
    [(SearchMode::Hybrid, "hybrid"), (SearchMode::Keyword, "keyword"), (SearchMode::Vector, "vector")];

fn mode_of(value: &str) -> SearchMode {
    MODES.iter().find(|(_, known)| *known == value).map_or(SearchMode::Hybrid, |(mode, _)| *mode)
}

fn mode_name(mode: SearchMode) -> &'static str {
    match mode {
        SearchMode::Hybrid => t!("data.mode.hybrid"),
        SearchMode::Keyword => t!("data.mode.keyword"),
        SearchMode::Vector => t!("data.mode.vector"),
    }
}

#[component]
fn Hits(found: SearchReading) -> impl IntoView {
    let SearchReading { response, passages } = found;
    let (tone, word) = if response.evidence >= STRONG {
        (Tone::Good, t!("data.evidence_strong"))
    } else if response.evidence >= WEAK {
        (Tone::Warning, t!("data.evidence_some"))
    } else {
        (Tone::Bad, t!("data.evidence_weak"))
    };
    let summary = t!(
        "data.search_summary",
        passages = i18n::count("data.n_passages", response.hits.len() as u64),
        ms = response.took_ms,
    );
    let none = response.hits.is_empty();
    view! {
        <p class="row wrap">
            <Badge tone>{word} " " {two_decimals(response.evidence)}</Badge>
            <span class="small muted numeric">{summary}</span>
            {(!response.vectors_used).then(|| view! { <span class="small muted">{t!("data.no_vectors_used")}</span> })}
        </p>
        {none.then(|| view! { <EmptyState icon="search" title=t!("data.no_hits") text=t!("data.no_hits_text") /> })}
        <ol class="hits">
            {response.hits.into_iter().zip(passages).map(|(hit, html)| view! { <Hit hit html /> }).collect_view()}
        </ol>
    }
}

fn two_decimals(value: f32) -> String {
    i18n::decimal(i18n::locale(), &format!("{value:.2}"))
}

#[component]
fn Hit(hit: SearchHit, html: String) -> impl IntoView {
    let href = chat::passage_address(&hit.document, hit.revision, &[TextSpan { start: hit.start, end: hit.end }]);
    let is_long = is_long(&hit.text);
    let headings: Vec<String> = hit.headings.into_iter().filter(|heading| *heading != hit.title).collect();
    let headings = headings.join(" › ");
    let score = |label: &'static str, value: Option<f32>| {
        value.map(|value| view! { <div><dt>{label}</dt><dd>{two_decimals(value)}</dd></div> })
    };
    view! {
        <li class="hit">
            <div class="row wrap">
                <A href attr:class="hit-title">{hit.title}</A>
                <span class="small faint">{headings}</span>
            </div>
            <HitText html is_long />
            <dl class="scores numeric">
                {score(t!("data.score"), Some(hit.score))}
                {score(t!("data.mode.keyword"), hit.keyword_score)}
                {score(t!("data.mode.vector"), hit.vector_score)}
            </dl>
        </li>
    }
}

/// The passage; a long one in part, until more is asked for.
#[component]
fn HitText(html: String, is_long: bool) -> impl IntoView {
    let is_whole = RwSignal::new(!is_long);
    view! {
        // What takes the focus is in sight.
        <div class="hit-text" data-whole=move || is_whole.get().to_string() on:focusin=move |_| is_whole.set(true)>
            <PassageText html />
        </div>
        {is_long.then(|| view! {
            <button
                type="button"
                class="button ghost hit-more"
                aria-expanded=move || is_whole.get().to_string()
                on:click=move |_| is_whole.update(|is_whole| *is_whole = !*is_whole)
            >
                {move || if is_whole.get() { t!("data.show_less") } else { t!("data.show_more") }}
            </button>
        })}
    }
}

fn is_long(text: &str) -> bool {
    text.lines().filter(|line| !line.trim().is_empty()).count() > LONG_LINES
        || text.chars().nth(LONG_CHARACTERS).is_some()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_modes_in_the_address_are_those_of_the_contract() {
        for (mode, value) in MODES {
            assert_eq!(serde_json::to_value(mode).unwrap(), value);
            assert_eq!(mode_of(value), mode);
        }
        assert_eq!(mode_of("else"), SearchMode::Hybrid);
    }

    #[test]
    fn a_passage_is_long_by_its_words_or_its_lines() {
        assert!(is_long(&"word ".repeat(200)) && is_long(&"| a |\n".repeat(11)));
        assert!(!is_long(&"word ".repeat(150)) && !is_long(&"a\n\n".repeat(10)) && !is_long(""));
    }
}
