//! Adding a source, files or a website, and changing one.

use hammock_contract::{
    ApiError, SourceId,
    source::{Source, SourceState},
};
use leptos::{prelude::*, task::spawn_local};

use super::{
    api::{create_source, refresh_source, update_source},
    collection_page::takes_files,
    live::Live,
    source_fields::{FIELDS, Fields, WebsiteFields, patch_of},
};
use crate::{
    FnError, t,
    ui::{
        Button, ButtonKind, CancelButton, Dialog, DialogFoot, FormError, TextField, Toaster, Typed,
        choice::{Choice, ChoiceCards},
        form::action_error,
        general_error, on_field, use_toaster,
    },
};

/// The dialog that adds a source, or changes one.
#[component]
pub fn SourceDialog(
    /// Whether it is open.
    open: RwSignal<bool>,
    /// The source to change; none: a new one.
    source: RwSignal<Option<Source>>,
    /// The page.
    live: Live,
) -> impl IntoView {
    let toaster = use_toaster();
    let fields = Fields::new();
    let typed = Typed::in_fields(move || fields.values());
    let save = Action::new(move |(): &()| {
        let (collection, existing) = (live.collection.get_untracked(), source.get_untracked());
        let now = fields.source();
        async move {
            let now = now?;
            if let Some(existing) = existing {
                let patch = patch_of(&existing, now);
                let is_read_otherwise = patch.website.is_some();
                let saved = update_source(existing.id, patch).await?;
                open.set(false);
                if !is_read_otherwise {
                    toaster.say(t!("form.saved"));
                } else if saved.state == SourceState::Working {
                    toaster.say(t!("data.source_saved"));
                } else {
                    offer_to_read(toaster, live, saved.id);
                }
            } else {
                let collection = collection.ok_or_else(|| FnError(ApiError::not_found()))?;
                create_source(collection.id, now).await?;
                open.set(false);
                toaster.say(t!("data.source_added"));
            }
            live.refresh();
            Ok::<(), FnError>(())
        }
    });
    Effect::new(move |_| {
        if open.get() {
            save.clear();
            source.with_untracked(|source| fields.fill(source.as_ref()));
            typed.begin();
        }
    });
    let title = Signal::derive(move || {
        if source.with(Option::is_some) { t!("data.edit_source").to_owned() } else { t!("data.add_source").to_owned() }
    });
    let submit = Callback::new(move |()| {
        save.dispatch(());
    });
    view! {
        <Dialog open title changed=typed.changed()>
            <SourceForm
                fields
                source=source.get_untracked()
                error=action_error(save)
                busy=save.pending()
                on_submit=submit
            />
        </Dialog>
    }
}

/// Says that what was changed counts from the next reading on, and offers to begin that now.
fn offer_to_read(toaster: Toaster, live: Live, source: SourceId) {
    // The notice outlives the page, so what it does must belong to no page.
    spawn_local(async move {
        let read = Callback::new(move |()| {
            let source = source.clone();
            spawn_local(async move {
                match refresh_source(source).await {
                    Ok(_) => live.refresh(),
                    Err(error) => toaster.refuse(&error.0),
                }
            });
        });
        toaster.offer(t!("data.source_saved"), t!("data.read_again_now"), read);
    });
}

#[component]
fn SourceForm(
    fields: Fields,
    /// What is stored; none for a new source.
    source: Option<Source>,
    error: Signal<Option<ApiError>>,
    #[prop(into)] busy: Signal<bool>,
    on_submit: Callback<()>,
) -> impl IntoView {
    let is_new = source.is_none();
    let is_upload = source.as_ref().is_some_and(|source| takes_files(&source.kind));
    let stored = StoredValue::new(source);
    let name = if is_new {
        view! {
            <TextField
                label=t!("data.name")
                name="name"
                value=fields.name
                error=on_field(error, "name")
                hint=t!("data.source_name_hint")
                required=false
                maxlength=80
            />
        }
        .into_any()
    } else {
        view! {
            <TextField
                label=t!("data.name")
                name="name"
                value=fields.name
                error=on_field(error, "name")
                maxlength=80
                autofocus=is_upload
            />
        }
        .into_any()
    };
    view! {
        <form
            class="form"
            method="post"
            novalidate
            on:submit=move |event| {
                event.prevent_default();
                on_submit.run(());
            }
        >
            {is_new.then(|| view! { <ChoiceCards legend=t!("data.kind") name="kind" value=fields.kind choices=kinds() /> })}
            <Show when=move || !is_upload && fields.kind.get() != "upload">
                <WebsiteFields fields source=stored.get_value() error />
            </Show>
            {name}
            <FormError error=general_error(error, FIELDS) />
            <DialogFoot>
                <CancelButton />
                <Button kind=ButtonKind::Primary of_type="submit" busy>
                    {if is_new { t!("data.add_source") } else { t!("form.save") }}
                </Button>
            </DialogFoot>
        </form>
    }
}

fn kinds() -> Vec<Choice> {
    vec![
        Choice {
            value: "website",
            icon: Some("globe".into()),
            label: t!("data.kind_website").to_owned(),
            hint: t!("data.kind_website_hint").to_owned(),
        },
        Choice {
            value: "upload",
            icon: Some("file-up".into()),
            label: t!("data.kind_files").to_owned(),
            hint: t!("data.kind_files_hint").to_owned(),
        },
    ]
}
