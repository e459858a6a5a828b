//! What a function answered: how much matches, the rows, where they are from, and the rows as a file.

use hammock_contract::function::{ColumnKind, FunctionRun, RowsOf};
use leptos::prelude::*;
use leptos_router::components::A;

use super::{csv::csv_of, words};
use crate::{
    i18n, t,
    ui::{EmptyState, Icon},
};

/// The rows in a table that scrolls inside itself.
#[component]
pub fn ResultTable(
    /// The answer.
    run: FunctionRun,
) -> impl IntoView {
    let FunctionRun { columns, rows, .. } = run;
    let class = |kind: ColumnKind| if kind == ColumnKind::Number { "number" } else { "" };
    let head =
        columns.iter().map(|column| view! { <th scope="col" class=class(column.kind)>{column.name.clone()}</th> });
    let head = head.collect_view();
    let body = rows.into_iter().map(|row| {
        let cells = columns.iter().map(|column| {
            view! { <td class=class(column.kind)>{row.get(&column.name).map(words::cell)}</td> }
        });
        view! { <tr>{cells.collect_view()}</tr> }
    });
    let body = body.collect_view();
    view! {
        <div class="function-rows" role="region" aria-label=t!("functions.result") tabindex="0">
            <table class="table">
                <caption class="visually-hidden">{t!("functions.result")}</caption>
                <thead><tr>{head}</tr></thead>
                <tbody>{body}</tbody>
            </table>
        </div>
    }
}

/// How many rows match, and whether all are shown.
pub fn summary(run: &FunctionRun) -> String {
    let matched = i18n::count("functions.n_matched", run.matched);
    if run.truncated {
        let shown = u64::try_from(run.rows.len()).unwrap_or(u64::MAX);
        return format!("{matched} · {}", i18n::count("functions.n_shown", shown));
    }
    matched
}

/// The whole answer. It is made in the browser alone.
#[component]
pub fn ResultView(
    /// The answer.
    run: FunctionRun,
    /// The name of the function.
    name: String,
) -> impl IntoView {
    let told = summary(&run);
    if run.rows.is_empty() {
        return view! { <EmptyState icon="search" title=t!("functions.nothing") text=t!("functions.nothing_text") /> }
            .into_any();
    }
    let file = format!("data:text/csv;charset=utf-8,{}", String::from(js_sys::encode_uri_component(&csv_of(&run))));
    let tables = run.tables.clone();
    view! {
        <div class="row wrap">
            <p class="spacer" role="status">{told}</p>
            <a class="button" href=file download=format!("{name}.csv") rel="external">
                <Icon name="download" />{t!("functions.download")}
            </a>
        </div>
        <ResultTable run />
        <Origins tables />
    }
    .into_any()
}

/// The documents that the rows are from.
#[component]
fn Origins(tables: Vec<RowsOf>) -> impl IntoView {
    let links = tables.into_iter().map(|table| {
        let RowsOf { document, title, sheet, matched } = table;
        let name = sheet.map_or(title.clone(), |sheet| format!("{title} · {sheet}"));
        view! {
            <li>
                <A href=format!("/data/documents/{document}")>{name}</A> " "
                <span class="faint">{i18n::count("functions.n_rows", matched)}</span>
            </li>
        }
    });
    view! { <div class="small"><b>{t!("functions.from")}</b><ul class="function-origins">{links.collect_view()}</ul></div> }
}
