//! The questions of a collection.

use hammock_contract::{
    CollectionId,
    evaluation::{EvaluationQuestion, ExpectedDocument, QuestionResult},
};
use leptos::prelude::*;
use leptos_router::{components::A, params::ParamsMap};

use super::{api::delete_question, board::Board, words};
use crate::{
    t,
    ui::{
        Badge, Button, ButtonKind, ConfirmAction, DeleteItem, EditItem, EmptyList, Menu, MenuLink, Table, Tone,
        confirmed, page::focus_outlives,
    },
};

/// The page that asks a question of a collection.
pub fn search_address(collection: &CollectionId, question: &str) -> String {
    let mut query = ParamsMap::new();
    query.insert("q", question.to_owned());
    format!("/data/{collection}/search{}", query.to_query_string())
}

/// The questions, kept up to date while they are asked.
#[component]
pub fn QuestionList(
    /// The page.
    board: Board,
    /// Whether the person may change anything.
    can_write: bool,
    /// Opens the dialog that writes a question, or changes this one.
    on_edit: Callback<Option<EvaluationQuestion>>,
    /// Opens the dialog that imports some.
    on_import: Callback<()>,
) -> impl IntoView {
    let deleted = RwSignal::new(None::<EvaluationQuestion>);
    let delete_open = RwSignal::new(false);
    let ask_to_delete = Callback::new(move |question: EvaluationQuestion| {
        deleted.set(Some(question));
        delete_open.set(true);
    });
    let is_empty = move || board.questions.try_with(Vec::is_empty).unwrap_or(true);
    // The button that writes the first question goes with it.
    focus_outlives(is_empty);
    view! {
        <Show
            when=move || !is_empty()
            fallback=move || view! { <NoQuestions can_write on_edit on_import /> }
        >
            <Table caption=t!("evaluation.questions")>
                <thead>
                    <tr>
                        <th scope="col">{t!("evaluation.question")}</th>
                        <th scope="col">{t!("evaluation.expected")}</th>
                        <th scope="col">{t!("evaluation.last_result")}</th>
                        <th scope="col" class="number">{t!("evaluation.ndcg")}</th>
                        <th scope="col" class="actions"><span class="visually-hidden">{t!("table.actions")}</span></th>
                    </tr>
                </thead>
                <tbody>
                    <For each=move || board.questions.try_get().unwrap_or_default() key=|it| it.id.clone() let:question>
                        <QuestionRow board question can_write on_edit on_delete=ask_to_delete />
                    </For>
                </tbody>
            </Table>
        </Show>
        <DeleteQuestion open=delete_open question=deleted board />
    }
}

/// None yet: what they are good for. Or none that fits.
#[component]
fn NoQuestions(
    can_write: bool,
    on_edit: Callback<Option<EvaluationQuestion>>,
    on_import: Callback<()>,
) -> impl IntoView {
    view! {
        <EmptyList icon="circle-help" title=t!("evaluation.none") text=t!("evaluation.none_text")>
            {can_write.then(|| view! {
                <Button kind=ButtonKind::Primary icon="plus" on_click=move |_| on_edit.run(None)>
                    {t!("evaluation.write")}
                </Button>
                <Button icon="upload" on_click=move |_| on_import.run(())>{t!("evaluation.import")}</Button>
            })}
        </EmptyList>
    }
}

#[component]
fn QuestionRow(
    board: Board,
    question: EvaluationQuestion,
    can_write: bool,
    on_edit: Callback<Option<EvaluationQuestion>>,
    on_delete: Callback<EvaluationQuestion>,
) -> impl IntoView {
    let menu = format!("menu-{}", question.id);
    let label = named(&question);
    let now = Memo::new(move |before: Option<&EvaluationQuestion>| {
        let found = board.questions.try_with(|all| all.iter().find(|it| it.id == question.id).cloned()).flatten();
        // What is not listed any more stays as it was until its row is gone.
        found.or_else(|| before.cloned()).unwrap_or_else(|| question.clone())
    });
    let renamed = Signal::derive(move || now.try_with(named).unwrap_or_default());
    let search = move || {
        let text = now.try_with(|it| it.question.clone()).unwrap_or_default();
        board.id().map(|id| search_address(&id, &text)).unwrap_or_default()
    };
    view! {
        <tr>
            {move || now.try_get().map(cells)}
            <td class="actions">
                <Menu id=menu label renamed>
                    {move || view! { <MenuLink icon="search" href=search()>{t!("evaluation.ask_now")}</MenuLink> }}
                    {can_write.then(|| view! {
                        <EditItem on_click=move |()| on_edit.run(Some(now.get_untracked())) />
                        <DeleteItem on_click=move |()| on_delete.run(now.get_untracked()) />
                    })}
                </Menu>
            </td>
        </tr>
    }
}

/// What the menu of a question is called.
fn named(question: &EvaluationQuestion) -> String {
    t!("evaluation.actions_for", name = question.question)
}

/// What is told of a question.
fn cells(question: EvaluationQuestion) -> impl IntoView {
    let EvaluationQuestion { question, expected, last, .. } = question;
    let ndcg = last.map(|last| words::share(last.ndcg10));
    view! {
        <td class="primary-cell">{question}</td>
        <td data-label=t!("evaluation.expected")>
            <ul class="expected">{expected.into_iter().map(|it| view! { <Expected document=it /> }).collect_view()}</ul>
        </td>
        <td data-label=t!("evaluation.last_result")><LastResult last /></td>
        <td data-label=t!("evaluation.ndcg") class="number">{ndcg}</td>
    }
}

/// A document that is expected; one that is not there any more is said to be so.
#[component]
pub fn Expected(
    /// The document.
    document: ExpectedDocument,
) -> impl IntoView {
    let ExpectedDocument { location, document, title, .. } = document;
    let place = (title != location).then(|| view! { <span class="sub">{location}</span> });
    match document {
        Some(id) => view! { <li><A href=format!("/data/documents/{id}")>{title}</A>{place}</li> }.into_any(),
        None => {
            view! { <li>{title} " " <Badge tone=Tone::Warning icon="alert-circle">{t!("evaluation.gone")}</Badge></li> }
                .into_any()
        }
    }
}

/// What the last complete run gave for a question.
#[component]
pub fn LastResult(
    /// What it gave; nothing when it did not ask it.
    last: Option<QuestionResult>,
) -> impl IntoView {
    let Some(last) = last else {
        return view! { <span class="faint">{t!("evaluation.never")}</span> }.into_any();
    };
    let tone = match last.rank {
        Some(1..=3) => Tone::Good,
        Some(_) => Tone::Warning,
        None => Tone::Bad,
    };
    let refused = last.refused.then(|| view! { <span class="sub">{t!("evaluation.refused_one")}</span> });
    view! { <span><Badge tone>{words::rank(last.rank)}</Badge>{refused}</span> }.into_any()
}

/// Asks before a question is deleted.
#[component]
fn DeleteQuestion(open: RwSignal<bool>, question: RwSignal<Option<EvaluationQuestion>>, board: Board) -> impl IntoView {
    let refresh = move || board.refresh();
    let delete = confirmed(open, t!("evaluation.deleted"), refresh, move |question: &EvaluationQuestion| {
        let (collection, id) = (board.id(), question.id.clone());
        async move {
            match collection {
                Some(collection) => delete_question(collection, id).await,
                None => Ok(()),
            }
        }
    });
    let text = move || question.get().map(|question| question.question).unwrap_or_default();
    view! {
        <ConfirmAction
            open
            item=question
            title=Signal::derive(|| t!("evaluation.delete_title").to_owned())
            text=Signal::derive(move || t!("evaluation.delete_text", question = text()))
            confirm=t!("form.delete")
            action=delete
        />
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_question_stands_in_the_address_of_the_search() {
        let address = search_address(&CollectionId::fixed("museum"), "Is it open & free?");
        assert_eq!(address, "/data/coll_museum/search?q=Is%20it%20open%20%26%20free%3F");
    }
}
