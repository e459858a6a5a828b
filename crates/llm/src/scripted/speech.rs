//! A transcriber that hears what a test tells it to.

use std::{collections::VecDeque, sync::Arc};

use async_trait::async_trait;
use parking_lot::Mutex;

use crate::{
    ModelError,
    transcribe::{Speech, Transcriber},
};

/// A transcriber for tests: gives its replies in order, the last one again and again, and remembers what it was given.
/// Clones share everything.
#[derive(Clone, Default)]
pub struct ScriptedTranscriber {
    inner: Arc<Inner>,
}

#[derive(Default)]
struct Inner {
    replies: Mutex<VecDeque<Result<String, ModelError>>>,
    heard: Mutex<Vec<Speech>>,
}

impl ScriptedTranscriber {
    /// Gives these replies, in order. Without any, it refuses.
    #[must_use]
    pub fn new(replies: impl IntoIterator<Item = Result<String, ModelError>>) -> Self {
        let replies = Mutex::new(replies.into_iter().collect());
        Self { inner: Arc::new(Inner { replies, heard: Mutex::default() }) }
    }

    /// Adds a reply at the end.
    pub fn push(&self, reply: Result<String, ModelError>) {
        self.inner.replies.lock().push_back(reply);
    }

    /// What it was given so far.
    #[must_use]
    pub fn heard(&self) -> Vec<Speech> {
        self.inner.heard.lock().clone()
    }
}

#[async_trait]
impl Transcriber for ScriptedTranscriber {
    async fn transcribe(&self, speech: &Speech) -> Result<String, ModelError> {
        self.inner.heard.lock().push(speech.clone());
        let mut replies = self.inner.replies.lock();
        let reply = if replies.len() > 1 { replies.pop_front() } else { replies.front().cloned() };
        reply
            .unwrap_or_else(|| Err(ModelError::Rejected("the script is empty".to_owned())))
            .map(|text| text.trim().to_owned())
    }
}
