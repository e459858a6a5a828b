//! Server functions of share links. The page that they open is no server function: it is read without an account.

use hammock_contract::{
    ConversationId, ShareLinkId,
    share::{ShareLink, ShareSettings},
};
use leptos::prelude::*;

use crate::{FnError, wire::Json};

/// The links to a conversation that were not revoked, newest first.
///
/// # Errors
/// `not_found`.
#[server(prefix = "/api/fn", endpoint = "sharing/list_shares", input = Json, output = Json)]
pub async fn list_shares(conversation: ConversationId) -> Result<Vec<ShareLink>, FnError> {
    let (hammock, scope) = crate::request::context().await?;
    Ok(hammock.list_shares(&scope, &conversation).await?)
}

/// Makes a link to a conversation.
///
/// # Errors
/// `not_found`, `invalid_field`.
#[server(prefix = "/api/fn", endpoint = "sharing/create_share", input = Json, output = Json)]
pub async fn create_share(conversation: ConversationId, settings: ShareSettings) -> Result<ShareLink, FnError> {
    let (hammock, scope) = crate::request::context().await?;
    Ok(hammock.create_share(&scope, &conversation, settings).await?)
}

/// Revokes a link; it can be taken back for a while.
///
/// # Errors
/// `not_found`.
#[server(prefix = "/api/fn", endpoint = "sharing/revoke_share", input = Json, output = Json)]
pub async fn revoke_share(conversation: ConversationId, share: ShareLinkId) -> Result<(), FnError> {
    let (hammock, scope) = crate::request::context().await?;
    Ok(hammock.revoke_share(&scope, &conversation, &share).await?)
}

/// Takes a revocation back.
///
/// # Errors
/// `not_found`.
#[server(prefix = "/api/fn", endpoint = "sharing/restore_share", input = Json, output = Json)]
pub async fn restore_share(conversation: ConversationId, share: ShareLinkId) -> Result<ShareLink, FnError> {
    let (hammock, scope) = crate::request::context().await?;
    Ok(hammock.restore_share(&scope, &conversation, &share).await?)
}
