//! Runs of a collection's questions, and what each gave for each question.

use hammock_contract::{
    ApiError, CollectionId, EvaluationQuestionId, EvaluationRunId, OrganisationId, Timestamp,
    evaluation::{EvaluationFigures, EvaluationRun, EvaluationState, KEPT_RUNS, QuestionResult},
    search::SearchMode,
};
use sea_orm::Value;

use crate::{
    Db, Result, Scope, Tx,
    collections::{self, writable},
    row::{self, Stored, Table, table},
};

/// Shares lie as whole ten-thousandths: numbers that both databases hold and compare alike.
const WHOLE: f64 = 10_000.0;

mod results {
    use hammock_contract::{EvaluationQuestionId, EvaluationRunId, OrganisationId, search::SearchMode};

    use crate::row::table;

    table! {
        /// What a run gave for one question, searched in one way.
        ResultRow = "evaluation_results";
        key {
            /// The run.
            run_id: EvaluationRunId,
            /// The question.
            question_id: EvaluationQuestionId,
            /// How was searched.
            mode: SearchMode,
        }
        /// The organisation.
        organisation_id: OrganisationId,
        /// nDCG@10. Ten-thousandths.
        ndcg: u32,
        /// Recall@100. Ten-thousandths.
        recall: u32,
        /// The place of the first expected document, from 1.
        first_place: Option<u32>,
        /// Whether an assistant would have refused it.
        refused: bool,
        /// How long the search took. Microseconds.
        took: u64,
    }
}

pub use results::ResultRow;

impl ResultRow {
    /// What people see of it.
    pub fn result(&self) -> QuestionResult {
        QuestionResult {
            ndcg10: share(self.ndcg),
            recall100: share(self.recall),
            rank: self.first_place,
            refused: self.refused,
        }
    }
}

/// Ten-thousandths as people read them.
fn share(parts: u32) -> f32 {
    (f64::from(parts) / WHOLE) as f32
}

/// A share of 0 to 1 in ten-thousandths.
pub fn ten_thousandths(share: f64) -> u32 {
    (share.clamp(0.0, 1.0) * WHOLE).round() as u32
}

table! {
    /// A run.
    EvaluationRunRow = "evaluation_runs";
    key {
        /// The id.
        id: EvaluationRunId,
    }
    /// The organisation.
    organisation_id: OrganisationId,
    /// The collection.
    collection_id: CollectionId,
    /// How it stands.
    state: EvaluationState,
    /// How many questions there are to ask.
    questions: u64,
    /// How many were asked so far.
    asked: u64,
    /// The figures of each way to search.
    figures: Vec<EvaluationFigures>,
    /// How many questions got worse since the complete run before.
    worse: u64,
    /// Why it failed.
    error: Option<ApiError>,
    /// When it was begun.
    started_at: Timestamp,
    /// When it ended.
    finished_at: Option<Timestamp>,
}

impl EvaluationRunRow {
    /// What people see of it.
    pub fn into_run(self) -> EvaluationRun {
        EvaluationRun {
            id: self.id,
            collection: self.collection_id,
            state: self.state,
            questions: self.questions,
            asked: self.asked,
            figures: self.figures,
            worse: self.worse,
            error: self.error,
            started_at: self.started_at,
            finished_at: self.finished_at,
        }
    }
}

/// What a run gave for one question, searched in one way.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewResult {
    /// The question.
    pub question: EvaluationQuestionId,
    /// The version of it that was asked.
    pub version: u32,
    /// How was searched.
    pub mode: SearchMode,
    /// nDCG@10. Ten-thousandths.
    pub ndcg: u32,
    /// Recall@100. Ten-thousandths.
    pub recall: u32,
    /// The place of the first expected document, from 1.
    pub first_place: Option<u32>,
    /// Whether an assistant would have refused it.
    pub refused: bool,
    /// How long the search took. Microseconds.
    pub took: u64,
}

/// How a run ended.
#[derive(Debug, Clone, PartialEq)]
pub struct Ending {
    /// How it stands now.
    pub state: EvaluationState,
    /// The figures of each way to search.
    pub figures: Vec<EvaluationFigures>,
    /// How many questions got worse.
    pub worse: u64,
    /// Why it failed.
    pub error: Option<ApiError>,
}

impl Ending {
    /// An end without figures.
    pub const fn without_figures(state: EvaluationState, error: Option<ApiError>) -> Self {
        Self { state, figures: Vec::new(), worse: 0, error }
    }
}

/// Begins a run, and forgets the oldest beyond the last twenty.
pub async fn begin(
    scope: &Scope,
    tx: &Tx,
    id: EvaluationRunId,
    collection: &CollectionId,
    questions: u64,
    now: Timestamp,
) -> Result<()> {
    let collection = collections::find_writable(scope, tx.db(), collection).await?;
    let row = EvaluationRunRow {
        id,
        organisation_id: scope.organisation().clone(),
        collection_id: collection.id.clone(),
        state: EvaluationState::Running,
        questions,
        asked: 0,
        figures: Vec::new(),
        worse: 0,
        error: None,
        started_at: now,
        finished_at: None,
    };
    row::insert(tx.db(), row).await?;
    let sql = format!(
        "DELETE FROM evaluation_runs WHERE organisation_id = $1 AND collection_id = $2 AND id NOT IN \
         (SELECT id FROM evaluation_runs WHERE organisation_id = $1 AND collection_id = $2 ORDER BY id DESC LIMIT {KEPT_RUNS})"
    );
    let values = [scope.organisation().as_str().into(), collection.id.as_str().into()];
    tx.db().execute(&sql, values).await?;
    Ok(())
}

/// One run of a collection that the scope's person sees.
pub async fn find(scope: &Scope, db: Db<'_>, id: &EvaluationRunId) -> Result<EvaluationRunRow> {
    let mut values: Vec<Value> = vec![id.as_str().into()];
    let writable = writable(scope, "evaluation_runs", "collection_id", &mut values);
    let sql = format!("SELECT {} FROM evaluation_runs WHERE id = $1 AND {writable}", EvaluationRunRow::COLUMNS);
    row::one(db.row(&sql, values).await?)
}

/// The last runs of a collection, newest first.
pub async fn list(scope: &Scope, db: Db<'_>, collection: &CollectionId) -> Result<Vec<EvaluationRunRow>> {
    let mut values: Vec<Value> = vec![collection.as_str().into()];
    let writable = writable(scope, "evaluation_runs", "collection_id", &mut values);
    let sql = format!(
        "SELECT {} FROM evaluation_runs WHERE collection_id = $1 AND {writable} ORDER BY id DESC LIMIT {KEPT_RUNS}",
        EvaluationRunRow::COLUMNS
    );
    row::all(&db.rows(&sql, values).await?)
}

/// Keeps what was given for some questions, unless a question was changed or deleted since it was asked, and notes how many
/// were asked.
///
/// # Errors
/// [`crate::StoreError::NotFound`] also when the run ended already: somebody stopped it.
pub async fn put_results(
    scope: &Scope,
    tx: &Tx,
    run: &EvaluationRunId,
    results: &[NewResult],
    asked: u64,
) -> Result<()> {
    let organisation = scope.organisation().as_str();
    let sql = "UPDATE evaluation_runs SET asked = $3 WHERE organisation_id = $1 AND id = $2 AND state = $4";
    let values =
        [organisation.into(), run.as_str().into(), asked.store().into(), EvaluationState::Running.store().into()];
    row::touched(tx.db().execute(sql, values).await?)?;
    let sql = "INSERT INTO evaluation_results (run_id, question_id, mode, organisation_id, ndcg, recall, first_place, \
               refused, took) SELECT $2, id, $5, organisation_id, $6, $7, $8, $9, $10 FROM evaluation_questions \
               WHERE organisation_id = $1 AND id = $3 AND version = $4 ON CONFLICT DO NOTHING";
    for result in results {
        let values = [
            organisation.into(),
            run.as_str().into(),
            result.question.as_str().into(),
            result.version.store().into(),
            result.mode.store().into(),
            result.ndcg.store().into(),
            result.recall.store().into(),
            result.first_place.store().into(),
            result.refused.into(),
            result.took.store().into(),
        ];
        tx.db().execute(sql, values).await?;
    }
    Ok(())
}

/// What a run gave so far.
pub async fn list_results(scope: &Scope, db: Db<'_>, run: &EvaluationRunId) -> Result<Vec<ResultRow>> {
    let mut values: Vec<Value> = vec![run.as_str().into()];
    let writable = writable(scope, "evaluation_runs", "collection_id", &mut values);
    let sql = format!(
        "SELECT {} FROM evaluation_results JOIN evaluation_runs ON evaluation_runs.id = evaluation_results.run_id \
         AND evaluation_runs.organisation_id = evaluation_results.organisation_id \
         WHERE evaluation_results.run_id = $1 AND {writable} \
         ORDER BY evaluation_results.question_id, evaluation_results.mode",
        ResultRow::COLUMNS
    );
    row::all(&db.rows(&sql, values).await?)
}

/// Ends a run that goes on.
///
/// # Errors
/// [`crate::StoreError::NotFound`] also when it ended already.
pub async fn finish(scope: &Scope, tx: &Tx, id: &EvaluationRunId, ending: Ending, now: Timestamp) -> Result<()> {
    let Ending { state, figures, worse, error } = ending;
    let sql = "UPDATE evaluation_runs SET state = $3, figures = $4, worse = $5, error = $6, finished_at = $7 \
               WHERE organisation_id = $1 AND id = $2 AND state = $8";
    let values = [
        scope.organisation().as_str().into(),
        id.as_str().into(),
        state.store().into(),
        figures.store().into(),
        worse.store().into(),
        error.store().into(),
        now.as_millis().into(),
        EvaluationState::Running.store().into(),
    ];
    row::touched(tx.db().execute(sql, values).await?)
}
