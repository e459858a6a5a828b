//! Takes questions from files.

use std::collections::HashMap;

use hammock_contract::{
    CollectionId, EvaluationQuestionId,
    evaluation::{ImportFault, ImportReport, MAX_EXPECTED, MAX_QUESTIONS},
    user::Role,
};
use hammock_store::{
    Scope, audit,
    evaluation_questions::{self as questions, Expected, Question},
};

use super::{
    matching::{Meaning, Names},
    reading::{Asked, Problems, read},
};
use crate::{Hammock, Result, error::from_store, validate::key};

/// A file of an import.
#[derive(Debug, Clone)]
pub struct ImportFile {
    /// Its name, as the sender has it.
    pub name: String,
    /// Its content.
    pub bytes: Vec<u8>,
}

impl Hammock {
    /// Takes questions from one CSV file, or from `queries.jsonl` and the judgements of BEIR. A question that is there already
    /// expects then what the file says. What cannot be taken is told line by line; the rest is taken.
    ///
    /// # Errors
    /// `role_required`, `not_found`, `read_only`, `import_unreadable`.
    pub async fn import_evaluation_questions(
        &self,
        scope: &Scope,
        collection: &CollectionId,
        files: Vec<ImportFile>,
    ) -> Result<ImportReport> {
        scope.require(Role::Administrator).map_err(from_store)?;
        self.refuse_read_only(scope, collection).await?;
        let mut problems = Problems::default();
        let asked = read(&files, &mut problems)?;
        let (mut added, mut changed, mut unchanged) = (0_u64, 0_u64, 0_u64);
        let now = self.now();
        let tx = self.store().begin().await.map_err(from_store)?;
        let names = Names::of(&questions::list_locations(scope, tx.db(), collection).await.map_err(from_store)?);
        let before = questions::list_all(scope, tx.db(), collection).await.map_err(from_store)?;
        let mut total = before.len() as u64;
        let before: HashMap<String, Question> = before.into_iter().map(|it| (key(&it.row.question), it)).collect();
        for one in asked {
            let expected = expected_of(&one, &names, &mut problems);
            if expected.is_empty() {
                continue;
            }
            match before.get(&key(&one.question)) {
                Some(known) if known.expected == expected => unchanged += 1,
                Some(known) => {
                    questions::update(scope, &tx, &known.row.id, &known.row.question, &expected)
                        .await
                        .map_err(from_store)?;
                    changed += 1;
                }
                None if total >= MAX_QUESTIONS => {
                    problems.note(&one.place, ImportFault::TooManyQuestions, &one.question);
                }
                None => {
                    let id = EvaluationQuestionId::new();
                    questions::create(scope, &tx, id, collection, &one.question, &expected, now)
                        .await
                        .map_err(from_store)?;
                    total += 1;
                    added += 1;
                }
            }
        }
        let detail = serde_json::json!({ "added": added, "changed": changed });
        audit::record(scope, &tx, "evaluation_question.import", collection.as_str(), detail, now)
            .await
            .map_err(from_store)?;
        tx.commit().await.map_err(from_store)?;
        Ok(ImportReport { added, changed, unchanged, ..problems.into_report() })
    }
}

/// The documents of the collection that a question names.
fn expected_of(asked: &Asked, names: &Names, problems: &mut Problems) -> Vec<Expected> {
    let mut expected: Vec<Expected> = Vec::new();
    for named in &asked.expected {
        match names.find(&named.name) {
            None => problems.note(&named.place, ImportFault::UnknownDocument, &named.name),
            Some(Meaning::Several) => problems.note(&named.place, ImportFault::AmbiguousDocument, &named.name),
            Some(Meaning::One(location)) => {
                if expected.iter().any(|it| it.location == *location) {
                    continue;
                }
                if expected.len() == MAX_EXPECTED {
                    problems.note(&named.place, ImportFault::TooManyDocuments, &named.name);
                } else {
                    expected.push(Expected { location: location.clone(), grade: named.grade });
                }
            }
        }
    }
    expected
}
