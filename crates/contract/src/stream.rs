//! The events of an answer that is being made.
//!
//! Every event has an id of the form `<run>:<sequence>` and is stored before it is sent; a client that lost its connection
//! hands back the last id that it saw and misses nothing.

use serde::{Deserialize, Serialize};

use crate::{
    ConversationId, MessageId, RunId,
    chat::{Citation, Message, Step},
};

/// One event of an answer.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum StreamEvent {
    /// The question is stored and the answer begins. Always the first.
    Started {
        /// The conversation.
        conversation: ConversationId,
        /// Its title.
        title: String,
        /// The run; with it the answer can be stopped and resumed.
        run: RunId,
        /// The question as it was stored.
        question: Box<Message>,
        /// The id of the answer.
        answer: MessageId,
    },
    /// A step on the way was taken.
    Step {
        /// The step.
        step: Step,
    },
    /// The passages that the answer can refer to, before the text that does.
    Sources {
        /// The passages.
        citations: Vec<Citation>,
    },
    /// More text.
    Delta {
        /// The text to append, Markdown.
        text: String,
        /// Which block of the answer the HTML is, from 0. Earlier blocks do not change any more.
        block: u32,
        /// The whole of that block as sanitised HTML: it replaces what was shown of the block before.
        html: String,
    },
    /// The answer ended, one way or another: `message.state` tells. Always the last.
    Done {
        /// The whole answer as it was stored; it replaces everything shown before.
        message: Box<Message>,
    },
}

/// The id of an event.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EventId {
    /// The run.
    pub run: RunId,
    /// The place in the run, from 1.
    pub sequence: u64,
}

impl std::fmt::Display for EventId {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}:{}", self.run, self.sequence)
    }
}

impl std::str::FromStr for EventId {
    type Err = crate::ids::InvalidId;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let invalid = crate::ids::InvalidId { expected: RunId::PREFIX };
        let (run, sequence) = text.split_once(':').ok_or(invalid.clone())?;
        Ok(Self { run: run.parse()?, sequence: sequence.parse().map_err(|_| invalid)? })
    }
}
