//! The chat of visitors: the same answers as inside, for their own conversations alone, within what the assistant's interfaces
//! allow.

use hammock_contract::{
    ApiError, ConversationId, ErrorCode, MessageId, RunId,
    chat::{ChatRequest, ConversationSummary},
    check,
    conversation::{ConversationQuery, MessagesQuery},
    feedback::{NewFeedback, OwnFeedback},
    interfaces::{InterfaceSettings, MAX_MESSAGE, WhenUnknown},
    visitor::{AnswerFeedback, OwnConversation, VisitorChatRequest, VisitorContact},
};
use hammock_store::{Actor, Scope, audit, conversations, feedback, visitors};

use super::shown;
use crate::{Answer, Hammock, Origin, Result, attempts::network_of, error::from_store, validate};

/// Messages are counted over this long. Milliseconds.
pub(super) const WINDOW: i64 = 10 * 60 * 1000;
/// How many ratings, reasons and e-mail addresses a visitor may give in that time: each answer may be rated, the rating be changed
/// and explained, and each of them is written down.
const REMARKS: u64 = 60;
/// How many of their conversations a visitor is shown.
const LISTED: u32 = 20;
/// How many messages of a conversation a visitor is given at once, where they do not say: what a reload shows.
const AT_ONCE: u32 = 50;

impl Hammock {
    /// Stores a visitor's question and begins its answer.
    ///
    /// # Errors
    /// As [`Hammock::start_answer`]; `too_many_attempts` for more messages, or more answers at once, than are allowed,
    /// `sign_in_required` where only those may ask who have said who they are.
    pub async fn start_visitor_answer(
        &self,
        scope: &Scope,
        request: VisitorChatRequest,
        origin: &Origin,
    ) -> Result<Answer> {
        let settings = self.interface_of(scope).await?;
        let VisitorChatRequest { conversation, text, continues, attachments, idempotency_key } = request;
        let most = settings.limits.message_characters.min(MAX_MESSAGE) as usize;
        let length = text.chars().count();
        if length > most {
            let message = format!("a message may have at most {most} characters");
            return Err(check::measured(check::too_short_or_long("text", message, 1, most), length, most));
        }
        self.require_sign_in(scope, settings.sign_in.required).await?;
        // What is sent again because no answer came is one message.
        if let Some(run) = self.known_run(scope, idempotency_key.as_deref()).await? {
            return self.resume_visitor_answer(scope, &run, 0).await;
        }
        let Actor::Visitor { visitor, assistant, .. } = scope.actor() else { return Err(ApiError::not_found()) };
        let open = self.0.visitors.streams.open(visitor)?;
        let limit = u64::from(settings.limits.messages_in_ten_minutes);
        self.count_within(&format!("visitor:{visitor}"), limit, WINDOW).await?;
        if let Some(address) = origin.address {
            let key = format!("visitors:{assistant}:{}", network_of(address));
            let visitors = u64::from(settings.limits.visitors_per_address);
            self.count_within(&key, limit.saturating_mul(visitors), WINDOW).await?;
        }
        let request = ChatRequest {
            conversation,
            assistant: Some(assistant.clone()),
            text,
            replaces: None,
            continues,
            filters: Vec::new(),
            attachments,
            idempotency_key,
        };
        let links = self.file_links(scope)?;
        Ok(shown::answer(self.start_answer(scope, request, origin.locale).await?, links, open))
    }

    /// The events of an answer to a visitor after a sequence number, then live ones, until it ends.
    ///
    /// # Errors
    /// `not_found`; `too_many_attempts` where the visitor reads as many answers at once as they may.
    pub async fn resume_visitor_answer(&self, scope: &Scope, run: &RunId, after: u64) -> Result<Answer> {
        let Actor::Visitor { visitor, .. } = scope.actor() else { return Err(ApiError::not_found()) };
        let open = self.0.visitors.streams.open(visitor)?;
        let links = self.file_links(scope)?;
        Ok(shown::answer(self.resume_answer(scope, run, after).await?, links, open))
    }

    /// A visitor's last conversations, the newest first.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn list_own_of_visitor(&self, scope: &Scope) -> Result<Vec<ConversationSummary>> {
        let query = ConversationQuery { limit: Some(LISTED), ..ConversationQuery::default() };
        Ok(self.list_conversations(scope, query).await?.items)
    }

    /// A visitor's conversation with those of its messages that are wanted, an answer that is being made as far as it is, and
    /// what they have said beside it. There is always a limit to how many come at once.
    ///
    /// # Errors
    /// `not_found`, also of the message before which they are to stand; `invalid_field` for a limit that there is not.
    pub async fn find_own_of_visitor(
        &self,
        scope: &Scope,
        id: &ConversationId,
        wanted: MessagesQuery,
    ) -> Result<OwnConversation> {
        let links = self.file_links(scope)?;
        let wanted = MessagesQuery { limit: wanted.limit.or(Some(AT_ONCE)), ..wanted };
        let conversation = shown::conversation(self.read_conversation(scope, id, &wanted).await?, &links);
        let contact = visitors::find_contact(scope, self.store().read(), id).await.map_err(from_store)?;
        let answers: Vec<MessageId> = conversation.messages.iter().map(|message| message.id.clone()).collect();
        let said = feedback::list_own(scope, self.store().read(), id, &answers).await.map_err(from_store)?;
        let told = |row: feedback::FeedbackRow| AnswerFeedback {
            message: row.message_id,
            said: OwnFeedback { rating: row.rating, reason: row.reason, comment: row.comment },
        };
        let feedback = said.into_iter().map(told).collect();
        Ok(OwnConversation { conversation, feedback, contact_left: contact.is_some() })
    }

    /// Rates an answer to a visitor, or takes the rating back with `None`.
    ///
    /// # Errors
    /// `not_found`; `role_required` where visitors are not asked what they think; `too_many_attempts`.
    pub async fn rate_as_visitor(
        &self,
        scope: &Scope,
        message: &MessageId,
        rating: Option<bool>,
        origin: &Origin,
    ) -> Result<()> {
        self.require_feedback(scope).await?;
        self.count_remark(scope, origin).await?;
        self.rate_message(scope, message, rating).await
    }

    /// Says what is wrong with an answer to a visitor.
    ///
    /// # Errors
    /// As [`Hammock::give_feedback`]; `role_required` where visitors are not asked what they think; `too_many_attempts`.
    pub async fn give_visitor_feedback(
        &self,
        scope: &Scope,
        message: &MessageId,
        new: NewFeedback,
        origin: &Origin,
    ) -> Result<OwnFeedback> {
        self.require_feedback(scope).await?;
        self.count_remark(scope, origin).await?;
        self.give_feedback(scope, message, new).await
    }

    /// Keeps the e-mail address at which a visitor wants to be answered by a person, with the conversation that it is about.
    ///
    /// # Errors
    /// `invalid_email`; `not_found` for a conversation that is not the visitor's; `role_required` where none is asked for;
    /// `too_many_attempts`.
    pub async fn leave_contact(&self, scope: &Scope, contact: VisitorContact, origin: &Origin) -> Result<()> {
        if self.interface_of(scope).await?.when_unknown != WhenUnknown::AskForEmail {
            return Err(not_open("this assistant does not ask visitors for an e-mail address"));
        }
        self.count_remark(scope, origin).await?;
        let VisitorContact { conversation, email } = contact;
        let email = validate::email(&email)?;
        let tx = self.store().begin().await.map_err(from_store)?;
        conversations::find(scope, tx.db(), &conversation).await.map_err(from_store)?;
        visitors::set_contact(scope, &tx, &conversation, &email).await.map_err(from_store)?;
        visitors::set_email(scope, &tx, &email).await.map_err(from_store)?;
        let target = conversation.as_str();
        audit::record(scope, &tx, "visitor.contact", target, serde_json::Value::Null, self.now())
            .await
            .map_err(from_store)?;
        tx.commit().await.map_err(from_store)
    }

    /// Counts what a visitor says beside questions.
    async fn count_remark(&self, scope: &Scope, origin: &Origin) -> Result<()> {
        let Actor::Visitor { visitor, assistant, .. } = scope.actor() else { return Err(ApiError::not_found()) };
        self.count_within(&format!("visitor-remarks:{visitor}"), REMARKS, WINDOW).await?;
        let Some(address) = origin.address else { return Ok(()) };
        let key = format!("visitors-remarks:{assistant}:{}", network_of(address));
        let visitors = u64::from(self.interface_of(scope).await?.limits.visitors_per_address);
        self.count_within(&key, REMARKS.saturating_mul(visitors), WINDOW).await
    }

    async fn require_feedback(&self, scope: &Scope) -> Result<()> {
        if self.interface_of(scope).await?.allow_feedback {
            return Ok(());
        }
        Err(not_open("this assistant does not ask visitors what they think of its answers"))
    }

    /// What the interfaces of the scope's visitor's assistant say.
    pub(super) async fn interface_of(&self, scope: &Scope) -> Result<InterfaceSettings> {
        let Actor::Visitor { assistant, .. } = scope.actor() else { return Err(ApiError::not_found()) };
        self.visitors_interface(assistant).await.map(|(_, settings)| settings)
    }
}

pub(super) fn not_open(message: &str) -> ApiError {
    ApiError::new(ErrorCode::RoleRequired, message)
}
