//! A person's own labels for conversations: list, make, change, delete, restore.

use hammock_contract::{
    ApiError, CategoryId, ErrorCode,
    category::{Category, CategoryPatch, MAX_CATEGORY_NAME, NewCategory},
};
use hammock_store::{Scope, StoreError, Tx, audit, categories};

use crate::{
    Hammock, Result,
    error::{from_store, taken},
    validate,
};

impl Hammock {
    /// The caller's categories, by name.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn list_categories(&self, scope: &Scope) -> Result<Vec<Category>> {
        categories::list(scope, self.store().read()).await.map_err(from_store)
    }

    /// Makes a category of the caller.
    ///
    /// # Errors
    /// `invalid_field`, `name_taken`.
    pub async fn create_category(&self, scope: &Scope, new: NewCategory) -> Result<Category> {
        let NewCategory { name, colour } = new;
        let name = validate::name("name", &name, 1, MAX_CATEGORY_NAME)?;
        let (id, tx) = (CategoryId::new(), self.store().begin().await.map_err(from_store)?);
        categories::create(scope, &tx, id.clone(), &name, colour, self.now()).await.map_err(taken(&name))?;
        self.note_category(scope, tx, "category.create", &id).await?;
        Ok(Category { id, name, colour })
    }

    /// Gives a category another name or colour.
    ///
    /// # Errors
    /// `not_found`, `invalid_field`, `name_taken`.
    pub async fn update_category(&self, scope: &Scope, id: &CategoryId, patch: CategoryPatch) -> Result<Category> {
        let CategoryPatch { name, colour } = patch;
        let name = name.map(|name| validate::name("name", &name, 1, MAX_CATEGORY_NAME)).transpose()?;
        let shown = name.clone().unwrap_or_default();
        let tx = self.store().begin().await.map_err(from_store)?;
        categories::update(scope, &tx, id, &CategoryPatch { name, colour }).await.map_err(taken(&shown))?;
        let changed = categories::find(scope, tx.db(), id).await.map_err(from_store)?;
        self.note_category(scope, tx, "category.update", id).await?;
        Ok(changed)
    }

    /// Deletes a category; its conversations stay. [`Hammock::restore_category`] takes it back for a while.
    ///
    /// # Errors
    /// `not_found`.
    pub async fn delete_category(&self, scope: &Scope, id: &CategoryId) -> Result<()> {
        let tx = self.store().begin().await.map_err(from_store)?;
        categories::delete(scope, &tx, id, self.now()).await.map_err(from_store)?;
        self.note_category(scope, tx, "category.delete", id).await
    }

    /// Takes the deletion of a category back: its conversations have it again.
    ///
    /// # Errors
    /// `not_found`; `name_taken` when there is another one of its name meanwhile.
    pub async fn restore_category(&self, scope: &Scope, id: &CategoryId) -> Result<Category> {
        let tx = self.store().begin().await.map_err(from_store)?;
        categories::restore(scope, &tx, id).await.map_err(|error| match error {
            StoreError::Duplicate(_) => {
                let message = "there is another category of this name by now; give that one another name first";
                ApiError::new(ErrorCode::NameTaken, message).on("name")
            }
            other => from_store(other),
        })?;
        let restored = categories::find(scope, tx.db(), id).await.map_err(from_store)?;
        self.note_category(scope, tx, "category.restore", id).await?;
        Ok(restored)
    }

    async fn note_category(&self, scope: &Scope, tx: Tx, action: &str, id: &CategoryId) -> Result<()> {
        let nothing = serde_json::Value::Null;
        audit::record(scope, &tx, action, id.as_str(), nothing, self.now()).await.map_err(from_store)?;
        tx.commit().await.map_err(from_store)
    }
}
