//! A set in the making: documents, and questions that some of them answer.

use std::{collections::HashMap, fmt::Write as _, path::Path};

use anyhow::{Context, Result, ensure};
use serde_json::json;

use super::sections::{Section, without_number};

/// How many words a document has at least. What says less is no answer, but a reference to one.
const LEAST_WORDS: usize = 25;
/// How many questions a set has at least: with fewer, its pages are not what they were.
const LEAST_QUESTIONS: usize = 20;

/// A set of questions.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Set {
    documents: Vec<Document>,
    questions: Vec<Question>,
}

/// What is searched.
#[derive(Debug, PartialEq, Eq)]
struct Document {
    /// Empty for an answer, so that no question finds its own words.
    title: String,
    text: String,
}

/// What is asked.
#[derive(Debug, PartialEq, Eq)]
struct Question {
    text: String,
    /// The place of the document that answers it.
    answer: usize,
}

impl Set {
    /// Makes each section a document; one whose heading asks something, by `asks`, is the answer to it and has no title.
    pub fn add(&mut self, sections: Vec<Section>, asks: impl Fn(&str) -> bool) {
        let mut parts: Vec<(bool, Section)> = Vec::new();
        for Section { level, heading, paragraphs } in sections {
            let heading = without_number(&heading).to_owned();
            let is_question = asks(&heading);
            match parts.last_mut() {
                // What stands deeper than a question and asks nothing itself is a part of its answer.
                Some((true, question)) if !is_question && level > question.level => {
                    question.paragraphs.push(heading);
                    question.paragraphs.extend(paragraphs);
                }
                _ => parts.push((is_question, Section { level, heading, paragraphs })),
            }
        }
        for (is_question, Section { heading, paragraphs, .. }) in parts {
            let text = paragraphs.join("\n\n");
            if text.split_whitespace().count() < LEAST_WORDS {
                continue;
            }
            let mut title = heading;
            if is_question {
                self.questions.push(Question { text: std::mem::take(&mut title), answer: self.documents.len() });
            }
            self.documents.push(Document { title, text });
        }
    }

    /// The questions that are asked once. Of others nobody could say which of their answers is meant.
    fn questions(&self) -> Vec<&Question> {
        let mut times: HashMap<&str, usize> = HashMap::new();
        for question in &self.questions {
            *times.entry(question.text.as_str()).or_default() += 1;
        }
        self.questions.iter().filter(|question| times.get(question.text.as_str()) == Some(&1)).collect()
    }

    /// Writes it in the layout of BEIR.
    ///
    /// # Errors
    /// When there are hardly any questions, or the folder cannot be written.
    pub fn write(&self, folder: &Path) -> Result<()> {
        let questions = self.questions();
        ensure!(questions.len() >= LEAST_QUESTIONS, "only {} questions are found in its pages", questions.len());
        let (mut corpus, mut queries, mut judgements) = (String::new(), String::new(), String::new());
        for (place, Document { title, text }) in self.documents.iter().enumerate() {
            writeln!(corpus, "{}", json!({ "_id": format!("d{place}"), "title": title, "text": text }))?;
        }
        judgements.push_str("query-id\tcorpus-id\tscore\n");
        for (place, Question { text, answer }) in questions.into_iter().enumerate() {
            writeln!(queries, "{}", json!({ "_id": format!("q{place}"), "text": text }))?;
            writeln!(judgements, "q{place}\td{answer}\t1")?;
        }
        let written = || -> std::io::Result<()> {
            std::fs::create_dir_all(folder.join("qrels"))?;
            std::fs::write(folder.join("corpus.jsonl"), &corpus)?;
            std::fs::write(folder.join("queries.jsonl"), &queries)?;
            std::fs::write(folder.join("qrels/test.tsv"), &judgements)
        };
        written().with_context(|| format!("cannot write {}", folder.display()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A section that says enough.
    fn section(level: u8, heading: &str) -> Section {
        Section { level, heading: heading.to_owned(), paragraphs: vec!["word ".repeat(30)] }
    }

    fn asks(heading: &str) -> bool {
        heading.contains('?')
    }

    #[test]
    fn an_answer_has_no_title_and_all_that_stands_below_its_question() {
        let mut set = Set::default();
        let sections = vec![
            section(1, "Chapter 8. Tools"),
            section(2, "8.1. Which tools?"),
            section(3, "8.1.1. dpkg"),
            section(4, "8.1.1.1. dpkg-deb"),
            section(3, "8.1.2. Why apt?"),
            section(2, "8.2. More"),
            Section { level: 2, heading: "8.3. Short?".to_owned(), paragraphs: vec!["See above.".to_owned()] },
        ];
        set.add(sections, asks);
        let titles: Vec<&str> = set.documents.iter().map(|document| document.title.as_str()).collect();
        assert_eq!(titles, ["Chapter 8. Tools", "", "", "More"]);
        let questions: Vec<_> =
            set.questions().iter().map(|question| (question.text.as_str(), question.answer)).collect();
        assert_eq!(questions, [("Which tools?", 1), ("Why apt?", 2)]);
        let answer = &set.documents[1].text;
        assert!(answer.contains("\n\ndpkg\n\n") && answer.contains("\n\ndpkg-deb\n\n"), "{answer}");
        assert!(!answer.contains("Which") && set.documents[2].text.starts_with("word"), "{:?}", set.documents);
    }

    #[test]
    fn what_is_asked_twice_is_not_asked() {
        let mut set = Set::default();
        set.add(vec![section(2, "See also"), section(2, "Ties"), section(2, "See also")], |_| true);
        assert_eq!((set.documents.len(), set.questions().len()), (3, 1));
    }

    #[test]
    fn a_set_is_written_for_the_evaluation() {
        let folder = tempfile::tempdir().unwrap();
        let mut set = Set::default();
        set.add(vec![section(2, "Topic")], asks);
        let error = set.write(folder.path()).unwrap_err().to_string();
        assert!(error.contains("only 0 questions"), "{error}");
        let many = (0..LEAST_QUESTIONS).map(|number| section(2, &format!("Why \"{number}\"?")));
        set.add(many.collect(), asks);
        set.write(folder.path()).unwrap();
        let read = |name: &str| std::fs::read_to_string(folder.path().join(name)).unwrap();
        assert_eq!(read("corpus.jsonl").lines().count(), 1 + LEAST_QUESTIONS);
        let first: serde_json::Value = serde_json::from_str(read("corpus.jsonl").lines().next().unwrap()).unwrap();
        assert_eq!((&first["_id"], &first["title"]), (&json!("d0"), &json!("Topic")));
        assert_eq!(read("queries.jsonl").lines().next(), Some(r#"{"_id":"q0","text":"Why \"0\"?"}"#));
        assert!(read("qrels/test.tsv").starts_with("query-id\tcorpus-id\tscore\nq0\td1\t1\nq1\td2\t1\n"));
    }
}
