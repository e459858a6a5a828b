//! The end of an answer: it is written into its conversation.

use hammock_contract::chat::Message;
use hammock_store::{Scope, StoreError, messages, runs, visitor_identities};

use super::making::Making;

impl Making {
    /// Writes the finished answer into the conversation. A visitor who has signed in since they asked is another one by now, whose
    /// the conversation is.
    pub(super) async fn keep(&self, message: &Message) -> Result<(), StoreError> {
        match self.keep_as(&self.scope, message).await {
            Err(StoreError::NotFound) if self.scope.is_visitor() => {
                let db = self.hammock.store().read();
                let asker = visitor_identities::asker(&self.scope, db, &self.run).await?;
                self.keep_as(&asker, message).await
            }
            kept => kept,
        }
    }

    async fn keep_as(&self, scope: &Scope, message: &Message) -> Result<(), StoreError> {
        let now = self.hammock.now();
        let tx = self.hammock.store().begin().await?;
        messages::update(scope, &tx, &message.id, super::update_of(message)).await?;
        runs::finish(scope, &tx, &self.run, message.state, now).await?;
        tx.commit().await
    }
}
