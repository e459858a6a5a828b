//! Server functions of the evaluation of a collection.

use hammock_contract::{
    CollectionId, EvaluationQuestionId, EvaluationRunId, Page, SourceId,
    evaluation::{EvaluationQuestion, EvaluationQuestionPatch, EvaluationReport, EvaluationRun, NewEvaluationQuestion},
    page::PageRequest,
    source::SourceFigures,
};
use leptos::prelude::*;

use crate::{FnError, wire::Json};

/// The questions of a collection, a page at a time.
///
/// # Errors
/// `not_found`.
#[server(prefix = "/api/fn", endpoint = "evaluation/list_questions", input = Json, output = Json)]
pub async fn list_questions(collection: CollectionId, page: PageRequest) -> Result<Page<EvaluationQuestion>, FnError> {
    let (hammock, scope) = crate::request::context().await?;
    Ok(hammock.list_evaluation_questions(&scope, &collection, page).await?)
}

/// The questions that expect a document of a source, a page at a time.
///
/// # Errors
/// `not_found`.
#[server(prefix = "/api/fn", endpoint = "evaluation/list_source_questions", input = Json, output = Json)]
pub async fn list_source_questions(source: SourceId, page: PageRequest) -> Result<Page<EvaluationQuestion>, FnError> {
    let (hammock, scope) = crate::request::context().await?;
    Ok(hammock.list_source_questions(&scope, &source, page).await?)
}

/// The languages of a source's documents, and how well questions find them.
///
/// # Errors
/// `not_found`.
#[server(prefix = "/api/fn", endpoint = "evaluation/read_source_figures", input = Json, output = Json)]
pub async fn read_source_figures(source: SourceId) -> Result<SourceFigures, FnError> {
    let (hammock, scope) = crate::request::context().await?;
    Ok(hammock.source_figures(&scope, &source).await?)
}

/// Writes a question.
///
/// # Errors
/// `invalid_field`, `document_missing`, `too_many_questions`, `read_only`, `not_found`, `role_required`.
#[server(prefix = "/api/fn", endpoint = "evaluation/create_question", input = Json, output = Json)]
pub async fn create_question(
    collection: CollectionId,
    question: NewEvaluationQuestion,
) -> Result<EvaluationQuestion, FnError> {
    let (hammock, scope) = crate::request::context().await?;
    Ok(hammock.create_evaluation_question(&scope, &collection, question).await?)
}

/// Changes a question; what runs gave for it is forgotten.
///
/// # Errors
/// `invalid_field`, `document_missing`, `read_only`, `not_found`, `role_required`.
#[server(prefix = "/api/fn", endpoint = "evaluation/update_question", input = Json, output = Json)]
pub async fn update_question(
    collection: CollectionId,
    question: EvaluationQuestionId,
    patch: EvaluationQuestionPatch,
) -> Result<EvaluationQuestion, FnError> {
    let (hammock, scope) = crate::request::context().await?;
    Ok(hammock.update_evaluation_question(&scope, &collection, &question, patch).await?)
}

/// Deletes a question.
///
/// # Errors
/// `read_only`, `not_found`, `role_required`.
#[server(prefix = "/api/fn", endpoint = "evaluation/delete_question", input = Json, output = Json)]
pub async fn delete_question(collection: CollectionId, question: EvaluationQuestionId) -> Result<(), FnError> {
    let (hammock, scope) = crate::request::context().await?;
    Ok(hammock.delete_evaluation_question(&scope, &collection, &question).await?)
}

/// The last runs of a collection, at most twenty, newest first.
///
/// # Errors
/// `not_found`.
#[server(prefix = "/api/fn", endpoint = "evaluation/list_runs", input = Json, output = Json)]
pub async fn list_runs(collection: CollectionId) -> Result<Vec<EvaluationRun>, FnError> {
    let (hammock, scope) = crate::request::context().await?;
    Ok(hammock.list_evaluation_runs(&scope, &collection).await?)
}

/// Asks every question of a collection, in the background.
///
/// # Errors
/// `no_questions`, `not_indexed`, `busy`, `read_only`, `not_found`, `role_required`.
#[server(prefix = "/api/fn", endpoint = "evaluation/start_run", input = Json, output = Json)]
pub async fn start_run(collection: CollectionId) -> Result<EvaluationRun, FnError> {
    let (hammock, scope) = crate::request::context().await?;
    Ok(hammock.start_evaluation(&scope, &collection).await?)
}

/// Stops a run.
///
/// # Errors
/// `read_only`, `not_found`, `role_required`.
#[server(prefix = "/api/fn", endpoint = "evaluation/stop_run", input = Json, output = Json)]
pub async fn stop_run(collection: CollectionId, run: EvaluationRunId) -> Result<EvaluationRun, FnError> {
    let (hammock, scope) = crate::request::context().await?;
    Ok(hammock.stop_evaluation(&scope, &collection, &run).await?)
}

/// A run with the questions that got worse.
///
/// # Errors
/// `not_found`.
#[server(prefix = "/api/fn", endpoint = "evaluation/read_report", input = Json, output = Json)]
pub async fn read_report(collection: CollectionId, run: EvaluationRunId) -> Result<EvaluationReport, FnError> {
    let (hammock, scope) = crate::request::context().await?;
    Ok(hammock.evaluation_report(&scope, &collection, &run).await?)
}
