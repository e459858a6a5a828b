//! Assistants: the list, and the settings of one.

pub mod api;
mod assistant_form;
mod assistant_page;
mod assistants_page;
mod draft;
mod form_sections;
mod hidden_collections;
mod model_section;
mod retrieval_section;

pub use assistant_page::{AssistantPage, AssistantTabs, BackToList, NewAssistantPage};
pub use assistants_page::AssistantsPage;
pub use draft::{MAX_SUGGESTIONS, number};
