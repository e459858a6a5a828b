//! The language of a question. Questions are short, and a detector that considers every language of the world is unreliable
//! on them; the languages of the collection are the ones worth considering.

use whatlang::{Detector, Lang};

/// ISO 639-1 code of the language of `text`, where it can be told: among `expected` (the languages of the passages) and
/// English if it can be told there, else among all languages if the detector is sure.
pub fn language<'a>(text: &str, expected: impl Iterator<Item = &'a str>) -> Option<String> {
    let mut allowed: Vec<Lang> = expected.filter_map(from_code).collect();
    if let Some(found) = whatlang::detect(text)
        && found.is_reliable()
    {
        return code(found.lang()).map(str::to_owned);
    }
    if !allowed.contains(&Lang::Eng) {
        allowed.push(Lang::Eng);
    }
    let found = Detector::with_allowlist(allowed).detect(text)?;
    if found.confidence() < 0.3 { None } else { code(found.lang()).map(str::to_owned) }
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
