//! The people of the organisation.

pub mod api;
mod person_dialogs;
mod users_page;

pub use users_page::UsersPage;
