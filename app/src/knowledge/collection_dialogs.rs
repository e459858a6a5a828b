//! Making, changing and deleting a collection.

use hammock_contract::collection::{Collection, CollectionPatch, NewCollection};
use leptos::prelude::*;
use leptos_router::{NavigateOptions, hooks::use_navigate};

use super::api::{create_collection, delete_collection, update_collection};
use crate::{
    FnError, i18n, t,
    ui::{
        Button, ButtonKind, CancelButton, ConfirmDialog, Dialog, DialogFoot, FormError, TextArea, TextField, Typed,
        form::action_error, general_error, on_field, use_toaster,
    },
};

/// The dialog that makes a collection and leads to its page, or changes one.
#[component]
pub fn EditCollection(
    /// Whether it is open.
    open: RwSignal<bool>,
    /// The collection to change; none: a new one.
    collection: RwSignal<Option<Collection>>,
    /// Called when one was changed.
    on_done: Callback<()>,
) -> impl IntoView {
    let toaster = use_toaster();
    let navigate = StoredValue::new(use_navigate());
    let name = RwSignal::new(String::new());
    let description = RwSignal::new(String::new());
    let typed = Typed::in_fields(move || vec![name.get(), description.get()]);
    let save = Action::new(move |(): &()| {
        let (name, description) = (name.get_untracked(), description.get_untracked());
        let existing = collection.get_untracked();
        async move {
            let is_new = existing.is_none();
            let saved = match existing {
                Some(existing) => {
                    let patch = CollectionPatch { name: Some(name), description: Some(description) };
                    update_collection(existing.id, patch).await?
                }
                None => create_collection(NewCollection { name, description }).await?,
            };
            open.set(false);
            toaster.say(t!("form.saved"));
            if is_new {
                let href = format!("/data/{}", saved.id);
                // The page may be gone meanwhile, and somebody elsewhere stays there.
                let _ = navigate.try_with_value(|go| go(&href, NavigateOptions::default()));
            } else {
                on_done.run(());
            }
            Ok::<(), FnError>(())
        }
    });
    Effect::new(move |_| {
        if open.get() {
            save.clear();
            let existing = collection.get_untracked();
            name.set(existing.as_ref().map(|existing| existing.name.clone()).unwrap_or_default());
            description.set(existing.map(|existing| existing.description).unwrap_or_default());
            typed.begin();
        }
    });
    let error = action_error(save);
    let title = Signal::derive(move || {
        let key = if collection.with(Option::is_some) { t!("data.edit_collection") } else { t!("data.new_collection") };
        key.to_owned()
    });
    view! {
        <Dialog open title changed=typed.changed()>
            <form
                class="form"
                method="post"
                on:submit=move |event| {
                    event.prevent_default();
                    save.dispatch(());
                }
            >
                <TextField
                    label=t!("data.name")
                    name="name"
                    value=name
                    error=on_field(error, "name")
                    maxlength=80
                    autofocus=true
                />
                <TextArea
                    label=t!("data.description")
                    name="description"
                    value=description
                    error=on_field(error, "description")
                    hint=t!("data.description_hint")
                    maxlength=500
                />
                <FormError error=general_error(error, &["name", "description"]) />
                <DialogFoot>
                    <CancelButton />
                    <Button kind=ButtonKind::Primary of_type="submit" busy=save.pending()>{t!("form.save")}</Button>
                </DialogFoot>
            </form>
        </Dialog>
    }
}

/// Asks before a collection is deleted, and says what depends on it.
#[component]
pub fn DeleteCollection(
    /// Whether it is open.
    open: RwSignal<bool>,
    /// The collection to delete.
    collection: RwSignal<Option<Collection>>,
    /// Called when it is gone.
    on_done: Callback<()>,
) -> impl IntoView {
    let toaster = use_toaster();
    let delete = Action::new(move |collection: &Collection| {
        let collection = collection.id.clone();
        async move {
            delete_collection(collection).await?;
            open.set(false);
            toaster.say(t!("data.collection_deleted"));
            on_done.run(());
            Ok::<(), FnError>(())
        }
    });
    Effect::new(move |_| {
        if open.get() {
            delete.clear();
        }
    });
    let name = move || collection.get().map(|collection| collection.name).unwrap_or_default();
    view! {
        <ConfirmDialog
            open
            title=Signal::derive(move || t!("data.delete_collection_title", name = name()))
            text=Signal::derive(move || collection.get().map(|collection| what_goes(&collection)).unwrap_or_default())
            confirm=t!("form.delete")
            busy=delete.pending()
            error=action_error(delete)
            on_confirm=move |()| {
                if let Some(collection) = collection.get_untracked() {
                    delete.dispatch(collection);
                }
            }
        />
    }
}

fn what_goes(collection: &Collection) -> String {
    let mut text = t!(
        "data.delete_collection_text",
        sources = i18n::count("data.n_sources", collection.sources),
        documents = i18n::count("data.n_documents", collection.documents),
    );
    if !collection.used_by.is_empty() {
        text.push(' ');
        text.push_str(&t!("data.delete_collection_used", names = collection.used_by.join(", ")));
    }
    text
}
