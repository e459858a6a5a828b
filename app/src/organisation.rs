//! The organisation itself.

mod allowed_hosts;
pub mod api;
mod organisation_page;
mod search_by_meaning;
mod transcription;

pub use organisation_page::OrganisationPage;
