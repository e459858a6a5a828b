//! What can be called, each folded until somebody wants to know more.

use leptos::prelude::*;

use super::{
    Answer, Operation,
    shapes::{Fields, Prose, ShapeView},
    trial::{Example, Trial},
};
use crate::t;

/// The operations of a section.
#[component]
pub fn Operations(operations: Vec<Operation>) -> impl IntoView {
    operations.into_iter().map(|operation| view! { <OperationView operation /> }).collect_view()
}

#[component]
fn OperationView(operation: Operation) -> impl IntoView {
    let Operation { id, method, path, summary, note, credential: _, in_path, in_query, body, answers } =
        operation.clone();
    let class = format!("method {}", method.to_lowercase());
    let parameters: Vec<_> = in_path.into_iter().chain(in_query).collect();
    view! {
        <details class="operation" id=id data-operation="">
            <summary>
                <span class=class>{method}</span>
                <h3 class="operation-path">{path}</h3>
                <span class="operation-summary" lang="en">{summary}</span>
            </summary>
            <div class="operation-body">
                {note.map(|text| view! { <Prose text /> })}
                {(!parameters.is_empty())
                    .then(|| {
                        view! {
                            <h4>{t!("api.parameters")}</h4>
                            <Fields fields=parameters />
                        }
                    })}
                {body
                    .map(|body| {
                        view! {
                            <h4>{t!("api.body")}" "<code class="faint">{body.media_type}</code></h4>
                            <ShapeView shape=body.shape />
                        }
                    })}
                <h4>{t!("api.answer")}</h4>
                {answers.into_iter().map(|answer| view! { <AnswerView answer /> }).collect_view()}
                <Example operation=operation.clone() />
                <Trial operation />
            </div>
        </details>
    }
}

#[component]
fn AnswerView(answer: Answer) -> impl IntoView {
    view! {
        <p class="row wrap">
            <span class="badge ok">{answer.status}</span>
            <span lang="en">{answer.says}</span>
            {answer.media_type.map(|media_type| view! { <code class="faint">{media_type}</code> })}
        </p>
        {answer.shape.map(|shape| view! { <ShapeView shape /> })}
    }
}
