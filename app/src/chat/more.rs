//! What the chat loads when it is first wanted: see `pieces!` in `app/src/parts.rs`.

pub mod list;
