//! One run: its figures in every way to search, and the questions that got worse.

use hammock_contract::{
    CollectionId, EvaluationRunId,
    evaluation::{EvaluationFigures, EvaluationReport, WorseQuestion},
};
use leptos::prelude::*;
use leptos_router::components::A;

use super::{api::read_report, board::Board, question_list::search_address, words};
use crate::{
    i18n, t,
    ui::{ErrorState, Icon, Moment, Skeleton, Table},
};

/// The report of the run that the address asks for, or of the last complete one. Nothing while there is none.
#[component]
pub fn RunReport(
    /// The page.
    board: Board,
    /// The run that the address asks for.
    asked: Memo<Option<EvaluationRunId>>,
) -> impl IntoView {
    let report =
        Action::new(|(collection, run): &(CollectionId, EvaluationRunId)| read_report(collection.clone(), run.clone()));
    let wanted = Memo::new(move |_| {
        let run = asked.get().or_else(|| board.last_complete())?;
        Some((board.collection.with(|it| it.as_ref().map(|it| it.id.clone()))?, run))
    });
    let ask = move || {
        if let Some(wanted) = wanted.get_untracked() {
            report.dispatch(wanted);
        }
    };
    Effect::new(move |_| {
        wanted.track();
        ask();
    });
    let shown = move || match report.value().get() {
        None => view! { <Skeleton lines=3 /> }.into_any(),
        Some(Err(error)) => view! { <ErrorState error on_retry=Callback::new(move |()| ask()) /> }.into_any(),
        Some(Ok(report)) => view! { <Report report /> }.into_any(),
    };
    view! {
        <Show when=move || wanted.with(Option::is_some)>
            <section class="section" aria-live="polite">{shown}</section>
        </Show>
    }
}

#[component]
fn Report(report: EvaluationReport) -> impl IntoView {
    let EvaluationReport { run, before, worse } = report;
    let collection = run.collection.clone();
    let told = worse.len();
    let none = match &before {
        None => t!("evaluation.nothing_before"),
        Some(_) => t!("evaluation.none_worse"),
    };
    let figures = run.figures.iter().copied().map(figures_row).collect_view();
    let rows = worse.into_iter().map(|it| view! { <WorseRow collection=collection.clone() worse=it /> }).collect_view();
    view! {
        <h2>{t!("evaluation.run_of")} " " <Moment at=run.started_at /></h2>
        <Table caption=t!("evaluation.figures")>
            <thead>
                <tr>
                    <th scope="col">{t!("data.mode")}</th>
                    <th scope="col" class="number">{t!("evaluation.ndcg")}</th>
                    <th scope="col" class="number">{t!("evaluation.recall")}</th>
                    <th scope="col" class="number">{t!("evaluation.refused")}</th>
                    <th scope="col" class="number">{t!("evaluation.median")}</th>
                    <th scope="col" class="number">{t!("evaluation.slowest")}</th>
                </tr>
            </thead>
            <tbody>{figures}</tbody>
        </Table>
        <h3>{t!("evaluation.got_worse")}</h3>
        {if told == 0 {
            view! { <p class="muted">{none}</p> }.into_any()
        } else {
            view! { <p class="small muted">{i18n::count("evaluation.n_worse", run.worse)}</p> <ol class="worse">{rows}</ol> }.into_any()
        }}
    }
}

fn figures_row(figures: EvaluationFigures) -> impl IntoView {
    let EvaluationFigures { mode, ndcg10, recall100, refused, p50_ms, p95_ms } = figures;
    view! {
        <tr>
            <td class="primary-cell">{words::mode(mode)}</td>
            <td data-label=t!("evaluation.ndcg") class="number">{words::share(ndcg10)}</td>
            <td data-label=t!("evaluation.recall") class="number">{words::share(recall100)}</td>
            <td data-label=t!("evaluation.refused") class="number">{refused}</td>
            <td data-label=t!("evaluation.median") class="number">{words::milliseconds(p50_ms)}</td>
            <td data-label=t!("evaluation.slowest") class="number">{words::milliseconds(p95_ms)}</td>
        </tr>
    }
}

/// A question that got worse; leads to the search with it.
#[component]
fn WorseRow(collection: CollectionId, worse: WorseQuestion) -> impl IntoView {
    let WorseQuestion { question, before, after, .. } = worse;
    let href = search_address(&collection, &question);
    let told = t!(
        "evaluation.from_to",
        before = words::share(before.ndcg10),
        after = words::share(after.ndcg10),
        before_rank = words::rank(before.rank),
        after_rank = words::rank(after.rank),
    );
    view! {
        <li>
            <A href attr:class="worse-question"><Icon name="search" />{question}</A>
            <span class="small muted numeric">{told}</span>
        </li>
    }
}
