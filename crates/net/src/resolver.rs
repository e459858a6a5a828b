//! From names to addresses.

use std::{collections::BTreeMap, io, net::IpAddr};

use async_trait::async_trait;

/// Resolves names. The guard judges what comes out, whoever resolves.
#[async_trait]
pub trait Resolver: Send + Sync {
    /// All addresses of a host.
    ///
    /// # Errors
    /// When the host has none, or the name service does not answer.
    async fn resolve(&self, host: &str) -> io::Result<Vec<IpAddr>>;
}

/// The operating system's resolver.
#[derive(Debug, Clone, Copy, Default)]
pub struct SystemResolver;

#[async_trait]
impl Resolver for SystemResolver {
    async fn resolve(&self, host: &str) -> io::Result<Vec<IpAddr>> {
        Ok(tokio::net::lookup_host((host, 0)).await?.map(|socket| socket.ip()).collect())
    }
}

/// A fixed table of names, for closed networks and tests. A name `*.suffix` stands for every name below the suffix.
#[derive(Debug, Clone, Default)]
pub struct FixedResolver {
    names: BTreeMap<String, Vec<IpAddr>>,
}

impl FixedResolver {
    /// The same table with one name more.
    #[must_use]
    pub fn with(mut self, host: impl Into<String>, addresses: impl IntoIterator<Item = IpAddr>) -> Self {
        self.names.insert(host.into(), addresses.into_iter().collect());
        self
    }
}

#[async_trait]
impl Resolver for FixedResolver {
    async fn resolve(&self, host: &str) -> io::Result<Vec<IpAddr>> {
        let host = host.strip_suffix('.').unwrap_or(host);
        let by_suffix = || {
            let (_, suffix) = host.split_once('.')?;
            self.names.get(&format!("*.{suffix}"))
        };
        let found = self.names.get(host).or_else(by_suffix).cloned();
        found.ok_or_else(|| io::Error::new(io::ErrorKind::NotFound, "the name is not in the table"))
    }
}
