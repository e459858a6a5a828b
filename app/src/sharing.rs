//! Conversations that others read by a link: what makes and revokes the links (their dialog is a part of the chat), and the page
//! that a link opens, which the server makes alone.

pub mod api;
#[cfg(feature = "ssr")]
mod message;
#[cfg(feature = "ssr")]
pub mod page;
