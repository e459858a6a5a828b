//! Writing a question, or changing one.

use hammock_contract::evaluation::{
    EvaluationQuestion, EvaluationQuestionPatch, NewEvaluationQuestion, NewExpectedDocument,
};
use leptos::prelude::*;

use super::{
    api::{create_question, update_question},
    board::Board,
    document_picker::{Chosen, DocumentPicker},
};
use crate::{
    FnError, t,
    ui::{FormDialog, TextArea, Typed, form::action_error, general_error, on_field, use_toaster},
};

/// The dialog that writes a question or changes one.
#[component]
pub fn QuestionDialog(
    /// Whether it is open.
    open: RwSignal<bool>,
    /// The question to change; none: a new one.
    question: RwSignal<Option<EvaluationQuestion>>,
    /// The page.
    board: Board,
) -> impl IntoView {
    let toaster = use_toaster();
    let text = RwSignal::new(String::new());
    let chosen = RwSignal::new(Vec::<Chosen>::new());
    let typed = Typed::in_fields(move || {
        let chosen: Vec<String> =
            chosen.with(|chosen| chosen.iter().map(|it| format!("{} {}", it.grade, it.location)).collect());
        [vec![text.get()], chosen].concat()
    });
    let save = Action::new(move |(): &()| {
        let expected: Vec<NewExpectedDocument> = chosen.with_untracked(|chosen| {
            chosen.iter().map(|it| NewExpectedDocument { location: it.location.clone(), grade: it.grade }).collect()
        });
        let (question, existing, collection) = (text.get_untracked(), question.get_untracked(), board.id());
        async move {
            match (collection, existing) {
                (None, _) => {}
                (Some(collection), Some(existing)) => {
                    let patch = EvaluationQuestionPatch { question: Some(question), expected: Some(expected) };
                    update_question(collection, existing.id, patch).await?;
                }
                (Some(collection), None) => {
                    create_question(collection, NewEvaluationQuestion { question, expected }).await?;
                }
            }
            open.set(false);
            toaster.say(t!("form.saved"));
            board.refresh();
            Ok::<(), FnError>(())
        }
    });
    Effect::new(move |_| {
        if open.get() {
            save.clear();
            let existing = question.get_untracked();
            text.set(existing.as_ref().map(|existing| existing.question.clone()).unwrap_or_default());
            chosen.set(
                existing.map(|existing| existing.expected.into_iter().map(Chosen::of).collect()).unwrap_or_default(),
            );
            typed.begin();
        }
    });
    let error = action_error(save);
    let title = Signal::derive(move || {
        let key = if question.with(Option::is_some) { t!("evaluation.edit") } else { t!("evaluation.write") };
        key.to_owned()
    });
    view! {
        <FormDialog
            open
            wide=true
            title
            changed=typed.changed()
            submit=t!("form.save")
            busy=save.pending()
            error=general_error(error, &["question", "expected"])
            on_submit=move |()| { save.dispatch(()); }
        >
            <TextArea label=t!("evaluation.question") name="question" value=text error
                hint=t!("evaluation.question_hint") rows=2 required=true />
            <DocumentPicker board chosen error=on_field(error, "expected") />
        </FormDialog>
    }
}
