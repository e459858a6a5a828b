//! https without a proxy: rustls, TLS 1.2 and newer.

use std::path::{Path, PathBuf};

use axum_server::tls_rustls::RustlsConfig;

/// Reads a certificate chain and its key, now and whenever the process is asked to.
///
/// # Errors
/// When a file cannot be read, or the two do not fit.
pub async fn load(certificate: &Path, key: &Path) -> anyhow::Result<RustlsConfig> {
    for (field, path) in [("server.tls_certificate", certificate), ("server.tls_key", key)] {
        anyhow::ensure!(path.is_file(), "{field}: there is no file {}", path.display());
    }
    // Two implementations of the cryptography are in the tree, so one has to be named. A second naming changes nothing.
    let _ = rustls::crypto::aws_lc_rs::default_provider().install_default();
    let config = RustlsConfig::from_pem_file(certificate, key).await.map_err(|error| {
        anyhow::anyhow!(
            "server.tls_certificate and server.tls_key cannot be used: {error}; both must be PEM and fit each other"
        )
    })?;
    tokio::spawn(reload_when_asked(config.clone(), certificate.to_owned(), key.to_owned()));
    Ok(config)
}

/// Reads the certificate and its key again with every SIGHUP: connections that are open stay, new ones get the new
/// certificate. One that cannot be used changes nothing.
#[cfg(unix)]
async fn reload_when_asked(tls: RustlsConfig, certificate: PathBuf, key: PathBuf) {
    let mut asked = match tokio::signal::unix::signal(tokio::signal::unix::SignalKind::hangup()) {
        Ok(asked) => asked,
        Err(error) => return tracing::error!(%error, "signals cannot be received"),
    };
    while asked.recv().await.is_some() {
        match tls.reload_from_pem_file(&certificate, &key).await {
            Ok(()) => tracing::info!("the certificate was read again"),
            Err(error) => tracing::error!(%error, "the certificate could not be read again; the old one stays"),
        }
    }
}

/// Where there are no signals, a new certificate needs a new start.
#[cfg(not(unix))]
async fn reload_when_asked(_: RustlsConfig, _: PathBuf, _: PathBuf) {}
