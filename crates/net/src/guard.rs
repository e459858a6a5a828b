//! The egress guard: what is checked is what is connected to.

use std::{net::IpAddr, net::SocketAddr, sync::Arc};

use reqwest::dns::{Addrs, Name, Resolve, Resolving};
use url::{Host, Url};

use crate::{EgressPolicy, NetError, Resolver};

/// Policy and resolver together.
pub(crate) struct Guard {
    pub(crate) policy: EgressPolicy,
    resolver: Arc<dyn Resolver>,
}

impl Guard {
    pub(crate) fn new(policy: EgressPolicy, resolver: Arc<dyn Resolver>) -> Self {
        Self { policy, resolver }
    }

    /// Reads an address and refuses what needs no resolving to be refused: other schemes, user names, special addresses in
    /// whatever spelling the URL standard takes for one.
    pub(crate) fn check_form(&self, url: &Url) -> Result<(), NetError> {
        if !matches!(url.scheme(), "http" | "https") {
            return Err(NetError::InvalidUrl { reason: format!("the scheme {:?} is not http or https", url.scheme()) });
        }
        if !url.username().is_empty() || url.password().is_some() {
            return Err(NetError::InvalidUrl { reason: "it holds a user name or a password".to_owned() });
        }
        let port = url.port_or_known_default();
        match url.host() {
            None => Err(NetError::InvalidUrl { reason: "it names no host".to_owned() }),
            Some(Host::Domain(_)) => Ok(()),
            Some(Host::Ipv4(address)) => self.check_literal(url, address.into(), port),
            Some(Host::Ipv6(address)) => self.check_literal(url, address.into(), port),
        }
    }

    fn check_literal(&self, url: &Url, address: IpAddr, port: Option<u16>) -> Result<(), NetError> {
        let host = host_of(url);
        if self.policy.permits(&host, address, port) { Ok(()) } else { Err(NetError::Forbidden { host }) }
    }

    /// The addresses of a host, when all of them may be reached. One that may not condemns the host: which of them a
    /// connection takes is not ours to say, and a public name has no business with an inner address.
    pub(crate) async fn resolve(&self, host: &str, port: Option<u16>) -> Result<Vec<IpAddr>, NetError> {
        let addresses = self.resolver.resolve(host).await.map_err(|error| {
            tracing::debug!(host, %error, "the name could not be resolved");
            NetError::Unresolved { host: host.to_owned() }
        })?;
        if addresses.is_empty() {
            return Err(NetError::Unresolved { host: host.to_owned() });
        }
        if let Some(refused) = addresses.iter().find(|address| !self.policy.permits(host, **address, port)) {
            tracing::warn!(host, %refused, "a request to an address that is not public was refused");
            return Err(NetError::Forbidden { host: host.to_owned() });
        }
        Ok(addresses)
    }
}

/// The host of an address as it may be shown.
pub(crate) fn host_of(url: &Url) -> String {
    url.host_str().unwrap_or_default().to_owned()
}

/// Runs the guard at the moment a connection is opened, so that no other resolution comes between check and use. It is not asked
/// for hosts that are addresses already; those are checked by [`Guard::check_form`] before every request.
pub(crate) struct GuardedResolver {
    pub(crate) guard: Arc<Guard>,
    /// The port of all requests that use this resolver, where rules name it.
    pub(crate) port: Option<u16>,
}

impl Resolve for GuardedResolver {
    fn resolve(&self, name: Name) -> Resolving {
        let guard = Arc::clone(&self.guard);
        let port = self.port;
        Box::pin(async move {
            let addresses = guard.resolve(name.as_str(), port).await?;
            // Port 0 is replaced by the one of the request.
            Ok(Box::new(addresses.into_iter().map(|address| SocketAddr::new(address, 0))) as Addrs)
        })
    }
}
