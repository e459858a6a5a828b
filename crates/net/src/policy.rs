//! What the operator allows beyond the public Internet.

use std::{fmt, net::IpAddr, str::FromStr, time::Duration};

use serde::{Deserialize, Serialize};

use crate::address;

/// What requests may reach. The default is the public Internet and nothing else; only the operator's configuration adds to it.
#[derive(Debug, Clone)]
pub struct EgressPolicy {
    /// Destinations that are allowed although they are not public: a local model server, an intranet site, a test.
    pub allow: Vec<EgressRule>,
    /// How long resolving a name and opening a connection may take, together.
    pub connect_timeout: Duration,
    /// The longest silence within an answer, also for callers that stream without a limit of their own.
    pub idle_timeout: Duration,
    /// What requests call themselves unless they say otherwise.
    pub user_agent: String,
}

impl Default for EgressPolicy {
    fn default() -> Self {
        Self {
            allow: Vec::new(),
            connect_timeout: Duration::from_secs(10),
            idle_timeout: Duration::from_secs(120),
            user_agent: concat!("Hammock/", env!("CARGO_PKG_VERSION")).to_owned(),
        }
    }
}

impl EgressPolicy {
    /// The public Internet and these destinations.
    pub fn allowing(allow: impl IntoIterator<Item = EgressRule>) -> Self {
        Self { allow: allow.into_iter().collect(), ..Self::default() }
    }

    /// Whether a connection for `host` may go to `address`. `port` is none where it is not known; rules that name a port do not
    /// apply then.
    pub(crate) fn permits(&self, host: &str, address: IpAddr, port: Option<u16>) -> bool {
        address::is_public(address) || self.allow.iter().any(|rule| rule.covers(host, address.to_canonical(), port))
    }

    /// The ports that rules name.
    pub(crate) fn named_ports(&self) -> impl Iterator<Item = u16> + '_ {
        self.allow.iter().filter_map(|rule| rule.port)
    }
}

/// One destination that is allowed although it is not public. Written as `10.1.2.3`, `10.0.0.0/8`, `[fd00::/8]:8080`,
/// `127.0.0.1:11434`, `intranet.example` or `localhost:11434`; without a port, every port is meant.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct EgressRule {
    target: Target,
    port: Option<u16>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Target {
    Network(IpAddr, u32),
    Host(String),
}

/// A rule that cannot be read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0:?} is neither an address, a network such as 10.0.0.0/8, nor a host name, each with or without :port")]
pub struct InvalidRule(String);

impl EgressRule {
    fn covers(&self, host: &str, address: IpAddr, port: Option<u16>) -> bool {
        let port_fits = self.port.is_none() || self.port == port;
        port_fits
            && match &self.target {
                Target::Network(net, bits) => address::contains(*net, *bits, address),
                Target::Host(name) => name.eq_ignore_ascii_case(host.strip_suffix('.').unwrap_or(host)),
            }
    }
}

impl FromStr for EgressRule {
    type Err = InvalidRule;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let invalid = || InvalidRule(text.to_owned());
        let trimmed = text.trim();
        // A bare IPv6 address holds colons of its own, so it is tried before a port is split off.
        let unbracketed = trimmed.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')).unwrap_or(trimmed);
        if let Some(target) = network(unbracketed) {
            return Ok(Self { target, port: None });
        }
        let (place, port) = match trimmed.rsplit_once(':') {
            Some((place, port)) => (place, Some(port.parse().map_err(|_| invalid())?)),
            None => (trimmed, None),
        };
        let inner = place.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')).unwrap_or(place);
        let target = network(inner).or_else(|| host(place)).ok_or_else(invalid)?;
        Ok(Self { target, port })
    }
}

fn network(text: &str) -> Option<Target> {
    let (address, bits) = match text.split_once('/') {
        Some((address, bits)) => (address, Some(bits.parse::<u32>().ok()?)),
        None => (text, None),
    };
    let address: IpAddr = address.parse().ok()?;
    let most = if address.is_ipv4() { 32 } else { 128 };
    let bits = bits.unwrap_or(most);
    (bits <= most).then_some(Target::Network(address, bits))
}

fn host(text: &str) -> Option<Target> {
    // What only looks like an address (`10.0.0`, `0x7f.1`) would be matched by nobody's expectation.
    let is_name = url::Host::parse(text).is_ok_and(|host| matches!(host, url::Host::Domain(_)));
    (is_name && !text.contains('*')).then(|| Target::Host(text.trim_end_matches('.').to_ascii_lowercase()))
}

impl fmt::Display for EgressRule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let place = match &self.target {
            Target::Network(net, bits) if net.is_ipv6() => format!("[{net}/{bits}]"),
            Target::Network(net, bits) => format!("{net}/{bits}"),
            Target::Host(name) => name.clone(),
        };
        match self.port {
            Some(port) => write!(f, "{place}:{port}"),
            None => f.write_str(&place),
        }
    }
}

impl TryFrom<String> for EgressRule {
    type Error = InvalidRule;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        text.parse()
    }
}

impl From<EgressRule> for String {
    fn from(rule: EgressRule) -> Self {
        rule.to_string()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn covers(rule: &str, host: &str, address: &str, port: u16) -> bool {
        rule.parse::<EgressRule>().unwrap().covers(host, address.parse().unwrap(), Some(port))
    }

    #[test]
    fn rules_cover_what_they_say_and_no_more() {
        assert!(covers("10.0.0.0/8", "a.example", "10.9.9.9", 80));
        assert!(!covers("10.0.0.0/8", "a.example", "11.0.0.1", 80));
        assert!(covers("127.0.0.1:11434", "127.0.0.1", "127.0.0.1", 11434));
        assert!(!covers("127.0.0.1:11434", "127.0.0.1", "127.0.0.1", 11435));
        assert!(covers("::1", "::1", "::1", 80));
        assert!(covers("[fd00::/8]:8080", "x", "fd12::1", 8080));
        assert!(!covers("[fd00::/8]:8080", "x", "fd12::1", 80));
        assert!(covers("LocalHost:11434", "localhost.", "127.0.0.1", 11434));
        assert!(!covers("localhost", "notlocalhost", "127.0.0.1", 80));
    }

    #[test]
    fn rules_read_back_as_they_were_written() {
        for text in ["10.0.0.0/8", "127.0.0.1/32:11434", "[fd00::/8]:8080", "[::1/128]", "localhost:11434", "intranet"]
        {
            let rule: EgressRule = text.parse().unwrap();
            assert_eq!(rule.to_string(), text);
            assert_eq!(rule.to_string().parse::<EgressRule>().unwrap(), rule);
        }
        for text in ["", "10.0.0.0/33", "10.0.0", "host:port", "*.example.com", "http://x/", "a b", "host:99999"] {
            assert!(text.parse::<EgressRule>().is_err(), "{text}");
        }
    }

    #[test]
    fn a_rule_with_a_port_needs_the_port() {
        let policy = EgressPolicy::allowing(["127.0.0.1:80".parse().unwrap()]);
        let loopback = "127.0.0.1".parse().unwrap();
        assert!(policy.permits("x", loopback, Some(80)));
        assert!(!policy.permits("x", loopback, None));
        assert!(policy.permits("x", "93.184.216.34".parse().unwrap(), None));
    }
}
