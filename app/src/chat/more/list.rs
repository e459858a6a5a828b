//! The list of conversations: its filters, the dialogs of its rows.

mod categories;
mod filters;
mod removal;
mod rename;

pub use categories::{Categories, CategoriesArgument};
pub use filters::{ListFilters, ListFiltersArgument};
pub use removal::{Removal, RemovalArgument};
pub use rename::{Rename, RenameArgument};
