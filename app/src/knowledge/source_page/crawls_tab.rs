//! What became of a website each time it was read. The address says of which time the pages are listed.

use hammock_contract::{
    ApiError, CrawlId,
    crawl::{Crawl, CrawlOutcome, CrawlPageOutcome, CrawlPageQuery, CrawlTrigger},
};
use leptos::prelude::*;
use leptos_router::{components::A, hooks::use_query_map};

use super::{
    Shown,
    crawl_pages::{CrawlPages, CrawlPagesFound, find_pages, wanted_of},
    tabs::SourceTab,
};
use crate::{
    FnError, i18n,
    knowledge::{api::list_crawls, source_actions::source_address, states::outcome_value},
    t,
    ui::{Badge, EmptyState, Icon, Load, Moment, Tone},
};

/// The crawl whose pages are listed, in the address.
const CRAWL: &str = "crawl";

/// The last crawls, or the pages of one of them.
#[component]
pub fn CrawlsTab(
    /// The source.
    shown: Shown,
) -> impl IntoView {
    let query = use_query_map();
    let opened =
        Memo::new(move |_| query.with(|query| query.get_str(CRAWL).and_then(|crawl| crawl.parse::<CrawlId>().ok())));
    // Asked for again when a crawl begins or ends.
    let wanted = Memo::new(move |_| {
        shown.source.with(|it| it.as_ref().map(|it| (it.id.clone(), it.state, it.finished_at, it.error.is_some())))
    });
    let crawls = Resource::new(
        move || wanted.get(),
        |wanted| async move {
            match wanted {
                Some((source, ..)) => list_crawls(source).await,
                None => Err(FnError(ApiError::not_found())),
            }
        },
    );
    let pages_wanted = Memo::new(move |_| query.with(wanted_of));
    let id = shown.id();
    // Beside the crawls, and not where it is shown: what lies deeper is made more than once on the server.
    let pages = Resource::new(move || (id.clone(), opened.get(), pages_wanted.get()), find_pages);
    let base = shown.source.with_untracked(|it| it.as_ref().map(source_address)).unwrap_or_default();
    let base = StoredValue::new(SourceTab::Crawls.address(&base));
    view! {
        <Load resource=crawls let:crawls>
            {
                let crawls = StoredValue::new(crawls);
                move || {
                    let crawls = crawls.try_get_value().unwrap_or_default();
                    let base = base.try_get_value().unwrap_or_default();
                    match opened.try_get().flatten() {
                        Some(crawl) => view! { <OneCrawl crawl crawls base pages wanted=pages_wanted /> }.into_any(),
                        None => view! { <LastCrawls crawls base /> }.into_any(),
                    }
                }
            }
        </Load>
    }
}

#[component]
fn LastCrawls(crawls: Vec<Crawl>, base: String) -> impl IntoView {
    if crawls.is_empty() {
        return view! { <EmptyState icon="clock" title=t!("data.no_crawls") text=t!("data.no_crawls_text") /> }
            .into_any();
    }
    let rows =
        crawls.into_iter().map(|crawl| view! { <li class="crawl"><CrawlSummary crawl base=base.clone() /></li> });
    let rows = rows.collect_view();
    view! { <p class="small muted">{t!("data.history_text")}</p> <ol class="crawls">{rows}</ol> }.into_any()
}

/// One crawl with its pages. Those of an earlier one than the last ten are not kept.
#[component]
fn OneCrawl(
    crawl: CrawlId,
    crawls: Vec<Crawl>,
    base: String,
    pages: Resource<Result<CrawlPagesFound, FnError>>,
    wanted: Memo<CrawlPageQuery>,
) -> impl IntoView {
    let found = crawls.into_iter().find(|it| it.id == crawl);
    let back = view! {
        <A href=base.clone() scroll=false attr:class="back-link"><Icon name="chevron-left" />{t!("data.all_crawls")}</A>
    };
    let Some(found) = found else {
        return view! {
            {back}
            <EmptyState icon="clock" title=t!("data.crawl_gone") text=t!("data.crawl_gone_text") />
        }
        .into_any();
    };
    let held = found.outcome == CrawlOutcome::Held;
    let address = crawl_address(&base, &found.id, None);
    view! {
        {back}
        <div class="crawl"><CrawlSummary crawl=found base /></div>
        <CrawlPages pages wanted crawl held address />
    }
    .into_any()
}

/// The list of a crawl's pages, of all or of those that one thing became of.
fn crawl_address(base: &str, crawl: &CrawlId, outcome: Option<CrawlPageOutcome>) -> String {
    let outcome = outcome.map(|outcome| format!("&outcome={}", outcome_value(outcome))).unwrap_or_default();
    format!("{base}?{CRAWL}={crawl}{outcome}")
}

#[component]
fn CrawlSummary(crawl: Crawl, base: String) -> impl IntoView {
    let why = match crawl.trigger {
        CrawlTrigger::Person => t!("data.crawl_by_person"),
        CrawlTrigger::Schedule => t!("data.crawl_by_schedule"),
        CrawlTrigger::Sitemap => t!("data.crawl_by_sitemap"),
    };
    let took = crawl.finished_at.map(|end| t!("data.crawl_took", time = duration(end.since(crawl.started_at))));
    // What is being counted is not told before it is complete.
    let is_over = crawl.outcome != CrawlOutcome::Running;
    let begun = if is_over {
        let address = crawl_address(&base, &crawl.id, None);
        view! { <A href=address scroll=false><Moment at=crawl.started_at /></A> }.into_any()
    } else {
        view! { <Moment at=crawl.started_at /> }.into_any()
    };
    let numbers = is_over.then(|| view! { <Numbers crawl=crawl.clone() base /> });
    view! {
        <div class="row wrap">
            <b>{begun}</b>
            <OutcomeBadge outcome=crawl.outcome />
            <span class="small muted numeric">{why} {took.map(|took| format!(" · {took}"))}</span>
        </div>
        {numbers}
        {crawl.error.map(|error| view! {
            <p class="small source-error"><Icon name="alert-circle" />{i18n::error_text(&error)}</p>
        })}
    }
}

#[component]
fn OutcomeBadge(outcome: CrawlOutcome) -> impl IntoView {
    let (tone, icon, name) = match outcome {
        CrawlOutcome::Running => (Tone::Accent, "refresh-cw", t!("data.crawl_running")),
        CrawlOutcome::Complete => (Tone::Good, "circle-check", t!("data.crawl_complete")),
        CrawlOutcome::PageLimit => (Tone::Warning, "info", t!("data.crawl_page_limit")),
        CrawlOutcome::Stopped => (Tone::Neutral, "circle-stop", t!("data.crawl_stopped")),
        CrawlOutcome::Interrupted => (Tone::Neutral, "rotate-ccw", t!("data.crawl_interrupted")),
        CrawlOutcome::Failed => (Tone::Bad, "triangle-alert", t!("data.crawl_failed")),
        CrawlOutcome::Held => (Tone::Warning, "clock", t!("data.crawl_held")),
    };
    view! { <Badge tone icon>{name}</Badge> }
}

/// What became of the pages; each number leads to them.
#[component]
fn Numbers(crawl: Crawl, base: String) -> impl IntoView {
    let locale = i18n::locale();
    let held = crawl.outcome == CrawlOutcome::Held;
    let numbers = [
        (CrawlPageOutcome::Added, crawl.added),
        (CrawlPageOutcome::Changed, crawl.changed),
        (CrawlPageOutcome::Unchanged, crawl.unchanged),
        (CrawlPageOutcome::Removed, crawl.removed),
        (CrawlPageOutcome::Skipped, crawl.skipped),
        (CrawlPageOutcome::Failed, crawl.failed),
    ];
    let id = crawl.id;
    let number = |(outcome, number): (CrawlPageOutcome, u64)| {
        let shown = i18n::grouped(locale, number);
        let shown = if number == 0 {
            shown.into_any()
        } else {
            view! { <A href=crawl_address(&base, &id, Some(outcome)) scroll=false>{shown}</A> }.into_any()
        };
        view! { <div><dt>{page_outcome_name(outcome, held)}</dt><dd>{shown}</dd></div> }
    };
    view! { <dl class="crawl-numbers">{numbers.map(number).into_iter().collect_view()}</dl> }
}

/// What became of a page, in a word; what a crawl that is held did not find is still there.
pub fn page_outcome_name(outcome: CrawlPageOutcome, held: bool) -> &'static str {
    match outcome {
        CrawlPageOutcome::Added => t!("data.pages_added"),
        CrawlPageOutcome::Changed => t!("data.pages_changed"),
        CrawlPageOutcome::Unchanged => t!("data.pages_unchanged"),
        CrawlPageOutcome::Removed if held => t!("data.pages_missing"),
        CrawlPageOutcome::Removed => t!("data.pages_removed"),
        CrawlPageOutcome::Skipped => t!("data.pages_skipped"),
        CrawlPageOutcome::Failed => t!("data.pages_failed"),
    }
}

/// How long something took, as people say it.
fn duration(millis: i64) -> String {
    match millis / 1_000 {
        ..1 => "< 1 s".to_owned(),
        seconds @ 1..60 => format!("{seconds} s"),
        seconds @ 60..3_600 => format!("{} min {} s", seconds / 60, seconds % 60),
        seconds => format!("{} h {} min", seconds / 3_600, seconds % 3_600 / 60),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_address_names_the_crawl_and_what_became_of_its_pages() {
        let (base, crawl) = ("/data/coll_a/sources/src_b/crawls", CrawlId::fixed("c"));
        let all = crawl_address(base, &crawl, None);
        assert_eq!(all, format!("{base}?crawl={crawl}"));
        assert_eq!(crawl_address(base, &crawl, Some(CrawlPageOutcome::Failed)), format!("{all}&outcome=failed"));
    }

    #[test]
    fn durations_have_two_units_at_most() {
        for (millis, said) in
            [(-5, "< 1 s"), (999, "< 1 s"), (59_999, "59 s"), (200_000, "3 min 20 s"), (7_500_000, "2 h 5 min")]
        {
            assert_eq!(duration(millis), said);
        }
    }
}
