//! `/metrics` for Prometheus: to this machine, or with the operator's token.

use std::{net::SocketAddr, sync::OnceLock};

use axum::{
    extract::{ConnectInfo, Request, State},
    response::{IntoResponse, Response},
};
use hammock_contract::{ApiError, ErrorCode};
use http::header::CONTENT_TYPE;
use metrics_exporter_prometheus::{Matcher, PrometheusBuilder, PrometheusHandle};

use crate::{failure::Failure, middleware::identify::api_key, state::AppState};

/// Seconds; from a cached page to a slow model list.
const BUCKETS: [f64; 12] = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 5.0, 30.0];

/// The recorder of this process; the first call installs it.
pub fn recorder() -> PrometheusHandle {
    static HANDLE: OnceLock<PrometheusHandle> = OnceLock::new();
    HANDLE
        .get_or_init(|| {
            let builder = PrometheusBuilder::new();
            let builder = builder
                .set_buckets_for_metric(Matcher::Suffix("_seconds".to_owned()), &BUCKETS)
                .unwrap_or_else(|_| PrometheusBuilder::new());
            let recorder = builder.build_recorder();
            let handle = recorder.handle();
            if ::metrics::set_global_recorder(recorder).is_err() {
                tracing::warn!("another recorder of metrics is installed already");
            }
            handle
        })
        .clone()
}

/// The metrics as text.
pub async fn text(State(app): State<AppState>, request: Request) -> Response {
    let token = &app.config.metrics.token;
    let has_token = !token.is_empty() && api_key(request.headers()) == Some(token);
    // The connection's own address: a header could say anything. A proxy on this machine must not open it to the world.
    let is_local = request.extensions().get::<ConnectInfo<SocketAddr>>().is_some_and(|info| info.0.ip().is_loopback());
    let is_forwarded =
        ["x-forwarded-for", "forwarded", "x-real-ip"].iter().any(|name| request.headers().contains_key(*name));
    if !has_token && (!is_local || is_forwarded) {
        let error =
            ApiError::new(ErrorCode::RoleRequired, "metrics are for this machine, or with the token metrics.token");
        return Failure::from(error).into_response();
    }
    app.metrics.run_upkeep();
    ([(CONTENT_TYPE, "text/plain; version=0.0.4; charset=utf-8")], app.metrics.render()).into_response()
}
