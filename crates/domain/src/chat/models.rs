//! From a connection to a chat model.

use std::sync::Arc;

use async_trait::async_trait;
use hammock_contract::connection::{Model, ProviderKind};
use hammock_llm::{ChatModel, ModelError};

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

    /// The models that an account offers.
    ///
    /// # Errors
    /// When the provider does not tell.
    async fn list_models(&self, account: ProviderAccount) -> Result<Vec<Model>, ModelError>;
}
