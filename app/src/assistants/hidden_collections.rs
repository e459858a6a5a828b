//! The collections of an assistant that its editor cannot see.

use hammock_contract::AssistantId;
use leptos::prelude::*;

use super::api::remove_hidden_collections;
use crate::{
    i18n, t,
    ui::{Button, ConfirmAction, confirmed},
};

/// How many there are; nothing where there are none.
#[component]
pub fn HiddenCollections(
    /// How many there are.
    number: RwSignal<u32>,
    /// Whether they cannot be removed.
    readonly: bool,
    /// Called when they are to be removed.
    on_remove: Callback<()>,
) -> impl IntoView {
    // On the server a page may be looked through once more while it is already being cleared away.
    let hidden = move || number.try_get().unwrap_or_default();
    view! {
        <Show when=move || hidden() != 0>
            <div class="row wrap">
                <p class="small muted">{move || i18n::count("assistants.n_hidden", u64::from(hidden()))}</p>
                {(!readonly).then(|| view! {
                    <Button icon="x" on_click=move |_| on_remove.run(())>{t!("assistants.remove_hidden")}</Button>
                })}
            </div>
        </Show>
    }
}

/// Asks before they are removed: who removes them cannot give them back.
#[component]
pub fn RemoveHiddenCollections(
    /// Whether it is open.
    open: RwSignal<bool>,
    /// The assistant.
    assistant: AssistantId,
    /// How many there are; none, when they were removed.
    number: RwSignal<u32>,
) -> impl IntoView {
    let none_left = move || number.set(0);
    let remove = confirmed(open, t!("assistants.hidden_removed"), none_left, |assistant: &AssistantId| {
        remove_hidden_collections(assistant.clone())
    });
    view! {
        <ConfirmAction
            open
            item=RwSignal::new(Some(assistant))
            title=t!("assistants.remove_hidden_title")
            text=t!("assistants.remove_hidden_text")
            confirm=t!("assistants.remove_hidden")
            action=remove
        />
    }
}
