//! Metadata: the fields that a collection defines, what documents carry for them, and filters by them.

pub mod api;
mod document_values;
mod field_dialog;
mod field_list;
pub mod filter_draft;
mod filter_rows;
mod metadata_page;
mod value_dialog;
pub mod words;

pub use document_values::{DocumentValues, find_values};
pub use filter_rows::FilterRows;
pub use metadata_page::MetadataPage;
