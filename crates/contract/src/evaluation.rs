//! How well search finds what it should: questions with the documents that are expected, and what runs of them gave.

use serde::{Deserialize, Serialize};

use crate::{ApiError, CollectionId, DocumentId, EvaluationQuestionId, EvaluationRunId, Timestamp, search::SearchMode};

/// The most characters of a question.
pub const MAX_QUESTION: usize = 2_000;
/// The most documents that one question expects.
pub const MAX_EXPECTED: usize = 50;
/// The highest grade.
pub const MAX_GRADE: u32 = 100;
/// The most questions of one collection.
pub const MAX_QUESTIONS: u64 = 5_000;
/// How many runs of a collection are kept.
pub const KEPT_RUNS: u64 = 20;

/// The grade of a document that was given none.
const fn ordinary() -> u32 {
    1
}

/// A document that a question should find. It is known by its location, so that it is still the same after it was read
/// anew.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
pub struct ExpectedDocument {
    /// The address of a page, or the name of a file.
    pub location: String,
    /// How well it answers, compared with the others of the question. 1 to 100.
    pub grade: u32,
    /// The document that is there now; absent when none is.
    pub document: Option<DocumentId>,
    /// Its title; the location while there is no document.
    pub title: String,
}

/// A document that a question should find, as it is handed in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct NewExpectedDocument {
    /// The address of a page, or the name of a file, as the list of documents has it in `location`.
    pub location: String,
    /// How well it answers, compared with the others of the question. 1 to 100; 1 when absent.
    #[serde(default = "ordinary")]
    #[cfg_attr(feature = "server", schema(minimum = 1, maximum = 100))]
    pub grade: u32,
}

/// A question to write.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct NewEvaluationQuestion {
    /// What is asked. 1 to 2,000 characters.
    pub question: String,
    /// What it should find. 1 to 50 documents.
    pub expected: Vec<NewExpectedDocument>,
}

/// A change to a question; absent fields stay. A changed question is compared from its next run on.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
#[serde(default, deny_unknown_fields)]
pub struct EvaluationQuestionPatch {
    /// What is asked.
    pub question: Option<String>,
    /// What it should find.
    pub expected: Option<Vec<NewExpectedDocument>>,
}

/// A question with the documents that it should find.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
pub struct EvaluationQuestion {
    /// The id.
    pub id: EvaluationQuestionId,
    /// What is asked.
    pub question: String,
    /// What it should find.
    pub expected: Vec<ExpectedDocument>,
    /// What the last complete run gave; absent when it was not part of it, or was changed since.
    pub last: Option<QuestionResult>,
    /// When it was written.
    pub created_at: Timestamp,
}

/// What a run gave for one question.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
pub struct QuestionResult {
    /// nDCG@10: 1 when the expected documents are in the best possible order, 0 when none is among the first ten.
    pub ndcg10: f32,
    /// The share of the expected documents among the first hundred. 0 to 1.
    pub recall100: f32,
    /// The place of the first expected document, from 1; absent when none was found.
    pub rank: Option<u32>,
    /// Whether an assistant of ordinary strictness would have said that the sources do not answer it.
    pub refused: bool,
}

/// How a run stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum EvaluationState {
    /// It waits or goes on.
    Running,
    /// Every question was asked.
    Complete,
    /// Somebody stopped it; it has no figures.
    Stopped,
    /// It could not be done; see `error`.
    Failed,
}

/// How good and how fast one way to search is.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
pub struct EvaluationFigures {
    /// How was searched.
    pub mode: SearchMode,
    /// Mean nDCG@10.
    pub ndcg10: f32,
    /// Mean recall@100.
    pub recall100: f32,
    /// How many questions an assistant of ordinary strictness would have refused. By meaning alone nothing is decided: 0.
    pub refused: u32,
    /// Median of a search. Milliseconds.
    pub p50_ms: f32,
    /// 95th percentile of a search. Milliseconds.
    pub p95_ms: f32,
}

/// One run of all questions of a collection.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
pub struct EvaluationRun {
    /// The id.
    pub id: EvaluationRunId,
    /// The collection.
    pub collection: CollectionId,
    /// How it stands.
    pub state: EvaluationState,
    /// How many questions there are to ask.
    pub questions: u64,
    /// How many of them were asked so far.
    pub asked: u64,
    /// The figures of each way to search, that of the product first: hybrid, or keyword where nothing has vectors. Empty
    /// until the run is complete.
    pub figures: Vec<EvaluationFigures>,
    /// How many questions got worse since the complete run before.
    pub worse: u64,
    /// Why it failed.
    pub error: Option<ApiError>,
    /// When it was begun.
    pub started_at: Timestamp,
    /// When it ended.
    pub finished_at: Option<Timestamp>,
}

impl EvaluationRun {
    /// The figures of the product's own way to search.
    pub fn main(&self) -> Option<&EvaluationFigures> {
        self.figures.first()
    }
}

/// A question whose nDCG@10 fell.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
pub struct WorseQuestion {
    /// The question's id.
    pub id: EvaluationQuestionId,
    /// What is asked.
    pub question: String,
    /// What the complete run before gave.
    pub before: QuestionResult,
    /// What this run gave.
    pub after: QuestionResult,
}

/// A run with the questions that got worse.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
pub struct EvaluationReport {
    /// The run.
    pub run: EvaluationRun,
    /// The complete run that it is compared with; absent when there was none before, or none is kept.
    pub before: Option<EvaluationRun>,
    /// The questions that got worse, what fell most first. At most 200.
    pub worse: Vec<WorseQuestion>,
}

/// Why a line of an import was left out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum ImportFault {
    /// It does not have the form that it should.
    Malformed,
    /// The question is missing or too long.
    Question,
    /// No document is named.
    NothingExpected,
    /// The document that it names is not in the collection.
    UnknownDocument,
    /// Several documents of the collection have the title that it names.
    AmbiguousDocument,
    /// The question that it belongs to is not in the file of the questions.
    UnknownQuestion,
    /// The grade is no whole number from 1 to 100.
    Grade,
    /// The question expects more than 50 documents; those above are left out.
    TooManyDocuments,
    /// The collection has 5,000 questions already.
    TooManyQuestions,
}

/// A line of an import that was left out, or a part of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
pub struct ImportProblem {
    /// The name of the file.
    pub file: String,
    /// The line, from 1.
    pub line: u64,
    /// What is wrong with it.
    pub fault: ImportFault,
    /// What stands there: the name of the document, most often.
    pub given: String,
}

/// What became of an import.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
pub struct ImportReport {
    /// How many questions are new.
    pub added: u64,
    /// How many were there already and expect other documents now.
    pub changed: u64,
    /// How many were there already, the same.
    pub unchanged: u64,
    /// How many lines were left out, wholly or in part.
    pub left_out: u64,
    /// Of these, the first 200.
    pub problems: Vec<ImportProblem>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_document_without_a_grade_has_the_ordinary_one() {
        let read: NewExpectedDocument = serde_json::from_str(r#"{"location": "a.md"}"#).unwrap();
        assert_eq!(read.grade, 1);
    }
}
