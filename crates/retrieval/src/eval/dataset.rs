//! Reads a collection in the layout of BEIR.

use std::{
    collections::HashMap,
    fs::File,
    io::{BufRead, BufReader},
    path::{Path, PathBuf},
};

use serde::{Deserialize, Deserializer, de::DeserializeOwned};

use crate::metrics::Judgements;

/// A collection with questions and the documents that answer them.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Dataset {
    /// The folder's name.
    pub name: String,
    /// What is searched.
    pub documents: Vec<Text>,
    /// What is asked; only questions with an answer.
    pub queries: Vec<Query>,
    /// By question.
    pub judgements: HashMap<String, Judgements>,
}

/// A document.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Text {
    /// Its name in the collection.
    #[serde(rename = "_id", deserialize_with = "name")]
    pub id: String,
    /// Its title; may be empty.
    #[serde(default)]
    pub title: String,
    /// What it says.
    pub text: String,
}

/// A question.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Query {
    /// Its name in the collection.
    #[serde(rename = "_id", deserialize_with = "name")]
    pub id: String,
    /// What is asked.
    pub text: String,
}

/// Why a collection could not be read.
#[derive(Debug, thiserror::Error)]
pub enum DatasetError {
    /// The folder is none, or does not hold all of the files.
    #[error(
        "{folder} is no collection in the layout of BEIR: it holds no {missing}; it must hold corpus.jsonl, queries.jsonl \
         and qrels/test.tsv",
        folder = .folder.display()
    )]
    OtherLayout {
        /// The folder.
        folder: PathBuf,
        /// The files that are not there.
        missing: String,
    },
    /// A file is missing or cannot be read.
    #[error("{file} cannot be read: {cause}", file = .0.display(), cause = .1)]
    Unreadable(PathBuf, std::io::Error),
    /// A line is not what it should be.
    #[error("line {line} of {file} is not understood: {cause}", file = .file.display())]
    Malformed {
        /// The file.
        file: PathBuf,
        /// The line, from 1.
        line: usize,
        /// What is wrong with it.
        cause: String,
    },
}

impl Dataset {
    /// Reads `corpus.jsonl`, `queries.jsonl` and `qrels/test.tsv` of a folder; the first `most` questions that have an answer.
    ///
    /// # Errors
    /// When a file is missing, cannot be read or is malformed.
    pub fn load(folder: &Path, most: Option<usize>) -> Result<Self, DatasetError> {
        let is_missing = |file: &&str| !folder.join(*file).is_file();
        let missing: Vec<&str> =
            ["corpus.jsonl", "queries.jsonl", "qrels/test.tsv"].into_iter().filter(is_missing).collect();
        if !missing.is_empty() {
            return Err(DatasetError::OtherLayout { folder: folder.to_owned(), missing: missing.join(", ") });
        }
        let judgements = judgements(&folder.join("qrels/test.tsv"))?;
        let mut queries: Vec<Query> = json_lines(&folder.join("queries.jsonl"))?;
        queries.retain(|query| judgements.contains_key(&query.id));
        queries.truncate(most.unwrap_or(usize::MAX));
        // A path such as `.` has no name of its own.
        let whole = folder.canonicalize().unwrap_or_else(|_| folder.to_owned());
        let named = folder.file_name().or_else(|| whole.file_name());
        let name = named.map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
        Ok(Self { name, documents: json_lines(&folder.join("corpus.jsonl"))?, queries, judgements })
    }
}

/// A name, which some write as a number.
fn name<'de, D: Deserializer<'de>>(deserializer: D) -> Result<String, D::Error> {
    #[derive(Deserialize)]
    #[serde(untagged)]
    enum Name {
        Text(String),
        Number(i64),
    }
    Ok(match Name::deserialize(deserializer)? {
        Name::Text(name) => name,
        Name::Number(number) => number.to_string(),
    })
}

fn lines(file: &Path) -> Result<Vec<String>, DatasetError> {
    let unreadable = |cause| DatasetError::Unreadable(file.to_owned(), cause);
    let lines = BufReader::new(File::open(file).map_err(unreadable)?).lines().collect::<Result<_, _>>();
    Ok(without_mark(lines.map_err(unreadable)?))
}

/// The lines of a file without the byte order mark that it may begin with.
fn without_mark(mut lines: Vec<String>) -> Vec<String> {
    if let Some(first) = lines.first_mut().filter(|first| first.starts_with('\u{feff}')) {
        first.remove(0);
    }
    lines
}

fn json_lines<T: DeserializeOwned>(file: &Path) -> Result<Vec<T>, DatasetError> {
    let lines = lines(file)?;
    let whole = lines.iter().enumerate().filter(|(_, line)| !line.trim().is_empty());
    let parsed = whole.map(|(place, line)| {
        serde_json::from_str(line).map_err(|cause| DatasetError::Malformed {
            file: file.to_owned(),
            line: place + 1,
            cause: cause.to_string(),
        })
    });
    parsed.collect()
}

/// A line of `qrels/test.tsv`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Judgement<'a> {
    /// The question's name in the collection.
    pub query: &'a str,
    /// The document's name in the collection.
    pub document: &'a str,
    /// How well it answers; not at all when 0 or less.
    pub gain: i64,
}

/// Reads a line of `qrels/test.tsv`; nothing where it does not have three columns, the last of them a whole number.
pub fn judgement(line: &str) -> Option<Judgement<'_>> {
    let mut fields = line.split('\t');
    let (query, document, gain) = (fields.next()?, fields.next()?, fields.next()?);
    let gain = gain.trim().parse().ok()?;
    fields.next().is_none().then_some(Judgement { query, document, gain })
}

fn judgements(file: &Path) -> Result<HashMap<String, Judgements>, DatasetError> {
    let mut judgements: HashMap<String, Judgements> = HashMap::new();
    for (place, line) in lines(file)?.iter().enumerate() {
        match judgement(line) {
            // Below zero is "not even related": no gain.
            Some(Judgement { query, document, gain }) => {
                if gain > 0 {
                    let gain = u32::try_from(gain).unwrap_or(u32::MAX);
                    judgements.entry(query.to_owned()).or_default().insert(document.to_owned(), gain);
                }
            }
            // The first line names the columns.
            None if place == 0 || line.trim().is_empty() => {}
            None => {
                let cause = "three columns are expected: query, document, gain".to_owned();
                return Err(DatasetError::Malformed { file: file.to_owned(), line: place + 1, cause });
            }
        }
    }
    Ok(judgements)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_may_be_numbers() {
        let query: Query = serde_json::from_str(r#"{"_id": 17, "text": "When is it?"}"#).unwrap();
        assert_eq!(query.id, "17");
        let text: Text = serde_json::from_str(r#"{"_id": "doc-a", "text": "At nine."}"#).unwrap();
        assert_eq!((text.id.as_str(), text.title.as_str()), ("doc-a", ""));
        assert!(serde_json::from_str::<Query>(r#"{"_id": null, "text": "When is it?"}"#).is_err());
    }

    #[test]
    fn a_mark_at_the_beginning_is_no_text() {
        let lines = |lines: &[&str]| lines.iter().map(|line| (*line).to_owned()).collect::<Vec<_>>();
        assert_eq!(without_mark(lines(&["\u{feff}{}", "\u{feff}"])), ["{}", "\u{feff}"]);
        assert_eq!(without_mark(Vec::new()), Vec::<String>::new());
    }
}
