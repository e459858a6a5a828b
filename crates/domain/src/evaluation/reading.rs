//! Reads the files of an import: one CSV, or `queries.jsonl` with the judgements of BEIR.

use std::collections::HashMap;

use hammock_contract::{
    ApiError, ErrorCode,
    evaluation::{ImportFault, ImportProblem, ImportReport, MAX_GRADE},
};
use hammock_ingest::parse::csv_rows;
use hammock_retrieval::eval::{Judgement, Query, judgement};

use super::{ImportFile, checked_question, exporting::is_like_a_formula};
use crate::{Result, validate::key};

/// How many problems are told one by one.
const TOLD: usize = 200;

/// A question of an import.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Asked {
    /// The question.
    pub question: String,
    /// Where it stands.
    pub place: Place,
    /// What it expects.
    pub expected: Vec<Named>,
}

/// A document that a question of an import names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Named {
    /// The name.
    pub name: String,
    /// How well it answers.
    pub grade: u32,
    /// Where it stands.
    pub place: Place,
}

/// A line of a file of the import.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Place {
    /// The name of the file.
    pub file: String,
    /// The line, from 1.
    pub line: u64,
}

/// What cannot be taken.
#[derive(Debug, Default)]
pub(super) struct Problems(ImportReport);

impl Problems {
    /// Notes one.
    pub(super) fn note(&mut self, place: &Place, fault: ImportFault, given: &str) {
        self.0.left_out += 1;
        if self.0.problems.len() < TOLD {
            let given = given.chars().take(200).collect();
            self.0.problems.push(ImportProblem { file: place.file.clone(), line: place.line, fault, given });
        }
    }

    /// A report that has them, and nothing else yet.
    pub(super) fn into_report(self) -> ImportReport {
        self.0
    }
}

/// Reads the files of an import. What cannot be read of them goes to `problems`; a question that stands there several times
/// expects all that is named with it.
///
/// # Errors
/// `import_unreadable` when they are not what an import takes.
pub(super) fn read(files: &[ImportFile], problems: &mut Problems) -> Result<Vec<Asked>> {
    let ends = |file: &&ImportFile, ending: &str| file.name.to_lowercase().ends_with(ending);
    let of = |ending: &str| files.iter().filter(|file| ends(file, ending)).collect::<Vec<_>>();
    match (files, of(".jsonl").as_slice(), of(".tsv").as_slice()) {
        ([_, _], [queries], [judgements]) => Ok(read_beir(queries, judgements, problems)),
        ([file], [], _) => read_csv(file, problems),
        _ => Err(unreadable("upload one CSV file, or queries.jsonl together with the judgements as a .tsv file")),
    }
}

fn unreadable(message: &str) -> ApiError {
    ApiError::new(ErrorCode::ImportUnreadable, message)
}

fn read_csv(file: &ImportFile, problems: &mut Problems) -> Result<Vec<Asked>> {
    const COLUMNS: &str =
        "the first line of the CSV file must name the columns question and expected, and may name grade";
    let rows = csv_rows(&file.bytes).map_err(|error| unreadable(&format!("this is no CSV file: {error}")))?;
    let mut rows = rows.into_iter();
    let head = rows.next().ok_or_else(|| unreadable(COLUMNS))?;
    let column = |name: &str| head.cells.iter().position(|cell| key(cell) == name);
    let (Some(question), Some(expected)) = (column("question"), column("expected")) else {
        return Err(unreadable(COLUMNS));
    };
    let grade = column("grade");
    let mut all = Collected::default();
    for row in rows {
        let cell = |column: Option<usize>| column.and_then(|column| row.cells.get(column)).map_or("", |it| it.trim());
        if row.cells.iter().all(|cell| cell.trim().is_empty()) {
            continue;
        }
        let place = Place { file: file.name.clone(), line: row.line };
        let Ok(text) = checked_question(undisarmed(cell(Some(question)))) else {
            problems.note(&place, ImportFault::Question, cell(Some(question)));
            continue;
        };
        // Whole: the end of a line says something.
        let names = names(undisarmed(row.cells.get(expected).map_or("", String::as_str)));
        if names.is_empty() {
            problems.note(&place, ImportFault::NothingExpected, &text);
            continue;
        }
        let Some(grades) = grades(cell(grade), names.len()) else {
            problems.note(&place, ImportFault::Grade, cell(grade));
            continue;
        };
        let named = names.into_iter().zip(grades);
        let named = named.map(|(name, grade)| Named { name: name.to_owned(), grade, place: place.clone() });
        all.add(&text, &place, named.collect());
    }
    Ok(all.questions)
}

/// A cell without the apostrophe that an export put before what a spreadsheet would take for a formula.
fn undisarmed(cell: &str) -> &str {
    cell.strip_prefix('\'').filter(|text| is_like_a_formula(text)).unwrap_or(cell)
}

/// The documents of a cell. Where they stand on lines of their own, a bar belongs to a name; without any line, it parts two.
fn names(cell: &str) -> Vec<&str> {
    if !cell.contains('\n') {
        return parts(cell);
    }
    cell.lines().map(str::trim).filter(|name| !name.is_empty()).collect()
}

/// The entries of a cell: on lines of their own, or between bars.
fn parts(cell: &str) -> Vec<&str> {
    cell.split(['|', '\n']).map(str::trim).filter(|part| !part.is_empty()).collect()
}

/// The grades of so many documents: one for all, or one for each.
fn grades(cell: &str, documents: usize) -> Option<Vec<u32>> {
    let grades: Vec<u32> = parts(cell).into_iter().map(grade).collect::<Option<_>>()?;
    match grades.as_slice() {
        [] => Some(vec![1; documents]),
        [one] => Some(vec![*one; documents]),
        several => (several.len() == documents).then_some(grades),
    }
}

fn grade(text: &str) -> Option<u32> {
    text.parse().ok().filter(|grade| (1..=MAX_GRADE).contains(grade))
}

/// Questions without a judgement are not taken: the set is larger than what is to be measured, most often.
fn read_beir(queries: &ImportFile, judgements: &ImportFile, problems: &mut Problems) -> Vec<Asked> {
    let text = String::from_utf8_lossy(&queries.bytes);
    let mut asked: HashMap<String, (String, Place)> = HashMap::new();
    for (line, text) in (1..).zip(text.trim_start_matches('\u{feff}').lines()) {
        if text.trim().is_empty() {
            continue;
        }
        let place = Place { file: queries.name.clone(), line };
        match serde_json::from_str::<Query>(text) {
            Err(_) => problems.note(&place, ImportFault::Malformed, text),
            Ok(query) => match checked_question(&query.text) {
                Ok(question) => {
                    asked.insert(query.id, (question, place));
                }
                Err(_) => problems.note(&place, ImportFault::Question, &query.text),
            },
        }
    }
    let text = String::from_utf8_lossy(&judgements.bytes);
    let mut all = Collected::default();
    for (line, text) in (1..).zip(text.trim_start_matches('\u{feff}').lines()) {
        let place = Place { file: judgements.name.clone(), line };
        let Some(Judgement { query, document, gain }) = judgement(text) else {
            // The first line names the columns.
            if line > 1 && !text.trim().is_empty() {
                problems.note(&place, ImportFault::Malformed, text);
            }
            continue;
        };
        if gain <= 0 {
            continue;
        }
        let Some(grade) = u32::try_from(gain).ok().filter(|grade| *grade <= MAX_GRADE) else {
            problems.note(&place, ImportFault::Grade, &gain.to_string());
            continue;
        };
        match asked.get(query) {
            Some((question, at)) => all.add(question, at, vec![Named { name: document.to_owned(), grade, place }]),
            None => problems.note(&place, ImportFault::UnknownQuestion, query),
        }
    }
    all.questions
}

/// Questions in the order in which they came, each once.
#[derive(Default)]
struct Collected {
    questions: Vec<Asked>,
    places: HashMap<String, usize>,
}

impl Collected {
    fn add(&mut self, question: &str, place: &Place, named: Vec<Named>) {
        match self.places.get(&key(question)) {
            Some(known) => self.questions[*known].expected.extend(named),
            None => {
                self.places.insert(key(question), self.questions.len());
                self.questions.push(Asked { question: question.to_owned(), place: place.clone(), expected: named });
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn file(name: &str, text: &str) -> ImportFile {
        ImportFile { name: name.to_owned(), bytes: text.as_bytes().to_vec() }
    }

    fn told(problems: Problems) -> Vec<(u64, ImportFault, String)> {
        problems.into_report().problems.into_iter().map(|it| (it.line, it.fault, it.given)).collect()
    }

    fn names(asked: &Asked) -> Vec<(&str, u32)> {
        asked.expected.iter().map(|it| (it.name.as_str(), it.grade)).collect()
    }

    #[test]
    fn a_csv_file_is_read_line_by_line() {
        let text = "Expected;Question;Grade\na.md|b.md;When is it?;3|1\n;Who?;\nc.md;;\n\"d.md\ne.md\";Where?;\n\
                    a.md;Why?;0\na.md|b.md;How?;1|2|3\nf.md; when IS it? ;\n;;\n";
        let mut problems = Problems::default();
        let asked = read(&[file("Fragen.CSV", text)], &mut problems).unwrap();
        assert_eq!(asked.iter().map(|it| it.question.as_str()).collect::<Vec<_>>(), ["When is it?", "Where?"]);
        assert_eq!(names(&asked[0]), [("a.md", 3), ("b.md", 1), ("f.md", 1)]);
        assert_eq!(names(&asked[1]), [("d.md", 1), ("e.md", 1)]);
        assert_eq!(
            told(problems),
            [
                (3, ImportFault::NothingExpected, "Who?".to_owned()),
                (4, ImportFault::Question, String::new()),
                (7, ImportFault::Grade, "0".to_owned()),
                (8, ImportFault::Grade, "1|2|3".to_owned()),
            ]
        );
    }

    #[test]
    fn beir_is_read_from_its_two_files() {
        let queries =
            "{\"_id\": \"1\", \"text\": \"When is it?\"}\nnonsense\n{\"_id\": \"2\", \"text\": \"Unjudged\"}\n";
        let judged = "query-id\tcorpus-id\tscore\n1\tdoc-a\t2\n1\tdoc-b\t0\n1\tdoc-c\t101\n9\tdoc-a\t1\nbroken\n";
        let mut problems = Problems::default();
        let files = [file("qrels/test.tsv", judged), file("queries.jsonl", queries)];
        let asked = read(&files, &mut problems).unwrap();
        assert_eq!(asked.len(), 1);
        assert_eq!((asked[0].question.as_str(), names(&asked[0])), ("When is it?", vec![("doc-a", 2)]));
        assert_eq!(
            told(problems),
            [
                (2, ImportFault::Malformed, "nonsense".to_owned()),
                (4, ImportFault::Grade, "101".to_owned()),
                (5, ImportFault::UnknownQuestion, "9".to_owned()),
                (6, ImportFault::Malformed, "broken".to_owned()),
            ]
        );
    }

    #[test]
    fn other_files_are_refused() {
        let csv = |text: &str| file("a.csv", text);
        for files in [
            Vec::new(),
            vec![csv("a,b\n1,2")],
            vec![csv("")],
            vec![csv("question,expected\na,b"), csv("question,expected\na,b")],
            vec![file("queries.jsonl", "{}")],
        ] {
            let error = read(&files, &mut Problems::default()).unwrap_err();
            assert_eq!(error.code, ErrorCode::ImportUnreadable);
        }
    }
}
