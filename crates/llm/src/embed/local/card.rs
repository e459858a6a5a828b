//! What the model card says about languages.

use std::{collections::HashSet, path::Path};

/// The ISO 639-1 codes under `language:` in the front matter of `README.md`; empty when there is no card or it does not
/// say.
pub(super) fn languages(directory: &Path) -> Vec<String> {
    std::fs::read_to_string(directory.join("README.md")).map(|card| parse(&card)).unwrap_or_default()
}

/// Reads `language: en`, `language: [en, fr]` and a YAML list below `language:`, each language once; of `zh-cn` the language.
/// `multilingual` is no language and says nothing about which, so it is left out.
fn parse(card: &str) -> Vec<String> {
    let mut lines = card.lines();
    if lines.next().map(str::trim) != Some("---") {
        return Vec::new();
    }
    let mut found: Vec<String> = Vec::new();
    let mut within = false;
    for line in lines.take_while(|line| line.trim() != "---") {
        if let Some(rest) = line.strip_prefix("language:") {
            within = true;
            let rest = rest.trim().trim_start_matches('[').trim_end_matches(']');
            found.extend(rest.split(',').filter_map(code));
        } else if within && let Some(item) = line.trim_start().strip_prefix("- ") {
            found.extend(code(item));
        } else {
            within = false;
        }
    }
    let mut seen = HashSet::new();
    found.retain(|code| seen.insert(code.clone()));
    found
}

fn code(text: &str) -> Option<String> {
    let tag = text.trim().trim_matches(['"', '\'']).to_ascii_lowercase();
    let code = tag.split(['-', '_']).next().unwrap_or_default().to_owned();
    (code.len() == 2 && code.bytes().all(|byte| byte.is_ascii_lowercase())).then_some(code)
}

#[cfg(test)]
mod tests {
    use super::parse;

    #[test]
    fn the_three_ways_to_write_languages_are_read() {
        assert_eq!(parse("---\nlanguage: en\nlicense: apache-2.0\n---\n# Model"), ["en"]);
        assert_eq!(parse("---\nlanguage: [en, \"fr\"]\n---"), ["en", "fr"]);
        assert_eq!(parse("---\nlanguage:\n- multilingual\n- cs\n- 'de'\ntags:\n- fr\n---"), ["cs", "de"]);
    }

    #[test]
    fn regions_are_left_out_and_no_language_comes_twice() {
        assert_eq!(parse("---\nlanguage:\n- pt\n- pt-br\n- zh-cn\n- zh-tw\n- fr-ca\n---"), ["pt", "zh", "fr"]);
    }

    #[test]
    fn a_card_without_front_matter_says_nothing() {
        assert!(parse("# Model\nlanguage: en\n").is_empty());
        assert!(parse("---\ntags:\n- it\n---\nlanguage: en").is_empty());
    }
}
