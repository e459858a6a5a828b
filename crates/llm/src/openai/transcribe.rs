//! Models behind the API that write down what was said.

use std::time::Duration;

use async_openai::config::Config;
use async_trait::async_trait;
use reqwest::multipart::{Form, Part};
use serde::Deserialize;

use super::{Provider, transport};
use crate::{
    ModelError,
    transcribe::{Speech, Transcriber, ending_of},
};

/// How long a provider may take to write down a recording, which can be ten minutes long.
const TRANSCRIPTION_LIMIT: Duration = Duration::from_secs(120);

/// A model of an account that writes down what was said.
pub struct OpenAiTranscriber {
    provider: Provider,
    model: String,
}

impl OpenAiTranscriber {
    pub(super) const fn new(provider: Provider, model: String) -> Self {
        Self { provider, model }
    }

    async fn ask(&self, speech: &Speech) -> Result<String, ModelError> {
        #[derive(Deserialize)]
        struct Written {
            text: String,
        }
        let account = self.provider.account.for_model(&self.model);
        let http = self.provider.http().await?;
        let file = Part::stream(speech.audio.clone())
            .file_name(format!("speech.{}", ending_of(&speech.media_type)))
            .mime_str(&speech.media_type)
            .map_err(|_| ModelError::Rejected("the recording has no media type".to_owned()))?;
        let mut form = Form::new().part("file", file).text("model", self.model.clone()).text("response_format", "json");
        if let Some(language) = &speech.language {
            form = form.text("language", language.clone());
        }
        let request = http
            .post(account.url("/audio/transcriptions"))
            .headers(account.headers())
            .query(&account.query())
            .multipart(form)
            .build()
            .map_err(|_| ModelError::Rejected("the request cannot be made".to_owned()))?;
        let answer = transport::answer_to(request, &http, &account).await?;
        let written: Written = serde_json::from_slice(&answer)
            .map_err(|_| ModelError::Malformed("it is no text of what was said".to_owned()))?;
        Ok(written.text.trim().to_owned())
    }
}

#[async_trait]
impl Transcriber for OpenAiTranscriber {
    async fn transcribe(&self, speech: &Speech) -> Result<String, ModelError> {
        tokio::time::timeout(TRANSCRIPTION_LIMIT, self.ask(speech))
            .await
            .unwrap_or_else(|_| Err(transport::silent(TRANSCRIPTION_LIMIT)))
    }
}
