//! What every handler can reach.

use std::sync::{
    Arc,
    atomic::{AtomicBool, Ordering},
};

use hammock_domain::Hammock;
use metrics_exporter_prometheus::PrometheusHandle;

use crate::{config::Config, site::Site};

/// What every handler can reach. Cheap to clone.
#[derive(Clone)]
pub struct AppState {
    /// The use cases.
    pub hammock: Hammock,
    /// The operator's decisions.
    pub config: Arc<Config>,
    /// The built interface.
    pub site: Arc<Site>,
    /// The metrics.
    pub metrics: PrometheusHandle,
    /// Whether requests are welcome.
    pub readiness: Readiness,
}

/// Whether requests are welcome: not before the start is complete and not once the server was asked to stop.
#[derive(Debug, Clone, Default)]
pub struct Readiness(Arc<AtomicBool>);

impl Readiness {
    /// Says whether requests are welcome.
    pub fn set(&self, ready: bool) {
        self.0.store(ready, Ordering::Release);
    }

    /// Whether requests are welcome.
    pub fn get(&self) -> bool {
        self.0.load(Ordering::Acquire)
    }
}
