//! Server functions of the organisation.

use hammock_contract::{
    organisation::{AllowedHosts, HostsCheck, Organisation, OrganisationPatch},
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

/// Changes the organisation: its name, where its speech is written down, where its requests may go.
///
/// # Errors
/// `role_required` below administrator, `invalid_field`, `invalid_hosts`, `not_found`.
#[server(prefix = "/api/fn", endpoint = "organisation/update_organisation", input = Json, output = Json)]
pub async fn update_organisation(patch: OrganisationPatch) -> Result<Organisation, FnError> {
    let (hammock, scope) = crate::request::context().await?;
    Ok(hammock.update_organisation(&scope, patch).await?)
}

/// What would stop working if requests went to these hosts alone.
///
/// # Errors
/// `role_required` below administrator, `invalid_hosts`, `invalid_field`.
#[server(prefix = "/api/fn", endpoint = "organisation/check_allowed_hosts", input = Json, output = Json)]
pub async fn check_allowed_hosts(allowed: AllowedHosts) -> Result<HostsCheck, FnError> {
    let (hammock, scope) = crate::request::context().await?;
    Ok(hammock.check_allowed_hosts(&scope, allowed).await?)
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
