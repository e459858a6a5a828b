//! Asks the questions of a collection, through the search of the product, as background work.

use std::{
    collections::{HashMap, HashSet},
    time::Duration,
};

use hammock_contract::{
    ApiError, CollectionId, DocumentId, ErrorCode, EvaluationQuestionId, EvaluationRunId,
    evaluation::{EvaluationFigures, EvaluationRun, EvaluationState},
    search::SearchMode,
    user::Role,
};
use hammock_retrieval::{
    metrics::{self, Judgements, Score},
    search::DEPTH,
    settings,
};
use hammock_store::{
    Scope, StoreError, Tx, audit, collections,
    evaluation_questions::{self as questions, Question},
    evaluation_runs::{self as runs, Ending, EvaluationRunRow, NewResult, ResultRow, ten_thousandths},
    jobs as queue,
};
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

use super::comparing::{complete_before, fallen, results_of, run_of};
use crate::{
    Hammock, Result,
    collections::read_only,
    error::from_store,
    knowledge::jobs::{self, Reached},
    search::Wanted,
};

/// How often what was found is written down.
const WRITTEN_EVERY: Duration = Duration::from_millis(500);

/// The ways to search where passages have vectors, that of the product first.
const ALL_MODES: &[SearchMode] = &[SearchMode::Hybrid, SearchMode::Keyword, SearchMode::Vector];
/// The way to search where none has.
const WORDS_ALONE: &[SearchMode] = &[SearchMode::Keyword];

impl Hammock {
    /// Asks every question of a collection, in the background.
    ///
    /// # Errors
    /// `role_required`, `not_found`, `read_only`, `no_questions`, `not_indexed`, `busy` while a run goes on.
    pub async fn start_evaluation(&self, scope: &Scope, collection: &CollectionId) -> Result<EvaluationRun> {
        scope.require(Role::Administrator).map_err(from_store)?;
        let found = self.find_collection(scope, collection).await?;
        if found.read_only {
            return Err(read_only());
        }
        let (id, now) = (EvaluationRunId::new(), self.now());
        let tx = self.store().begin().await.map_err(from_store)?;
        let total = questions::count(scope, tx.db(), collection).await.map_err(from_store)?;
        if total == 0 {
            let message = "this collection has no questions; write one or import some first";
            return Err(ApiError::new(ErrorCode::NoQuestions, message));
        }
        if found.chunks == 0 {
            let message = "this collection has nothing to search yet; add documents, or wait until they are read";
            return Err(ApiError::new(ErrorCode::NotIndexed, message));
        }
        let last = runs::list(scope, tx.db(), collection).await.map_err(from_store)?;
        let goes_on = last.iter().any(|run| run.state == EvaluationState::Running);
        let newest = last.first().map(|run| &run.id);
        if goes_on || !jobs::evaluate(scope, &tx, collection, &id, newest, now).await? {
            return Err(ApiError::new(ErrorCode::Busy, "the questions of this collection are being asked already"));
        }
        runs::begin(scope, &tx, id.clone(), collection, total, now).await.map_err(from_store)?;
        let detail = serde_json::json!({ "collection": collection, "questions": total });
        audit::record(scope, &tx, "evaluation.start", id.as_str(), detail, now).await.map_err(from_store)?;
        tx.commit().await.map_err(from_store)?;
        self.0.work.notify_one();
        Ok(runs::find(scope, self.store().read(), &id).await.map_err(from_store)?.into_run())
    }

    /// Stops a run. One that has ended stays as it is.
    ///
    /// # Errors
    /// `role_required`, `not_found`, `read_only`.
    pub async fn stop_evaluation(
        &self,
        scope: &Scope,
        collection: &CollectionId,
        id: &EvaluationRunId,
    ) -> Result<EvaluationRun> {
        scope.require(Role::Administrator).map_err(from_store)?;
        self.refuse_read_only(scope, collection).await?;
        let now = self.now();
        let tx = self.store().begin().await.map_err(from_store)?;
        run_of(scope, tx.db(), collection, id).await?;
        queue::cancel(scope, &tx, id.as_str(), now).await.map_err(from_store)?;
        let ending = Ending::without_figures(EvaluationState::Stopped, None);
        match runs::finish(scope, &tx, id, ending, now).await {
            Ok(()) => {
                let detail = serde_json::json!({ "collection": collection });
                audit::record(scope, &tx, "evaluation.stop", id.as_str(), detail, now).await.map_err(from_store)?;
            }
            // It ended by itself.
            Err(StoreError::NotFound) => {}
            Err(error) => return Err(from_store(error)),
        }
        tx.commit().await.map_err(from_store)?;
        Ok(run_of(scope, self.store().read(), collection, id).await?.into_run())
    }

    /// Asks the questions of a run that were not asked yet, to the end or until `stop`. What a process left behind that went
    /// down is gone on with.
    pub(crate) async fn evaluate(
        &self,
        scope: &Scope,
        id: &EvaluationRunId,
        stop: CancellationToken,
    ) -> Result<Reached> {
        let run = match runs::find(scope, self.store().read(), id).await {
            Ok(run) if run.state == EvaluationState::Running => run,
            // It was stopped, or the collection was deleted.
            Ok(_) | Err(StoreError::NotFound) => return Ok(Reached::End),
            Err(error) => return Err(from_store(error)),
        };
        let collection = &run.collection_id;
        let modes = self.modes_for(scope, collection).await?;
        let db = self.store().read();
        let all = questions::list_all(scope, db, collection).await.map_err(from_store)?;
        let known = runs::list_results(scope, db, id).await.map_err(from_store)?;
        let known: HashSet<_> = known.into_iter().map(|row| (row.question_id, row.mode)).collect();
        let places = questions::list_locations(scope, db, collection).await.map_err(from_store)?;
        let places: HashMap<_, _> = places.into_iter().map(|it| (it.document, it.location)).collect();
        let (mut found, mut written) = (Vec::new(), Instant::now());
        for (asked, question) in (0..).zip(&all) {
            if stop.is_cancelled() {
                return Ok(Reached::Part);
            }
            for mode in modes {
                if !known.contains(&(question.row.id.clone(), *mode)) {
                    found.push(self.ask(scope, collection, question, *mode, &places).await?);
                }
            }
            let is_last = asked + 1 == all.len() as u64;
            if is_last || written.elapsed() >= WRITTEN_EVERY {
                if !self.write_down(scope, id, &found, asked + 1).await? {
                    return Ok(Reached::End);
                }
                found.clear();
                written = Instant::now();
            }
        }
        self.end_evaluation(scope, &run, modes).await.map(|()| Reached::End)
    }

    /// The ways in which a collection can be searched.
    async fn modes_for(&self, scope: &Scope, collection: &CollectionId) -> Result<&'static [SearchMode]> {
        // A run that goes on after a restart must not take a model that is being loaded for one that is missing.
        if !self.0.embedding.has_settled().await {
            let message = "the embedding model is still being loaded; run the questions again when it is there";
            return Err(ApiError::new(ErrorCode::Unavailable, message));
        }
        let has_vectors =
            self.0.embedding.ready().is_some() && self.find_collection(scope, collection).await?.embedded_chunks > 0;
        Ok(if has_vectors { ALL_MODES } else { WORDS_ALONE })
    }

    /// Asks one question in one way.
    async fn ask(
        &self,
        scope: &Scope,
        collection: &CollectionId,
        question: &Question,
        mode: SearchMode,
        places: &HashMap<DocumentId, String>,
    ) -> Result<NewResult> {
        // What was set for the collection counts here, too.
        let theirs = collections::list_retrieval(scope, self.store().read(), std::slice::from_ref(collection))
            .await
            .map_err(from_store)?;
        let settings = settings::of_collections(&theirs);
        let wanted = Wanted { mode, settings: &settings, limit: 2 * DEPTH, filters: &[], besides: &[] };
        let began = Instant::now();
        let found = self.find_passages(scope, &question.row.question, vec![collection.clone()], wanted).await?;
        let took = u64::try_from(began.elapsed().as_micros()).unwrap_or(u64::MAX);
        if mode != SearchMode::Keyword && found.vector_missing.is_some() {
            let message = "the embedding model went away while the questions were asked; run them again";
            return Err(ApiError::new(ErrorCode::NoEmbeddingModel, message));
        }
        let ranking = ranking(found.passages.iter().map(|passage| &passage.row.chunk.document_id), places);
        let judgements: Judgements = question.expected.iter().map(|it| (it.location.clone(), it.grade)).collect();
        let Score { ndcg, recall, place } = metrics::score(&ranking, &judgements);
        Ok(NewResult {
            question: question.row.id.clone(),
            version: question.row.version,
            mode,
            ndcg: ten_thousandths(ndcg),
            recall: ten_thousandths(recall),
            first_place: place.and_then(|place| u32::try_from(place + 1).ok()),
            refused: mode != SearchMode::Vector && !found.is_enough(settings.threshold),
            took,
        })
    }

    /// Keeps what was found. Whether the run still goes on.
    async fn write_down(&self, scope: &Scope, id: &EvaluationRunId, found: &[NewResult], asked: u64) -> Result<bool> {
        let tx = self.store().begin().await.map_err(from_store)?;
        match runs::put_results(scope, &tx, id, found, asked).await {
            Ok(()) => tx.commit().await.map(|()| true).map_err(from_store),
            Err(StoreError::NotFound) => Ok(false),
            Err(error) => Err(from_store(error)),
        }
    }

    /// Every question was asked: the figures, and how many got worse.
    async fn end_evaluation(&self, scope: &Scope, run: &EvaluationRunRow, modes: &[SearchMode]) -> Result<()> {
        let tx = self.store().begin().await.map_err(from_store)?;
        let results = runs::list_results(scope, tx.db(), &run.id).await.map_err(from_store)?;
        let figures = modes.iter().map(|mode| figures(*mode, &results)).collect();
        let main: Vec<ResultRow> = results.into_iter().filter(|row| modes.first() == Some(&row.mode)).collect();
        let worse = match complete_before(scope, tx.db(), run).await? {
            Some(before) => fallen(&results_of(scope, tx.db(), &before).await?, &main).len() as u64,
            None => 0,
        };
        let ending = Ending { state: EvaluationState::Complete, figures, worse, error: None };
        match runs::finish(scope, &tx, &run.id, ending, self.now()).await {
            Ok(()) => tx.commit().await.map_err(from_store),
            // It was stopped at the last moment.
            Err(StoreError::NotFound) => Ok(()),
            Err(error) => Err(from_store(error)),
        }
    }

    /// A run failed for good: people see why.
    pub(crate) async fn evaluation_failed(
        &self,
        scope: &Scope,
        tx: &Tx,
        id: &EvaluationRunId,
        error: ApiError,
    ) -> Result<()> {
        let ending = Ending::without_figures(EvaluationState::Failed, Some(error));
        match runs::finish(scope, tx, id, ending, self.now()).await {
            Ok(()) | Err(StoreError::NotFound) => Ok(()),
            Err(error) => Err(from_store(error)),
        }
    }
}

/// The places of the documents that passages are of, each once, best first. A document that came since the run began has
/// none that is known yet; it takes its room in the ranking all the same.
fn ranking<'a>(documents: impl Iterator<Item = &'a DocumentId>, places: &HashMap<DocumentId, String>) -> Vec<String> {
    let mut seen: HashSet<&str> = HashSet::new();
    let known = documents.map(|document| places.get(document).map_or(document.as_str(), String::as_str));
    known.filter(|place| seen.insert(*place)).map(str::to_owned).collect()
}

/// The figures of one way to search.
fn figures(mode: SearchMode, results: &[ResultRow]) -> EvaluationFigures {
    let rows: HashMap<&EvaluationQuestionId, &ResultRow> =
        results.iter().filter(|row| row.mode == mode).map(|row| (&row.question_id, row)).collect();
    let mean = |of: fn(&ResultRow) -> u32| {
        let sum: f64 = rows.values().map(|row| f64::from(of(row))).sum();
        rounded(sum / rows.len().max(1) as f64 / 10_000.0, 10_000.0)
    };
    let took: Vec<f64> = rows.values().map(|row| row.took as f64 / 1_000.0).collect();
    EvaluationFigures {
        mode,
        ndcg10: mean(|row| row.ndcg),
        recall100: mean(|row| row.recall),
        refused: u32::try_from(rows.values().filter(|row| row.refused).count()).unwrap_or(u32::MAX),
        p50_ms: rounded(metrics::percentile(&took, 0.5), 100.0),
        p95_ms: rounded(metrics::percentile(&took, 0.95), 100.0),
    }
}

/// A number with so many parts to one.
fn rounded(value: f64, parts: f64) -> f32 {
    ((value * parts).round() / parts) as f32
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_document_counts_once_and_by_its_place() {
        let (a, b, new) = (DocumentId::fixed("aaaa"), DocumentId::fixed("bbbb"), DocumentId::fixed("cccc"));
        let places = HashMap::from([(a.clone(), "a.md".to_owned()), (b.clone(), "b.md".to_owned())]);
        assert_eq!(ranking([&b, &a, &new, &b].into_iter(), &places), ["b.md", "a.md", "doc_cccc"]);
    }

    #[test]
    fn figures_are_those_of_one_mode() {
        let row = |question: &'static str, mode, ndcg, refused, took| ResultRow {
            run_id: EvaluationRunId::fixed("some"),
            question_id: EvaluationQuestionId::fixed(question),
            mode,
            organisation_id: hammock_store::scope::builtin_organisation(),
            ndcg,
            recall: 10_000,
            first_place: Some(1),
            refused,
            took,
        };
        let results = [
            row("alpha", SearchMode::Keyword, 5_000, true, 4_000),
            row("beta", SearchMode::Keyword, 10_000, false, 2_000),
            row("alpha", SearchMode::Vector, 0, false, 9_000),
        ];
        let keyword = figures(SearchMode::Keyword, &results);
        assert_eq!((keyword.ndcg10, keyword.recall100, keyword.refused), (0.75, 1.0, 1));
        assert_eq!((keyword.p50_ms, keyword.p95_ms), (2.0, 4.0));
        assert_eq!(figures(SearchMode::Hybrid, &results).ndcg10, 0.0);
    }
}
