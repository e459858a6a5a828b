//! The organisation itself.

use hammock_contract::{
    check,
    organisation::{Organisation, OrganisationPatch, TranscriptionSettings},
    user::Role,
};
use hammock_store::{Db, Scope, allowed_hosts, audit, connections, organisations};

use crate::{Hammock, Result, allowed_hosts::checked as checked_hosts, error::from_store, validate};

/// The longest name of a model. Characters.
const LONGEST_MODEL: usize = 200;

impl Hammock {
    /// The caller's organisation.
    ///
    /// # Errors
    /// `role_required` below administrator.
    pub async fn organisation(&self, scope: &Scope) -> Result<Organisation> {
        scope.require(Role::Administrator).map_err(from_store)?;
        let organisations::OrganisationRow { id, name, created_at } =
            organisations::find(scope, self.store().read()).await.map_err(from_store)?;
        let transcription = organisations::transcription(scope, self.store().read()).await.map_err(from_store)?;
        let allowed_hosts = allowed_hosts::find(scope, self.store().read()).await.map_err(from_store)?;
        Ok(Organisation { id, name, created_at, transcription, allowed_hosts })
    }

    /// Changes the caller's organisation.
    ///
    /// # Errors
    /// `role_required` below administrator, `invalid_field`, `invalid_hosts`, `not_found` for a connection that is not there.
    pub async fn update_organisation(&self, scope: &Scope, patch: OrganisationPatch) -> Result<Organisation> {
        scope.require(Role::Administrator).map_err(from_store)?;
        let OrganisationPatch { name, transcription, allowed_hosts } = patch;
        let name = name.map(|text| validate::name("name", &text, 1, check::MAX_ORGANISATION)).transpose()?;
        let allowed_hosts = allowed_hosts.map(checked_hosts).transpose()?;
        let tx = self.store().begin().await.map_err(from_store)?;
        if let Some(name) = &name {
            organisations::rename(scope, &tx, name).await.map_err(from_store)?;
        }
        let transcription = match transcription {
            Some(wanted) => Some(checked(scope, tx.db(), wanted).await?),
            None => None,
        };
        if let Some(settings) = &transcription {
            organisations::set_transcription(scope, &tx, settings.clone()).await.map_err(from_store)?;
        }
        if let Some(allowed) = &allowed_hosts {
            allowed_hosts::put(scope, &tx, allowed).await.map_err(from_store)?;
        }
        let detail =
            serde_json::json!({ "name": name, "transcription": transcription, "allowed_hosts": allowed_hosts });
        audit::record(scope, &tx, "organisation.update", scope.organisation().as_str(), detail, self.now())
            .await
            .map_err(from_store)?;
        tx.commit().await.map_err(from_store)?;
        self.organisation(scope).await
    }
}

/// Where speech is to be written down: a model of a connection of the organisation, or nowhere.
async fn checked(scope: &Scope, db: Db<'_>, wanted: TranscriptionSettings) -> Result<TranscriptionSettings> {
    let TranscriptionSettings { connection, model } = wanted;
    let Some(connection) = connection else { return Ok(TranscriptionSettings::default()) };
    connections::find(scope, db, &connection).await.map_err(|error| from_store(error).on("connection"))?;
    let model = validate::line("model", &model, 1, LONGEST_MODEL)?;
    Ok(TranscriptionSettings { connection: Some(connection), model })
}
