//! The branches of a conversation: which one is shown, and who answered on it.

use hammock_contract::{
    ConversationId, MessageId,
    chat::{AnsweringAssistant, Conversation},
};
use hammock_store::{Scope, StoreError, assistants, audit, branches, conversations};

use crate::{Hammock, Result, chat::check_idle, error::from_store};

impl Hammock {
    /// Shows the branch of a conversation on which a message stands, to its newest message; and goes on from there.
    ///
    /// # Errors
    /// `not_found`, of the field `message` when that is not in the conversation; `answer_running`.
    pub async fn show_branch(&self, scope: &Scope, id: &ConversationId, message: &MessageId) -> Result<Conversation> {
        let tx = self.store().begin().await.map_err(from_store)?;
        conversations::find(scope, tx.db(), id).await.map_err(from_store)?;
        check_idle(scope, tx.db(), id).await?;
        branches::show(scope, &tx, id, message).await.map_err(|error| from_store(error).on("message"))?;
        let detail = serde_json::json!({ "message": message });
        audit::record(scope, &tx, "conversation.show_branch", id.as_str(), detail, self.now())
            .await
            .map_err(from_store)?;
        tx.commit().await.map_err(from_store)?;
        self.find_conversation(scope, id).await
    }

    /// The assistants that gave a conversation's answers, where they are several; without those that the caller cannot use.
    pub(crate) async fn who_answered(&self, scope: &Scope, id: &ConversationId) -> Result<Vec<AnsweringAssistant>> {
        let ids = branches::list_answering(scope, self.store().read(), id).await.map_err(from_store)?;
        let mut found = Vec::new();
        for id in ids.iter().filter(|_| ids.len() > 1) {
            match assistants::find(scope, self.store().read(), id).await {
                Ok(row) => {
                    let (name, icon) = (row.settings.name, row.settings.icon);
                    found.push(AnsweringAssistant { id: row.id, name, icon });
                }
                Err(StoreError::NotFound) => {}
                Err(error) => return Err(from_store(error)),
            }
        }
        Ok(found)
    }
}
