//! The sources of a collection.

use hammock_contract::{
    SourceId,
    source::{Source, SourceKind, SourceState},
};
use leptos::prelude::*;
use leptos_router::components::A;

use super::{
    api::{delete_source, refresh_source, stop_source},
    crawl_history::{CrawlHistory, use_history},
    held_crawl::{AcceptCrawl, HeldActions, is_held},
    live::Live,
    source_dialog::SourceDialog,
    states::{SourceStateBadge, WorkProgress},
};
use crate::{
    FnError, i18n, t,
    ui::{Button, ConfirmAction, EmptyState, Icon, Menu, MenuItem, Moment, use_toaster},
};

/// What the rows open. One of each for the whole list.
#[derive(Clone, Copy)]
struct Dialogs {
    /// The source that a dialog is about.
    source: RwSignal<Option<Source>>,
    edit_open: RwSignal<bool>,
    accept_open: RwSignal<bool>,
    delete_open: RwSignal<bool>,
    show_history: Callback<Option<SourceId>>,
}

impl Dialogs {
    fn open(self, dialog: RwSignal<bool>, source: Option<Source>) {
        self.source.set(source);
        dialog.set(true);
    }
}

/// The sources, with what can be done to them.
#[component]
pub fn SourceList(
    /// The page.
    live: Live,
    /// Whether the person may change anything.
    can_write: bool,
) -> impl IntoView {
    let (asked, show_history) = use_history();
    let dialogs = Dialogs {
        source: RwSignal::new(None),
        edit_open: RwSignal::new(false),
        accept_open: RwSignal::new(false),
        delete_open: RwSignal::new(false),
        show_history,
    };
    let source = dialogs.source;
    view! {
        <section class="section">
            <h2>{t!("data.sources")}</h2>
            <Show
                when=move || live.sources.with(|sources| !sources.is_empty())
                fallback=move || {
                    let text = if can_write { t!("data.no_sources_text") } else { t!("data.no_sources_reader") };
                    view! { <EmptyState icon="layers" title=t!("data.no_sources") text=text /> }
                }
            >
                <ul class="sources">
                    <For each=move || live.sources.get() key=row_key let:source>
                        <SourceRow source live can_write dialogs />
                    </For>
                </ul>
            </Show>
        </section>
        <SourceDialog open=dialogs.edit_open source live />
        <AcceptCrawl open=dialogs.accept_open source live />
        <DeleteSource open=dialogs.delete_open source live />
        <CrawlHistory live asked on_close=Callback::new(move |()| show_history.run(None)) />
    }
}

/// Changes with what the row is made of, but neither with its progress nor with how it is read: so a menu stays open while
/// numbers move, and has the focus again after a dialog.
fn row_key(source: &Source) -> String {
    format!("{} {} {:?} {:?}", source.id, source.name, source.state, source.finished_at)
}

#[component]
fn SourceRow(source: Source, live: Live, can_write: bool, dialogs: Dialogs) -> impl IntoView {
    let toaster = use_toaster();
    let id = StoredValue::new(source.id.clone());
    let now =
        Memo::new(move |_| id.with_value(|id| live.sources.with(|all| all.iter().find(|it| it.id == *id).cloned())));
    let done = move |result: Result<Source, FnError>| match result {
        Ok(_) => live.refresh(),
        Err(error) => toaster.refuse(&error.0),
    };
    let refresh = Action::new(move |(): &()| {
        let source = id.get_value();
        async move { done(refresh_source(source).await) }
    });
    let stop = Action::new(move |(): &()| {
        let source = id.get_value();
        async move { done(stop_source(source).await) }
    });
    let working = source.state == SourceState::Working;
    let held = is_held(&source);
    let is_website = matches!(source.kind, SourceKind::Website(_));
    let address = move || match now.get().map(|it| it.kind) {
        Some(SourceKind::Website(site)) => site.start_url,
        Some(SourceKind::Upload) => t!("data.kind_files").to_owned(),
        None => String::new(),
    };
    let counts = move || {
        let (documents, failed) = now.get().map(|it| (it.documents, it.failed_documents)).unwrap_or_default();
        let documents = i18n::count("data.n_documents", documents);
        if failed > 0 { format!("{documents} · {}", i18n::count("data.n_failed", failed)) } else { documents }
    };
    let next = Memo::new(move |_| now.get().and_then(|it| it.next_crawl_at).filter(|_| !working));
    let actions = t!("data.actions_for", name = source.name);
    let here = format!("/data/{}?source={}", source.collection, source.id);
    let read_again = Callback::new(move |()| {
        refresh.dispatch(());
    });
    let accept = Callback::new(move |()| dialogs.open(dialogs.accept_open, now.get_untracked()));
    view! {
        <li class="source-row">
            <span class="icon-tile"><Icon name=if is_website { "globe" } else { "file-up" } /></span>
            <div class="source-main">
                <span class="row wrap">
                    <A href=here scroll=false attr:class="source-name">{source.name}</A>
                    <SourceStateBadge state=source.state held />
                </span>
                <span class="small faint truncate">{address}</span>
                <span class="small muted numeric">
                    {counts}
                    {source.finished_at.filter(|_| !working).map(|at| view! { " · " <Moment at /> })}
                    {move || next.get().map(|at| view! { " · " {t!("data.next_reading")} " " <Moment at /> })}
                </span>
                {source.error.clone().map(|error| view! {
                    <p class="small source-error" class:warning=held>
                        <Icon name="alert-circle" />{i18n::error_text(&error)}
                    </p>
                })}
                {move || now.get().map(|it| it.needs_javascript).filter(|pages| *pages > 0 && !working).map(|pages| view! {
                    <p class="small source-error warning">
                        <Icon name="info" />{i18n::count("data.needs_javascript", pages)}
                    </p>
                })}
                {(held && can_write).then(|| view! {
                    <HeldActions on_accept=accept on_read=read_again busy=refresh.pending() />
                })}
                <div aria-live="off">
                    {move || now.get().and_then(|it| it.progress).filter(|_| working).map(|progress| {
                        view! { <WorkProgress progress /> }
                    })}
                </div>
            </div>
            <div class="row">
                {(can_write && working).then(|| view! {
                    <Button icon="circle-stop" busy=stop.pending() on_click=move |_| { stop.dispatch(()); }>
                        {t!("data.stop")}
                    </Button>
                })}
                {(can_write || is_website).then(|| view! {
                    <Menu id=format!("menu-{}", source.id) label=actions>
                        {(can_write && !working).then(|| view! {
                            <MenuItem icon="refresh-cw" on_click=read_again>{t!("data.read_again")}</MenuItem>
                        })}
                        {is_website.then(|| view! {
                            <MenuItem icon="clock" on_click=move |()| dialogs.show_history.run(Some(id.get_value()))>
                                {t!("data.history")}
                            </MenuItem>
                        })}
                        {can_write.then(|| view! {
                            <MenuItem
                                icon="pencil"
                                on_click=move |()| dialogs.open(dialogs.edit_open, now.get_untracked())
                            >
                                {t!("form.edit")}
                            </MenuItem>
                            <MenuItem
                                icon="trash-2"
                                danger=true
                                on_click=move |()| dialogs.open(dialogs.delete_open, now.get_untracked())
                            >
                                {t!("form.delete")}
                            </MenuItem>
                        })}
                    </Menu>
                })}
            </div>
        </li>
    }
}

#[component]
fn DeleteSource(open: RwSignal<bool>, source: RwSignal<Option<Source>>, live: Live) -> impl IntoView {
    let toaster = use_toaster();
    let delete = Action::new(move |source: &Source| {
        let id = source.id.clone();
        async move {
            delete_source(id).await?;
            open.set(false);
            toaster.say(t!("data.source_deleted"));
            live.refresh();
            Ok::<(), FnError>(())
        }
    });
    let name = move || source.get().map(|source| source.name).unwrap_or_default();
    let text = move || {
        let documents = source.get().map(|source| source.documents).unwrap_or_default();
        t!("data.delete_source_text", documents = i18n::count("data.n_documents", documents))
    };
    view! {
        <ConfirmAction
            open
            item=source
            title=Signal::derive(move || t!("data.delete_source_title", name = name()))
            text=Signal::derive(text)
            confirm=t!("form.delete")
            action=delete
        />
    }
}
