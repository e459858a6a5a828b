//! Writes the questions of a collection as a CSV file that an import takes.

use hammock_contract::CollectionId;
use hammock_store::{
    Scope,
    evaluation_questions::{self as questions, Question},
};

use crate::{Hammock, Result, error::from_store};

impl Hammock {
    /// The questions of a collection as CSV, oldest first.
    ///
    /// # Errors
    /// `not_found`.
    pub async fn export_evaluation_questions(&self, scope: &Scope, collection: &CollectionId) -> Result<String> {
        self.find_collection(scope, collection).await?;
        let all = questions::list_all(scope, self.store().read(), collection).await.map_err(from_store)?;
        Ok(csv_of(&all))
    }
}

/// One line a question. Lines end as RFC 4180 says.
fn csv_of(questions: &[Question]) -> String {
    let mut csv = String::from("question,expected,grade\r\n");
    for question in questions {
        let joined = |parts: Vec<String>| quoted(&parts.join("|"));
        csv.push_str(&quoted(&question.row.question));
        csv.push(',');
        csv.push_str(&joined(question.expected.iter().map(|it| it.location.clone()).collect()));
        csv.push(',');
        csv.push_str(&joined(question.expected.iter().map(|it| it.grade.to_string()).collect()));
        csv.push_str("\r\n");
    }
    csv
}

/// A cell: between quotation marks where it holds what would end it.
fn quoted(text: &str) -> String {
    if text.contains(['"', ',', ';', '\n', '\r', '\t']) {
        format!("\"{}\"", text.replace('"', "\"\""))
    } else {
        text.to_owned()
    }
}

#[cfg(test)]
mod tests {
    use hammock_contract::{EvaluationQuestionId, Timestamp};
    use hammock_store::{
        evaluation_questions::{Expected, QuestionRow},
        scope::{builtin_organisation, handbook_collection},
    };

    use super::*;

    #[test]
    fn cells_are_quoted_where_they_must_be() {
        let question = |text: &str, expected: &[(&str, u32)]| Question {
            row: QuestionRow {
                id: EvaluationQuestionId::fixed("some"),
                organisation_id: builtin_organisation(),
                collection_id: handbook_collection(),
                question: text.to_owned(),
                search_key: String::new(),
                version: 1,
                created_at: Timestamp::from_millis(0),
            },
            expected: expected
                .iter()
                .map(|(location, grade)| Expected { location: (*location).to_owned(), grade: *grade })
                .collect(),
        };
        let csv = csv_of(&[
            question("When is it?", &[("a.md", 1)]),
            question("\"Who\", and why?", &[("a.md", 2), ("b,c.md", 1)]),
        ]);
        let expected =
            "question,expected,grade\r\nWhen is it?,a.md,1\r\n\"\"\"Who\"\", and why?\",\"a.md|b,c.md\",2|1\r\n";
        assert_eq!(csv, expected);
    }
}
