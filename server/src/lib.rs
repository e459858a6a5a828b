//! The composition root of Hammock: configuration, command line, HTTP. Decides nothing that a use case decides.
//!
//! * [`wire`] puts an installation together and is the one file that names concrete adapters;
//! * [`router`] says what a request passes through, [`routes`] has the public API's routes on one page, [`other_routes`] those
//!   that are not of the API, [`server_functions`] who may call which function of the interface;
//! * [`serve`] runs it, [`cli`] is the command line.

pub mod api;
pub mod auth;
pub mod cli;
pub mod config;
pub mod embedders;
pub mod endpoint;
pub mod extract;
pub mod failure;
pub mod health;
pub mod logging;
pub mod metrics;
pub mod middleware;
pub mod models;
pub mod openapi;
pub mod other_routes;
pub mod public_chat;
pub mod router;
pub mod routes;
pub mod serve;
pub mod server_functions;
pub mod session_store;
pub mod share;
pub mod site;
pub mod state;
pub mod tls;
pub mod visitor_files;
pub mod visitor_sign_in;
pub mod widget_look;
pub mod wire;
pub mod worker;
