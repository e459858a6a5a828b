//! The organisation itself.

pub mod api;
mod organisation_page;
mod search_by_meaning;

pub use organisation_page::OrganisationPage;
