//! Version 1 of the public API: one module per noun, one function per verb. A handler takes the request apart, calls one
//! use case, and puts the answer together; nothing is decided here.

pub mod assistants;
pub mod attachments;
pub mod categories;
pub mod chat;
pub mod collections;
pub mod connections;
pub mod conversations;
pub mod documents;
pub mod evaluations;
pub mod feedback;
pub mod functions;
pub mod interfaces;
pub mod keys;
pub mod me;
pub mod metadata;
pub mod organisation;
pub mod public;
pub mod search;
pub mod shares;
pub mod sources;
pub mod transcriptions;
pub mod upload;
pub mod users;
pub mod visitor_conversations;
mod whole;
