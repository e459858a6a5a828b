//! The parts of a definition of which there may be any number, each in a row of its own.

use hammock_contract::function::{Cell, Column, ColumnKind, FunctionDefinition, Matching, Operand, Operator};
use leptos::{ev::MouseEvent, prelude::*};

use super::{
    controls::{Entry, Pick},
    draft::{compare, new_condition, new_parameter, nothing, rename},
    words,
};
use crate::{
    t,
    ui::{
        Button, Checkbox, Icon, IconButton,
        refocus::{refocus, to_adding},
    },
};

/// A list of a definition.
pub type ListOf<T> = fn(&mut FunctionDefinition) -> &mut Vec<T>;

/// What the parts have in common.
#[derive(Clone, Copy)]
pub struct Parts {
    /// What is being written.
    pub draft: RwSignal<FunctionDefinition>,
    /// The columns to choose from.
    pub columns: Memo<Vec<Column>>,
}

impl Parts {
    /// A part of it, as it is now.
    pub fn read<T: Send + Sync + Default + 'static>(
        self,
        of: impl Fn(&FunctionDefinition) -> Option<T> + Send + Sync + 'static,
    ) -> Signal<T> {
        Signal::derive(move || self.draft.with(|draft| of(draft).unwrap_or_default()))
    }

    /// Changes it.
    pub fn change(self, change: impl FnOnce(&mut FunctionDefinition)) {
        self.draft.update(change);
    }

    /// Changes a row of one of its lists, as long as it is there.
    pub fn edit<T>(self, list: ListOf<T>, place: usize, change: impl FnOnce(&mut T)) {
        self.change(|draft| {
            if let Some(row) = list(draft).get_mut(place) {
                change(row);
            }
        });
    }

    /// Takes a row out of one of its lists, by a button of that row.
    pub fn remove<T>(self, event: &MouseEvent, list: ListOf<T>, place: usize) {
        to_adding(event);
        self.change(|draft| {
            let rows = list(draft);
            if place < rows.len() {
                rows.remove(place);
            }
        });
    }

    /// The columns to choose from.
    pub fn column_choices(self) -> Signal<Vec<(String, String)>> {
        let columns = self.columns;
        Signal::derive(move || columns.with(|all| all.iter().map(|it| (it.name.clone(), it.name.clone())).collect()))
    }

    fn first_column(self) -> String {
        self.columns.with_untracked(|all| all.first().map(|it| it.name.clone()).unwrap_or_default())
    }
}

/// A heading with its rows, what is wrong with them, and a button that adds one.
#[component]
pub fn Rows(
    /// The heading.
    #[prop(into)]
    title: String,
    /// What it is good for.
    #[prop(optional, into)]
    hint: Option<String>,
    /// What the button says.
    #[prop(into)]
    add: String,
    /// What the server finds wrong.
    #[prop(into)]
    error: Signal<Option<String>>,
    /// Adds a row.
    #[prop(into)]
    on_add: Callback<()>,
    /// The rows.
    children: Children,
) -> impl IntoView {
    view! {
        <fieldset class="field function-part">
            <legend>{title}</legend>
            {hint.map(|hint| view! { <p class="hint">{hint}</p> })}
            {children()}
            {move || error.get().map(|text| view! {
                <p class="field-error" role="alert"><Icon name="alert-circle" /><span>{text}</span></p>
            })}
            <div><Button icon="plus" on_click=move |_| on_add.run(())>{add}</Button></div>
        </fieldset>
    }
}

/// The parameters.
#[component]
pub fn Parameters(
    /// The definition.
    parts: Parts,
    /// What is wrong with them.
    error: Signal<Option<String>>,
) -> impl IntoView {
    let number = move || 0..parts.draft.with(|draft| draft.parameters.len());
    let add = move |()| {
        parts.change(|draft| {
            let parameter = new_parameter(draft);
            draft.parameters.push(parameter);
        });
    };
    view! {
        <Rows title=t!("functions.parameters") hint=t!("functions.parameters_hint") add=t!("functions.add_parameter") error on_add=add>
            <For each=number key=|place| *place let:place>
                <div class="function-row">
                    <Entry
                        label=t!("functions.parameter_name")
                        placeholder=t!("functions.parameter_name")
                        value=parts.read(move |draft| draft.parameters.get(place).map(|it| it.name.clone()))
                        on_input=move |name: String| parts.change(|draft| rename(draft, place, name))
                    />
                    <Pick
                        label=t!("functions.parameter_kind")
                        value=parts.read(move |draft| {
                            draft.parameters.get(place).map(|it| words::choice(&ColumnKind::ALL, &it.kind))
                        })
                        options=Signal::derive(|| words::choices(&ColumnKind::ALL, words::kind))
                        on_change=move |chosen: String| {
                            if let Some(kind) = words::chosen(&ColumnKind::ALL, &chosen) {
                                parts.edit(|draft| &mut draft.parameters, place, |it| it.kind = kind);
                            }
                        }
                    />
                    <Entry
                        label=t!("functions.default")
                        placeholder=t!("functions.default")
                        value=parts.read(move |draft| {
                            draft.parameters.get(place).and_then(|it| it.default.as_ref()).map(Cell::to_string)
                        })
                        on_input=move |text: String| parts.edit(|draft| &mut draft.parameters, place, |it| {
                            it.default = Some(Cell::Text(text)).filter(|cell| *cell != Cell::Text(String::new()));
                        })
                    />
                    <Checkbox
                        label=t!("functions.required")
                        checked=parts.read(move |draft| draft.parameters.get(place).map(|it| it.required))
                        on_change=move |required: bool| {
                            parts.edit(|draft| &mut draft.parameters, place, |it| it.required = required);
                        }
                    />
                    <IconButton
                        icon="trash-2"
                        label=t!("functions.remove_parameter").to_owned()
                        on_click=move |event: MouseEvent| parts.remove(&event, |draft| &mut draft.parameters, place)
                    />
                </div>
            </For>
        </Rows>
    }
}

/// The conditions.
#[component]
pub fn Conditions(
    /// The definition.
    parts: Parts,
    /// What is wrong with them.
    error: Signal<Option<String>>,
) -> impl IntoView {
    let number = move || 0..parts.draft.with(|draft| draft.conditions.len());
    let add = move |()| {
        let column = parts.first_column();
        parts.change(|draft| draft.conditions.push(new_condition(column)));
    };
    let matchings = || {
        vec![
            ("all".to_owned(), t!("functions.match_all").to_owned()),
            ("any".to_owned(), t!("functions.match_any").to_owned()),
        ]
    };
    let several = move || parts.draft.with(|draft| draft.conditions.len() > 1);
    view! {
        <Rows title=t!("functions.conditions") hint=t!("functions.conditions_hint") add=t!("functions.add_condition") error on_add=add>
            <Show when=several>
                <Pick
                    label=t!("functions.matching")
                    value=parts.read(|draft| Some(if draft.matching == Matching::Any { "any" } else { "all" }.to_owned()))
                    options=Signal::derive(matchings)
                    on_change=move |chosen: String| parts.change(|draft| {
                        draft.matching = if chosen == "any" { Matching::Any } else { Matching::All };
                    })
                />
            </Show>
            <For each=number key=|place| *place let:place>
                <ConditionRow parts place />
            </For>
        </Rows>
    }
}

#[component]
fn ConditionRow(parts: Parts, place: usize) -> impl IntoView {
    let values = move || 0..parts.draft.with(|draft| draft.conditions.get(place).map_or(0, |it| it.values.len()));
    let takes_more = move || {
        parts.draft.with(|draft| draft.conditions.get(place).is_some_and(|it| it.values.len() < it.operator.values().1))
    };
    view! {
        <div class="function-row">
            <Pick
                label=t!("functions.column")
                value=parts.read(move |draft| draft.conditions.get(place).map(|it| it.column.clone()))
                options=parts.column_choices()
                on_change=move |column: String| {
                    parts.edit(|draft| &mut draft.conditions, place, |it| it.column = column);
                }
            />
            <Pick
                label=t!("functions.comparison")
                value=parts.read(move |draft| {
                    draft.conditions.get(place).map(|it| words::choice(&Operator::ALL, &it.operator))
                })
                options=Signal::derive(|| words::choices(&Operator::ALL, words::operator))
                on_change=move |chosen: String| {
                    if let Some(operator) = words::chosen(&Operator::ALL, &chosen) {
                        parts.edit(|draft| &mut draft.conditions, place, |it| compare(it, operator));
                    }
                }
            />
            <For each=values key=|value| *value let:value>
                <ValueFields parts place value />
            </For>
            <Show when=takes_more>
                <IconButton
                    icon="plus"
                    label=t!("functions.add_value").to_owned()
                    on_click=move |event: MouseEvent| {
                        parts.edit(|draft| &mut draft.conditions, place, |it| it.values.push(nothing()));
                        // To the new value: this button goes away with the last that there may be.
                        refocus(&event, ".function-row", "input");
                    }
                />
            </Show>
            <IconButton
                icon="trash-2"
                label=t!("functions.remove_condition").to_owned()
                on_click=move |event: MouseEvent| parts.remove(&event, |draft| &mut draft.conditions, place)
            />
        </div>
    }
}

/// A value: what is typed, or a parameter. Where the row wraps, a value stays beside the choice where it is from.
#[component]
fn ValueFields(parts: Parts, place: usize, value: usize) -> impl IntoView {
    let operand = move |draft: &FunctionDefinition| draft.conditions.get(place)?.values.get(value).cloned();
    let set = move |operand: Operand| {
        parts.change(|draft| {
            if let Some(slot) = draft.conditions.get_mut(place).and_then(|it| it.values.get_mut(value)) {
                *slot = operand;
            }
        });
    };
    let sources = move || {
        let typed = (String::new(), t!("functions.constant").to_owned());
        let named = parts.draft.with(|draft| draft.parameters.iter().map(|it| it.name.clone()).collect::<Vec<_>>());
        let named = named.into_iter().map(|name| (name.clone(), t!("functions.parameter_named", name = name)));
        std::iter::once(typed).chain(named).collect::<Vec<_>>()
    };
    let is_typed = move || !matches!(parts.draft.with(operand), Some(Operand::Parameter(_)));
    view! {
        <div class="function-value">
            <Pick
                label=t!("functions.value_from")
                value=parts.read(move |draft| match operand(draft)? {
                    Operand::Parameter(name) => Some(name),
                    Operand::Constant(_) => None,
                })
                options=Signal::derive(sources)
                on_change=move |name: String| set(if name.is_empty() { nothing() } else { Operand::Parameter(name) })
            />
            <Show when=is_typed>
                <Entry
                    label=t!("functions.value")
                    placeholder=t!("functions.value")
                    value=parts.read(move |draft| match operand(draft)? {
                        Operand::Constant(cell) => Some(cell.to_string()),
                        Operand::Parameter(_) => None,
                    })
                    on_input=move |text: String| set(Operand::Constant(Cell::Text(text)))
                />
            </Show>
        </div>
    }
}
