//! The language of a text.

mod small_words;

use std::collections::BTreeMap;

/// How many places of a text are looked at.
const SAMPLES: usize = 7;

/// How much is looked at in each. Characters.
const SAMPLE: usize = 400;

/// The language of `text` as an ISO 639-1 code: what most of its parts show beyond doubt, else what its small words tell, else
/// what the document declares. Templates declare English whatever is written in them, so the text goes first; and manuals are
/// often translated in part, so that several places are asked. Small words tell where a text is too short for its letters to do
/// so, and where as many places are in one language as in another.
pub fn detect_language(text: &str, declared: Option<&str>) -> Option<String> {
    let mut votes: BTreeMap<&'static str, usize> = BTreeMap::new();
    let mut all = 0;
    // Of a short text, fewer places show everything.
    let samples = text.len().div_ceil(SAMPLE).clamp(1, SAMPLES);
    for number in 0..samples {
        let start = text.floor_char_boundary(text.len() * number / samples);
        let sample: String = text.get(start..).unwrap_or_default().chars().take(SAMPLE).collect();
        let Some(language) = recognise(&sample) else { continue };
        let count = votes.entry(language).or_default();
        *count += 1;
        all += 1;
        // Whatever the other places show, most would still be this one.
        if *count > all - *count + samples - number - 1 {
            break;
        }
    }
    let most = votes.iter().max_by_key(|(_, count)| **count);
    let recognised = most.filter(|(_, count)| **count * 2 > all).map(|(language, _)| *language);
    let told = recognised.or_else(|| {
        let may_be: Vec<&str> = votes.keys().copied().collect();
        small_words::language(text, &may_be)
    });
    told.map(str::to_owned).or_else(|| declared.and_then(primary_tag))
}

fn recognise(sample: &str) -> Option<&'static str> {
    let info = whatlang::detect(sample)?;
    match info.lang() {
        // Close relatives are never told apart beyond doubt by their triples of letters, but well by single letters.
        whatlang::Lang::Ces | whatlang::Lang::Slk => czech_or_slovak(sample),
        other if info.is_reliable() && (info.confidence() > 0.9 || sample.chars().count() > 200) => iso_639_1(other),
        _ => None,
    }
}

/// By the letters that only one of them has.
fn czech_or_slovak(text: &str) -> Option<&'static str> {
    let (mut czech, mut slovak) = (0, 0);
    for c in text.chars() {
        match c {
            'ř' | 'ě' | 'ů' | 'Ř' | 'Ě' => czech += 1,
            'ľ' | 'ĺ' | 'ŕ' | 'ô' | 'ä' | 'Ľ' => slovak += 1,
            _ => {}
        }
    }
    match (czech, slovak) {
        (0, 0) => None,
        (czech, slovak) if czech > slovak => Some("cs"),
        _ => Some("sk"),
    }
}

/// `pt-BR` → `pt`.
fn primary_tag(tag: &str) -> Option<String> {
    let primary = tag.trim().split(['-', '_']).next()?.to_ascii_lowercase();
    (primary.len() == 2 && primary.bytes().all(|b| b.is_ascii_lowercase())).then_some(primary)
}

const fn iso_639_1(language: whatlang::Lang) -> Option<&'static str> {
    use whatlang::Lang;
    Some(match language {
        Lang::Epo => "eo",
        Lang::Eng => "en",
        Lang::Rus => "ru",
        Lang::Cmn => "zh",
        Lang::Spa => "es",
        Lang::Por => "pt",
        Lang::Ita => "it",
        Lang::Ben => "bn",
        Lang::Fra => "fr",
        Lang::Deu => "de",
        Lang::Ukr => "uk",
        Lang::Kat => "ka",
        Lang::Ara => "ar",
        Lang::Hin => "hi",
        Lang::Jpn => "ja",
        Lang::Heb => "he",
        Lang::Yid => "yi",
        Lang::Pol => "pl",
        Lang::Amh => "am",
        Lang::Jav => "jv",
        Lang::Kor => "ko",
        Lang::Nob => "no",
        Lang::Dan => "da",
        Lang::Swe => "sv",
        Lang::Fin => "fi",
        Lang::Tur => "tr",
        Lang::Nld => "nl",
        Lang::Hun => "hu",
        Lang::Ces => "cs",
        Lang::Ell => "el",
        Lang::Bul => "bg",
        Lang::Bel => "be",
        Lang::Mar => "mr",
        Lang::Kan => "kn",
        Lang::Ron => "ro",
        Lang::Slv => "sl",
        Lang::Hrv => "hr",
        Lang::Srp => "sr",
        Lang::Mkd => "mk",
        Lang::Lit => "lt",
        Lang::Lav => "lv",
        Lang::Est => "et",
        Lang::Tam => "ta",
        Lang::Vie => "vi",
        Lang::Urd => "ur",
        Lang::Tha => "th",
        Lang::Guj => "gu",
        Lang::Uzb => "uz",
        Lang::Pan => "pa",
        Lang::Aze => "az",
        Lang::Ind => "id",
        Lang::Tel => "te",
        Lang::Pes => "fa",
        Lang::Mal => "ml",
        Lang::Ori => "or",
        Lang::Mya => "my",
        Lang::Nep => "ne",
        Lang::Sin => "si",
        Lang::Khm => "km",
        Lang::Tuk => "tk",
        Lang::Aka => "ak",
        Lang::Zul => "zu",
        Lang::Sna => "sn",
        Lang::Afr => "af",
        Lang::Lat => "la",
        Lang::Slk => "sk",
        Lang::Cat => "ca",
        Lang::Tgl => "tl",
        Lang::Hye => "hy",
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_text_goes_before_the_declaration() {
        let french =
            "Les paquets Debian sont installés par apt, qui résout leurs dépendances et télécharge ce qui manque. ";
        assert_eq!(detect_language(&french.repeat(3), Some("en")).as_deref(), Some("fr"));
        let czech = "Balíčky Debianu instaluje apt, který řeší jejich závislosti a stahuje, co chybí na počítači. ";
        assert_eq!(detect_language(&czech.repeat(3), None).as_deref(), Some("cs"));
        assert_eq!(detect_language("42", Some("pt-BR")).as_deref(), Some("pt"));
        assert_eq!(detect_language("42", None), None);
        assert_eq!(detect_language("", Some("klingon")), None);
    }

    #[test]
    fn a_text_that_is_in_two_languages_is_in_one_of_them() {
        let french =
            "Les paquets sont installés par un outil qui résout leurs dépendances et qui télécharge ce qui manque. ";
        let english =
            "The packages are installed by a tool that resolves what they depend on and fetches what is not there. ";
        let found = detect_language(&format!("{}{}", french.repeat(16), english.repeat(12)), Some("cs"));
        assert!(matches!(found.as_deref(), Some("fr" | "en")), "{found:?}");
    }
}
