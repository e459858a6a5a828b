//! What runs gave, and what got worse from one to the next.

use std::collections::HashMap;

use hammock_contract::{
    ApiError, CollectionId, EvaluationQuestionId, EvaluationRunId,
    evaluation::{EvaluationReport, EvaluationRun, EvaluationState, WorseQuestion},
    search::SearchMode,
};
use hammock_store::{
    Db, Scope, evaluation_questions as questions,
    evaluation_runs::{self as runs, EvaluationRunRow, ResultRow},
};

use crate::{Hammock, Result, error::from_store};

/// How many questions that got worse are told.
const TOLD: usize = 200;

impl Hammock {
    /// The last runs of a collection, at most twenty, newest first.
    ///
    /// # Errors
    /// `not_found`.
    pub async fn list_evaluation_runs(&self, scope: &Scope, collection: &CollectionId) -> Result<Vec<EvaluationRun>> {
        self.find_collection(scope, collection).await?;
        let rows = runs::list(scope, self.store().read(), collection).await.map_err(from_store)?;
        Ok(rows.into_iter().map(EvaluationRunRow::into_run).collect())
    }

    /// A run with the questions that got worse since the complete run before.
    ///
    /// # Errors
    /// `not_found`.
    pub async fn evaluation_report(
        &self,
        scope: &Scope,
        collection: &CollectionId,
        id: &EvaluationRunId,
    ) -> Result<EvaluationReport> {
        self.find_collection(scope, collection).await?;
        let db = self.store().read();
        let run = run_of(scope, db, collection, id).await?;
        let before = match run.state {
            EvaluationState::Complete => complete_before(scope, db, &run).await?,
            EvaluationState::Running | EvaluationState::Stopped | EvaluationState::Failed => None,
        };
        let mut worse = Vec::new();
        if let Some(before) = &before {
            let fallen = fallen(&results_of(scope, db, before).await?, &results_of(scope, db, &run).await?);
            let texts = questions::list_all(scope, db, collection).await.map_err(from_store)?;
            let texts: HashMap<_, _> = texts.into_iter().map(|it| (it.row.id, it.row.question)).collect();
            worse = fallen
                .into_iter()
                .filter_map(|(before, after)| {
                    let question = texts.get(&after.question_id)?.clone();
                    let (before, after, id) = (before.result(), after.result(), after.question_id);
                    Some(WorseQuestion { id, question, before, after })
                })
                .take(TOLD)
                .collect();
        }
        Ok(EvaluationReport { run: run.into_run(), before: before.map(EvaluationRunRow::into_run), worse })
    }
}

/// A run of a collection.
pub(super) async fn run_of(
    scope: &Scope,
    db: Db<'_>,
    collection: &CollectionId,
    id: &EvaluationRunId,
) -> Result<EvaluationRunRow> {
    let run = runs::find(scope, db, id).await.map_err(from_store)?;
    if run.collection_id == *collection { Ok(run) } else { Err(ApiError::not_found()) }
}

/// The last complete run before another one.
pub(super) async fn complete_before(
    scope: &Scope,
    db: Db<'_>,
    run: &EvaluationRunRow,
) -> Result<Option<EvaluationRunRow>> {
    let all = runs::list(scope, db, &run.collection_id).await.map_err(from_store)?;
    Ok(all.into_iter().find(|it| it.id < run.id && it.state == EvaluationState::Complete))
}

/// What a run gave by the product's own way to search.
pub(super) async fn results_of(scope: &Scope, db: Db<'_>, run: &EvaluationRunRow) -> Result<Vec<ResultRow>> {
    let mode = run.figures.first().map_or(SearchMode::Hybrid, |figures| figures.mode);
    let all = runs::list_results(scope, db, &run.id).await.map_err(from_store)?;
    Ok(all.into_iter().filter(|result| result.mode == mode).collect())
}

/// The questions whose nDCG@10 fell from one run to another, what fell most first.
pub(super) fn fallen(before: &[ResultRow], after: &[ResultRow]) -> Vec<(ResultRow, ResultRow)> {
    let before: HashMap<&EvaluationQuestionId, &ResultRow> = before.iter().map(|row| (&row.question_id, row)).collect();
    let pairs = after.iter().filter_map(|after| Some((*before.get(&after.question_id)?, after)));
    let mut fallen: Vec<(ResultRow, ResultRow)> = pairs
        .filter(|(before, after)| after.ndcg < before.ndcg)
        .map(|(before, after)| (before.clone(), after.clone()))
        .collect();
    fallen.sort_by_key(|(before, after)| std::cmp::Reverse(before.ndcg - after.ndcg));
    fallen
}

#[cfg(test)]
mod tests {
    use super::*;

    fn result(question: &'static str, ndcg: u32) -> ResultRow {
        ResultRow {
            run_id: EvaluationRunId::fixed("some"),
            question_id: EvaluationQuestionId::fixed(question),
            mode: SearchMode::Hybrid,
            organisation_id: hammock_store::scope::builtin_organisation(),
            ndcg,
            recall: ndcg,
            first_place: None,
            refused: false,
            took: 1,
        }
    }

    #[test]
    fn what_fell_most_comes_first() {
        let before = [result("alpha", 9_000), result("beta", 10_000), result("gamma", 5_000), result("delta", 1)];
        let after = [result("alpha", 8_000), result("beta", 0), result("gamma", 5_000), result("epsilon", 0)];
        let fallen = fallen(&before, &after);
        let ids: Vec<&str> = fallen.iter().map(|(_, after)| after.question_id.as_str()).collect();
        assert_eq!(ids, ["evq_beta", "evq_alpha"]);
    }
}
