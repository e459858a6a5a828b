//! The server from the outside: the same router as in production, in this process, on a data directory of its own.

#![expect(clippy::unwrap_used, reason = "a test that meets something else than it expects may stop there")]

mod api;
mod attachments;
mod authorisation;
mod branches;
mod chunks;
mod command_line;
mod conversations;
mod crawl_command;
mod crawls;
mod doctor_command;
mod embedding;
mod entrance;
mod evaluations;
mod feedback;
mod functions;
mod hostile;
mod http;
mod interfaces;
mod kill;
mod manual;
mod metadata;
mod metrics;
mod openapi;
mod organisation;
mod output;
mod pages;
mod providers;
mod public_chat;
mod reach;
mod replicas;
mod retrieval;
mod roles;
mod sharing;
mod shutdown;
mod sign_in;
mod streams;
mod support;
mod tidying;
mod tls;
mod transcriptions;
mod unsupported;
mod visitor_sign_in;
mod visitor_uploads;
mod visitors;
