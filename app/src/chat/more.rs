//! Dialogs and panels of the chat whose code is loaded when they are first wanted.

pub mod feedback_dialog;
