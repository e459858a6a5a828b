//! From a connection to a chat model, and to one that writes down what was said.

use std::sync::Arc;

use async_trait::async_trait;
use hammock_contract::{
    assistant::AssistantSettings,
    connection::{Model, ProviderKind},
};
use hammock_llm::{ChatModel, ModelError, Transcriber};
use hammock_store::{Scope, StoreError, connections};

use crate::{
    Hammock,
    error::{from_model, from_store},
};

/// What is needed to reach a provider.
pub struct ProviderAccount {
    /// The protocol.
    pub kind: ProviderKind,
    /// Where the API is.
    pub base_url: String,
    /// The key, if there is one.
    pub key: Option<String>,
}

/// Makes chat models of connections. Tests put a scripted one in its place.
#[async_trait]
pub trait ModelFactory: Send + Sync {
    /// The chat model behind an account.
    ///
    /// # Errors
    /// When the account's address cannot be used.
    async fn chat_model(&self, account: ProviderAccount) -> Result<Arc<dyn ChatModel>, ModelError>;

    /// A model behind an account that writes down what was said.
    ///
    /// # Errors
    /// When the account's address cannot be used.
    async fn transcriber(&self, account: ProviderAccount, model: &str) -> Result<Arc<dyn Transcriber>, ModelError>;

    /// The models that an account offers.
    ///
    /// # Errors
    /// When the provider does not tell.
    async fn list_models(&self, account: ProviderAccount) -> Result<Vec<Model>, ModelError>;
}

impl Hammock {
    /// The model of an assistant's connection, if it has one and the connection is still there.
    pub(super) async fn model_of(
        &self,
        scope: &Scope,
        settings: &AssistantSettings,
    ) -> crate::Result<Option<Arc<dyn ChatModel>>> {
        let Some(id) = &settings.connection else { return Ok(None) };
        let row = match connections::find(scope, self.store().read(), id).await {
            Ok(row) => row,
            Err(StoreError::NotFound) => return Ok(None),
            Err(error) => return Err(from_store(error)),
        };
        let account = self.account_of(scope, &row)?;
        self.0.models.chat_model(account).await.map(Some).map_err(|error| from_model(&error))
    }
}
