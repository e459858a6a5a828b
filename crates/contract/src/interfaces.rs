//! Where an assistant can be reached from outside of Hammock: the public chat and the widget on customers' pages.

mod limits;
mod public;
mod sign_in;

use serde::{Deserialize, Serialize};

use crate::{AssistantId, Timestamp, locale::Locale};

pub use limits::VisitorLimits;
pub use public::{PublicAppearance, PublicInterface};
pub use sign_in::{OpenIdProvider, VisitorSignIn};

/// The most characters of a visitor's message, at most.
pub const MAX_MESSAGE: u32 = 4_000;
/// The most allowed origins of one assistant.
pub const MAX_ORIGINS: usize = 50;
/// The largest file that a visitor may send, at most. Millions of bytes.
pub const MAX_UPLOAD: u32 = 25;
/// The largest logo. Bytes.
pub const MAX_LOGO: usize = 256 * 1024;

/// Where the launcher stands on the page.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum Corner {
    /// At the end of a line of text, at the bottom: on the right for languages that are written from left to right.
    #[default]
    BottomEnd,
    /// At the beginning of a line of text, at the bottom.
    BottomStart,
}

/// Light or dark.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum Scheme {
    /// As the visitor's system has it.
    #[default]
    Automatic,
    /// Always light.
    Light,
    /// Always dark.
    Dark,
}

/// How answers are worded for visitors.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum Tone {
    /// As the assistant is instructed.
    #[default]
    AsInstructed,
    /// Warm and informal.
    Friendly,
    /// Formal.
    Formal,
    /// As few words as will do.
    Brief,
}

/// What happens when the sources do not hold an answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum WhenUnknown {
    /// It says so.
    #[default]
    SayIt,
    /// It says so, and the visitor can leave an e-mail address to be answered by a person.
    AskForEmail,
}

/// How the widget and the public chat look and behave.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
#[serde(default, deny_unknown_fields)]
pub struct Appearance {
    /// The name above the chat; empty: the assistant's. At most 80 characters.
    pub title: String,
    /// The colour of the launcher, of buttons and links: `#` and six hexadecimal digits.
    pub accent: String,
    /// The text on the accent; must have a contrast of 4.5 with it. The same form.
    pub on_accent: String,
    /// Where the launcher stands.
    pub corner: Corner,
    /// How far from the side of the window. CSS pixels, 0 to 200.
    pub offset_x: u16,
    /// How far from the bottom of the window. CSS pixels, 0 to 200.
    pub offset_y: u16,
    /// What the launcher says beside its picture; empty: the picture alone. At most 40 characters.
    pub launcher_text: String,
    /// What stands before the first question; empty: what the assistant says. At most 500 characters, plain text.
    pub welcome: String,
    /// Questions to offer; empty: the assistant's. At most six of 200 characters.
    pub suggestions: Vec<String>,
    /// The language of the texts around the chat; absent: the page's, else the browser's.
    pub language: Option<Locale>,
    /// Light or dark.
    pub scheme: Scheme,
}

impl Default for Appearance {
    fn default() -> Self {
        Self {
            title: String::new(),
            accent: "#1f6f5c".to_owned(),
            on_accent: "#ffffff".to_owned(),
            corner: Corner::default(),
            offset_x: 20,
            offset_y: 20,
            launcher_text: String::new(),
            welcome: String::new(),
            suggestions: Vec::new(),
            language: None,
            scheme: Scheme::default(),
        }
    }
}

/// Where an assistant can be reached from outside, and how.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
#[serde(default, deny_unknown_fields)]
pub struct InterfaceSettings {
    /// Whether the public chat's page answers. It is off until somebody switches it on.
    pub public_chat: bool,
    /// Whether the widget answers on the pages of `origins`.
    pub widget: bool,
    /// The origins whose pages may use the widget: `https://shop.example.com`, or `https://*.example.com` for every name below. At
    /// most [`MAX_ORIGINS`]. Empty: none but Hammock's own.
    pub origins: Vec<String>,
    /// Whether visitors may rate answers.
    pub allow_feedback: bool,
    /// Whether visitors may send files and pictures. They may not until somebody allows it.
    pub allow_uploads: bool,
    /// The address of the privacy policy that visitors accept by chatting; empty: none is named. https or http.
    pub privacy_url: String,
    /// How answers are worded.
    pub tone: Tone,
    /// How much evidence answers to visitors need; absent: as the assistant has it.
    pub strictness: Option<crate::assistant::Strictness>,
    /// The least evidence for an answer to visitors, from 0 to 1, instead of `strictness`; absent: that decides.
    pub threshold: Option<f32>,
    /// What happens when the sources do not hold an answer.
    pub when_unknown: WhenUnknown,
    /// How it looks.
    pub appearance: Appearance,
    /// How much visitors may ask for.
    pub limits: VisitorLimits,
    /// How visitors say who they are.
    pub sign_in: VisitorSignIn,
}

/// The interfaces of an assistant, for who looks after them.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
pub struct Interfaces {
    /// The assistant.
    pub assistant: AssistantId,
    /// Where it can be reached, and how.
    pub settings: InterfaceSettings,
    /// The path of the logo on this server; absent: there is none.
    pub logo: Option<String>,
    /// The address of the public chat's page.
    pub chat_url: String,
    /// The snippet for customers' pages.
    pub snippet: String,
    /// The snippet with a plain frame, for pages that allow no scripts.
    pub frame_snippet: String,
    /// The snippet with the widget and a signed identity, for pages that say who their visitor is.
    pub identity_snippet: String,
    /// The redirect address to register with Google or the other provider.
    pub sign_in_redirect: String,
    /// Whether a client secret of the OpenID provider is kept. Nobody reads it again. It is forgotten when the `issuer` or the
    /// `client_id` changes, and has to be given anew then.
    pub has_openid_secret: bool,
    /// When the secret was made that identities are signed with; absent: there is none yet.
    pub identity_secret_made_at: Option<Timestamp>,
    /// Whether the caller may change them: administrators do, those of assistants that they can change.
    pub can_edit: bool,
    /// When they were last changed; absent: never.
    pub updated_at: Option<Timestamp>,
}

/// The client secret of the OpenID provider, as it is set. Nobody reads it again.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct OpenIdSecret {
    /// The secret, at most 500 characters; absent: there is none any more.
    #[serde(default)]
    pub secret: Option<String>,
}

/// A new secret that the host site signs identities with. It is shown once.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
pub struct IdentitySecret {
    /// The secret: 32 random bytes, base64url without padding. The characters as they stand are the key of HS256.
    pub secret: String,
}

impl std::fmt::Debug for OpenIdSecret {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("OpenIdSecret").field("is_set", &self.secret.is_some()).finish()
    }
}

impl std::fmt::Debug for IdentitySecret {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("IdentitySecret(…)")
    }
}

/// A provider that visitors can sign in with.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
pub struct SignInProvider {
    /// `google` or `openid`.
    pub id: String,
    /// What the button calls it.
    pub name: String,
    /// The path of its sign-in window on this server; `?origin=` names the page that opens it, `&lang=` the window's language.
    pub url: String,
}

/// How visitors can say who they are.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
pub struct PublicSignIn {
    /// Whether only those may chat who have said who they are.
    pub required: bool,
    /// The providers to sign in with.
    pub providers: Vec<SignInProvider>,
    /// Whether the page may say who its visitor is, by a signed identity.
    pub signed_identity: bool,
}

/// What stands in the way of the widget on a page.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum Obstacle {
    /// The page could not be fetched.
    Unreachable,
    /// The snippet's script is not on the page.
    ScriptMissing,
    /// The element `<hammock-chat>` is not on the page as it is served; a script may add it later.
    ElementMissing,
    /// The element is there, but for another assistant.
    OtherAssistant,
    /// The page's origin is not among those that are allowed.
    OriginNotAllowed,
    /// The widget is switched off.
    SwitchedOff,
    /// The public chat is switched off, which the page shows in a frame.
    PublicChatOff,
    /// The content policy of the page does not allow the script.
    PolicyScript,
    /// The content policy of the page does not allow WebAssembly.
    PolicyWasm,
    /// The content policy of the page does not allow connections to Hammock.
    PolicyConnect,
    /// The content policy of the page does not allow Hammock's frame.
    PolicyFrame,
    /// The content policy of the page asks for trusted types: there the chat works in a frame alone.
    PolicyTrustedTypes,
    /// The content policy of the page does not allow Hammock's pictures: the chat works there, without its logo.
    PolicyImage,
}

/// A page to look at.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct InstallationCheckRequest {
    /// The page's address.
    pub url: String,
}

/// Whether the widget is on a page, and what stands in its way.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
pub struct InstallationCheck {
    /// The page that was looked at, after redirects.
    pub url: String,
    /// What stands in the way, most important first; empty: the widget works there.
    pub obstacles: Vec<Obstacle>,
    /// The content policy that the page sends, if any.
    pub policy: Option<String>,
}

/// What went wrong in a widget on somebody's page.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
pub struct WidgetError {
    /// When it was last met.
    pub at: Timestamp,
    /// The origin of the page.
    pub origin: String,
    /// A code of ours, or the name of the browser's error.
    pub code: String,
    /// What was said of it. At most 300 characters.
    pub message: String,
    /// How often it was met.
    pub count: u32,
}

/// What a widget reports of an error that it met.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct WidgetErrorReport {
    /// A code of ours, or the name of the browser's error. 1 to 60 characters.
    pub code: String,
    /// What was said of it; what is longer than 300 characters is cut.
    #[serde(default)]
    pub message: String,
}
