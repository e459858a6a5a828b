//! The settings while they are being typed.

use std::{collections::BTreeSet, fmt::Display, str::FromStr};

use hammock_contract::{
    ApiError, CollectionId, ConnectionId, ErrorCode,
    assistant::{Access, AssistantSettings, ICONS, Strictness, Vision},
    retrieval::RetrievalSettings,
};
use leptos::prelude::*;

use crate::{knowledge::retrieval_fields::RetrievalDraft, metadata::filter_draft::FilterDraft};

/// The most suggestions.
pub const MAX_SUGGESTIONS: usize = 6;
/// How wild a new assistant is.
const TEMPERATURE: f32 = 0.2;
/// The longest answer of a new assistant, in tokens.
const MAX_TOKENS: u32 = 1024;

/// One field each. Numbers are text until they are sent, as they are typed.
#[derive(Clone, Copy)]
pub struct Draft {
    /// The name.
    pub name: RwSignal<String>,
    /// What it is for.
    pub description: RwSignal<String>,
    /// The name of its icon.
    pub icon: RwSignal<String>,
    /// The id of the connection; empty: the built-in answerer.
    pub connection: RwSignal<String>,
    /// The provider's name of the model.
    pub model: RwSignal<String>,
    /// Whether that can see pictures.
    pub vision: RwSignal<String>,
    /// How wild it is.
    pub temperature: RwSignal<String>,
    /// The longest answer.
    pub max_tokens: RwSignal<String>,
    /// How much evidence an answer needs.
    pub strictness: RwSignal<String>,
    /// How it searches.
    pub retrieval: RetrievalDraft,
    /// Which documents it answers from.
    pub filters: FilterDraft,
    /// What it answers from.
    pub collections: RwSignal<BTreeSet<CollectionId>>,
    /// Its first words.
    pub initial_message: RwSignal<String>,
    /// Questions to offer, with a number each that stays with it while others come and go. They are made in the handlers of
    /// buttons; what is made there belongs to the button and would go with it, so these belong to nobody.
    pub suggestions: RwSignal<Vec<(usize, ArcRwSignal<String>)>>,
    /// What stands before everything else.
    pub system_message: RwSignal<String>,
    /// Who may use it.
    pub access: RwSignal<String>,
    next: StoredValue<usize>,
}

const STRICTNESS: [(Strictness, &str); 3] =
    [(Strictness::Broad, "broad"), (Strictness::Balanced, "balanced"), (Strictness::Strict, "strict")];

const VISION: [(Vision, &str); 3] = [(Vision::Automatic, "automatic"), (Vision::Yes, "yes"), (Vision::No, "no")];

const fn access_value(access: Access) -> &'static str {
    match access {
        Access::Organisation => "organisation",
        Access::Private => "private",
    }
}

impl Draft {
    /// The settings as they are stored.
    pub fn of(settings: &AssistantSettings) -> Self {
        let strictness =
            STRICTNESS.iter().find(|(known, _)| *known == settings.strictness).map_or("", |(_, value)| value);
        let vision = VISION.iter().find(|(known, _)| *known == settings.vision).map_or("", |(_, value)| value);
        let draft = Self {
            name: RwSignal::new(settings.name.clone()),
            description: RwSignal::new(settings.description.clone()),
            icon: RwSignal::new(settings.icon.clone()),
            connection: RwSignal::new(settings.connection.as_ref().map(ToString::to_string).unwrap_or_default()),
            model: RwSignal::new(settings.model.clone()),
            vision: RwSignal::new(vision.to_owned()),
            temperature: RwSignal::new(settings.temperature.to_string()),
            max_tokens: RwSignal::new(settings.max_tokens.to_string()),
            strictness: RwSignal::new(strictness.to_owned()),
            retrieval: RetrievalDraft::of(&settings.retrieval),
            filters: FilterDraft::of(&settings.filters),
            collections: RwSignal::new(settings.collections.iter().cloned().collect()),
            initial_message: RwSignal::new(settings.initial_message.clone()),
            suggestions: RwSignal::new(Vec::new()),
            system_message: RwSignal::new(settings.system_message.clone()),
            access: RwSignal::new(access_value(settings.access).to_owned()),
            next: StoredValue::new(0),
        };
        for suggestion in &settings.suggestions {
            draft.add_suggestion(suggestion.clone());
        }
        draft
    }

    /// The settings of a new assistant.
    pub fn blank(access: Access) -> AssistantSettings {
        AssistantSettings {
            name: String::new(),
            description: String::new(),
            icon: ICONS[0].to_owned(),
            connection: None,
            model: String::new(),
            vision: Vision::default(),
            collections: Vec::new(),
            access,
            initial_message: String::new(),
            suggestions: Vec::new(),
            system_message: String::new(),
            temperature: TEMPERATURE,
            max_tokens: MAX_TOKENS,
            strictness: Strictness::default(),
            retrieval: RetrievalSettings::default(),
            filters: Vec::new(),
        }
    }

    /// Takes every value of another draft.
    pub fn take(self, other: Self) {
        let mine = self.texts().into_iter().chain(self.retrieval.texts());
        let theirs = other.texts().into_iter().chain(other.retrieval.texts());
        for (mine, theirs) in mine.zip(theirs) {
            mine.set(theirs.get_untracked());
        }
        self.collections.set(other.collections.get_untracked());
        self.filters.take(other.filters);
        self.suggestions.set(Vec::new());
        for (_, text) in other.suggestions.get_untracked() {
            self.add_suggestion(text.get_untracked());
        }
    }

    const fn texts(self) -> [RwSignal<String>; 12] {
        [
            self.name,
            self.description,
            self.icon,
            self.connection,
            self.model,
            self.vision,
            self.temperature,
            self.max_tokens,
            self.strictness,
            self.initial_message,
            self.system_message,
            self.access,
        ]
    }

    /// Adds a suggestion; its number.
    pub fn add_suggestion(self, text: String) -> usize {
        let number = self.next.get_value();
        self.next.set_value(number + 1);
        self.suggestions.update(|all| all.push((number, ArcRwSignal::new(text))));
        number
    }

    /// Whether everybody in the organisation may use it.
    pub fn is_for_everybody(self) -> bool {
        self.access.try_with_untracked(|access| access == "organisation").unwrap_or_default()
    }

    /// Removes a suggestion by its number.
    pub fn remove_suggestion(self, number: usize) {
        self.suggestions.update(|all| all.retain(|(known, _)| *known != number));
    }

    /// The settings to store.
    ///
    /// # Errors
    /// `invalid_field` for a number that is none or does not fit.
    pub fn settings(self) -> Result<AssistantSettings, ApiError> {
        let connection = self.connection.get().parse::<ConnectionId>().ok();
        // Without a connection nobody sees the numbers: what is wrong with them must not keep the rest from being stored.
        let seen = connection.is_some();
        let temperature = number(&self.temperature.get(), "temperature", 0.0, 2.0);
        let max_tokens = number(&self.max_tokens.get(), "max_tokens", 64, 16_384);
        let (strictness, vision) = (self.strictness.get(), self.vision.get());
        let suggestions: Vec<String> =
            self.suggestions.with(|all| all.iter().map(|(_, text)| text.get().trim().to_owned()).collect());
        Ok(AssistantSettings {
            name: self.name.get(),
            description: self.description.get(),
            icon: self.icon.get(),
            model: if connection.is_some() { self.model.get() } else { String::new() },
            connection,
            vision: VISION.iter().find(|(_, value)| *value == vision).map(|(it, _)| *it).unwrap_or_default(),
            collections: self.collections.with(|all| all.iter().cloned().collect()),
            access: if self.access.get() == "private" { Access::Private } else { Access::Organisation },
            initial_message: self.initial_message.get(),
            suggestions: suggestions.into_iter().filter(|text| !text.is_empty()).collect(),
            system_message: self.system_message.get(),
            temperature: if seen { temperature? } else { temperature.unwrap_or(TEMPERATURE) },
            max_tokens: if seen { max_tokens? } else { max_tokens.unwrap_or(MAX_TOKENS) },
            strictness: STRICTNESS
                .iter()
                .find(|(_, value)| *value == strictness)
                .map(|(it, _)| *it)
                .unwrap_or_default(),
            retrieval: self.retrieval.settings()?,
            filters: self.filters.filters(),
        })
    }

    /// Whether anything differs from what is stored.
    pub fn differs_from(self, stored: &AssistantSettings) -> bool {
        // The order of collections means nothing.
        let mut stored = stored.clone();
        stored.collections.sort();
        self.settings().map_or(true, |now| now != stored)
    }
}

/// The number that is typed into a field.
///
/// # Errors
/// `invalid_field` for what is no number, or lies outside of `least` and `most`.
pub fn number<T>(text: &str, field: &'static str, least: T, most: T) -> Result<T, ApiError>
where
    T: FromStr + PartialOrd + Display + Copy,
{
    let typed = text.trim().replace(',', ".").parse::<T>().ok();
    typed.filter(|typed| (least..=most).contains(typed)).ok_or_else(|| {
        ApiError::new(ErrorCode::InvalidField, format!("{field} lies between {least} and {most}"))
            .on(field)
            .with("min", least)
            .with("max", most)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_draft_gives_back_what_it_was_made_of() {
        let owner = Owner::new();
        owner.set();
        let mut settings = Draft::blank(Access::Private);
        settings.name = "Help".to_owned();
        settings.suggestions = vec!["What?".to_owned(), "Why?".to_owned()];
        settings.collections = vec![CollectionId::fixed("zebra"), CollectionId::fixed("handbook")];
        settings.strictness = Strictness::Strict;
        settings.retrieval = RetrievalSettings { passages: Some(3), ..RetrievalSettings::default() };
        let draft = Draft::of(&settings);
        assert!(!draft.differs_from(&settings));
        draft.temperature.set("0,7".to_owned());
        assert!(draft.differs_from(&settings));
        assert!((draft.settings().unwrap().temperature - 0.7).abs() < f32::EPSILON);
        draft.remove_suggestion(0);
        draft.retrieval.passages.set("4".to_owned());
        draft.take(Draft::of(&settings));
        assert!(!draft.differs_from(&settings));
    }

    #[test]
    fn numbers_count_where_they_are_seen() {
        let owner = Owner::new();
        owner.set();
        let draft = Draft::of(&Draft::blank(Access::Private));
        draft.temperature.set("9".to_owned());
        draft.max_tokens.set("many".to_owned());
        let settings = draft.settings().unwrap();
        assert_eq!((settings.temperature, settings.max_tokens), (TEMPERATURE, MAX_TOKENS));
        draft.connection.set(ConnectionId::fixed("ours").to_string());
        let refused = draft.settings().unwrap_err();
        let limits = (refused.params["min"].as_str(), refused.params["max"].as_str());
        assert_eq!((refused.field.as_deref(), limits), (Some("temperature"), ("0", "2")));
        draft.temperature.set("2".to_owned());
        let refused = draft.settings().unwrap_err();
        let limits = (refused.params["min"].as_str(), refused.params["max"].as_str());
        assert_eq!((refused.field.as_deref(), limits), (Some("max_tokens"), ("64", "16384")));
    }

    #[test]
    fn a_suggestion_outlives_the_button_that_added_it() {
        let owner = Owner::new();
        owner.set();
        let draft = Draft::of(&Draft::blank(Access::Private));
        let button = owner.child();
        button.with(|| draft.add_suggestion("How?".to_owned()));
        button.cleanup();
        assert_eq!(draft.settings().unwrap().suggestions, ["How?"]);
    }

    #[test]
    fn empty_suggestions_are_left_out() {
        let owner = Owner::new();
        owner.set();
        let draft = Draft::of(&Draft::blank(Access::Organisation));
        draft.add_suggestion("  ".to_owned());
        draft.add_suggestion(" How? ".to_owned());
        assert_eq!(draft.settings().unwrap().suggestions, ["How?"]);
    }
}
