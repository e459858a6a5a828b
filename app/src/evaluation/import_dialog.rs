//! Importing questions from files, and what became of them.

use hammock_contract::{
    ApiError,
    evaluation::{ImportProblem, ImportReport},
};
use leptos::{html, prelude::*, task::spawn_local};

use super::{board::Board, import::send, words};
use crate::{
    i18n, t,
    ui::{Button, ButtonKind, CancelButton, Dialog, DialogFoot, Form, FormError, Icon, Table, page::catch_focus},
};

/// What an import takes.
const ACCEPTED: &str = ".csv,.tsv,.jsonl,text/csv";

/// The dialog that imports questions.
#[component]
pub fn ImportDialog(
    /// Whether it is open.
    open: RwSignal<bool>,
    /// The page.
    board: Board,
) -> impl IntoView {
    let outcome = RwSignal::new(None::<Result<ImportReport, ApiError>>);
    Effect::new(move |_| {
        if open.get() {
            outcome.set(None);
        }
    });
    view! {
        <Dialog open wide=true title=t!("evaluation.import_title")>
            {move || match outcome.get() {
                Some(Ok(report)) => view! { <Imported report open /> }.into_any(),
                Some(Err(_)) | None => view! { <Choose board outcome /> }.into_any(),
            }}
        </Dialog>
    }
}

/// Asks for the files.
#[component]
fn Choose(board: Board, outcome: RwSignal<Option<Result<ImportReport, ApiError>>>) -> impl IntoView {
    let input = NodeRef::<html::Input>::new();
    let busy = RwSignal::new(false);
    let start = move || {
        let files = input.get_untracked().and_then(|input| input.files());
        let (Some(files), Some(collection), false) = (files, board.id(), busy.get_untracked()) else { return };
        let files: Vec<web_sys::File> = (0..files.length()).filter_map(|index| files.get(index)).collect();
        busy.set(true);
        spawn_local(async move {
            let sent = send(&collection, &files).await;
            // The page may be gone meanwhile; the questions are there all the same.
            let _ = busy.try_set(false);
            if sent.is_ok() {
                board.refresh();
            }
            let _ = outcome.try_set(Some(sent));
        });
    };
    let error = Signal::derive(move || outcome.try_get().flatten().and_then(Result::err));
    view! {
        <Form on_submit=move |()| start()>
            <p class="muted">{t!("evaluation.import_csv")}</p>
            <p class="muted">{t!("evaluation.import_beir")}</p>
            <p class="muted">{t!("evaluation.import_again")}</p>
            <div class="field">
                <label for="field-import">{t!("evaluation.files")}</label>
                <input class="input" id="field-import" node_ref=input type="file" name="files" accept=ACCEPTED multiple />
            </div>
            <FormError error />
            <DialogFoot>
                <CancelButton />
                <Button kind=ButtonKind::Primary of_type="submit" icon="upload" busy>{t!("evaluation.import")}</Button>
            </DialogFoot>
        </Form>
    }
}

/// What became of them.
#[component]
fn Imported(report: ImportReport, open: RwSignal<bool>) -> impl IntoView {
    let ImportReport { added, changed, unchanged, left_out, problems } = report;
    let summary = t!(
        "evaluation.imported",
        added = i18n::count("evaluation.n_questions", added),
        changed = changed,
        unchanged = unchanged,
    );
    let told = problems.len() as u64;
    let problems = (left_out > 0).then(|| {
        let more =
            (left_out > told).then(|| view! { <p class="small muted">{t!("evaluation.first_problems", n = told)}</p> });
        view! {
            <h3>{i18n::count("evaluation.n_left_out", left_out)}</h3>
            {more}
            <Table caption=t!("evaluation.problems")>
                <thead>
                    <tr>
                        <th scope="col">{t!("evaluation.line")}</th>
                        <th scope="col">{t!("evaluation.problem")}</th>
                        <th scope="col">{t!("evaluation.given")}</th>
                    </tr>
                </thead>
                <tbody>{problems.into_iter().map(problem_row).collect_view()}</tbody>
            </Table>
        }
    });
    let close = move |_| {
        open.set(false);
        // The button that opened the dialog goes with the first questions: the dialog gives the focus back to nothing.
        request_animation_frame(catch_focus);
    };
    view! {
        <div class="form">
            <p role="status" class="row"><Icon name="circle-check" /><span>{summary}</span></p>
            {problems}
            <DialogFoot>
                <Button kind=ButtonKind::Primary autofocus=true on_click=close>{t!("form.done")}</Button>
            </DialogFoot>
        </div>
    }
}

fn problem_row(problem: ImportProblem) -> impl IntoView {
    let ImportProblem { file, line, fault, given } = problem;
    view! {
        <tr>
            <td class="primary-cell">{line}<span class="sub">{file}</span></td>
            <td data-label=t!("evaluation.problem")>{words::fault(fault)}</td>
            <td data-label=t!("evaluation.given")>{given}</td>
        </tr>
    }
}
