//! Dialogs and panels of the chat whose code is loaded when they are first wanted: see `pieces!` in `app/src/parts.rs`. What
//! opens them is here too, and small.

pub mod assistant_list;
pub mod dictation;
mod elsewhere;
pub mod feedback_dialog;
pub mod files;
pub mod list;
pub mod named;
pub mod share;
pub mod thread_menu;
pub mod turn;
