//! How knowledge is searched, and why a search found what it found.

use serde::{Deserialize, Serialize};

use crate::reading::TextSpan;

/// How many passages a model gets where nothing else is set.
pub const PASSAGES: u8 = 8;
/// The most passages that a model can get.
pub const MOST_PASSAGES: u8 = 20;

/// The languages that a question can be said to be in, by their ISO 639-1 codes.
pub const LANGUAGES: [&str; 30] = [
    "en", "fr", "de", "es", "it", "pt", "nl", "cs", "sk", "pl", "da", "sv", "no", "fi", "hu", "ro", "ru", "uk", "bg",
    "el", "tr", "ca", "hr", "sl", "lt", "lv", "et", "ar", "he", "vi",
];

/// How knowledge is searched, as a collection or an assistant says. What is absent is decided elsewhere: for an assistant by
/// its collections, for a collection by Hammock.
///
/// What an assistant sets overrides what its collections set. Of several collections the highest threshold and the highest
/// number of passages count; the weight of words and the language only where all of them say the same.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
#[serde(default, deny_unknown_fields)]
pub struct RetrievalSettings {
    /// The least evidence for an answer, 0 to 1: exact, instead of the assistant's strictness. Of a collection it counts beside
    /// the strictness of each assistant that answers from it: the higher one does. Where no assistant is asked it counts as it
    /// is; of several collections the highest does, with 0.5 for one that sets nothing.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "server", schema(minimum = 0, maximum = 1))]
    pub threshold: Option<f32>,
    /// How many passages a model gets, 1 to 20; [`PASSAGES`] when absent.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "server", schema(minimum = 1, maximum = 20))]
    pub passages: Option<u8>,
    /// What words weigh against meaning: 0 is the order by meaning, 1 the order by words. When absent, it is decided anew for
    /// each question.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "server", schema(minimum = 0, maximum = 1))]
    pub keyword_weight: Option<f32>,
    /// The language that questions are asked in, one of [`LANGUAGES`]. When absent, it is recognised from each question.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub language: Option<String>,
}

/// The settings that a search went by, each from where it was decided.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
pub struct RetrievalInForce {
    /// The least evidence for an answer, 0 to 1.
    pub threshold: f32,
    /// How many passages a model gets.
    pub passages: u8,
    /// What words weigh against meaning, 0 to 1; absent: decided for each question.
    pub keyword_weight: Option<f32>,
    /// The language that questions are asked in; absent: recognised.
    pub language: Option<String>,
}

/// Why a search found what it found, and what would come of it in a chat.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
pub struct Explanation {
    /// The settings that it went by.
    pub settings: RetrievalInForce,
    /// Whether there is enough evidence for an answer. Otherwise the assistant says that it does not know.
    pub would_answer: bool,
    /// What words weighed against meaning, 0 to 1.
    pub keyword_weight: f32,
    /// ISO 639-1 code of the question's language, where it was set or recognised.
    pub language: Option<String>,
    /// The words of the question that were sought, without those that say nothing.
    pub terms: Vec<String>,
    /// The best cosine similarity among the first hits, where the vector side took part.
    pub similarity: Option<f32>,
    /// The best share of the question's words in one of the first hits, each by its weight. 0 to 1.
    pub coverage: f32,
    /// One for each hit, in their order.
    pub hits: Vec<HitExplanation>,
    /// What the model would be given: its instruction with the rules, then, in the person's turn, the passages as delimited
    /// data and the question. Absent where nothing would be asked of a model.
    pub prompt: Option<String>,
    /// What the assistant would name as what the collections do cover, where it would say that it does not know.
    pub topics: Vec<String>,
}

/// Where a hit stands, and why.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
pub struct HitExplanation {
    /// Its place among all hits. From 1.
    pub rank: u32,
    /// Its place by words, if it was found by words. From 1.
    pub keyword_rank: Option<u32>,
    /// Its place by meaning, if it was found by meaning. From 1.
    pub vector_rank: Option<u32>,
    /// How much evidence this hit alone gives, 0 to 1.
    pub evidence: f32,
    /// Whether that alone would be enough for an answer.
    pub is_enough: bool,
    /// Whether the model would be given it.
    pub sent: bool,
    /// The number of the source that it is given as; absent when it is not given. Passages that follow one another in a
    /// document are one source.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub source: Option<u32>,
    /// The words in it that the question has too. Bytes of the hit's text.
    pub matches: Vec<TextSpan>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_not_set_is_not_sent() {
        assert_eq!(serde_json::to_string(&RetrievalSettings::default()).unwrap(), "{}");
        let settings: RetrievalSettings = serde_json::from_str(r#"{"keyword_weight":0.3,"passages":null}"#).unwrap();
        assert_eq!(settings, RetrievalSettings { keyword_weight: Some(0.3), ..RetrievalSettings::default() });
        assert_eq!(serde_json::to_string(&settings).unwrap(), r#"{"keyword_weight":0.3}"#);
        assert!(serde_json::from_str::<RetrievalSettings>(r#"{"weight":1}"#).is_err());
    }
}
