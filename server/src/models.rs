//! Models of connections: whatever speaks the OpenAI API, reached through the egress guard.

use std::sync::Arc;

use async_trait::async_trait;
use hammock_contract::connection::Model;
use hammock_domain::{ModelFactory, ProviderAccount};
use hammock_llm::{ChatModel, ModelError, Transcriber, openai::Provider};
use hammock_net::Client;

use crate::metrics::failures::Counted;

/// Makes chat models of connections.
pub struct Providers {
    net: Client,
}

impl Providers {
    /// Reaches providers through `net`, for an organisation as far as its list lets it.
    pub const fn new(net: Client) -> Self {
        Self { net }
    }

    fn provider(&self, account: ProviderAccount) -> Result<Provider, ModelError> {
        let ProviderAccount { kind, base_url, key, asked_for } = account;
        Provider::new(asked_for.client(&self.net), kind, &base_url, key)
    }
}

#[async_trait]
impl ModelFactory for Providers {
    async fn chat_model(&self, account: ProviderAccount) -> Result<Arc<dyn ChatModel>, ModelError> {
        Ok(Arc::new(Counted(self.provider(account)?.chat())))
    }

    async fn transcriber(&self, account: ProviderAccount, model: &str) -> Result<Arc<dyn Transcriber>, ModelError> {
        Ok(Arc::new(Counted(self.provider(account)?.transcriber(model))))
    }

    async fn list_models(&self, account: ProviderAccount) -> Result<Vec<Model>, ModelError> {
        self.provider(account)?.list_models().await
    }
}
