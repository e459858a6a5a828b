//! The questions of the evaluation that expect a document of the source, and how well each was found the last time.

use hammock_contract::{CollectionId, Page, evaluation::EvaluationQuestion, page::PageRequest};
use leptos::prelude::*;
use leptos_router::{components::A, params::ParamsMap};

use super::{Shown, tab_data::OfTab};
use crate::{
    evaluation::{Expected, LastResult, search_address, share},
    t,
    ui::{ButtonLink, EmptyList, Load, Pager, SearchField, Skeleton, Table},
};

/// The questions that the address asks for.
pub fn questions_wanted_of(query: &ParamsMap) -> PageRequest {
    PageRequest { limit: None, page_token: query.get("page"), query: query.get("q").filter(|text| !text.is_empty()) }
}

/// The questions. They are written and asked on the page of the collection's evaluation.
#[component]
pub fn QuestionsTab(
    /// The source.
    shown: Shown,
    /// The questions that the address asks for.
    questions: OfTab<Page<EvaluationQuestion>>,
) -> impl IntoView {
    let collection = StoredValue::new(shown.collection());
    let evaluation = shown.collection().map(|collection| format!("/data/{collection}/evaluation")).unwrap_or_default();
    let to_evaluation = StoredValue::new(evaluation);
    view! {
        <div class="toolbar">
            <SearchField label=t!("evaluation.search_questions") />
            <span class="spacer"></span>
            <ButtonLink href=to_evaluation.get_value() icon="circle-help">{t!("evaluation.title")}</ButtonLink>
        </div>
        <Load resource=questions let:page>
            {match page {
                None => view! { <Skeleton /> }.into_any(),
                Some(page) if page.items.is_empty() => {
                    view! { <NoQuestions evaluation=to_evaluation.try_get_value().unwrap_or_default() /> }.into_any()
                }
                Some(page) => {
                    view! { <QuestionTable page collection=collection.try_get_value().flatten() /> }.into_any()
                }
            }}
        </Load>
    }
}

#[component]
fn QuestionTable(page: Page<EvaluationQuestion>, collection: Option<CollectionId>) -> impl IntoView {
    let rows = page.items.into_iter().map(|question| view! { <QuestionRow question collection=collection.clone() /> });
    let rows = rows.collect_view();
    view! {
        <Table caption=t!("evaluation.questions")>
            <thead>
                <tr>
                    <th scope="col">{t!("evaluation.question")}</th>
                    <th scope="col">{t!("evaluation.expected")}</th>
                    <th scope="col">{t!("evaluation.last_result")}</th>
                    <th scope="col" class="number">{t!("evaluation.ndcg")}</th>
                </tr>
            </thead>
            <tbody>{rows}</tbody>
        </Table>
        <Pager next=page.next_page_token />
    }
}

/// None yet, and where they are written; or none that fits.
#[component]
fn NoQuestions(evaluation: String) -> impl IntoView {
    view! {
        <EmptyList icon="circle-help" title=t!("data.no_source_questions") text=t!("data.no_source_questions_text")>
            <ButtonLink href=evaluation>{t!("data.to_evaluation")}</ButtonLink>
        </EmptyList>
    }
}

/// A question; it leads to what it finds now.
#[component]
fn QuestionRow(question: EvaluationQuestion, collection: Option<CollectionId>) -> impl IntoView {
    let EvaluationQuestion { question, expected, last, .. } = question;
    let ask = collection.map(|collection| search_address(&collection, &question)).unwrap_or_default();
    view! {
        <tr>
            <td class="primary-cell"><A href=ask>{question}</A></td>
            <td data-label=t!("evaluation.expected")>
                <ul class="expected">{expected.into_iter().map(|it| view! { <Expected document=it /> }).collect_view()}</ul>
            </td>
            <td data-label=t!("evaluation.last_result")><LastResult last /></td>
            <td data-label=t!("evaluation.ndcg") class="number">{last.map(|last| share(last.ndcg10))}</td>
        </tr>
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_address_says_which_questions_are_listed() {
        let query = [("q", "dogs"), ("page", "abc")].map(|(name, value)| (name, value.to_owned()));
        let wanted = questions_wanted_of(&ParamsMap::from_iter(query));
        assert_eq!((wanted.query.as_deref(), wanted.page_token.as_deref()), (Some("dogs"), Some("abc")));
        assert_eq!(questions_wanted_of(&ParamsMap::new()), PageRequest::default());
    }
}
