//! What became of a website each time it was read. The address holds whose history is open.

use hammock_contract::{
    SourceId,
    crawl::{Crawl, CrawlOutcome, CrawlTrigger},
};
use leptos::prelude::*;
use leptos_router::{
    NavigateOptions,
    hooks::{use_location, use_navigate, use_query_map},
    params::ParamsMap,
};

use super::{api::list_crawls, live::Live};
use crate::{
    i18n, t,
    ui::{Badge, Dialog, EmptyState, ErrorState, Icon, Moment, Skeleton, Tone},
};

/// The source whose history is open, in the address.
const HISTORY: &str = "history";

/// Which source's history the address asks for, and a way to ask for that of a source or for none.
pub fn use_history() -> (Memo<Option<SourceId>>, Callback<Option<SourceId>>) {
    let query = use_query_map();
    let path = use_location().pathname;
    let navigate = use_navigate();
    let asked = Memo::new(move |_| {
        query.with(|query| query.get_str(HISTORY).and_then(|source| source.parse::<SourceId>().ok()))
    });
    let ask = Callback::new(move |source: Option<SourceId>| {
        let href = address(&path.get_untracked(), &query.get_untracked(), source.as_ref());
        // Back leads out of the history; after it was closed, not into it again.
        navigate(&href, NavigateOptions { replace: source.is_none(), scroll: false, ..NavigateOptions::default() });
    });
    (asked, ask)
}

/// The same page with another history open, or none.
fn address(path: &str, query: &ParamsMap, source: Option<&SourceId>) -> String {
    let mut query = query.clone();
    query.remove(HISTORY);
    if let Some(source) = source {
        query.insert(HISTORY, source.to_string());
    }
    format!("{path}{}", query.to_query_string())
}

/// The dialog with the last crawls of a source.
#[component]
pub fn CrawlHistory(
    /// The page.
    live: Live,
    /// The source whose history the address asks for.
    asked: Memo<Option<SourceId>>,
    /// Called when the dialog was closed.
    on_close: Callback<()>,
) -> impl IntoView {
    let open = RwSignal::new(false);
    Effect::new(move |_| open.set(asked.with(Option::is_some)));
    Effect::new(move |was_open: Option<bool>| {
        let is_open = open.get();
        if was_open == Some(true) && !is_open && asked.with_untracked(Option::is_some) {
            on_close.run(());
        }
        is_open
    });
    let name = move || {
        let asked = asked.get();
        live.sources.with(|all| all.iter().find(|it| Some(&it.id) == asked.as_ref()).map(|it| it.name.clone()))
    };
    let title = Signal::derive(move || match name() {
        Some(name) => t!("data.history_of", name = name),
        None => t!("data.history").to_owned(),
    });
    view! {
        <Dialog open wide=true title>
            <Crawls live asked />
        </Dialog>
    }
}

#[component]
fn Crawls(live: Live, asked: Memo<Option<SourceId>>) -> impl IntoView {
    let crawls = Action::new(|source: &SourceId| list_crawls(source.clone()));
    // Asked for again when a crawl begins or ends.
    let wanted = Memo::new(move |_| {
        let asked = asked.get()?;
        let stands = live
            .sources
            .with(|all| all.iter().find(|it| it.id == asked).map(|it| (it.state, it.finished_at, it.error.is_some())));
        Some((asked, stands))
    });
    let ask = move || {
        if let Some((source, _)) = wanted.get_untracked() {
            crawls.dispatch(source);
        }
    };
    Effect::new(move |_| {
        wanted.track();
        ask();
    });
    move || match crawls.value().get() {
        None => view! { <Skeleton lines=4 /> }.into_any(),
        Some(Err(error)) => view! { <ErrorState error on_retry=Callback::new(move |()| ask()) /> }.into_any(),
        Some(Ok(crawls)) if crawls.is_empty() => {
            view! { <EmptyState icon="clock" title=t!("data.no_crawls") text=t!("data.no_crawls_text") /> }.into_any()
        }
        Some(Ok(crawls)) => {
            let rows = crawls.into_iter().map(|crawl| view! { <CrawlRow crawl /> }).collect_view();
            view! { <p class="small muted">{t!("data.history_text")}</p> <ol class="crawls">{rows}</ol> }.into_any()
        }
    }
}

#[component]
fn CrawlRow(crawl: Crawl) -> impl IntoView {
    let why = match crawl.trigger {
        CrawlTrigger::Person => t!("data.crawl_by_person"),
        CrawlTrigger::Schedule => t!("data.crawl_by_schedule"),
        CrawlTrigger::Sitemap => t!("data.crawl_by_sitemap"),
    };
    let took = crawl.finished_at.map(|end| t!("data.crawl_took", time = duration(end.since(crawl.started_at))));
    // What is being counted is not told before it is complete.
    let numbers = (crawl.outcome != CrawlOutcome::Running).then(|| view! { <Numbers crawl=crawl.clone() /> });
    view! {
        <li class="crawl">
            <div class="row wrap">
                <b><Moment at=crawl.started_at /></b>
                <OutcomeBadge outcome=crawl.outcome />
                <span class="small muted numeric">{why} {took.map(|took| format!(" · {took}"))}</span>
            </div>
            {numbers}
            {crawl.error.map(|error| view! {
                <p class="small source-error"><Icon name="alert-circle" />{i18n::error_text(&error)}</p>
            })}
        </li>
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

/// What became of the pages.
#[component]
fn Numbers(crawl: Crawl) -> impl IntoView {
    let locale = i18n::locale();
    let removed = match crawl.outcome {
        CrawlOutcome::Held => t!("data.pages_missing"),
        _ => t!("data.pages_removed"),
    };
    let numbers = [
        (t!("data.pages_added"), crawl.added),
        (t!("data.pages_changed"), crawl.changed),
        (t!("data.pages_unchanged"), crawl.unchanged),
        (removed, crawl.removed),
        (t!("data.pages_skipped"), crawl.skipped),
        (t!("data.pages_failed"), crawl.failed),
    ];
    let number = |(name, number): (&'static str, u64)| view! { <div><dt>{name}</dt><dd>{i18n::grouped(locale, number)}</dd></div> };
    view! { <dl class="crawl-numbers">{numbers.map(number).into_iter().collect_view()}</dl> }
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
    fn the_address_keeps_what_is_shown_behind_the_history() {
        let mut query = ParamsMap::new();
        query.insert("state", "failed".to_owned());
        query.insert("page", "abc".to_owned());
        let shop = SourceId::fixed("shop");
        let open = address("/data/coll_shop", &query, Some(&shop));
        assert_eq!(open, "/data/coll_shop?state=failed&page=abc&history=src%5Fshop");
        query.insert(HISTORY, shop.to_string());
        assert_eq!(address("/data/coll_shop", &query, None), "/data/coll_shop?state=failed&page=abc");
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
