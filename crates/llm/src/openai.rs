//! Hosted and local model servers that speak the OpenAI API: OpenAI, Azure AI Foundry, Ollama, vLLM and many more.

mod account;
mod chat;
mod embed;
mod lines;
mod pictures;
mod transcribe;
mod transport;
mod watch;

use std::time::Duration;

use hammock_contract::connection::{Model, ProviderKind};
use hammock_net::NetError;
use serde::Deserialize;

pub use chat::OpenAiChat;
pub use embed::OpenAiEmbedder;
pub use transcribe::OpenAiTranscriber;

use crate::ModelError;
use account::Account;
use watch::Watch;

/// How long a provider may take to list its models or to embed a batch.
const ANSWER_LIMIT: Duration = Duration::from_secs(60);

/// An account with a provider: where it is, how the key is sent, and the guarded client that reaches it. Cheap to clone.
#[derive(Clone)]
pub struct Provider {
    net: hammock_net::Client,
    account: Account,
}

impl Provider {
    /// An account. An empty `base_url` is the provider's own; for [`ProviderKind::Compatible`] there is none. A `base_url`
    /// may hold a query, such as `?api-version=…`, which then goes with every request.
    ///
    /// # Errors
    /// [`ModelError::Rejected`] when the address is none, or the key holds characters that no header may have.
    pub fn new(
        net: hammock_net::Client,
        kind: ProviderKind,
        base_url: &str,
        key: Option<String>,
    ) -> Result<Self, ModelError> {
        Ok(Self { net, account: Account::new(kind, base_url, key)? })
    }

    /// The chat models of the account; which one is said by each request.
    #[must_use]
    pub fn chat(&self) -> OpenAiChat {
        OpenAiChat::new(self.clone())
    }

    /// A model of the account that writes down what was said.
    #[must_use]
    pub fn transcriber(&self, model: &str) -> OpenAiTranscriber {
        OpenAiTranscriber::new(self.clone(), model.to_owned())
    }

    /// The models that the provider offers, by name. Azure lists what can be deployed, not what is.
    ///
    /// # Errors
    /// When the provider does not tell.
    pub async fn list_models(&self) -> Result<Vec<Model>, ModelError> {
        #[derive(Deserialize)]
        struct Listing {
            data: Vec<Listed>,
        }
        #[derive(Deserialize)]
        struct Listed {
            id: String,
        }
        let client = self.client("").await?;
        let listing: Listing = tokio::time::timeout(ANSWER_LIMIT, client.models().list_byot())
            .await
            .map_err(|_| transport::silent(ANSWER_LIMIT))?
            .map_err(|error| transport::model_error(error, &self.account))?;
        let mut models: Vec<Model> = listing.data.into_iter().map(|listed| Model { id: listed.id }).collect();
        models.sort_by(|one, other| one.id.cmp(&other.id));
        models.dedup();
        Ok(models)
    }

    /// The library's client for one model, through the guard.
    async fn client(&self, model: &str) -> Result<async_openai::Client<Account>, ModelError> {
        self.client_with(model, None).await
    }

    /// The same for an answer that streams, with a watch over it.
    async fn watched_client(&self, model: &str, watch: &Watch) -> Result<async_openai::Client<Account>, ModelError> {
        self.client_with(model, Some(watch.clone())).await
    }

    async fn client_with(
        &self,
        model: &str,
        watch: Option<Watch>,
    ) -> Result<async_openai::Client<Account>, ModelError> {
        let http = self.http().await?;
        let account = self.account.for_model(model);
        let service = transport::service(http.clone(), account.clone(), watch);
        Ok(async_openai::Client::build(http, account).with_http_service(service))
    }

    /// The guarded client.
    async fn http(&self) -> Result<reqwest::Client, ModelError> {
        self.net.http_client_for(self.account.base()).await.map_err(|error| match error {
            NetError::Forbidden { .. } => ModelError::Forbidden(error.to_string()),
            NetError::NotListed { host } => ModelError::NotListed { host },
            other => ModelError::Unreachable(other.to_string()),
        })
    }
}

#[cfg(test)]
mod tests;
