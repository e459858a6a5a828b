//! What an answer may refer to and link to: its own sources, and nothing that a passage or a model talks it into.

use std::collections::BTreeSet;

use hammock_contract::chat::Citation;
use url::{Host, Url};

use super::CITATION_HREF;

/// The numbered sources of an answer, and the hosts that they are from.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Sources {
    /// How many there are; they are numbered from 1.
    count: u32,
    /// Where the cited pages are, without `www.`.
    hosts: BTreeSet<String>,
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
            hosts: urls.filter_map(|url| url.host_str().map(|host| bare(host).to_owned())).collect(),
        }
    }

    /// Whether there is a source of this number.
    pub fn has(&self, number: u32) -> bool {
        (1..=self.count).contains(&number)
    }

    /// Whether a link may lead there: to a source by its number, to a page of a host that a source is from, or to a mailbox of
    /// such a host. Anything else could carry away what was said: what an address holds is up to whoever wrote the passage.
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
            "http" | "https" => url.host_str().is_some_and(|host| self.hosts.contains(bare(host))),
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
        self.hosts.iter().any(|host| {
            let above = host.strip_suffix(domain.as_str());
            above.is_some_and(|rest| rest.is_empty() || rest.ends_with('.'))
        })
    }
}

fn bare(host: &str) -> &str {
    host.strip_prefix("www.").unwrap_or(host)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sources() -> Sources {
        let hosts = ["docs.example.org", "shop.example"].map(str::to_owned);
        Sources { count: 2, hosts: hosts.into() }
    }

    #[test]
    fn links_stay_with_the_hosts_of_the_sources() {
        let sources = sources();
        for good in [
            "#cite-2",
            "https://docs.example.org/a?b=c#d",
            "http://www.shop.example/",
            "HTTPS://SHOP.EXAMPLE:8443/x",
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
