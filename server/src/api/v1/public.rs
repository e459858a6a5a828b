//! What visitors may do, who have no account: come in, chat, send files, and say what they think of answers. Nothing else is open to them.

pub mod attachments;
pub mod chat;
pub mod conversations;
pub mod visitors;
