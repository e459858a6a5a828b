//! The messages of a conversation, some at a time: however many there are, no more than these are in memory.

use std::collections::HashMap;

use hammock_contract::{
    ApiError, ConversationId, MessageId,
    chat::{AnsweringAssistant, Message, MessageState},
};
use hammock_store::{Scope, messages};

use crate::{Hammock, Result, chat::Reader, error::from_store};

/// How many messages are read at once. One may be as long as all passages that its answer was made from.
const AT_ONCE: usize = 50;

/// Reads what a conversation of the caller shows, as often as it is wanted.
pub struct Pages {
    hammock: Hammock,
    scope: Scope,
    conversation: ConversationId,
    /// Which messages there are: what comes later, or another branch, is not among them.
    ids: Vec<MessageId>,
    reader: Reader,
    answering: Vec<AnsweringAssistant>,
    /// Where the next page begins.
    next: usize,
    /// An answer that was being made when it was first read, as it was then: read again, it says the same.
    unfinished: HashMap<MessageId, Message>,
}

impl Pages {
    /// From the first message on.
    ///
    /// # Errors
    /// `not_found`.
    pub async fn of(hammock: &Hammock, scope: &Scope, id: &ConversationId) -> Result<Self> {
        Ok(Self {
            hammock: hammock.clone(),
            scope: scope.clone(),
            conversation: id.clone(),
            ids: messages::list_ids(scope, hammock.store().read(), id).await.map_err(from_store)?,
            reader: hammock.reader(scope).await?,
            answering: hammock.who_answered(scope, id).await?,
            next: 0,
            unfinished: HashMap::new(),
        })
    }

    /// The next page is the first one, once more.
    pub fn begin_again(&mut self) {
        self.next = 0;
    }

    /// The next messages; nothing behind the last one.
    ///
    /// # Errors
    /// `not_found` where the conversation was deleted meanwhile: what was read so far is not all of it.
    pub async fn read(&mut self) -> Result<Option<Vec<Message>>> {
        let end = self.ids.len().min(self.next + AT_ONCE);
        let ids = &self.ids[self.next..end];
        if ids.is_empty() {
            return Ok(None);
        }
        let db = self.hammock.store().read();
        let rows = messages::list_these(&self.scope, db, ids).await.map_err(from_store)?;
        if rows.len() != ids.len() {
            return Err(ApiError::not_found());
        }
        let being_made: Vec<MessageId> =
            rows.iter().filter(|row| row.state == MessageState::Streaming).map(|row| row.id.clone()).collect();
        let Self { hammock, scope, conversation, reader, answering, unfinished, .. } = self;
        let mut page = hammock.read_messages(scope, conversation, rows, reader, answering).await?;
        for message in &mut page {
            if let Some(known) = unfinished.get(&message.id) {
                message.clone_from(known);
            } else if being_made.contains(&message.id) {
                unfinished.insert(message.id.clone(), message.clone());
            }
        }
        self.next = end;
        Ok(Some(page))
    }
}
