//! Categories: a person's own labels for conversations. What is seen of them is in the chat.

pub mod api;
