//! What a document carries for the fields of its collection, and where each value comes from.

use hammock_contract::{
    DocumentId,
    metadata::{DocumentMetadata, MetadataValue},
    user::Role,
};
use leptos::prelude::*;

use super::{
    api::list_values,
    value_dialog::ValueDialog,
    words::{kind_name, origin_name},
};
use crate::{
    session::use_session,
    t,
    ui::{Badge, IconButton, Load, Tone},
};

/// How many values of a field are shown.
const SHOWN: usize = 10;

/// The values; nothing where the collection has no fields.
#[component]
pub fn DocumentValues(
    /// The document.
    document: DocumentId,
    /// Whether the collection can be changed at all.
    changeable: bool,
) -> impl IntoView {
    let session = use_session();
    let id = StoredValue::new(document.clone());
    let values = Resource::new(move || document.clone(), list_values);
    let edited = RwSignal::new(None::<DocumentMetadata>);
    let open = RwSignal::new(false);
    let on_edit = Callback::new(move |carried: DocumentMetadata| {
        edited.set(Some(carried));
        open.set(true);
    });
    view! {
        <Load resource=values lines=2 let:carried>
            {
                let can_write = changeable && session.is_at_least(Role::Administrator);
                (!carried.is_empty()).then(|| view! {
                    <section class="document-metadata" aria-labelledby="document-metadata">
                        <h2 id="document-metadata">{t!("metadata.title")}</h2>
                        <dl>
                            {carried.into_iter().map(|carried| view! { <Carried carried can_write on_edit /> }).collect_view()}
                        </dl>
                    </section>
                })
            }
        </Load>
        <ValueDialog open edited document=id on_done=Callback::new(move |()| values.refetch()) />
    }
}

#[component]
fn Carried(carried: DocumentMetadata, can_write: bool, on_edit: Callback<DocumentMetadata>) -> impl IntoView {
    let stored = StoredValue::new(carried.clone());
    let DocumentMetadata { field, values, by_hand, read } = carried;
    let none = values.is_empty().then(|| view! { <span class="faint">{t!("metadata.no_value")}</span> });
    let more = values.len().saturating_sub(SHOWN);
    let more = (more > 0).then(|| view! { <span class="small muted">{t!("metadata.more_values", n = more)}</span> });
    let origin =
        values.first().map(|value| origin_name(value.origin)).or_else(|| by_hand.then(|| t!("metadata.origin.hand")));
    let kind = kind_name(field.kind);
    let shown = values.into_iter().take(SHOWN).map(move |value| value_view(value, kind)).collect_view();
    let read: Vec<String> = read.into_iter().take(SHOWN).map(|value| value.text).collect();
    let read = (!read.is_empty())
        .then(|| view! { <span class="small muted">{t!("metadata.was_read", values = read.join(", "))}</span> });
    let label = t!("metadata.edit_value", name = field.name);
    view! {
        <dt>{field.name}</dt>
        <dd>
            <span class="row wrap">
                {none} {shown} {more}
                {origin.map(|origin| view! { <span class="small muted">{origin}</span> })}
                {can_write.then(|| view! {
                    <IconButton icon="pencil" label on_click=move |_| on_edit.run(stored.get_value()) />
                })}
            </span>
            {read}
        </dd>
    }
}

fn value_view(value: MetadataValue, kind: &'static str) -> impl IntoView {
    let MetadataValue { text, readable, .. } = value;
    let misfit = (!readable).then(
        || view! { " " <Badge tone=Tone::Warning icon="alert-circle">{t!("metadata.unreadable", kind = kind)}</Badge> },
    );
    view! { <span class="metadata-value">{text}{misfit}</span> }
}
