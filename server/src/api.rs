//! The public API.

pub mod v1;
