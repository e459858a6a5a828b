//! Which settings a search goes by, where an assistant and its collections each say something.

use hammock_contract::{
    assistant::Strictness,
    retrieval::{PASSAGES, RetrievalInForce, RetrievalSettings},
};

use crate::evidence::threshold;

/// The settings of an assistant over its collections, each setting for itself.
///
/// What the assistant sets overrides everything. Else, of its collections: the highest threshold, unless the assistant's
/// strictness asks for more; the most passages; the weight of words and the language only where all of them say the same.
/// Nobody's word: Hammock's own.
pub fn of_assistant(
    strictness: Strictness,
    own: &RetrievalSettings,
    collections: &[RetrievalSettings],
) -> RetrievalInForce {
    let highest = collections.iter().filter_map(|one| one.threshold).fold(threshold(strictness), f32::max);
    let most = collections.iter().filter_map(|one| one.passages).max();
    RetrievalInForce {
        threshold: own.threshold.unwrap_or(highest),
        passages: own.passages.or(most).unwrap_or(PASSAGES),
        keyword_weight: own.keyword_weight.or_else(|| common(collections, |one| one.keyword_weight)),
        language: own.language.clone().or_else(|| common(collections, |one| one.language.clone())),
    }
}

/// The settings of collections that no assistant asks: as of one that sets nothing, but that the threshold of a collection counts
/// also where it is low, for nobody asks for more. Of several, the highest; one that says nothing has Hammock's own.
pub fn of_collections(collections: &[RetrievalSettings]) -> RetrievalInForce {
    let strictness = Strictness::default();
    let hammocks = threshold(strictness);
    let highest = collections.iter().map(|one| one.threshold.unwrap_or(hammocks)).reduce(f32::max);
    let in_force = of_assistant(strictness, &RetrievalSettings::default(), collections);
    RetrievalInForce { threshold: highest.unwrap_or(hammocks), ..in_force }
}

/// What all say, if they say the same.
fn common<T: PartialEq>(
    collections: &[RetrievalSettings],
    setting: impl Fn(&RetrievalSettings) -> Option<T>,
) -> Option<T> {
    let (first, rest) = collections.split_first()?;
    let said = setting(first)?;
    rest.iter().all(|one| setting(one).as_ref() == Some(&said)).then_some(said)
}

#[cfg(test)]
mod tests {
    use hammock_contract::retrieval::LANGUAGES;

    use super::*;

    fn nothing() -> RetrievalSettings {
        RetrievalSettings::default()
    }

    #[test]
    fn where_nothing_is_set_hammock_decides() {
        for (strictness, least) in [(Strictness::Broad, 0.0), (Strictness::Balanced, 0.5), (Strictness::Strict, 0.7)] {
            let hammocks = RetrievalInForce { threshold: least, passages: 8, keyword_weight: None, language: None };
            assert_eq!(of_assistant(strictness, &nothing(), &[]), hammocks);
            assert_eq!(of_assistant(strictness, &nothing(), &[nothing(), nothing()]), hammocks);
        }
        assert_eq!(of_collections(&[nothing()]), of_assistant(Strictness::Balanced, &nothing(), &[]));
    }

    #[test]
    fn an_assistant_overrides_its_collections() {
        let collection = RetrievalSettings {
            threshold: Some(0.9),
            passages: Some(20),
            keyword_weight: Some(0.8),
            language: Some("cs".to_owned()),
        };
        let own = RetrievalSettings {
            threshold: Some(0.1),
            passages: Some(2),
            keyword_weight: Some(0.0),
            language: Some("fr".to_owned()),
        };
        let force = of_assistant(Strictness::Strict, &own, std::slice::from_ref(&collection));
        assert_eq!((force.threshold, force.passages, force.keyword_weight), (0.1, 2, Some(0.0)));
        assert_eq!(force.language.as_deref(), Some("fr"));
        let force = of_assistant(Strictness::Broad, &nothing(), &[collection]);
        assert_eq!((force.threshold, force.passages, force.keyword_weight), (0.9, 20, Some(0.8)));
        assert_eq!(force.language.as_deref(), Some("cs"));
    }

    #[test]
    fn the_strictest_counts_and_words_only_where_all_agree() {
        let set = |threshold, passages, keyword_weight| RetrievalSettings {
            threshold: Some(threshold),
            passages: Some(passages),
            keyword_weight,
            language: None,
        };
        let force = of_collections(&[set(0.6, 3, Some(0.3)), set(0.2, 12, Some(0.3))]);
        assert_eq!((force.threshold, force.passages, force.keyword_weight), (0.6, 12, Some(0.3)));
        let force = of_collections(&[set(0.6, 3, Some(0.3)), set(0.2, 12, Some(0.4))]);
        assert_eq!(force.keyword_weight, None);
        assert_eq!(of_collections(&[set(0.6, 3, Some(0.3)), nothing()]).keyword_weight, None);
        // A collection asks for more than the assistant does, never for less.
        assert_eq!(of_assistant(Strictness::Strict, &nothing(), &[set(0.2, 3, None)]).threshold, 0.7);
        assert_eq!(of_assistant(Strictness::Broad, &nothing(), &[set(0.2, 3, None)]).threshold, 0.2);
    }

    #[test]
    fn without_an_assistant_a_low_threshold_counts() {
        let set = |threshold| RetrievalSettings { threshold: Some(threshold), ..nothing() };
        for (collections, in_force) in [
            (vec![], 0.5),
            (vec![nothing()], 0.5),
            (vec![set(0.0)], 0.0),
            (vec![set(0.2), set(0.1)], 0.2),
            (vec![set(0.2), nothing()], 0.5),
            (vec![set(0.2), set(0.9), nothing()], 0.9),
        ] {
            assert_eq!(of_collections(&collections).threshold, in_force, "{collections:?}");
        }
        // A balanced assistant asks for its own.
        assert_eq!(of_assistant(Strictness::Balanced, &nothing(), &[set(0.2)]).threshold, 0.5);
    }

    #[test]
    fn the_languages_to_choose_are_those_that_are_recognised() {
        assert_eq!(crate::question::languages().collect::<Vec<_>>(), LANGUAGES);
    }
}
