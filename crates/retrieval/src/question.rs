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
}
