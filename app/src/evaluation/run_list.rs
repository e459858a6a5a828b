//! The last runs of a collection's questions, and how far the one is that goes on.

use hammock_contract::evaluation::{EvaluationRun, EvaluationState};
use leptos::prelude::*;
use leptos_router::components::A;

use super::{api::stop_run, board::Board, words};
use crate::{
    FnError, i18n, t,
    ui::{Badge, Button, FormError, Icon, Moment, Progress, Table, form::action_error, page::focus_outlives},
};

/// How far the run is that goes on; nothing while none does.
#[component]
pub fn RunProgress(
    /// The page.
    board: Board,
    /// Whether the person may stop it.
    can_write: bool,
) -> impl IntoView {
    let running = Memo::new(move |_| board.running().map(|run| (run.id, run.asked, run.questions)));
    let stop = Action::new(move |(): &()| {
        let wanted = board.id().zip(running.get_untracked());
        async move {
            if let Some((collection, (run, ..))) = wanted {
                stop_run(collection, run).await?;
                board.refresh();
            }
            Ok::<(), FnError>(())
        }
    });
    let numbers = move || running.get().map_or((0, 0), |(_, asked, total)| (asked, total));
    let label = move || {
        let (asked, total) = numbers();
        let locale = i18n::locale();
        t!("evaluation.asked_of", done = i18n::grouped(locale, asked), total = i18n::grouped(locale, total))
    };
    let (done, total) = (Signal::derive(move || numbers().0), Signal::derive(move || Some(numbers().1)));
    let runs = move || running.try_with(Option::is_some).unwrap_or_default();
    // The button that stops it goes with the run.
    focus_outlives(runs);
    view! {
        <div aria-live="polite">
            <Show when=runs>
                <div class="row wrap">
                    <div class="work-progress">
                        <span class="small muted numeric">{label}</span>
                        <Progress label=Signal::derive(label) done total />
                    </div>
                    {can_write.then(|| view! {
                        <Button icon="circle-stop" busy=stop.pending() on_click=move |_| { stop.dispatch(()); }>
                            {t!("evaluation.stop")}
                        </Button>
                    })}
                </div>
            </Show>
        </div>
        <FormError error=action_error(stop) />
    }
}

/// The runs, newest first. Each that is complete leads to its report.
#[component]
pub fn RunList(
    /// The page.
    board: Board,
) -> impl IntoView {
    // With each run the one that it is compared with.
    let rows = move || {
        let runs = board.runs.get();
        let pairs = (0..runs.len()).map(|place| (runs[place].clone(), words::before(&runs, place).cloned()));
        pairs.collect::<Vec<_>>()
    };
    view! {
        <Show
            when=move || board.runs.try_with(|runs| !runs.is_empty()).unwrap_or_default()
            fallback=|| view! { <p class="muted">{t!("evaluation.no_runs")}</p> }
        >
            <Table caption=t!("evaluation.runs")>
                <thead>
                    <tr>
                        <th scope="col">{t!("evaluation.begun")}</th>
                        <th scope="col">{t!("data.filter_state")}</th>
                        <th scope="col" class="number">{t!("evaluation.questions")}</th>
                        <th scope="col" class="number">{t!("evaluation.ndcg")}</th>
                        <th scope="col" class="number">{t!("evaluation.change")}</th>
                        <th scope="col" class="number">{t!("evaluation.recall")}</th>
                        <th scope="col" class="number">{t!("evaluation.refused")}</th>
                        <th scope="col" class="number">{t!("evaluation.worse")}</th>
                    </tr>
                </thead>
                <tbody>
                    <For each=rows key=|it| format!("{it:?}") let:row>
                        <RunRow run=row.0 before=row.1 />
                    </For>
                </tbody>
            </Table>
        </Show>
    }
}

#[component]
fn RunRow(run: EvaluationRun, before: Option<EvaluationRun>) -> impl IntoView {
    let (name, tone, icon) = words::state(run.state);
    let is_complete = run.state == EvaluationState::Complete;
    let main = run.main().copied();
    let change = main.zip(before.as_ref().and_then(EvaluationRun::main)).map(|(after, before)| {
        words::change(before.ndcg10, after.ndcg10).unwrap_or_else(|| t!("evaluation.same").to_owned())
    });
    let moment = if is_complete {
        view! { <A href=format!("/data/{}/evaluation?run={}", run.collection, run.id) scroll=false><Moment at=run.started_at /></A> }.into_any()
    } else {
        view! { <Moment at=run.started_at /> }.into_any()
    };
    let error = run.error.map(|error| {
        view! { <span class="sub source-error"><Icon name="alert-circle" />{i18n::error_text(&error)}</span> }
    });
    let worse = (is_complete && before.is_some()).then(|| run.worse.to_string());
    let shown = |value: Option<String>| value.unwrap_or_else(|| "–".to_owned());
    view! {
        <tr>
            <td class="primary-cell">{moment}</td>
            <td data-label=t!("data.filter_state")><span><Badge tone icon>{name}</Badge>{error}</span></td>
            <td data-label=t!("evaluation.questions") class="number">{i18n::grouped(i18n::locale(), run.questions)}</td>
            <td data-label=t!("evaluation.ndcg") class="number">{shown(main.map(|it| words::share(it.ndcg10)))}</td>
            <td data-label=t!("evaluation.change") class="number">{shown(change)}</td>
            <td data-label=t!("evaluation.recall") class="number">{shown(main.map(|it| words::share(it.recall100)))}</td>
            <td data-label=t!("evaluation.refused") class="number">{shown(main.map(|it| it.refused.to_string()))}</td>
            <td data-label=t!("evaluation.worse") class="number">{shown(worse)}</td>
        </tr>
    }
}
