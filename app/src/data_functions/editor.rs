//! Defining a function, or changing one, with a look at the first rows of its answer.

use std::time::Duration;

use hammock_contract::{
    SourceId,
    function::{DataFunction, DataTable, FunctionArguments, FunctionDefinition},
};
use leptos::prelude::*;

use super::{
    api::{create_function, preview_function, update_function},
    draft::{columns_of, for_preview, keep_summary, key_of, summarise, table_choices, table_of},
    editor_parts::{Conditions, Parameters, Parts},
    editor_sums::{Figures, Order},
    results::{ResultTable, summary},
};
use crate::{
    FnError, t,
    ui::{
        Checkbox, ErrorText, FormDialog, SelectField, Switch, TextArea, TextField, Typed, form::action_error,
        general_error, on_field, use_toaster,
    },
};

/// How long nothing is typed before the first rows are asked for.
const PAUSE: Duration = Duration::from_millis(400);

/// The fields whose errors stand beside them.
const FIELDS: &[&str] = &["name", "description", "table", "limit", "parameters", "conditions", "aggregates", "sort"];

/// What the form holds.
#[derive(Clone, Copy)]
struct Form {
    name: RwSignal<String>,
    description: RwSignal<String>,
    table: RwSignal<String>,
    limit: RwSignal<String>,
    summarises: RwSignal<bool>,
    draft: RwSignal<FunctionDefinition>,
}

impl Form {
    fn new() -> Self {
        let empty = || RwSignal::new(String::new());
        let draft = RwSignal::new(FunctionDefinition::named(String::new()));
        Self {
            name: empty(),
            description: empty(),
            table: empty(),
            limit: empty(),
            summarises: RwSignal::new(false),
            draft,
        }
    }

    fn fill(self, definition: FunctionDefinition) {
        self.name.set(definition.name.clone());
        self.description.set(definition.description.clone());
        self.table.set(key_of(definition.table.as_ref()));
        self.limit.set(definition.limit.to_string());
        self.summarises.set(definition.summarises());
        self.draft.set(definition);
    }

    /// The definition as it stands. What is no number of rows is refused by the server.
    fn definition(self) -> FunctionDefinition {
        FunctionDefinition {
            name: self.name.get(),
            description: self.description.get(),
            table: table_of(&self.table.get()),
            limit: self.limit.get().trim().parse().unwrap_or_default(),
            ..self.draft.get()
        }
    }
}

/// The dialog that defines a function or changes one.
#[component]
pub fn FunctionEditor(
    /// Whether it is open.
    open: RwSignal<bool>,
    /// The function to change; none: a new one.
    function: RwSignal<Option<DataFunction>>,
    /// The source.
    source: Option<SourceId>,
    /// Its tables.
    tables: RwSignal<Vec<DataTable>>,
    /// Called when something was saved.
    on_done: Callback<()>,
) -> impl IntoView {
    let toaster = use_toaster();
    let source = StoredValue::new(source);
    let form = Form::new();
    let typed = Typed::in_fields(move || {
        let definition = form.definition();
        vec![form.limit.get(), format!("{definition:?}")]
    });
    let save = Action::new(move |(): &()| {
        let (definition, existing) = (untrack(move || form.definition()), function.get_untracked());
        let source = source.get_value();
        async move {
            match (source, existing) {
                (None, _) => {}
                (Some(source), Some(existing)) => {
                    update_function(source, existing.id, definition).await?;
                }
                (Some(source), None) => {
                    create_function(source, definition).await?;
                }
            }
            open.set(false);
            toaster.say(t!("form.saved"));
            on_done.try_run(());
            Ok::<(), FnError>(())
        }
    });
    Effect::new(move |_| {
        if open.get() {
            save.clear();
            let existing = function.get_untracked();
            form.fill(existing.map_or_else(|| FunctionDefinition::named(String::new()), |it| it.definition));
            typed.begin();
        }
    });
    let error = action_error(save);
    let title = Signal::derive(move || {
        let key = if function.with(Option::is_some) { t!("functions.edit") } else { t!("functions.define") };
        key.to_owned()
    });
    let columns = Memo::new(move |_| tables.with(|tables| columns_of(tables, &form.table.get())));
    let parts = Parts { draft: form.draft, columns };
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
            <TextField label=t!("functions.name") name="function-name" value=form.name error=on_field(error, "name")
                hint=t!("functions.name_hint") autofocus=true />
            <TextArea label=t!("functions.description") name="function-description" value=form.description
                error=on_field(error, "description") hint=t!("functions.description_hint") rows=2 />
            <SelectField label=t!("functions.table") name="function-table" value=form.table
                options=Signal::derive(move || tables.with(|tables| table_choices(tables, &form.table.get())))
                error=on_field(error, "table") />
            <Parameters parts error=on_field(error, "parameters") />
            <Conditions parts error=on_field(error, "conditions") />
            <Switch label=t!("functions.summarise") hint=t!("functions.summarise_hint") checked=form.summarises />
            <Summarising form />
            <Chosen form columns />
            <Show when=move || form.summarises.get()>
                <Figures parts error=on_field(error, "aggregates") />
            </Show>
            <Order parts error=on_field(error, "sort") />
            <TextField label=t!("functions.limit") name="function-limit" kind="number" value=form.limit
                error=on_field(error, "limit") step="1" min="1" max="1000" />
            <Preview open form source />
        </FormDialog>
    }
}

/// Follows the switch: what belongs to the other way to answer is taken out.
#[component]
fn Summarising(form: Form) -> impl IntoView {
    Effect::new(move |_| {
        let wanted = form.summarises.get();
        if form.draft.with_untracked(FunctionDefinition::summarises) != wanted {
            form.draft.update(|draft| summarise(draft, wanted));
        }
    });
}

/// The columns to return, or to group by.
#[component]
fn Chosen(form: Form, columns: Memo<Vec<hammock_contract::function::Column>>) -> impl IntoView {
    let legend = move || if form.summarises.get() { t!("functions.group_by") } else { t!("functions.columns") };
    let hint = move || if form.summarises.get() { t!("functions.group_by_hint") } else { t!("functions.columns_hint") };
    let is_chosen = move |name: &str| {
        let summarises = form.summarises.get();
        form.draft.with(|draft| {
            let list = if summarises { &draft.group_by } else { &draft.columns };
            list.iter().any(|chosen| chosen == name)
        })
    };
    let choose = move |name: &str, is_wanted: bool| {
        let summarises = form.summarises.get_untracked();
        form.draft.update(|draft| {
            let list = if summarises { &mut draft.group_by } else { &mut draft.columns };
            list.retain(|chosen| chosen != name);
            if is_wanted {
                list.push(name.to_owned());
            }
            if summarises {
                keep_summary(draft);
            }
        });
    };
    let names = Memo::new(move |_| {
        let mut names: Vec<String> = columns.with(|all| all.iter().map(|column| column.name.clone()).collect());
        let summarises = form.summarises.get();
        form.draft.with(|draft| {
            let chosen = if summarises { &draft.group_by } else { &draft.columns };
            // What is chosen and no longer there stays in sight, so that it can be taken out.
            for name in chosen {
                if !names.contains(name) {
                    names.push(name.clone());
                }
            }
        });
        names
    });
    view! {
        <fieldset class="field function-part">
            <legend>{legend}</legend>
            <p class="hint">{hint}</p>
            <div class="function-columns">
                <For each=move || names.get() key=String::clone let:label>
                    {
                        let name = StoredValue::new(label.clone());
                        view! {
                            <Checkbox
                                label
                                checked=Signal::derive(move || name.with_value(|name| is_chosen(name)))
                                on_change=move |is_wanted: bool| name.with_value(|name| choose(name, is_wanted))
                            />
                        }
                    }
                </For>
            </div>
        </fieldset>
    }
}

/// The first rows of the answer, as far as the function is written.
#[component]
fn Preview(open: RwSignal<bool>, form: Form, source: StoredValue<Option<SourceId>>) -> impl IntoView {
    let look = Action::new(move |definition: &FunctionDefinition| {
        let (definition, source) = (for_preview(definition.clone()), source.get_value());
        async move {
            match source {
                Some(source) => preview_function(source, definition, FunctionArguments::default()).await.map(Some),
                None => Ok(None),
            }
        }
    });
    Effect::new(move |_| {
        if !open.get() {
            return;
        }
        let definition = form.definition();
        let later = set_timeout_with_handle(
            move || {
                look.dispatch(definition);
            },
            PAUSE,
        );
        on_cleanup(move || {
            if let Ok(later) = later {
                later.clear();
            }
        });
    });
    let shown = move || match look.value().get() {
        None | Some(Ok(None)) => ().into_any(),
        Some(Ok(Some(run))) => {
            let told = summary(&run);
            view! { <p class="small muted" role="status">{told}</p> <ResultTable run /> }.into_any()
        }
        Some(Err(error)) => view! { <p class="small muted"><ErrorText error=error.0 /></p> }.into_any(),
    };
    view! {
        <section class="function-part">
            <h3>{t!("functions.preview")}</h3>
            <p class="hint">{t!("functions.preview_hint")}</p>
            {shown}
        </section>
    }
}
