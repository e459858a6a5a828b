//! Adding a source: files or a website.

use hammock_contract::ApiError;
use leptos::prelude::*;

use super::{
    api::create_source,
    live::Live,
    source_fields::{FIELDS, Fields, WebsiteFields},
};
use crate::{
    FnError, t,
    ui::{
        FormDialog, TextArea, TextField, Typed,
        choice::{Choice, ChoiceCards},
        form::action_error,
        general_error, use_toaster,
    },
};

/// The dialog that adds a source.
#[component]
pub fn SourceDialog(
    /// Whether it is open.
    open: RwSignal<bool>,
    /// The page.
    live: Live,
) -> impl IntoView {
    let toaster = use_toaster();
    let fields = Fields::new();
    let typed = Typed::in_fields(move || fields.values());
    let add = Action::new(move |(): &()| {
        let (collection, new) = (live.collection.get_untracked(), fields.source());
        async move {
            let collection = collection.ok_or_else(|| FnError(ApiError::not_found()))?;
            create_source(collection.id, new?).await?;
            open.set(false);
            toaster.say(t!("data.source_added"));
            live.refresh();
            Ok::<(), FnError>(())
        }
    });
    Effect::new(move |_| {
        if open.get() {
            add.clear();
            fields.fill(None);
            typed.begin();
        }
    });
    let error = action_error(add);
    view! {
        <FormDialog
            open
            title=t!("data.add_source")
            novalidate=true
            changed=typed.changed()
            submit=t!("data.add_source")
            busy=add.pending()
            error=general_error(error, FIELDS)
            on_submit=move |()| { add.dispatch(()); }
        >
            <ChoiceCards legend=t!("data.kind") name="kind" value=fields.kind choices=kinds() />
            <Show when=move || fields.kind.get() != "upload">
                <WebsiteFields fields source=None error />
            </Show>
            <TextField label=t!("data.name") name="name" value=fields.name error hint=t!("data.source_name_hint")
                required=false />
            <TextArea label=t!("data.description") name="description" value=fields.description error
                hint=t!("data.source_description_hint") rows=2 />
        </FormDialog>
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
