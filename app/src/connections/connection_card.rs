//! One connection: what it is, whether it works now, which models it offers.

use hammock_contract::connection::{Connection, ProviderKind};
use leptos::prelude::*;

use super::{api::list_models, connection_dialog::Draft};
use crate::{
    i18n, t,
    ui::{Badge, Button, DeleteItem, EditItem, ErrorText, Icon, Menu, Tone},
};

/// The name of a provider, as it writes itself.
pub(super) fn provider_name(kind: ProviderKind) -> &'static str {
    match kind {
        ProviderKind::OpenAi => "OpenAI",
        ProviderKind::Azure => "Azure AI Foundry",
        ProviderKind::Ollama => "Ollama",
        ProviderKind::Compatible => t!("connections.compatible"),
    }
}

/// One connection.
#[component]
pub fn ConnectionCard(
    /// The connection.
    connection: Connection,
    /// Opens the dialog that changes it.
    on_edit: Callback<Draft>,
    /// Asks whether to delete it.
    on_delete: Callback<Connection>,
) -> impl IntoView {
    let id = connection.id.clone();
    let test = Action::new(move |(): &()| list_models(id.clone()));
    let stored = StoredValue::new(connection.clone());
    view! {
        <section class="card connection">
            <div class="connection-head">
                <span class="icon-tile"><Icon name="plug" /></span>
                <div class="titles">
                    <h2 class="truncate">{connection.name.clone()}</h2>
                    <p class="faint small truncate">{provider_name(connection.kind)} " · " {connection.base_url}</p>
                </div>
                {if connection.has_key {
                    view! { <Badge icon="lock">{t!("connections.key_stored")}</Badge> }.into_any()
                } else {
                    view! { <Badge>{t!("connections.no_key")}</Badge> }.into_any()
                }}
                <Button icon="refresh-cw" busy=test.pending() on_click=move |_| { test.dispatch(()); }>
                    {t!("connections.test")}
                </Button>
                <Menu
                    id=format!("menu-{}", connection.id.as_str())
                    label=t!("users.actions_for", name = connection.name)
                >
                    <EditItem on_click=move |()| on_edit.run(stored.with_value(Draft::of)) />
                    <DeleteItem on_click=move |()| on_delete.run(stored.get_value()) />
                </Menu>
            </div>
            <div aria-live="polite">
                {move || match test.value().get() {
                    None => ().into_any(),
                    Some(Err(error)) => {
                        view! {
                            <p class="form-error"><Icon name="alert-circle" /><ErrorText error=error.0 /></p>
                        }
                            .into_any()
                    }
                    Some(Ok(models)) => {
                        let number = u64::try_from(models.len()).unwrap_or(u64::MAX);
                        view! {
                            <div class="stack">
                                <p>
                                    <Badge tone=Tone::Good icon="check">{t!("connections.works")}</Badge> " "
                                    <span class="muted small">{i18n::count("connections.models", number)}</span>
                                </p>
                                <ul class="model-list">
                                    {models.into_iter().map(|model| view! { <li><Badge>{model.id}</Badge></li> }).collect_view()}
                                </ul>
                            </div>
                        }
                            .into_any()
                    }
                }}
            </div>
        </section>
    }
}
