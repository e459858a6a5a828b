//! Dialogs and panels of the chat whose code is loaded when they are first wanted. What opens them is here too, and small.

pub mod share;
