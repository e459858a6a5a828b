//! Chat: the list of conversations, the thread with its streaming answer, the sources beside it.

mod answer;
mod answer_block;
pub mod api;
mod chat_page;
mod composer;
mod conversation_list;
mod days;
mod passage;
mod source_panel;
#[cfg(any(feature = "hydrate", test))]
mod sse;
#[cfg(feature = "hydrate")]
mod stream;
#[cfg(feature = "hydrate")]
mod tabs;
#[cfg_attr(not(feature = "hydrate"), expect(dead_code, reason = "events arrive in the browser alone"))]
mod thread;
mod unsupported;
mod welcome;

pub use chat_page::ChatPage;
pub use passage::{marks_in, marks_part, passage_address};
