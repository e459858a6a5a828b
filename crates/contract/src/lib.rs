//! What crosses the wire: identifiers, data transfer objects, stream events, errors.
//!
//! Depends on serde alone so that the browser can share every type. Nothing here knows how a value is stored or served.
//!
//! The `server` feature adds OpenAPI schemas and the making of new ids; the browser has neither.

pub mod assistant;
pub mod attachment;
pub mod auth;
pub mod category;
pub mod chat;
pub mod check;
pub mod collection;
pub mod connection;
pub mod conversation;
pub mod crawl;
pub mod deletion;
pub mod document;
pub mod error;
pub mod evaluation;
pub mod feedback;
pub mod file_type;
pub mod function;
pub mod ids;
pub mod interfaces;
pub mod job;
pub mod key;
pub mod locale;
pub mod metadata;
pub mod misread;
pub mod nearness;
pub mod organisation;
pub mod page;
pub mod passage;
pub mod password;
pub mod reading;
pub mod retrieval;
pub mod search;
pub mod share;
pub mod source;
pub mod stream;
pub mod support;
pub mod system;
pub mod time;
pub mod transcription;
pub mod user;
pub mod visitor;
pub mod wait;

pub use error::{ApiError, ErrorCode, ErrorKind};
pub use ids::*;
pub use page::Page;
pub use time::Timestamp;
