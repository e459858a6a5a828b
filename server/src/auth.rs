//! Registration, sign-in, sign-out and forgotten passwords as plain HTML forms: they work before any script has loaded.
//!
//! A form is posted to its own page's address. What is wrong with it is shown by rendering the page again, with what was
//! typed (never a password); what is right ends with a redirect.

pub mod forms;
pub mod pages;
pub mod session;
