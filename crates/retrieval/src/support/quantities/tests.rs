use super::*;
use crate::support::{reader::Reader, tokens::tokens};

fn read(language: &str, text: &str) -> Vec<Quantity> {
    let mut reader = Reader::new(language);
    let tokens = tokens(text, &mut reader);
    quantities(&tokens, reader.lexicon)
}

/// Whether the only quantities of two texts say the same.
fn agree(one: (&str, &str), other: (&str, &str)) -> bool {
    let (first, second) = (read(one.0, one.1), read(other.0, other.1));
    assert_eq!((first.len(), second.len()), (1, 1), "{one:?} {first:?}, {other:?} {second:?}");
    first[0].agrees(&second[0])
}

#[test]
fn the_same_amount_is_the_same() {
    for (one, other) in [
        (("en", "1,000 euros"), ("fr", "1 000 €")),
        (("en", "2.5 litres"), ("fr", "2,5 litres")),
        (("en", "14 days"), ("en", "two weeks")),
        (("en", "half an hour"), ("en", "30 minutes")),
        (("en", "9 a.m."), ("en", "at 09:00")),
        (("en", "5:30 pm"), ("fr", "17 h 30")),
        (("fr", "à 9 h"), ("en", "09:00")),
        (("en", "three in the afternoon"), ("en", "3 p.m.")),
        (("en", "8 in the evening"), ("fr", "huit heures du soir")),
        (("fr", "8 h 30 du soir"), ("fr", "20 h 30")),
        (("fr", "à 3 heures de l'après-midi"), ("fr", "15 h")),
        (("en", "one in the morning"), ("en", "01:00")),
        (("en", "from nine"), ("en", "9 a.m.")),
        (("en", "at 12"), ("en", "12 p.m.")),
        (("en", "six o'clock"), ("en", "6 in the evening")),
        (("en", "an hour and a half"), ("en", "90 minutes")),
        (("en", "two and a half hours"), ("en", "150 minutes")),
        (("en", "one and a half years"), ("en", "18 months")),
        (("en", "2 hours and a half"), ("fr", "deux heures et demie")),
        (("fr", "2 heures et demie"), ("fr", "2,5 heures")),
        (("fr", "un an et demi"), ("fr", "18 mois")),
        (("fr", "1 h 30"), ("fr", "90 minutes")),
        (("en", "a quarter of an hour"), ("en", "15 minutes")),
        (("fr", "trois quarts d’heure"), ("fr", "45 minutes")),
        (("en", "a quarter of the members"), ("en", "25 %")),
        (("en", "a quarter"), ("en", "three months")),
        (("en", "ten years"), ("en", "a decade")),
        (("en", "60 days"), ("fr", "deux mois")),
        (("en", "4 per cent"), ("fr", "quatre pour cent")),
        (("en", "twenty-one"), ("fr", "vingt et un")),
        (("fr", "quatre-vingts"), ("en", "80")),
        (("fr", "deux cent cinquante"), ("en", "two hundred and fifty")),
        (("en", "$3 million"), ("en", "3,000,000 dollars")),
        (("en", "1.5 kg"), ("en", "1500 g")),
        (("en", "3 working days"), ("fr", "trois jours ouvrables")),
    ] {
        assert!(agree(one, other) && agree(other, one), "{one:?} and {other:?}");
    }
}

#[test]
fn other_amounts_are_others() {
    for (one, other) in [
        ("14 days", "14 weeks"),
        ("€12", "12 kg"),
        ("3 %", "4 %"),
        ("9 a.m.", "9 p.m."),
        ("nine in the morning", "nine in the evening"),
        ("at ten", "9 a.m."),
        ("at 9", "9:30"),
        ("9 euros", "9 a.m."),
        ("two and a half hours", "two hours"),
        ("a quarter of an hour", "three months"),
        ("9 hours", "9:00"),
        ("Mondays", "on Tuesday"),
        ("in June", "in July"),
    ] {
        assert!(!agree(("en", one), ("en", other)), "{one} and {other}");
    }
}

#[test]
fn a_date_is_the_same_in_every_form() {
    let written = read("en", "on 3 March 2024");
    for date in ["2024-03-03", "3/3/2024", "03.03.2024"] {
        let digits = read("en", date);
        assert!(written.iter().all(|part| digits.iter().any(|other| part.agrees(other))), "{date}: {digits:?}");
    }
    assert!(read("en", "You may march.").is_empty());
}
