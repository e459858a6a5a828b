//! How the chat looks and what it offers: the public interface, as far as it is needed here.

use crate::{json::Json, sign_in::Provider};

/// What a visitor's browser is told of an assistant.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Settings {
    /// The assistant's id.
    pub assistant: String,
    /// The name above the chat.
    pub title: String,
    /// The logo's address, if there is one.
    pub logo: String,
    /// What stands before the first question.
    pub welcome: String,
    /// Questions to offer.
    pub suggestions: Vec<String>,
    /// Whether answers can be rated.
    pub allow_feedback: bool,
    /// The address of the privacy policy.
    pub privacy_url: String,
    /// Whether an e-mail address can be left where the sources do not hold an answer.
    pub asks_for_email: bool,
    /// The most characters of a message.
    pub longest: usize,
    /// Whether files can be sent.
    pub allow_uploads: bool,
    /// The largest of them. Megabytes.
    pub largest: u64,
    /// Whether only those may chat who have said who they are.
    pub sign_in_required: bool,
    /// With what visitors can sign in.
    pub providers: Vec<Provider>,
}

impl Settings {
    /// Reads them.
    pub fn read(interface: &str) -> Self {
        let json = Json::parse(interface).unwrap_or_default();
        let text = |name: &str| json.owned(name);
        let sign_in = json.get("sign_in");
        Self {
            assistant: text("assistant"),
            title: text("title"),
            logo: text("logo"),
            welcome: text("welcome"),
            suggestions: json.get("suggestions").list().iter().map(|one| one.text().to_owned()).collect(),
            allow_feedback: json.says("allow_feedback"),
            privacy_url: text("privacy_url"),
            asks_for_email: json.text_of("when_unknown") == "ask_for_email",
            longest: usize::try_from(json.get("message_characters").number()).unwrap_or_default().max(1),
            allow_uploads: json.says("allow_uploads"),
            largest: u64::try_from(json.get("upload_megabytes").number()).unwrap_or_default(),
            sign_in_required: sign_in.says("required"),
            providers: sign_in.get("providers").list().iter().map(Provider::read).collect(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_interface_is_read() {
        let settings = Settings::read(
            r#"{"assistant":"asst_a","title":"Help","logo":null,"welcome":"Hi","suggestions":["One?"],
            "allow_feedback":true,"privacy_url":"","when_unknown":"ask_for_email","message_characters":4000,"appearance":{},
            "allow_uploads":true,"upload_megabytes":10,
            "sign_in":{"required":true,"providers":[{"id":"google","name":"Google","url":"/public/sign-in/asst_a/google"}]}}"#,
        );
        let expected = Settings {
            assistant: "asst_a".into(),
            title: "Help".into(),
            welcome: "Hi".into(),
            suggestions: vec!["One?".into()],
            allow_feedback: true,
            asks_for_email: true,
            longest: 4000,
            allow_uploads: true,
            largest: 10,
            sign_in_required: true,
            providers: vec![Provider { name: "Google".into(), url: "/public/sign-in/asst_a/google".into() }],
            ..Settings::default()
        };
        assert_eq!(settings, expected);
    }

    #[test]
    fn what_the_sizes_are_measured_with_is_read_whole() {
        let settings = Settings::read(include_str!("../interface.json"));
        assert!(settings.logo.contains(&settings.assistant) && settings.privacy_url.starts_with("https://"));
        assert!(settings.allow_uploads && settings.asks_for_email && settings.longest == 4000);
        assert_eq!((settings.suggestions.len(), settings.providers.len()), (4, 2));
    }
}
