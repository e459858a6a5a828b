//! Writing a document's value for a field by hand, or going back to what was read.

use hammock_contract::{
    DocumentId,
    metadata::{DocumentMetadata, MetadataField, MetadataKind, NewMetadataValues},
};
use leptos::prelude::*;

use super::api::{restore_values, write_values};
use crate::{
    FnError, t,
    ui::{
        Button, ButtonKind, CancelButton, Checkbox, Dialog, DialogFoot, Form, FormError, SelectField, TextField, Typed,
        form::action_error, general_error, on_field, use_toaster,
    },
};

/// The dialog that writes a value.
#[component]
pub fn ValueDialog(
    /// Whether it is open.
    open: RwSignal<bool>,
    /// What the document carries now.
    edited: RwSignal<Option<DocumentMetadata>>,
    /// The document.
    document: StoredValue<DocumentId>,
    /// Called with what the document carries then.
    on_done: Callback<DocumentMetadata>,
) -> impl IntoView {
    let toaster = use_toaster();
    let text = RwSignal::new(String::new());
    let chosen = RwSignal::new(Vec::<String>::new());
    let typed = Typed::in_fields(move || [vec![text.get()], chosen.get()].concat());
    let save = Action::new(move |restores: &bool| {
        let (restores, document, carried) = (*restores, document.get_value(), edited.get_untracked());
        let (text, chosen) = (text.get_untracked(), chosen.get_untracked());
        async move {
            let Some(field) = carried.map(|carried| carried.field) else { return Ok(()) };
            let now = if restores {
                restore_values(document, field.id).await?
            } else {
                let is_choice = field.kind == MetadataKind::Choice;
                let values = if is_choice { chosen } else { vec![text] };
                let values = values.into_iter().filter(|value| !value.trim().is_empty()).collect();
                write_values(document, field.id, NewMetadataValues { values }).await?
            };
            open.set(false);
            toaster.say(if restores { t!("metadata.restored") } else { t!("form.saved") });
            on_done.try_run(now);
            Ok::<(), FnError>(())
        }
    });
    Effect::new(move |_| {
        if open.get() {
            save.clear();
            let carried = edited.get_untracked();
            let is_choice = carried.as_ref().is_some_and(|carried| carried.field.kind == MetadataKind::Choice);
            // What is none of the options has no box to untick, and the server would refuse it with the others.
            let values: Vec<String> = carried
                .map(|carried| carried.values)
                .unwrap_or_default()
                .into_iter()
                .filter(|value| value.readable || !is_choice)
                .map(|value| value.text)
                .collect();
            text.set(values.first().cloned().unwrap_or_default());
            chosen.set(values);
            typed.begin();
        }
    });
    let error = action_error(save);
    let field = move || edited.get().map(|carried| carried.field);
    let title =
        Signal::derive(move || field().map(|field| t!("metadata.edit_value", name = field.name)).unwrap_or_default());
    let wrong = on_field(error, "values");
    view! {
        <Dialog open title changed=typed.changed()>
            <Form on_submit=move |()| { save.dispatch(false); }>
                {move || field().map(|field| value_field(field, text, chosen, wrong))}
                <FormError error=general_error(error, &["values"]) />
                <DialogFoot>
                    <Show when=move || edited.with(|carried| carried.as_ref().is_some_and(|carried| carried.by_hand))>
                        <Button kind=ButtonKind::Ghost busy=save.pending() on_click=move |_| { save.dispatch(true); }>
                            {t!("metadata.restore")}
                        </Button>
                    </Show>
                    <CancelButton />
                    <Button kind=ButtonKind::Primary of_type="submit" busy=save.pending()>{t!("form.save")}</Button>
                </DialogFoot>
            </Form>
        </Dialog>
    }
}

/// The field of the form that fits the kind.
fn value_field(
    field: MetadataField,
    text: RwSignal<String>,
    chosen: RwSignal<Vec<String>>,
    wrong: Signal<Option<String>>,
) -> AnyView {
    let hint = match field.kind {
        MetadataKind::Date => t!("metadata.date_hint"),
        MetadataKind::Number => t!("metadata.number_hint"),
        MetadataKind::Text | MetadataKind::Boolean | MetadataKind::Choice => t!("metadata.value_hint"),
    };
    match field.kind {
        MetadataKind::Choice => {
            let option = move |option: String| {
                let this = StoredValue::new(option.to_lowercase());
                let own = StoredValue::new(option.clone());
                let is_this = move |value: &String| value.to_lowercase() == this.get_value();
                view! {
                    <Checkbox
                        label=option
                        checked=Signal::derive(move || chosen.with(|chosen| chosen.iter().any(is_this)))
                        on_change=Callback::new(move |on: bool| chosen.update(|chosen| {
                            chosen.retain(|value| !is_this(value));
                            if on {
                                chosen.push(own.get_value());
                            }
                        }))
                    />
                }
            };
            view! {
                <fieldset class="field">
                    <legend>{t!("metadata.value")}</legend>
                    {field.options.into_iter().map(option).collect_view()}
                    <p class="hint">{t!("metadata.value_hint")}</p>
                    {move || wrong.get().map(|text| view! { <p class="field-error">{text}</p> })}
                </fieldset>
            }
            .into_any()
        }
        MetadataKind::Boolean => {
            let options = Memo::new(move |_| {
                let mut options = vec![
                    (String::new(), t!("metadata.no_value").to_owned()),
                    ("true".to_owned(), t!("functions.true").to_owned()),
                    ("false".to_owned(), t!("functions.false").to_owned()),
                ];
                // What was read in other words stays until something else is chosen.
                let now = text.get();
                if options.iter().all(|(value, _)| *value != now) {
                    options.push((now.clone(), now));
                }
                options
            });
            view! {
                <SelectField label=t!("metadata.value") name="values" value=text options error=wrong />
            }
            .into_any()
        }
        MetadataKind::Text | MetadataKind::Number | MetadataKind::Date => view! {
            <TextField label=t!("metadata.value") name="values" value=text hint error=wrong required=false
                autofocus=true />
        }
        .into_any(),
    }
}
