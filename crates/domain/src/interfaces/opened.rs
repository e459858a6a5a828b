//! What strangers get of an assistant that was opened to them, and what their browsers tell.

use hammock_contract::{
    ApiError, AssistantId, ErrorCode,
    interfaces::{PublicInterface, PublicSignIn, SignInProvider, VisitorSignIn, WidgetErrorReport},
};
use hammock_store::{
    interfaces::{self, Logo, OpenInterface},
    widget_errors::{self, Met},
};
use url::Url;

use super::{
    addresses,
    origins::{frame_ancestors, origin_is_allowed, origin_of},
};
use crate::{Hammock, Origin, Result, error::from_store, validate};

/// The longest text of an error that is kept. Characters.
const LONGEST_MESSAGE: usize = 300;
/// The longest origin that is kept: a host has 253 characters at most. Characters.
const LONGEST_ORIGIN: usize = 280;

/// What the page of the public chat is made from.
#[derive(Debug, Clone, PartialEq)]
pub struct PublicChatPage {
    /// What the visitor's browser needs.
    pub interface: PublicInterface,
    /// Who may show the page in a frame: the sources of the directive `frame-ancestors`.
    pub frame_ancestors: String,
}

impl Hammock {
    /// What a visitor's browser needs to show an assistant's chat. `page` is the origin of the page that asks, as its browser names
    /// it; absent for pages of our own. One that may not is noted among the errors of widgets: it shows nothing, and tells nothing.
    ///
    /// # Errors
    /// `not_found` where nothing is switched on, `origin_not_allowed`.
    pub async fn public_interface(
        &self,
        assistant: &AssistantId,
        page: Option<&str>,
        origin: &Origin,
    ) -> Result<PublicInterface> {
        let opened = self.open_interface(assistant, page).await;
        if let (Some(page), Err(refused)) = (page, &opened)
            && refused.code == ErrorCode::OriginNotAllowed
        {
            let report = WidgetErrorReport { code: refused.code.as_str().to_owned(), message: String::new() };
            match self.report_widget_error(assistant, Some(page), origin, report).await {
                Ok(()) => {}
                Err(error) if error.code == ErrorCode::TooManyAttempts => {}
                Err(error) => tracing::warn!(%error, %assistant, "it could not be noted that a page was refused"),
            }
        }
        opened.map(shown)
    }

    /// What the page of the public chat is made from.
    ///
    /// # Errors
    /// `not_found` where the public chat is off.
    pub async fn public_chat_page(&self, assistant: &AssistantId) -> Result<PublicChatPage> {
        let open = self.open_interface(assistant, None).await?;
        if !open.row.settings.public_chat {
            return Err(ApiError::not_found());
        }
        Ok(PublicChatPage { frame_ancestors: frame_ancestors(&open.row.settings), interface: shown(open) })
    }

    /// The logo of an assistant. `known_hash` is what the address names of it.
    ///
    /// # Errors
    /// `not_found` where there is none, or nothing is switched on and the hash is another.
    pub async fn public_logo(&self, assistant: &AssistantId, known_hash: Option<&str>) -> Result<Logo> {
        let found = interfaces::find_logo(self.store().read(), assistant, known_hash).await.map_err(from_store)?;
        found.ok_or_else(ApiError::not_found)
    }

    /// Notes an error that a widget met on somebody's page. `page` is the origin of that page, as its browser names it; absent for
    /// pages of our own. Of pages that may not use the assistant nothing is kept but that they tried.
    ///
    /// # Errors
    /// `not_found` where nothing is switched on, `invalid_field`, `too_many_attempts`.
    pub async fn report_widget_error(
        &self,
        assistant: &AssistantId,
        page: Option<&str>,
        origin: &Origin,
        report: WidgetErrorReport,
    ) -> Result<()> {
        let WidgetErrorReport { code, message } = report;
        let open = interfaces::open(self.store().read(), assistant).await.map_err(from_store)?;
        let open = open.ok_or_else(ApiError::not_found)?;
        let code = validate::line("code", &code, 1, 60)?;
        self.count_widget_error(assistant, origin).await?;
        let own = self.settings().public_url.as_str();
        let message = shortened(&message);
        let met = match page {
            None => Met { origin: own.to_owned(), code, message },
            Some(page) => {
                // A program can name any page: what has the form of an origin is all that is taken.
                let named = Url::parse(page).ok().and_then(|url| origin_of(&url));
                let Some(origin) = named.filter(|named| named.len() <= LONGEST_ORIGIN) else { return Ok(()) };
                if may_ask(&open, page, own) {
                    Met { origin, code, message }
                } else if code == ErrorCode::OriginNotAllowed.as_str() {
                    Met { origin, code, message: String::new() }
                } else {
                    return Ok(());
                }
            }
        };
        let tx = self.store().begin().await.map_err(from_store)?;
        widget_errors::note(&open, &tx, met, self.now()).await.map_err(from_store)?;
        tx.commit().await.map_err(from_store)
    }

    /// An assistant that was opened to strangers, for the page that asks. `origin` is as `page` in [`Hammock::public_interface`].
    ///
    /// # Errors
    /// `not_found` where nothing is switched on, `origin_not_allowed`.
    pub(crate) async fn open_interface(&self, assistant: &AssistantId, origin: Option<&str>) -> Result<OpenInterface> {
        let open = interfaces::open(self.store().read(), assistant).await.map_err(from_store)?;
        let open = open.ok_or_else(ApiError::not_found)?;
        match origin {
            Some(origin) if !may_ask(&open, origin, &self.settings().public_url) => Err(ApiError::new(
                ErrorCode::OriginNotAllowed,
                "this page may not use the assistant; add its origin to those that are allowed",
            )),
            _ => Ok(open),
        }
    }
}

/// Whether a page of this origin may use the assistant: ours may, others where the widget is on and they are listed.
fn may_ask(open: &OpenInterface, origin: &str, own: &str) -> bool {
    let settings = &open.row.settings;
    let is_own = || Url::parse(own).ok().and_then(|own| origin_of(&own)).is_some_and(|own| own == origin);
    origin_is_allowed(settings, origin, own) && (settings.widget || is_own())
}

fn shown(open: OpenInterface) -> PublicInterface {
    let OpenInterface { row, assistant } = open;
    let settings = row.settings;
    let mut appearance = settings.appearance;
    let or = |own: &str, other: &str| if own.is_empty() { other.to_owned() } else { own.to_owned() };
    if appearance.suggestions.is_empty() {
        appearance.suggestions = assistant.suggestions;
    }
    let sign_in = sign_in(&row.assistant_id, settings.sign_in);
    PublicInterface {
        logo: row.logo_hash.map(|hash| addresses::logo_path(&row.assistant_id, &hash)),
        assistant: row.assistant_id,
        title: or(&appearance.title, &assistant.name),
        welcome: or(&appearance.welcome, &or(&assistant.initial_message, &assistant.description)),
        suggestions: std::mem::take(&mut appearance.suggestions),
        allow_feedback: settings.allow_feedback,
        allow_uploads: settings.allow_uploads,
        upload_megabytes: settings.limits.upload_megabytes,
        privacy_url: settings.privacy_url,
        when_unknown: settings.when_unknown,
        message_characters: settings.limits.message_characters,
        appearance: appearance.into(),
        sign_in,
    }
}

/// How visitors can say who they are. The client ids are no secret, but of no use in a browser either.
fn sign_in(assistant: &AssistantId, settings: VisitorSignIn) -> PublicSignIn {
    let VisitorSignIn { off: _, required, google_client_id, openid, signed_identity } = settings.in_force();
    let google = (!google_client_id.is_empty()).then(|| ("google", "Google".to_owned()));
    let openid = openid.map(|provider| ("openid", provider.name));
    let provider = |(id, name): (&str, String)| SignInProvider {
        id: id.to_owned(),
        name,
        url: addresses::sign_in_path(assistant, id),
    };
    PublicSignIn { required, providers: google.into_iter().chain(openid).map(provider).collect(), signed_identity }
}

/// A text of one line that is not too long to be shown in a list.
fn shortened(text: &str) -> String {
    let plain = text.chars().map(|c| if c.is_control() { ' ' } else { c });
    plain.take(LONGEST_MESSAGE).collect::<String>().trim().to_owned()
}
