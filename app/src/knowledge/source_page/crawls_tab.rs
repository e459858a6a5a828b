//! What became of a website each time it was read. The address says of which time the pages are listed.

use hammock_contract::{
    CrawlId, Timestamp,
    crawl::{Crawl, CrawlOutcome, CrawlPageOutcome, CrawlTrigger},
    source::SourceState,
};
use leptos::{prelude::*, task::spawn_local};
use leptos_router::{components::A, params::ParamsMap};

use super::{Shown, crawl_pages::CrawlPages, tab_data::TabData, tabs::SourceTab};
use crate::{
    i18n,
    knowledge::{api::list_crawls, page_address::website_of, source_actions::source_address, states::outcome_value},
    t,
    ui::{Badge, EmptyState, Icon, Load, Moment, Skeleton, Tone},
};

/// The crawl whose pages are listed, in the address.
const CRAWL: &str = "crawl";

/// The crawl whose pages the address asks for.
pub fn crawl_in(query: &ParamsMap) -> Option<CrawlId> {
    query.get_str(CRAWL).and_then(|crawl| crawl.parse().ok())
}

/// The last crawls, or the pages of one of them.
#[component]
pub fn CrawlsTab(
    /// The source.
    shown: Shown,
    /// What was asked for with the page.
    data: TabData,
) -> impl IntoView {
    view! {
        <Load resource=data.crawls let:found>
            {match found {
                Some(found) => view! { <KnownCrawls shown data found /> }.into_any(),
                None => view! { <Skeleton /> }.into_any(),
            }}
        </Load>
    }
}

/// What is known of the crawls. It follows what goes on, and what is open stays open.
#[component]
fn KnownCrawls(shown: Shown, data: TabData, found: Vec<Crawl>) -> impl IntoView {
    let crawls = RwSignal::new(found);
    follow(shown, crawls);
    let source = shown.source.with_untracked(|it| it.as_ref().map(source_address)).unwrap_or_default();
    let base = StoredValue::new(SourceTab::Crawls.address(&source));
    move || {
        let base = base.try_get_value().unwrap_or_default();
        match data.opened.try_get().flatten() {
            Some(crawl) => view! { <OneCrawl shown data crawl crawls base /> }.into_any(),
            None => view! { <LastCrawls crawls base /> }.into_any(),
        }
    }
}

/// Asks anew when a crawl begins or ends.
fn follow(shown: Shown, crawls: RwSignal<Vec<Crawl>>) {
    let stands = Memo::new(move |_| {
        shown.source.with(|it| {
            let it = it.as_ref();
            (it.map(|it| it.state), it.and_then(|it| it.finished_at), it.is_some_and(|it| it.error.is_some()))
        })
    });
    Effect::new(move |before: Option<(Option<SourceState>, Option<Timestamp>, bool)>| {
        let now = stands.get();
        if before.is_some_and(|before| before != now)
            && let Some(source) = shown.id()
        {
            spawn_local(async move {
                if let Ok(found) = list_crawls(source).await {
                    // The page may be gone meanwhile.
                    let _ = crawls.try_set(found);
                }
            });
        }
        now
    });
}

#[component]
fn LastCrawls(crawls: RwSignal<Vec<Crawl>>, base: String) -> impl IntoView {
    let base = StoredValue::new(base);
    let rows = move || crawls.try_get().unwrap_or_default();
    view! {
        <Show
            when=move || crawls.try_with(|crawls| !crawls.is_empty()).unwrap_or_default()
            fallback=|| view! { <EmptyState icon="clock" title=t!("data.no_crawls") text=t!("data.no_crawls_text") /> }
        >
            <p class="small muted">{t!("data.history_text")}</p>
            <ol class="crawls">
                <For each=rows key=|crawl| crawl.id.clone() let:crawl>
                    <li class="crawl"><LiveSummary crawl=crawl.id crawls base /></li>
                </For>
            </ol>
        </Show>
    }
}

/// What is told of a crawl, as it stands.
#[component]
fn LiveSummary(crawl: CrawlId, crawls: RwSignal<Vec<Crawl>>, base: StoredValue<String>) -> impl IntoView {
    let now = Memo::new(move |_| crawls.try_with(|crawls| crawl_of(crawls, &crawl)).flatten());
    move || {
        let base = base.try_get_value().unwrap_or_default();
        now.try_get().flatten().map(|crawl| view! { <CrawlSummary crawl base /> })
    }
}

fn crawl_of(crawls: &[Crawl], id: &CrawlId) -> Option<Crawl> {
    crawls.iter().find(|crawl| crawl.id == *id).cloned()
}

/// One crawl with its pages. Those of an earlier one than the last ten of its kind are not kept.
#[component]
fn OneCrawl(shown: Shown, data: TabData, crawl: CrawlId, crawls: RwSignal<Vec<Crawl>>, base: String) -> impl IntoView {
    let address = StoredValue::new(crawl_address(&base, &crawl, None));
    let website = StoredValue::new(shown.source.with_untracked(|it| it.as_ref().and_then(website_of)));
    let back = view! {
        <A href=base.clone() scroll=false attr:class="back-link"><Icon name="chevron-left" />{t!("data.all_crawls")}</A>
    };
    let base = StoredValue::new(base);
    let id = crawl.clone();
    let outcome =
        Memo::new(move |_| crawls.try_with(|crawls| crawl_of(crawls, &id)).flatten().map(|crawl| crawl.outcome));
    let is_known = Memo::new(move |_| outcome.try_get().flatten().is_some());
    let crawl = StoredValue::new(crawl);
    let pages = move || {
        let (Some(crawl), true) = (crawl.try_get_value(), is_known.try_get().unwrap_or_default()) else {
            return view! { <EmptyState icon="clock" title=t!("data.crawl_gone") text=t!("data.crawl_gone_text") /> }
                .into_any();
        };
        let address = address.try_get_value().unwrap_or_default();
        let website = website.try_get_value().flatten();
        view! {
            <div class="crawl"><LiveSummary crawl=crawl.clone() crawls base /></div>
            <CrawlPages pages=data.pages wanted=data.pages_wanted crawl became=outcome address website />
        }
        .into_any()
    };
    view! { {back} {pages} }
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
        CrawlOutcome::Rejected => (Tone::Neutral, "x", t!("data.crawl_rejected")),
    };
    view! { <Badge tone icon>{name}</Badge> }
}

/// What became of the pages; each number leads to them.
#[component]
fn Numbers(crawl: Crawl, base: String) -> impl IntoView {
    let locale = i18n::locale();
    let became = Some(crawl.outcome);
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
        view! { <div><dt>{page_outcome_name(outcome, became)}</dt><dd>{shown}</dd></div> }
    };
    view! { <dl class="crawl-numbers">{numbers.map(number).into_iter().collect_view()}</dl> }
}

/// What became of a page, in a word, where so much `became` of the crawl; what one that is held or was rejected did not find is still
/// there, and what it found does not answer.
pub fn page_outcome_name(outcome: CrawlPageOutcome, became: Option<CrawlOutcome>) -> &'static str {
    match (outcome, became) {
        (CrawlPageOutcome::Added, Some(CrawlOutcome::Held)) => t!("data.pages_added_held"),
        (CrawlPageOutcome::Changed, Some(CrawlOutcome::Held)) => t!("data.pages_changed_held"),
        (CrawlPageOutcome::Added, Some(CrawlOutcome::Rejected)) => t!("data.pages_added_rejected"),
        (CrawlPageOutcome::Changed, Some(CrawlOutcome::Rejected)) => t!("data.pages_changed_rejected"),
        (CrawlPageOutcome::Removed, Some(CrawlOutcome::Held | CrawlOutcome::Rejected)) => t!("data.pages_missing"),
        (CrawlPageOutcome::Added, _) => t!("data.pages_added"),
        (CrawlPageOutcome::Changed, _) => t!("data.pages_changed"),
        (CrawlPageOutcome::Unchanged, _) => t!("data.pages_unchanged"),
        (CrawlPageOutcome::Removed, _) => t!("data.pages_removed"),
        (CrawlPageOutcome::Skipped, _) => t!("data.pages_skipped"),
        (CrawlPageOutcome::Failed, _) => t!("data.pages_failed"),
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
