//! What a document carries for the fields of its collection, and where each value comes from.

use hammock_contract::{
    ApiError, DocumentId,
    metadata::{DocumentMetadata, MetadataField, MetadataValue},
    user::Role,
};
use leptos::prelude::*;

use super::{
    api::list_values,
    value_dialog::ValueDialog,
    words::{kind_name, origin_name},
};
use crate::{
    FnError,
    session::use_session,
    t,
    ui::{Badge, IconButton, Load, Tone},
};

/// How many values of a field are shown.
const SHOWN: usize = 10;

/// Finds what a document carries, by its id as an address has it.
///
/// # Errors
/// `not_found`.
pub async fn find_values(document: String) -> Result<Vec<DocumentMetadata>, FnError> {
    let document: DocumentId = document.parse().map_err(|_| FnError(ApiError::not_found()))?;
    list_values(document).await
}

/// The values; nothing where the collection has no fields.
#[component]
pub fn DocumentValues(
    /// The document.
    document: DocumentId,
    /// What it carries. Asked for with the page: what stands in a part of it is made more than once on the server.
    values: Resource<Result<Vec<DocumentMetadata>, FnError>>,
    /// Whether the collection can be changed at all.
    changeable: bool,
) -> impl IntoView {
    let session = use_session();
    let id = StoredValue::new(document);
    let all = RwSignal::new(Vec::<DocumentMetadata>::new());
    let edited = RwSignal::new(None::<DocumentMetadata>);
    let open = RwSignal::new(false);
    let on_edit = Callback::new(move |carried: DocumentMetadata| {
        edited.set(Some(carried));
        open.set(true);
    });
    // The page may be gone meanwhile. The row stays, so that its button has the focus again after the dialog.
    let on_done = Callback::new(move |now: DocumentMetadata| {
        let _ = all.try_update(|all| {
            if let Some(carried) = all.iter_mut().find(|carried| carried.field.id == now.field.id) {
                *carried = now;
            }
        });
    });
    view! {
        <Load resource=values lines=2 let:found>
            {
                let can_write = changeable && session.is_at_least(Role::Administrator);
                let fields: Vec<MetadataField> = found.iter().map(|carried| carried.field.clone()).collect();
                all.set(found);
                (!fields.is_empty()).then(|| view! {
                    <section class="document-metadata" aria-labelledby="document-metadata">
                        <h2 id="document-metadata">{t!("metadata.title")}</h2>
                        <dl>
                            {fields.into_iter().map(|field| view! { <Carried field all can_write on_edit /> }).collect_view()}
                        </dl>
                    </section>
                })
            }
        </Load>
        <ValueDialog open edited document=id on_done />
    }
}

#[component]
fn Carried(
    field: MetadataField,
    all: RwSignal<Vec<DocumentMetadata>>,
    can_write: bool,
    on_edit: Callback<DocumentMetadata>,
) -> impl IntoView {
    let MetadataField { id, name, .. } = field;
    let now =
        Memo::new(move |_| all.try_with(|all| all.iter().find(|carried| carried.field.id == id).cloned()).flatten());
    let label = t!("metadata.edit_value", name = name);
    view! {
        <dt>{name}</dt>
        <dd>
            <span class="row wrap">
                {move || now.try_get().flatten().map(carried_view)}
                {can_write.then(|| view! {
                    <IconButton
                        icon="pencil"
                        label
                        on_click=move |_| {
                            if let Some(carried) = now.try_get_untracked().flatten() {
                                on_edit.run(carried);
                            }
                        }
                    />
                })}
            </span>
            {move || now.try_get().flatten().and_then(read_view)}
        </dd>
    }
}

/// The values that count, and where they come from.
fn carried_view(carried: DocumentMetadata) -> impl IntoView {
    let DocumentMetadata { field, values, by_hand, .. } = carried;
    let none = values.is_empty().then(|| view! { <span class="faint">{t!("metadata.no_value")}</span> });
    let more = values.len().saturating_sub(SHOWN);
    let more = (more > 0).then(|| view! { <span class="small muted">{t!("metadata.more_values", n = more)}</span> });
    let origin =
        values.first().map(|value| origin_name(value.origin)).or_else(|| by_hand.then(|| t!("metadata.origin.hand")));
    let kind = kind_name(field.kind);
    let shown = values.into_iter().take(SHOWN).map(move |value| value_view(value, kind)).collect_view();
    view! { {none} {shown} {more} {origin.map(|origin| view! { <span class="small muted">{origin}</span> })} }
}

/// What was read, where a person's values count instead.
fn read_view(carried: DocumentMetadata) -> Option<impl IntoView> {
    let read: Vec<String> = carried.read.into_iter().take(SHOWN).map(|value| value.text).collect();
    (!read.is_empty())
        .then(|| view! { <span class="small muted">{t!("metadata.was_read", values = read.join(", "))}</span> })
}

fn value_view(value: MetadataValue, kind: &'static str) -> impl IntoView {
    let MetadataValue { text, readable, .. } = value;
    let misfit = (!readable).then(
        || view! { " " <Badge tone=Tone::Warning icon="alert-circle">{t!("metadata.unreadable", kind = kind)}</Badge> },
    );
    view! { <span class="metadata-value">{text}{misfit}</span> }
}
