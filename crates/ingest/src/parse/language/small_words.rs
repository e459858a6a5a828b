//! Small words by which languages are told apart where letters do not tell: in a text that is short, or full of names.

use std::{
    collections::{HashMap, HashSet},
    sync::LazyLock,
};

/// So many small words are the fewest that tell.
const FEWEST: usize = 10;
/// One word in so many is a small one in prose, at least; lists of names and programs have fewer.
const ONE_IN: usize = 5;
/// So much of a text is enough. Bytes.
const LOOKED_AT: usize = 100_000;

static WORDS: LazyLock<HashMap<&str, HashSet<&str>>> =
    LazyLock::new(|| LISTS.iter().map(|(language, words)| (*language, words.split_whitespace().collect())).collect());

/// The language whose small words a text has: twice as many as any other's, or more than those of the others where its letters
/// `may_be` of this one. ISO 639-1.
pub(super) fn language(text: &str, may_be: &[&str]) -> Option<&'static str> {
    let text = text[..text.floor_char_boundary(LOOKED_AT)].to_lowercase();
    let words: Vec<&str> = text.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()).collect();
    let count = |language: &str| {
        let small = WORDS.get(language);
        words.iter().filter(|word| small.is_some_and(|small| small.contains(**word))).count()
    };
    let mut counts: Vec<(usize, &'static str)> =
        LISTS.iter().map(|(language, _)| (count(language), *language)).collect();
    counts.sort_unstable();
    counts.reverse();
    let [(most, language), (second, _), ..] = counts[..] else { return None };
    let is_prose = most >= FEWEST && most * ONE_IN >= words.len();
    let is_clear = most >= 2 * second || (most > second && may_be.contains(&language));
    (is_prose && is_clear).then_some(language)
}

/// One list a language, without words that programs are full of: `i`, `in`, `for`, `if`.
const LISTS: &[(&str, &str)] = &[
    (
        "cs",
        "a aby ale ani až být co do jak jako je jeho jejich jen ještě již jsou k kde když ke která které který mezi nebo není \
         od po pro při se si tak také tento toto ve však z za ze že",
    ),
    (
        "de",
        "aber als am auch auf aus bei das dass dem den der des die durch ein eine einem einen einer eines für im ist mit nach \
         nicht oder sich sie sind und vom von werden wie wird zu zum zur über",
    ),
    (
        "en",
        "a also an and are as at be been but by from has have he his is it its of on or that the their them these they this to \
         was were which who will with you your",
    ),
    (
        "es",
        "al como con de del desde el ella en entre es esta este esto fue ha la las lo los más no o para pero por que se ser si \
         sin sobre son su sus también un una y ya",
    ),
    (
        "fr",
        "au aux avec ce ces cette comme d dans de des du elle en est et il ils l la le les leur mais n ne ou où par pas plus \
         pour qu que qui sa se ses son sont sur un une vous être",
    ),
    (
        "it",
        "al alla anche che come con da dal dalla dei del della delle di e gli ha il la le lo ma nel nella non per più questa \
         questo se si sono su un una uno è",
    ),
    (
        "nl",
        "aan als bij dat de der deze die dit door een en er het hij is kan maar met naar niet of om ook op over te tot uit van \
         voor wat werd worden wordt zijn zo",
    ),
    (
        "pt",
        "ao aos as com como da das de do dos e em entre está foi mais mas na nas no nos não o os ou para pela pelo por que se \
         sem ser seu sua são também um uma às é",
    ),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn short_prose_is_told_by_its_small_words() {
        for (wanted, text) in [
            (
                "cs",
                "Muzeum je otevřeno od devíti do pěti, ale v pondělí se do něj nedá jít, jak se píše na dveřích, které jsou u parku.",
            ),
            (
                "de",
                "Das Museum ist von neun bis fünf und am Montag nicht für die Gäste offen, wie auf dem Schild und an der Tür steht.",
            ),
            (
                "en",
                "The museum is open from nine to five, and it is not for the guests on Monday, as is written on the door.",
            ),
            (
                "es",
                "El museo está abierto de nueve a cinco y no para los huéspedes el lunes, como es en la puerta de la casa.",
            ),
            (
                "fr",
                "Le musée est ouvert de neuf heures à cinq heures et ne l'est pas pour les hôtes le lundi, comme c'est dit sur la porte.",
            ),
            (
                "it",
                "Il museo è aperto dalle nove alle cinque e non per gli ospiti di lunedì, come si legge sulla porta della casa.",
            ),
            (
                "nl",
                "Het museum is van negen tot vijf open en niet voor de gasten op maandag, wat op de deur van het huis te lezen is.",
            ),
            (
                "pt",
                "O museu está aberto das nove às cinco e não para os hóspedes na segunda, como se lê na porta da casa.",
            ),
        ] {
            assert_eq!(language(text, &[]), Some(wanted), "{text}");
        }
    }

    #[test]
    fn names_and_programs_have_no_language() {
        assert_eq!(language("Ada Lovelace, Charles Babbage, Konrad Zuse, Grace Hopper, Alan Turing", &[]), None);
        assert_eq!(language(&"for i in range(10): print(i) if not done else exit(0) ".repeat(20), &[]), None);
        assert_eq!(language("", &[]), None);
    }

    #[test]
    fn letters_decide_where_two_languages_are_in_a_text() {
        let english =
            "The museum is open from nine to five, and it is not for the guests on Monday, as is written on the door. ";
        let french = "Le musée est ouvert de neuf à cinq heures et ne l'est pas pour les hôtes le lundi, dans la ville et sur la porte.";
        let both = format!("{english}{french}");
        assert_eq!(language(&both, &[]), None);
        assert!(matches!(language(&both, &["en", "fr"]), Some("en" | "fr")));
    }
}
