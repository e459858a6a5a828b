//! The collections that an administrator manages without seeing what is in them.

use hammock_contract::collection::Collection;
use leptos::prelude::*;

use super::access_fields::AccessBadge;
use crate::{
    FnError, i18n, t,
    ui::{DeleteItem, Load, Menu, MenuItem, Moment},
};

/// They are listed below the others, folded; nothing where there are none.
#[component]
pub fn HiddenCollections(
    /// The collections.
    collections: Resource<Result<Vec<Collection>, FnError>>,
    /// Called with the one whose access is to be changed.
    on_edit: Callback<Collection>,
    /// Called with the one that is to be deleted.
    on_delete: Callback<Collection>,
) -> impl IntoView {
    view! {
        <Load resource=collections lines=1 let:hidden>
            {(!hidden.is_empty()).then(|| {
                let number = u64::try_from(hidden.len()).unwrap_or(u64::MAX);
                let rows = hidden.into_iter().map(|collection| view! { <HiddenRow collection on_edit on_delete /> });
                view! {
                    <details class="access-fold">
                        <summary>{i18n::count("data.n_hidden", number)}</summary>
                        <p class="small muted">{t!("data.hidden_text")}</p>
                        <ul class="hidden-collections">{rows.collect_view()}</ul>
                    </details>
                }
            })}
        </Load>
    }
}

#[component]
fn HiddenRow(collection: Collection, on_edit: Callback<Collection>, on_delete: Callback<Collection>) -> impl IntoView {
    let label = t!("data.actions_for", name = collection.name);
    let (id, name) = (format!("menu-{}", collection.id), collection.name.clone());
    let (access, updated_at) = (collection.access, collection.updated_at);
    let stored = StoredValue::new(collection);
    view! {
        <li>
            <span>{name} <AccessBadge access /></span>
            <span class="small muted"><Moment at=updated_at /></span>
            <Menu id label>
                <MenuItem icon="users" on_click=move |()| on_edit.run(stored.get_value())>
                    {t!("data.change_access")}
                </MenuItem>
                <DeleteItem on_click=move |()| on_delete.run(stored.get_value()) />
            </Menu>
        </li>
    }
}
