//! How much the vector side weighs for one question.

use crate::{KeywordResult, LanguageShare, VectorHit};

/// How much the vector side can be trusted for one question.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum VectorTrust {
    #[default]
    /// The embedding model knows the language of the question and of the passages, or its languages are unknown.
    Knows,
    /// It was not made for the language of the question or of the passages.
    Foreign,
}

impl VectorTrust {
    /// From the languages of the question, of the passages and of the model.
    pub fn of(keyword: &KeywordResult, model: &[String]) -> Self {
        let knows =
            |language: &str| model.is_empty() || language.is_empty() || model.iter().any(|known| known == language);
        let chunks =
            |shares: &mut dyn Iterator<Item = &LanguageShare>| -> u64 { shares.map(|share| share.chunks).sum() };
        let foreign = chunks(&mut keyword.languages.iter().filter(|share| !knows(&share.language)));
        let all = chunks(&mut keyword.languages.iter());
        if keyword.language.as_deref().is_none_or(knows) && 2 * foreign <= all { Self::Knows } else { Self::Foreign }
    }
}

/// What the vector side weighs, 0 to 1. `words` is what the words are to weigh, where somebody has decided that; a side that
/// found nothing weighs nothing all the same.
///
/// Otherwise the more, the further the nearest passage stands out from those that are merely the nearest of the rest. Where
/// the model tells the passages of a collection well apart, few are near to a question; where it does not, because of their
/// language or because all of them are about the same, everything is. This depends on the collection more than on the
/// question, and needs neither answers that are known nor questions that were asked before.
///
/// A model that was not made for the language finds something near to everything. There the words tell: the less, the further
/// the best of them stands out from those that come next.
pub fn weight(keyword: &KeywordResult, vector: &[VectorHit], trust: VectorTrust, words: Option<f32>) -> f32 {
    if keyword.hits.is_empty() {
        return 1.0;
    }
    // Where few passages are searched, the farthest of what was found is the farthest of all.
    let rest = usize::try_from(keyword.chunks / REST).unwrap_or(usize::MAX).clamp(1, vector.len().max(2) - 1);
    let (Some(nearest), Some(farthest)) = (vector.first(), vector.get(rest).or(vector.last())) else { return 0.0 };
    if let Some(words) = words {
        return (1.0 - words).clamp(0.0, 1.0);
    }
    let contrast = 1.0 - farthest.similarity / nearest.similarity.max(LEAST_SIMILARITY);
    let weight = (NO_CONTRAST + BY_CONTRAST * contrast).clamp(LEAST_WEIGHT, MOST_WEIGHT);
    match trust {
        VectorTrust::Knows => weight,
        VectorTrust::Foreign => (FOREIGN * alike_by_words(keyword)).clamp(LEAST_WEIGHT, MOST_WEIGHT),
    }
}

/// How near in score the last of the first few by words is to the first, 0 to 1: 1 where words cannot tell them apart.
fn alike_by_words(keyword: &KeywordResult) -> f32 {
    let (Some(first), Some(last)) = (keyword.hits.first(), keyword.hits.get(FEW - 1).or(keyword.hits.last())) else {
        return 1.0;
    };
    last.score / first.score.max(f32::MIN_POSITIVE)
}

/// At most this part of the passages is near to a question, for which others are the rest: one in four.
const REST: u64 = 4;
/// The weight of meaning where all that was found is as near as the nearest.
const NO_CONTRAST: f32 = 0.2;
/// How much more it is where the farthest of what was found is not similar at all.
const BY_CONTRAST: f32 = 0.75;
/// The bounds of the weight: neither side is ever left out.
const LEAST_WEIGHT: f32 = 0.15;
const MOST_WEIGHT: f32 = 0.85;
/// What it is where the model was not made for the language and words cannot tell the first few apart; it is the less, the further
/// the first stands out from the last of them.
const FOREIGN: f32 = 0.55;
/// How many these are.
const FEW: usize = 10;
/// A nearest passage that is less similar than this is not near; nothing can stand out from the rest.
const LEAST_SIMILARITY: f32 = 0.1;

#[cfg(test)]
mod tests {
    use hammock_contract::ChunkId;

    use super::*;
    use crate::fusion::tests::{meaning, word};

    #[test]
    fn a_foreign_model_weighs_the_more_the_less_words_can_tell() {
        let ids: Vec<ChunkId> = (0..20).map(|_| ChunkId::new()).collect();
        let of = |tenth: f32| {
            let score = |place: usize| if place < 9 { 5.0 } else { tenth };
            let hits = ids.iter().enumerate().map(|(place, id)| word(id, score(place), 0.5)).collect();
            let keyword = KeywordResult { hits, ..KeywordResult::default() };
            weight(&keyword, &[meaning(&ids[0], 0.9), meaning(&ids[1], 0.1)], VectorTrust::Foreign, None)
        };
        let weights = [0.0, 2.0, 3.0, 4.0, 5.0].map(of);
        assert!(weights.is_sorted() && weights[0] == LEAST_WEIGHT && weights[4] == FOREIGN, "{weights:?}");
    }

    #[test]
    fn the_more_the_nearest_stands_out_the_more_meaning_weighs() {
        let chunk = ChunkId::new();
        let keyword = |chunks| KeywordResult { hits: vec![word(&chunk, 5.0, 0.5)], chunks, ..KeywordResult::default() };
        let falling = |least: f32| -> Vec<VectorHit> {
            (0..200).map(|place| meaning(&chunk, 0.6 - (0.6 - least) * place as f32 / 199.0)).collect()
        };
        let of = |least, chunks| weight(&keyword(chunks), &falling(least), VectorTrust::Knows, None);
        let weights = [0.6, 0.4, 0.3, 0.15, 0.0, -0.2].map(|least| of(least, 2_000));
        assert!(weights.is_sorted() && weights[0] == NO_CONTRAST && weights[5] == MOST_WEIGHT, "{weights:?}");
        // Of few passages, most are not near to any question.
        assert!(of(0.0, 40) < of(0.0, 400) && of(0.0, 800) == of(0.0, 100_000));
        assert!(of(0.3, 2_000) > weight(&keyword(2_000), &falling(0.3), VectorTrust::Foreign, None));
    }

    #[test]
    fn trust_goes_by_the_languages() {
        let share = |language: &str, chunks| LanguageShare { language: language.to_owned(), chunks };
        let of = |language: Option<&str>, languages: Vec<LanguageShare>| {
            let keyword =
                KeywordResult { language: language.map(str::to_owned), languages, ..KeywordResult::default() };
            VectorTrust::of(&keyword, &["en".to_owned()])
        };
        assert_eq!(of(Some("en"), vec![share("en", 9), share("fr", 1)]), VectorTrust::Knows);
        assert_eq!(of(Some("fr"), vec![share("en", 9)]), VectorTrust::Foreign);
        assert_eq!(of(Some("en"), vec![share("fr", 9), share("en", 1)]), VectorTrust::Foreign);
        assert_eq!(of(None, vec![share("", 9)]), VectorTrust::Knows);
        assert_eq!(VectorTrust::of(&KeywordResult::default(), &[]), VectorTrust::Knows);
    }
}
