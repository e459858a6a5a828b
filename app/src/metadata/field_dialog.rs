//! Defining a field, or changing one.

use hammock_contract::metadata::{MetadataField, MetadataFieldSettings, MetadataKind};
use leptos::prelude::*;

use super::{
    api::{create_field, update_field},
    metadata_page::Fields,
    words::{KINDS, kind_name, kind_of, kind_value},
};
use crate::{
    FnError, t,
    ui::{FormDialog, SelectField, TextArea, TextField, Typed, form::action_error, general_error, use_toaster},
};

/// The fields of the form that say themselves what is wrong with them.
const FIELDS: &[&str] = &["name", "key", "kind", "options", "front_matter", "json_ld", "column"];

/// One signal for each field of the form.
#[derive(Clone, Copy)]
struct Draft {
    name: RwSignal<String>,
    key: RwSignal<String>,
    kind: RwSignal<String>,
    options: RwSignal<String>,
    front_matter: RwSignal<String>,
    json_ld: RwSignal<String>,
    column: RwSignal<String>,
}

impl Draft {
    fn new() -> Self {
        let text = || RwSignal::new(String::new());
        Self {
            name: text(),
            key: text(),
            kind: text(),
            options: text(),
            front_matter: text(),
            json_ld: text(),
            column: text(),
        }
    }

    const fn texts(self) -> [RwSignal<String>; 7] {
        [self.name, self.key, self.kind, self.options, self.front_matter, self.json_ld, self.column]
    }

    fn show(self, field: Option<MetadataField>) {
        let kind = field.as_ref().map(|field| field.kind).unwrap_or_default();
        self.kind.set(kind_value(kind).to_owned());
        let field = field.as_ref();
        let of = |text: fn(&MetadataField) -> String| field.map(text).unwrap_or_default();
        self.name.set(of(|field| field.name.clone()));
        self.key.set(of(|field| field.key.clone()));
        self.options.set(of(|field| field.options.join("\n")));
        self.front_matter.set(of(|field| field.front_matter.clone().unwrap_or_default()));
        self.json_ld.set(of(|field| field.json_ld.clone().unwrap_or_default()));
        self.column.set(of(|field| field.column.clone().unwrap_or_default()));
    }

    fn settings(self) -> MetadataFieldSettings {
        let some = |text: RwSignal<String>| Some(text.get_untracked()).filter(|text| !text.trim().is_empty());
        MetadataFieldSettings {
            name: self.name.get_untracked(),
            key: some(self.key),
            kind: kind_of(&self.kind.get_untracked()),
            options: self.options.get_untracked().lines().map(str::to_owned).collect(),
            front_matter: some(self.front_matter),
            json_ld: some(self.json_ld),
            column: some(self.column),
        }
    }
}

/// The dialog that defines a field or changes one.
#[component]
pub fn FieldDialog(
    /// Whether it is open.
    open: RwSignal<bool>,
    /// The field to change; none: a new one.
    field: RwSignal<Option<MetadataField>>,
    /// The page.
    fields: Fields,
) -> impl IntoView {
    let toaster = use_toaster();
    let draft = Draft::new();
    let typed = Typed::in_fields(move || draft.texts().into_iter().map(|text| text.get()).collect());
    let save = Action::new(move |(): &()| {
        let (settings, existing, collection) = (draft.settings(), field.get_untracked(), fields.id());
        async move {
            match (collection, existing) {
                (None, _) => {}
                (Some(collection), Some(existing)) => {
                    update_field(collection, existing.id, settings).await?;
                }
                (Some(collection), None) => {
                    create_field(collection, settings).await?;
                }
            }
            open.set(false);
            toaster.say(t!("form.saved"));
            fields.refresh();
            Ok::<(), FnError>(())
        }
    });
    Effect::new(move |_| {
        if open.get() {
            save.clear();
            draft.show(field.get_untracked());
            typed.begin();
        }
    });
    let error = action_error(save);
    let title = Signal::derive(move || {
        let key = if field.with(Option::is_some) { t!("metadata.edit") } else { t!("metadata.add") };
        key.to_owned()
    });
    let kinds = || KINDS.map(|(kind, value)| (value.to_owned(), kind_name(kind).to_owned())).to_vec();
    // Where documents say it: for each place the field, and what is typed there.
    let places = [
        ("front_matter", draft.front_matter, t!("metadata.front_matter"), t!("metadata.front_matter_hint")),
        ("json_ld", draft.json_ld, t!("metadata.json_ld"), t!("metadata.json_ld_hint")),
        ("column", draft.column, t!("metadata.column"), t!("metadata.column_hint")),
    ];
    let is_choice = move || kind_of(&draft.kind.get()) == MetadataKind::Choice;
    view! {
        <FormDialog
            open
            wide=true
            title
            changed=typed.changed()
            submit=t!("form.save")
            busy=save.pending()
            error=general_error(error, FIELDS)
            on_submit=move |()| { save.dispatch(()); }
        >
            <TextField label=t!("metadata.name") name="name" value=draft.name error autofocus=true />
            <TextField label=t!("metadata.key") name="key" value=draft.key error hint=t!("metadata.key_hint")
                required=false />
            <SelectField label=t!("metadata.kind") name="kind" value=draft.kind options=Signal::derive(kinds) error />
            <Show when=is_choice>
                <TextArea label=t!("metadata.options") name="options" value=draft.options error
                    hint=t!("metadata.options_hint") required=true />
            </Show>
            {places
                .map(|(name, value, label, hint)| view! { <TextField label name value error hint required=false /> })
                .into_iter()
                .collect_view()}
        </FormDialog>
    }
}
