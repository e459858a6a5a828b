//! What a question finds, why, and what would come of it in a chat: to see why an assistant answers as it does.

use hammock_contract::{
    AssistantId,
    assistant::AssistantSummary,
    collection::Collection,
    metadata::MetadataFilter,
    page::PageRequest,
    reading::SearchReading,
    search::{SearchMode, SearchRequest},
    system::IndexStatus,
};
use leptos::prelude::*;
use leptos_router::{
    components::{A, Form},
    hooks::{use_params_map, use_query_map},
};

use super::{
    api::{find_collection, read_index_status, search},
    built_in::{shown_description, shown_name},
    collection_page::CollectionTabs,
    live::parse_collection,
    search_filter::SearchFilterFields,
    search_hits::Hits,
    search_verdict::{GivenToModel, Ranks, Verdict},
    unserved_language::{UnservedLanguage, unserved_language},
};
use crate::{
    FnError,
    assistants::api::list_assistants,
    i18n,
    metadata::words::filter_of,
    t,
    ui::{Button, ButtonKind, EmptyState, Icon, Load, Page, PageBody, PageHeader, SelectField},
};

/// How many hits are shown.
const HITS: u32 = 20;
/// The most assistants that are offered.
const OFFERED: u32 = 200;
/// In the address: searched is everything that the person may see.
const EVERYTHING: &str = "all";

/// What the address asks.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Asked {
    /// The collection of the page.
    id: String,
    query: String,
    mode: SearchMode,
    /// The id of an assistant, [`EVERYTHING`], or nothing: the collection of the page.
    place: String,
    /// Only documents whose metadata is so.
    filter: Option<MetadataFilter>,
}

/// Tries a question in one collection, in all of them, or as an assistant would.
#[component]
pub fn SearchPage() -> impl IntoView {
    let params = use_params_map();
    let query = use_query_map();
    let id = Memo::new(move |_| params.get().get("collection").unwrap_or_default());
    let collection = Resource::new(move || id.get(), read_collection);
    let asked = Memo::new(move |_| {
        let query = query.get();
        Asked {
            id: id.get(),
            query: query.get("q").unwrap_or_default(),
            mode: mode_of(query.get_str("mode").unwrap_or_default()),
            place: query.get("in").unwrap_or_default(),
            filter: filter_of(
                query.get_str("field").unwrap_or_default(),
                query.get_str("compare").unwrap_or_default(),
                query.get_str("value").unwrap_or_default(),
            ),
        }
    });
    let found = Resource::new(move || asked.get(), find);
    view! {
        <Page>
            <Load resource=collection whole_page=true let:read>
                {
                    let (collection, status) = read;
                    view! { <Head collection status /> }
                }
            </Load>
            <PageBody>
                <SearchForm asked />
                <div aria-live="polite">
                    <Load resource=found let:found>
                        {match found {
                            None => {
                                view! { <EmptyState icon="search" title=t!("data.search_first") text=t!("data.search_first_text") /> }
                                    .into_any()
                            }
                            Some(found) => view! { <Found found mode=asked.get_untracked().mode /> }.into_any(),
                        }}
                    </Load>
                </div>
            </PageBody>
        </Page>
    }
}

async fn read_collection(id: String) -> Result<(Collection, IndexStatus), FnError> {
    let collection = find_collection(parse_collection(&id)?).await?;
    Ok((collection, read_index_status().await?))
}

async fn find(asked: Asked) -> Result<Option<SearchReading>, FnError> {
    let Asked { id, query, mode, place, filter } = asked;
    if query.trim().is_empty() {
        return Ok(None);
    }
    let assistant = place.parse::<AssistantId>().ok();
    let collections =
        if assistant.is_some() || place == EVERYTHING { Vec::new() } else { vec![parse_collection(&id)?] };
    let filters = filter.into_iter().collect();
    let request = SearchRequest { query, collections, assistant, mode, limit: Some(HITS), filters, explain: true };
    search(request).await.map(Some)
}

#[component]
fn Head(collection: Collection, status: IndexStatus) -> impl IntoView {
    let language = unserved_language(&collection, &status);
    let (name, description) = (shown_name(&collection), shown_description(&collection));
    view! {
        <div class="crumb"><A href="/data" attr:class="back-link"><Icon name="chevron-left" />{t!("data.title")}</A></div>
        <PageHeader
            title=Signal::derive(move || name.clone())
            subtitle=Signal::derive(move || description.clone())
        />
        {language.is_some().then(|| view! { <div class="page-note"><UnservedLanguage language /></div> })}
        <CollectionTabs id=collection.id.to_string() can_evaluate=!collection.read_only />
    }
}

/// A form that also works before the page is live: the address holds the search.
#[component]
fn SearchForm(asked: Memo<Asked>) -> impl IntoView {
    let Asked { id, query, mode, place, filter } = asked.get_untracked();
    let assistants = RwSignal::new(Vec::new());
    Effect::new(move |_| {
        leptos::task::spawn_local(async move {
            let first = PageRequest { limit: Some(OFFERED), ..PageRequest::default() };
            // Without them there are the collections to choose from, and the page may be gone by then.
            if let Ok(page) = list_assistants(first).await {
                assistants.try_set(page.items);
            }
        });
    });
    let place = RwSignal::new(place);
    let mode = RwSignal::new(value_of(mode).to_owned());
    let places = move || {
        let mut places = vec![
            (String::new(), t!("data.test_here").to_owned()),
            (EVERYTHING.to_owned(), t!("data.test_everywhere").to_owned()),
        ];
        let known: Vec<AssistantSummary> = assistants.try_get().unwrap_or_default();
        places.extend(known.into_iter().map(|one| (one.id.to_string(), t!("data.test_as", name = one.name))));
        // The answer may come when the page is gone already, and the one that is chosen stays choosable.
        let chosen = place.try_get_untracked().unwrap_or_default();
        if places.iter().all(|(value, _)| *value != chosen) {
            places.push((chosen, t!("data.test_as_chosen").to_owned()));
        }
        places
    };
    let action = format!("/data/{id}/search");
    let modes = || MODES.map(|(mode, value)| (value.to_owned(), mode_name(mode).to_owned())).to_vec();
    view! {
        <Form method="GET" action=action attr:class="search-form" attr:role="search">
            <input
                class="input"
                type="search"
                name="q"
                value=query
                aria-label=t!("data.search_label")
                placeholder=t!("data.search_label")
            />
            <SelectField label=t!("data.test_in") name="in" value=place options=Signal::derive(places) />
            <SelectField label=t!("data.mode") name="mode" value=mode options=Signal::derive(modes) />
            <Button kind=ButtonKind::Primary of_type="submit" icon="search">{t!("data.search")}</Button>
            <SearchFilterFields collection=id filter />
        </Form>
    }
}

const MODES: [(SearchMode, &str); 3] =
    [(SearchMode::Hybrid, "hybrid"), (SearchMode::Keyword, "keyword"), (SearchMode::Vector, "vector")];

fn mode_of(value: &str) -> SearchMode {
    MODES.iter().find(|(_, known)| *known == value).map_or(SearchMode::Hybrid, |(mode, _)| *mode)
}

const fn value_of(mode: SearchMode) -> &'static str {
    match mode {
        SearchMode::Hybrid => "hybrid",
        SearchMode::Keyword => "keyword",
        SearchMode::Vector => "vector",
    }
}

fn mode_name(mode: SearchMode) -> &'static str {
    match mode {
        SearchMode::Hybrid => t!("data.mode.hybrid"),
        SearchMode::Keyword => t!("data.mode.keyword"),
        SearchMode::Vector => t!("data.mode.vector"),
    }
}

/// What came of it, from the verdict to the passages.
#[component]
fn Found(found: SearchReading, mode: SearchMode) -> impl IntoView {
    let SearchReading { response, passages } = found;
    let summary = t!(
        "data.search_summary",
        passages = i18n::count("data.n_passages", response.hits.len() as u64),
        ms = response.took_ms,
    );
    let none = response.hits.is_empty();
    let explanation = response.explanation.map(|explanation| *explanation);
    let verdict = explanation.clone().map(|explanation| {
        view! { <Verdict evidence=response.evidence explanation mode /> }
    });
    let ranks = explanation.clone().filter(|_| !none).map(|explanation| {
        view! { <Ranks hits=response.hits.clone() explanation /> }
    });
    let given = explanation.map(|explanation| view! { <GivenToModel explanation /> });
    view! {
        {verdict}
        <p class="row wrap">
            <span class="small muted numeric">{summary}</span>
            {(!response.vectors_used).then(|| view! { <span class="small muted">{t!("data.no_vectors_used")}</span> })}
        </p>
        {none.then(|| view! { <EmptyState icon="search" title=t!("data.no_hits") text=t!("data.no_hits_text") /> })}
        {ranks}
        {given}
        <Hits hits=response.hits passages />
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_modes_in_the_address_are_those_of_the_contract() {
        for (mode, value) in MODES {
            assert_eq!(serde_json::to_value(mode).unwrap(), value);
            assert_eq!((mode_of(value), value_of(mode)), (mode, value));
        }
        assert_eq!(mode_of("else"), SearchMode::Hybrid);
    }
}
