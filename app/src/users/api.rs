//! Server functions of the people of the organisation.

use hammock_contract::{
    Page, UserId,
    page::PageRequest,
    system::Instance,
    user::{NewUser, User, UserPatch},
};
use leptos::prelude::*;

use crate::{FnError, wire::Json};

/// The people, a page at a time.
///
/// # Errors
/// `role_required` below administrator.
#[server(prefix = "/api/fn", endpoint = "users/list_users", input = Json, output = Json)]
pub async fn list_users(page: PageRequest) -> Result<Page<User>, FnError> {
    let (hammock, scope) = crate::request::context().await?;
    Ok(hammock.list_users(&scope, page).await?)
}

/// Adds a person, with a password or by invitation.
///
/// # Errors
/// `email_taken`, `invalid_email`, `weak_password`, `role_required`; `invitation_not_sent` when the person was added.
#[server(prefix = "/api/fn", endpoint = "users/add_user", input = Json, output = Json)]
pub async fn add_user(user: NewUser) -> Result<User, FnError> {
    let (hammock, scope) = crate::request::context().await?;
    Ok(hammock.add_user(&scope, user, crate::request::locale()).await?)
}

/// Changes a person's name, telephone or role.
///
/// # Errors
/// `last_owner`, `role_required`, `owner_required`, `not_found`.
#[server(prefix = "/api/fn", endpoint = "users/update_user", input = Json, output = Json)]
pub async fn update_user(user: UserId, patch: UserPatch) -> Result<User, FnError> {
    let (hammock, scope) = crate::request::context().await?;
    Ok(hammock.update_user(&scope, &user, patch).await?)
}

/// Removes a person from the organisation.
///
/// # Errors
/// `last_owner`, `role_required`, `owner_required`, `not_found`.
#[server(prefix = "/api/fn", endpoint = "users/remove_user", input = Json, output = Json)]
pub async fn remove_user(user: UserId) -> Result<(), FnError> {
    let (hammock, scope) = crate::request::context().await?;
    Ok(hammock.remove_user(&scope, &user).await?)
}

/// What is known of this installation: among other things, whether invitations are sent.
///
/// # Errors
/// `sign_in_required`.
#[server(prefix = "/api/fn", endpoint = "users/read_instance", input = Json, output = Json)]
pub async fn read_instance() -> Result<Instance, FnError> {
    let (hammock, _) = crate::request::context().await?;
    Ok(hammock.instance().await?)
}

/// Sends the invitation once more.
///
/// # Errors
/// `role_required`, `not_found`, `invitation_not_sent`.
#[server(prefix = "/api/fn", endpoint = "users/resend_invitation", input = Json, output = Json)]
pub async fn resend_invitation(user: UserId) -> Result<(), FnError> {
    let (hammock, scope) = crate::request::context().await?;
    Ok(hammock.resend_invitation(&scope, &user, crate::request::locale()).await?)
}
