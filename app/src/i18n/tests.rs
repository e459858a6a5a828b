//! All three languages are complete, and every key that the code names exists.

use std::{collections::BTreeSet, path::Path};

use hammock_contract::ErrorCode;

use super::{embedded::source, *};

fn parsed(locale: Locale) -> Catalogue {
    serde_json::from_str(source(locale)).unwrap_or_else(|error| panic!("{}: {error}", locale.tag()))
}

fn names(text: &str) -> BTreeSet<&str> {
    placeholders(text).collect()
}

#[test]
fn the_languages_have_the_same_keys_and_placeholders() {
    let english = parsed(Locale::En);
    for locale in [Locale::Fr, Locale::Cs] {
        let other = parsed(locale);
        for (key, text) in &english {
            let translated = other.get(key).unwrap_or_else(|| panic!("{} lacks {key}", locale.tag()));
            assert!(!translated.trim().is_empty(), "{}: {key} is empty", locale.tag());
            assert_eq!(names(text), names(translated), "{}: {key}", locale.tag());
        }
        for key in other.keys() {
            let extra_form = locale == Locale::Cs && key.ends_with(".few");
            assert!(extra_form || english.contains_key(key), "en lacks {key} of {}", locale.tag());
        }
    }
    let czech = parsed(Locale::Cs);
    for key in english.keys().filter_map(|key| key.strip_suffix(".other")) {
        assert!(english.contains_key(&format!("{key}.one")), "en lacks {key}.one");
        assert!(czech.contains_key(&format!("{key}.few")), "cs lacks {key}.few");
    }
}

#[test]
fn no_sign_of_french_begins_a_line() {
    for (key, text) in parsed(Locale::Fr) {
        for parted in [" :", " ;", " ?", " !", " »", " %", "« "] {
            assert!(!text.contains(parted), "{key}: an ordinary space in {parted:?}: {text}");
        }
        // One kind of space for each sign: the narrow one goes before the high signs.
        for other in ["\u{202f}:", "\u{202f}»", "«\u{202f}", "\u{a0};", "\u{a0}?", "\u{a0}!", "\u{a0}%"] {
            assert!(!text.contains(other), "{key}: the other space in {other:?}: {text}");
        }
    }
}

#[test]
fn every_error_code_has_its_text() {
    let english = parsed(Locale::En);
    for code in ErrorCode::ALL {
        assert!(english.contains_key(&format!("error.{}", code.as_str())), "error.{}", code.as_str());
    }
}

fn collect_keys(folder: &Path, keys: &mut BTreeSet<(String, String)>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            collect_keys(&path, keys);
        } else if path.extension().is_some_and(|ext| ext == "rs") && !path.ends_with("i18n/tests.rs") {
            let code = std::fs::read_to_string(&path).unwrap();
            // `t!` may be broken over lines, so white space between the parenthesis and the key is skipped.
            for call in ["t!(", "i18n::text(", "i18n::count("] {
                for (at, _) in code.match_indices(call) {
                    // `format!(` ends in the same letters.
                    if code[..at].ends_with(|before: char| before.is_alphanumeric() || before == '_') {
                        continue;
                    }
                    let rest = &code[at + call.len()..];
                    if let Some(key) = rest.trim_start().strip_prefix('"').and_then(|rest| rest.split('"').next()) {
                        keys.insert((call.to_owned(), key.to_owned()));
                    }
                }
            }
        }
    }
}

#[test]
fn every_key_that_the_code_names_exists() {
    let mut keys = BTreeSet::new();
    collect_keys(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src"), &mut keys);
    assert!(keys.len() > 50, "the scan found only {} keys", keys.len());
    let english = parsed(Locale::En);
    let missing: Vec<_> = keys
        .iter()
        .filter(|(call, key)| {
            let key = if call == "i18n::count(" { format!("{key}.other") } else { key.clone() };
            key != "$key" && !english.contains_key(&key)
        })
        .collect();
    assert!(missing.is_empty(), "missing keys: {missing:?}");
}

#[test]
fn plural_forms_follow_the_language() {
    assert_eq!(plural_form(Locale::Fr, 0), "one");
    assert_eq!(plural_form(Locale::Cs, 3), "few");
    assert_eq!(plural_form(Locale::Cs, 5), "other");
    assert_eq!(plural_form(Locale::En, 0), "other");
}

#[test]
fn numbers_are_grouped_by_the_languages_separator() {
    assert_eq!(grouped(Locale::En, 1_234_567), "1,234,567");
    assert_eq!(grouped(Locale::Cs, 999), "999");
    assert_eq!(fill("{n} of {total}", &[("n", &1), ("total", &2)]), "1 of 2");
}

#[test]
fn a_passage_over_several_pages_names_the_first_and_the_last() {
    let over = Place::Page { number: 9, breaks: vec![40, 90, 90] };
    for (locale, one, several) in [
        (Locale::En, "Page 9", "Pages 9–12"),
        (Locale::Fr, "Page 9", "Pages 9–12"),
        (Locale::Cs, "Strana 9", "Strany 9–12"),
    ] {
        Owner::new().with(|| {
            provide_context(PageLocale(locale));
            assert_eq!((place_text(&Place::page(9)).as_str(), place_text(&over).as_str()), (one, several));
        });
    }
}

#[test]
fn decimals_have_the_sign_of_the_language() {
    assert_eq!(decimal(Locale::En, "2.35"), "2.35");
    assert_eq!(decimal(Locale::Fr, "2.35"), "2,35");
    assert_eq!(decimal(Locale::Cs, "0.071"), "0,071");
    assert_eq!(decimal(Locale::Cs, "104"), "104");
    let owner = Owner::new();
    owner.with(|| {
        provide_context(PageLocale(Locale::Cs));
        let error = error_text(&ApiError::too_large(2_097_152));
        assert!(error.contains("2,1 MB"), "{error}");
    });
}

#[test]
fn an_error_says_its_values_where_it_brings_them() {
    let plain = ApiError::new(ErrorCode::SiteFailed, "the website failed");
    assert_eq!(error_text(&plain), "The website answered with an error.");
    assert_eq!(
        error_text(&plain.with("status", 503)),
        "The website answered with the error 503. Check the address, or try again later."
    );
}

#[test]
fn an_answers_error_keeps_the_providers_words_apart() {
    let codes = [
        ErrorCode::ProviderFailed,
        ErrorCode::ProviderRejected,
        ErrorCode::ProviderRefused,
        ErrorCode::ProviderUnreachable,
        ErrorCode::ProviderSilent,
        ErrorCode::ProviderLimited,
        ErrorCode::ForbiddenAddress,
        ErrorCode::HostNotListed,
        ErrorCode::SecretUnreadable,
        ErrorCode::AnswerBrokenOff,
        ErrorCode::AnswerTooLong,
    ];
    for code in codes {
        let plain = ApiError::new(code, "kaboom");
        let told = answer_error_text(&plain.clone().with("reason", "kaboom"));
        assert!(told.contains(". ") && !told.contains("kaboom") && !told.contains('{'), "{told}");
        assert_eq!(told, answer_error_text(&plain));
    }
    let forbidden = answer_error_text(&ApiError::new(ErrorCode::ForbiddenAddress, "refused"));
    assert!(forbidden.starts_with("The model provider"), "{forbidden}");
    let unlisted = ApiError::new(ErrorCode::HostNotListed, "refused");
    assert!(answer_error_text(&unlisted).starts_with("Requests of your organisation"));
    assert!(error_text(&unlisted.with("host", "a.example")).contains("a.example"));
    let full = ApiError::new(ErrorCode::StorageFull, "full");
    assert_eq!(answer_error_text(&full), error_text(&full));
}

#[test]
fn a_reason_may_have_braces() {
    let failed = ApiError::new(ErrorCode::ProviderFailed, "failed").with("reason", "bad {json}");
    assert_eq!(error_text(&failed), "The model provider did not answer as it should: bad {json}");
}

#[test]
fn a_website_that_is_not_reached_may_have_another_address() {
    let unreachable = ApiError::new(ErrorCode::SiteUnreachable, "refused");
    assert_eq!(error_text(&unreachable), "The website could not be reached. Check the address, or try again later.");
    assert!(error_text(&unreachable.clone().with("http", "http://a.example/")).ends_with("enter http://a.example/."));
    assert!(error_text(&unreachable.clone().with("circle", "http://b.example/")).contains("in a circle"));
    let unresolved = "The name nowhere.example cannot be resolved. Check how the address is spelt, or try again later.";
    assert_eq!(error_text(&unreachable.with("host", "nowhere.example")), unresolved);
}

#[test]
fn how_long_a_provider_wants_to_wait_is_said() {
    let limited = ApiError::new(ErrorCode::ProviderLimited, "limited").with("reason", "slow down");
    assert!(answer_error_text(&limited).contains("a little later"));
    assert!(answer_error_text(&limited.with("seconds", 37)).contains("Ask again in 37 s;"));
}

#[test]
fn how_long_whoever_tried_too_often_has_to_wait_is_said() {
    let refused = ApiError::new(ErrorCode::TooManyAttempts, "too many attempts");
    assert_eq!(error_text(&refused), "Too many attempts. Wait a little and try again.");
    let cases: [(Locale, [(u64, &str); 4]); 3] = [
        (
            Locale::En,
            [(37, "Wait 1 minute "), (900, "Wait 15 minutes "), (3_600, "Wait 1 hour "), (86_400, "Wait 1 day ")],
        ),
        (Locale::Fr, [(37, " 1 minute "), (900, " 15 minutes "), (7_200, " 2 heures "), (86_400, " 1 jour ")]),
        (Locale::Cs, [(37, " 1 minutu "), (180, " 3 minuty "), (79_200, " 22 hodin "), (86_400, " 1 den ")]),
    ];
    for (locale, said) in cases {
        Owner::new().with(|| {
            provide_context(PageLocale(locale));
            for (seconds, expected) in said {
                let told = error_text(&refused.clone().with("retry_after", seconds));
                assert!(told.contains(expected), "{seconds}: {told}");
            }
        });
    }
}

#[test]
fn the_limits_of_a_field_say_what_they_count() {
    let field = ApiError::new(ErrorCode::InvalidField, "does not fit");
    assert_eq!(error_text(&field), "This value is missing or does not fit.");
    let number = field.clone().with("min", 64).with("max", 16_384);
    assert_eq!(error_text(&number), "Please enter a number from 64 to 16,384.");
    let missing = hammock_contract::check::line("name", "", 1, 2_000).unwrap_err();
    assert_eq!(error_text(&missing), "This is missing or does not fit. Allowed: 1 to 2,000 characters.");
    for least in [0, 1] {
        let long = hammock_contract::check::line("name", &"a".repeat(2_001), least, 2_000).unwrap_err();
        assert_eq!(error_text(&long), "This is too long. At most 2,000 characters are allowed.");
    }
    let character = hammock_contract::check::line("name", "a\u{0}b", 1, 80).unwrap_err();
    let told = "This contains a character that cannot be used (U+0000). Remove it, or type the text again.";
    assert_eq!(error_text(&character), told);
    let owner = Owner::new();
    owner.with(|| {
        provide_context(PageLocale(Locale::Cs));
        let told = error_text(&field.with("min", "0.5").with("max", 16_384));
        assert!(told.contains("0,5") && told.contains("16\u{a0}384"), "{told}");
    });
}

#[test]
fn a_file_that_is_refused_may_have_another_content_than_its_name_says() {
    for (locale, told) in [
        (Locale::En, "its content is not what its name says"),
        (Locale::Fr, "le contenu n’est pas ce que dit le nom"),
        (Locale::Cs, "obsah neodpovídá názvu"),
    ] {
        let text = text_in(locale, "error.unsupported_file_type");
        assert!(text.contains(told) && text.contains("PDF"), "{text}");
    }
}

/// What a text emphasises, line by line.
fn emphasised(text: &str) -> Vec<String> {
    let words = |line: &str| -> Vec<String> {
        // A star in code is a star.
        let prose: String = line.split('`').step_by(2).collect();
        prose.replace("**", "*").split('*').skip(1).step_by(2).map(str::to_owned).collect()
    };
    text.lines().flat_map(words).collect()
}

#[test]
fn the_handbook_calls_buttons_and_menus_what_they_are_called() {
    // Names that are no text of the interface: of what is there from the start, of providers, and what an answer says.
    let names = ["General Assistant", "OpenAI", "Azure AI Foundry", "Ollama", "strictness"];
    let said = ["I do not find this in the sources"];
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/handbook");
    let pages: Vec<(String, String)> = std::fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap())
        .map(|entry| (entry.file_name().into_string().unwrap(), std::fs::read_to_string(entry.path()).unwrap()))
        .collect();
    let titles: BTreeSet<&str> = pages.iter().filter_map(|(_, text)| text.lines().next()?.strip_prefix("# ")).collect();
    let mut seen = 0;
    for (page, text) in &pages {
        let locale = match page.get(..2) {
            Some("11") => Locale::Fr,
            Some("12") => Locale::Cs,
            _ => Locale::En,
        };
        let catalogue = parsed(locale);
        for words in emphasised(text) {
            let is_known = catalogue.values().any(|text| *text == words);
            let words = words.as_str();
            assert!(
                is_known || titles.contains(words) || names.contains(&words) || said.contains(&words),
                "{page}: the interface knows no “{words}”"
            );
            seen += 1;
        }
    }
    assert!(seen > 50, "only {seen}");
}
