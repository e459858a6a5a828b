//! How well search finds what it should in a collection: its questions, and their runs.

pub mod api;
mod board;
mod document_picker;
mod evaluation_page;
mod import;
mod import_dialog;
mod question_dialog;
mod question_list;
mod run_list;
mod run_report;
mod words;

pub use evaluation_page::EvaluationPage;
pub use question_list::{Expected, LastResult, search_address};
pub use words::share;
