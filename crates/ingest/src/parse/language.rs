//! The language of a text.

/// How much of a text is looked at. Characters.
const SAMPLE: usize = 4_000;

/// The language of `text` as an ISO 639-1 code: what the text itself shows when that is beyond doubt, else what the document
/// declares. Templates declare English whatever is written in them, so the text goes first.
pub fn detect_language(text: &str, declared: Option<&str>) -> Option<String> {
    // From the middle of a long text: the beginning is often a licence or a table of contents.
    let start = text.floor_char_boundary(if text.len() > 3 * SAMPLE { text.len() / 3 } else { 0 });
    let sample: String = text.get(start..).unwrap_or(text).chars().take(SAMPLE).collect();
    let declared = declared.and_then(primary_tag);
    let recognised = whatlang::detect(&sample).and_then(|info| match info.lang() {
        // Close relatives are never told apart beyond doubt by their triples of letters, but well by single letters.
        whatlang::Lang::Ces | whatlang::Lang::Slk => czech_or_slovak(&sample),
        other if info.is_reliable() && (info.confidence() > 0.9 || sample.chars().count() > 200) => iso_639_1(other),
        _ => None,
    });
    recognised.map(str::to_owned).or(declared)
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
}
