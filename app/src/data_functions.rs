//! JSON functions: named questions with parameters to the tables of a source.

pub mod api;
mod controls;
mod csv;
mod draft;
mod editor;
mod editor_parts;
mod editor_sums;
mod functions_tab;
mod results;
mod run_dialog;
mod words;

pub use functions_tab::{FunctionsFound, FunctionsTab, find_functions};
