//! The frame around every page: navigation, the person's menu, notices.

mod account_choices;
mod account_menu;
mod frame;
mod navigation;
mod roles;

pub use account_choices::AccountChoices;
pub use account_menu::{language_name, speak};
pub use frame::{App, Frame};
pub use roles::{role_name, role_of, role_value, roles_to_give};
