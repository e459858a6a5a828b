//! The client that everybody shares.

use std::{collections::BTreeMap, net::IpAddr, sync::Arc};

use http::Method;
use url::{Host, Url};

use crate::{
    EgressPolicy, Narrowing, NetError, RequestBuilder, Resolver, SystemResolver,
    guard::{Guard, GuardedResolver, host_of},
    is_public,
};

/// The guarded HTTP client. Cloning is cheap and shares the connections.
#[derive(Clone)]
pub struct Client {
    inner: Arc<Inner>,
    narrowed_by: Vec<Arc<dyn Narrowing>>,
}

struct Inner {
    guard: Arc<Guard>,
    general: reqwest::Client,
    /// One client for each port that a rule names: a resolver is not told the port, and connections are pooled by it.
    by_port: BTreeMap<u16, reqwest::Client>,
}

impl Client {
    /// A client with the system's resolver.
    ///
    /// # Errors
    /// When the system's certificates cannot be loaded.
    pub fn new(policy: EgressPolicy) -> Result<Self, NetError> {
        Self::with_resolver(policy, Arc::new(SystemResolver))
    }

    /// A client with another resolver.
    ///
    /// # Errors
    /// When the system's certificates cannot be loaded.
    pub fn with_resolver(policy: EgressPolicy, resolver: Arc<dyn Resolver>) -> Result<Self, NetError> {
        let guard = Arc::new(Guard::new(policy, resolver));
        let general = build(&guard, None)?;
        let by_port =
            guard.policy.named_ports().map(|port| Ok((port, build(&guard, Some(port))?))).collect::<Result<_, _>>()?;
        Ok(Self { inner: Arc::new(Inner { guard, general, by_port }), narrowed_by: Vec::new() })
    }

    /// The same client, narrowed: beside what the operator allows, each request, each redirect and each connection of a proxy
    /// needs a host that `narrowing` names at that moment. It takes away and can add nothing; what was narrowed before stays so.
    #[must_use]
    pub fn narrowed_by(&self, narrowing: Arc<dyn Narrowing>) -> Self {
        let mut narrowed = self.clone();
        narrowed.narrowed_by.push(narrowing);
        narrowed
    }

    /// Begins a GET request.
    pub fn get(&self, url: &str) -> RequestBuilder {
        RequestBuilder::new(self.clone(), Method::GET, url)
    }

    /// Begins a POST request. Redirects of it are not followed.
    pub fn post(&self, url: &str) -> RequestBuilder {
        RequestBuilder::new(self.clone(), Method::POST, url)
    }

    /// Begins a request with another method.
    pub fn request(&self, method: Method, url: &str) -> RequestBuilder {
        RequestBuilder::new(self.clone(), method, url)
    }

    /// Says whether an address may be asked now, without asking it. A request checks again when it connects.
    ///
    /// # Errors
    /// What a request would fail with: not valid, forbidden, off the organisation's list, or a name without an address.
    pub async fn check_url(&self, url: &Url) -> Result<(), NetError> {
        self.check_before_asking(url).await?;
        if let Some(Host::Domain(name)) = url.host() {
            let limit = self.inner.guard.policy.connect_timeout;
            let resolving = self.inner.guard.resolve(name, url.port_or_known_default());
            match tokio::time::timeout(limit, resolving).await {
                Ok(resolved) => resolved.map(|_addresses| ())?,
                Err(_elapsed) => return Err(NetError::Timeout { host: name.to_owned() }),
            }
        }
        Ok(())
    }

    /// Whether an address may be asked only because the operator allows it: it is none of the public Internet.
    pub async fn is_allowed_by_operator(&self, url: &Url) -> bool {
        if self.check_before_asking(url).await.is_err() {
            return false;
        }
        let addresses = match url.host() {
            Some(Host::Ipv4(address)) => vec![IpAddr::from(address)],
            Some(Host::Ipv6(address)) => vec![IpAddr::from(address)],
            Some(Host::Domain(name)) => {
                let limit = self.inner.guard.policy.connect_timeout;
                let resolving = self.inner.guard.resolve(name, url.port_or_known_default());
                match tokio::time::timeout(limit, resolving).await {
                    Ok(Ok(addresses)) => addresses,
                    _ => return false,
                }
            }
            None => return false,
        };
        addresses.iter().all(|address| !is_public(*address))
    }

    /// A plain client for libraries that want one, to be used below `base` only: names are guarded when it connects, it follows no
    /// redirect, it knows no proxy. An address in place of a name is checked here, once.
    ///
    /// # Errors
    /// As [`Client::check_url`].
    pub async fn http_client_for(&self, base: &Url) -> Result<reqwest::Client, NetError> {
        self.check_url(base).await?;
        Ok(self.pool_for(base).clone())
    }

    /// Says whether the hosts that this client is narrowed to contain that of an address, without resolving it. For whoever has an
    /// answer of before: what may not be asked any more must not count from there either.
    ///
    /// # Errors
    /// [`NetError::NotListed`], and [`NetError::ListUnknown`] where that cannot be told.
    pub async fn check_listed(&self, url: &Url) -> Result<(), NetError> {
        for narrowing in &self.narrowed_by {
            match narrowing.hosts().await {
                Ok(None) => {}
                Ok(Some(rules)) if rules.iter().any(|rule| rule.covers(url)) => {}
                Ok(Some(_)) => {
                    let host = match url.port() {
                        Some(port) => format!("{}:{port}", host_of(url)),
                        None => host_of(url),
                    };
                    tracing::info!(host, "a request to a host that an organisation does not list was refused");
                    return Err(NetError::NotListed { host });
                }
                Err(error) => {
                    let host = host_of(url);
                    tracing::warn!(host, %error, "the hosts that an organisation lists could not be read");
                    return Err(NetError::ListUnknown { host });
                }
            }
        }
        Ok(())
    }

    /// Refuses what needs no resolving to be refused.
    pub(crate) async fn check_before_asking(&self, url: &Url) -> Result<(), NetError> {
        self.inner.guard.check_form(url)?;
        self.check_listed(url).await
    }

    pub(crate) fn guard(&self) -> &Guard {
        &self.inner.guard
    }

    pub(crate) fn pool_for(&self, url: &Url) -> &reqwest::Client {
        url.port_or_known_default().and_then(|port| self.inner.by_port.get(&port)).unwrap_or(&self.inner.general)
    }
}

#[expect(clippy::disallowed_methods, reason = "this is the one place that builds an HTTP client")]
fn build(guard: &Arc<Guard>, port: Option<u16>) -> Result<reqwest::Client, NetError> {
    reqwest::Client::builder()
        .dns_resolver(Arc::new(GuardedResolver { guard: Arc::clone(guard), port }))
        .redirect(reqwest::redirect::Policy::none())
        // A proxy would resolve names itself, behind the guard's back.
        .no_proxy()
        .referer(false)
        .connect_timeout(guard.policy.connect_timeout)
        .read_timeout(guard.policy.idle_timeout)
        .pool_idle_timeout(std::time::Duration::from_secs(60))
        .user_agent(&guard.policy.user_agent)
        .build()
        .map_err(|error| NetError::InvalidRequest { reason: format!("no HTTP client can be made: {error}") })
}
