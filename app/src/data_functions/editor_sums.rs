//! What becomes of the rows that match: figures, and an order.

use hammock_contract::function::{Aggregate, Figure, Sort};
use leptos::{ev::MouseEvent, prelude::*};

use super::{
    controls::Pick,
    draft::{keep_summary, sortable},
    editor_parts::{Parts, Rows},
    words,
};
use crate::{
    t,
    ui::{IconButton, refocus::to_adding},
};

/// The figures.
#[component]
pub fn Figures(
    /// The definition.
    parts: Parts,
    /// What is wrong with them.
    error: Signal<Option<String>>,
) -> impl IntoView {
    let number = move || 0..parts.draft.with(|draft| draft.aggregates.len());
    let add = move |()| {
        parts.change(|draft| draft.aggregates.push(Aggregate { figure: Figure::Count, column: None }));
    };
    let remove = move |place: usize| {
        parts.change(|draft| {
            if place < draft.aggregates.len() {
                draft.aggregates.remove(place);
            }
            keep_summary(draft);
        });
    };
    let all = parts.column_choices();
    let columns = move || {
        let none = (String::new(), t!("functions.rows").to_owned());
        std::iter::once(none).chain(all.get()).collect::<Vec<_>>()
    };
    view! {
        <Rows
            title=t!("functions.figures")
            hint=t!("functions.figures_hint")
            add=t!("functions.add_figure")
            error
            on_add=add
        >
            <For each=number key=|place| *place let:place>
                <div class="function-row">
                    <Pick
                        label=t!("functions.figure")
                        value=parts.read(move |draft| {
                            draft.aggregates.get(place).map(|it| words::choice(&Figure::ALL, &it.figure))
                        })
                        options=Signal::derive(|| words::choices(&Figure::ALL, words::figure))
                        on_change=move |chosen: String| {
                            if let Some(figure) = words::chosen(&Figure::ALL, &chosen) {
                                parts.edit(|draft| &mut draft.aggregates, place, |it| it.figure = figure);
                            }
                        }
                    />
                    <Pick
                        label=t!("functions.column")
                        value=parts.read(move |draft| draft.aggregates.get(place).and_then(|it| it.column.clone()))
                        options=Signal::derive(columns)
                        on_change=move |column: String| parts.edit(|draft| &mut draft.aggregates, place, |it| {
                            it.column = Some(column).filter(|column| !column.is_empty());
                        })
                    />
                    <IconButton
                        icon="trash-2"
                        label=t!("functions.remove_figure").to_owned()
                        on_click=move |event: MouseEvent| {
                            to_adding(&event);
                            remove(place);
                        }
                    />
                </div>
            </For>
        </Rows>
    }
}

/// By what the answer is sorted.
#[component]
pub fn Order(
    /// The definition.
    parts: Parts,
    /// What is wrong with it.
    error: Signal<Option<String>>,
) -> impl IntoView {
    let number = move || 0..parts.draft.with(|draft| draft.sort.len());
    let choices = move || {
        let names = parts.draft.with(|draft| parts.columns.with(|columns| sortable(draft, columns)));
        names.into_iter().map(|name| (name.clone(), name)).collect::<Vec<_>>()
    };
    let add = move |()| {
        let first = untrack(choices).into_iter().next().map(|(name, _)| name).unwrap_or_default();
        parts.change(|draft| draft.sort.push(Sort { column: first, descending: false }));
    };
    let directions = || {
        vec![
            ("up".to_owned(), t!("functions.ascending").to_owned()),
            ("down".to_owned(), t!("functions.descending").to_owned()),
        ]
    };
    view! {
        <Rows title=t!("functions.sort") add=t!("functions.add_sort") error on_add=add>
            <For each=number key=|place| *place let:place>
                <div class="function-row">
                    <Pick
                        label=t!("functions.sort_by")
                        value=parts.read(move |draft| draft.sort.get(place).map(|it| it.column.clone()))
                        options=Signal::derive(choices)
                        on_change=move |column: String| {
                            parts.edit(|draft| &mut draft.sort, place, |it| it.column = column);
                        }
                    />
                    <Pick
                        label=t!("functions.direction")
                        value=parts.read(move |draft| {
                            draft.sort.get(place).map(|it| if it.descending { "down" } else { "up" }.to_owned())
                        })
                        options=Signal::derive(directions)
                        on_change=move |chosen: String| {
                            parts.edit(|draft| &mut draft.sort, place, |it| it.descending = chosen == "down");
                        }
                    />
                    <IconButton
                        icon="trash-2"
                        label=t!("functions.remove_sort").to_owned()
                        on_click=move |event: MouseEvent| parts.remove(&event, |draft| &mut draft.sort, place)
                    />
                </div>
            </For>
        </Rows>
    }
}
