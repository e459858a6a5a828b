//! One's own profile.

mod account_page;
pub mod api;
mod person_form;

pub use account_page::{AccountPage, Section};
