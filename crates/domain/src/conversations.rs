//! A person's conversations: list, read, rename, delete, rate.

use hammock_contract::{
    ConversationId, MessageId, Page,
    chat::{Conversation, ConversationSummary},
    page::PageRequest,
};
use hammock_store::{Scope, audit, conversations, messages};

use crate::{Hammock, Result, error::from_store, feedback::follow_rating, validate};

impl Hammock {
    /// The caller's conversations, newest first.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn list_conversations(&self, scope: &Scope, request: PageRequest) -> Result<Page<ConversationSummary>> {
        conversations::list(scope, self.store().read(), &request).await.map_err(from_store)
    }

    /// A conversation of the caller with its messages; an answer that is being made as far as it is.
    ///
    /// # Errors
    /// `not_found`.
    pub async fn find_conversation(&self, scope: &Scope, id: &ConversationId) -> Result<Conversation> {
        let db = self.store().read();
        let summary = conversations::find_summary(scope, db, id).await.map_err(from_store)?;
        let rows = messages::list(scope, db, id).await.map_err(from_store)?;
        let reader = self.reader(scope).await?;
        let mut messages = Vec::with_capacity(rows.len());
        for row in rows {
            let mut message = self.message_so_far(scope, row).await?;
            reader.hide_in(&mut message.citations);
            messages.push(message);
        }
        Ok(Conversation { summary, messages })
    }

    /// Gives a conversation another title.
    ///
    /// # Errors
    /// `not_found`, `invalid_field`.
    pub async fn rename_conversation(
        &self,
        scope: &Scope,
        id: &ConversationId,
        title: String,
    ) -> Result<ConversationSummary> {
        let title = validate::line("title", &title, 1, 200)?;
        let tx = self.store().begin().await.map_err(from_store)?;
        conversations::rename(scope, &tx, id, &title).await.map_err(from_store)?;
        self.audited(scope, tx, "conversation.rename", id.as_str()).await?;
        conversations::find_summary(scope, self.store().read(), id).await.map_err(from_store)
    }

    /// Deletes a conversation; [`Hammock::restore_conversation`] takes it back for a while.
    ///
    /// # Errors
    /// `not_found`.
    pub async fn delete_conversation(&self, scope: &Scope, id: &ConversationId) -> Result<()> {
        let tx = self.store().begin().await.map_err(from_store)?;
        conversations::delete(scope, &tx, id, self.now()).await.map_err(from_store)?;
        self.audited(scope, tx, "conversation.delete", id.as_str()).await
    }

    /// Takes the deletion of a conversation back.
    ///
    /// # Errors
    /// `not_found`.
    pub async fn restore_conversation(&self, scope: &Scope, id: &ConversationId) -> Result<ConversationSummary> {
        let tx = self.store().begin().await.map_err(from_store)?;
        conversations::restore(scope, &tx, id).await.map_err(from_store)?;
        self.audited(scope, tx, "conversation.restore", id.as_str()).await?;
        conversations::find_summary(scope, self.store().read(), id).await.map_err(from_store)
    }

    /// Rates an answer: `Some(true)` is a thumb up, `None` takes the rating back. Whoever looks after the assistant reads it as
    /// feedback.
    ///
    /// # Errors
    /// `not_found`.
    pub async fn rate_message(&self, scope: &Scope, id: &MessageId, rating: Option<bool>) -> Result<()> {
        let tx = self.store().begin().await.map_err(from_store)?;
        messages::rate(scope, &tx, id, rating).await.map_err(from_store)?;
        follow_rating(scope, &tx, id, rating, self.now()).await?;
        self.audited(scope, tx, "message.rate", id.as_str()).await
    }

    async fn audited(&self, scope: &Scope, tx: hammock_store::Tx, action: &str, target: &str) -> Result<()> {
        audit::record(scope, &tx, action, target, serde_json::Value::Null, self.now()).await.map_err(from_store)?;
        tx.commit().await.map_err(from_store)
    }
}
