//! From a connection to a chat model, and to one that writes down what was said.

use std::sync::Arc;

use async_trait::async_trait;
use hammock_contract::{
    ApiError,
    assistant::AssistantSettings,
    connection::{Model, ProviderKind},
};
use hammock_llm::{ChatModel, ModelError, Transcriber};
use hammock_store::{Scope, StoreError, connections};

use crate::{
    AskedFor, Hammock,
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
    /// For whom it is reached.
    pub asked_for: AskedFor,
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

/// Who writes the answers of an assistant.
pub(super) enum Writer {
    /// The model of its connection.
    Model(Arc<dyn ChatModel>),
    /// No model: it has no connection, or the connection is gone.
    Nobody,
    /// No model, although there is a connection: it cannot be used as it is stored.
    Unusable(ApiError),
}

impl Hammock {
    /// Who writes the answers of an assistant with these settings.
    pub(super) async fn writer_of(&self, scope: &Scope, settings: &AssistantSettings) -> crate::Result<Writer> {
        let Some(id) = &settings.connection else { return Ok(Writer::Nobody) };
        let row = match connections::find(scope, self.store().read(), id).await {
            Ok(row) => row,
            Err(StoreError::NotFound) => return Ok(Writer::Nobody),
            Err(error) => return Err(from_store(error)),
        };
        let account = match self.account_of(scope, &row) {
            Ok(account) => account,
            Err(error) => {
                let reason = format!(
                    "the key of the connection “{}” can no longer be read; enter it again, or put the file secrets.key back \
                     that it was stored with",
                    row.name
                );
                // Whoever reads an answer has no field before them.
                return Ok(Writer::Unusable(ApiError { field: None, ..error }.with("reason", reason)));
            }
        };
        Ok(match self.0.models.chat_model(account).await {
            Ok(model) => Writer::Model(model),
            Err(error) => {
                tracing::warn!(%error, connection = %row.id, "a connection cannot be used");
                Writer::Unusable(from_model(&error))
            }
        })
    }
}
