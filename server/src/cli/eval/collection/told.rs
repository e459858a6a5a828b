//! A run for people who look at a terminal.

use hammock_contract::{
    evaluation::{EvaluationFigures, EvaluationReport, QuestionResult, WorseQuestion},
    search::SearchMode,
};
use hammock_domain::counted;

use crate::cli::table;

/// The figures, how they compare with those of the run before, and the questions that got worse.
pub fn report(collection: &str, report: &EvaluationReport) -> String {
    let run = &report.run;
    let mut text = format!("{collection}, {}, run {}\n", questions(run.questions), run.id);
    let headings = ["SEARCH", "NDCG@10", "RECALL@100", "REFUSED", "P50 MS", "P95 MS"];
    text.push_str(&table::of(&headings, run.figures.iter().map(figures)));
    text.push_str(&comparison(report));
    if !report.worse.is_empty() {
        let headings = ["QUESTION", "NDCG@10 BEFORE", "NOW", "PLACE BEFORE", "NOW"];
        text.push_str(&table::of(&headings, report.worse.iter().map(worse)));
    }
    text
}

/// A number of questions in words.
pub fn questions(number: u64) -> String {
    counted(usize::try_from(number).unwrap_or(usize::MAX), "question")
}

fn figures(figures: &EvaluationFigures) -> [String; 6] {
    let EvaluationFigures { mode, ndcg10, recall100, refused, p50_ms, p95_ms } = figures;
    [
        word(*mode).to_owned(),
        format!("{ndcg10:.4}"),
        format!("{recall100:.4}"),
        refused.to_string(),
        format!("{p50_ms:.1}"),
        format!("{p95_ms:.1}"),
    ]
}

/// How the product's own way to search did before and does now.
fn comparison(report: &EvaluationReport) -> String {
    let before = report.before.as_ref().and_then(|run| Some((run, run.main()?)));
    let (Some((run, was)), Some(is)) = (before, report.run.main()) else {
        return "there is no earlier run to compare with\n".to_owned();
    };
    let by = if was.mode == is.mode { String::new() } else { format!(" by {}", word(was.mode)) };
    format!(
        "since the run of {}{by}: nDCG@10 {}, recall@100 {}, {} got worse\n",
        run.started_at,
        change(was.ndcg10, is.ndcg10),
        change(was.recall100, is.recall100),
        questions(report.run.worse)
    )
}

fn change(was: f32, is: f32) -> String {
    format!("{is:.4} after {was:.4} ({:+.4})", is - was)
}

fn worse(question: &WorseQuestion) -> [String; 5] {
    let WorseQuestion { question, before, after, .. } = question;
    let ndcg = |result: &QuestionResult| format!("{:.4}", result.ndcg10);
    let place = |result: &QuestionResult| result.rank.map_or_else(|| "-".to_owned(), |rank| rank.to_string());
    [question.clone(), ndcg(before), ndcg(after), place(before), place(after)]
}

/// A way to search as `hammock search --mode` has it.
const fn word(mode: SearchMode) -> &'static str {
    match mode {
        SearchMode::Hybrid => "hybrid",
        SearchMode::Keyword => "keyword",
        SearchMode::Vector => "vector",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cli::eval::collection::tests::worsened;

    #[test]
    fn a_run_is_compared_with_the_one_before() {
        let told = report("Museum", &worsened());
        let lines: Vec<&str> = told.lines().collect();
        assert_eq!(lines[0], "Museum, 2 questions, run evr_second");
        let row: Vec<&str> = lines[2].split_whitespace().collect();
        assert_eq!(row, ["keyword", "0.5000", "0.5000", "1", "1.5", "20.0"]);
        assert_eq!(
            lines[3],
            "since the run of 1970-01-01T00:00:00.000Z: nDCG@10 0.5000 after 1.0000 (-0.5000), recall@100 0.5000 after \
             1.0000 (-0.5000), 1 question got worse"
        );
        assert_eq!(lines[5], "Where do dogs stay?  1.0000          0.0000  1             -");
        assert_eq!(lines.len(), 6);
    }

    #[test]
    fn another_way_to_search_is_named_and_a_first_run_is_compared_with_none() {
        let mut other = worsened();
        other.run.figures[0].mode = SearchMode::Hybrid;
        let told = report("Museum", &other);
        assert!(told.contains("since the run of 1970-01-01T00:00:00.000Z by keyword: "), "{told}");
        let first = EvaluationReport { before: None, worse: Vec::new(), ..worsened() };
        let told = report("Museum", &first);
        assert!(told.ends_with("there is no earlier run to compare with\n"), "{told}");
    }
}
