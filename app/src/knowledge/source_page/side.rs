//! Beside the tabs: what goes on, what needs somebody, and when a website is read again.

use hammock_contract::{job::JobProgress, source::Source};
use leptos::prelude::*;
use leptos_router::components::A;

use super::{Shown, schedule::ScheduleCard, tabs::SourceTab};
use crate::{
    i18n,
    knowledge::{
        held_crawl::{AcceptCrawl, HeldActions, RejectCrawl, is_held},
        source_actions::{SourceWork, source_address},
        states::WorkProgress,
    },
    t,
    ui::{Button, Icon, page::focus_outlives},
};

/// The column; there is none where nothing is to be said.
#[component]
pub fn SourceSide(
    /// The source.
    shown: Shown,
) -> impl IntoView {
    let source = shown.source;
    let accept_open = RwSignal::new(false);
    let reject_open = RwSignal::new(false);
    // What the question is about, whatever comes of the source meanwhile.
    let decided = RwSignal::new(None::<Source>);
    let work = shown.id().map(|id| SourceWork::of(id, shown.live));
    let working = shown.is_working();
    let error =
        Memo::new(move |_| source.with(|it| it.as_ref().and_then(|it| it.error.clone())).filter(|_| !working.get()));
    let held = Memo::new(move |_| source.with(|it| it.as_ref().is_some_and(is_held)));
    // With what is said, the buttons go that stand below it.
    focus_outlives(move || working.try_get().unwrap_or_default());
    focus_outlives(move || held.try_get().unwrap_or_default());
    let is_website = shown.is_website();
    let crawls = source.with_untracked(|it| it.as_ref().map(source_address)).unwrap_or_default();
    let crawls = StoredValue::new(SourceTab::Crawls.address(&crawls));
    let left_out = Memo::new(move |_| {
        // Of a reading that goes on, that is not known yet.
        if working.get() { 0 } else { source.with(|it| it.as_ref().map_or(0, |it| it.needs_javascript)) }
    });
    let needs_javascript = move || {
        left_out.try_get().filter(|pages| *pages > 0).map(|pages| {
            view! {
                <section class="card padded side-card warn">
                    <h2><Icon name="info" />{t!("data.javascript_title")}</h2>
                    <p class="small">{i18n::count("data.needs_javascript", pages)}</p>
                </section>
            }
        })
    };
    let ask = move |question: RwSignal<bool>| {
        Callback::new(move |()| {
            decided.set(source.get_untracked());
            question.set(true);
        })
    };
    let (on_accept, on_reject) = (ask(accept_open), ask(reject_open));
    view! {
        <aside class="source-side" aria-label=t!("data.source_side")>
            {move || working.try_get().unwrap_or_default().then(|| view! { <Working shown work /> })}
            {move || error.try_get().flatten().map(|error| {
                let held = held.try_get().unwrap_or_default();
                let title = if held { t!("data.crawl_held") } else { t!("data.reading_failed") };
                let actions = work.filter(|_| held && shown.can_write).map(|work| {
                    view! {
                        <HeldActions
                            on_accept
                            on_reject
                            on_read=Callback::new(move |()| work.read_again())
                            busy=work.is_beginning()
                        />
                    }
                });
                view! {
                    <section class="card padded side-card" class:warn=held>
                        <h2><Icon name="alert-circle" />{title}</h2>
                        <p class="small">{i18n::error_text(&error)}</p>
                        {actions}
                        {held.then(|| view! {
                            <A href=crawls.get_value() scroll=false attr:class="small">{t!("data.compare")}</A>
                        })}
                    </section>
                }
            })}
            {needs_javascript}
            {is_website.then(|| view! { <ScheduleCard shown /> })}
        </aside>
        <AcceptCrawl open=accept_open source=decided live=shown.live />
        <RejectCrawl open=reject_open source=decided live=shown.live />
    }
}

/// How far the work is, and how to stop it.
#[component]
fn Working(shown: Shown, work: Option<SourceWork>) -> impl IntoView {
    let source = shown.source;
    let progress = Memo::new(move |_| source.with(|it| it.as_ref().and_then(|it| it.progress.clone())));
    let stop = work.filter(|_| shown.can_write).map(|work| {
        view! {
            <div class="row wrap">
                <Button icon="circle-stop" busy=work.is_stopping() on_click=move |_| work.stop()>{t!("data.stop")}</Button>
            </div>
        }
    });
    let title = if shown.is_website() { t!("data.crawling_now") } else { t!("data.reading_now") };
    view! {
        <section class="card padded side-card">
            <h2>{title}</h2>
            <div aria-live="off">
                {move || progress.try_get().flatten().map(|progress: JobProgress| view! { <WorkProgress progress /> })}
            </div>
            {stop}
        </section>
    }
}
