//! The server from the outside: the same router as in production, in this process, on a data directory of its own.

mod api;
mod authorisation;
mod command_line;
mod http;
mod openapi;
mod sign_in;
mod support;
