//! The fields of a collection in a table.

use hammock_contract::metadata::MetadataField;
use leptos::prelude::*;

use super::{api::delete_field, metadata_page::Fields, words::kind_name};
use crate::{
    i18n, t,
    ui::{
        Badge, Button, ButtonKind, ConfirmAction, DeleteItem, EditItem, EmptyState, Menu, Table, Tone, confirmed,
        page::focus_outlives,
    },
};

/// The fields.
#[component]
pub fn FieldList(
    /// The page.
    fields: Fields,
    /// Whether the person may change anything.
    can_write: bool,
    /// Opens the dialog that defines a field, or changes this one.
    on_edit: Callback<Option<MetadataField>>,
) -> impl IntoView {
    let deleted = RwSignal::new(None::<MetadataField>);
    let delete_open = RwSignal::new(false);
    let ask_to_delete = Callback::new(move |field: MetadataField| {
        deleted.set(Some(field));
        delete_open.set(true);
    });
    let is_empty = move || fields.all.try_with(Vec::is_empty).unwrap_or(true);
    // The button that adds the first field goes with it.
    focus_outlives(is_empty);
    view! {
        <Show
            when=move || !is_empty()
            fallback=move || view! { <NoFields can_write on_edit /> }
        >
            <Table caption=t!("metadata.fields")>
                <thead>
                    <tr>
                        <th scope="col">{t!("metadata.name")}</th>
                        <th scope="col">{t!("metadata.kind")}</th>
                        <th scope="col">{t!("metadata.read_from")}</th>
                        <th scope="col">{t!("data.documents")}</th>
                        <th scope="col" class="actions"><span class="visually-hidden">{t!("table.actions")}</span></th>
                    </tr>
                </thead>
                <tbody>
                    <For each=move || fields.all.try_get().unwrap_or_default() key=|field| field.id.to_string() let:field>
                        <FieldRow field fields can_write on_edit on_delete=ask_to_delete />
                    </For>
                </tbody>
            </Table>
        </Show>
        <DeleteField open=delete_open field=deleted fields />
    }
}

#[component]
fn NoFields(can_write: bool, on_edit: Callback<Option<MetadataField>>) -> impl IntoView {
    view! {
        <EmptyState icon="list" title=t!("metadata.none") text=t!("metadata.none_text")>
            {can_write.then(|| view! {
                <Button kind=ButtonKind::Primary icon="plus" on_click=move |_| on_edit.run(None)>
                    {t!("metadata.add")}
                </Button>
            })}
        </EmptyState>
    }
}

/// A row stays while its field changes, so that its menu has the focus again after a dialog.
#[component]
fn FieldRow(
    field: MetadataField,
    fields: Fields,
    can_write: bool,
    on_edit: Callback<Option<MetadataField>>,
    on_delete: Callback<MetadataField>,
) -> impl IntoView {
    let menu = format!("menu-{}", field.id);
    let label = t!("metadata.actions_for", name = field.name);
    let id = field.id;
    let now = Memo::new(move |_| fields.all.try_with(|all| all.iter().find(|field| field.id == id).cloned()).flatten());
    let renamed = Signal::derive(move || {
        let name = now.try_get().flatten().map(|field| field.name).unwrap_or_default();
        t!("metadata.actions_for", name = name)
    });
    let edit = move |()| {
        if let Some(field) = now.try_get_untracked().flatten() {
            on_edit.run(Some(field));
        }
    };
    let delete = move |()| {
        if let Some(field) = now.try_get_untracked().flatten() {
            on_delete.run(field);
        }
    };
    view! {
        <tr>
            {move || now.try_get().flatten().map(cells)}
            <td class="actions">
                {can_write.then(|| view! {
                    <Menu id=menu label renamed>
                        <EditItem on_click=edit />
                        <DeleteItem on_click=delete />
                    </Menu>
                })}
            </td>
        </tr>
    }
}

/// What is told of a field.
fn cells(field: MetadataField) -> impl IntoView {
    let MetadataField { name, key, kind, options, front_matter, json_ld, column, documents, unreadable, .. } = field;
    let options = (!options.is_empty()).then(|| view! { <span class="sub">{options.join(", ")}</span> });
    let places = [
        (t!("metadata.origin.front_matter"), front_matter),
        (t!("metadata.origin.json_ld"), json_ld),
        (t!("metadata.origin.csv"), column),
    ];
    let places: Vec<(&'static str, String)> =
        places.into_iter().filter_map(|(place, name)| name.map(|name| (place, name))).collect();
    let by_hand = places.is_empty().then(|| view! { <span class="faint">{t!("metadata.by_hand_alone")}</span> });
    let places = places.into_iter().map(|(place, name)| view! { <li>{place}": "<code>{name}</code></li> });
    let misfits = (unreadable > 0)
        .then(|| view! { <Badge tone=Tone::Warning>{i18n::count("metadata.n_unreadable", unreadable)}</Badge> });
    view! {
        <td class="primary-cell">{name}<span class="sub"><code>{key}</code></span></td>
        <td data-label=t!("metadata.kind")><span>{kind_name(kind)}{options}</span></td>
        <td data-label=t!("metadata.read_from")>
            {by_hand}
            <ul class="field-places">{places.collect_view()}</ul>
        </td>
        <td data-label=t!("data.documents")>
            <span class="numeric">{i18n::grouped(i18n::locale(), documents)}</span>" "{misfits}
        </td>
    }
}

/// Asks before a field is deleted, and says how many documents carry it.
#[component]
fn DeleteField(open: RwSignal<bool>, field: RwSignal<Option<MetadataField>>, fields: Fields) -> impl IntoView {
    let refresh = move || fields.refresh();
    let delete = confirmed(open, t!("metadata.deleted"), refresh, |field: &MetadataField| {
        delete_field(field.collection.clone(), field.id.clone())
    });
    let name = move || field.get().map(|field| field.name).unwrap_or_default();
    let text = move || {
        let documents = field.get().map(|field| field.documents).unwrap_or_default();
        t!("metadata.delete_text", documents = i18n::count("data.n_documents", documents))
    };
    view! {
        <ConfirmAction
            open
            item=field
            title=Signal::derive(move || t!("metadata.delete_title", name = name()))
            text=Signal::derive(text)
            confirm=t!("form.delete")
            action=delete
        />
    }
}
