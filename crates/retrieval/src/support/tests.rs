use std::collections::BTreeMap;

use serde::Deserialize;

use super::*;
use crate::citations;

/// Sentences with a passage each, labelled by hand. What is `held` was written last, and nothing was changed for it.
const PAIRS: &str = include_str!("../../tests/data/support.jsonl");

#[derive(Deserialize)]
struct Pair {
    part: String,
    language: String,
    class: String,
    supported: bool,
    passage: String,
    sentence: String,
}

fn pairs() -> Vec<Pair> {
    PAIRS.lines().map(|line| serde_json::from_str(line).expect("a pair")).collect()
}

fn source(number: u32, text: &str) -> Source<'_> {
    Source { number, context: "", text }
}

fn lack(language: &str, passage: &str, sentence: &str) -> Option<UnsupportedReason> {
    let mut sources = Sources::read(&[source(1, passage)], Some(language));
    sources.lack(sentence, Some(language), |_| true)
}

/// How flagging did.
#[derive(Default)]
struct Score {
    flagged_rightly: f32,
    flagged_wrongly: f32,
    missed: f32,
}

impl Score {
    fn precision(&self) -> f32 {
        self.flagged_rightly / (self.flagged_rightly + self.flagged_wrongly)
    }

    fn recall(&self) -> f32 {
        self.flagged_rightly / (self.flagged_rightly + self.missed)
    }
}

#[test]
fn sentences_without_support_are_flagged_and_few_others() {
    let mut scores: BTreeMap<String, Score> = BTreeMap::new();
    let mut mistakes = Vec::new();
    for Pair { part, language, class, supported, passage, sentence } in pairs() {
        let lack = lack(&language, &passage, &sentence);
        if lack.is_some() == supported {
            mistakes.push(format!("{part} {language} {class} → {lack:?}: {sentence}"));
        }
        for of in [part.clone(), format!("{part} {language}")] {
            let score = scores.entry(of).or_default();
            match (lack, supported) {
                (Some(_), false) => score.flagged_rightly += 1.0,
                (Some(_), true) => score.flagged_wrongly += 1.0,
                (None, false) => score.missed += 1.0,
                (None, true) => {}
            }
        }
    }
    for (of, score) in &scores {
        println!("{of}: precision {:.3}, recall {:.3}", score.precision(), score.recall());
    }
    // In each language by itself. In English, what is held reaches .894 (docs/MEASUREMENTS.md): it must not become worse.
    let wanted =
        [("open", 0.9), ("open en", 0.9), ("open fr", 0.9), ("held", 0.9), ("held en", 0.89), ("held fr", 0.9)];
    for (of, precision) in wanted {
        let score = &scores[of];
        assert!(
            score.precision() >= precision && score.recall() >= 0.8,
            "{of}: precision {}, recall {}\n{}",
            score.precision(),
            score.recall(),
            mistakes.join("\n")
        );
    }
}

#[test]
fn the_pairs_are_many_and_of_every_kind() {
    let pairs = pairs();
    assert!(pairs.len() >= 240);
    let count = |is_counted: &dyn Fn(&Pair) -> bool| pairs.iter().filter(|pair| is_counted(pair)).count();
    for part in ["open", "held"] {
        for language in ["en", "fr"] {
            let of = |pair: &Pair| pair.part == part && pair.language == language;
            let all = count(&of);
            for class in ["supported", "number", "name", "negated", "unrelated"] {
                assert!(count(&|pair| of(pair) && pair.class == class) >= 8, "{part} {language} {class}");
            }
            assert!(count(&|pair| of(pair) && pair.supported) * 2 <= all, "{part} {language}");
        }
    }
    assert!(count(&|pair| pair.part == "held") * 10 >= pairs.len() * 3);
    assert!(pairs.iter().all(|pair| pair.supported == (pair.class == "supported")));
}

#[test]
fn each_lack_has_its_reason() {
    let passage = "The pool in Brighton opens at 9 a.m. and closes at 8 p.m. Children may swim with an adult. Some lockers \
                   take coins. Dogs are forbidden in the whole building.";
    for (sentence, expected) in [
        ("The pool opens at 9:00 and closes at 20:00.", None),
        ("Children are allowed to swim if an adult is with them.", None),
        ("The pool opens at 10 a.m.", Some(UnsupportedReason::Number)),
        ("The pool in Margate opens at 9 a.m.", Some(UnsupportedReason::Name)),
        ("Children may not swim with an adult.", Some(UnsupportedReason::Denied)),
        ("Dogs are allowed in the building.", Some(UnsupportedReason::Opposite)),
        ("All lockers take coins.", Some(UnsupportedReason::Quantity)),
        ("Season tickets include yoga and sauna evenings.", Some(UnsupportedReason::Words)),
        ("Gladly.", None),
    ] {
        assert_eq!(lack("en", passage, sentence), expected, "{sentence}");
    }
}

#[test]
fn a_time_of_day_is_the_same_in_words_and_in_digits() {
    let english = "Traders set up from seven in the morning and leave the market by four in the afternoon.";
    let french = "Le musée ouvre ses portes à neuf heures du matin et les ferme à huit heures du soir.";
    for (language, passage, sentence, expected) in [
        ("en", english, "Traders leave the market by 4 p.m.", None),
        ("en", english, "Traders leave the market by 16:00.", None),
        ("en", english, "Traders set up from 7.", None),
        ("en", english, "Traders leave the market by 5 p.m.", Some(UnsupportedReason::Number)),
        ("en", english, "Traders set up from six.", Some(UnsupportedReason::Number)),
        ("en", english, "Traders set up from eight in the morning.", Some(UnsupportedReason::Number)),
        ("fr", french, "Le musée ferme ses portes à 20 h.", None),
        ("fr", french, "Le musée ferme ses portes à 21 h.", Some(UnsupportedReason::Number)),
    ] {
        assert_eq!(lack(language, passage, sentence), expected, "{sentence}");
    }
}

#[test]
fn a_time_that_has_a_name_is_the_time_that_it_stands_for() {
    let english = "On weekdays the desk in the hall closes at noon. It stays closed at weekends.";
    let french = "Le guichet du hall ferme à midi. Il reste fermé le week-end.";
    for (language, passage, sentence, expected) in [
        ("en", english, "On weekdays the desk closes at noon.", None),
        ("en", english, "From Monday to Friday the desk closes at 12:00.", None),
        ("en", english, "The desk stays closed on Saturday and Sunday.", None),
        ("en", english, "The desk closes at 13:00.", Some(UnsupportedReason::Number)),
        ("fr", french, "Le guichet ferme à 12 h.", None),
        ("fr", french, "Le guichet reste fermé samedi et dimanche.", None),
        ("fr", french, "Le guichet reste fermé le lundi.", Some(UnsupportedReason::Number)),
    ] {
        assert_eq!(lack(language, passage, sentence), expected, "{sentence}");
    }
}

#[test]
fn a_number_that_is_told_of_something_else_supports_nothing() {
    let bridge = "The bridge over the Oker was opened to traffic in 1956. Lorries have been banned since an inspection found \
                  cracks in 2018.";
    let pont = "Le pont Saint-Michel a été ouvert à la circulation en 1956. Une inspection menée en 2018 a révélé des fissures \
                dans le tablier.";
    let comet = "The comet was first seen by Herschel in 1788. It came back in 1939.";
    for (language, passage, sentence, expected) in [
        ("en", bridge, "The bridge over the Oker was opened in 1956.", None),
        ("en", bridge, "The bridge over the Oker was opened in 2018.", Some(UnsupportedReason::Number)),
        ("en", bridge, "An inspection found cracks in 2018.", None),
        ("fr", pont, "Le pont Saint-Michel a été ouvert à la circulation en 1956.", None),
        ("fr", pont, "Le pont Saint-Michel a été ouvert à la circulation en 2018.", Some(UnsupportedReason::Number)),
        ("fr", pont, "Une inspection a révélé des fissures en 2018.", None),
        // By words alone it cannot be told what "it" is.
        ("en", comet, "The comet of Herschel was seen in 1939.", None),
    ] {
        assert_eq!(lack(language, passage, sentence), expected, "{sentence}");
    }
}

#[test]
fn another_language_is_judged_by_its_numbers() {
    let passage = "The swimming pool opens at nine in the morning and costs 12 euros for adults, but children are free of charge.";
    assert_eq!(lack("fr", passage, "L’entrée coûte 12 euros, et les enfants ne paient rien."), None);
    assert_eq!(
        lack("fr", passage, "L’entrée coûte 15 euros, et les enfants ne paient rien."),
        Some(UnsupportedReason::Number)
    );
}

#[test]
fn an_answer_is_judged_sentence_by_sentence() {
    let text = "# Opening hours\n\nHere is what the sources say:\n\n- The museum opens at *nine* in the morning [1].\n\
                - It closes at seven in the evening [1].\n- Dogs stay outside the building. [2]\n\n\
                The garden is open all year, and roses bloom in June. Do you want to know more?";
    let answer = citations::check(text, |number| number <= 2);
    let sources = [
        source(1, "The museum opens at nine in the morning and closes at five in the evening."),
        source(2, "Dogs stay outside the building, with the exception of guide dogs."),
    ];
    let found = unsupported(&answer, &sources);
    let told: Vec<(&str, UnsupportedReason)> =
        found.iter().map(|it| (&answer.text[it.range.clone()], it.lack)).collect();
    assert_eq!(
        told,
        [
            ("It closes at seven in the evening [1].", UnsupportedReason::Number),
            ("The garden is open all year, and roses bloom in June.", UnsupportedReason::Number)
        ]
    );
    assert!(unsupported(&answer, &[]).is_empty());
}

#[test]
fn short_sentences_are_judged_in_the_language_of_what_they_rest_on() {
    let text = "It opens at *nine* [1]. It closes at *seven* [1]. Dogs stay outside [1].";
    let answer = citations::check(text, |number| number == 1);
    let hours = "When does the museum open? The museum opens at nine and closes at five. And the museum's dogs? Dogs stay \
                 outside.";
    let found = unsupported(&answer, &[Source { number: 1, context: "note\nOpening hours", text: hours }]);
    let told: Vec<(&str, UnsupportedReason)> =
        found.iter().map(|it| (&answer.text[it.range.clone()], it.lack)).collect();
    assert_eq!(told, [("It closes at *seven* [1].", UnsupportedReason::Number)]);
}

#[test]
fn a_sentence_may_name_another_source_than_the_one_that_supports_it() {
    let sources = [
        source(1, "Dogs stay outside the building, with the exception of guide dogs."),
        source(2, "The museum opens at nine in the morning and closes at five in the evening."),
    ];
    for (text, count) in [
        ("The museum opens at nine in the morning [1].", 0),
        ("The museum opens at nine in the morning. [2]", 0),
        ("The museum opens at eight in the morning. [2]", 1),
    ] {
        let answer = citations::check(text, |number| number <= 2);
        assert_eq!(unsupported(&answer, &sources).len(), count, "{text}");
    }
}

#[test]
fn what_stands_above_a_passage_counts() {
    let above = Source { number: 1, context: "AquaPure 300 Filters", text: "It must not be used with hot water." };
    let answer = citations::check("The AquaPure 300 must not be used with hot water [1].", |number| number == 1);
    assert!(unsupported(&answer, &[above]).is_empty());
    let other = citations::check("The AquaPure 500 must not be used with hot water [1].", |number| number == 1);
    assert_eq!(unsupported(&other, &[above]).len(), 1);
}
