//! Every behaviour on SQLite and on PostgreSQL: one function each, run on both.

mod access;
mod branches;
mod chat;
mod chunk_edits;
mod collection_order;
mod conversation_lists;
mod crawl_changes;
mod crawls;
mod data_functions;
mod database;
mod embedding_models;
mod evaluations;
mod feedback;
mod identity;
mod interfaces;
mod jobs;
mod knowledge;
mod metadata;
mod migrations;
mod reach;
mod share_links;
mod support;
mod tenancy;
mod tenancy_sources;
mod vector_copies;
mod watched;
