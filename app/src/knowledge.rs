//! The *Data* section: collections of knowledge, their sources, their documents.

mod access_draft;
mod access_fields;
mod access_fold;
pub mod api;
mod chunk_block;
mod collection_dialogs;
mod collection_page;
mod collections_page;
mod crawl_history;
mod document_page;
mod documents_table;
mod edit_chunk;
mod held_crawl;
mod hidden_collections;
mod live;
mod people_picker;
pub mod retrieval_fields;
mod search_hits;
mod search_page;
mod search_verdict;
mod source_dialog;
mod source_fields;
mod source_list;
mod states;
mod unused_edits;
mod upload;
mod upload_area;
mod uploads;

pub use collection_page::{CollectionPage, CollectionTabs};
pub use collections_page::CollectionsPage;
pub use document_page::DocumentPage;
pub use live::parse_collection;
pub use search_page::SearchPage;
