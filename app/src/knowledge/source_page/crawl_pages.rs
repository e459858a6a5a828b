//! Every address that a crawl looked at, with what became of it.

use hammock_contract::{
    CrawlId, Page, SourceId,
    crawl::{CrawlOutcome, CrawlPage, CrawlPageOutcome, CrawlPageQuery},
};
use leptos::prelude::*;
use leptos_router::{components::A, params::ParamsMap};

use super::crawls_tab::page_outcome_name;
use crate::{
    FnError, i18n,
    knowledge::{
        api::list_crawl_pages,
        page_address::ShortAddress,
        states::{outcome_of, outcome_value},
    },
    t,
    ui::{Badge, ButtonLink, EmptyState, Filter, Load, Moment, Pager, SearchField, Skeleton, Table, Tone},
};

/// What became of the pages, in the address.
const OUTCOME: &str = "outcome";

/// Some pages of a crawl, with the crawl that they are of; nothing while none is opened.
pub type CrawlPagesFound = Option<(CrawlId, Page<CrawlPage>)>;

/// Finds the pages of the crawl that is opened.
pub async fn find_pages(
    (source, opened, query): (Option<SourceId>, Option<CrawlId>, CrawlPageQuery),
) -> Result<CrawlPagesFound, FnError> {
    match source.zip(opened) {
        Some((source, crawl)) => Ok(Some((crawl.clone(), list_crawl_pages(source, crawl, query).await?))),
        None => Ok(None),
    }
}

/// The pages of a crawl that the address asks for.
pub fn pages_wanted_of(query: &ParamsMap) -> CrawlPageQuery {
    CrawlPageQuery {
        outcome: query.get_str(OUTCOME).and_then(outcome_of),
        query: query.get("q").filter(|text| !text.is_empty()),
        limit: None,
        page_token: query.get("page"),
    }
}

/// The pages, with filters that the address holds.
#[component]
pub fn CrawlPages(
    /// The pages.
    pages: Resource<Result<CrawlPagesFound, FnError>>,
    /// Which are wanted.
    wanted: Memo<CrawlPageQuery>,
    /// The crawl.
    crawl: CrawlId,
    /// What became of the crawl.
    became: Memo<Option<CrawlOutcome>>,
    /// Where all its pages are listed.
    address: String,
    /// Where the website begins.
    website: Option<String>,
) -> impl IntoView {
    let options = move || {
        let became = became.try_get().flatten();
        let mut options = vec![(String::new(), t!("data.all_outcomes").to_owned())];
        options.extend(
            CrawlPageOutcome::ALL.map(|it| (outcome_value(it).to_owned(), page_outcome_name(it, became).to_owned())),
        );
        options
    };
    let (address, crawl, website) = (StoredValue::new(address), StoredValue::new(crawl), StoredValue::new(website));
    view! {
        <div class="toolbar">
            <SearchField label=t!("data.search_pages") />
            <Filter name=OUTCOME label=t!("data.filter_outcome") options=Signal::derive(options) />
        </div>
        <Load resource=pages let:found>
            {
                // What was found before for another crawl is not this one's.
                let found = found.filter(|(of, _)| crawl.try_with_value(|crawl| crawl == of).unwrap_or_default());
                match found {
                    None => view! { <Skeleton /> }.into_any(),
                    Some((_, page)) if page.items.is_empty() => {
                        view! { <NoPages wanted address=address.try_get_value().unwrap_or_default() /> }.into_any()
                    }
                    Some((_, page)) => {
                        view! { <PageTable page became website=website.try_get_value().flatten() /> }.into_any()
                    }
                }
            }
        </Load>
    }
}

#[component]
fn PageTable(page: Page<CrawlPage>, became: Memo<Option<CrawlOutcome>>, website: Option<String>) -> impl IntoView {
    let rows = page.items.into_iter().map(|page| view! { <PageRow page became website=website.clone() /> });
    let rows = rows.collect_view();
    view! {
        <Table caption=t!("data.crawl_pages")>
            <thead>
                <tr>
                    <th scope="col">{t!("data.page")}</th>
                    <th scope="col">{t!("data.filter_outcome")}</th>
                    <th scope="col">{t!("data.fetched")}</th>
                </tr>
            </thead>
            <tbody>{rows}</tbody>
        </Table>
        <Pager next=page.next_page_token />
    }
}

/// None at all, or none that fits what is searched for.
#[component]
fn NoPages(wanted: Memo<CrawlPageQuery>, address: String) -> impl IntoView {
    let CrawlPageQuery { outcome, query, .. } = wanted.try_get_untracked().unwrap_or_default();
    if outcome.is_some() || query.is_some() {
        view! {
            <EmptyState icon="search" title=t!("list.nothing_found") text=t!("list.nothing_found_text")>
                <ButtonLink href=address icon="x">{t!("list.show_all")}</ButtonLink>
            </EmptyState>
        }
        .into_any()
    } else {
        view! { <EmptyState icon="file-text" title=t!("data.no_crawl_pages") text=t!("data.no_crawl_pages_text") /> }
            .into_any()
    }
}

#[component]
fn PageRow(page: CrawlPage, became: Memo<Option<CrawlOutcome>>, website: Option<String>) -> impl IntoView {
    let CrawlPage { address, document, outcome, http_status, error, fetched_at } = page;
    let tone = match outcome {
        CrawlPageOutcome::Added | CrawlPageOutcome::Changed => Tone::Good,
        CrawlPageOutcome::Unchanged | CrawlPageOutcome::Removed => Tone::Neutral,
        CrawlPageOutcome::Skipped => Tone::Warning,
        CrawlPageOutcome::Failed => Tone::Bad,
    };
    let name = view! { <ShortAddress address website /> };
    let name = match document {
        Some(document) => view! { <A href=format!("/data/documents/{document}")>{name}</A> }.into_any(),
        None => name.into_any(),
    };
    // What a crawl that is held did not find is removed when it is accepted.
    let outcome_name = move || page_outcome_name(outcome, became.try_get().flatten());
    view! {
        <tr>
            <td class="primary-cell document-cell"><span class="document-name">{name}</span></td>
            <td data-label=t!("data.filter_outcome")>
                <span class="document-state">
                    <Badge tone>{outcome_name}</Badge>
                    {http_status.map(|status| view! { <span class="small faint numeric">" HTTP " {status}</span> })}
                    {error.map(|error| view! { <span class="sub">{i18n::error_text(&error)}</span> })}
                </span>
            </td>
            <td data-label=t!("data.fetched") class="muted">{fetched_at.map(|at| view! { <Moment at /> })}</td>
        </tr>
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_address_says_which_pages_are_listed() {
        let query = [("crawl", "crawl_a"), ("outcome", "skipped"), ("q", "returns"), ("page", "b")];
        let query = ParamsMap::from_iter(query.map(|(name, value)| (name, value.to_owned())));
        let wanted = pages_wanted_of(&query);
        assert_eq!(wanted.outcome, Some(CrawlPageOutcome::Skipped));
        assert_eq!((wanted.query.as_deref(), wanted.page_token.as_deref()), (Some("returns"), Some("b")));
        assert_eq!(pages_wanted_of(&ParamsMap::new()), CrawlPageQuery::default());
    }
}
