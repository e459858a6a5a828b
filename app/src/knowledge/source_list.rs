//! The sources of a collection. What is known of one stands on its own page.

use hammock_contract::source::{Source, SourceKind, SourceState};
use leptos::prelude::*;
use leptos_router::components::A;

use super::{
    held_crawl::is_held,
    live::Live,
    source_actions::{DeleteSource, SourceWork, origin_of, read_label, source_address},
    states::{SourceStateBadge, WorkProgress},
};
use crate::{
    i18n, t,
    ui::{Button, DeleteItem, EmptyState, Icon, Menu, MenuItem, Moment, page::focus_outlives},
};

/// The sources, with what is done most often.
#[component]
pub fn SourceList(
    /// The page.
    live: Live,
    /// Whether the person may change anything.
    can_write: bool,
) -> impl IntoView {
    let deleted = RwSignal::new(None::<Source>);
    let delete_open = RwSignal::new(false);
    let ask_to_delete = Callback::new(move |source: Option<Source>| {
        deleted.set(source);
        delete_open.set(true);
    });
    view! {
        <section class="section">
            <h2>{t!("data.sources")}</h2>
            <Show
                when=move || live.sources.try_with(|sources| !sources.is_empty()).unwrap_or_default()
                fallback=move || {
                    let text = if can_write { t!("data.no_sources_text") } else { t!("data.no_sources_reader") };
                    view! { <EmptyState icon="layers" title=t!("data.no_sources") text=text /> }
                }
            >
                <ul class="sources">
                    <For each=move || live.sources.try_get().unwrap_or_default() key=|source| source.id.clone() let:source>
                        <SourceRow source live can_write on_delete=ask_to_delete />
                    </For>
                </ul>
            </Show>
        </section>
        <DeleteSource open=delete_open source=deleted live on_done=Callback::new(move |()| live.refresh()) />
    }
}

/// A row stays while its source changes: a menu that is open stays open, and has the focus again after a dialog.
#[component]
fn SourceRow(source: Source, live: Live, can_write: bool, on_delete: Callback<Option<Source>>) -> impl IntoView {
    let work = SourceWork::of(source.id.clone(), live);
    let is_website = matches!(source.kind, SourceKind::Website(_));
    let (menu, label, address) = (format!("menu-{}", source.id), named(&source), source_address(&source));
    let now = Memo::new(move |before: Option<&Source>| {
        let found = live.sources.try_with(|all| all.iter().find(|it| it.id == source.id).cloned()).flatten();
        // What is not listed any more stays as it was until its row is gone.
        found.or_else(|| before.cloned()).unwrap_or_else(|| source.clone())
    });
    let renamed = Signal::derive(move || now.try_with(named).unwrap_or_default());
    let name = move || now.try_with(|it| it.name.clone());
    // Memos: the numbers move while a source is read, and what does not move with them is left alone.
    let origin = Memo::new(move |_| now.try_with(origin_of).flatten());
    let stands = Memo::new(move |_| now.try_with(|it| (it.state, is_held(it))));
    let working = Memo::new(move |_| now.try_with(is_working).unwrap_or_default());
    // The button that stops it goes with the work.
    focus_outlives(move || working.try_get().unwrap_or_default());
    let finished = Memo::new(move |_| now.try_with(|it| it.finished_at.filter(|_| !is_working(it))).flatten());
    let next = Memo::new(move |_| now.try_with(|it| it.next_crawl_at.filter(|_| !is_working(it))).flatten());
    let error = Memo::new(move |_| now.try_with(|it| it.error.clone().map(|error| (error, is_held(it)))).flatten());
    let counts = move || {
        let (documents, failed) = now.try_with(|it| (it.documents, it.failed_documents)).unwrap_or_default();
        let documents = i18n::count("data.n_documents", documents);
        if failed > 0 { format!("{documents} · {}", i18n::count("data.n_failed", failed)) } else { documents }
    };
    let progress = move || now.try_with(|it| it.progress.clone().filter(|_| is_working(it))).flatten();
    view! {
        <li class="source-row">
            <span class="icon-tile"><Icon name=if is_website { "globe" } else { "file-up" } /></span>
            <div class="source-main">
                <span class="row wrap">
                    <A href=address attr:class="source-name">{name}</A>
                    {move || stands.try_get().flatten().map(|(state, held)| view! { <SourceStateBadge state held /> })}
                </span>
                {move || origin.try_get().flatten().map(|origin| view! { <span class="small faint truncate">{origin}</span> })}
                <span class="small muted numeric">
                    {counts}
                    {move || finished.try_get().flatten().map(|at| view! { " · " <Moment at /> })}
                    {move || next.try_get().flatten().map(|at| view! { " · " {t!("data.next_reading")} " " <Moment at /> })}
                </span>
                {move || error.try_get().flatten().map(|(error, held)| view! {
                    <p class="small source-error" class:warning=held>
                        <Icon name="alert-circle" />{i18n::error_text(&error)}
                    </p>
                })}
                <div aria-live="off">{move || progress().map(|progress| view! { <WorkProgress progress /> })}</div>
            </div>
            {can_write.then(|| view! {
                <div class="row">
                    {move || working.try_get().unwrap_or_default().then(|| view! {
                        <Button icon="circle-stop" busy=work.is_stopping() on_click=move |_| work.stop()>
                            {t!("data.stop")}
                        </Button>
                    })}
                    <Menu id=menu label renamed>
                        {move || (!working.try_get().unwrap_or_default()).then(|| view! {
                            <MenuItem icon="refresh-cw" on_click=move |()| work.read_again()>
                                {move || now.try_with(|it| read_label(Some(it)))}
                            </MenuItem>
                        })}
                        <DeleteItem on_click=move |()| on_delete.run(Some(now.get_untracked())) />
                    </Menu>
                </div>
            })}
        </li>
    }
}

/// What the menu of a source is called.
fn named(source: &Source) -> String {
    t!("data.actions_for", name = source.name)
}

fn is_working(source: &Source) -> bool {
    source.state == SourceState::Working
}
