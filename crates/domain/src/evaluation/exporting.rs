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
        let names: Vec<&str> = question.expected.iter().map(|it| it.location.as_str()).collect();
        let grades: Vec<String> = question.expected.iter().map(|it| it.grade.to_string()).collect();
        let cells = [harmless(&question.row.question), harmless(&on_lines(&names)), grades.join("\n")];
        csv.push_str(&cells.map(|cell| quoted(&cell)).join(","));
        csv.push_str("\r\n");
    }
    csv
}

/// Names on lines of their own. One alone that has a bar in it ends its line, which says that it is one and not two.
fn on_lines(names: &[&str]) -> String {
    match names {
        [name] if name.contains('|') => format!("{name}\n"),
        names => names.join("\n"),
    }
}

/// A text that no spreadsheet takes for a formula: with an apostrophe before it where it might. What looks so already gets one
/// more, so that the import ([`super::reading`]) knows which is ours.
fn harmless(text: &str) -> String {
    if is_like_a_formula(text) { format!("'{text}") } else { text.to_owned() }
}

/// Whether a text begins as a formula does, behind any apostrophes.
pub(super) fn is_like_a_formula(text: &str) -> bool {
    text.trim_start_matches('\'').starts_with(['=', '+', '-', '@', '\t', '\r'])
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

    use super::{
        super::{
            ImportFile,
            reading::{Problems, read},
        },
        *,
    };

    fn question(text: &str, expected: &[(&str, u32)]) -> Question {
        Question {
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
        }
    }

    #[test]
    fn cells_are_quoted_where_they_must_be() {
        let csv = csv_of(&[
            question("When is it?", &[("a.md", 1)]),
            question("\"Who\", and why?", &[("a.md", 2), ("b,c.md", 1)]),
            question("=1+1", &[("-a|b.pdf", 1)]),
        ]);
        let expected = "question,expected,grade\r\nWhen is it?,a.md,1\r\n\
                        \"\"\"Who\"\", and why?\",\"a.md\nb,c.md\",\"2\n1\"\r\n'=1+1,\"'-a|b.pdf\n\",1\r\n";
        assert_eq!(csv, expected);
    }

    #[test]
    fn what_is_written_is_read_again() {
        let hard = [
            "a|b.pdf",
            "a,b;c.md",
            "=cmd|' /C calc'!A0",
            "+1.md",
            "-1.md",
            "@sum.md",
            "'=quoted.md",
            "''@twice.md",
            "'plain'.md",
            "\"said\".md",
            "https://site.example/a?b=c|d#e",
        ];
        let mut questions: Vec<Question> = hard.iter().map(|name| question(name, &[(*name, 3)])).collect();
        let all: Vec<(&str, u32)> = hard.into_iter().zip(1..).collect();
        questions.push(question("All of them?", &all));
        let file = ImportFile { name: "questions.csv".to_owned(), bytes: csv_of(&questions).into_bytes() };
        let mut problems = Problems::default();
        let asked = read(&[file], &mut problems).unwrap();
        assert!(problems.into_report().problems.is_empty());
        assert_eq!(asked.len(), questions.len());
        for (read, written) in asked.iter().zip(&questions) {
            assert_eq!(read.question, written.row.question);
            let named: Vec<(&str, u32)> = read.expected.iter().map(|it| (it.name.as_str(), it.grade)).collect();
            let expected: Vec<(&str, u32)> =
                written.expected.iter().map(|it| (it.location.as_str(), it.grade)).collect();
            assert_eq!(named, expected);
        }
    }
}
