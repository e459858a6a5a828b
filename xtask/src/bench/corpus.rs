//! Text to measure with: real documents where the machine has some, words that follow Zipf's law elsewhere.

use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result};
use serde::Deserialize;

/// A document.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Text {
    /// Its title.
    #[serde(default)]
    pub title: String,
    /// What it says.
    pub text: String,
}

/// As many documents as one wants, and questions about them. The same on every machine that has the same data.
pub struct Corpus {
    /// What the texts are, for the reader of the figures.
    pub origin: String,
    /// Whether people wrote them.
    pub is_real: bool,
    /// Each with the number of its set.
    documents: Vec<(usize, Text)>,
    /// The sentences of each set: further documents are put together from those of one set, so that no document mixes
    /// languages.
    sentences: Vec<Vec<String>>,
    questions: Vec<String>,
}

/// How many questions of each set are used at most.
const QUESTIONS: usize = 250;
/// How many made-up documents there are where no real ones are.
const MADE_UP: usize = 5_000;

impl Corpus {
    /// Reads the texts of the folder that somebody `named`, else of the first of these `places` that holds some; makes them up where
    /// none does.
    ///
    /// # Errors
    /// Like [`Self::load`].
    pub fn find(named: Option<&Path>, places: &[PathBuf]) -> Result<Self> {
        let holds_sets = |place: &&Path| sets_below(place).is_ok_and(|sets| !sets.is_empty());
        Self::load(named.or_else(|| places.iter().map(PathBuf::as_path).find(holds_sets)))
    }

    /// Reads every BEIR folder (`corpus.jsonl`, `queries.jsonl`) below a folder; makes texts up without one.
    ///
    /// # Errors
    /// When the folder holds no such folder, or a line is not understood.
    pub fn load(folder: Option<&Path>) -> Result<Self> {
        let Some(folder) = folder else { return Ok(Self::made_up()) };
        let sets = sets_below(folder)?;
        anyhow::ensure!(!sets.is_empty(), "{} holds no folder with a corpus.jsonl", folder.display());
        let (mut documents, mut questions) = (Vec::new(), Vec::new());
        for (number, set) in sets.iter().enumerate() {
            documents.extend(read::<Text>(&set.join("corpus.jsonl"))?.into_iter().map(|text| (number, text)));
            let asked = read::<Text>(&set.join("queries.jsonl")).unwrap_or_default();
            questions.extend(asked.into_iter().take(QUESTIONS).map(|question| question.text));
        }
        let names: Vec<_> = sets.iter().filter_map(|set| set.file_name()?.to_str()).collect();
        let origin = format!("{} documents of {}, further ones of their sentences", documents.len(), names.join(", "));
        Ok(Self::of(origin, documents, questions))
    }

    fn made_up() -> Self {
        let mut random = Random(1);
        let document = |random: &mut Random| (0, Text { title: words(random, 6), text: prose(random, 10) });
        let documents = (0..MADE_UP).map(|_| document(&mut random)).collect();
        let questions = (0..QUESTIONS).map(|_| words(&mut random, 10)).collect();
        let origin = "made-up words that follow Zipf's law".to_owned();
        Self { is_real: false, ..Self::of(origin, documents, questions) }
    }

    fn of(origin: String, mut documents: Vec<(usize, Text)>, mut questions: Vec<String>) -> Self {
        let sets = documents.iter().map(|(set, _)| set + 1).max().unwrap_or_default();
        let mut sentences = vec![Vec::new(); sets];
        for (set, document) in &documents {
            sentences[*set].extend(
                document.text.split_inclusive(". ").map(str::trim).filter(|it| it.len() > 20).map(str::to_owned),
            );
        }
        // So that the first thousand documents are of all sets, as the first hundred questions are.
        Random(2).shuffle(&mut documents);
        Random(3).shuffle(&mut questions);
        Self { origin, is_real: true, documents, sentences, questions }
    }

    /// A document by its number: first the real ones, then ever new ones put together from their sentences.
    pub fn document(&self, number: usize) -> Text {
        if let Some((_, text)) = self.documents.get(number) {
            return text.clone();
        }
        let mut random = Random(number as u64);
        let (set, like) = &self.documents[random.below(self.documents.len())];
        let sentences = &self.sentences[*set];
        let count = 5 + random.below(8);
        let text: Vec<&str> = (0..count).map(|_| sentences[random.below(sentences.len())].as_str()).collect();
        Text { title: like.title.clone(), text: text.join(" ") }
    }

    /// Questions, over and over when more are wanted than there are.
    pub fn questions(&self, count: usize) -> impl Iterator<Item = &str> {
        self.questions.iter().map(String::as_str).cycle().take(count)
    }
}

/// The folders below a folder that hold documents in the layout of BEIR, by name.
fn sets_below(folder: &Path) -> Result<Vec<PathBuf>> {
    let entries = std::fs::read_dir(folder).with_context(|| format!("cannot read {}", folder.display()))?;
    let mut sets: Vec<_> = entries.filter_map(|entry| Some(entry.ok()?.path())).collect();
    sets.retain(|set| set.join("corpus.jsonl").metadata().is_ok_and(|file| file.is_file() && file.len() > 0));
    sets.sort();
    Ok(sets)
}

fn read<T: serde::de::DeserializeOwned>(path: &Path) -> Result<Vec<T>> {
    let text = std::fs::read_to_string(path).with_context(|| format!("cannot read {}", path.display()))?;
    let line = |line| serde_json::from_str(line).with_context(|| format!("a line of {}", path.display()));
    text.lines().map(line).collect()
}

fn prose(random: &mut Random, sentences: usize) -> String {
    (0..sentences).map(|_| format!("{}. ", words(random, 16))).collect()
}

/// Words of syllables, the frequent ones short.
fn words(random: &mut Random, count: usize) -> String {
    const SYLLABLES: [&str; 20] = [
        "ba", "re", "ti", "no", "lu", "ka", "me", "si", "do", "fu", "ga", "pe", "ri", "so", "tu", "va", "ne", "li",
        "mo", "du",
    ];
    let word = |random: &mut Random| {
        let mut rank = 30_000_f64.powf(random.share()) as usize;
        let mut word = String::new();
        loop {
            word.push_str(SYLLABLES[rank % SYLLABLES.len()]);
            rank /= SYLLABLES.len();
            if rank == 0 {
                return word;
            }
        }
    };
    (0..count).map(|_| word(random)).collect::<Vec<_>>().join(" ")
}

/// SplitMix64: the same numbers everywhere.
pub struct Random(pub u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut value = self.0;
        value = (value ^ (value >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        value = (value ^ (value >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        value ^ (value >> 31)
    }

    /// 0 to 1.
    fn share(&mut self) -> f64 {
        (self.next() >> 11) as f64 / (1_u64 << 53) as f64
    }

    /// 0 to `most` - 1.
    fn below(&mut self, most: usize) -> usize {
        (self.share() * most as f64) as usize
    }

    fn shuffle<T>(&mut self, items: &mut [T]) {
        for last in (1..items.len()).rev() {
            items.swap(last, self.below(last + 1));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn there_are_always_further_documents() {
        let corpus = Corpus::load(None).unwrap();
        let far = corpus.document(MADE_UP + 7);
        assert_eq!(far, Corpus::load(None).unwrap().document(MADE_UP + 7));
        assert_ne!(far, corpus.document(MADE_UP + 8));
        assert!(far.text.len() > 200 && corpus.questions(300).count() == 300);
    }

    #[test]
    fn real_documents_come_first_and_languages_stay_apart() {
        let folder = tempfile::tempdir().unwrap();
        for (set, word) in [("a", "english"), ("b", "français")] {
            let set = folder.path().join(set);
            std::fs::create_dir(&set).unwrap();
            let text = format!("One {word} sentence of some length. Another {word} sentence of some length.");
            std::fs::write(
                set.join("corpus.jsonl"),
                format!("{{\"_id\": \"1\", \"title\": \"T\", \"text\": \"{text}\"}}\n"),
            )
            .unwrap();
            std::fs::write(set.join("queries.jsonl"), "{\"_id\": \"1\", \"text\": \"Which?\"}\n").unwrap();
        }
        let corpus = Corpus::load(Some(folder.path())).unwrap();
        for number in 0..50 {
            let text = corpus.document(number).text;
            assert!(text.contains("english") != text.contains("français"), "{text}");
        }
        assert!(corpus.origin.starts_with("2 documents of a, b"), "{}", corpus.origin);
        assert!(Corpus::load(Some(&folder.path().join("a"))).is_err());
    }

    #[test]
    fn real_texts_are_found_where_the_tests_find_them() {
        let folder = tempfile::tempdir().unwrap();
        let place = |name: &str| folder.path().join(name);
        let text = "One sentence of some length. Another sentence of some length.";
        for (set, content) in [
            ("beside/a", format!("{{\"_id\": \"1\", \"title\": \"T\", \"text\": \"{text}\"}}\n")),
            ("cached/b", format!("{{\"_id\": \"1\", \"title\": \"T\", \"text\": \"{text}\"}}\n")),
            ("empty/c", String::new()),
        ] {
            std::fs::create_dir_all(place(set)).unwrap();
            std::fs::write(place(set).join("corpus.jsonl"), content).unwrap();
        }
        let origin = |named: Option<&str>, places: &[&str]| {
            let places: Vec<PathBuf> = places.iter().copied().map(place).collect();
            let corpus = Corpus::find(named.map(place).as_deref(), &places).unwrap();
            (corpus.is_real, corpus.origin.split(',').next().unwrap().to_owned())
        };
        let (beside, cached) = ("1 documents of a".to_owned(), "1 documents of b".to_owned());
        assert_eq!(origin(None, &["beside", "cached"]), (true, beside));
        assert_eq!(origin(None, &["missing", "empty", "cached"]), (true, cached.clone()));
        assert_eq!(origin(Some("cached"), &["beside"]), (true, cached));
        assert!(!origin(None, &["missing", "empty"]).0);
        // What somebody names must be there.
        assert!(Corpus::find(Some(&place("empty")), &[place("beside")]).is_err());
    }
}
