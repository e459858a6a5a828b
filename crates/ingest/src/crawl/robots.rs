//! robots.txt, as RFC 9309 wants it read.

use std::{borrow::Cow, time::Duration};

use hammock_net::{Limits, NetError};
use texting_robots::Robot;
use url::Url;

use super::{CrawlError, fetch::Fetcher};

/// What is read; the standard wants 500 KiB at least. Bytes.
const MAX_BYTES: u64 = 512 * 1024;
/// Longer waits than this are a way to say no; a crawl that takes them would not end.
const LONGEST_DELAY: Duration = Duration::from_secs(60);

/// How many rules may name an address to its end, with `$`: each is compiled, which takes some ten kilobytes.
const MOST_COMPILED: usize = 1_000;

/// What the site allows.
pub(super) struct Robots(Option<Robot>);

impl Robots {
    /// Everything is allowed.
    pub(super) fn none() -> Self {
        Self(None)
    }

    /// Reads the site's robots.txt. One that is not there allows everything; one that the server fails to give forbids everything.
    pub(super) async fn fetch(fetcher: &Fetcher, start: &Url) -> Result<Self, CrawlError> {
        let Ok(url) = start.join("/robots.txt") else { return Ok(Self(None)) };
        let limits = Limits { max_bytes: MAX_BYTES, max_redirects: 5, ..fetcher.limits() };
        let answer = match fetcher.get_with_retries(&url, limits).await {
            Ok(answer) => answer,
            // Its beginning counts, however long it is.
            Err(NetError::TooLarge { .. }) => {
                let mut answer = fetcher.get_beginning(&url, limits).await?;
                // Half a line may forbid more than the whole one.
                let whole_lines = answer.body.iter().rposition(|byte| *byte == b'\n').unwrap_or_default();
                answer.body.truncate(whole_lines);
                answer
            }
            // In a circle of redirects: as if it were not there.
            Err(error)
                if !error.is_transient()
                    && !matches!(error, NetError::Forbidden { .. } | NetError::NotListed { .. }) =>
            {
                return Ok(Self(None));
            }
            Err(error) => return Err(error.into()),
        };
        match answer.status.as_u16() {
            200..=299 => Ok(Self::parse(&fetcher.policy.product, &answer.body)),
            status @ (429 | 500..) => Err(CrawlError::SiteFailed { status }),
            _ => Ok(Self(None)),
        }
    }

    fn parse(product: &str, text: &[u8]) -> Self {
        let text = text.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(text);
        // A page that says "not found" with status 200 is no robots.txt.
        if text.trim_ascii_start().starts_with(b"<") {
            return Self(None);
        }
        // One rule that is too much to be compiled must not take the others along.
        let read = |most_compiled| Robot::new(product, &prepared(text, most_compiled));
        match read(MOST_COMPILED).or_else(|_| read(0)) {
            Ok(robot) => Self(Some(robot)),
            Err(error) => {
                tracing::info!(%error, "a robots.txt could not be read");
                Self(None)
            }
        }
    }

    pub(super) fn allows(&self, url: &Url) -> bool {
        self.0.as_ref().is_none_or(|robot| robot.allowed(&String::from_utf8_lossy(&compared(url.as_str().as_bytes()))))
    }

    /// The delay that the site wants between two requests.
    pub(super) fn delay(&self) -> Option<Duration> {
        let seconds = self.0.as_ref()?.delay?;
        Some(Duration::try_from_secs_f32(seconds).unwrap_or(LONGEST_DELAY).min(LONGEST_DELAY))
    }

    /// The sitemaps that it names.
    pub(super) fn sitemaps(&self) -> impl Iterator<Item = &str> {
        self.0.iter().flat_map(|robot| robot.sitemaps.iter().map(|url| url.trim()))
    }
}

/// The text as the standard compares it, with no more such rules than that. A rule without its end is about more addresses: so
/// what is forbidden by those beyond stays so, and what they allow is left out.
fn prepared(text: &[u8], most_compiled: usize) -> Vec<u8> {
    let mut kept = Vec::with_capacity(text.len());
    let mut compiled = 0;
    for line in text.split_inclusive(|byte| matches!(byte, b'\n' | b'\r' | b'\0')) {
        let begin = line.trim_ascii_start();
        let begins_with = |word: &[u8]| begin.get(..word.len()).is_some_and(|found| found.eq_ignore_ascii_case(word));
        let allows = begins_with(b"allow");
        let line = match line {
            line if begins_with(b"user") => named(line).map_or(Cow::Borrowed(line), Cow::Owned),
            line if allows || begins_with(b"dis") => Cow::Owned(compared(line)),
            line => Cow::Borrowed(line),
        };
        compiled += usize::from(line.contains(&b'$'));
        if compiled <= most_compiled || !line.contains(&b'$') {
            kept.extend_from_slice(&line);
        } else if !allows {
            kept.extend(line.iter().filter(|byte| **byte != b'$'));
        }
    }
    kept
}

/// The line that begins the rules for a crawler, of whose name the letters alone count (RFC 9309, section 2.2.1): not a version
/// behind it. Nothing where there is no name.
fn named(line: &[u8]) -> Option<Vec<u8>> {
    let colon = line.iter().position(|byte| *byte == b':')?;
    let (key, value) = line.split_at(colon + 1);
    let value = value.trim_ascii();
    let is_letter = |byte: u8| byte.is_ascii_alphabetic() || byte == b'_' || byte == b'-';
    let length = match value.first() {
        Some(b'*') => 1,
        _ => value.iter().take_while(|byte| is_letter(**byte)).count(),
    };
    (length > 0).then(|| [key, b" ", &value[..length], b"\n"].concat())
}

/// An address or a rule as the two are compared (RFC 9309, section 2.2.2): what need not be escaped is not, and the rest of what
/// is escaped is written in one way.
fn compared(text: &[u8]) -> Vec<u8> {
    let digit =
        |at: usize| text.get(at).and_then(|byte| char::from(*byte).to_digit(16)).and_then(|it| u8::try_from(it).ok());
    let mut out = Vec::with_capacity(text.len());
    let mut at = 0;
    while let Some(&byte) = text.get(at) {
        at += 1;
        match (byte, digit(at), digit(at + 1)) {
            (b'%', Some(high), Some(low)) => {
                at += 2;
                let octet = high * 16 + low;
                if octet.is_ascii_alphanumeric() || b"-._~".contains(&octet) {
                    out.push(octet);
                } else {
                    out.extend_from_slice(format!("%{octet:02X}").as_bytes());
                }
            }
            _ => out.push(byte),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    fn allows(robots: &str, path: &str) -> bool {
        Robots::parse("hammock", robots.as_bytes()).allows(&Url::parse("http://a.example").unwrap().join(path).unwrap())
    }

    #[test]
    fn the_group_for_us_counts_then_the_one_for_all() {
        let robots = "\u{feff}User-agent: *\nDisallow: /\n\nUser-agent: HAMMOCK\nDisallow: /private\nAllow: /private/open\nCrawl-delay: 2\n\
                      Disallow: /*.json$\nSitemap: http://a.example/map.xml\n";
        assert!(allows(robots, "/"));
        assert!(!allows(robots, "/private/x"));
        assert!(allows(robots, "/private/open/x"));
        assert!(!allows(robots, "/data.json"));
        assert!(allows(robots, "/data.json?x"));
        assert!(!allows("User-agent: *\nDisallow: /", "/x"));
        assert!(allows("User-agent: other\nDisallow: /", "/x"));
        assert!(allows("<html>not found</html>\nDisallow: /", "/x"));
        let many: String = (0..30_000).map(|n| format!("Disallow: /a{n}$\nAllow: /b{n}$\n")).collect();
        let many = format!("User-agent: *\nDisallow: /b\n{many}");
        assert!(!allows(&many, "/a7") && allows(&many, "/a7x") && allows(&many, "/b7") && allows(&many, "/c"));
        assert!(!allows(&many, "/a29999") && !allows(&many, "/b29999"), "in doubt it is forbidden");
        let robots = Robots::parse("hammock", robots.as_bytes());
        assert_eq!(robots.delay(), Some(Duration::from_secs(2)));
        assert_eq!(robots.sitemaps().collect::<Vec<_>>(), ["http://a.example/map.xml"]);
        let endless = Robots::parse("hammock", b"User-agent: *\nCrawl-delay: 999999\n");
        assert_eq!(endless.delay(), Some(LONGEST_DELAY));
    }

    #[test]
    fn of_a_name_the_letters_count_and_its_groups_are_one() {
        let robots = "User-agent: *\nDisallow: /\n\nUser-agent: Hammock/1.0 (a crawler)\nDisallow: /a\n\n\
                      User-agent: other\nDisallow: /b\n\nuser-agent: hammock # ours\nDisallow: /c\n";
        assert!(!allows(robots, "/a") && allows(robots, "/b") && !allows(robots, "/c") && allows(robots, "/d"));
        let lines = robots.replace('\n', "\r");
        assert!(!allows(&lines, "/a") && allows(&lines, "/b") && !allows(&lines, "/c"));
        assert!(!allows("User-agent: * (all)\nDisallow: /x", "/x"));
    }

    #[test]
    fn what_is_escaped_is_compared_as_what_it_stands_for() {
        let robots = "User-agent: *\nDisallow: /%62%61%7a\nDisallow: /caf%c3%a9\nDisallow: /žluť\nDisallow: /a%2fb\nDisallow: /100%\n";
        for path in ["/baz", "/b%61z/x", "/caf%C3%A9", "/café", "/%c5%belu%c5%a5", "/a%2Fb", "/100%"] {
            assert!(!allows(robots, path), "{path}");
        }
        for path in ["/ba", "/a/b", "/cafe", "/100"] {
            assert!(allows(robots, path), "{path}");
        }
    }

    #[test]
    fn a_rule_that_is_too_much_takes_no_other_along() {
        let robots = format!("User-agent: *\nDisallow: /private\nDisallow: /{}$\n", "x*".repeat(20_000));
        assert!(!allows(&robots, "/private") && allows(&robots, "/open"));
    }
}
