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
    ui::{Button, EmptyState, Icon, Menu, MenuItem, Moment},
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
        <DeleteSource open=delete_open source=deleted live on_done=Callback::new(move |()| live.refresh()) />
    }
}

/// Changes with what the row is made of, but neither with its progress nor with how it is read: so a menu stays open while
/// numbers move, and has the focus again after a dialog.
fn row_key(source: &Source) -> String {
    format!("{} {} {:?} {:?}", source.id, source.name, source.state, source.finished_at)
}

#[component]
fn SourceRow(source: Source, live: Live, can_write: bool, on_delete: Callback<Option<Source>>) -> impl IntoView {
    let id = StoredValue::new(source.id.clone());
    let now =
        Memo::new(move |_| id.with_value(|id| live.sources.with(|all| all.iter().find(|it| it.id == *id).cloned())));
    let work = SourceWork::of(source.id.clone(), live);
    let working = source.state == SourceState::Working;
    let held = is_held(&source);
    let is_website = matches!(source.kind, SourceKind::Website(_));
    let origin = move || now.with(|it| it.as_ref().map(origin_of));
    let counts = move || {
        let (documents, failed) = now.get().map(|it| (it.documents, it.failed_documents)).unwrap_or_default();
        let documents = i18n::count("data.n_documents", documents);
        if failed > 0 { format!("{documents} · {}", i18n::count("data.n_failed", failed)) } else { documents }
    };
    let next = Memo::new(move |_| now.get().and_then(|it| it.next_crawl_at).filter(|_| !working));
    let actions = t!("data.actions_for", name = source.name);
    let address = source_address(&source);
    view! {
        <li class="source-row">
            <span class="icon-tile"><Icon name=if is_website { "globe" } else { "file-up" } /></span>
            <div class="source-main">
                <span class="row wrap">
                    <A href=address attr:class="source-name">{source.name}</A>
                    <SourceStateBadge state=source.state held />
                </span>
                <span class="small faint truncate">{origin}</span>
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
                <div aria-live="off">
                    {move || now.get().and_then(|it| it.progress).filter(|_| working).map(|progress| {
                        view! { <WorkProgress progress /> }
                    })}
                </div>
            </div>
            {can_write.then(|| view! {
                <div class="row">
                    {working.then(|| view! {
                        <Button icon="circle-stop" busy=work.is_stopping() on_click=move |_| work.stop()>
                            {t!("data.stop")}
                        </Button>
                    })}
                    <Menu id=format!("menu-{}", source.id) label=actions>
                        {(!working).then(|| view! {
                            <MenuItem icon="refresh-cw" on_click=move |()| work.read_again()>
                                {move || now.try_with(|it| read_label(it.as_ref()))}
                            </MenuItem>
                        })}
                        <MenuItem icon="trash-2" danger=true on_click=move |()| on_delete.run(now.get_untracked())>
                            {t!("form.delete")}
                        </MenuItem>
                    </Menu>
                </div>
            })}
        </li>
    }
}
