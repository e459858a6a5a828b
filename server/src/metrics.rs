//! `/metrics` for Prometheus: to this machine, or with the operator's token. What each number means stands in the
//! handbook, under *Metrics and health*.

pub mod answers;
pub mod failures;

use std::{
    net::{IpAddr, SocketAddr},
    sync::OnceLock,
    time::{Duration, SystemTime, UNIX_EPOCH},
};

use axum::{
    extract::{ConnectInfo, Request, State},
    response::{IntoResponse, Response},
};
use hammock_contract::{ApiError, ErrorCode};
use hammock_store::jobs::{self, JobCounts};
use http::{
    header::{CONTENT_TYPE, HOST},
    uri::Authority,
};
use metrics_exporter_prometheus::{Matcher, PrometheusBuilder, PrometheusHandle};
use sha2::{Digest as _, Sha256};
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

use crate::{failure::Failure, middleware::identify::api_key, state::AppState};

/// Seconds; from a cached page to a slow model list.
const BUCKETS: [f64; 12] = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 5.0, 30.0];

/// Seconds; from a quoted passage to a model that was loaded for the question.
const ANSWER_BUCKETS: [f64; 10] = [0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0, 60.0];

/// How often measurements are put into their buckets. Until then each of them is kept.
const UPKEEP: Duration = Duration::from_secs(5);

/// How long the database may take to count the jobs: a slow one must not hold up the other numbers.
const COUNT_LIMIT: Duration = Duration::from_secs(2);

/// By these a proxy says for whom it asks.
const FORWARDING: [&str; 6] =
    ["x-forwarded-for", "x-forwarded-host", "x-forwarded-proto", "x-real-ip", "forwarded", "via"];

/// The recorder of this process; the first call installs it.
pub fn recorder() -> PrometheusHandle {
    static HANDLE: OnceLock<PrometheusHandle> = OnceLock::new();
    HANDLE
        .get_or_init(|| {
            let builder = PrometheusBuilder::new();
            let builder = builder
                .set_buckets_for_metric(Matcher::Suffix("_seconds".to_owned()), &BUCKETS)
                .and_then(|builder| {
                    builder.set_buckets_for_metric(Matcher::Full(answers::FIRST_TEXT.to_owned()), &ANSWER_BUCKETS)
                })
                .unwrap_or_else(|_| PrometheusBuilder::new());
            let recorder = builder.build_recorder();
            let handle = recorder.handle();
            if ::metrics::set_global_recorder(recorder).is_err() {
                tracing::warn!("another recorder of metrics is installed already");
            }
            begin();
            handle
        })
        .clone()
}

/// Puts measurements into their buckets until the server stops. Only who reads the metrics would do so otherwise, and where nobody
/// does, they would fill the memory.
pub fn spawn_upkeep(recorder: PrometheusHandle, stop: CancellationToken) -> JoinHandle<()> {
    tokio::spawn(again_and_again(UPKEEP, stop, move || recorder.run_upkeep()))
}

async fn again_and_again(pause: Duration, stop: CancellationToken, mut work: impl FnMut()) {
    while stop.run_until_cancelled(tokio::time::sleep(pause)).await.is_some() {
        work();
    }
}

/// What is known from the start. A counter without labels is there with 0, so that its first increase is seen as one.
fn begin() {
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    ::metrics::gauge!("hammock_start_time_seconds").set(now.as_secs_f64());
    ::metrics::gauge!("hammock_build_info", "version" => env!("CARGO_PKG_VERSION")).set(1.0);
    ::metrics::gauge!(answers::STREAMS_OPEN).set(0.0);
    ::metrics::counter!(failures::MAILS).increment(0);
}

/// The metrics as text.
pub async fn text(State(app): State<AppState>, request: Request) -> Response {
    let token = &app.config.metrics.token;
    let given = api_key(request.headers()).filter(|_| !token.is_empty());
    if !given.is_some_and(|given| is_same(given, token)) && !is_of_this_machine(&request) {
        let error =
            ApiError::new(ErrorCode::RoleRequired, "metrics are for this machine, or with the token metrics.token");
        return Failure::from(error).into_response();
    }
    app.metrics.run_upkeep();
    let mut text = app.metrics.render();
    // Read when it is asked for: the jobs are those of the installation, whichever process does them.
    match tokio::time::timeout(COUNT_LIMIT, jobs::count(app.hammock.store().read())).await {
        Ok(Ok(counts)) => text.push_str(&jobs_as_text(counts)),
        Ok(Err(error)) => tracing::warn!(%error, "the jobs could not be counted for the metrics"),
        Err(_elapsed) => tracing::warn!("the database took too long to count the jobs for the metrics"),
    }
    ([(CONTENT_TYPE, "text/plain; version=0.0.4; charset=utf-8")], text).into_response()
}

/// Whether two secrets are the same. By their hashes: how long it takes to find a difference between those helps nobody to guess.
fn is_same(given: &str, secret: &str) -> bool {
    Sha256::digest(given.as_bytes()) == Sha256::digest(secret.as_bytes())
}

/// Whether a program of this machine asks, by the connection's own address: a header could say anything. A proxy on this machine
/// must not open the metrics to the world: most say for whom they ask, or pass on the name by which their clients know the server. One
/// that does neither (nginx as it comes) has to keep the path to itself, as the handbook says.
fn is_of_this_machine(request: &Request) -> bool {
    let peer = request.extensions().get::<ConnectInfo<SocketAddr>>();
    let is_local = peer.is_some_and(|info| info.0.ip().to_canonical().is_loopback());
    let headers = request.headers();
    let is_forwarded = FORWARDING.iter().any(|name| headers.contains_key(*name));
    let named: Option<Authority> = headers.get(HOST).and_then(|value| value.to_str().ok()?.parse().ok());
    let named = named.as_ref().or(request.uri().authority());
    is_local && !is_forwarded && named.is_some_and(|named| is_loopback(named.host()))
}

/// Whether a host is this machine whoever says it. An address of IPv6 has its brackets.
fn is_loopback(host: &str) -> bool {
    let bare = host.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')).unwrap_or(host);
    bare.eq_ignore_ascii_case("localhost")
        || bare.parse::<IpAddr>().is_ok_and(|address| address.to_canonical().is_loopback())
}

fn jobs_as_text(counts: JobCounts) -> String {
    let JobCounts { queued, running, dead } = counts;
    let states = [("waiting", queued), ("running", running), ("given_up", dead)];
    let lines = states.map(|(state, number)| format!("hammock_jobs{{state=\"{state}\"}} {number}\n"));
    format!("# TYPE hammock_jobs gauge\n{}", lines.concat())
}

/// The value of a series of this process; 0 where there is none.
#[cfg(test)]
fn value(series: &str) -> f64 {
    let text = recorder().render();
    text.lines().find_map(|line| line.strip_prefix(series)?.trim().parse().ok()).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use tokio::sync::mpsc;

    use super::*;

    #[tokio::test]
    async fn the_upkeep_is_done_again_and_again_until_the_end() {
        let (done, mut seen) = mpsc::unbounded_channel();
        let stop = CancellationToken::new();
        let work = move || {
            let _ = done.send(());
        };
        let upkeep = tokio::spawn(again_and_again(Duration::from_millis(1), stop.clone(), work));
        for _ in 0..3 {
            assert_eq!(seen.recv().await, Some(()));
        }
        stop.cancel();
        upkeep.await.unwrap();
    }

    #[test]
    fn only_a_program_of_this_machine_that_names_it_so_is_one() {
        let asked = |peer: &str, headers: &[(&str, &str)]| {
            let mut request = Request::builder().uri("/metrics");
            for (name, value) in headers {
                request = request.header(*name, *value);
            }
            let peer: SocketAddr = peer.parse().unwrap();
            is_of_this_machine(&request.extension(ConnectInfo(peer)).body(axum::body::Body::empty()).unwrap())
        };
        for host in ["127.0.0.1:3000", "localhost", "LOCALHOST:3000", "[::1]:3000", "127.1.2.3"] {
            assert!(asked("127.0.0.1:9", &[("host", host)]), "{host}");
            assert!(asked("[::ffff:127.0.0.1]:9", &[("host", host)]), "{host}");
            assert!(!asked("198.51.100.7:9", &[("host", host)]), "{host}");
            for name in FORWARDING {
                assert!(!asked("127.0.0.1:9", &[("host", host), (name, "x")]), "{name}");
            }
        }
        for host in ["hammock.example", "localhost.example", "127.0.0.1.example:3000", "10.0.0.1", ""] {
            assert!(!asked("127.0.0.1:9", &[("host", host)]), "{host}");
        }
        assert!(!asked("127.0.0.1:9", &[]), "a proxy may leave it out");
        assert!(is_same("let-me-in", "let-me-in") && !is_same("let-me", "let-me-in"));
    }

    #[test]
    fn the_jobs_are_written_as_prometheus_reads_them() {
        let text = jobs_as_text(JobCounts { queued: 3, running: 1, dead: 0 });
        let lines = [
            "# TYPE hammock_jobs gauge",
            "hammock_jobs{state=\"waiting\"} 3",
            "hammock_jobs{state=\"running\"} 1",
            "hammock_jobs{state=\"given_up\"} 0",
        ];
        assert_eq!(text.lines().collect::<Vec<_>>(), lines);
        assert!(text.ends_with('\n'));
    }
}
