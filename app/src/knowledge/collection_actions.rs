//! What is done with a collection on its own page: it is changed or deleted.

use hammock_contract::collection::Collection;
use leptos::{prelude::*, task::spawn_local};
use leptos_router::{NavigateOptions, hooks::use_navigate};

use super::{
    api::find_collection,
    collection_dialogs::{DeleteCollection, EditCollection},
    live::Live,
};
use crate::{
    t,
    ui::{DeleteItem, EditItem, Menu},
};

/// Which of the dialogs is open, and for which state of the collection.
#[derive(Clone, Copy)]
pub struct Opened {
    collection: RwSignal<Option<Collection>>,
    edit: RwSignal<bool>,
    delete: RwSignal<bool>,
}

impl Opened {
    /// None is.
    pub fn none() -> Self {
        Self { collection: RwSignal::new(None), edit: RwSignal::new(false), delete: RwSignal::new(false) }
    }

    fn open(self, dialog: RwSignal<bool>, live: Live) {
        self.collection.set(live.collection.get_untracked());
        dialog.set(true);
    }
}

/// The menu in the head of the page.
#[component]
pub fn CollectionMenu(
    /// The page.
    live: Live,
    /// What it opens.
    opened: Opened,
) -> impl IntoView {
    view! {
        <Menu id="collection-menu" label=t!("table.actions")>
            <EditItem on_click=move |()| opened.open(opened.edit, live) />
            <DeleteItem on_click=move |()| opened.open(opened.delete, live) />
        </Menu>
    }
}

/// The dialogs that the menu opens. What is changed shows on the page, which stays where it is; from what is deleted, the way
/// leads back to the list.
#[component]
pub fn CollectionDialogs(
    /// The page.
    live: Live,
    /// Which is open.
    opened: Opened,
    /// Called when the collection was changed.
    on_changed: Callback<()>,
    /// Called when the person does not see the collection any more.
    on_lost: Callback<()>,
) -> impl IntoView {
    let navigate = StoredValue::new(use_navigate());
    let look = Callback::new(move |()| {
        let id = live.collection.try_with_untracked(|it| it.as_ref().map(|it| it.id.clone()));
        let Some(id) = id.flatten() else { return };
        spawn_local(async move {
            // The page may be gone meanwhile.
            match find_collection(id).await {
                Ok(found) => {
                    let _ = live.collection.try_set(Some(found));
                    on_changed.try_run(());
                }
                Err(_) => {
                    on_lost.try_run(());
                }
            }
        });
    });
    let leave = Callback::new(move |()| {
        // The page may be gone meanwhile, and somebody elsewhere stays there.
        let _ = navigate.try_with_value(|go| go("/data", NavigateOptions::default()));
    });
    view! {
        <EditCollection open=opened.edit collection=opened.collection on_done=look />
        <DeleteCollection open=opened.delete collection=opened.collection on_done=leave />
    }
}
