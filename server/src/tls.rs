//! https without a proxy: rustls, TLS 1.2 and newer.

use std::path::Path;

use axum_server::tls_rustls::RustlsConfig;

/// Reads a certificate chain and its key.
///
/// # Errors
/// When a file cannot be read, or the two do not fit.
pub async fn load(certificate: &Path, key: &Path) -> anyhow::Result<RustlsConfig> {
    for (field, path) in [("server.tls_certificate", certificate), ("server.tls_key", key)] {
        anyhow::ensure!(path.is_file(), "{field}: there is no file {}", path.display());
    }
    RustlsConfig::from_pem_file(certificate, key).await.map_err(|error| {
        anyhow::anyhow!(
            "server.tls_certificate and server.tls_key cannot be used: {error}; both must be PEM and fit each other"
        )
    })
}
