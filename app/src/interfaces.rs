//! Where an assistant is reached from outside: the public chat, the widget, and who chats there.

pub mod api;
mod colours;
mod draft;
mod examples;
mod fields;
mod form;
mod installation;
mod lines;
mod logo;
mod look_section;
mod origins;
mod page;
mod places_section;
mod preview;
mod rules_section;
mod secrets;
mod sign_in_draft;
mod sign_in_section;
mod signing;
mod visitor_thread;
mod visitors_page;
mod words;

pub use page::InterfacesPage;
pub use visitors_page::VisitorsPage;
