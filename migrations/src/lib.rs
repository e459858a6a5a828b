//! The versions of the database schema, in order. A version that was released is never edited: the next one changes it.
//!
//! The schema is portable between SQLite and PostgreSQL: identifiers and enumerations are text, points in time are `BIGINT`
//! milliseconds since 1970, JSON is text that SQL never looks into, and what is searched without regard to case has a
//! lower-case column of its own.

mod m20261120_000001_foundation;
mod m20261126_000002_replicas;
mod m20261127_000003_places;
mod m20261127_000004_crawls;
mod m20261127_000010_chunk_edits;
mod m20261127_000020_evaluations;
mod m20261127_000030_rendered;
mod m20261127_000040_retrieval_settings;
mod m20261127_000050_collection_access;
mod m20261128_000010_crawl_pages;
mod m20261128_000020_metadata;
mod m20261128_000030_data_functions;
mod m20261128_000040_embedding_models;
mod m20261128_000060_crawl_changes;
mod m20261128_000070_source_descriptions;
mod m20261128_000080_crawl_rests;
mod m20261129_000010_conversation_lists;
mod m20261129_000020_unsupported;
mod m20261129_000030_share_links;
mod m20261129_000040_feedback;
mod m20261129_000110_interfaces;
mod m20261129_000120_visitors;
mod m20261129_000210_branches;
mod m20261129_000310_attachments;
mod m20261129_000320_kept_attachments;
mod m20261129_000410_visitor_identities;
mod m20261129_000420_transcription;
mod m20261129_000430_chat_order;
mod m20261129_000510_visitor_places;
mod m20261129_000520_visitor_contacts;
mod m20261129_000530_continued_answers;
mod m20261130_000110_waiting_pages;
mod m20261130_000210_allowed_hosts;

pub use sea_orm_migration::MigratorTrait;
use sea_orm_migration::{MigrationTrait, async_trait};

/// Applies the versions that a database does not have yet.
pub struct Migrator;

#[async_trait::async_trait]
impl MigratorTrait for Migrator {
    fn migrations() -> Vec<Box<dyn MigrationTrait>> {
        vec![
            Box::new(m20261120_000001_foundation::Migration),
            Box::new(m20261126_000002_replicas::Migration),
            Box::new(m20261127_000003_places::Migration),
            Box::new(m20261127_000004_crawls::Migration),
            Box::new(m20261127_000010_chunk_edits::Migration),
            Box::new(m20261127_000020_evaluations::Migration),
            Box::new(m20261127_000030_rendered::Migration),
            Box::new(m20261127_000040_retrieval_settings::Migration),
            Box::new(m20261127_000050_collection_access::Migration),
            Box::new(m20261128_000010_crawl_pages::Migration),
            Box::new(m20261128_000020_metadata::Migration),
            Box::new(m20261128_000030_data_functions::Migration),
            Box::new(m20261128_000040_embedding_models::Migration),
            Box::new(m20261128_000060_crawl_changes::Migration),
            Box::new(m20261128_000070_source_descriptions::Migration),
            Box::new(m20261128_000080_crawl_rests::Migration),
            Box::new(m20261129_000010_conversation_lists::Migration),
            Box::new(m20261129_000020_unsupported::Migration),
            Box::new(m20261129_000030_share_links::Migration),
            Box::new(m20261129_000040_feedback::Migration),
            Box::new(m20261129_000110_interfaces::Migration),
            Box::new(m20261129_000120_visitors::Migration),
            Box::new(m20261129_000210_branches::Migration),
            Box::new(m20261129_000310_attachments::Migration),
            Box::new(m20261129_000320_kept_attachments::Migration),
            Box::new(m20261129_000410_visitor_identities::Migration),
            Box::new(m20261129_000420_transcription::Migration),
            Box::new(m20261129_000430_chat_order::Migration),
            Box::new(m20261129_000510_visitor_places::Migration),
            Box::new(m20261129_000520_visitor_contacts::Migration),
            Box::new(m20261129_000530_continued_answers::Migration),
            Box::new(m20261130_000110_waiting_pages::Migration),
            Box::new(m20261130_000210_allowed_hosts::Migration),
        ]
    }
}
