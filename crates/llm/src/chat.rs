//! What a chat model takes and gives.

use std::{pin::Pin, time::Duration};

use async_trait::async_trait;
use futures::Stream;
use hammock_contract::assistant::Vision;

/// Who speaks in a prompt.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ChatRole {
    /// Instructions.
    System,
    /// The person.
    User,
    /// The model.
    Assistant,
}

/// One turn of a prompt.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ChatTurn {
    /// Who speaks.
    pub role: ChatRole,
    /// What is said.
    pub text: String,
}

/// A passage that the answer may refer to by its number.
#[derive(Debug, Clone, PartialEq)]
pub struct PromptSource {
    /// The number that the server issued, from 1.
    pub number: u32,
    /// The document's title and headings.
    pub title: String,
    /// The passage.
    pub text: String,
    /// ISO 639-1 code of the document's language, where it was recognised.
    pub language: Option<String>,
    /// The source that this one goes on from, where that is among the sources.
    pub follows: Option<Follows>,
    /// The passages that it was made of, in order, where they are known: neighbours are one source.
    pub parts: Vec<SourcePart>,
}

/// A passage that was found, as a part of a source.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SourcePart {
    /// Where it begins in the source's text. Bytes, at a character.
    pub start: usize,
    /// Its place among all passages that were found, best first. From 0.
    pub rank: usize,
}

/// That a passage begins where another one of its document ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Follows {
    /// The number of the source before it.
    pub number: u32,
    /// How much white space of the document lies between the two. Bytes.
    pub gap: u32,
}

/// A picture that a person put into the conversation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Picture {
    /// Its name.
    pub name: String,
    /// The picture itself, as a `data:` address.
    pub data_url: String,
}

/// A prompt. `turns` is complete: the sources stand in it as text. `question` and `sources` repeat them in structured form
/// for the built-in answerer and for tests.
#[derive(Debug, Clone, PartialEq)]
pub struct ChatRequest {
    /// The provider's name of the model.
    pub model: String,
    /// The prompt, system turn first.
    pub turns: Vec<ChatTurn>,
    /// The question alone.
    pub question: String,
    /// The passages alone.
    pub sources: Vec<PromptSource>,
    /// Pictures that go with the last turn, for models that can see.
    pub pictures: Vec<Picture>,
    /// Whether the model can see them. Of one that cannot, the names are told alone.
    pub vision: Vision,
    /// ISO 639-1 code of the question's language, where it was recognised.
    pub language: Option<String>,
    /// Whether the sources may well not hold the answer.
    pub is_weak: bool,
    /// 0 to 2.
    pub temperature: f32,
    /// The longest answer. Tokens.
    pub max_tokens: u32,
}

/// How the system turn begins of a request that asks for the title of a conversation: no such request is a question of a person,
/// which is how whoever plays a model in tests tells the two apart.
pub const TITLE_INSTRUCTION: &str = "Write the title of a conversation.";

impl ChatRequest {
    /// Whether it asks for the title of a conversation.
    #[must_use]
    pub fn asks_for_title(&self) -> bool {
        self.turns.first().is_some_and(|turn| turn.role == ChatRole::System && turn.text.starts_with(TITLE_INSTRUCTION))
    }
}

/// What an answer took, as the provider counts it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Usage {
    /// The prompt. Tokens.
    pub read: u64,
    /// The answer, with what the model thought before it. Tokens.
    pub written: u64,
}

/// A piece of an answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ChatChunk {
    /// Text to append. Always whole characters; empty where only the rest is said.
    pub text: String,
    /// What the answer has taken so far, where the provider says it. The last one counts.
    pub usage: Option<Usage>,
}

impl ChatChunk {
    /// A piece of text.
    #[must_use]
    pub const fn text(text: String) -> Self {
        Self { text, usage: None }
    }
}

/// Why a model did not answer. Messages never hold a key.
#[derive(Debug, Clone, thiserror::Error, PartialEq, Eq)]
pub enum ModelError {
    /// No connection to the provider could be made.
    #[error("the provider cannot be reached: {0}")]
    Unreachable(String),
    /// The provider was reached, and reported an error of its own.
    #[error("the provider failed: {0}")]
    Failed(String),
    /// The provider was reached, and said nothing for too long.
    #[error("the provider took too long: {0}")]
    Silent(String),
    /// The connection broke before the answer was complete.
    #[error("the connection to the provider broke: {0}")]
    Broken(String),
    /// The provider refused the key or the account.
    #[error("the provider refused the key: {0}")]
    Refused(String),
    /// The provider wants fewer requests, or the account has no more credit.
    #[error("the provider wants fewer requests: {reason}")]
    Limited {
        /// What the provider says.
        reason: String,
        /// After how long to ask again; `None` where waiting does not help.
        again_in: Option<Duration>,
    },
    /// The address leads into a network that the operator does not let requests into.
    #[error("the address is refused: {0}")]
    Forbidden(String),
    /// The host of the address is on none of the lines of the list that the organisation has narrowed its requests to.
    #[error("the list of hosts that requests of this organisation may go to does not contain {host}")]
    NotListed {
        /// The host, with its port where that is not the usual one.
        host: String,
    },
    /// The provider has no such model, or did not understand the request.
    #[error("the provider did not accept the request: {0}")]
    Rejected(String),
    /// The provider answered something else than its protocol says. Told in our words, never in a parser's.
    #[error("the provider's answer could not be read: {0}")]
    Malformed(String),
    /// The answer reached the length that it may have. What came before is its beginning, and can be gone on with.
    #[error("the answer reached its longest length")]
    TooLong,
}

impl ModelError {
    /// What is said about it beyond its kind: the provider's own words where it has any; empty where the kind says all.
    #[must_use]
    pub fn reason(&self) -> &str {
        match self {
            Self::Unreachable(reason)
            | Self::Failed(reason)
            | Self::Silent(reason)
            | Self::Broken(reason)
            | Self::Refused(reason)
            | Self::Limited { reason, .. }
            | Self::Forbidden(reason)
            | Self::Rejected(reason)
            | Self::Malformed(reason) => reason,
            Self::NotListed { .. } | Self::TooLong => "",
        }
    }
}

/// An answer that streams. Dropping it ends the request to the provider.
pub type ChatStream = Pin<Box<dyn Stream<Item = Result<ChatChunk, ModelError>> + Send>>;

/// A chat model.
#[async_trait]
pub trait ChatModel: Send + Sync {
    /// Begins an answer.
    ///
    /// # Errors
    /// When the provider does not begin one; later failures come in the stream.
    async fn stream(&self, request: &ChatRequest) -> Result<ChatStream, ModelError>;
}
