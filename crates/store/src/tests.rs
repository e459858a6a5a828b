//! Every behaviour on SQLite and on PostgreSQL: one function each, run on both.

mod access;
mod chat;
mod chunk_edits;
mod crawls;
mod data_functions;
mod database;
mod evaluations;
mod identity;
mod jobs;
mod knowledge;
mod migrations;
mod reach;
mod support;
mod tenancy;
mod watched;
