//! Where an assistant can be reached from outside: the public chat and the widget on customers' pages, how they look, who may use
//! them, and what went wrong there.

mod addresses;
mod checks;
mod contrast;
mod installation;
mod logo;
mod opened;
mod origins;
mod policy;
pub(crate) mod private;
mod sign_in;

use hammock_contract::{
    AssistantId,
    interfaces::{InterfaceSettings, Interfaces, WidgetError},
    user::Role,
};
use hammock_store::{
    Db, Scope,
    assistants::{self, AssistantRow},
    audit,
    interfaces::{self, Logo},
    widget_errors,
};

use crate::{
    Hammock, Result,
    assistants::can_edit,
    error::{forbidden, from_store},
};

pub(crate) use addresses::sign_in_redirect;
pub use opened::PublicChatPage;
pub(crate) use origins::allowed_origin;
pub use origins::{frame_ancestors, origin_is_allowed};
pub(crate) use sign_in::{IDENTITY_SECRET, OPENID_SECRET};

impl Hammock {
    /// Where an assistant can be reached from outside, and how.
    ///
    /// # Errors
    /// `not_found`.
    pub async fn interfaces(&self, scope: &Scope, assistant: &AssistantId) -> Result<Interfaces> {
        self.interfaces_in(scope, self.store().read(), assistant).await
    }

    /// Changes where an assistant can be reached from outside, and how: an administrator does, for one that the caller can change.
    ///
    /// # Errors
    /// `not_found`, `role_required`, `invalid_field`, `invalid_url`, `host_not_listed`, `colours_too_close`; `assistant_private` where one is switched on
    /// of an assistant that is its maker's alone.
    pub async fn update_interfaces(
        &self,
        scope: &Scope,
        assistant: &AssistantId,
        settings: InterfaceSettings,
    ) -> Result<Interfaces> {
        // Before it is looked what addresses lead to: that is not for everybody.
        require_open(scope, self.store().read(), assistant).await?;
        let settings = checks::checked(settings)?;
        self.check_issuer(scope, assistant, &settings).await?;
        let tx = self.store().begin().await.map_err(from_store)?;
        let row = require_open(scope, tx.db(), assistant).await?;
        private::check(&row, &settings)?;
        let now = self.now();
        let forgotten = sign_in::forget_secret_of_another(scope, &tx, assistant, &settings, now).await?;
        let detail = serde_json::json!({
            "public_chat": settings.public_chat, "widget": settings.widget, "origins": settings.origins,
            "sign_in": settings.sign_in, "openid_secret_removed": forgotten,
        });
        interfaces::put(scope, &tx, assistant, settings, now).await.map_err(from_store)?;
        audit::record(scope, &tx, "interfaces.update", assistant.as_str(), detail, now).await.map_err(from_store)?;
        let changed = self.interfaces_in(scope, tx.db(), assistant).await?;
        tx.commit().await.map_err(from_store)?;
        Ok(changed)
    }

    /// Gives an assistant a logo: PNG, JPEG, WebP or GIF. An administrator does, for one that the caller can change.
    ///
    /// # Errors
    /// `not_found`, `role_required`, `empty_file`, `too_large`, `unsupported_file_type`.
    pub async fn put_logo(&self, scope: &Scope, assistant: &AssistantId, picture: Vec<u8>) -> Result<Interfaces> {
        let tx = self.store().begin().await.map_err(from_store)?;
        require_open(scope, tx.db(), assistant).await?;
        let logo: Logo = logo::recognise(picture)?;
        let now = self.now();
        let detail = serde_json::json!({ "media_type": logo.media_type, "bytes": logo.bytes.len() });
        interfaces::put_logo(scope, &tx, assistant, logo, now).await.map_err(from_store)?;
        audit::record(scope, &tx, "interfaces.put_logo", assistant.as_str(), detail, now).await.map_err(from_store)?;
        let changed = self.interfaces_in(scope, tx.db(), assistant).await?;
        tx.commit().await.map_err(from_store)?;
        Ok(changed)
    }

    /// Takes the logo from an assistant. An administrator does, for one that the caller can change.
    ///
    /// # Errors
    /// `not_found`, `role_required`.
    pub async fn delete_logo(&self, scope: &Scope, assistant: &AssistantId) -> Result<()> {
        let tx = self.store().begin().await.map_err(from_store)?;
        require_open(scope, tx.db(), assistant).await?;
        let now = self.now();
        if interfaces::delete_logo(scope, &tx, assistant, now).await.map_err(from_store)? {
            let detail = serde_json::Value::Null;
            audit::record(scope, &tx, "interfaces.delete_logo", assistant.as_str(), detail, now)
                .await
                .map_err(from_store)?;
        }
        tx.commit().await.map_err(from_store)
    }

    /// The last errors that widgets of an assistant met on customers' pages, the last one first. They tell who uses it, and what
    /// went wrong there: that is for who opens it to them.
    ///
    /// # Errors
    /// `not_found`, `role_required`.
    pub async fn widget_errors(&self, scope: &Scope, assistant: &AssistantId) -> Result<Vec<WidgetError>> {
        let db = self.store().read();
        require_open(scope, db, assistant).await?;
        let rows = widget_errors::list(scope, db, assistant).await.map_err(from_store)?;
        let told = |row: widget_errors::WidgetErrorRow| WidgetError {
            at: row.met_at,
            origin: row.origin,
            code: row.code,
            message: row.message,
            count: row.times,
        };
        Ok(rows.into_iter().map(told).collect())
    }

    /// The settings of an assistant's interfaces and the path of its logo, for a caller who can change them.
    async fn editable_interfaces(
        &self,
        scope: &Scope,
        assistant: &AssistantId,
    ) -> Result<(InterfaceSettings, Option<String>)> {
        let db = self.store().read();
        require_open(scope, db, assistant).await?;
        let row = interfaces::find(scope, db, assistant).await.map_err(from_store)?;
        let logo = row.as_ref().and_then(|row| row.logo_hash.as_deref());
        let logo = logo.map(|hash| addresses::logo_path(assistant, hash));
        Ok((row.map(|row| row.settings).unwrap_or_default(), logo))
    }

    async fn interfaces_in(&self, scope: &Scope, db: Db<'_>, assistant: &AssistantId) -> Result<Interfaces> {
        let found = assistants::find(scope, db, assistant).await.map_err(from_store)?;
        let row = interfaces::find(scope, db, assistant).await.map_err(from_store)?;
        let own_origin = &self.settings().public_url;
        let can_edit = can_open(scope, &found);
        let logo = row.as_ref().and_then(|row| row.logo_hash.as_deref());
        let logo = logo.map(|hash| addresses::logo_path(assistant, hash));
        let updated_at = row.as_ref().map(|row| row.updated_at);
        let has_openid_secret = row.as_ref().is_some_and(|row| row.openid_secret.is_some());
        let identity_secret_made_at = row.as_ref().and_then(|row| row.identity_secret_made_at);
        let settings = row.map(|row| row.settings).unwrap_or_default();
        let title =
            if settings.appearance.title.is_empty() { &found.settings.name } else { &settings.appearance.title };
        Ok(Interfaces {
            assistant: assistant.clone(),
            logo,
            chat_url: addresses::chat_url(own_origin, assistant),
            snippet: addresses::snippet(own_origin, assistant),
            frame_snippet: addresses::frame_snippet(own_origin, assistant, title),
            identity_snippet: addresses::identity_snippet(own_origin, assistant),
            sign_in_redirect: sign_in_redirect(own_origin),
            has_openid_secret,
            identity_secret_made_at,
            can_edit,
            updated_at,
            settings,
        })
    }
}

/// Whether the scope may open an assistant to the outside. Making an assistant is not enough: what visitors are told, and what
/// their questions cost, is for who answers for the organisation.
fn can_open(scope: &Scope, row: &AssistantRow) -> bool {
    scope.role() >= Role::Administrator && can_edit(scope, row)
}

/// An assistant that the caller may open to the outside, and close.
async fn require_open(scope: &Scope, db: Db<'_>, assistant: &AssistantId) -> Result<AssistantRow> {
    let row = assistants::find(scope, db, assistant).await.map_err(from_store)?;
    if can_open(scope, &row) { Ok(row) } else { Err(forbidden()) }
}
