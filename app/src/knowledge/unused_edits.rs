//! Edits of chunks whose text the document no longer has: they are shown, not used, and can be thrown away.

use hammock_contract::{ChunkEditId, DocumentId, document::UnusedEdit, user::Role};
use leptos::prelude::*;

use super::api::discard_edit;
use crate::{
    i18n,
    session::use_session,
    t,
    ui::{Badge, Button, ButtonKind, ConfirmAction, Moment, Tone, confirmed},
};

/// The edits that are not used.
#[component]
pub fn UnusedEdits(
    /// The document.
    document: DocumentId,
    /// The edits; at least one.
    edits: Vec<UnusedEdit>,
    /// Called when one was thrown away.
    on_changed: Callback<()>,
) -> impl IntoView {
    let open = RwSignal::new(false);
    let chosen = RwSignal::new(None::<ChunkEditId>);
    let done = move || {
        on_changed.try_run(());
    };
    let discard = confirmed(open, t!("data.edit_discarded"), done, move |edit: &ChunkEditId| {
        discard_edit(document.clone(), edit.clone())
    });
    let ask = Callback::new(move |edit: ChunkEditId| {
        chosen.set(Some(edit));
        open.set(true);
    });
    view! {
        <section class="card note padded unused-edits" aria-labelledby="unused-edits">
            <h2 id="unused-edits">{t!("data.unused_edits")}</h2>
            <p class="muted small">{t!("data.unused_edits_text")}</p>
            <ul>{edits.into_iter().map(|edit| view! { <Edit edit on_discard=ask /> }).collect_view()}</ul>
        </section>
        <ConfirmAction
            open
            item=chosen
            title=Signal::derive(|| t!("data.discard_edit_title").to_owned())
            text=Signal::derive(|| t!("data.discard_edit_text").to_owned())
            confirm=t!("data.discard_edit")
            action=discard
        />
    }
}

#[component]
fn Edit(edit: UnusedEdit, on_discard: Callback<ChunkEditId>) -> impl IntoView {
    let session = use_session();
    let UnusedEdit { id, original, text, enabled, edited } = edit;
    let said = match &text {
        Some(_) => i18n::edited_text(edited.by.as_deref()),
        None => t!("data.switched_off").to_owned(),
    };
    let off = text.is_some() && !enabled;
    let part = |label: &'static str, text: String| view! { <dt>{label}</dt><dd>{text}</dd> };
    let id = StoredValue::new(id);
    view! {
        <li>
            <p class="row wrap small">
                <span>{said} " " <Moment at=edited.at /></span>
                {off.then(|| view! { <Badge icon="eye-off" tone=Tone::Warning>{t!("data.switched_off")}</Badge> })}
            </p>
            <dl>
                {text.map(|text| part(t!("data.was_edited_to"), text))}
                {part(t!("data.original_text"), original)}
            </dl>
            <Show when=move || session.is_at_least(Role::Administrator)>
                <Button kind=ButtonKind::Ghost icon="trash-2" on_click=move |_| on_discard.run(id.get_value())>
                    {t!("data.discard_edit")}
                </Button>
            </Show>
        </li>
    }
}
