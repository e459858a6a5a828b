//! Links that let others read a conversation: made, listed, changed and revoked by its person.

mod opening;

use hammock_contract::{
    ApiError, ConversationId, ShareLinkId,
    share::{ShareLink, ShareSettings},
};
use hammock_store::{Scope, StoreError, Tx, audit, conversations, share_links};

pub use opening::SharedConversation;

use crate::{
    Hammock, Result,
    accounts::{random_token, token_hash},
    error::from_store,
    internal, validate,
};

/// What a token is encrypted for: one that is copied into another column does not decrypt.
const COLUMN: &str = "share_links.token";

impl Hammock {
    /// The links to a conversation of the caller's that were not revoked, newest first.
    ///
    /// # Errors
    /// `not_found`.
    pub async fn list_shares(&self, scope: &Scope, conversation: &ConversationId) -> Result<Vec<ShareLink>> {
        let db = self.store().read();
        conversations::find(scope, db, conversation).await.map_err(from_store)?;
        let rows = share_links::list(scope, db, conversation).await.map_err(from_store)?;
        Ok(rows.into_iter().map(|row| self.link_of(scope, row)).collect())
    }

    /// Makes a link to a conversation of the caller's. Whoever has it and is meant by its audience reads what it shares.
    ///
    /// # Errors
    /// `not_found`, `invalid_field`.
    pub async fn create_share(
        &self,
        scope: &Scope,
        conversation: &ConversationId,
        settings: ShareSettings,
    ) -> Result<ShareLink> {
        let (id, token, now) = (ShareLinkId::new(), random_token(), self.now());
        let cipher = self.0.keyring.encrypt(scope.organisation(), COLUMN, &token).map_err(internal)?;
        let token = share_links::StoredToken { hash: token_hash(&token), cipher };
        let tx = self.store().begin().await.map_err(from_store)?;
        let settings = self.checked(scope, &tx, conversation, settings).await?;
        let detail = detail_of(conversation, &settings);
        let row = share_links::create(scope, &tx, id, conversation, token, settings, now).await.map_err(from_store)?;
        audit::record(scope, &tx, "share_link.create", row.id.as_str(), detail, now).await.map_err(from_store)?;
        tx.commit().await.map_err(from_store)?;
        Ok(self.link_of(scope, row))
    }

    /// Lets a link share something else, or with others. The address stays.
    ///
    /// # Errors
    /// `not_found`, `invalid_field`.
    pub async fn update_share(
        &self,
        scope: &Scope,
        conversation: &ConversationId,
        id: &ShareLinkId,
        settings: ShareSettings,
    ) -> Result<ShareLink> {
        let tx = self.store().begin().await.map_err(from_store)?;
        let settings = self.checked(scope, &tx, conversation, settings).await?;
        let detail = detail_of(conversation, &settings);
        share_links::update(scope, &tx, conversation, id, settings).await.map_err(from_store)?;
        let row = share_links::find(scope, tx.db(), conversation, id).await.map_err(from_store)?;
        audit::record(scope, &tx, "share_link.update", id.as_str(), detail, self.now()).await.map_err(from_store)?;
        tx.commit().await.map_err(from_store)?;
        Ok(self.link_of(scope, row))
    }

    /// Revokes a link at once; [`Hammock::restore_share`] takes it back for a while.
    ///
    /// # Errors
    /// `not_found`.
    pub async fn revoke_share(&self, scope: &Scope, conversation: &ConversationId, id: &ShareLinkId) -> Result<()> {
        let now = self.now();
        let tx = self.store().begin().await.map_err(from_store)?;
        share_links::revoke(scope, &tx, conversation, id, now).await.map_err(from_store)?;
        let detail = serde_json::json!({ "conversation": conversation });
        audit::record(scope, &tx, "share_link.revoke", id.as_str(), detail, now).await.map_err(from_store)?;
        tx.commit().await.map_err(from_store)
    }

    /// Takes the revocation of a link back: it opens again, by the same address.
    ///
    /// # Errors
    /// `not_found`.
    pub async fn restore_share(
        &self,
        scope: &Scope,
        conversation: &ConversationId,
        id: &ShareLinkId,
    ) -> Result<ShareLink> {
        let tx = self.store().begin().await.map_err(from_store)?;
        share_links::restore(scope, &tx, conversation, id).await.map_err(from_store)?;
        let row = share_links::find(scope, tx.db(), conversation, id).await.map_err(from_store)?;
        let detail = detail_of(conversation, &row.settings());
        audit::record(scope, &tx, "share_link.restore", id.as_str(), detail, self.now()).await.map_err(from_store)?;
        tx.commit().await.map_err(from_store)?;
        Ok(self.link_of(scope, row))
    }

    /// Settings that make sense, with the last message of a link that takes no later ones.
    async fn checked(
        &self,
        scope: &Scope,
        tx: &Tx,
        conversation: &ConversationId,
        mut settings: ShareSettings,
    ) -> Result<ShareSettings> {
        // Before anything is said about the settings: somebody else's conversation is not there.
        let end = share_links::find_end(scope, tx.db(), conversation, None).await.map_err(from_store)?;
        if settings.expires_at.is_some_and(|at| at <= self.now()) {
            return Err(validate::invalid("expires_at", "a link ends at a time that is still to come"));
        }
        settings.up_to = match settings.up_to.take() {
            Some(_) if settings.includes_later => {
                return Err(validate::invalid("up_to", "a link that includes later messages has no last one"));
            }
            Some(named) => {
                let found = share_links::find_end(scope, tx.db(), conversation, Some(&named)).await;
                Some(found.map_err(|error| match error {
                    StoreError::NotFound => ApiError::not_found().on("up_to"),
                    other => from_store(other),
                })?)
            }
            None if settings.includes_later => None,
            None => Some(end),
        };
        Ok(settings)
    }

    /// A link as its person sees it.
    fn link_of(&self, scope: &Scope, row: share_links::ShareLinkRow) -> ShareLink {
        let token = self.0.keyring.decrypt(scope.organisation(), COLUMN, &row.token_cipher);
        if let Err(error) = &token {
            tracing::warn!(link = %row.id, %error, "the address of a share link cannot be shown any more");
        }
        ShareLink {
            settings: row.settings(),
            id: row.id,
            conversation: row.conversation_id,
            address: token.ok().map(|token| format!("{}/share/{token}", self.settings().public_url)),
            created_at: row.created_at,
        }
    }
}

/// What the audit keeps of a link: nothing that opens it.
fn detail_of(conversation: &ConversationId, settings: &ShareSettings) -> serde_json::Value {
    serde_json::json!({ "conversation": conversation, "settings": settings })
}
