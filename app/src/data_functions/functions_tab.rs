//! The functions of a source: which there are, and what can be done with them.

use hammock_contract::{
    SourceId,
    function::{DataFunction, DataTable},
};
use leptos::prelude::*;

use super::{
    api::{delete_function, list_functions, list_tables},
    editor::FunctionEditor,
    run_dialog::RunDialog,
};
use crate::{
    FnError, t,
    ui::{
        Button, ButtonKind, ConfirmAction, DeleteItem, EditItem, EmptyState, Load, Menu, Skeleton, Table, confirmed,
        page::focus_outlives,
    },
};

/// What the rows open. One of each for the whole list.
#[derive(Clone, Copy)]
struct Dialogs {
    /// The function that a dialog is about.
    function: RwSignal<Option<DataFunction>>,
    edit_open: RwSignal<bool>,
    run_open: RwSignal<bool>,
    delete_open: RwSignal<bool>,
}

impl Dialogs {
    fn open(self, dialog: RwSignal<bool>, function: Option<DataFunction>) {
        self.function.set(function);
        dialog.set(true);
    }
}

/// The tables of a source, and its functions.
pub type FunctionsFound = (Vec<DataTable>, Vec<DataFunction>);

/// Finds them; nothing where no source is asked about.
///
/// # Errors
/// `not_found`.
pub async fn find_functions(source: Option<SourceId>) -> Result<Option<FunctionsFound>, FnError> {
    match source {
        Some(source) => Ok(Some((list_tables(source.clone()).await?, list_functions(source).await?))),
        None => Ok(None),
    }
}

/// The functions of a source, with everything that can be done with them.
#[component]
pub fn FunctionsTab(
    /// The source.
    source: Option<SourceId>,
    /// What is known of it, asked for with the page.
    found: Resource<Result<Option<FunctionsFound>, FnError>>,
    /// Whether the person may change anything.
    can_write: bool,
) -> impl IntoView {
    let tables = RwSignal::new(Vec::<DataTable>::new());
    let dialogs = Dialogs {
        function: RwSignal::new(None),
        edit_open: RwSignal::new(false),
        run_open: RwSignal::new(false),
        delete_open: RwSignal::new(false),
    };
    let is_empty = RwSignal::new(false);
    // The button that defines the first function goes with it.
    focus_outlives(move || is_empty.try_get().unwrap_or_default());
    let again = Callback::new(move |()| found.refetch());
    let Dialogs { function, edit_open, run_open, delete_open } = dialogs;
    view! {
        <Load resource=found let:loaded>
            {match loaded {
                None => view! { <Skeleton /> }.into_any(),
                Some((known, functions)) => {
                    let has_tables = !known.is_empty();
                    tables.set(known);
                    is_empty.set(functions.is_empty());
                    if functions.is_empty() {
                        view! { <NoFunctions has_tables can_write dialogs /> }.into_any()
                    } else {
                        view! { <FunctionTable functions can_write dialogs /> }.into_any()
                    }
                }
            }}
        </Load>
        <FunctionEditor open=edit_open function source=source.clone() tables on_done=again />
        <RunDialog open=run_open function source=source.clone() />
        <DeleteFunction open=delete_open function source on_done=again />
    }
}

#[component]
fn FunctionTable(functions: Vec<DataFunction>, can_write: bool, dialogs: Dialogs) -> impl IntoView {
    let rows = functions.into_iter().map(|function| view! { <FunctionRow function can_write dialogs /> });
    let rows = rows.collect_view();
    view! {
        <div class="toolbar">
            <p class="muted">{t!("functions.intro")}</p>
            <span class="spacer"></span>
            {can_write.then(|| view! { <DefineButton dialogs /> })}
        </div>
        <Table caption=t!("functions.title")>
            <thead>
                <tr>
                    <th scope="col">{t!("functions.name")}</th>
                    <th scope="col">{t!("functions.description")}</th>
                    <th scope="col">{t!("functions.parameters")}</th>
                    <th scope="col" class="actions"><span class="visually-hidden">{t!("table.actions")}</span></th>
                </tr>
            </thead>
            <tbody>{rows}</tbody>
        </Table>
    }
}

#[component]
fn DefineButton(dialogs: Dialogs) -> impl IntoView {
    view! {
        <Button kind=ButtonKind::Primary icon="plus" on_click=move |_| dialogs.open(dialogs.edit_open, None)>
            {t!("functions.define")}
        </Button>
    }
}

/// None yet: what they are good for, or what they need first.
#[component]
fn NoFunctions(has_tables: bool, can_write: bool, dialogs: Dialogs) -> impl IntoView {
    if !has_tables {
        return view! { <EmptyState icon="table" title=t!("functions.no_tables") text=t!("functions.no_tables_text") /> }
            .into_any();
    }
    view! {
        <EmptyState icon="code" title=t!("functions.none") text=t!("functions.none_text")>
            {can_write.then(|| view! { <DefineButton dialogs /> })}
        </EmptyState>
    }
    .into_any()
}

#[component]
fn FunctionRow(function: DataFunction, can_write: bool, dialogs: Dialogs) -> impl IntoView {
    let stored = StoredValue::new(function.clone());
    let DataFunction { id, definition, .. } = function;
    let parameters =
        definition.parameters.iter().map(|parameter| parameter.name.as_str()).collect::<Vec<_>>().join(", ");
    let actions = t!("functions.actions_for", name = definition.name);
    let run = move || dialogs.open(dialogs.run_open, Some(stored.get_value()));
    view! {
        <tr>
            <td class="primary-cell"><code>{definition.name}</code></td>
            <td data-label=t!("functions.description")>{definition.description}</td>
            <td data-label=t!("functions.parameters")>{parameters}</td>
            <td class="actions">
                <span class="row">
                    <Button icon="play" on_click=move |_| run()>{t!("functions.run")}</Button>
                    {can_write.then(|| view! {
                        <Menu id=format!("menu-{id}") label=actions>
                            <EditItem on_click=move |()| dialogs.open(dialogs.edit_open, Some(stored.get_value())) />
                            <DeleteItem on_click=move |()| dialogs.open(dialogs.delete_open, Some(stored.get_value())) />
                        </Menu>
                    })}
                </span>
            </td>
        </tr>
    }
}

/// Asks before a function is deleted.
#[component]
fn DeleteFunction(
    open: RwSignal<bool>,
    function: RwSignal<Option<DataFunction>>,
    source: Option<SourceId>,
    on_done: Callback<()>,
) -> impl IntoView {
    let source = StoredValue::new(source);
    let done = move || {
        on_done.try_run(());
    };
    let delete = confirmed(open, t!("functions.deleted"), done, move |function: &DataFunction| {
        let (source, id) = (source.get_value(), function.id.clone());
        async move {
            match source {
                Some(source) => delete_function(source, id).await,
                None => Ok(()),
            }
        }
    });
    let name = move || function.get().map(|function| function.definition.name).unwrap_or_default();
    view! {
        <ConfirmAction
            open
            item=function
            title=Signal::derive(move || t!("functions.delete_title", name = name()))
            text=t!("functions.delete_text")
            confirm=t!("form.delete")
            action=delete
        />
    }
}
