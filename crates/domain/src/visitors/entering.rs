//! Those who have said who they are come in: as the visitor that they were on another device, or as a new one. What they said
//! here while nobody knew them comes along.

use hammock_contract::{ApiError, ErrorCode, visitor::VisitorEntry};
use hammock_store::{Actor, Scope, Tx, audit, visitor_identities, visitors::NewVisitor};

use super::identity::Who;
use crate::{
    Hammock, Result,
    error::{from_store, internal},
};

impl Hammock {
    /// Lets in who has said who they are, for pages of the origin `from`. `before` is the visitor that they were until now: where
    /// nobody knew who that was, what it said is theirs.
    pub(super) async fn admit_known(
        &self,
        new: NewVisitor,
        who: Who,
        before: Option<Scope>,
        from: &str,
    ) -> Result<VisitorEntry> {
        let (now, assistant) = (self.now(), new.assistant.clone());
        let tx = self.store().begin().await.map_err(from_store)?;
        let mut anonymous = None;
        if let Some(scope) = &before
            && !visitor_identities::said(scope, tx.db()).await.map_err(from_store)?.signed_in
        {
            anonymous = Some(scope.clone());
        }
        let known = visitor_identities::open(tx.db(), &assistant, &who.identity).await.map_err(from_store)?;
        let is_new = known.is_none();
        let scope = match known {
            Some(known) => known,
            None => self.become_known(&tx, new, &who).await?,
        };
        let moved = match anonymous {
            Some(other) => visitor_identities::take_over(&scope, &tx, &other).await.map_err(from_store)?,
            None => 0,
        };
        let (name, email) = (who.name.as_deref(), who.email.as_deref());
        visitor_identities::describe(&scope, &tx, name, email).await.map_err(from_store)?;
        hammock_store::visitors::touch(&scope, &tx, now).await.map_err(from_store)?;
        // Pages say it each time that they are opened; it is news where it makes this browser's visitor another one.
        if is_new || before.as_ref() != Some(&scope) {
            let Actor::Visitor { visitor, .. } = scope.actor() else { return Err(ApiError::not_found()) };
            let detail = serde_json::json!({
                "assistant": assistant, "provider": who.identity.provider, "conversations": moved,
            });
            audit::record(&scope, &tx, "visitor.sign_in", visitor.as_str(), detail, now).await.map_err(from_store)?;
        }
        tx.commit().await.map_err(from_store)?;
        self.admitted(&scope, from).await
    }

    /// Gives the identity to a new visitor. The one that they were until now stays without: whoever else has its token, on a
    /// computer that several people use, would be this person from then on.
    async fn become_known(&self, tx: &Tx, new: NewVisitor, who: &Who) -> Result<Scope> {
        let assistant = new.assistant.clone();
        let scope = self.create_visitor(tx, new).await?;
        if visitor_identities::add(&scope, tx, &who.identity, self.now()).await.map_err(from_store)? {
            return Ok(scope);
        }
        // Somebody with the same identity came in at the same moment.
        let known = visitor_identities::open(tx.db(), &assistant, &who.identity).await.map_err(from_store)?;
        known.ok_or_else(|| internal("an identity has no visitor"))
    }

    /// Whether a visitor has said who they are.
    pub(super) async fn has_signed_in(&self, scope: Option<&Scope>) -> Result<bool> {
        let Some(scope) = scope else { return Ok(false) };
        Ok(visitor_identities::said(scope, self.store().read()).await.map_err(from_store)?.signed_in)
    }

    /// That a visitor has said who they are, where the assistant is for those alone.
    ///
    /// # Errors
    /// `sign_in_required`.
    pub(super) async fn require_sign_in(&self, scope: &Scope, required: bool) -> Result<()> {
        if !required || self.has_signed_in(Some(scope)).await? {
            return Ok(());
        }
        Err(ApiError::new(
            ErrorCode::SignInRequired,
            "sign in first: this assistant is for visitors who have said who they are",
        ))
    }
}
