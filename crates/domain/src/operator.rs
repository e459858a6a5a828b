//! What only the operator does, on the command line of the server: letting in again who cannot get in.

use hammock_contract::{UserId, user::User};
use hammock_store::{Actor, Scope, accounts, audit, login_attempts, members, sessions};

use crate::{
    Hammock, Result,
    attempts::account_attempts,
    error::{forbidden, from_store},
    passwords,
};

impl Hammock {
    /// The person of the organisation with an e-mail address.
    ///
    /// # Errors
    /// `role_required` for whoever is not the operator, `not_found`.
    pub async fn find_user_by_email(&self, scope: &Scope, email: &str) -> Result<User> {
        require_operator(scope)?;
        members::find_by_email(scope, self.store().read(), email).await.map_err(from_store)
    }

    /// A link that lets a person set a password, once: for an hour, or for a week who was invited. Sessions go on until
    /// the password is set.
    ///
    /// # Errors
    /// `role_required` for whoever is not the operator, `not_found`.
    pub async fn make_password_link(&self, scope: &Scope, id: &UserId) -> Result<String> {
        require_operator(scope)?;
        let tx = self.store().begin().await.map_err(from_store)?;
        let user = members::find(scope, tx.db(), id).await.map_err(from_store)?;
        let link = self.make_link_in(&tx, id, user.status).await?;
        audit::record(scope, &tx, "password.link", id.as_str(), serde_json::Value::Null, self.now())
            .await
            .map_err(from_store)?;
        tx.commit().await.map_err(from_store)?;
        Ok(link)
    }

    /// Sets a person's password; their sessions end, and links that were to set another.
    ///
    /// # Errors
    /// `role_required` for whoever is not the operator, `not_found`, `weak_password`.
    pub async fn set_password(&self, scope: &Scope, id: &UserId, password: String) -> Result<()> {
        require_operator(scope)?;
        passwords::check_new(&password, &password)?;
        let hash = passwords::hash(password).await?;
        let tx = self.store().begin().await.map_err(from_store)?;
        // A password is a person's, not an organisation's: only who is one of this organisation's people gets one here.
        let user = members::find(scope, tx.db(), id).await.map_err(from_store)?;
        accounts::set_password_hash(&tx, id, &hash).await.map_err(from_store)?;
        sessions::delete_for_user(&tx, id).await.map_err(from_store)?;
        // Who asks for a new password has often tried the old one too often, and is to get in now.
        login_attempts::clear(&tx, &account_attempts(&user.email)).await.map_err(from_store)?;
        audit::record(scope, &tx, "password.set", id.as_str(), serde_json::Value::Null, self.now())
            .await
            .map_err(from_store)?;
        tx.commit().await.map_err(from_store)
    }
}

fn require_operator(scope: &Scope) -> Result<()> {
    if matches!(scope.actor(), Actor::Operator) { Ok(()) } else { Err(forbidden()) }
}
