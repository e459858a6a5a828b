//! Accounts with model providers.

pub mod api;
mod connection_card;
mod connection_dialog;
mod connections_page;

pub use connections_page::ConnectionsPage;
