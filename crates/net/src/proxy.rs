//! A way out for a program of its own, such as a browser: a forward proxy on loopback that lives as long as it is needed. What
//! passes it passes the egress guard: names are resolved here, special address ranges are refused, and the connection goes to the
//! address that was checked.

mod head;

use std::{
    io,
    net::{IpAddr, Ipv4Addr, SocketAddr},
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};

use tokio::{
    io::{AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _},
    net::{TcpListener, TcpStream},
    task::{JoinHandle, JoinSet},
    time::{Instant, timeout, timeout_at},
};
use url::{Host, Url};

use self::head::{Head, Unreadable};
use crate::{Client, NetError, guard::host_of};

/// How much is passed on at once. Bytes.
const PIECE: usize = 16 << 10;

/// How much may pass a proxy while it lives.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ProxyLimits {
    /// In both directions together, as it is on the wire. Bytes.
    pub max_bytes: u64,
    /// How many connections are taken in all.
    pub max_connections: u64,
    /// How long it lives at most.
    pub time: Duration,
}

impl Default for ProxyLimits {
    fn default() -> Self {
        Self { max_bytes: 50 * 1024 * 1024, max_connections: 300, time: Duration::from_secs(60) }
    }
}

/// A forward proxy on loopback, on a port of its own. It ends, with every connection through it, when it is dropped.
#[derive(Debug)]
pub struct Proxy {
    address: SocketAddr,
    refused: Arc<AtomicU64>,
    serving: JoinHandle<()>,
}

impl Proxy {
    /// Opens a proxy that reaches what `client` may reach.
    ///
    /// # Errors
    /// When no port can be bound.
    pub async fn open(client: &Client, limits: ProxyLimits) -> io::Result<Self> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
        let address = listener.local_addr()?;
        let refused = Arc::new(AtomicU64::new(0));
        let passing = Arc::new(Passing {
            client: client.clone(),
            bytes_left: AtomicU64::new(limits.max_bytes),
            refused: Arc::clone(&refused),
        });
        let end = Instant::now() + limits.time;
        let serving = tokio::spawn(async move {
            if timeout_at(end, serve(listener, passing, limits.max_connections)).await.is_err() {
                tracing::debug!("a proxy reached the end of its time");
            }
        });
        Ok(Self { address, refused, serving })
    }

    /// Where it listens.
    pub const fn address(&self) -> SocketAddr {
        self.address
    }

    /// How many connections the guard has refused so far.
    pub fn refused(&self) -> u64 {
        self.refused.load(Ordering::Relaxed)
    }
}

impl Drop for Proxy {
    fn drop(&mut self) {
        self.serving.abort();
    }
}

/// Takes connections, so many in all, and waits for their ends. Dropped, it ends them.
async fn serve(listener: TcpListener, passing: Arc<Passing>, most: u64) {
    let mut connections = JoinSet::new();
    let mut taken = 0;
    while taken < most {
        tokio::select! {
            accepted = listener.accept() => match accepted {
                Ok((browser, _)) => {
                    taken += 1;
                    let passing = Arc::clone(&passing);
                    connections.spawn(async move {
                        if let Err(error) = passing.pass(browser).await {
                            tracing::debug!(%error, "a connection through a proxy ended early");
                        }
                    });
                }
                Err(error) => {
                    tracing::debug!(%error, "a proxy takes no more connections");
                    break;
                }
            },
            Some(_ended) = connections.join_next() => {}
        }
    }
    drop(listener);
    while connections.join_next().await.is_some() {}
}

/// What the connections through one proxy share.
struct Passing {
    client: Client,
    bytes_left: AtomicU64,
    refused: Arc<AtomicU64>,
}

impl Passing {
    /// One connection: a tunnel, or one request with its answer.
    async fn pass(&self, mut browser: TcpStream) -> io::Result<()> {
        let (head, rest) = match Head::read(&mut browser).await? {
            Ok(read) => read,
            Err(Unreadable::Malformed) => return say(&mut browser, "400 Bad Request").await,
            Err(Unreadable::NoLength) => return say(&mut browser, "411 Length Required").await,
        };
        match self.reach(&head.url).await {
            Ok(site) if head.is_tunnel => self.tunnel(browser, &rest, site).await,
            Ok(site) => self.request(browser, &head, &rest, site).await,
            Err(error) => {
                let status = match &error {
                    NetError::Forbidden { .. } | NetError::NotListed { .. } | NetError::InvalidUrl { .. } => {
                        self.refused.fetch_add(1, Ordering::Relaxed);
                        "403 Forbidden"
                    }
                    NetError::Timeout { .. } => "504 Gateway Timeout",
                    _ => "502 Bad Gateway",
                };
                tracing::debug!(%error, "a proxy did not connect");
                say(&mut browser, status).await
            }
        }
    }

    /// Connects to an address that was checked, and to no other.
    async fn reach(&self, url: &Url) -> Result<TcpStream, NetError> {
        self.client.check_before_asking(url).await?;
        let host = host_of(url);
        let policy = &self.client.guard().policy;
        // A browser speaks to websites. Below 1024 other services live, which may take a request for something else.
        let is_web = |port: &u16| matches!(port, 80 | 443 | 1024..) || policy.named_ports().any(|named| named == *port);
        let Some(port) = url.port_or_known_default().filter(is_web) else { return Err(NetError::Forbidden { host }) };
        let connecting = async {
            for address in self.addresses(url, port).await? {
                match TcpStream::connect((address, port)).await {
                    Ok(site) => return Ok(site),
                    Err(error) => tracing::debug!(host, %error, "no connection"),
                }
            }
            Err(NetError::Unreachable { host: host.clone() })
        };
        match timeout(policy.connect_timeout, connecting).await {
            Ok(connected) => connected,
            Err(_elapsed) => Err(NetError::Timeout { host: host.clone() }),
        }
    }

    async fn addresses(&self, url: &Url, port: u16) -> Result<Vec<IpAddr>, NetError> {
        match url.host() {
            Some(Host::Domain(name)) => self.client.guard().resolve(name, Some(port)).await,
            // Checked with the form of the address.
            Some(Host::Ipv4(address)) => Ok(vec![address.into()]),
            Some(Host::Ipv6(address)) => Ok(vec![address.into()]),
            None => Err(NetError::InvalidUrl { reason: "it names no host".to_owned() }),
        }
    }

    /// Passes on whatever comes, in both directions, until both have ended.
    async fn tunnel(&self, mut browser: TcpStream, rest: &[u8], mut site: TcpStream) -> io::Result<()> {
        browser.write_all(b"HTTP/1.1 200 Connection established\r\n\r\n").await?;
        let (from_browser, mut to_browser) = browser.split();
        let (from_site, mut to_site) = site.split();
        let up = async {
            self.copy(rest.chain(from_browser), &mut to_site).await?;
            to_site.shutdown().await
        };
        let down = async {
            self.copy(from_site, &mut to_browser).await?;
            to_browser.shutdown().await
        };
        tokio::try_join!(up, down).map(|_ended| ())
    }

    /// Passes on one request and its answer. The connection is not used again: the next request may be for somebody else.
    async fn request(&self, mut browser: TcpStream, head: &Head, rest: &[u8], mut site: TcpStream) -> io::Result<()> {
        let request = head.for_site();
        self.spend(request.len())?;
        site.write_all(&request).await?;
        let (from_browser, mut to_browser) = browser.split();
        let (from_site, mut to_site) = site.split();
        let up = async {
            // A site may answer before it has heard everything, and its answer counts.
            if let Err(error) = self.copy(rest.chain(from_browser).take(head.body_length), &mut to_site).await {
                tracing::debug!(%error, "a request was not read to its end");
            }
            std::future::pending::<io::Result<()>>().await
        };
        let down = async {
            self.copy(from_site, &mut to_browser).await?;
            to_browser.shutdown().await
        };
        tokio::select! {
            answered = down => answered,
            never = up => never,
        }
    }

    async fn copy(&self, mut from: impl AsyncRead + Unpin, to: &mut (impl AsyncWrite + Unpin)) -> io::Result<()> {
        let mut buffer = vec![0; PIECE];
        loop {
            let length = from.read(&mut buffer).await?;
            if length == 0 {
                return Ok(());
            }
            self.spend(length)?;
            to.write_all(&buffer[..length]).await?;
        }
    }

    /// Takes bytes from what is left of the limit.
    fn spend(&self, bytes: usize) -> io::Result<()> {
        let left = self.bytes_left.fetch_update(Ordering::Relaxed, Ordering::Relaxed, |left| {
            left.checked_sub(u64::try_from(bytes).unwrap_or(u64::MAX))
        });
        if left.is_ok() {
            return Ok(());
        }
        // Nor may anything smaller pass now.
        self.bytes_left.store(0, Ordering::Relaxed);
        Err(io::Error::other("more than the limit has passed"))
    }
}

/// An answer of the proxy's own.
async fn say(browser: &mut TcpStream, status: &str) -> io::Result<()> {
    let answer = format!("HTTP/1.1 {status}\r\nContent-Length: 0\r\nConnection: close\r\n\r\n");
    browser.write_all(answer.as_bytes()).await?;
    browser.shutdown().await
}
