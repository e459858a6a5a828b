//! A crawl that found far fewer pages than the one before is held back: a person accepts it, or reads again.

use hammock_contract::{
    ErrorCode, SourceId,
    crawl::CrawlOutcome,
    source::{Source, SourceState},
};
use leptos::prelude::*;

use super::{
    api::{accept_crawl, list_crawls},
    live::Live,
};
use crate::{
    FnError, i18n, t,
    ui::{Button, ButtonKind, ConfirmDialog, form::action_error, use_toaster},
};

/// Whether the last crawl of a source is held back.
pub fn is_held(source: &Source) -> bool {
    let has_shrunk = source.error.as_ref().is_some_and(|error| error.code == ErrorCode::SiteShrunk);
    source.state == SourceState::Failed && has_shrunk
}

/// What can be done about a crawl that is held back.
#[component]
pub fn HeldActions(
    /// Accepts it.
    on_accept: Callback<()>,
    /// Reads the website again.
    on_read: Callback<()>,
    /// Whether it is about to be read again.
    #[prop(into)]
    busy: Signal<bool>,
) -> impl IntoView {
    view! {
        <div class="row wrap held-actions">
            <Button icon="check" on_click=move |_| on_accept.run(())>{t!("data.accept")}</Button>
            <Button kind=ButtonKind::Ghost icon="refresh-cw" busy on_click=move |_| on_read.run(())>
                {t!("data.read_again")}
            </Button>
        </div>
    }
}

/// Asks before the pages are removed that a crawl did not find.
#[component]
pub fn AcceptCrawl(
    /// Whether it is open.
    open: RwSignal<bool>,
    /// The source whose crawl is held back.
    source: RwSignal<Option<Source>>,
    /// The page.
    live: Live,
) -> impl IntoView {
    let toaster = use_toaster();
    // How many pages would go.
    let removed = Action::new(|source: &SourceId| {
        let source = source.clone();
        async move {
            let crawls = list_crawls(source).await?;
            let held = crawls.into_iter().find(|crawl| crawl.outcome == CrawlOutcome::Held);
            Ok::<Option<u64>, FnError>(held.map(|crawl| crawl.removed))
        }
    });
    let accept = Action::new(move |source: &SourceId| {
        let source = source.clone();
        async move {
            accept_crawl(source).await?;
            open.set(false);
            toaster.say(t!("data.crawl_accepted"));
            live.refresh();
            Ok::<(), FnError>(())
        }
    });
    let id = move || source.with_untracked(|source| source.as_ref().map(|source| source.id.clone()));
    Effect::new(move |_| {
        if open.get() {
            accept.clear();
            removed.clear();
            if let Some(id) = id() {
                removed.dispatch(id);
            }
        }
    });
    let name = move || source.get().map(|source| source.name).unwrap_or_default();
    let text = move || match removed.value().get() {
        Some(Ok(Some(pages))) => t!("data.accept_text", pages = i18n::count("data.n_pages", pages)),
        _ => t!("data.accept_text_unknown").to_owned(),
    };
    view! {
        <ConfirmDialog
            open
            title=Signal::derive(move || t!("data.accept_title", name = name()))
            text=Signal::derive(text)
            confirm=t!("data.accept")
            busy=accept.pending()
            error=action_error(accept)
            on_confirm=move |()| {
                if let Some(id) = id() {
                    accept.dispatch(id);
                }
            }
        />
    }
}
