//! One's own profile.

mod account_page;
pub mod api;
mod person_form;
mod send_key;

pub use account_page::{AccountPage, FormSection, Section};
