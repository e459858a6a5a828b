//! The sources of a collection.

use hammock_contract::source::{Source, SourceKind, SourceState};
use leptos::prelude::*;
use leptos_router::components::A;

use super::{
    api::{delete_source, refresh_source, stop_source},
    live::Live,
    states::{SourceStateBadge, WorkProgress},
};
use crate::{
    FnError, i18n, t,
    ui::{Button, ConfirmDialog, EmptyState, Icon, Menu, MenuItem, Moment, form::action_error, use_toaster},
};

/// The sources, with what can be done to them.
#[component]
pub fn SourceList(
    /// The page.
    live: Live,
    /// Whether the person may change anything.
    can_write: bool,
) -> impl IntoView {
    let deleted = RwSignal::new(None::<Source>);
    let delete_open = RwSignal::new(false);
    let ask_to_delete = Callback::new(move |source: Source| {
        deleted.set(Some(source));
        delete_open.set(true);
    });
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
                        <SourceRow source live can_write on_delete=ask_to_delete />
                    </For>
                </ul>
            </Show>
        </section>
        <DeleteSource open=delete_open source=deleted live />
    }
}

/// Changes with everything that the row shows but its progress, so that a menu stays open while numbers move.
fn row_key(source: &Source) -> String {
    format!("{} {} {:?} {:?}", source.id, source.name, source.state, source.finished_at)
}

#[component]
fn SourceRow(source: Source, live: Live, can_write: bool, on_delete: Callback<Source>) -> impl IntoView {
    let toaster = use_toaster();
    let id = source.id.clone();
    let now = Memo::new(move |_| live.sources.with(|all| all.iter().find(|it| it.id == id).cloned()));
    let (refreshed, stopped, deleted) = (source.id.clone(), source.id.clone(), StoredValue::new(source.clone()));
    let done = move |result: Result<Source, FnError>| match result {
        Ok(_) => live.refresh(),
        Err(error) => toaster.say(i18n::error_text(&error.0)),
    };
    let refresh = Action::new(move |(): &()| {
        let source = refreshed.clone();
        async move { done(refresh_source(source).await) }
    });
    let stop = Action::new(move |(): &()| {
        let source = stopped.clone();
        async move { done(stop_source(source).await) }
    });
    let working = source.state == SourceState::Working;
    let (icon, address) = match &source.kind {
        SourceKind::Upload => ("file-up", t!("data.kind_files").to_owned()),
        SourceKind::Website(site) => ("globe", site.start_url.clone()),
    };
    let counts = move || {
        let (documents, failed) = now.get().map(|it| (it.documents, it.failed_documents)).unwrap_or_default();
        let documents = i18n::count("data.n_documents", documents);
        if failed > 0 { format!("{documents} · {}", i18n::count("data.n_failed", failed)) } else { documents }
    };
    let actions = t!("data.actions_for", name = source.name);
    let here = format!("/data/{}?source={}", source.collection, source.id);
    view! {
        <li class="source-row">
            <span class="icon-tile"><Icon name=icon /></span>
            <div class="source-main">
                <span class="row wrap">
                    <A href=here scroll=false attr:class="source-name">{source.name}</A>
                    <SourceStateBadge state=source.state />
                </span>
                <span class="small faint truncate">{address}</span>
                <span class="small muted numeric">
                    {counts}
                    {source.finished_at.filter(|_| !working).map(|at| view! { " · " <Moment at /> })}
                </span>
                {source.error.clone().map(|error| view! {
                    <p class="small source-error"><Icon name="alert-circle" />{i18n::error_text(&error)}</p>
                })}
                <div aria-live="off">
                    {move || now.get().and_then(|it| it.progress).filter(|_| working).map(|progress| {
                        view! { <WorkProgress progress /> }
                    })}
                </div>
            </div>
            {can_write.then(|| view! {
                <div class="row">
                    {working.then(|| view! {
                        <Button icon="square" busy=stop.pending() on_click=move |_| { stop.dispatch(()); }>
                            {t!("data.stop")}
                        </Button>
                    })}
                    <Menu id=format!("menu-{}", source.id) label=actions>
                        {(!working).then(|| view! {
                            <MenuItem icon="refresh-cw" on_click=move |()| { refresh.dispatch(()); }>
                                {t!("data.read_again")}
                            </MenuItem>
                        })}
                        <MenuItem icon="trash-2" danger=true on_click=move |()| on_delete.run(deleted.get_value())>
                            {t!("form.delete")}
                        </MenuItem>
                    </Menu>
                </div>
            })}
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
    Effect::new(move |_| {
        if open.get() {
            delete.clear();
        }
    });
    let name = move || source.get().map(|source| source.name).unwrap_or_default();
    let text = move || {
        let documents = source.get().map(|source| source.documents).unwrap_or_default();
        t!("data.delete_source_text", documents = i18n::count("data.n_documents", documents))
    };
    view! {
        <ConfirmDialog
            open
            title=Signal::derive(move || t!("data.delete_source_title", name = name()))
            text=Signal::derive(text)
            confirm=t!("form.delete")
            busy=delete.pending()
            error=action_error(delete)
            on_confirm=move |()| {
                if let Some(source) = source.get_untracked() {
                    delete.dispatch(source);
                }
            }
        />
    }
}
