//! The settings of the interfaces while they are being typed.

use hammock_contract::{
    ApiError,
    assistant::Strictness,
    interfaces::{
        Appearance, Corner, InterfaceSettings, MAX_MESSAGE, MAX_UPLOAD, Scheme, Tone, VisitorLimits, WhenUnknown,
    },
    locale::Locale,
};
use leptos::prelude::*;

use super::{lines::Lines, sign_in_draft::SignInDraft};
use crate::{
    assistants::number,
    knowledge::retrieval_fields::{evidence, share_as_typed},
};

/// One field each. Numbers and choices are text until they are sent, as they are typed.
#[derive(Clone, Copy)]
pub struct Draft {
    /// Whether the public chat answers.
    pub public_chat: RwSignal<bool>,
    /// Whether the widget answers.
    pub widget: RwSignal<bool>,
    /// Whose pages may use the widget.
    pub origins: Lines,
    /// Whether visitors may rate answers.
    pub allow_feedback: RwSignal<bool>,
    /// Whether visitors may send files and pictures.
    pub allow_uploads: RwSignal<bool>,
    /// The address of the privacy policy.
    pub privacy_url: RwSignal<String>,
    /// How answers are worded.
    pub tone: RwSignal<String>,
    /// How much evidence an answer needs; empty: as the assistant has it.
    pub strictness: RwSignal<String>,
    /// The least evidence for an answer, by a number; empty: the choice counts.
    pub threshold: RwSignal<String>,
    /// What happens when the sources hold no answer.
    pub when_unknown: RwSignal<String>,
    /// The name above the chat; empty: the assistant's.
    pub title: RwSignal<String>,
    /// The colour of what acts.
    pub accent: RwSignal<String>,
    /// The colour of the text on it.
    pub on_accent: RwSignal<String>,
    /// Where the launcher stands.
    pub corner: RwSignal<String>,
    /// How far from the side. CSS pixels.
    pub offset_x: RwSignal<String>,
    /// How far from the bottom. CSS pixels.
    pub offset_y: RwSignal<String>,
    /// What the launcher says.
    pub launcher_text: RwSignal<String>,
    /// What stands before the first question; empty: what the assistant says.
    pub welcome: RwSignal<String>,
    /// Questions to offer; none: the assistant's.
    pub suggestions: Lines,
    /// The language of the texts around the chat; empty: the page's.
    pub language: RwSignal<String>,
    /// Light or dark.
    pub scheme: RwSignal<String>,
    /// The most characters of a message.
    pub message_characters: RwSignal<String>,
    /// Messages of one visitor in ten minutes.
    pub messages_in_ten_minutes: RwSignal<String>,
    /// New visitors a minute from one network.
    pub visitors_of_a_network: RwSignal<String>,
    /// New visitors a minute in all.
    pub visitors_in_all: RwSignal<String>,
    /// Files of one visitor in ten minutes.
    pub uploads_in_ten_minutes: RwSignal<String>,
    /// The largest of them. Megabytes.
    pub upload_megabytes: RwSignal<String>,
    /// As much as of so many visitors is taken from one address.
    pub visitors_per_address: RwSignal<String>,
    /// How visitors say who they are.
    pub sign_in: SignInDraft,
}

const TONES: [(Tone, &str); 4] = [
    (Tone::AsInstructed, "as_instructed"),
    (Tone::Friendly, "friendly"),
    (Tone::Formal, "formal"),
    (Tone::Brief, "brief"),
];
const STRICTNESS: [(Strictness, &str); 3] =
    [(Strictness::Broad, "broad"), (Strictness::Balanced, "balanced"), (Strictness::Strict, "strict")];
const WHEN_UNKNOWN: [(WhenUnknown, &str); 2] =
    [(WhenUnknown::SayIt, "say_it"), (WhenUnknown::AskForEmail, "ask_for_email")];
const CORNERS: [(Corner, &str); 2] = [(Corner::BottomEnd, "bottom_end"), (Corner::BottomStart, "bottom_start")];
const SCHEMES: [(Scheme, &str); 3] =
    [(Scheme::Automatic, "automatic"), (Scheme::Light, "light"), (Scheme::Dark, "dark")];

fn value_of<T: Copy + PartialEq>(known: &[(T, &'static str)], it: T) -> &'static str {
    known.iter().find(|(one, _)| *one == it).map_or("", |(_, value)| value)
}

fn chosen<T: Copy>(known: &[(T, &'static str)], value: &str) -> Option<T> {
    known.iter().find(|(_, one)| *one == value).map(|(it, _)| *it)
}

impl Draft {
    /// The settings as they are stored.
    pub fn of(settings: &InterfaceSettings) -> Self {
        let text = || RwSignal::new(String::new());
        let draft = Self {
            public_chat: RwSignal::new(false),
            widget: RwSignal::new(false),
            origins: Lines::new(),
            allow_feedback: RwSignal::new(false),
            allow_uploads: RwSignal::new(false),
            privacy_url: text(),
            tone: text(),
            strictness: text(),
            threshold: text(),
            when_unknown: text(),
            title: text(),
            accent: text(),
            on_accent: text(),
            corner: text(),
            offset_x: text(),
            offset_y: text(),
            launcher_text: text(),
            welcome: text(),
            suggestions: Lines::new(),
            language: text(),
            scheme: text(),
            message_characters: text(),
            messages_in_ten_minutes: text(),
            visitors_of_a_network: text(),
            visitors_in_all: text(),
            uploads_in_ten_minutes: text(),
            upload_megabytes: text(),
            visitors_per_address: text(),
            sign_in: SignInDraft::new(),
        };
        draft.fill(settings);
        draft
    }

    /// Takes every value of these settings.
    pub fn fill(self, settings: &InterfaceSettings) {
        self.public_chat.set(settings.public_chat);
        self.widget.set(settings.widget);
        self.origins.fill(&settings.origins);
        self.allow_feedback.set(settings.allow_feedback);
        self.allow_uploads.set(settings.allow_uploads);
        self.privacy_url.set(settings.privacy_url.clone());
        self.tone.set(value_of(&TONES, settings.tone).to_owned());
        let strictness = settings.strictness.map_or("", |it| value_of(&STRICTNESS, it));
        self.strictness.set(strictness.to_owned());
        self.threshold.set(share_as_typed(settings.threshold));
        self.when_unknown.set(value_of(&WHEN_UNKNOWN, settings.when_unknown).to_owned());
        self.fill_look(&settings.appearance);
        let limits = &settings.limits;
        self.message_characters.set(limits.message_characters.to_string());
        self.messages_in_ten_minutes.set(limits.messages_in_ten_minutes.to_string());
        self.visitors_of_a_network.set(limits.visitors_of_a_network.to_string());
        self.visitors_in_all.set(limits.visitors_in_all.to_string());
        self.uploads_in_ten_minutes.set(limits.uploads_in_ten_minutes.to_string());
        self.upload_megabytes.set(limits.upload_megabytes.to_string());
        self.visitors_per_address.set(limits.visitors_per_address.to_string());
        self.sign_in.fill(&settings.sign_in);
    }

    fn fill_look(self, look: &Appearance) {
        self.title.set(look.title.clone());
        self.accent.set(look.accent.clone());
        self.on_accent.set(look.on_accent.clone());
        self.corner.set(value_of(&CORNERS, look.corner).to_owned());
        self.offset_x.set(look.offset_x.to_string());
        self.offset_y.set(look.offset_y.to_string());
        self.launcher_text.set(look.launcher_text.clone());
        self.welcome.set(look.welcome.clone());
        self.suggestions.fill(&look.suggestions);
        self.language.set(look.language.map_or("", Locale::tag).to_owned());
        self.scheme.set(value_of(&SCHEMES, look.scheme).to_owned());
    }

    /// The settings to store.
    ///
    /// # Errors
    /// `invalid_field` for a number that is none or does not fit, and for a sign-in with nothing to sign in with.
    pub fn settings(self) -> Result<InterfaceSettings, ApiError> {
        Ok(InterfaceSettings {
            public_chat: self.public_chat.get(),
            widget: self.widget.get(),
            // What a browser's address bar adds is no part of an origin.
            origins: self.origins.texts().iter().map(|origin| origin.trim_end_matches('/').to_owned()).collect(),
            allow_feedback: self.allow_feedback.get(),
            allow_uploads: self.allow_uploads.get(),
            privacy_url: trimmed(self.privacy_url),
            tone: chosen(&TONES, &self.tone.get()).unwrap_or_default(),
            strictness: chosen(&STRICTNESS, &self.strictness.get()),
            threshold: evidence(&self.threshold.get())?,
            when_unknown: chosen(&WHEN_UNKNOWN, &self.when_unknown.get()).unwrap_or_default(),
            appearance: self.look()?,
            limits: VisitorLimits {
                message_characters: number(&self.message_characters.get(), "message_characters", 100, MAX_MESSAGE)?,
                messages_in_ten_minutes: number(
                    &self.messages_in_ten_minutes.get(),
                    "messages_in_ten_minutes",
                    1,
                    300,
                )?,
                visitors_of_a_network: number(&self.visitors_of_a_network.get(), "visitors_of_a_network", 1, 10_000)?,
                visitors_in_all: number(&self.visitors_in_all.get(), "visitors_in_all", 1, 100_000)?,
                uploads_in_ten_minutes: number(&self.uploads_in_ten_minutes.get(), "uploads_in_ten_minutes", 1, 50)?,
                upload_megabytes: number(&self.upload_megabytes.get(), "upload_megabytes", 1, MAX_UPLOAD)?,
                visitors_per_address: number(&self.visitors_per_address.get(), "visitors_per_address", 1, 1_000)?,
            },
            sign_in: self.sign_in.settings()?,
        })
    }

    fn look(self) -> Result<Appearance, ApiError> {
        Ok(Appearance {
            title: trimmed(self.title),
            accent: trimmed(self.accent).to_lowercase(),
            on_accent: trimmed(self.on_accent).to_lowercase(),
            corner: chosen(&CORNERS, &self.corner.get()).unwrap_or_default(),
            offset_x: number(&self.offset_x.get(), "offset_x", 0, 200)?,
            offset_y: number(&self.offset_y.get(), "offset_y", 0, 200)?,
            launcher_text: trimmed(self.launcher_text),
            welcome: trimmed(self.welcome),
            suggestions: self.suggestions.texts(),
            language: Locale::from_tag(&self.language.get()),
            scheme: chosen(&SCHEMES, &self.scheme.get()).unwrap_or_default(),
        })
    }

    /// Whether anything differs from what is stored.
    pub fn differs_from(self, stored: &InterfaceSettings) -> bool {
        self.settings().map_or(true, |now| now != *stored)
    }
}

pub(super) fn trimmed(field: RwSignal<String>) -> String {
    field.with(|text| text.trim().to_owned())
}

#[cfg(test)]
mod tests {
    use hammock_contract::interfaces::{OpenIdProvider, VisitorSignIn};

    use super::*;

    fn unlike_the_first() -> InterfaceSettings {
        InterfaceSettings {
            public_chat: true,
            widget: true,
            origins: vec!["https://shop.example.com".to_owned(), "https://*.example.org".to_owned()],
            allow_feedback: true,
            allow_uploads: true,
            privacy_url: "https://example.com/privacy".to_owned(),
            tone: Tone::Brief,
            strictness: Some(Strictness::Strict),
            threshold: Some(0.35),
            when_unknown: WhenUnknown::AskForEmail,
            appearance: Appearance {
                title: "Shop".to_owned(),
                accent: "#000000".to_owned(),
                on_accent: "#eeeeee".to_owned(),
                corner: Corner::BottomStart,
                offset_x: 0,
                offset_y: 200,
                launcher_text: "Ask us".to_owned(),
                welcome: "Hello!".to_owned(),
                suggestions: vec!["When do you open?".to_owned()],
                language: Some(Locale::Cs),
                scheme: Scheme::Dark,
            },
            limits: VisitorLimits {
                message_characters: 100,
                messages_in_ten_minutes: 1,
                visitors_of_a_network: 2,
                visitors_in_all: 3,
                uploads_in_ten_minutes: 4,
                upload_megabytes: 25,
                visitors_per_address: 5,
            },
            sign_in: VisitorSignIn {
                off: false,
                required: true,
                google_client_id: "1.apps.googleusercontent.com".to_owned(),
                openid: Some(OpenIdProvider {
                    name: "Shop".to_owned(),
                    issuer: "https://id.example.com".to_owned(),
                    client_id: "hammock".to_owned(),
                }),
                signed_identity: true,
            },
        }
    }

    #[test]
    fn a_draft_gives_back_what_it_was_made_of() {
        let owner = Owner::new();
        owner.set();
        for settings in [InterfaceSettings::default(), unlike_the_first()] {
            let draft = Draft::of(&settings);
            assert_eq!(draft.settings().unwrap(), settings);
            assert!(!draft.differs_from(&settings));
        }
    }

    #[test]
    fn what_is_discarded_is_as_it_was() {
        let owner = Owner::new();
        owner.set();
        let stored = unlike_the_first();
        let draft = Draft::of(&stored);
        draft.fill(&InterfaceSettings::default());
        assert!(draft.differs_from(&stored));
        draft.fill(&stored);
        assert!(!draft.differs_from(&stored));
    }

    #[test]
    fn what_is_typed_is_tidied() {
        let owner = Owner::new();
        owner.set();
        let draft = Draft::of(&InterfaceSettings::default());
        draft.origins.add(" https://shop.example.com/ ".to_owned());
        draft.origins.add("   ".to_owned());
        draft.accent.set(" #1F6F5C ".to_owned());
        let settings = draft.settings().unwrap();
        assert_eq!(settings.origins, ["https://shop.example.com"]);
        assert_eq!(settings.appearance.accent, "#1f6f5c");
    }

    #[test]
    fn a_number_that_does_not_fit_is_told_at_its_field() {
        let owner = Owner::new();
        owner.set();
        let stored = InterfaceSettings::default();
        let draft = Draft::of(&stored);
        draft.offset_x.set("201".to_owned());
        assert_eq!(draft.settings().unwrap_err().field.as_deref(), Some("offset_x"));
        assert!(draft.differs_from(&stored));
        draft.offset_x.set("20".to_owned());
        draft.threshold.set("1.1".to_owned());
        assert_eq!(draft.settings().unwrap_err().field.as_deref(), Some("threshold"));
        draft.threshold.set(String::new());
        draft.message_characters.set("many".to_owned());
        assert_eq!(draft.settings().unwrap_err().field.as_deref(), Some("message_characters"));
    }

    #[test]
    fn every_choice_is_written_as_on_the_wire() {
        fn check<T: serde::Serialize + Copy>(known: &[(T, &'static str)]) {
            for (it, value) in known {
                assert_eq!(serde_json::to_value(it).unwrap(), *value);
            }
        }
        check(&TONES);
        check(&STRICTNESS);
        check(&WHEN_UNKNOWN);
        check(&CORNERS);
        check(&SCHEMES);
    }
}
