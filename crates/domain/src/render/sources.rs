//! What an answer may refer to and link to: its own sources, and nothing that a passage or a model talks it into.

use std::collections::BTreeSet;

use hammock_contract::chat::Citation;
use url::{Host, Url};

use super::CITATION_HREF;

/// The numbered sources of an answer, and the servers that they are from.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Sources {
    /// How many there are; they are numbered from 1.
    count: u32,
    /// Where the cited pages are.
    servers: BTreeSet<Server>,
}

/// What a source vouches for: a host, without `www.`, and a port. Other ports of a host are other servers, of other people
/// perhaps; those that http and https have by themselves are one server, and no port is named.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
struct Server {
    host: String,
    port: Option<u16>,
}

impl Server {
    fn of(url: &Url) -> Option<Self> {
        let host = url.host_str()?;
        Some(Self { host: host.strip_prefix("www.").unwrap_or(host).to_owned(), port: url.port() })
    }
}

impl Sources {
    /// An answer without sources: no reference is one, and no link leads anywhere.
    pub fn none() -> Self {
        Self::default()
    }

    /// The sources that were issued for an answer.
    pub fn of(citations: &[Citation]) -> Self {
        let urls = citations.iter().filter_map(|citation| Url::parse(citation.url.as_deref()?).ok());
        Self {
            count: u32::try_from(citations.len()).unwrap_or(u32::MAX),
            servers: urls.filter_map(|url| Server::of(&url)).collect(),
        }
    }

    /// Whether there is a source of this number.
    pub fn has(&self, number: u32) -> bool {
        (1..=self.count).contains(&number)
    }

    /// Whether a link may lead there: to a source by its number, to a page of a server that a source is from, or to a mailbox of
    /// its host. Anything else could carry away what was said: what an address holds is up to whoever wrote the passage.
    pub fn may_link(&self, address: &str) -> bool {
        if let Some(number) = address.strip_prefix(CITATION_HREF) {
            return number.parse().is_ok_and(|number| self.has(number));
        }
        // A browser drops some of these in the middle of an address and goes elsewhere than it seems.
        if address.chars().any(char::is_control) {
            return false;
        }
        let Ok(url) = Url::parse(address) else { return false };
        match url.scheme() {
            "http" | "https" => Server::of(&url).is_some_and(|server| self.servers.contains(&server)),
            "mailto" => self.may_write_to(&url),
            _ => false,
        }
    }

    fn may_write_to(&self, mailbox: &Url) -> bool {
        // Further recipients, a subject and a text are all places to carry something away in.
        if mailbox.query().is_some() {
            return false;
        }
        let Some((_, domain)) = mailbox.path().split_once('@') else { return false };
        let Ok(Host::Domain(domain)) = Host::parse(domain) else { return false };
        self.servers.iter().any(|server| {
            let above = server.host.strip_suffix(domain.as_str());
            above.is_some_and(|rest| rest.is_empty() || rest.ends_with('.'))
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sources() -> Sources {
        let urls = ["https://docs.example.org/guide", "http://www.shop.example/", "http://localhost:3000/a"];
        let servers = urls.iter().filter_map(|url| Server::of(&Url::parse(url).ok()?)).collect();
        Sources { count: 2, servers }
    }

    #[test]
    fn links_stay_with_the_servers_of_the_sources() {
        let sources = sources();
        for good in [
            "#cite-2",
            "https://docs.example.org/a?b=c#d",
            "http://www.shop.example/",
            "HTTPS://SHOP.EXAMPLE:443/x",
            "http://docs.example.org:80/",
            "http://localhost:3000/b",
            "https://localhost:3000/",
            "mailto:help@shop.example",
            "mailto:help@example.org",
        ] {
            assert!(sources.may_link(good), "{good}");
        }
        for bad in [
            "#cite-3",
            "#cite-",
            "#top",
            "/users",
            "",
            "https://evil.example/",
            "https://shop.example@evil.example/",
            "https://shop.example.evil.example/",
            "https://evilshop.example/",
            "https://sub.shop.example/",
            "https://shop.example:8443/",
            "http://localhost:9999/",
            "http://localhost/",
            "//shop.example/",
            "https:evil.example",
            "ht\ntps://shop.example/",
            "javascript:alert(1)//shop.example",
            "ftp://shop.example/",
            "mailto:help@evil.example",
            "mailto:help@shop.example,a@evil.example",
            "mailto:help@shop.example?bcc=a@evil.example",
            "mailto:help@ample.org",
        ] {
            assert!(!sources.may_link(bad), "{bad}");
        }
        assert!(!Sources::none().may_link("https://docs.example.org/") && !Sources::none().has(1));
    }
}
