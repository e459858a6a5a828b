//! Assistants.

pub(crate) mod first;

use std::collections::HashSet;

use hammock_contract::{
    AssistantId, CollectionId, Page, Timestamp,
    assistant::{Access, Assistant, AssistantSettings, AssistantSummary, ICONS, Strictness, Vision},
    locale::Locale,
    metadata::MetadataFilter,
    page::PageRequest,
    retrieval::RetrievalSettings,
    user::Role,
};
use hammock_store::{Db, Scope, Tx, assistants, audit, collections, connections};

use self::first::Words;
use crate::{
    Hammock, Result,
    error::{forbidden, from_store, taken},
    interfaces::private,
    metadata::filtering,
    validate,
};

impl Hammock {
    /// The assistants that the caller may use, by name.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn list_assistants(&self, scope: &Scope, request: PageRequest) -> Result<Page<AssistantSummary>> {
        let page = assistants::list(scope, self.store().read(), &request).await.map_err(from_store)?;
        let seen = collections::list_ids(scope, self.store().read()).await.map_err(from_store)?;
        let seen: HashSet<CollectionId> = seen.into_iter().collect();
        let items = page.items.into_iter().map(|row| summary(scope, row, &seen)).collect();
        Ok(Page { items, next_page_token: page.next_page_token })
    }

    /// One assistant.
    ///
    /// # Errors
    /// `not_found`.
    pub async fn find_assistant(&self, scope: &Scope, id: &AssistantId) -> Result<Assistant> {
        let row = assistants::find(scope, self.store().read(), id).await.map_err(from_store)?;
        self.as_seen(scope, row).await
    }

    /// An assistant as the caller sees it: its collections are those that the caller sees, and how many more there are.
    async fn as_seen(&self, scope: &Scope, mut row: assistants::AssistantRow) -> Result<Assistant> {
        let all = std::mem::take(&mut row.settings.collections);
        let seen = collections::retain_visible(scope, self.store().read(), &all).await.map_err(from_store)?;
        let hidden_collections = u32::try_from(all.len() - seen.len()).unwrap_or(u32::MAX);
        row.settings.collections = seen;
        let (public_chat, widget) = private::switched_on(scope, self.store().read(), &row.id).await?;
        Ok(Assistant {
            public_chat,
            widget,
            can_edit: can_edit(scope, &row),
            id: row.id,
            settings: row.settings,
            created_by: row.created_by,
            created_at: row.created_at,
            updated_at: row.updated_at,
            hidden_collections,
        })
    }

    /// Makes an assistant: a private one by anybody, one for the organisation by administrators.
    ///
    /// # Errors
    /// `role_required`, `invalid_field`, `name_taken`, `not_found` for a connection or collection that is not there.
    pub async fn create_assistant(&self, scope: &Scope, settings: AssistantSettings) -> Result<Assistant> {
        scope.require_user().map_err(from_store)?;
        if settings.access == Access::Organisation {
            scope.require(Role::Administrator).map_err(from_store)?;
        }
        may_use_model(scope, None, &settings)?;
        let tx = self.store().begin().await.map_err(from_store)?;
        let settings = check(scope, tx.db(), settings, &[]).await?;
        let now = self.now();
        let id = AssistantId::new();
        let name = settings.name.clone();
        let row = assistants::create(scope, &tx, id.clone(), settings, now).await.map_err(taken(&name))?;
        let detail = serde_json::json!({ "name": name });
        audit::record(scope, &tx, "assistant.create", id.as_str(), detail, now).await.map_err(from_store)?;
        tx.commit().await.map_err(from_store)?;
        self.as_seen(scope, row).await
    }

    /// Replaces the settings of an assistant. Collections that it has and the caller does not see stay as they are. One that
    /// becomes private is the caller's alone from then on, whoever made it, and is closed to visitors.
    ///
    /// # Errors
    /// As [`Hammock::create_assistant`], and `not_found`.
    pub async fn update_assistant(
        &self,
        scope: &Scope,
        id: &AssistantId,
        settings: AssistantSettings,
    ) -> Result<Assistant> {
        let tx = self.store().begin().await.map_err(from_store)?;
        let before = assistants::find(scope, tx.db(), id).await.map_err(from_store)?;
        if !can_edit(scope, &before) {
            return Err(forbidden());
        }
        if settings.access == Access::Organisation && before.access != Access::Organisation {
            scope.require(Role::Administrator).map_err(from_store)?;
        }
        may_use_model(scope, Some(&before.settings), &settings)?;
        let settings = check(scope, tx.db(), settings, &before.settings.filters).await?;
        let now = self.now();
        if settings.access == Access::Private && before.access != Access::Private {
            private::close(scope, &tx, id, now).await?;
        }
        let name = settings.name.clone();
        let row = assistants::update(scope, &tx, id, settings, now).await.map_err(taken(&name))?;
        let mut detail = serde_json::json!({ "name": name });
        if row.access != before.access {
            detail["access"] = serde_json::json!(row.access);
        }
        if row.created_by != before.created_by {
            detail["taken_from"] = serde_json::json!(before.created_by);
        }
        audit::record(scope, &tx, "assistant.update", id.as_str(), detail, now).await.map_err(from_store)?;
        tx.commit().await.map_err(from_store)?;
        self.as_seen(scope, row).await
    }

    /// Takes from an assistant the collections that it has and the caller does not see. What they are is not told, only
    /// written down.
    ///
    /// # Errors
    /// `not_found`, `role_required`.
    pub async fn remove_hidden_collections(&self, scope: &Scope, id: &AssistantId) -> Result<()> {
        let tx = self.store().begin().await.map_err(from_store)?;
        let row = assistants::find(scope, tx.db(), id).await.map_err(from_store)?;
        if !can_edit(scope, &row) {
            return Err(forbidden());
        }
        let now = self.now();
        let removed = assistants::remove_hidden(scope, &tx, id, now).await.map_err(from_store)?;
        if !removed.is_empty() {
            let detail = serde_json::json!({ "name": row.settings.name, "collections": removed });
            audit::record(scope, &tx, "assistant.remove_hidden", id.as_str(), detail, now).await.map_err(from_store)?;
        }
        tx.commit().await.map_err(from_store)
    }

    /// Deletes an assistant; conversations with it stay readable.
    ///
    /// # Errors
    /// `not_found`, `role_required`.
    pub async fn delete_assistant(&self, scope: &Scope, id: &AssistantId) -> Result<()> {
        let tx = self.store().begin().await.map_err(from_store)?;
        let row = assistants::find(scope, tx.db(), id).await.map_err(from_store)?;
        if !can_edit(scope, &row) {
            return Err(forbidden());
        }
        assistants::delete(scope, &tx, id).await.map_err(from_store)?;
        let detail = serde_json::json!({ "name": row.settings.name });
        audit::record(scope, &tx, "assistant.delete", id.as_str(), detail, self.now()).await.map_err(from_store)?;
        tx.commit().await.map_err(from_store)
    }
}

/// Whether the scope may change an assistant as it is stored: administrators those that they see, others those that are private
/// to them. To have made what the organisation uses is not enough: its maker may be no administrator any more, and a key of an
/// administrator's may be one with the role of a user.
pub(crate) fn can_edit(scope: &Scope, row: &assistants::AssistantRow) -> bool {
    let is_own = scope.user().is_some() && row.created_by.as_ref() == scope.user();
    scope.role() >= Role::Administrator || (row.access == Access::Private && is_own)
}

/// Only who manages the connections says which of them answers, and with which model: they cost. Others keep what an assistant
/// has, or leave it to the built-in answerer.
fn may_use_model(scope: &Scope, before: Option<&AssistantSettings>, wanted: &AssistantSettings) -> Result<()> {
    if wanted.connection.is_none() || scope.role() >= Role::Administrator {
        return Ok(());
    }
    match before.filter(|before| before.connection == wanted.connection) {
        None => Err(forbidden().on("connection")),
        Some(before) if before.model != wanted.model.trim() => Err(forbidden().on("model")),
        Some(_) => Ok(()),
    }
}

fn summary(scope: &Scope, row: assistants::AssistantRow, seen: &HashSet<CollectionId>) -> AssistantSummary {
    let collections = row.settings.collections.iter().filter(|one| seen.contains(*one)).count();
    AssistantSummary {
        can_edit: can_edit(scope, &row),
        id: row.id,
        model: if row.settings.connection.is_some() { row.settings.model } else { String::new() },
        collections: u32::try_from(collections).unwrap_or(u32::MAX),
        name: row.settings.name,
        description: row.settings.description,
        icon: row.settings.icon,
        access: row.access,
        updated_at: row.updated_at,
    }
}

/// The settings as they are stored: trimmed, in their limits, naming only what the caller may see. Filters that it `had`
/// already stay, whatever they name.
async fn check(
    scope: &Scope,
    db: Db<'_>,
    settings: AssistantSettings,
    had: &[MetadataFilter],
) -> Result<AssistantSettings> {
    let AssistantSettings {
        name,
        description,
        icon,
        connection,
        model,
        vision,
        collections: wanted,
        access,
        initial_message,
        suggestions,
        system_message,
        temperature,
        max_tokens,
        strictness,
        retrieval,
        filters,
    } = settings;
    let model = validate::line("model", &model, 0, 200)?;
    if let Some(connection) = &connection {
        connections::find(scope, db, connection).await.map_err(from_store)?;
        if model.is_empty() {
            let message = "choose a model of the connection, or type its name";
            return Err(validate::too_short_or_long("model", message, 1, 200));
        }
    }
    if !ICONS.contains(&icon.as_str()) {
        return Err(validate::invalid("icon", format!("the icon is one of {}", ICONS.join(", "))));
    }
    if !(0.0..=2.0).contains(&temperature) {
        let error = validate::invalid("temperature", "the temperature lies between 0 and 2");
        return Err(error.with("min", 0).with("max", 2));
    }
    if !(64..=16_384).contains(&max_tokens) {
        let error = validate::invalid("max_tokens", "the longest answer lies between 64 and 16384 tokens");
        return Err(error.with("min", 64).with("max", 16_384));
    }
    let unique: Vec<CollectionId> = validate::each_once(wanted);
    if collections::retain_visible(scope, db, &unique).await.map_err(from_store)?.len() != unique.len() {
        return Err(hammock_contract::ApiError::not_found().on("collections"));
    }
    let filters = filtering::check(scope, db, &unique, filters, had).await?;
    if suggestions.len() > 6 {
        return Err(validate::invalid("suggestions", "there may be at most six suggestions"));
    }
    let suggestions = suggestions
        .iter()
        .filter(|text| !text.trim().is_empty())
        .map(|text| validate::line("suggestions", text, 1, 200))
        .collect::<Result<_>>()?;
    Ok(AssistantSettings {
        name: validate::name("name", &name, 1, 80)?,
        description: validate::block("description", &description, 500)?,
        icon,
        connection,
        model,
        vision,
        collections: unique,
        access,
        initial_message: validate::block("initial_message", &initial_message, 2_000)?,
        suggestions,
        system_message: validate::block("system_message", &system_message, 16_000)?,
        temperature,
        max_tokens,
        strictness,
        retrieval: validate::retrieval(retrieval)?,
        filters,
    })
}

/// The assistant that a new organisation finds, answering from the handbook, in the language of who registers. What it offers to
/// be asked stands in the handbook in each of the languages.
pub(crate) async fn create_first(
    scope: &Scope,
    tx: &Tx,
    id: AssistantId,
    locale: Locale,
    now: Timestamp,
) -> Result<()> {
    let Words { name, description, initial_message, suggestions } = first::words(locale);
    let settings = AssistantSettings {
        name: name.to_owned(),
        description: description.to_owned(),
        icon: ICONS[0].to_owned(),
        connection: None,
        model: String::new(),
        vision: Vision::default(),
        collections: vec![hammock_store::scope::handbook_collection()],
        access: Access::Organisation,
        initial_message: initial_message.to_owned(),
        suggestions: suggestions.map(str::to_owned).to_vec(),
        system_message: String::new(),
        temperature: 0.2,
        max_tokens: 1024,
        strictness: Strictness::Balanced,
        retrieval: RetrievalSettings::default(),
        filters: Vec::new(),
    };
    assistants::create(scope, tx, id.clone(), settings, now).await.map_err(from_store)?;
    audit::record(scope, tx, "assistant.create", id.as_str(), serde_json::json!({ "name": name }), now)
        .await
        .map_err(from_store)
}
