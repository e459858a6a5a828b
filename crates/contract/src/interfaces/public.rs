//! What a visitor's browser is told of an assistant that is open to visitors. It is fetched before anybody can write: nothing is in
//! it twice, and nothing that no chat shows.

use serde::{Deserialize, Serialize};

use super::{Appearance, Corner, PublicSignIn, Scheme, WhenUnknown};
use crate::{AssistantId, locale::Locale};

/// What a visitor's browser needs to show the chat. Public: it holds nothing that a visitor may not read.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
pub struct PublicInterface {
    /// The assistant.
    pub assistant: AssistantId,
    /// The name above the chat.
    pub title: String,
    /// The path of the logo on this server; absent: there is none.
    pub logo: Option<String>,
    /// What stands before the first question. Plain text.
    pub welcome: String,
    /// Questions to offer.
    pub suggestions: Vec<String>,
    /// Whether answers can be rated.
    pub allow_feedback: bool,
    /// Whether files and pictures can be sent.
    pub allow_uploads: bool,
    /// The largest of them. Millions of bytes.
    pub upload_megabytes: u32,
    /// The address of the privacy policy.
    pub privacy_url: String,
    /// What happens when the sources do not hold an answer.
    pub when_unknown: WhenUnknown,
    /// The most characters of a message.
    pub message_characters: u32,
    /// How it looks.
    pub appearance: PublicAppearance,
    /// How visitors can say who they are.
    pub sign_in: PublicSignIn,
}

/// How the launcher and the chat look.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
pub struct PublicAppearance {
    /// The colour of the launcher, of buttons and links: `#` and six hexadecimal digits.
    pub accent: String,
    /// The text on the accent. The same form.
    pub on_accent: String,
    /// Where the launcher stands.
    pub corner: Corner,
    /// How far from the side of the window. CSS pixels.
    pub offset_x: u16,
    /// How far from the bottom of the window. CSS pixels.
    pub offset_y: u16,
    /// What the launcher says beside its picture; empty: the picture alone.
    pub launcher_text: String,
    /// The language of the texts around the chat; absent: the page's, else the browser's.
    pub language: Option<Locale>,
    /// Light or dark.
    pub scheme: Scheme,
}

impl From<Appearance> for PublicAppearance {
    fn from(appearance: Appearance) -> Self {
        // What is left out stands beside it, with what is said where it is empty.
        let Appearance {
            title: _,
            accent,
            on_accent,
            corner,
            offset_x,
            offset_y,
            launcher_text,
            welcome: _,
            suggestions: _,
            language,
            scheme,
        } = appearance;
        Self { accent, on_accent, corner, offset_x, offset_y, launcher_text, language, scheme }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_the_sizes_are_measured_with_is_a_whole_one() {
        // `cargo xtask bench` and the tests add its weight to that of the widget's files.
        let written = include_str!("../../../../widget/interface.json");
        let read: PublicInterface = serde_json::from_str(written).unwrap();
        assert_eq!(serde_json::to_string(&read).unwrap(), written.trim_end());
        assert!(read.logo.is_some() && read.allow_feedback && read.allow_uploads && !read.privacy_url.is_empty());
        assert!(read.suggestions.len() >= 4 && read.welcome.len() >= 120 && !read.appearance.launcher_text.is_empty());
        assert_eq!((read.sign_in.providers.len(), read.sign_in.signed_identity), (2, true));
    }
}
