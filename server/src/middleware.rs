//! What every request passes through, outermost first. The order stands in `router.rs`.

pub mod arrival;
pub mod body_limit;
pub mod client;
pub mod cors;
pub mod cross_site;
pub mod deadline;
pub mod identify;
pub mod observe;
pub mod panics;
pub mod secure;
pub mod visitor;
