//! One's own account.

mod account_page;
pub mod api;

pub use account_page::AccountPage;
