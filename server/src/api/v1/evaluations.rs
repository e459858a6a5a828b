//! How well search finds what it should in a collection: its questions and their runs.

use axum::{
    extract::{Multipart, State, multipart::MultipartError},
    http::{HeaderMap, HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use hammock_contract::{
    CollectionId, ErrorCode, EvaluationQuestionId, EvaluationRunId, SourceId,
    evaluation::{
        EvaluationQuestion, EvaluationQuestionPatch, EvaluationReport, EvaluationRun, ImportReport,
        NewEvaluationQuestion,
    },
    page::{Page, PageRequest, PartRequest},
    source::SourceFigures,
};
use hammock_domain::ImportFile;
use utoipa::ToSchema;

use super::whole;
use crate::{
    extract::{Id, Json, Query, media_type, unsupported_media_type},
    failure::{Failure, Result},
    middleware::{body_limit::too_large, identify::SignedIn},
    state::AppState,
};

/// The largest import. Bytes, of all its files.
const IMPORT_LIMIT: u64 = 20_000_000;
/// The most files of an import; more are never meant.
const MOST_FILES: usize = 2;

/// The form of an import.
#[derive(ToSchema)]
#[expect(dead_code, reason = "it only describes the multipart body")]
pub struct ImportForm {
    /// One CSV file, or queries.jsonl and the judgements as a .tsv file.
    #[schema(value_type = Vec<String>, format = Binary)]
    files: Vec<Vec<u8>>,
}

pub async fn list_questions(
    State(app): State<AppState>,
    SignedIn(scope): SignedIn,
    Id(collection): Id<CollectionId>,
    Query(page): Query<PageRequest>,
) -> Result<axum::Json<Page<EvaluationQuestion>>> {
    Ok(axum::Json(app.hammock.list_evaluation_questions(&scope, &collection, page).await?))
}

pub async fn list_questions_of_source(
    State(app): State<AppState>,
    SignedIn(scope): SignedIn,
    Id(source): Id<SourceId>,
    Query(page): Query<PageRequest>,
) -> Result<axum::Json<Page<EvaluationQuestion>>> {
    Ok(axum::Json(app.hammock.list_source_questions(&scope, &source, page).await?))
}

pub async fn figures_of_source(
    State(app): State<AppState>,
    SignedIn(scope): SignedIn,
    Id(source): Id<SourceId>,
) -> Result<axum::Json<SourceFigures>> {
    Ok(axum::Json(app.hammock.source_figures(&scope, &source).await?))
}

pub async fn create_question(
    State(app): State<AppState>,
    SignedIn(scope): SignedIn,
    Id(collection): Id<CollectionId>,
    Json(new): Json<NewEvaluationQuestion>,
) -> Result<(StatusCode, axum::Json<EvaluationQuestion>)> {
    let made = app.hammock.create_evaluation_question(&scope, &collection, new).await?;
    Ok((StatusCode::CREATED, axum::Json(made)))
}

pub async fn update_question(
    State(app): State<AppState>,
    SignedIn(scope): SignedIn,
    Id((collection, question)): Id<(CollectionId, EvaluationQuestionId)>,
    Json(patch): Json<EvaluationQuestionPatch>,
) -> Result<axum::Json<EvaluationQuestion>> {
    Ok(axum::Json(app.hammock.update_evaluation_question(&scope, &collection, &question, patch).await?))
}

pub async fn delete_question(
    State(app): State<AppState>,
    SignedIn(scope): SignedIn,
    Id((collection, question)): Id<(CollectionId, EvaluationQuestionId)>,
) -> Result<StatusCode> {
    app.hammock.delete_evaluation_question(&scope, &collection, &question).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Takes questions from files. They are read whole: even large sets have a few megabytes.
pub async fn import(
    State(app): State<AppState>,
    SignedIn(scope): SignedIn,
    Id(collection): Id<CollectionId>,
    headers: HeaderMap,
    multipart: Result<Multipart, axum::extract::multipart::MultipartRejection>,
) -> Result<axum::Json<ImportReport>> {
    app.hammock.find_collection(&scope, &collection).await?;
    let mut multipart = multipart
        .map_err(|_| unsupported_media_type("multipart/form-data with a boundary", media_type(&headers).as_deref()))?;
    let mut files: Vec<ImportFile> = Vec::new();
    let mut total = 0_u64;
    while let Some(mut field) = multipart.next_field().await.map_err(broken)? {
        let Some(name) = field.file_name().map(str::to_owned) else { continue };
        if files.len() == MOST_FILES {
            return Err(Failure::new(ErrorCode::ImportUnreadable, "an import has one CSV file, or two files of BEIR"));
        }
        let mut bytes = Vec::new();
        while let Some(part) = field.chunk().await.map_err(broken)? {
            total += part.len() as u64;
            if total > IMPORT_LIMIT {
                return Err(too_large(IMPORT_LIMIT));
            }
            bytes.extend_from_slice(&part);
        }
        files.push(ImportFile { name, bytes });
    }
    Ok(axum::Json(app.hammock.import_evaluation_questions(&scope, &collection, files).await?))
}

/// The questions as a file, always as a download.
pub async fn export(
    State(app): State<AppState>,
    SignedIn(scope): SignedIn,
    Id(collection): Id<CollectionId>,
) -> Result<Response> {
    let csv = app.hammock.export_evaluation_questions(&scope, &collection).await?;
    let headers = [
        (header::CONTENT_TYPE, HeaderValue::from_static("text/csv; charset=utf-8")),
        (header::CONTENT_DISPOSITION, HeaderValue::from_static("attachment; filename=\"questions.csv\"")),
    ];
    Ok((headers, csv).into_response())
}

pub async fn list_runs(
    State(app): State<AppState>,
    SignedIn(scope): SignedIn,
    Id(collection): Id<CollectionId>,
    Query(wanted): Query<PartRequest>,
) -> Result<axum::Json<Page<EvaluationRun>>> {
    whole::list(app.hammock.list_evaluation_runs(&scope, &collection).await?, &wanted, |row| row.id.to_string())
}

pub async fn start(
    State(app): State<AppState>,
    SignedIn(scope): SignedIn,
    Id(collection): Id<CollectionId>,
) -> Result<(StatusCode, axum::Json<EvaluationRun>)> {
    Ok((StatusCode::CREATED, axum::Json(app.hammock.start_evaluation(&scope, &collection).await?)))
}

pub async fn report(
    State(app): State<AppState>,
    SignedIn(scope): SignedIn,
    Id((collection, run)): Id<(CollectionId, EvaluationRunId)>,
) -> Result<axum::Json<EvaluationReport>> {
    Ok(axum::Json(app.hammock.evaluation_report(&scope, &collection, &run).await?))
}

pub async fn stop(
    State(app): State<AppState>,
    SignedIn(scope): SignedIn,
    Id((collection, run)): Id<(CollectionId, EvaluationRunId)>,
) -> Result<axum::Json<EvaluationRun>> {
    Ok(axum::Json(app.hammock.stop_evaluation(&scope, &collection, &run).await?))
}

fn broken(error: MultipartError) -> Failure {
    Failure::new(ErrorCode::InvalidRequest, format!("the import broke off: {}", error.body_text()))
}
