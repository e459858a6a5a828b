//! The language of a question. Questions are short, and a detector that considers every language of the world is unreliable
//! on them; the languages of the collection are the ones worth considering.

use whatlang::{Detector, Lang};

use crate::analysis::{is_stop_word, stop_word_languages, words};

/// ISO 639-1 code of the language of a question, where it can be told. `expected` are the languages of the passages that it is
/// asked of, the most frequent first; without any there is too little to go by.
///
/// Small words tell languages apart where letter statistics fail for want of letters: the language with most of its stop words
/// in the question wins. Where none or several win, the letters decide among the expected languages and English.
pub fn language<'a>(text: &str, expected: impl Iterator<Item = &'a str>) -> Option<String> {
    let expected: Vec<&str> = expected.filter(|code| !code.is_empty()).collect();
    if expected.is_empty() {
        return None;
    }
    let words = words(text);
    let small_words = |language: &str| words.iter().filter(|word| is_stop_word(language, word)).count();
    let most = stop_word_languages().map(small_words).max().unwrap_or(0);
    let best: Vec<&str> = stop_word_languages().filter(|language| small_words(language) == most).collect();
    if most > 0 {
        let likely: Vec<&&str> = best.iter().filter(|language| expected.contains(language)).collect();
        match (&best[..], &likely[..]) {
            ([only], _) if most > 1 || expected.contains(only) || *only == "en" => return Some((*only).to_owned()),
            (_, [only]) => return Some((**only).to_owned()),
            _ => {}
        }
    }
    let mut allowed: Vec<Lang> = expected.iter().copied().chain(["en"]).filter_map(from_code).collect();
    allowed.sort_unstable_by_key(|lang| lang.code());
    allowed.dedup();
    let found = Detector::with_allowlist(allowed).detect(text)?;
    if words.len() < 3 { None } else { code(found.lang()).map(str::to_owned) }
}

/// The one of some languages in which a question is asked without doubt. `None` where it is too short to tell, or rather asked
/// in another language: what is said around an answer goes by this, and a wrong guess is worse there than none.
///
/// Unlike for [`language`], the collection does not matter: a Czech question of English documents is a Czech one.
pub fn certain<'a>(text: &str, among: &[&'a str]) -> Option<&'a str> {
    // Single letters are names as often as they are words: vitamin C, plan B.
    let words: Vec<String> = words(text).into_iter().filter(|word| word.chars().nth(1).is_some()).collect();
    let small_words = |language: &str| words.iter().filter(|word| is_stop_word(language, word)).count();
    let most = stop_word_languages().map(small_words).max().unwrap_or(0);
    let best: Vec<&'a str> = among.iter().copied().filter(|language| small_words(language) == most).collect();
    let [only] = best.as_slice() else { return None };
    let is_certain = match most {
        0 => false,
        1 => has_own_letters(only, &words) || is_detected(only, text, &words, among),
        // A few small words that two languages share tell little about a long text.
        _ => most * 3 >= words.len() || has_own_letters(only, &words) || is_detected(only, text, &words, among),
    };
    is_certain.then_some(*only)
}

/// Letters that tell a language of the interface from the other ones.
const OWN_LETTERS: [(&str, &str); 2] = [("cs", "áčďěíňóřšťúůýž"), ("fr", "àâçèêëîïôœùû")];

fn has_own_letters(language: &str, words: &[String]) -> bool {
    OWN_LETTERS
        .iter()
        .filter(|(code, _)| *code == language)
        .any(|(_, letters)| words.iter().any(|word| word.chars().any(|letter| letters.contains(letter))))
}

/// Whether the letters of a text that is not too short are those of a language rather than of the other ones.
fn is_detected(language: &str, text: &str, words: &[String], among: &[&str]) -> bool {
    let allowed: Vec<Lang> = among.iter().copied().filter_map(from_code).collect();
    words.len() >= 3
        && Detector::with_allowlist(allowed)
            .detect(text)
            .is_some_and(|found| found.is_reliable() && code(found.lang()) == Some(language))
}

/// The likeliest language of a passage, of which there is more to go by than of a question; `None` where it is a guess.
pub fn likely(text: &str) -> Option<&'static str> {
    let sample: String = text.chars().take(4_000).collect();
    let found = whatlang::detect(&sample)?;
    if found.is_reliable() || (sample.len() > 80 && found.confidence() > 0.3) { code(found.lang()) } else { None }
}

/// ISO 639-1 codes of what the detector knows.
const CODES: [(Lang, &str); 30] = [
    (Lang::Eng, "en"),
    (Lang::Fra, "fr"),
    (Lang::Deu, "de"),
    (Lang::Spa, "es"),
    (Lang::Ita, "it"),
    (Lang::Por, "pt"),
    (Lang::Nld, "nl"),
    (Lang::Ces, "cs"),
    (Lang::Slk, "sk"),
    (Lang::Pol, "pl"),
    (Lang::Dan, "da"),
    (Lang::Swe, "sv"),
    (Lang::Nob, "no"),
    (Lang::Fin, "fi"),
    (Lang::Hun, "hu"),
    (Lang::Ron, "ro"),
    (Lang::Rus, "ru"),
    (Lang::Ukr, "uk"),
    (Lang::Bul, "bg"),
    (Lang::Ell, "el"),
    (Lang::Tur, "tr"),
    (Lang::Cat, "ca"),
    (Lang::Hrv, "hr"),
    (Lang::Slv, "sl"),
    (Lang::Lit, "lt"),
    (Lang::Lav, "lv"),
    (Lang::Est, "et"),
    (Lang::Ara, "ar"),
    (Lang::Heb, "he"),
    (Lang::Vie, "vi"),
];

/// ISO 639-1 codes of the languages that are recognised.
pub fn languages() -> impl Iterator<Item = &'static str> {
    CODES.iter().map(|(_, code)| *code)
}

fn code(lang: Lang) -> Option<&'static str> {
    CODES.iter().find(|(known, _)| *known == lang).map(|(_, code)| *code)
}

fn from_code(wanted: &str) -> Option<Lang> {
    CODES.iter().find(|(_, code)| *code == wanted).map(|(lang, _)| *lang)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn small_words_tell() {
        let told = |text: &str, expected: &[&str]| language(text, expected.iter().copied());
        let is = |text: &str, expected: &[&str], wanted: &str| {
            assert_eq!(told(text, expected).as_deref(), Some(wanted), "{text}");
        };
        is("Comment installer un paquet ?", &["en"], "fr");
        is("How do I install a package?", &["fr", "cs"], "en");
        is("Jak nainstaluji balíček z repozitáře?", &["en", "cs"], "cs");
        is("Wie installiere ich ein Paket?", &["en"], "de");
        is("¿Cómo se instala un paquete?", &["en", "es"], "es");
        is("heat transfer in laminar flow", &["en"], "en");
        assert_eq!(told("gpg", &["en"]), None);
        assert_eq!(told("", &["en"]), None);
        assert_eq!(told("Comment installer un paquet ?", &[]), None);
    }

    #[test]
    fn a_short_question_is_certain_by_its_small_words_and_letters() {
        let is = |text: &str, wanted: Option<&str>| {
            assert_eq!(certain(text, &["en", "fr", "cs"]), wanted, "{text}");
        };
        is("Jak přidám web?", Some("cs"));
        is("Kdo vede noční směnu?", Some("cs"));
        is("Kde je tiskárna?", Some("cs"));
        is("Comment installer un paquet ?", Some("fr"));
        is("Qui dirige l’équipe de nuit ?", Some("fr"));
        is("How do I add a website?", Some("en"));
        is("Who leads the night shift?", Some("en"));
        is("Which volcano erupted in Iceland?", Some("en"));
    }

    #[test]
    fn what_is_short_or_foreign_is_not_certain() {
        for text in ["", "?", "hello", "thanks", "merci", "Dovolená", "gpg", "plan B", "vitamin C", "MacBook Pro"] {
            assert_eq!(certain(text, &["en", "fr", "cs"]), None, "{text}");
        }
        for text in ["Wie installiere ich ein Paket?", "Was ist das in der Stadt?", "¿Cómo se instala un paquete?"] {
            assert_eq!(certain(text, &["en", "fr", "cs"]), None, "{text}");
        }
        assert_eq!(certain("Wie installiere ich ein Paket?", &["en", "de"]), Some("de"));
        assert_eq!(certain("How do I add a website?", &[]), None);
    }
}
