//! A person's conversations: list, read, rename, label, delete, rate.

mod branches;
mod found;

use std::collections::HashMap;

use hammock_contract::{
    ConversationId, MessageId, Page,
    chat::{AnsweringAssistant, Conversation, ConversationSummary, Message},
    conversation::{ConversationPatch, ConversationQuery, FoundText, MAX_SEARCH, MessagesQuery},
};
use hammock_store::{
    Scope, StoreError, audit, branches as stored_branches, categories, conversations, folding, message_texts,
    messages::{self, MessageRow},
    past_messages, runs,
};

use crate::{Hammock, Result, chat::Reader, error::from_store, feedback::follow_rating, validate};

/// How many messages the end of a conversation is: a question and its answer.
const LAST: u32 = 2;

impl Hammock {
    /// The caller's conversations, newest first; where they hold what is searched for.
    ///
    /// # Errors
    /// `invalid_field` for a search that is too long.
    pub async fn list_conversations(
        &self,
        scope: &Scope,
        query: ConversationQuery,
    ) -> Result<Page<ConversationSummary>> {
        let wanted = validate::line("query", query.query.as_deref().unwrap_or_default(), 0, MAX_SEARCH)?;
        let words = folding::words(&wanted);
        let query = ConversationQuery { query: Some(wanted), ..query };
        let db = self.store().read();
        let mut page = conversations::list(scope, db, &query, self.now()).await.map_err(from_store)?;
        let lacks_a_word = |row: &&ConversationSummary| {
            let title = folding::fold(&row.title);
            words.iter().any(|word| !title.contains(word.as_str()))
        };
        let in_messages: Vec<ConversationId> =
            page.items.iter().filter(lacks_a_word).map(|row| row.id.clone()).collect();
        let texts = message_texts::list_found(scope, db, &in_messages, &words).await.map_err(from_store)?;
        let mut texts: HashMap<ConversationId, (MessageId, String)> =
            texts.into_iter().map(|(conversation, message, text)| (conversation, (message, text))).collect();
        for row in &mut page.items {
            row.found = texts.remove(&row.id).and_then(|(message, text)| {
                Some(FoundText { message: Some(message), ..found::found_in(&text, &words)? })
            });
        }
        Ok(page)
    }

    /// A conversation of the caller with the messages of the branch that it stands at; an answer that is being made as far as it
    /// is.
    ///
    /// # Errors
    /// `not_found`.
    pub async fn find_conversation(&self, scope: &Scope, id: &ConversationId) -> Result<Conversation> {
        self.read_conversation(scope, id, &MessagesQuery::default()).await
    }

    /// The same with those of its messages that are wanted.
    ///
    /// # Errors
    /// `not_found`, also of the message before which they are to stand; `invalid_field` for a limit that there is not.
    pub async fn read_conversation(
        &self,
        scope: &Scope,
        id: &ConversationId,
        wanted: &MessagesQuery,
    ) -> Result<Conversation> {
        let db = self.store().read();
        let summary = conversations::find_summary(scope, db, id).await.map_err(from_store)?;
        let messages::Part { earlier, rows } = messages::list_part(scope, db, id, wanted).await.map_err(from_store)?;
        let mut siblings = stored_branches::list_siblings(scope, db, id).await.map_err(from_store)?;
        let answering = self.who_answered(scope, id).await?;
        let reader = self.reader(scope).await?;
        let mut messages = self.read_messages(scope, id, rows, &reader, &answering).await?;
        for message in &mut messages {
            message.siblings = siblings.remove(&message.id);
        }
        let earlier = u32::try_from(earlier).unwrap_or(u32::MAX);
        Ok(Conversation { summary, messages, earlier })
    }

    /// Messages of a conversation of the caller as their reader sees them: an answer that is being made as far as it is, with who
    /// gave it where there are several, and each question with what was sent with it.
    pub(crate) async fn read_messages(
        &self,
        scope: &Scope,
        id: &ConversationId,
        rows: Vec<MessageRow>,
        reader: &Reader,
        answering: &[AnsweringAssistant],
    ) -> Result<Vec<Message>> {
        let mut messages = Vec::with_capacity(rows.len());
        for row in rows {
            let by = row.assistant_id.clone();
            let mut message = self.message_so_far(scope, row).await?;
            reader.hide_in(&mut message.citations);
            message.assistant = by.and_then(|by| answering.iter().find(|assistant| assistant.id == by).cloned());
            messages.push(message);
        }
        self.add_attachments(scope, id, &mut messages).await?;
        Ok(messages)
    }

    /// The two ends of a conversation of the caller: its first message and its last two. `earlier` says how many stand between.
    ///
    /// # Errors
    /// `not_found`.
    pub async fn find_ends(&self, scope: &Scope, id: &ConversationId) -> Result<Conversation> {
        let last = MessagesQuery { before: None, limit: Some(LAST) };
        let mut ends = self.read_conversation(scope, id, &last).await?;
        if ends.earlier == 0 {
            return Ok(ends);
        }
        let shown = past_messages::list(scope, self.store().read(), id, None).await.map_err(from_store)?;
        if let Some(second) = shown.into_iter().nth(1) {
            let first = MessagesQuery { before: Some(second.id), limit: Some(1) };
            let first = self.read_conversation(scope, id, &first).await?.messages;
            ends.messages.splice(0..0, first);
            ends.earlier -= 1;
        }
        Ok(ends)
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
        self.update_conversation(scope, id, ConversationPatch { title: Some(title), category: None }).await
    }

    /// Gives a conversation another title, or one of the caller's categories.
    ///
    /// # Errors
    /// `not_found`, of the field `category` when that is not there; `invalid_field`.
    pub async fn update_conversation(
        &self,
        scope: &Scope,
        id: &ConversationId,
        patch: ConversationPatch,
    ) -> Result<ConversationSummary> {
        let ConversationPatch { title, category } = patch;
        let title = title.map(|title| validate::line("title", &title, 1, 200)).transpose()?;
        let note = serde_json::Value::Null;
        let tx = self.store().begin().await.map_err(from_store)?;
        if let Some(title) = title {
            conversations::rename(scope, &tx, id, &title).await.map_err(from_store)?;
            audit::record(scope, &tx, "conversation.rename", id.as_str(), note.clone(), self.now())
                .await
                .map_err(from_store)?;
        }
        if let Some(category) = category {
            let category = match category {
                Some(category) => Some(
                    categories::find(scope, tx.db(), &category)
                        .await
                        .map_err(|error| from_store(error).on("category"))?,
                ),
                None => None,
            };
            categories::give(scope, &tx, id, category.as_ref()).await.map_err(from_store)?;
            audit::record(scope, &tx, "conversation.categorise", id.as_str(), note, self.now())
                .await
                .map_err(from_store)?;
        }
        tx.commit().await.map_err(from_store)?;
        self.0.changes.tell(scope, id);
        conversations::find_summary(scope, self.store().read(), id).await.map_err(from_store)
    }

    /// Deletes a conversation; [`Hammock::restore_conversation`] takes it back for a while. An answer that is being made in it
    /// is stopped: nobody reads it any more, and each word of it may be paid for.
    ///
    /// # Errors
    /// `not_found`.
    pub async fn delete_conversation(&self, scope: &Scope, id: &ConversationId) -> Result<()> {
        let tx = self.store().begin().await.map_err(from_store)?;
        conversations::delete(scope, &tx, id, self.now()).await.map_err(from_store)?;
        let running = runs::find_active(scope, tx.db(), id).await.map_err(from_store)?;
        if let Some(run) = &running {
            // Also where it is made here: it may have begun so recently that nobody finds it yet.
            match runs::request_stop(scope, &tx, &run.id).await {
                // It ended at this moment.
                Ok(()) | Err(StoreError::NotFound) => {}
                Err(error) => return Err(from_store(error)),
            }
        }
        self.audited(scope, tx, "conversation.delete", id.as_str()).await?;
        if let Some(live) = running.and_then(|run| self.0.live.find(&run.id)) {
            live.stop.cancel();
        }
        Ok(())
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
