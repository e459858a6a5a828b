//! The writing of an answer: by the model, or by quoting where there is none or it fails.

use std::{sync::Arc, time::Duration};

use futures::StreamExt;
use hammock_contract::{
    ApiError,
    chat::{AnswerKind, Citation, MessageState, Step},
    stream::StreamEvent,
};
use hammock_llm::{ChatModel, ChatRequest, ModelError, builtin::QuotingAnswerer};
use tokio::time::Instant;

use super::{
    draft::Draft,
    making::{Broken, Making, Written},
    numbering::number_by_answer,
    words,
};
use crate::{error::from_model, render::Sources};

/// Text that comes within this time travels in one event.
const COALESCE: Duration = Duration::from_millis(60);
/// How long is waited, all in all, for a provider that wants fewer requests.
const PATIENCE: Duration = Duration::from_secs(30);
/// How long a model may write an answer, all in all.
const LONGEST: Duration = Duration::from_secs(20 * 60);
/// How many bytes of text a token can stand for. Of ordinary text it is four; a table's blanks are many more.
const BYTES_PER_TOKEN: usize = 12;
/// An answer may always be this long, however few tokens it may have. Bytes.
const SHORTEST_LIMIT: usize = 8 * 1024;

impl Making {
    /// Lets the model write, and tells what that took.
    pub(super) async fn write(
        &mut self,
        model: Option<Arc<dyn ChatModel>>,
        request: &mut ChatRequest,
        steps: &mut Vec<Step>,
        citations: &mut [Citation],
    ) -> std::result::Result<Written, Broken> {
        let began = Instant::now();
        let written = self.write_text(model, request, steps, citations).await?;
        if !written.text.trim().is_empty() {
            let detail = words::written(self.locale, self.began.elapsed(), self.usage);
            self.step(steps, "written", detail, began).await?;
        }
        Ok(written)
    }

    /// Lets the model write; the built-in answerer where there is none, where it cannot be asked as its connection is stored, or
    /// where it fails before the first word.
    async fn write_text(
        &mut self,
        model: Option<Arc<dyn ChatModel>>,
        request: &mut ChatRequest,
        steps: &mut Vec<Step>,
        citations: &mut [Citation],
    ) -> std::result::Result<Written, Broken> {
        let began = Instant::now();
        let Some(model) = model else {
            self.step(steps, "model", words::writes(self.locale, None), began).await?;
            let sources = Sources::of(citations);
            let unusable = self.unusable.take();
            let kind = if unusable.is_some() { AnswerKind::Fallback } else { AnswerKind::Quoted };
            let quoted = self.pour(&QuotingAnswerer, request, &sources, kind, steps).await?;
            return Ok(Written { error: quoted.error.or(unusable), ..quoted });
        };
        self.step(steps, "model", words::writes(self.locale, Some(&request.model)), began).await?;
        let sources = Sources::of(citations);
        let written = self.pour(&*model, request, &sources, AnswerKind::Model, steps).await?;
        let failed_at_once = written.state == MessageState::Failed && written.text.trim().is_empty();
        if !failed_at_once || request.sources.is_empty() {
            return Ok(written);
        }
        let error = written.error;
        self.step(steps, "model", words::writes(self.locale, None), Instant::now()).await?;
        // Nothing was said yet that names a source.
        if number_by_answer(request, citations) {
            self.emit(StreamEvent::Sources { citations: citations.to_vec() }).await?;
        }
        let quoted = self.pour(&QuotingAnswerer, request, &sources, AnswerKind::Fallback, steps).await?;
        Ok(Written { error: quoted.error.or(error), ..quoted })
    }

    /// Lets a model write. One that wants fewer requests is asked again when it says, while nothing is written yet and it does
    /// not take too long; a step says so to whoever waits.
    async fn pour(
        &mut self,
        model: &dyn ChatModel,
        request: &ChatRequest,
        sources: &Sources,
        kind: AnswerKind,
        steps: &mut Vec<Step>,
    ) -> std::result::Result<Written, Broken> {
        let stop = self.live.stop.clone();
        let mut waited = Duration::ZERO;
        // What is waited at least, so that a provider which always says "at once" is not asked without end.
        let mut least = Duration::ZERO;
        loop {
            let (written, error) = self.pour_once(model, request, sources, kind).await?;
            let Some(wait) = again_in(error.as_ref()).map(|wait| wait.max(least)) else { return Ok(written) };
            if !written.text.trim().is_empty() || waited.saturating_add(wait) > PATIENCE {
                return Ok(written);
            }
            self.step(steps, "wait", words::waits(self.locale, wait), Instant::now()).await?;
            tokio::select! {
                () = tokio::time::sleep(wait) => {}
                () = stop.cancelled() => {
                    return Ok(Written { state: self.live.state_when_stopped(), error: None, ..written });
                }
            }
            waited += wait;
            least = (least * 2).max(Duration::from_secs(1));
        }
    }

    /// Lets a model write once, until it ends, fails or is stopped; with what the model failed with.
    async fn pour_once(
        &mut self,
        model: &dyn ChatModel,
        request: &ChatRequest,
        sources: &Sources,
        kind: AnswerKind,
    ) -> std::result::Result<(Written, Option<ModelError>), Broken> {
        let mut draft = Draft::new(sources.clone());
        self.usage = None;
        let ended = self.fill(&mut draft, model, request).await?;
        // The stream is dropped by now: a provider does not write on while the rest is sent.
        self.flush(&mut draft).await?;
        let (state, error) = match ended {
            Ok(MessageState::Complete) if draft.text().trim().is_empty() => {
                (MessageState::Failed, Some(ModelError::Malformed("it has no text".to_owned())))
            }
            Ok(state) => (state, None),
            Err(error) => (MessageState::Failed, Some(error)),
        };
        let failure = error.as_ref().map(model_failed);
        Ok((Written { text: draft.text().to_owned(), state, kind, error: failure }, error))
    }

    /// Pours a model's stream into a draft, and the draft into events as it grows. What is left when the stream ends is not sent
    /// yet. How the answer ended, or what the model failed with.
    async fn fill(
        &mut self,
        draft: &mut Draft,
        model: &dyn ChatModel,
        request: &ChatRequest,
    ) -> std::result::Result<std::result::Result<MessageState, ModelError>, Broken> {
        let stop = self.live.stop.clone();
        // Whether the provider keeps to what it was asked for or not: nobody writes on without end.
        let most = usize::try_from(request.max_tokens).unwrap_or(usize::MAX).saturating_mul(BYTES_PER_TOKEN);
        let most = most.max(SHORTEST_LIMIT);
        let too_late = tokio::time::sleep(LONGEST);
        tokio::pin!(too_late);
        let started = tokio::select! {
            started = model.stream(request) => started,
            () = stop.cancelled() => return Ok(Ok(self.live.state_when_stopped())),
            () = &mut too_late => return Ok(Err(ModelError::TooLong)),
        };
        let mut stream = match started {
            Ok(stream) => stream,
            Err(error) => return Ok(Err(error)),
        };
        let mut flush_at: Option<Instant> = None;
        let mut flushed = Instant::now();
        loop {
            let flush = async {
                match flush_at {
                    Some(at) => tokio::time::sleep_until(at).await,
                    None => std::future::pending().await,
                }
            };
            tokio::select! {
                biased;
                () = stop.cancelled() => return Ok(Ok(self.live.state_when_stopped())),
                () = &mut too_late => return Ok(Err(ModelError::TooLong)),
                () = flush => {
                    if draft.is_due() || flushed.elapsed() >= draft.longest_wait() {
                        self.flush(draft).await?;
                        flushed = Instant::now();
                        flush_at = None;
                    } else {
                        // Not left to the next chunk: a provider may pause for long.
                        flush_at = Some(Instant::now() + COALESCE);
                    }
                }
                chunk = stream.next() => match chunk {
                    Some(Ok(chunk)) => {
                        self.usage = chunk.usage.or(self.usage);
                        if chunk.text.is_empty() {
                            continue;
                        }
                        draft.push(&chunk.text);
                        if draft.text().len() > most {
                            draft.cut(most);
                            return Ok(Err(ModelError::TooLong));
                        }
                        flush_at.get_or_insert_with(|| Instant::now() + COALESCE);
                    }
                    Some(Err(error)) => return Ok(Err(error)),
                    None => return Ok(Ok(MessageState::Complete)),
                },
            }
        }
    }
}

/// After how long a model that failed is to be asked again, if that helps.
fn again_in(error: Option<&ModelError>) -> Option<Duration> {
    match error {
        Some(ModelError::Limited { again_in, .. }) => *again_in,
        _ => None,
    }
}

fn model_failed(error: &ModelError) -> ApiError {
    tracing::warn!(%error, "a model failed");
    from_model(error)
}
