//! The database: the truth about everything that Hammock knows. SQLite by default, PostgreSQL by its address.
//!
//! * [`Store`] opens the database, [`Db`] reads, [`Tx`] writes. Queries are plain functions, one module per noun.
//! * Every function that touches a tenant's data takes a [`Scope`] first and filters by its organisation inside the SQL.
//!   A thing of another tenant is [`StoreError::NotFound`], the same as one that never was.
//! * The few functions without a scope (sign-in, the job queue, the embedding worker, start-up) say so in their first line.
//! * The clock is a parameter, everywhere.

mod document_list;
mod paging;
mod reach;
mod row;

pub mod accounts;
pub mod allowed_hosts;
pub mod api_keys;
pub mod assistants;
pub mod attachments;
pub mod audit;
pub mod branches;
pub mod categories;
pub mod chunk_edits;
pub mod chunks;
pub mod collection_access;
pub mod collections;
pub mod connections;
pub mod conversations;
pub mod crawl_changes;
pub mod crawl_pages;
pub mod crawl_rests;
pub mod crawls;
pub mod data_functions;
pub mod database;
pub mod dependents;
pub mod documents;
pub mod embedding_models;
pub mod error;
pub mod evaluation_questions;
pub mod evaluation_runs;
pub mod feedback;
pub mod folding;
pub mod interfaces;
pub mod jobs;
pub mod languages;
pub mod login_attempts;
pub mod maintenance;
pub mod members;
pub mod message_texts;
pub mod messages;
pub mod metadata_fields;
pub mod metadata_filters;
pub mod metadata_values;
pub mod next_vectors;
pub mod one_time_tokens;
pub mod organisations;
pub mod past_messages;
pub mod processing;
pub mod replicas;
pub mod revisions;
pub mod runs;
pub mod scope;
pub mod secrets;
pub mod sessions;
pub mod share_links;
pub mod sitemaps;
pub mod sources;
pub mod stream_events;
pub mod vector_copies;
pub mod visitor_identities;
pub mod visitors;
pub mod waiting_chunks;
pub mod widget_errors;

pub use database::{Db, Store, StoreOptions, Task, Tx};
pub use error::{Result, StoreError};
pub use paging::part_of;
pub use row::key_of;
pub use scope::{Actor, Scope, VisitorPage};

#[cfg(test)]
mod tests;
