//! Server functions of one's own account.

use hammock_contract::{
    auth::PasswordChange,
    locale::Locale,
    user::{Me, ProfilePatch, SendKey, User},
};
use leptos::prelude::*;

use crate::{FnError, wire::Json};

/// Who is signed in, and where.
///
/// # Errors
/// `sign_in_required`.
#[server(prefix = "/api/fn", endpoint = "account/read_me", input = Json, output = Json)]
pub async fn read_me() -> Result<Me, FnError> {
    let (hammock, scope) = crate::request::context().await?;
    Ok(hammock.me(&scope).await?)
}

/// Changes one's own name and telephone number.
///
/// # Errors
/// `invalid_field`.
#[server(prefix = "/api/fn", endpoint = "account/update_profile", input = Json, output = Json)]
pub async fn update_profile(profile: ProfilePatch) -> Result<User, FnError> {
    let (hammock, scope) = crate::request::context().await?;
    Ok(hammock.update_profile(&scope, profile).await?)
}

/// Chooses the language of the interface; absent, it is the browser's.
///
/// # Errors
/// `sign_in_required`.
#[server(prefix = "/api/fn", endpoint = "account/set_locale", input = Json, output = Json)]
pub async fn set_locale(locale: Option<Locale>) -> Result<(), FnError> {
    let (hammock, scope) = crate::request::context().await?;
    Ok(hammock.set_locale(&scope, locale).await?)
}

/// Chooses what sends a question in the chat.
///
/// # Errors
/// `sign_in_required`.
#[server(prefix = "/api/fn", endpoint = "account/set_send_key", input = Json, output = Json)]
pub async fn set_send_key(send_key: SendKey) -> Result<(), FnError> {
    let (hammock, scope) = crate::request::context().await?;
    Ok(hammock.set_send_key(&scope, send_key).await?)
}

/// Changes one's own password; every other session of the person ends.
///
/// # Errors
/// `wrong_credentials` for the present password, `weak_password`, `passwords_differ`.
#[server(prefix = "/api/fn", endpoint = "account/change_password", input = Json, output = Json)]
pub async fn change_password(change: PasswordChange) -> Result<(), FnError> {
    let (hammock, scope) = crate::request::context().await?;
    let signed_in = hammock.change_password(&scope, change).await?;
    crate::request::keep_signed_in(signed_in);
    Ok(())
}
