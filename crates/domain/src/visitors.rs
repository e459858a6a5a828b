//! Visitors: who chats with an assistant from outside, without an account. They are let in by what the assistant's interfaces
//! say, and prove from then on with a token who they are.

mod arrivals;
mod chatting;
mod entering;
mod file_links;
mod identity;
mod looking_after;
pub(crate) mod origins;
mod places;
mod proof;
mod returns;
mod shown;
mod signing_in;
mod ticket;
mod token;
mod uploads;

use hammock_contract::{
    ApiError, AssistantId, ErrorCode, OrganisationId, VisitorId,
    assistant::AssistantSettings,
    conversation::ConversationQuery,
    interfaces::{InterfaceSettings, Tone},
    visitor::{VisitorEntry, VisitorRequest},
};
use hammock_store::{
    Actor, Db, Scope, Tx, audit,
    visitor_identities::{self, Said},
    visitors,
};

pub use file_links::VISITOR_FILES;
pub use signing_in::{AskingPage, SignInAnswer, SignInOutcome, SignInWindow};
pub use token::VISITOR_TOKEN;

use crate::{Hammock, Origin, Result, error::from_store};
use arrivals::{Arrivals, network_of};
use proof::Used;
use returns::{Returns, Streams};
use token::Claims;

/// What is remembered of those who come, by this replica alone.
#[derive(Debug, Default)]
pub(crate) struct Doorkeeper {
    arrivals: Arrivals,
    returns: Returns,
    streams: Streams,
    used: Used,
}

impl Hammock {
    /// Lets a visitor in to an assistant from a page of the origin `from`: a new one, or the one of an earlier token, which may
    /// have ended within the last thirty days; or the one that belongs to who says who they are. Where very many come, work is
    /// asked for instead, but of nobody who has said that. `framed_by` is what a chat in a frame says of the page around it: see
    /// [`Hammock::scope_for_visitor`].
    ///
    /// # Errors
    /// `not_found` when the assistant is not open to visitors, `origin_not_allowed` when those of the page may not chat, `invalid_key`
    /// for a token that is not ours, or for another assistant or page; `sign_in_failed` and `invalid_identity` where it is not
    /// proved who they are; `too_many_attempts` where they, or those of their network, come back all the time.
    pub async fn admit_visitor(
        &self,
        assistant: &AssistantId,
        request: VisitorRequest,
        from: &str,
        framed_by: Option<&str>,
        origin: &Origin,
    ) -> Result<VisitorEntry> {
        let (organisation, settings) = self.visitors_interface(assistant).await?;
        if !origins::is_allowed(&settings, from, &self.settings().public_url) {
            return Err(origins::refused());
        }
        let now = self.now();
        let before = match &request.token {
            Some(token) => self.visitor_of(token, assistant, from).await?,
            None => None,
        };
        let who = self.who(assistant, &settings, &request, from, origin).await?;
        let network = network_of(origin.address);
        let keeper = &self.0.visitors;
        let of_network = format!("{assistant} {network}");
        let page = places::page_of(&settings, from, framed_by, &self.settings().public_url);
        let new = visitors::NewVisitor {
            id: VisitorId::new(),
            organisation,
            assistant: assistant.clone(),
            origin: page.origin,
            channel: page.channel,
        };
        if let Some(who) = who {
            let known_as = format!("{assistant} {} {}", who.identity.provider, who.identity.subject);
            keeper.returns.count(&known_as, &of_network, &settings.limits, now)?;
            return self.admit_known(new, who, before, from).await;
        }
        if settings.sign_in.required && !self.has_signed_in(before.as_ref()).await? {
            return Ok(VisitorEntry::SignInRequired {});
        }
        if let Some(scope) = before {
            let Actor::Visitor { visitor, .. } = scope.actor() else { return Err(invalid_token()) };
            // When they came last need not be known to the second.
            if keeper.returns.count(visitor.as_str(), &of_network, &settings.limits, now)? {
                let tx = self.store().begin().await.map_err(from_store)?;
                visitors::touch(&scope, &tx, now).await.map_err(from_store)?;
                tx.commit().await.map_err(from_store)?;
            }
            return self.admitted(&scope, from).await;
        }
        let has_worked = request
            .proof
            .as_ref()
            .is_some_and(|proof| proof::is_done(&self.0.keyring, &keeper.used, assistant, &network, proof, now));
        if let Err(bits) = keeper.arrivals.admit(assistant, &network, &settings.limits, has_worked, now) {
            let proof = proof::challenge(&self.0.keyring, assistant, &network, bits, now)?;
            return Ok(VisitorEntry::ProofRequired { proof });
        }
        let tx = self.store().begin().await.map_err(from_store)?;
        let scope = self.create_visitor(&tx, new).await?;
        tx.commit().await.map_err(from_store)?;
        self.admitted(&scope, from).await
    }

    /// The visitor of an earlier token, where it can be renewed and they are still there.
    ///
    /// # Errors
    /// `invalid_key` for a token that is not ours, or for another assistant or page.
    async fn visitor_of(&self, token: &str, assistant: &AssistantId, from: &str) -> Result<Option<Scope>> {
        let claims = token::read(&self.0.keyring, token)
            .filter(|claims| claims.assistant == *assistant && claims.origin == from)
            .ok_or_else(invalid_token)?;
        if !claims.is_renewable(self.now()) {
            return Ok(None);
        }
        visitors::open(self.store().read(), &claims.visitor, assistant).await.map_err(from_store)
    }

    /// Adds a visitor.
    async fn create_visitor(&self, tx: &Tx, new: visitors::NewVisitor) -> Result<Scope> {
        let (id, now) = (new.id.clone(), self.now());
        let detail = serde_json::json!({
            "assistant": new.assistant, "origin": new.origin, "channel": new.channel,
        });
        let scope = visitors::create(tx, new, now).await.map_err(from_store)?;
        audit::record(&scope, tx, "visitor.create", id.as_str(), detail, now).await.map_err(from_store)?;
        Ok(scope)
    }

    async fn admitted(&self, scope: &Scope, from: &str) -> Result<VisitorEntry> {
        let Actor::Visitor { visitor, assistant, .. } = scope.actor() else { return Err(invalid_token()) };
        let last = ConversationQuery { limit: Some(1), ..ConversationQuery::default() };
        let conversation = self.list_conversations(scope, last).await?.items.into_iter().next().map(|row| row.id);
        let Said { name, signed_in } =
            visitor_identities::said(scope, self.store().read()).await.map_err(from_store)?;
        let now = self.now();
        let claims = Claims::new(visitor.clone(), assistant.clone(), from.to_owned(), now);
        Ok(VisitorEntry::Admitted {
            visitor: visitor.clone(),
            token: token::write(&self.0.keyring, &claims)?,
            expires_at: now.plus_millis(token::VALID),
            conversation,
            name,
            signed_in,
        })
    }

    /// What a visitor's token lets its holder do on a page of the origin `from`. What was switched off or forbidden since it was
    /// made counts at once.
    ///
    /// `framed_by` is what a chat in a frame says of the page around it: its origin, or anything else where it does not know;
    /// absent where it is in none. It is noted with the conversations that are begun there, and lets nobody do anything.
    ///
    /// # Errors
    /// `invalid_key`.
    pub async fn scope_for_visitor(&self, token: &str, from: &str, framed_by: Option<&str>) -> Result<Scope> {
        let now = self.now();
        let claims = token::read(&self.0.keyring, token)
            .filter(|claims| claims.is_valid(now) && claims.origin == from)
            .ok_or_else(invalid_token)?;
        let Claims { visitor, assistant, .. } = claims;
        let own = &self.settings().public_url;
        let found = visitors::settings_of(self.store().read(), &assistant).await.map_err(from_store)?;
        let open = found.filter(|(_, settings)| origins::is_allowed(settings, from, own));
        let (_, settings) = open.ok_or_else(invalid_token)?;
        let scope = visitors::open(self.store().read(), &visitor, &assistant).await.map_err(from_store)?;
        // Who has signed in is the same visitor on every page.
        let page = places::page_of(&settings, from, framed_by, own);
        Ok(scope.ok_or_else(invalid_token)?.on_page(page))
    }

    /// Whose an assistant is that is open to visitors, and how it shows itself to them.
    async fn visitors_interface(&self, assistant: &AssistantId) -> Result<(OrganisationId, InterfaceSettings)> {
        let found = visitors::settings_of(self.store().read(), assistant).await.map_err(from_store)?;
        found.filter(|(_, settings)| settings.public_chat || settings.widget).ok_or_else(ApiError::not_found)
    }

    /// The settings of an assistant as they count for who asks: for visitors, its interfaces say how strict it is and how it
    /// words its answers.
    ///
    /// # Errors
    /// When the database fails; `not_found` for a visitor of an assistant that is open to visitors no longer.
    pub(crate) async fn settings_for(
        &self,
        scope: &Scope,
        db: Db<'_>,
        settings: AssistantSettings,
    ) -> Result<AssistantSettings> {
        let Actor::Visitor { assistant, .. } = scope.actor() else { return Ok(settings) };
        let found = visitors::settings_of(db, assistant).await.map_err(from_store)?;
        let (_, interface) = found.ok_or_else(ApiError::not_found)?;
        Ok(worded(settings, &interface))
    }
}

/// An assistant as it answers visitors.
fn worded(mut settings: AssistantSettings, interface: &InterfaceSettings) -> AssistantSettings {
    if let Some(strictness) = interface.strictness {
        settings.strictness = strictness;
        // What was set by a number would count before it.
        settings.retrieval.threshold = None;
    }
    if interface.threshold.is_some() {
        settings.retrieval.threshold = interface.threshold;
    }
    let tone = match interface.tone {
        Tone::AsInstructed => return settings,
        Tone::Friendly => "Write in a warm, informal and friendly tone.",
        Tone::Formal => "Write in a formal and polite tone.",
        Tone::Brief => "Answer in as few words as will do.",
    };
    settings.system_message = format!("{}\n\n{tone}", settings.system_message.trim_end()).trim_start().to_owned();
    settings
}

fn sign_in_failed(message: impl Into<String>) -> ApiError {
    ApiError::new(ErrorCode::SignInFailed, message)
}

fn invalid_token() -> ApiError {
    ApiError::new(
        ErrorCode::InvalidKey,
        "this token of a visitor is not valid here or has ended; ask for another one with it, or without one",
    )
}

#[cfg(test)]
mod tests {
    use hammock_contract::assistant::Strictness;

    use super::*;

    fn settings(system_message: &str) -> AssistantSettings {
        serde_json::from_value(serde_json::json!({ "name": "Shop", "system_message": system_message })).unwrap()
    }

    #[test]
    fn interfaces_word_the_answers() {
        let plain = InterfaceSettings::default();
        assert_eq!(worded(settings("Be kind."), &plain), settings("Be kind."));
        let brief = InterfaceSettings { tone: Tone::Brief, strictness: Some(Strictness::Strict), ..plain };
        let told = worded(settings("Be kind."), &brief);
        assert_eq!(told.system_message, "Be kind.\n\nAnswer in as few words as will do.");
        assert_eq!((told.strictness, told.retrieval.threshold), (Strictness::Strict, None));
        assert_eq!(worded(settings(""), &brief).system_message, "Answer in as few words as will do.");
        let by_number = InterfaceSettings { threshold: Some(0.35), ..brief };
        assert_eq!(
            worded(settings(""), &by_number).retrieval.threshold,
            Some(0.35),
            "a number counts before the choice"
        );
        let mut own = settings("");
        own.retrieval.threshold = Some(0.9);
        assert_eq!(worded(own.clone(), &InterfaceSettings::default()).retrieval.threshold, Some(0.9));
        assert_eq!(worded(own, &by_number).retrieval.threshold, Some(0.35));
    }
}
