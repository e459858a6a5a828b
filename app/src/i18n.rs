//! The interface in English, French and Czech.
//!
//! One flat JSON file a language. A page has one language from its first byte to its last: changing it loads
//! the page anew. So texts are plain values, not signals.

use std::{collections::BTreeMap, fmt::Display, sync::OnceLock};

use hammock_contract::{ApiError, ErrorCode, locale::Locale, passage::Place, wait::Wait};
use leptos::prelude::*;

/// The text of a key in the language of the page; with `name = value` pairs, the text with its `{name}`s filled in.
#[macro_export]
macro_rules! t {
    ($key:literal) => {
        $crate::i18n::text($key)
    };
    ($key:literal, $($name:ident = $value:expr),+ $(,)?) => {
        $crate::i18n::fill($crate::i18n::text($key), &[$((stringify!($name), &$value as &dyn std::fmt::Display)),+])
    };
}

type Catalogue = BTreeMap<String, String>;

#[cfg(not(feature = "hydrate"))]
mod embedded {
    //! The server has all the languages.

    use super::{Catalogue, Locale, OnceLock};

    static CATALOGUES: [OnceLock<Catalogue>; 3] = [OnceLock::new(), OnceLock::new(), OnceLock::new()];

    pub const fn source(locale: Locale) -> &'static str {
        match locale {
            Locale::En => include_str!("../locales/en.json"),
            Locale::Fr => include_str!("../locales/fr.json"),
            Locale::Cs => include_str!("../locales/cs.json"),
        }
    }

    pub fn catalogue(locale: Locale) -> &'static Catalogue {
        // A file that is not JSON would leave every text empty; the tests read all three.
        CATALOGUES[locale as usize].get_or_init(|| serde_json::from_str(source(locale)).unwrap_or_default())
    }

    /// The text of `key`, English where the language lacks it, nothing where both do.
    pub fn text_in(locale: Locale, key: &str) -> &'static str {
        let found = catalogue(locale).get(key).or_else(|| catalogue(Locale::En).get(key));
        found.map_or("", String::as_str)
    }
}

#[cfg(feature = "hydrate")]
mod loaded {
    //! The browser loads the one language of the page: three would be a tenth of the application's size.

    use super::{Catalogue, Locale, OnceLock};

    static CATALOGUE: OnceLock<Catalogue> = OnceLock::new();

    /// Takes the file of the page's language, before anything is shown.
    pub fn load(json: &str) {
        // The same file is read by the tests, so it is JSON; loading it twice changes nothing.
        let _ = CATALOGUE.set(serde_json::from_str(json).unwrap_or_default());
    }

    /// The text of `key`, nothing where the language lacks it.
    pub fn text_in(_: Locale, key: &str) -> &'static str {
        CATALOGUE.get().and_then(|catalogue| catalogue.get(key)).map_or("", String::as_str)
    }
}

#[cfg(not(feature = "hydrate"))]
pub use embedded::text_in;
#[cfg(feature = "hydrate")]
pub use loaded::{load, text_in};

/// The language that the server chose for this page.
#[derive(Debug, Clone, Copy)]
pub struct PageLocale(pub Locale);

/// The language of the page.
pub fn locale() -> Locale {
    #[cfg(feature = "hydrate")]
    {
        static FROM_DOCUMENT: OnceLock<Locale> = OnceLock::new();
        *FROM_DOCUMENT.get_or_init(|| {
            let language = document().document_element().and_then(|root| root.get_attribute("lang"));
            language.and_then(|tag| Locale::from_tag(&tag)).unwrap_or_default()
        })
    }
    #[cfg(not(feature = "hydrate"))]
    use_context::<PageLocale>().map_or_else(Locale::default, |page| page.0)
}

/// Makes the language quick to find for what is rendered below here: each text asks for it, and the way up from the rows of a
/// list to the document is long.
pub fn bring_near() {
    #[cfg(not(feature = "hydrate"))]
    provide_context(PageLocale(locale()));
}

/// The text of `key` in the language of the page; the tests see to it that every key of the code exists.
pub fn text(key: &str) -> &'static str {
    text_in(locale(), key)
}

/// `template` with each `{name}` replaced by its value.
pub fn fill(template: &str, values: &[(&str, &dyn Display)]) -> String {
    let mut filled = template.to_owned();
    for (name, value) in values {
        filled = filled.replace(&format!("{{{name}}}"), &value.to_string());
    }
    filled
}

/// The text of `key` for a number of things: `{n}` is the number, the form follows the language's plural.
///
/// English and French have `key.one` and `key.other`, Czech also `key.few`.
pub fn count(key: &str, number: u64) -> String {
    let locale = locale();
    let form = plural_form(locale, number);
    let template = text_in(locale, &format!("{key}.{form}"));
    fill(template, &[("n", &grouped(locale, number))])
}

/// Where in its document a passage stands.
pub fn place_text(place: &Place) -> String {
    match place {
        Place::Page { number, breaks } if breaks.is_empty() => crate::t!("place.page", n = number),
        Place::Page { number, breaks } => {
            crate::t!("place.pages", first = number, last = *number as usize + breaks.len())
        }
        Place::Sheet { name } => crate::t!("place.sheet", name = name),
        Place::Slide { number } => crate::t!("place.slide", n = number),
    }
}

/// That a passage has another text than its document, by this person if there still is such a person.
pub fn edited_text(by: Option<&str>) -> String {
    by.map_or_else(|| crate::t!("data.edited").to_owned(), |name| crate::t!("data.edited_by", name = name))
}

/// The plural category of the Unicode CLDR for whole numbers.
pub const fn plural_form(locale: Locale, number: u64) -> &'static str {
    match (locale, number) {
        (Locale::En | Locale::Cs, 1) | (Locale::Fr, 0 | 1) => "one",
        (Locale::Cs, 2..=4) => "few",
        _ => "other",
    }
}

/// A number with the language's thousands separator.
pub fn grouped(locale: Locale, number: u64) -> String {
    let separator = match locale {
        Locale::En => ',',
        Locale::Fr => '\u{202f}',
        Locale::Cs => '\u{a0}',
    };
    let digits = number.to_string();
    let mut out = String::with_capacity(digits.len() + digits.len() / 3);
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            out.push(separator);
        }
        out.push(digit);
    }
    out
}

/// A number that was written with a decimal point, with the language's decimal sign.
pub fn decimal(locale: Locale, number: &str) -> String {
    match locale {
        Locale::En => number.to_owned(),
        Locale::Fr | Locale::Cs => number.replace('.', ","),
    }
}

/// A number of an error, with the language's signs.
fn number(locale: Locale, written: &str) -> String {
    written.parse::<u64>().map_or_else(|_| decimal(locale, written), |whole| grouped(locale, whole))
}

/// That a number must lie between two others.
pub fn range_text(least: &str, most: &str) -> String {
    let locale = locale();
    crate::t!("error.invalid_field.range", min = number(locale, least), max = number(locale, most))
}

/// What an error means for the person, and what to do next.
///
/// `error.<code>.detail` is used where it exists and the error brings every value that it names.
pub fn error_text(error: &ApiError) -> String {
    let wait = error.params.get("retry_after").filter(|_| error.code == ErrorCode::TooManyAttempts);
    if let Some(seconds) = wait.and_then(|seconds| seconds.parse().ok()) {
        let (number, unit) = Wait::of_seconds(seconds).parts();
        return count(&format!("error.{}.{unit}", error.code.as_str()), number);
    }
    let locale = locale();
    let is_number = |name: &str| matches!(name, "limit" | "min" | "max");
    let shown = |name: &str, value: &str| if is_number(name) { number(locale, value) } else { value.to_owned() };
    let shown: Vec<(&str, String)> =
        error.params.iter().map(|(name, value)| (name.as_str(), shown(name, value))).collect();
    let values: Vec<(&str, &dyn Display)> = shown.iter().map(|(name, value)| (*name, value as &dyn Display)).collect();
    // The limits of a field are those of its length, or else of the number in it. Or one of its characters is at fault.
    let kind = match error.code {
        ErrorCode::InvalidField if error.params.contains_key("character") => "character",
        ErrorCode::InvalidField if error.params.contains_key("length") => "long",
        ErrorCode::InvalidField if !error.params.contains_key("unit") => "range",
        ErrorCode::SiteUnreachable if error.params.contains_key("host") => "name",
        ErrorCode::SiteUnreachable if !error.params.contains_key("circle") => "http",
        // Why it wants to is told with the reason, apart.
        ErrorCode::ProviderLimited if !error.params.contains_key("reason") => "wait",
        _ => "detail",
    };
    let detail = text(&format!("error.{}.{kind}", error.code.as_str()));
    // Not whether braces are left when it is filled in: a provider's own words may have some.
    if detail.is_empty() || !placeholders(detail).all(|name| error.params.contains_key(name)) {
        fill(text(&format!("error.{}", error.code.as_str())), &values)
    } else {
        fill(detail, &values)
    }
}

/// The error of an answer for whoever reads it: one sentence and what to do. The `reason`, which administrators get with it, is
/// in the words of the provider and stands apart.
pub fn answer_error_text(error: &ApiError) -> String {
    let own = text(&format!("error.{}.answer", error.code.as_str()));
    if !own.is_empty() {
        return own.to_owned();
    }
    let mut plain = error.clone();
    plain.params.remove("reason");
    error_text(&plain)
}

/// The names in braces.
fn placeholders(template: &str) -> impl Iterator<Item = &str> {
    template.split('{').skip(1).filter_map(|rest| rest.split_once('}').map(|(name, _)| name))
}

#[cfg(test)]
mod tests;
