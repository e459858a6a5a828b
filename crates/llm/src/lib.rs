//! Models: chat and embedding, hosted, local or built in.

pub mod builtin;
pub mod chat;
pub mod embed;
pub mod openai;
pub mod scripted;
pub mod transcribe;

#[cfg(test)]
mod conformance;

pub use chat::{
    ChatChunk, ChatModel, ChatRequest, ChatRole, ChatStream, ChatTurn, Follows, ModelError, Picture, PromptSource,
    SourcePart, TITLE_INSTRUCTION, Usage,
};
pub use embed::{EmbedError, Embedder, Prompts, Purpose};
pub use transcribe::{Speech, Transcriber};
