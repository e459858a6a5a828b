//! How knowledge is searched, while it is being typed: for a collection and for an assistant.

use hammock_contract::{
    ApiError, ErrorCode,
    retrieval::{MOST_PASSAGES, RetrievalSettings},
};
use leptos::prelude::*;

use crate::{
    i18n, t,
    ui::{SelectField, TextField, number::millionths},
};

/// The names of the fields, as errors name them.
pub const RETRIEVAL_FIELDS: [&str; 4] = ["threshold", "passages", "keyword_weight", "language"];

const WHOLE: i64 = 1_000_000;

/// The languages by their ISO 639-1 codes, each by its own name.
const LANGUAGE_NAMES: [(&str, &str); 30] = [
    ("bg", "Български"),
    ("ca", "Català"),
    ("cs", "Čeština"),
    ("da", "Dansk"),
    ("de", "Deutsch"),
    ("et", "Eesti"),
    ("el", "Ελληνικά"),
    ("en", "English"),
    ("es", "Español"),
    ("fr", "Français"),
    ("hr", "Hrvatski"),
    ("it", "Italiano"),
    ("lv", "Latviešu"),
    ("lt", "Lietuvių"),
    ("hu", "Magyar"),
    ("nl", "Nederlands"),
    ("no", "Norsk"),
    ("pl", "Polski"),
    ("pt", "Português"),
    ("ro", "Română"),
    ("ru", "Русский"),
    ("sk", "Slovenčina"),
    ("sl", "Slovenščina"),
    ("fi", "Suomi"),
    ("sv", "Svenska"),
    ("vi", "Tiếng Việt"),
    ("tr", "Türkçe"),
    ("uk", "Українська"),
    ("he", "עברית"),
    ("ar", "العربية"),
];

/// The own name of a language; its code where it has none here.
fn language_name(code: &str) -> &str {
    LANGUAGE_NAMES.iter().find(|(known, _)| *known == code).map_or(code, |(_, name)| *name)
}

/// The name of a language in the language of the page; its own name, or its code, where it has none there.
pub fn language_in_words(code: &str) -> &str {
    match i18n::text(&format!("language.{code}")) {
        "" => language_name(code),
        name => name,
    }
}

/// One field each. Numbers are text until they are sent, as they are typed; what is empty is not set.
#[derive(Clone, Copy)]
pub struct RetrievalDraft {
    /// The least evidence for an answer.
    pub threshold: RwSignal<String>,
    /// How many passages a model gets.
    pub passages: RwSignal<String>,
    /// What words weigh against meaning.
    pub keyword_weight: RwSignal<String>,
    /// The code of the language that questions are asked in.
    pub language: RwSignal<String>,
}

impl RetrievalDraft {
    /// The settings as they are stored.
    pub fn of(settings: &RetrievalSettings) -> Self {
        let [threshold, passages, keyword_weight, language] = written(settings).map(RwSignal::new);
        Self { threshold, passages, keyword_weight, language }
    }

    /// Shows other settings.
    pub fn show(self, settings: &RetrievalSettings) {
        for (field, text) in self.texts().into_iter().zip(written(settings)) {
            field.set(text);
        }
    }

    /// Everything that is typed.
    pub const fn texts(self) -> [RwSignal<String>; 4] {
        [self.threshold, self.passages, self.keyword_weight, self.language]
    }

    /// The settings to store.
    ///
    /// # Errors
    /// `invalid_field` for a number that is none or does not fit.
    pub fn settings(self) -> Result<RetrievalSettings, ApiError> {
        let passages = number(&self.passages.get(), "passages", 1, i64::from(MOST_PASSAGES), WHOLE)?;
        let language = self.language.get();
        Ok(RetrievalSettings {
            threshold: evidence(&self.threshold.get())?,
            passages: passages.and_then(|number| u8::try_from(number / WHOLE).ok()),
            keyword_weight: number(&self.keyword_weight.get(), "keyword_weight", 0, 1, 1)?.map(share),
            language: (!language.is_empty()).then_some(language),
        })
    }
}

/// The settings as people type them.
fn written(settings: &RetrievalSettings) -> [String; 4] {
    let RetrievalSettings { threshold, passages, keyword_weight, language } = settings;
    [
        share_as_typed(*threshold),
        passages.map(|passages| passages.to_string()).unwrap_or_default(),
        share_as_typed(*keyword_weight),
        language.clone().unwrap_or_default(),
    ]
}

/// The least evidence, as it is typed; nothing where nothing is typed.
///
/// # Errors
/// `invalid_field` on `threshold` for a number that is none, or not from 0 to 1.
pub fn evidence(typed: &str) -> Result<Option<f32>, ApiError> {
    Ok(number(typed, "threshold", 0, 1, 1)?.map(share))
}

/// A part of a whole, as it is typed.
pub fn share_as_typed(share: Option<f32>) -> String {
    share.map(|share| share.to_string()).unwrap_or_default()
}

fn share(millionths: i64) -> f32 {
    millionths as f32 / WHOLE as f32
}

/// What is typed, in millionths, a multiple of `step` of them; nothing where nothing is typed.
fn number(typed: &str, field: &str, least: i64, most: i64, step: i64) -> Result<Option<i64>, ApiError> {
    if typed.trim().is_empty() {
        return Ok(None);
    }
    let fits = |number: &i64| (least * WHOLE..=most * WHOLE).contains(number) && number % step == 0;
    millionths(typed).filter(fits).map(Some).ok_or_else(|| {
        ApiError::new(ErrorCode::InvalidField, format!("{field} lies between {least} and {most}"))
            .on(field)
            .with("min", least)
            .with("max", most)
    })
}

/// The fields.
#[component]
pub fn RetrievalFields(
    /// What is typed.
    draft: RetrievalDraft,
    /// What the threshold means here.
    threshold_hint: &'static str,
    /// Why the settings were refused.
    error: Signal<Option<ApiError>>,
    /// Whether they cannot be changed.
    #[prop(optional)]
    readonly: bool,
) -> impl IntoView {
    let languages = move || {
        let mut languages = vec![(String::new(), t!("retrieval.language_detected").to_owned())];
        languages.extend(LANGUAGE_NAMES.map(|(code, name)| (code.to_owned(), name.to_owned())));
        languages
    };
    view! {
        <div class="form-row">
            <TextField label=t!("retrieval.threshold") name="threshold" kind="number" min="0" max="1" step="0.05"
                required=false value=draft.threshold hint=threshold_hint error readonly />
            <TextField label=t!("retrieval.passages") name="passages" kind="number" min="1" max="20" required=false
                value=draft.passages hint=t!("retrieval.passages_hint") error readonly />
        </div>
        <div class="form-row">
            <TextField label=t!("retrieval.keyword_weight") name="keyword_weight" kind="number" min="0" max="1"
                step="0.1" required=false value=draft.keyword_weight hint=t!("retrieval.keyword_weight_hint") error
                readonly />
            <SelectField label=t!("retrieval.language") name="language" value=draft.language
                options=Signal::derive(languages) hint=t!("retrieval.language_hint") error />
        </div>
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use hammock_contract::retrieval::LANGUAGES;

    use super::*;

    #[test]
    fn what_is_typed_is_what_was_stored() {
        let owner = Owner::new();
        owner.set();
        let all = RetrievalSettings {
            threshold: Some(0.35),
            passages: Some(12),
            keyword_weight: Some(0.3),
            language: Some("cs".to_owned()),
        };
        for settings in [RetrievalSettings::default(), all] {
            assert_eq!(RetrievalDraft::of(&settings).settings().unwrap(), settings);
        }
        // Everything that the fields take comes back to the bit.
        for thousandths in 0_u16..=1_000 {
            let typed = format!("{},{:03}", thousandths / 1_000, thousandths % 1_000);
            let stored: f32 = typed.replace(',', ".").parse().unwrap();
            let number = number(&typed, "threshold", 0, 1, 1).unwrap().map(share);
            assert_eq!(number.map(f32::to_bits), Some(stored.to_bits()), "{typed}");
        }
    }

    #[test]
    fn a_number_that_does_not_fit_is_refused() {
        let owner = Owner::new();
        owner.set();
        let draft = RetrievalDraft::of(&RetrievalSettings::default());
        for (field, typed) in [
            (draft.threshold, "1,1"),
            (draft.keyword_weight, "-0.1"),
            (draft.passages, "0"),
            (draft.passages, "21"),
            (draft.passages, "2.5"),
            (draft.passages, "many"),
        ] {
            field.set(typed.to_owned());
            let refused = draft.settings().unwrap_err();
            assert!(RETRIEVAL_FIELDS.contains(&refused.field.as_deref().unwrap()) && refused.params.len() == 2);
            field.set(String::new());
        }
        assert_eq!(draft.settings().unwrap(), RetrievalSettings::default());
    }

    #[test]
    fn every_language_can_be_chosen() {
        let named: BTreeSet<&str> = LANGUAGE_NAMES.iter().map(|(code, _)| *code).collect();
        assert_eq!(named, BTreeSet::from(LANGUAGES));
        assert_eq!((language_name("cs"), language_name("ja")), ("Čeština", "ja"));
    }
}
