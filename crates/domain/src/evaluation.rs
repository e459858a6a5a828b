//! How well search finds what it should in a collection: its questions with the documents that are expected, and the runs
//! of them.

mod comparing;
mod exporting;
mod importing;
mod matching;
mod of_source;
mod reading;
mod running;

use std::collections::{HashMap, HashSet};

use hammock_contract::{
    ApiError, CollectionId, ErrorCode, EvaluationQuestionId, Page,
    check::out_of_range,
    evaluation::{
        EvaluationQuestion, EvaluationQuestionPatch, EvaluationState, MAX_EXPECTED, MAX_GRADE, MAX_QUESTION,
        MAX_QUESTIONS, NewEvaluationQuestion, NewExpectedDocument,
    },
    page::PageRequest,
    user::Role,
};
use hammock_store::{
    Db, Scope, Tx, audit,
    evaluation_questions::{self as questions, Expected, Question},
    evaluation_runs::{self as runs, ResultRow},
};

use crate::{Hammock, Result, error::from_store, validate};
use comparing::results_of;

pub use importing::ImportFile;

impl Hammock {
    /// The questions of a collection, newest first, each with what the last complete run gave.
    ///
    /// # Errors
    /// `not_found`.
    pub async fn list_evaluation_questions(
        &self,
        scope: &Scope,
        collection: &CollectionId,
        request: PageRequest,
    ) -> Result<Page<EvaluationQuestion>> {
        self.find_collection(scope, collection).await?;
        let db = self.store().read();
        let page = questions::list(scope, db, collection, &request).await.map_err(from_store)?;
        let items = seen(scope, db, collection, page.items).await?;
        Ok(Page { items, next_page_token: page.next_page_token })
    }

    /// Writes a question.
    ///
    /// # Errors
    /// `role_required`, `not_found`, `read_only`, `invalid_field`, `document_missing`, `too_many_questions`.
    pub async fn create_evaluation_question(
        &self,
        scope: &Scope,
        collection: &CollectionId,
        new: NewEvaluationQuestion,
    ) -> Result<EvaluationQuestion> {
        scope.require(Role::Administrator).map_err(from_store)?;
        self.refuse_read_only(scope, collection).await?;
        let NewEvaluationQuestion { question, expected } = new;
        let question = checked_question(&question)?;
        let expected = checked_expected(expected)?;
        let (id, now) = (EvaluationQuestionId::new(), self.now());
        let tx = self.store().begin().await.map_err(from_store)?;
        if questions::count(scope, tx.db(), collection).await.map_err(from_store)? >= MAX_QUESTIONS {
            let message = format!("a collection has at most {MAX_QUESTIONS} questions; delete some first");
            return Err(ApiError::new(ErrorCode::TooManyQuestions, message).with("limit", MAX_QUESTIONS));
        }
        refuse_missing(scope, &tx, collection, &expected, &[]).await?;
        questions::create(scope, &tx, id.clone(), collection, &question, &expected, now).await.map_err(from_store)?;
        let detail = serde_json::json!({ "collection": collection, "question": question });
        audit::record(scope, &tx, "evaluation_question.create", id.as_str(), detail, now).await.map_err(from_store)?;
        tx.commit().await.map_err(from_store)?;
        self.evaluation_question(scope, collection, &id).await
    }

    /// Changes a question; absent fields stay. What runs gave for it is forgotten.
    ///
    /// # Errors
    /// `role_required`, `not_found`, `read_only`, `invalid_field`, `document_missing`.
    pub async fn update_evaluation_question(
        &self,
        scope: &Scope,
        collection: &CollectionId,
        id: &EvaluationQuestionId,
        patch: EvaluationQuestionPatch,
    ) -> Result<EvaluationQuestion> {
        scope.require(Role::Administrator).map_err(from_store)?;
        self.refuse_read_only(scope, collection).await?;
        let EvaluationQuestionPatch { question, expected } = patch;
        let question = question.as_deref().map(checked_question).transpose()?;
        let expected = expected.map(checked_expected).transpose()?;
        let now = self.now();
        let tx = self.store().begin().await.map_err(from_store)?;
        let before = questions::find(scope, tx.db(), collection, id).await.map_err(from_store)?;
        let question = question.unwrap_or_else(|| before.row.question.clone());
        let expected = expected.unwrap_or_else(|| before.expected.clone());
        if question != before.row.question || expected != before.expected {
            refuse_missing(scope, &tx, collection, &expected, &before.expected).await?;
            questions::update(scope, &tx, id, &question, &expected).await.map_err(from_store)?;
            let detail = serde_json::json!({ "collection": collection, "question": question });
            audit::record(scope, &tx, "evaluation_question.update", id.as_str(), detail, now)
                .await
                .map_err(from_store)?;
        }
        tx.commit().await.map_err(from_store)?;
        self.evaluation_question(scope, collection, id).await
    }

    /// Deletes a question.
    ///
    /// # Errors
    /// `role_required`, `not_found`, `read_only`.
    pub async fn delete_evaluation_question(
        &self,
        scope: &Scope,
        collection: &CollectionId,
        id: &EvaluationQuestionId,
    ) -> Result<()> {
        scope.require(Role::Administrator).map_err(from_store)?;
        self.refuse_read_only(scope, collection).await?;
        let now = self.now();
        let tx = self.store().begin().await.map_err(from_store)?;
        let before = questions::find(scope, tx.db(), collection, id).await.map_err(from_store)?;
        questions::delete(scope, &tx, collection, id).await.map_err(from_store)?;
        let detail = serde_json::json!({ "collection": collection, "question": before.row.question });
        audit::record(scope, &tx, "evaluation_question.delete", id.as_str(), detail, now).await.map_err(from_store)?;
        tx.commit().await.map_err(from_store)
    }

    async fn evaluation_question(
        &self,
        scope: &Scope,
        collection: &CollectionId,
        id: &EvaluationQuestionId,
    ) -> Result<EvaluationQuestion> {
        let db = self.store().read();
        let question = questions::find(scope, db, collection, id).await.map_err(from_store)?;
        seen(scope, db, collection, vec![question]).await?.pop().ok_or_else(ApiError::not_found)
    }
}

/// Questions as people see them.
async fn seen(
    scope: &Scope,
    db: Db<'_>,
    collection: &CollectionId,
    rows: Vec<Question>,
) -> Result<Vec<EvaluationQuestion>> {
    let mut expected = questions::resolve(scope, db, collection, &rows).await.map_err(from_store)?;
    let last = runs::list(scope, db, collection).await.map_err(from_store)?;
    let mut results: HashMap<EvaluationQuestionId, ResultRow> = HashMap::new();
    if let Some(run) = last.iter().find(|run| run.state == EvaluationState::Complete) {
        let all = results_of(scope, db, run).await?;
        results.extend(all.into_iter().map(|result| (result.question_id.clone(), result)));
    }
    let seen = rows.into_iter().map(|Question { row, .. }| EvaluationQuestion {
        expected: expected.remove(&row.id).unwrap_or_default(),
        last: results.get(&row.id).map(ResultRow::result),
        id: row.id,
        question: row.question,
        created_at: row.created_at,
    });
    Ok(seen.collect())
}

/// A question on one line.
fn checked_question(text: &str) -> Result<String> {
    let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
    validate::line("question", &text, 1, MAX_QUESTION)
}

/// What a question expects, each place once.
fn checked_expected(given: Vec<NewExpectedDocument>) -> Result<Vec<Expected>> {
    let mut expected: Vec<Expected> = Vec::new();
    for NewExpectedDocument { location, grade } in given {
        if !(1..=MAX_GRADE).contains(&grade) {
            return Err(out_of_range("grade", "a grade lies between 1 and 100", 1, MAX_GRADE));
        }
        if expected.iter().all(|it| it.location != location) {
            expected.push(Expected { location, grade });
        }
    }
    if expected.is_empty() {
        let message = "name at least one document that the question should find";
        return Err(ApiError::new(ErrorCode::NothingExpected, message).on("expected"));
    }
    if expected.len() > MAX_EXPECTED {
        return Err(validate::invalid("expected", format!("a question expects at most {MAX_EXPECTED} documents")));
    }
    Ok(expected)
}

/// Refuses what is not in the collection, unless the question expected it before.
async fn refuse_missing(
    scope: &Scope,
    tx: &Tx,
    collection: &CollectionId,
    expected: &[Expected],
    before: &[Expected],
) -> Result<()> {
    let wanted: Vec<&str> = expected.iter().map(|it| it.location.as_str()).collect();
    let there = questions::locate(scope, tx.db(), collection, &wanted).await.map_err(from_store)?;
    let there: HashSet<&str> = there.iter().map(|it| it.location.as_str()).collect();
    let was_there = |location: &str| before.iter().any(|it| it.location == location);
    match expected.iter().find(|it| !there.contains(it.location.as_str()) && !was_there(&it.location)) {
        None => Ok(()),
        Some(missing) => {
            let message = format!("{} is not in this collection; choose one of its documents", missing.location);
            let error = ApiError::new(ErrorCode::DocumentMissing, message).on("expected");
            Err(error.with("name", &missing.location))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_question_is_one_line_and_expects_each_place_once() {
        assert_eq!(checked_question("  When \n is\tit?  ").as_deref(), Ok("When is it?"));
        assert!(checked_question(" \n ").is_err());
        let new = |location: &str, grade| NewExpectedDocument { location: location.to_owned(), grade };
        let expected = checked_expected(vec![new("a", 2), new("b", 1), new("a", 1)]).unwrap();
        assert_eq!(expected.len(), 2);
        assert_eq!(expected[0].grade, 2);
        assert_eq!(checked_expected(Vec::new()).unwrap_err().code, ErrorCode::NothingExpected);
        for bad in [vec![new("a", 0)], vec![new("a", 101)]] {
            assert_eq!(checked_expected(bad).unwrap_err().code, ErrorCode::InvalidField);
        }
    }
}
