//! The one outgoing HTTP client. Whatever a user, a page or a model names as an address passes the egress guard here: the name is
//! resolved first, special address ranges are refused, the connection goes to the address that was checked, and every redirect is
//! checked again. Size and time of every answer are limited. An organisation narrows its requests further, to hosts of its choice.

mod address;
mod client;
mod error;
mod guard;
mod narrowing;
mod policy;
mod proxy;
mod request;
mod resolver;
mod response;
pub mod retry;

pub use address::is_public;
pub use client::Client;
pub use error::NetError;
pub use narrowing::{FixedHosts, HostRule, InvalidHost, Narrowing};
pub use policy::{EgressPolicy, EgressRule, InvalidRule};
pub use proxy::{Proxy, ProxyLimits};
pub use request::{Limits, RequestBuilder};
pub use resolver::{FixedResolver, Resolver, SystemResolver};
pub use response::{BodyStream, Response, StreamResponse};

#[cfg(test)]
mod tests;
