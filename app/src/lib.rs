//! The interface, compiled twice: `ssr` renders pages on the server, `hydrate` makes them live in the browser.
//!
//! `routes` lists every page. `ui` is the design system and knows no feature; `layout` is the frame around every page;
//! then one module per feature, each with its server functions in `api.rs`.

pub mod account;
pub mod assistants;
pub mod categories;
pub mod chat;
pub mod connections;
pub mod data_functions;
pub mod error;
pub mod evaluation;
pub mod feedback;
pub mod i18n;
pub mod interfaces;
pub mod keys;
pub mod knowledge;
pub mod layout;
pub mod metadata;
pub mod organisation;
pub mod parts;
pub mod routes;
pub mod sent;
pub mod session;
pub mod sharing;
pub mod ui;
pub mod users;
pub mod wire;

#[cfg(feature = "ssr")]
pub mod api_reference;
#[cfg(feature = "ssr")]
pub mod auth;
#[cfg(feature = "ssr")]
pub mod document;
#[cfg(feature = "ssr")]
pub mod interface;
#[cfg(feature = "ssr")]
pub mod request;

#[cfg(feature = "ssr")]
pub use document::shell;
pub use error::FnError;
pub use layout::App;
