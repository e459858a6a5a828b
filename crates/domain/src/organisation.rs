//! The organisation itself.

use hammock_contract::{
    check,
    organisation::{Organisation, OrganisationPatch},
    user::Role,
};
use hammock_store::{Scope, audit, organisations};

use crate::{Hammock, Result, error::from_store, validate};

impl Hammock {
    /// The caller's organisation.
    ///
    /// # Errors
    /// `role_required` below administrator.
    pub async fn organisation(&self, scope: &Scope) -> Result<Organisation> {
        scope.require(Role::Administrator).map_err(from_store)?;
        let organisations::OrganisationRow { id, name, created_at } =
            organisations::find(scope, self.store().read()).await.map_err(from_store)?;
        Ok(Organisation { id, name, created_at })
    }

    /// Changes the caller's organisation.
    ///
    /// # Errors
    /// `role_required` below administrator, `invalid_field`.
    pub async fn update_organisation(&self, scope: &Scope, patch: OrganisationPatch) -> Result<Organisation> {
        scope.require(Role::Administrator).map_err(from_store)?;
        let OrganisationPatch { name } = patch;
        let name = name.map(|text| validate::name("name", &text, 1, check::MAX_ORGANISATION)).transpose()?;
        let tx = self.store().begin().await.map_err(from_store)?;
        if let Some(name) = &name {
            organisations::rename(scope, &tx, name).await.map_err(from_store)?;
        }
        let detail = serde_json::json!({ "name": name });
        audit::record(scope, &tx, "organisation.update", scope.organisation().as_str(), detail, self.now())
            .await
            .map_err(from_store)?;
        tx.commit().await.map_err(from_store)?;
        self.organisation(scope).await
    }
}
