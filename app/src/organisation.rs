//! The organisation itself.

pub mod api;
mod organisation_page;

pub use organisation_page::OrganisationPage;
