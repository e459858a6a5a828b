//! What visitors said to an assistant, for administrators. Reading a conversation of somebody else's is written down.

use hammock_contract::{
    AssistantId, ConversationId, MessageId, Page,
    chat::Conversation,
    page::PageRequest,
    user::Role,
    visitor::{HeldConversation, HeldQuery, VisitorConversation},
};
use hammock_store::{
    Scope, attachments, audit,
    visitors::{self, HeldPart},
};

use crate::{Hammock, Result, chat::message_of, error::from_store};

impl Hammock {
    /// The conversations of visitors with an assistant, the one with the newest message first.
    ///
    /// # Errors
    /// `role_required` below administrator, `not_found`, `invalid_field` for a page that cannot be.
    pub async fn list_visitor_conversations(
        &self,
        scope: &Scope,
        assistant: &AssistantId,
        request: PageRequest,
    ) -> Result<Page<VisitorConversation>> {
        scope.require(Role::Administrator).map_err(from_store)?;
        visitors::list_conversations(scope, self.store().read(), assistant, &request).await.map_err(from_store)
    }

    /// One conversation of a visitor with those of its messages that are wanted, and who held it where; sources that the caller
    /// does not see are not told. It becomes an audit event.
    ///
    /// # Errors
    /// `role_required` below administrator; `not_found`, also of a message that is not in the conversation; `invalid_field` for a
    /// limit that there is not.
    pub async fn read_visitor_conversation(
        &self,
        scope: &Scope,
        assistant: &AssistantId,
        id: &ConversationId,
        wanted: &HeldQuery,
    ) -> Result<HeldConversation> {
        scope.require(Role::Administrator).map_err(from_store)?;
        let reader = self.reader(scope).await?;
        let tx = self.store().begin().await.map_err(from_store)?;
        let read = visitors::read_conversation(scope, tx.db(), assistant, id, wanted).await;
        let HeldPart { held, summary, earlier, later, rows } = read.map_err(from_store)?;
        let questions: Vec<MessageId> = rows.iter().map(|row| row.id.clone()).collect();
        let sent = attachments::list_of_visitor(scope, tx.db(), id, &questions).await.map_err(from_store)?;
        let detail = serde_json::json!({ "assistant": assistant });
        audit::record(scope, &tx, "visitor_conversation.read", id.as_str(), detail, self.now())
            .await
            .map_err(from_store)?;
        tx.commit().await.map_err(from_store)?;
        let messages = rows
            .into_iter()
            .map(|row| {
                let mut message = message_of(row);
                reader.hide_in(&mut message.citations);
                // It leads to the stream of the answer, which is the visitor's.
                message.run = None;
                let own = sent.iter().filter(|(of, _)| *of == message.id);
                message.attachments = own.map(|(_, attachment)| attachment.clone()).collect();
                message
            })
            .collect();
        let VisitorConversation { visitor, channel, origin, contact, .. } = held;
        let conversation = Conversation { summary, messages, earlier };
        Ok(HeldConversation { conversation, later, visitor, channel, origin, contact })
    }
}
