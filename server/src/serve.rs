//! Runs a server: binds, prepares, serves, and stops in order.

mod heads;

use std::{
    io::{self, Write as _},
    net::{SocketAddr, TcpListener},
    path::Path,
    time::{Duration, Instant},
};

use anyhow::Context as _;
use axum_server::{Handle, tls_rustls::RustlsConfig};
use clap::ValueEnum;
use hammock_domain::{Hammock, MODEL_ADVICE};
use tokio_util::sync::CancellationToken;

use crate::{
    config::{Config, LogFormat},
    logging, metrics, router, site,
    state::AppState,
    tls, wire, worker,
};

/// How often what another process has is asked for again, and the pause before each time: one that was killed gives back what it
/// had only when its memory has been taken from it.
const ATTEMPTS: usize = 30;
const PAUSE: Duration = Duration::from_millis(100);

/// How many files and connections this process wants to have open at most.
const OPEN_FILES: u64 = 65_536;

/// What this process does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, ValueEnum)]
pub enum Role {
    /// Answers requests and works in the background.
    #[default]
    All,
    /// Answers requests.
    Web,
    /// Works in the background; answers health checks and metrics alone.
    Worker,
}

/// Runs until the process is asked to stop.
///
/// # Errors
/// When the configuration cannot be used or the address is taken.
pub async fn serve(config: Config, role: Role) -> anyhow::Result<()> {
    let begun = Instant::now();
    logging::start(&config.log)?;
    allow_many_connections();
    let listen = config.server.listen;
    let is_taken =
        |bound: &io::Result<TcpListener>| matches!(bound, Err(error) if error.kind() == io::ErrorKind::AddrInUse);
    let bound = once_free(async || TcpListener::bind(listen), is_taken, wait_a_moment).await;
    let listener = bound.map_err(|error| {
        let advice = cannot_listen(listen, error.kind());
        anyhow::Error::from(error).context(advice)
    })?;
    listener.set_nonblocking(true).context("the socket cannot be used")?;
    let address = listener.local_addr().context("the socket has no address")?;

    let tls = if config.server.serves_tls() {
        Some(tls::load(Path::new(&config.server.tls_certificate), Path::new(&config.server.tls_key)).await?)
    } else {
        None
    };

    let hammock = Hammock::new(wire::parts(&config, wire::this_program()?).await?);
    let is_refused = |taken: &hammock_domain::Result<bool>| matches!(taken, Ok(false));
    if role != Role::Web && !once_free(async || hammock.take_background_work().await, is_refused, wait_a_moment).await?
    {
        anyhow::bail!(
            "another Hammock works in the background on {}; stop it, or start this one with --role web",
            hammock.settings().data_dir.display()
        );
    }
    hammock.prepare().await.map_err(|error| anyhow::anyhow!("the start failed: {error}"))?;
    let (stop, gone) = (CancellationToken::new(), CancellationToken::new());
    let presence = hammock.spawn_presence(gone.clone());
    let workers = if role == Role::Web {
        // The worker loads it for the passages; here it is for the questions.
        let loading = hammock.clone();
        let stop = stop.clone();
        tokio::spawn(async move { loading.follow_embedding_model(stop).await });
        Vec::new()
    } else {
        worker::spawn(&hammock, &stop)
    };

    let scheme = if tls.is_some() { "https" } else { "http" };
    let log_format = config.log.format;
    let app = wire::state(config, hammock.clone())?;
    let upkeep = metrics::spawn_upkeep(app.metrics.clone(), gone.clone());
    say_what_is_missing(&app, role);
    if hammock.has_strangers().await.unwrap_or(false) {
        tracing::warn!(
            "another process works on this database with a data directory of its own: what it reads cannot be found here, and \
             the other way round. All processes of an installation share one data directory"
        );
    }
    match hammock.count_unreadable_secrets().await {
        Ok(0) => {}
        Ok(count) => tracing::error!(
            "{count} stored keys of connections cannot be read: secrets.key in the data directory is not the file that they \
             were stored with. Put that file back, or enter the keys again"
        ),
        Err(error) => tracing::warn!(%error, "whether the stored keys can be read is not known"),
    }
    app.readiness.set(true);
    let handle = Handle::new();
    let ending = tokio::spawn(end(app.clone(), handle.clone(), stop.clone()));
    announce(&format!("{scheme}://{address}"), begun.elapsed(), role, log_format);
    let served = listen_on(listener, tls, app, role, handle).await;
    if stop.is_cancelled() {
        // Somebody asked to stop: the answers that were running are finished or marked before the database closes.
        let _ = ending.await;
    } else {
        ending.abort();
        stop.cancel();
    }
    for worker in workers {
        let _ = tokio::time::timeout(Duration::from_secs(10), worker).await;
    }
    gone.cancel();
    let _ = presence.await;
    let _ = upkeep.await;
    if let Err(error) = hammock.leave().await {
        tracing::warn!(%error, "other processes will notice only in a while that this one has gone");
    }
    served?;
    hammock.store().clone().close().await.context("the database could not be closed")?;
    tracing::info!("stopped");
    Ok(())
}

/// What `attempt` gives, tried again for as long as another process has what it asks for and might be ending.
async fn once_free<T>(
    mut attempt: impl AsyncFnMut() -> T,
    is_taken: impl Fn(&T) -> bool,
    mut pause: impl AsyncFnMut(),
) -> T {
    for _ in 0..ATTEMPTS {
        let outcome = attempt().await;
        if !is_taken(&outcome) {
            return outcome;
        }
        pause().await;
    }
    attempt().await
}

async fn wait_a_moment() {
    tokio::time::sleep(PAUSE).await;
}

/// Why an address cannot be listened on, and what to do.
fn cannot_listen(listen: SocketAddr, kind: io::ErrorKind) -> String {
    let (ip, port) = (listen.ip(), listen.port());
    match kind {
        io::ErrorKind::AddrInUse => {
            format!(
                "server.listen: port {port} of {ip} is taken; is Hammock running already? Stop what has it, or choose another port"
            )
        }
        io::ErrorKind::AddrNotAvailable => format!(
            "server.listen: {ip} is no address of this machine; give one that it has, 127.0.0.1 to be reached from this machine \
             alone, or 0.0.0.0 to be reached by all of its addresses"
        ),
        io::ErrorKind::PermissionDenied => format!(
            "server.listen: this user may not listen on port {port}; choose one from 1024 on and let a proxy pass requests on, \
             or give the program the right to it (setcap cap_net_bind_service=+ep)"
        ),
        _ => format!("server.listen: {listen} cannot be listened on; choose another address or port"),
    }
}

/// What makes Hammock work less well than it could, once and with what to do: nothing else would tell the operator.
fn say_what_is_missing(app: &AppState, role: Role) {
    if app.config.is_without_model() {
        tracing::info!("search is by words alone: embedding.model_dir is \"off\"");
    } else if app.config.embedding().is_none() {
        tracing::warn!("search is by words alone, there is no embedding model: {MODEL_ADVICE}");
    }
    let server = &app.config.server;
    if server.public_url.is_empty() && (!server.trusted_proxies.is_empty() || server.listen.ip().is_unspecified()) {
        tracing::warn!(
            "links in mails and to shared conversations lead to {}: set server.public_url to the address that people use",
            app.config.public_url()
        );
    }
    if role != Role::Worker && app.site.is_empty() {
        tracing::warn!("pages have no scripts and styles, the interface is not built: {}", site::ADVICE);
    }
}

/// Many systems let a program have 1,024 open files unless it asks for more. An answer that streams takes two: the
/// connection to its reader and the one to its model.
fn allow_many_connections() {
    match rlimit::increase_nofile_limit(OPEN_FILES) {
        Ok(limit) if limit >= OPEN_FILES => {}
        Ok(limit) => tracing::debug!(limit, "the system allows fewer open files than wanted"),
        Err(error) => tracing::warn!(%error, "the limit of open files could not be raised"),
    }
}

/// Serves what `role` serves on a bound socket.
///
/// # Errors
/// When the socket breaks.
async fn listen_on(
    listener: TcpListener,
    tls: Option<RustlsConfig>,
    app: AppState,
    role: Role,
    handle: Handle<SocketAddr>,
) -> anyhow::Result<()> {
    let router = if role == Role::Worker { router::health_only(app) } else { router::router(app) };
    heads::serve(listener, tls, router, heads::LIMIT, handle).await.context("the socket broke")
}

/// Waits for the signal to stop, then stops in order: running answers are finished or marked, then connections end.
async fn end(app: AppState, handle: Handle<SocketAddr>, stop: CancellationToken) {
    asked_to_stop().await;
    let patience = app.config.server.shutdown_timeout;
    tracing::info!(patience_s = patience.as_secs(), "stopping");
    app.readiness.set(false);
    stop.cancel();
    let begun = Instant::now();
    // Connections are taken all the while, so that /readyz can tell a load balancer that no more requests are welcome.
    app.hammock.drain(patience).await;
    handle.graceful_shutdown(Some(patience.saturating_sub(begun.elapsed()) + Duration::from_secs(1)));
}

async fn asked_to_stop() {
    let interrupt = async {
        if let Err(error) = tokio::signal::ctrl_c().await {
            tracing::error!(%error, "signals cannot be received");
            std::future::pending::<()>().await;
        }
    };
    #[cfg(unix)]
    let terminate = async {
        match tokio::signal::unix::signal(tokio::signal::unix::SignalKind::terminate()) {
            Ok(mut signal) => {
                signal.recv().await;
            }
            Err(error) => {
                tracing::error!(%error, "signals cannot be received");
                std::future::pending::<()>().await;
            }
        }
    };
    #[cfg(not(unix))]
    let terminate = std::future::pending::<()>();
    tokio::select! {
        () = interrupt => {}
        () = terminate => {}
    }
}

/// Says that requests are welcome, and where. People read it on standard output, whatever the log's level; programs that
/// read a log of JSON get the event of the log alone, so that every line of the process is one.
fn announce(address: &str, took: Duration, role: Role, format: LogFormat) {
    tracing::info!(address, took_ms = u64::try_from(took.as_millis()).unwrap_or(u64::MAX), ?role, "ready");
    if format == LogFormat::Text {
        // Whoever started it may not read what it prints.
        let _ = writeln!(io::stdout(), "Hammock is ready on {address}");
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn is_taken(bound: &io::Result<TcpListener>) -> bool {
        matches!(bound, Err(error) if error.kind() == io::ErrorKind::AddrInUse)
    }

    #[tokio::test]
    async fn a_port_that_becomes_free_is_taken() {
        let other = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = other.local_addr().unwrap();
        let mut others = vec![other.try_clone().unwrap(), other];
        let bound = once_free(async || TcpListener::bind(address), is_taken, async || drop(others.pop())).await;
        assert_eq!(bound.unwrap().local_addr().unwrap(), address);
        assert!(others.is_empty(), "as long as one of them had it, nobody else did");
    }

    #[tokio::test]
    async fn a_port_that_stays_taken_is_told_in_the_end() {
        let other = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = other.local_addr().unwrap();
        let mut pauses = 0;
        let bound = once_free(async || TcpListener::bind(address), is_taken, async || pauses += 1).await;
        assert_eq!((bound.unwrap_err().kind(), pauses), (io::ErrorKind::AddrInUse, ATTEMPTS));
    }

    #[test]
    fn an_address_that_cannot_be_listened_on_says_what_to_do() {
        let listen: SocketAddr = "192.0.2.1:80".parse().unwrap();
        for (kind, what) in [
            (io::ErrorKind::AddrInUse, "port 80 of 192.0.2.1 is taken; is Hammock running already?"),
            (io::ErrorKind::AddrNotAvailable, "192.0.2.1 is no address of this machine"),
            (io::ErrorKind::PermissionDenied, "may not listen on port 80"),
            (io::ErrorKind::Other, "choose another address or port"),
        ] {
            let said = cannot_listen(listen, kind);
            assert!(said.starts_with("server.listen: ") && said.contains(what), "{said}");
        }
    }
}
