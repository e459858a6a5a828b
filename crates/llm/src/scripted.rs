//! A chat model that does what a test tells it to, and an embedding model beside it.

mod speech;
mod words;

use std::collections::VecDeque;
use std::sync::Arc;

use async_trait::async_trait;
use futures::stream;
use parking_lot::Mutex;
use tokio::sync::Notify;

use crate::{ChatChunk, ChatModel, ChatRequest, ChatStream, ModelError, Usage};

pub use speech::ScriptedTranscriber;
pub use words::WordEmbedder;

/// One thing that a scripted answer does.
#[derive(Debug, Clone)]
pub enum Step {
    /// Says this.
    Say(String),
    /// Breaks with this error.
    Fail(ModelError),
    /// Waits until [`ScriptedModel::release`].
    Hang,
    /// Says the texts of all sources, one after the other: a model that does what the passages tell it to.
    EchoSources,
    /// Says this again and again, until the stream is dropped.
    Repeat(String),
    /// Says what the answer took.
    Count(Usage),
    /// Panics, as a defect would.
    Panic,
}

/// One scripted answer.
#[derive(Debug, Clone)]
pub enum Reply {
    /// A stream of these.
    Stream(Vec<Step>),
    /// No answer is begun.
    Refuse(ModelError),
}

/// A chat model for tests: gives its replies in order, the last one again and again, and remembers what it was asked. Requests for
/// titles have replies of their own, and count for nothing else. Clones share everything.
#[derive(Clone)]
pub struct ScriptedModel {
    inner: Arc<Inner>,
}

struct Inner {
    replies: Mutex<VecDeque<Reply>>,
    requests: Mutex<Vec<ChatRequest>>,
    titles: Mutex<VecDeque<Reply>>,
    title_requests: Mutex<Vec<ChatRequest>>,
    released: Notify,
    /// Streams that are open, counted by what they hold.
    open: Arc<()>,
}

impl ScriptedModel {
    /// Gives these replies, in order. Without any, it refuses.
    #[must_use]
    pub fn new(replies: impl IntoIterator<Item = Reply>) -> Self {
        let replies = Mutex::new(replies.into_iter().collect());
        let inner = Inner {
            replies,
            requests: Mutex::default(),
            titles: Mutex::default(),
            title_requests: Mutex::default(),
            released: Notify::new(),
            open: Arc::new(()),
        };
        Self { inner: Arc::new(inner) }
    }

    /// Says one text, in pieces of one word.
    #[must_use]
    pub fn saying(text: &str) -> Self {
        let steps = text.split_inclusive(' ').map(|word| Step::Say(word.to_owned())).collect();
        Self::new([Reply::Stream(steps)])
    }

    /// Obeys whatever stands in the sources, word for word.
    #[must_use]
    pub fn echoing_sources() -> Self {
        Self::new([Reply::Stream(vec![Step::EchoSources])])
    }

    /// Adds a reply at the end.
    pub fn push(&self, reply: Reply) {
        self.inner.replies.lock().push_back(reply);
    }

    /// Adds a reply to requests for titles, which are given in order; where there is none left, it refuses.
    pub fn push_title(&self, reply: Reply) {
        self.inner.titles.lock().push_back(reply);
    }

    /// The requests for titles so far.
    #[must_use]
    pub fn title_requests(&self) -> Vec<ChatRequest> {
        self.inner.title_requests.lock().clone()
    }

    /// What it was asked so far, titles aside.
    #[must_use]
    pub fn requests(&self) -> Vec<ChatRequest> {
        self.inner.requests.lock().clone()
    }

    /// Lets one stream that hangs go on, now or as soon as one does.
    pub fn release(&self) {
        self.inner.released.notify_one();
    }

    /// How many streams are open: neither read to their end nor dropped.
    #[must_use]
    pub fn open_streams(&self) -> usize {
        Arc::strong_count(&self.inner.open) - 1
    }
}

#[async_trait]
impl ChatModel for ScriptedModel {
    async fn stream(&self, request: &ChatRequest) -> Result<ChatStream, ModelError> {
        let reply = if request.asks_for_title() {
            self.inner.title_requests.lock().push(request.clone());
            self.inner.titles.lock().pop_front()
        } else {
            self.inner.requests.lock().push(request.clone());
            let mut replies = self.inner.replies.lock();
            if replies.len() > 1 { replies.pop_front() } else { replies.front().cloned() }
        };
        let steps = match reply {
            Some(Reply::Stream(steps)) => steps,
            Some(Reply::Refuse(error)) => return Err(error),
            None => return Err(ModelError::Rejected("the script is empty".to_owned())),
        };
        let playing = Playing {
            inner: Arc::clone(&self.inner),
            steps: steps.into(),
            sources: request.sources.iter().map(|source| source.text.clone()).collect(),
            _open: Arc::clone(&self.inner.open),
        };
        Ok(Box::pin(stream::unfold(playing, |mut playing| async move {
            let item = playing.next().await?;
            Some((item, playing))
        })))
    }
}

struct Playing {
    inner: Arc<Inner>,
    steps: VecDeque<Step>,
    sources: Vec<String>,
    _open: Arc<()>,
}

impl Playing {
    async fn next(&mut self) -> Option<Result<ChatChunk, ModelError>> {
        loop {
            match self.steps.pop_front()? {
                Step::Say(text) => return Some(Ok(ChatChunk::text(text))),
                Step::Count(usage) => return Some(Ok(ChatChunk { text: String::new(), usage: Some(usage) })),
                Step::Fail(error) => {
                    self.steps.clear();
                    return Some(Err(error));
                }
                Step::Hang => self.inner.released.notified().await,
                Step::Panic => panic!("the script says so"),
                Step::EchoSources => {
                    for text in self.sources.iter().rev() {
                        self.steps.push_front(Step::Say(format!("{text}\n\n")));
                    }
                }
                Step::Repeat(text) => {
                    // An endless answer must leave others a turn.
                    tokio::task::yield_now().await;
                    self.steps.push_front(Step::Repeat(text.clone()));
                    return Some(Ok(ChatChunk::text(text)));
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use futures::StreamExt;

    use super::*;
    use crate::{
        TITLE_INSTRUCTION,
        conformance::{collect, request},
    };

    #[tokio::test]
    async fn replies_come_in_order_and_requests_are_kept() {
        let failure = ModelError::Limited { reason: "later".to_owned(), again_in: None };
        let model = ScriptedModel::new([
            Reply::Refuse(failure.clone()),
            Reply::Stream(vec![Step::Say("half".to_owned()), Step::Fail(failure.clone())]),
        ]);
        assert_eq!(model.stream(&request("one")).await.err(), Some(failure.clone()));
        let (text, error) = collect(model.stream(&request("two")).await.unwrap()).await;
        assert_eq!((text.as_str(), error), ("half", Some(failure)));
        let asked: Vec<String> = model.requests().into_iter().map(|request| request.question).collect();
        assert_eq!(asked, ["one", "two"]);
    }

    #[tokio::test]
    async fn titles_take_none_of_the_replies() {
        let model = ScriptedModel::saying("there");
        let mut asked = request("?");
        asked.turns[0].text = format!("{TITLE_INSTRUCTION} Keep it short.");
        assert!(model.stream(&asked).await.is_err(), "none is there");
        model.push_title(Reply::Stream(vec![Step::Say("Where to".to_owned())]));
        assert_eq!(collect(model.stream(&asked).await.unwrap()).await.0, "Where to");
        assert_eq!(collect(model.stream(&request("one")).await.unwrap()).await.0, "there");
        assert_eq!((model.requests().len(), model.title_requests().len()), (1, 2));
    }

    #[tokio::test]
    async fn it_hangs_until_it_is_released() {
        let model = ScriptedModel::new([Reply::Stream(vec![Step::Hang, Step::Say("there".to_owned())])]);
        let mut stream = model.stream(&request("?")).await.unwrap();
        assert!(tokio::time::timeout(Duration::from_millis(30), stream.next()).await.is_err());
        assert_eq!(model.open_streams(), 1);
        model.release();
        assert_eq!(collect(stream).await.0, "there");
        assert_eq!(model.open_streams(), 0);
    }

    #[tokio::test]
    async fn it_says_what_the_sources_say() {
        let model = ScriptedModel::echoing_sources();
        let asked = request("?");
        let sources: Vec<String> = asked.sources.iter().map(|source| source.text.clone()).collect();
        assert_eq!(collect(model.stream(&asked).await.unwrap()).await.0, format!("{}\n\n", sources.join("\n\n")));
    }
}
