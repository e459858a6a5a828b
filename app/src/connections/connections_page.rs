//! The connections of the organisation.

use hammock_contract::{
    connection::{Connection, ProviderKind},
    user::Role,
};
use leptos::prelude::*;

use super::{
    api::{delete_connection, find_ollama, list_connections},
    connection_card::ConnectionCard,
    connection_dialog::{ConnectionDialog, Draft},
};
use crate::{
    session::use_session,
    t,
    ui::{
        Button, ButtonKind, ConfirmAction, EmptyState, Icon, Load, Page, PageBody, PageHeader, confirmed,
        page::focus_outlives,
    },
};

/// Accounts with model providers.
#[component]
pub fn ConnectionsPage() -> impl IntoView {
    let session = use_session();
    let connections = Resource::new(|| (), |()| list_connections());
    let draft = RwSignal::new(Draft::default());
    let edit_open = RwSignal::new(false);
    let deleted = RwSignal::new(None::<Connection>);
    let delete_open = RwSignal::new(false);
    let has_ollama = RwSignal::new(None::<bool>);
    // The button that adds the Ollama that was found goes with it.
    focus_outlives(move || has_ollama.try_get().flatten() == Some(false));
    let changed = Callback::new(move |()| connections.refetch());
    let open_draft = Callback::new(move |new: Draft| {
        draft.set(new);
        edit_open.set(true);
    });
    let ask_to_delete = Callback::new(move |connection: Connection| {
        deleted.set(Some(connection));
        delete_open.set(true);
    });
    view! {
        <Page>
            <PageHeader title=t!("connections.title") subtitle=t!("connections.subtitle")>
                <Show when=move || session.is_at_least(Role::Administrator)>
                    <Button kind=ButtonKind::Primary icon="plus" on_click=move |_| open_draft.run(Draft::default())>
                        {t!("connections.add")}
                    </Button>
                </Show>
            </PageHeader>
            <PageBody>
                <Load resource=connections let:connections>
                    {
                        let known = connections.iter().any(|known| known.kind == ProviderKind::Ollama);
                        has_ollama.set(Some(known));
                        view! { <OllamaHint known on_add=open_draft /> }
                    }
                    {if connections.is_empty() {
                        view! {
                            <EmptyState icon="plug" title=t!("connections.none") text=t!("connections.none_text") />
                        }
                            .into_any()
                    } else {
                        connections
                            .into_iter()
                            .map(|connection| {
                                view! { <ConnectionCard connection on_edit=open_draft on_delete=ask_to_delete /> }
                            })
                            .collect_view()
                            .into_any()
                    }}
                </Load>
            </PageBody>
        </Page>
        <ConnectionDialog open=edit_open draft on_done=changed />
        <DeleteConnection open=delete_open connection=deleted on_done=changed />
    }
}

/// Offers a local Ollama that answered and is not connected yet.
#[component]
fn OllamaHint(known: bool, on_add: Callback<Draft>) -> impl IntoView {
    let found = Resource::new(|| (), |()| find_ollama());
    view! {
        <Transition>
            {move || Suspend::new(async move {
                // Not knowing is no error here: the hint is a courtesy.
                found.await.ok().flatten().filter(|_| !known).map(|url| {
                    let shown = url.clone();
                    view! {
                        <div class="card note padded row wrap">
                            <Icon name="sparkles" />
                            <span class="spacer">{t!("connections.ollama_found", url = shown)}</span>
                            <Button on_click=move |_| on_add.run(Draft::ollama(&url))>{t!("connections.add_ollama")}</Button>
                        </div>
                    }
                })
            })}
        </Transition>
    }
}

#[component]
fn DeleteConnection(
    open: RwSignal<bool>,
    connection: RwSignal<Option<Connection>>,
    on_done: Callback<()>,
) -> impl IntoView {
    let done = move || {
        on_done.try_run(());
    };
    let delete = confirmed(open, t!("connections.deleted"), done, |connection: &Connection| {
        delete_connection(connection.id.clone())
    });
    let name = move || connection.get().map(|connection| connection.name).unwrap_or_default();
    view! {
        <ConfirmAction
            open
            item=connection
            title=Signal::derive(move || t!("connections.delete_title", name = name()))
            text=t!("connections.delete_text")
            confirm=t!("form.delete")
            action=delete
        />
    }
}
