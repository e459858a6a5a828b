//! Feedback: what people say about answers, for whoever looks after the assistants.

pub mod api;
mod context;
mod feedback_page;
mod words;

pub use context::Sources;
pub use feedback_page::FeedbackPage;
pub use words::{reason_of, reason_options, reason_value};
