//! Accounts with model providers.

pub mod api;
mod connection_card;
mod connection_dialog;
mod connections_page;
mod known_models;

pub use connections_page::ConnectionsPage;
pub use known_models::KnownModels;
