//! The hosts that an organisation narrows its requests to: a list of its own. It takes away from what the operator allows and can
//! add nothing.

use std::{fmt, io, net::IpAddr, str::FromStr};

use async_trait::async_trait;
use url::{Host, Url};

/// The longest name of a host, and the longest part of one between two dots (RFC 1035, section 2.3.4). Bytes.
const LONGEST_HOST: usize = 253;
const LONGEST_LABEL: usize = 63;

/// Says which hosts requests are narrowed to. It is asked before each request, each redirect and each connection of a proxy, so
/// that what changes counts for the next one.
#[async_trait]
pub trait Narrowing: Send + Sync {
    /// The hosts; nothing where requests are not narrowed.
    ///
    /// # Errors
    /// When that cannot be told now. Then nothing is asked.
    async fn hosts(&self) -> io::Result<Option<Vec<HostRule>>>;
}

/// A narrowing that never changes, for tests.
#[derive(Debug, Clone, Default)]
pub struct FixedHosts(pub Vec<HostRule>);

#[async_trait]
impl Narrowing for FixedHosts {
    async fn hosts(&self) -> io::Result<Option<Vec<HostRule>>> {
        Ok(Some(self.0.clone()))
    }
}

/// One line of a list of hosts. Written as `example.org` for this name alone, `*.example.org` for every name below it and not
/// itself, `10.1.2.3` or `[fd00::1]`; with `:8443` behind it for that port alone, without for every port. Case does not matter,
/// nor whether a name is written in its own letters or as `xn--…`, nor a dot at its end.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HostRule {
    place: Place,
    port: Option<u16>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Place {
    Name(String),
    Below(String),
    Address(IpAddr),
}

/// A line that is no host.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "{0:?} is neither a host such as example.org or *.example.org nor an address such as 10.1.2.3, each with or without \
     :port"
)]
pub struct InvalidHost(String);

impl HostRule {
    /// Whether an address of the web is at this host.
    pub fn covers(&self, url: &Url) -> bool {
        let port_fits = self.port.is_none() || self.port == url.port_or_known_default();
        let is_there = match (&self.place, url.host()) {
            (Place::Name(name), Some(Host::Domain(host))) => without_dot(host) == name,
            (Place::Below(name), Some(Host::Domain(host))) => without_dot(host)
                .strip_suffix(name.as_str())
                .is_some_and(|below| below.len() > 1 && below.ends_with('.')),
            (Place::Address(address), Some(Host::Ipv4(host))) => *address == IpAddr::from(host),
            (Place::Address(address), Some(Host::Ipv6(host))) => *address == IpAddr::from(host).to_canonical(),
            _ => false,
        };
        port_fits && is_there
    }
}

fn without_dot(host: &str) -> &str {
    host.strip_suffix('.').unwrap_or(host)
}

impl FromStr for HostRule {
    type Err = InvalidHost;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let invalid = || InvalidHost(text.to_owned());
        let trimmed = text.trim();
        // A bare IPv6 address holds colons of its own, so it is tried before a port is split off.
        if let Some(place) = address(trimmed) {
            return Ok(Self { place, port: None });
        }
        let (place, port) = match trimmed.rsplit_once(':') {
            Some((place, port)) => (place, Some(port_of(port).ok_or_else(invalid)?)),
            None => (trimmed, None),
        };
        let place = address(place)
            .or_else(|| match place.strip_prefix("*.") {
                Some(rest) => name(rest).map(Place::Below),
                None => name(place).map(Place::Name),
            })
            .ok_or_else(invalid)?;
        Ok(Self { place, port })
    }
}

fn address(text: &str) -> Option<Place> {
    let inner = text.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')).unwrap_or(text);
    // What wraps an IPv4 address is where the system would connect to that.
    inner.parse().ok().map(|address: IpAddr| Place::Address(address.to_canonical()))
}

fn port_of(text: &str) -> Option<u16> {
    let digits = text.bytes().all(|byte| byte.is_ascii_digit());
    text.parse::<u16>().ok().filter(|port| digits && *port > 0)
}

/// A name in the one form that addresses have it in.
fn name(text: &str) -> Option<String> {
    // What only looks like an address (`10.0.0`, `0x7f.1`) would be matched by nobody's expectation.
    let Ok(Host::Domain(name)) = Host::parse(text) else { return None };
    let name = without_dot(&name);
    let fits = |label: &str| (1..=LONGEST_LABEL).contains(&label.len());
    // More may stand in an address, such as commas, and nobody means it.
    let is_usual = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.');
    let is_one =
        !text.contains('%') && name.bytes().all(is_usual) && name.len() <= LONGEST_HOST && name.split('.').all(fits);
    is_one.then(|| name.to_owned())
}

impl fmt::Display for HostRule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.place {
            Place::Name(name) => f.write_str(name)?,
            Place::Below(name) => write!(f, "*.{name}")?,
            Place::Address(IpAddr::V4(address)) => write!(f, "{address}")?,
            Place::Address(IpAddr::V6(address)) => write!(f, "[{address}]")?,
        }
        match self.port {
            Some(port) => write!(f, ":{port}"),
            None => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn covers(rule: &str, url: &str) -> bool {
        rule.parse::<HostRule>().unwrap().covers(&Url::parse(url).unwrap())
    }

    #[test]
    fn a_line_covers_what_it_says_and_no_more() {
        for (rule, url) in [
            ("example.org", "https://example.org/a"),
            ("example.org", "http://example.org:8080/"),
            ("Example.ORG", "https://example.org/"),
            ("example.org", "https://EXAMPLE.org/"),
            ("example.org", "https://example.org./"),
            ("example.org.", "https://example.org/"),
            (" example.org ", "https://example.org/"),
            ("*.example.org", "https://a.example.org/"),
            ("*.example.org", "https://a.b.Example.org./"),
            ("*.example.org:8443", "https://a.example.org:8443/"),
            ("bücher.example", "https://xn--bcher-kva.example/"),
            ("xn--bcher-kva.example", "https://BÜCHER.example/"),
            ("*.bücher.example", "https://a.bücher.example/"),
            ("example.org:443", "https://example.org/"),
            ("example.org:80", "http://example.org/"),
            ("intranet", "http://intranet/"),
            ("10.1.2.3", "http://10.1.2.3:11434/v1"),
            ("10.1.2.3:11434", "http://10.1.2.3:11434/v1"),
            ("10.1.2.3", "http://0x0a.1.2.3/"),
            ("10.1.2.3", "http://[::ffff:10.1.2.3]/"),
            ("::ffff:10.1.2.3", "http://10.1.2.3/"),
            ("[fd00::1]:8080", "http://[fd00:0::1]:8080/"),
            ("fd00::1", "http://[fd00::1]/"),
        ] {
            assert!(covers(rule, url), "{rule} covers {url}");
        }
        for (rule, url) in [
            ("example.org", "https://www.example.org/"),
            ("example.org", "https://notexample.org/"),
            ("example.org", "https://example.org.evil.example/"),
            ("example.org", "https://example.org@evil.example/"),
            ("*.example.org", "https://example.org/"),
            ("*.example.org", "https://notexample.org/"),
            ("*.example.org", "https://a.example.org.evil.example/"),
            ("example.org:443", "http://example.org/"),
            ("example.org:8443", "https://example.org/"),
            ("10.1.2.3", "http://10.1.2.4/"),
            ("10.1.2.3:80", "http://10.1.2.3:81/"),
            ("fd00::1", "http://[fd00::2]/"),
            ("intranet", "http://intranet.example.org/"),
        ] {
            assert!(!covers(rule, url), "{rule} does not cover {url}");
        }
    }

    #[test]
    fn lines_are_kept_in_one_form() {
        for (typed, kept) in [
            ("Example.org.", "example.org"),
            (" *.Example.org:8443", "*.example.org:8443"),
            ("bücher.example", "xn--bcher-kva.example"),
            ("::ffff:10.1.2.3", "10.1.2.3"),
            ("fd00:0::1", "[fd00::1]"),
            ("[fd00::1]:80", "[fd00::1]:80"),
        ] {
            let rule: HostRule = typed.parse().unwrap();
            assert_eq!(rule.to_string(), kept);
            assert_eq!(kept.parse::<HostRule>(), Ok(rule));
        }
    }

    #[test]
    fn what_is_no_host_is_refused() {
        let long = format!("{}.org", "a".repeat(64));
        for text in [
            "",
            "*",
            "*.",
            "*example.org",
            "a.*.org",
            "*.10.1.2.3",
            "https://example.org",
            "example.org/path",
            "me@example.org",
            "example.org:",
            "example.org:http",
            "example.org:+80",
            "example.org:0",
            "example.org:99999",
            "a b.example",
            "a,b.example",
            "example..org",
            "%65xample.org",
            "10.0.0",
            "10.0.0.0/8",
            long.as_str(),
        ] {
            assert!(text.parse::<HostRule>().is_err(), "{text}");
        }
    }
}
