//! https without a proxy: rustls, TLS 1.2 and newer.

mod chain;

use std::{
    path::{Path, PathBuf},
    time::Duration,
};

use axum_server::tls_rustls::RustlsConfig;
use hammock_contract::Timestamp;
use rustls::{
    CertificateError, InconsistentKeys, RootCertStore,
    client::verify_server_cert_signed_by_trust_anchor,
    crypto::aws_lc_rs::default_provider,
    pki_types::{CertificateDer, PrivateKeyDer, UnixTime, pem::PemObject as _},
    server::ParsedCertificate,
};

/// Later than any certificate ends: RFC 5280 has no date after the year 9999. Seconds since 1970.
const AFTER_ALL: u64 = 253_402_300_800;

/// A certificate chain with its key, which belong together.
pub struct Pair {
    config: RustlsConfig,
    /// Between which times all certificates of the chain are valid, as far as that could be read.
    pub valid: Validity,
    /// How many certificates stand in the file that do not belong to the chain of the first.
    pub superfluous: usize,
}

/// When a certificate begins and ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Validity {
    /// When it begins; nothing where it has begun.
    pub begins: Option<Timestamp>,
    /// When it ends.
    pub ends: Option<Timestamp>,
}

/// Reads a certificate chain and its key, now and whenever the process is asked to.
///
/// # Errors
/// When a file cannot be read, or the two do not fit.
pub async fn load(certificate: &Path, key: &Path) -> anyhow::Result<RustlsConfig> {
    let Pair { config, .. } = read(certificate, key, None).await?;
    tokio::spawn(reload_when_asked(config.clone(), certificate.to_owned(), key.to_owned()));
    Ok(config)
}

/// Reads a certificate chain and its key, once; with when it is valid, seen from `now`.
///
/// # Errors
/// When a file cannot be read, or the two do not fit.
pub async fn read(certificate: &Path, key: &Path, now: Option<Timestamp>) -> anyhow::Result<Pair> {
    // Two implementations of the cryptography are in the tree, so one has to be named. A second naming changes nothing.
    let _ = default_provider().install_default();
    let (chain, key_text) = (file("server.tls_certificate", certificate).await?, file("server.tls_key", key).await?);
    let certificates = certificates_in(certificate, &chain)?;
    check_key(key, &key_text)?;
    let config = RustlsConfig::from_pem(chain, key_text).await.map_err(|error| {
        let reason = error.get_ref().and_then(|reason| reason.downcast_ref::<rustls::Error>());
        match reason {
            Some(rustls::Error::InconsistentKeys(InconsistentKeys::KeyMismatch)) => anyhow::anyhow!(
                "server.tls_key: {} is not the key of the first certificate in {}",
                key.display(),
                certificate.display()
            ),
            _ => anyhow::anyhow!("server.tls_certificate and server.tls_key cannot be used: {error}"),
        }
    })?;
    let chain = chain::of_first(&certificates);
    let valid = now.map(|now| validity(&chain, now)).unwrap_or_default();
    Ok(Pair { config, valid, superfluous: certificates.len() - chain.len() })
}

async fn file(field: &str, path: &Path) -> anyhow::Result<Vec<u8>> {
    anyhow::ensure!(path.is_file(), "{field}: there is no file {}", path.display());
    tokio::fs::read(path).await.map_err(|error| anyhow::anyhow!("{field}: {} cannot be read: {error}", path.display()))
}

fn certificates_in(path: &Path, text: &[u8]) -> anyhow::Result<Vec<CertificateDer<'static>>> {
    let path = path.display();
    let found = CertificateDer::pem_slice_iter(text).collect::<Result<Vec<_>, _>>();
    let found =
        found.map_err(|_| anyhow::anyhow!("server.tls_certificate: {path} is damaged: its PEM cannot be read"))?;
    if !found.is_empty() {
        return Ok(found);
    }
    if holds(text, "-----BEGIN ") {
        anyhow::bail!(
            "server.tls_certificate: {path} holds no certificate; it needs a part -----BEGIN CERTIFICATE-----"
        );
    }
    anyhow::bail!(
        "server.tls_certificate: {path} is not PEM; `openssl x509 -inform der` makes PEM of a binary certificate"
    )
}

fn check_key(path: &Path, text: &[u8]) -> anyhow::Result<()> {
    let path = path.display();
    // As PKCS #8 says it, and as OpenSSL said it before.
    if holds(text, "-----BEGIN ENCRYPTED PRIVATE KEY-----") || holds(text, "Proc-Type: 4,ENCRYPTED") {
        anyhow::bail!(
            "server.tls_key: {path} is protected by a password, which nobody could enter; `openssl pkey` writes the key \
             without one"
        );
    }
    let found = PrivateKeyDer::pem_slice_iter(text).collect::<Result<Vec<_>, _>>();
    let found = found.map_err(|_| anyhow::anyhow!("server.tls_key: {path} is damaged: its PEM cannot be read"))?;
    match found.len() {
        1 => Ok(()),
        0 if holds(text, "-----BEGIN ") => anyhow::bail!("server.tls_key: {path} holds no private key"),
        0 => anyhow::bail!("server.tls_key: {path} is not PEM; `openssl pkey -inform der` makes PEM of a binary key"),
        several => {
            anyhow::bail!("server.tls_key: {path} holds {several} private keys; leave the one of the certificate")
        }
    }
}

fn holds(text: &[u8], part: &str) -> bool {
    text.windows(part.len()).any(|window| window == part.as_bytes())
}

/// From when to when all certificates of a chain are valid.
fn validity(chain: &[&CertificateDer<'_>], now: Timestamp) -> Validity {
    let now = u64::try_from(now.as_millis() / 1_000).unwrap_or_default();
    let all = || chain.iter().filter_map(|certificate| ParsedCertificate::try_from(*certificate).ok());
    let begins = all().filter_map(|certificate| match refusal(&certificate, now) {
        CertificateError::NotValidYetContext { not_before, .. } => Some(timestamp(not_before)),
        _ => None,
    });
    let ends = all().filter_map(|certificate| match refusal(&certificate, AFTER_ALL) {
        CertificateError::ExpiredContext { not_after, .. } => Some(timestamp(not_after)),
        _ => None,
    });
    Validity { begins: begins.max(), ends: ends.min() }
}

/// Why a certificate is not trusted at a time, in seconds since 1970. Nobody's is trusted here; but before anything else it is
/// asked whether it is valid at that time, and the answer tells when it would be.
fn refusal(certificate: &ParsedCertificate<'_>, at: u64) -> CertificateError {
    let (nobody, at) = (RootCertStore::empty(), UnixTime::since_unix_epoch(Duration::from_secs(at)));
    let algorithms = default_provider().signature_verification_algorithms.all;
    match verify_server_cert_signed_by_trust_anchor(certificate, &nobody, &[], at, algorithms) {
        Err(rustls::Error::InvalidCertificate(refusal)) => refusal,
        Ok(()) | Err(_) => CertificateError::UnknownIssuer,
    }
}

fn timestamp(time: UnixTime) -> Timestamp {
    Timestamp::from_millis(i64::try_from(time.as_secs()).unwrap_or(i64::MAX).saturating_mul(1_000))
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
        match read(&certificate, &key, None).await {
            Ok(pair) => {
                tls.reload_from_config(pair.config.get_inner());
                tracing::info!("the certificate was read again");
            }
            Err(error) => tracing::error!(%error, "the certificate could not be read again; the old one stays"),
        }
    }
}

/// Where there are no signals, a new certificate needs a new start.
#[cfg(not(unix))]
async fn reload_when_asked(_: RustlsConfig, _: PathBuf, _: PathBuf) {}

#[cfg(test)]
mod tests {
    use super::*;

    /// For localhost, from 2026-11-28 11:22:45 to 2026-12-28 11:22:45; nobody has its key.
    const CERTIFICATE: &str = "\
        -----BEGIN CERTIFICATE-----\n\
        MIIBkzCCATmgAwIBAgIUC+DW3b3UuDnbo8B+9HdX4+FYxKkwCgYIKoZIzj0EAwIw\n\
        FDESMBAGA1UEAwwJbG9jYWxob3N0MB4XDTI2MTEyODExMjI0NVoXDTI2MTIyODEx\n\
        MjI0NVowFDESMBAGA1UEAwwJbG9jYWxob3N0MFkwEwYHKoZIzj0CAQYIKoZIzj0D\n\
        AQcDQgAEvygs5OTELkTN3aeEKYicvAygDuo/RsFKh3+J/TgrDSY6hzNjoPylBW04\n\
        53QEzJMEpgjiyuGD5/VAp2h6qbfTCqNpMGcwHQYDVR0OBBYEFANV8lOaWX66biHN\n\
        14fyOusMFWwHMB8GA1UdIwQYMBaAFANV8lOaWX66biHN14fyOusMFWwHMA8GA1Ud\n\
        EwEB/wQFMAMBAf8wFAYDVR0RBA0wC4IJbG9jYWxob3N0MAoGCCqGSM49BAMCA0gA\n\
        MEUCIQDSRMQ0T/FKbxQw+W+nz4tBU06tgFtL8XE7/26YvxIgdAIgHgnDSlaPN17n\n\
        uqTrH4eLvYXLjDOWlmlZvHbaUecP0dg=\n\
        -----END CERTIFICATE-----\n";

    #[test]
    fn when_a_certificate_is_valid_is_read_from_it() {
        let all = certificates_in(Path::new("c.pem"), CERTIFICATE.as_bytes()).unwrap();
        let chain = chain::of_first(&all);
        let at = |month, day| {
            let millis = ((11 * 60 + 22) * 60 + 45) * 1_000;
            Timestamp::from_civil(2026, month, day, millis).unwrap()
        };
        let (begins, ends) = (at(11, 28), at(12, 28));
        assert_eq!(validity(&chain, begins), Validity { begins: None, ends: Some(ends) });
        assert_eq!(validity(&chain, ends.plus_millis(1_000)), Validity { begins: None, ends: Some(ends) });
        let early = begins.plus_millis(-1_000);
        assert_eq!(validity(&chain, early), Validity { begins: Some(begins), ends: Some(ends) });
    }

    #[test]
    fn what_is_no_certificate_is_told_by_what_it_is() {
        let said = |text: &[u8]| certificates_in(Path::new("c.pem"), text).unwrap_err().to_string();
        assert!(said(b"").contains("c.pem is not PEM"));
        assert!(said(b"\x30\x82\x01\x0a").contains("openssl x509 -inform der"));
        let key = b"-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n";
        assert!(said(key).contains("holds no certificate"), "{}", said(key));
        assert!(said(b"-----BEGIN CERTIFICATE-----\nAAAA\n").contains("is damaged"));
    }

    #[test]
    fn what_is_no_key_is_told_by_what_it_is() {
        let key = |kind: &str, head: &str| format!("-----BEGIN {kind}-----\n{head}AAAA\n-----END {kind}-----\n");
        let judged = |text: &str| check_key(Path::new("k.pem"), text.as_bytes()).map_err(|error| error.to_string());
        assert_eq!(judged(&key("PRIVATE KEY", "")), Ok(()));
        for (text, told) in [
            (String::new(), "k.pem is not PEM"),
            (key("CERTIFICATE", ""), "holds no private key"),
            (key("ENCRYPTED PRIVATE KEY", ""), "is protected by a password"),
            (key("RSA PRIVATE KEY", "Proc-Type: 4,ENCRYPTED\nDEK-Info: AES\n\n"), "is protected by a password"),
            (key("PRIVATE KEY", "").repeat(2), "holds 2 private keys"),
        ] {
            let said = judged(&text).unwrap_err();
            assert!(said.contains(told) && said.starts_with("server.tls_key"), "{said}");
        }
    }
}
