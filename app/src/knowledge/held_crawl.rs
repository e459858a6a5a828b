//! A crawl that found far fewer pages than the one before, or pages that say far less, is held back: a person accepts it, rejects
//! it, or reads again.

use hammock_contract::{
    ErrorCode,
    source::{Source, SourceState},
};
use leptos::prelude::*;

use super::{
    api::{accept_crawl, reject_crawl},
    live::Live,
};
use crate::{
    FnError, i18n, t,
    ui::{
        Button, ButtonKind, ConfirmAction,
        confirm::{close_for_good, confirmed},
        use_toaster,
    },
};

/// Whether the last crawl of a source is held back.
pub fn is_held(source: &Source) -> bool {
    source.state == SourceState::Failed && (has_error(source, ErrorCode::SiteShrunk) || says_less(source))
}

/// Whether it is held back for what its pages say, and not for how few there are.
fn says_less(source: &Source) -> bool {
    has_error(source, ErrorCode::SiteReplaced)
}

fn has_error(source: &Source, code: ErrorCode) -> bool {
    source.error.as_ref().is_some_and(|error| error.code == code)
}

/// How many pages go when the crawl of a source is accepted, where that is told.
fn would_go(source: &Source) -> Option<u64> {
    source.error.as_ref()?.params.get("removed")?.parse().ok()
}

/// What can be done about a crawl that is held back.
#[component]
pub fn HeldActions(
    /// Accepts it.
    on_accept: Callback<()>,
    /// Rejects it.
    on_reject: Callback<()>,
    /// Reads the website again.
    on_read: Callback<()>,
    /// Whether it is about to be read again.
    #[prop(into)]
    busy: Signal<bool>,
) -> impl IntoView {
    view! {
        <div class="row wrap held-actions">
            <Button icon="check" on_click=move |_| on_accept.run(())>{t!("data.accept")}</Button>
            <Button kind=ButtonKind::Ghost icon="x" on_click=move |_| on_reject.run(())>{t!("data.reject")}</Button>
            <Button kind=ButtonKind::Ghost icon="refresh-cw" busy on_click=move |_| on_read.run(())>
                {t!("data.read_again")}
            </Button>
        </div>
    }
}

/// Asks before the pages are removed that a crawl did not find, or say what they say now.
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
    let accept = Action::new(move |source: &Source| {
        let id = source.id.clone();
        let said = if says_less(source) { t!("data.crawl_accepted_replaced") } else { t!("data.crawl_accepted") };
        async move {
            accept_crawl(id).await?;
            close_for_good(open);
            toaster.say(said);
            live.refresh();
            Ok::<(), FnError>(())
        }
    });
    let name = move || source.get().map(|source| source.name).unwrap_or_default();
    let text = move || match source.with(|source| source.as_ref().and_then(would_go)) {
        _ if source.with(|source| source.as_ref().is_some_and(says_less)) => t!("data.accept_text_replaced").to_owned(),
        Some(pages) => t!("data.accept_text", pages = i18n::count("data.n_pages", pages)),
        None => t!("data.accept_text_unknown").to_owned(),
    };
    view! {
        <ConfirmAction
            open
            item=source
            title=Signal::derive(move || t!("data.accept_title", name = name()))
            text=Signal::derive(text)
            confirm=t!("data.accept")
            action=accept
        />
    }
}

/// Asks before what waits is dropped.
#[component]
pub fn RejectCrawl(
    /// Whether it is open.
    open: RwSignal<bool>,
    /// The source whose crawl is held back.
    source: RwSignal<Option<Source>>,
    /// The page.
    live: Live,
) -> impl IntoView {
    let refresh = move || live.refresh();
    let reject = confirmed(open, t!("data.crawl_rejected_said"), refresh, |source: &Source| {
        let id = source.id.clone();
        async move { reject_crawl(id).await.map(drop) }
    });
    let name = move || source.get().map(|source| source.name).unwrap_or_default();
    view! {
        <ConfirmAction
            open
            item=source
            title=Signal::derive(move || t!("data.reject_title", name = name()))
            text=t!("data.reject_text")
            confirm=t!("data.reject")
            action=reject
        />
    }
}

#[cfg(test)]
mod tests {
    use hammock_contract::{ApiError, source::SourceKind};

    use super::*;
    use crate::knowledge::source_fields::tests::source as stored;

    #[test]
    fn a_crawl_is_held_where_far_less_was_found() {
        let empty = stored(SourceKind::Upload);
        let source = |state, error| Source { state, error, documents: 12, ..empty.clone() };
        let shrunk = ApiError::new(ErrorCode::SiteShrunk, "far fewer pages").with("found", 2).with("removed", 10);
        let held = source(SourceState::Failed, Some(shrunk.clone()));
        assert!(is_held(&held));
        assert_eq!(would_go(&held), Some(10));
        let replaced = ApiError::new(ErrorCode::SiteReplaced, "they say less").with("removed", 3);
        let held = source(SourceState::Failed, Some(replaced));
        assert!(is_held(&held) && says_less(&held));
        assert!(!is_held(&source(SourceState::Working, Some(shrunk))));
        let unreachable = ApiError::new(ErrorCode::SiteUnreachable, "not reached");
        let failed = source(SourceState::Failed, Some(unreachable));
        assert!(!is_held(&failed));
        assert_eq!(would_go(&failed), None);
    }
}
