//! Making, changing and deleting a collection.

use hammock_contract::{
    ApiError,
    collection::{Collection, CollectionPatch, NewCollection},
    deletion::{Deletion, Dependents},
    retrieval::RetrievalSettings,
};
use leptos::{html, prelude::*};
use leptos_router::{NavigateOptions, hooks::use_navigate};

use super::{
    access_draft::AccessDraft,
    access_fields::AccessFields,
    api::{create_collection, delete_collection, update_collection},
    dependents::{dependents_of, lost},
    retrieval_fields::{RETRIEVAL_FIELDS, RetrievalDraft, RetrievalFields},
    threshold_presets::ThresholdPresets,
};
use crate::{
    FnError, i18n, t,
    ui::{
        ConfirmAction, FormDialog, TextArea, TextField, Typed, confirmed, form::action_error, general_error,
        unfolded_first, use_toaster,
    },
};

/// The fields that say themselves what is wrong with them.
const FIELDS: &[&str] =
    &["name", "description", "access", "people", "threshold", "passages", "keyword_weight", "language"];

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
    let access = AccessDraft::blank();
    let retrieval = RetrievalDraft::of(&RetrievalSettings::default());
    let typed = Typed::in_fields(move || {
        let words = [name, description].into_iter().chain(retrieval.texts()).map(|field| field.get());
        words.chain([access.text()]).collect()
    });
    // Of a collection that one manages without seeing it, nothing else can be changed.
    let can_read = move || collection.with(|it| it.as_ref().is_none_or(|it| it.can_read));
    let save = Action::new(move |(): &()| {
        let (name, description) = (name.get_untracked(), description.get_untracked());
        let retrieval = untrack(move || retrieval.settings());
        let existing = collection.get_untracked();
        let (change, whole) = untrack(|| (existing.as_ref().map(|it| access.change(it)), access.whole()));
        async move {
            let (is_new, retrieval) = (existing.is_none(), retrieval?);
            let saved = match existing {
                Some(existing) => {
                    let words = Some((name, description)).filter(|_| existing.can_read);
                    let (name, description) = words.unzip();
                    let (access, people) = change.unwrap_or_default();
                    let retrieval = Some(retrieval).filter(|_| existing.can_read);
                    let patch = CollectionPatch { name, description, retrieval, access, people };
                    update_collection(existing.id, patch).await?
                }
                None => {
                    let (access, people) = whole;
                    create_collection(NewCollection { name, description, retrieval, access, people }).await?
                }
            };
            open.set(false);
            toaster.say(t!("form.saved"));
            if is_new {
                let href = format!("/data/{}", saved.id);
                // The page may be gone meanwhile, and somebody elsewhere stays there.
                let _ = navigate.try_with_value(|go| go(&href, NavigateOptions::default()));
            } else {
                on_done.try_run(());
            }
            Ok::<(), FnError>(())
        }
    });
    Effect::new(move |_| {
        if open.get() {
            save.clear();
            let existing = collection.get_untracked();
            name.set(existing.as_ref().map(|existing| existing.name.clone()).unwrap_or_default());
            retrieval.show(&existing.as_ref().map(|existing| existing.retrieval.clone()).unwrap_or_default());
            description.set(existing.as_ref().map(|existing| existing.description.clone()).unwrap_or_default());
            access.open(existing.as_ref());
            typed.begin();
        }
    });
    let error = action_error(save);
    let title = Signal::derive(move || {
        collection.with(|it| match it {
            Some(it) if !it.can_read => t!("data.change_access_of", name = it.name),
            Some(_) => t!("data.edit_collection").to_owned(),
            None => t!("data.new_collection").to_owned(),
        })
    });
    view! {
        <FormDialog
            open
            title
            changed=typed.changed()
            submit=t!("form.save")
            busy=save.pending()
            error=general_error(error, FIELDS)
            on_submit=move |()| { save.dispatch(()); }
        >
            <Show when=can_read>
                <TextField label=t!("data.name") name="name" value=name error autofocus=true />
                <TextArea label=t!("data.description") name="description" value=description error
                    hint=t!("data.description_hint") />
            </Show>
            <AccessFields draft=access collection error />
            <Show when=can_read>
                <FoldedRetrieval draft=retrieval error />
            </Show>
        </FormDialog>
    }
}

/// How the collection is searched, which most people leave as it is.
#[component]
fn FoldedRetrieval(draft: RetrievalDraft, error: Signal<Option<ApiError>>) -> impl IntoView {
    let details = NodeRef::<html::Details>::new();
    let told = unfolded_first(details, &RETRIEVAL_FIELDS, error);
    // What is set is seen.
    Effect::new(move |_| {
        let is_set = draft.texts().iter().any(|text| text.with(|typed| !typed.is_empty()));
        if is_set && let Some(details) = details.get() {
            details.set_open(true);
        }
    });
    view! {
        <details class="more-settings" node_ref=details>
            <summary>{t!("retrieval.title")}</summary>
            <div class="form">
                <ThresholdPresets threshold=draft.threshold />
                <RetrievalFields draft threshold_hint=t!("data.threshold_hint") error=told />
            </div>
        </details>
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
    let done = move || {
        on_done.try_run(());
    };
    let delete = confirmed(open, t!("data.collection_deleted"), done, |collection: &Collection| {
        delete_collection(collection.id.clone())
    });
    let name = move || collection.get().map(|collection| collection.name).unwrap_or_default();
    // What is in one that is hidden is not told.
    let found = dependents_of(open, move || {
        collection.with(|it| it.as_ref().filter(|it| it.can_read).map(|it| Deletion::Collection(it.id.clone())))
    });
    let text = move || collection.get().map(|collection| what_goes(&collection, found.get())).unwrap_or_default();
    view! {
        <ConfirmAction
            open
            item=collection
            title=Signal::derive(move || t!("data.delete_collection_title", name = name()))
            text=Signal::derive(text)
            confirm=t!("form.delete")
            action=delete
        />
    }
}

fn what_goes(collection: &Collection, found: Option<Dependents>) -> String {
    if !collection.can_read {
        return t!("data.delete_hidden_text").to_owned();
    }
    let found = found.unwrap_or_else(|| Dependents {
        edits: collection.edited_chunks,
        questions: collection.questions,
        ..Dependents::default()
    });
    let mut things =
        vec![i18n::count("data.n_sources", collection.sources), i18n::count("data.n_documents", collection.documents)];
    if found.questions > 0 {
        things.push(i18n::count("data.n_questions_lost", found.questions));
    }
    things.extend(lost(&found));
    let mut text = t!("data.delete_collection_text", things = things.join(", "));
    if !collection.used_by.is_empty() {
        text.push(' ');
        text.push_str(&t!("data.delete_collection_used", names = collection.used_by.join(", ")));
    }
    text
}
