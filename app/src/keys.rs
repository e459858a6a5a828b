//! Keys of the public API.

pub mod api;
mod keys_page;

pub use keys_page::KeysPage;
