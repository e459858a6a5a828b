//! Server functions of the organisation.

use hammock_contract::{
    organisation::{Organisation, OrganisationPatch},
    system::EmbeddingStatus,
};
use leptos::prelude::*;

use crate::{FnError, wire::Json};

/// The organisation.
///
/// # Errors
/// `role_required` below administrator.
#[server(prefix = "/api/fn", endpoint = "organisation/read_organisation", input = Json, output = Json)]
pub async fn read_organisation() -> Result<Organisation, FnError> {
    let (hammock, scope) = crate::request::context().await?;
    Ok(hammock.organisation(&scope).await?)
}

/// Gives the organisation another name.
///
/// # Errors
/// `role_required` below administrator, `invalid_field`.
#[server(prefix = "/api/fn", endpoint = "organisation/update_organisation", input = Json, output = Json)]
pub async fn update_organisation(patch: OrganisationPatch) -> Result<Organisation, FnError> {
    let (hammock, scope) = crate::request::context().await?;
    Ok(hammock.update_organisation(&scope, patch).await?)
}

/// How search by meaning stands.
///
/// # Errors
/// `role_required` below administrator.
#[server(prefix = "/api/fn", endpoint = "organisation/read_embedding", input = Json, output = Json)]
pub async fn read_embedding() -> Result<EmbeddingStatus, FnError> {
    let (hammock, scope) = crate::request::context().await?;
    Ok(hammock.embedding_status(&scope).await?)
}
