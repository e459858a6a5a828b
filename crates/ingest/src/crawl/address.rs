//! Addresses of pages: which belong to the site, and which are the same.

use std::collections::HashMap;

use hammock_contract::file_type;
use url::Url;

/// Longer addresses come from traps and sessions, not from people.
const LONGEST: usize = 2000;
/// A path in which one segment stands more often runs in circles.
const MOST_REPETITIONS: usize = 4;

/// Parameters that say where a visitor came from, besides those that begin with `utm_` or `mtm_`.
const TRACKING: &[&str] = &[
    "gclid",
    "gbraid",
    "wbraid",
    "dclid",
    "fbclid",
    "msclkid",
    "yclid",
    "ttclid",
    "twclid",
    "mc_cid",
    "mc_eid",
    "_ga",
    "_gl",
    "_hsenc",
    "_hsmi",
    "igshid",
    "srsltid",
    "pk_campaign",
    "pk_kwd",
];
/// Parameters that name a session whatever their value is.
const SESSIONS: &[&str] =
    &["phpsessid", "jsessionid", "aspsessionid", "sessionid", "cfid", "cftoken", "oscsid", "zenid"];
/// Parameters that name a session as often as something that a page is about: a talk, a section. Their value tells.
const PERHAPS_SESSIONS: &[&str] = &["sid", "session_id", "session", "sess"];
/// Sessions that stand in the path, behind a semicolon.
const PATH_SESSIONS: &[&str] = &[";jsessionid=", ";phpsessid="];

/// File types that hold no text to read, by their extension.
const NOT_PAGES: &[&str] = &[
    "7z", "aac", "avi", "avif", "bmp", "bz2", "css", "deb", "dmg", "eot", "exe", "flac", "gif", "gz", "ico", "iso",
    "jpeg", "jpg", "m4a", "mkv", "mov", "mp3", "mp4", "mpeg", "mpg", "msi", "ogg", "ogv", "otf", "png", "rar", "rpm",
    "svg", "tar", "tgz", "tif", "tiff", "ttf", "wasm", "wav", "webm", "webp", "wmv", "woff", "woff2", "xz", "zip",
    "zst",
];

/// What programs end in, and pages about them: `/wiki/Node.js`, `/city.map`. Their type of content tells.
const PERHAPS_PAGES: &[&str] = &["img", "jar", "js", "map", "mjs"];

/// The site that is read: one host, one port; http and https on their own ports count as the same.
#[derive(Debug, Clone)]
pub(super) struct Site {
    host: String,
    port: Option<u16>,
    is_https: bool,
}

impl Site {
    pub(super) fn of(url: &Url) -> Self {
        Self { host: host(url), port: url.port(), is_https: url.scheme() == "https" }
    }

    /// The address in the one form that stands for all its spellings, when it belongs to this site and may be a page.
    pub(super) fn page(&self, url: &Url) -> Option<Url> {
        // Before it is taken apart: what makes addresses equal may shorten one, but not by so much.
        if url.as_str().len() > 4 * LONGEST {
            return None;
        }
        if !matches!(url.scheme(), "http" | "https") || url.port() != self.port || host(url) != self.host {
            return None;
        }
        let url = normalise(url.clone(), self.is_https);
        (may_be_page(&url)).then_some(url)
    }

    /// The address on this site's host, where it is on its `www.` twin: many sites answer on both, and link to either.
    pub(super) fn own(&self, url: &Url) -> Url {
        let mut own = url.clone();
        if host(url) != self.host && self.is_twin(url) {
            // Cannot fail with what is a host already; if it did, the address would stay that of another site.
            let _unchanged = own.set_host(Some(&self.host));
        }
        own
    }

    /// The page of this site that a redirect leads to, be it by the site's twin. Where a site `begins` there, it is that one.
    pub(super) fn leads_to(&self, to: &Url, begins: bool) -> Option<Url> {
        if begins { self.page(to) } else { self.page(&self.own(to)) }
    }

    /// Whether a redirect leads to what is on this site and no page, such as a picture; as [`Self::leads_to`] finds pages.
    pub(super) fn leads_to_a_file(&self, to: &Url, begins: bool) -> bool {
        let own = if begins { to.clone() } else { self.own(to) };
        own.port() == self.port && host(&own) == self.host && self.page(&own).is_none()
    }

    /// Whether a redirect of the start address stays with whom the user meant: the same host or its `www.` twin.
    pub(super) fn is_twin(&self, url: &Url) -> bool {
        let other = host(url);
        let bare = |host: &str| host.strip_prefix("www.").unwrap_or(host).to_owned();
        bare(&other) == bare(&self.host)
    }
}

fn host(url: &Url) -> String {
    url.host_str().unwrap_or_default().trim_end_matches('.').to_owned()
}

/// One form for all spellings of an address: no fragment, no tracking, no session, no dot behind the host.
pub(super) fn normalise(mut url: Url, prefer_https: bool) -> Url {
    url.set_fragment(None);
    if prefer_https && url.scheme() == "http" && url.port().is_none() {
        // Cannot fail between these two schemes; if it did, the address would stay as it is.
        let _unchanged = url.set_scheme("https");
    }
    if url.host_str().is_some_and(|host| host.ends_with('.')) {
        let bare = host(&url);
        let _unchanged = url.set_host(Some(&bare));
    }
    if let Some(path) = without_sessions(url.path()) {
        url.set_path(&path);
    }
    if let Some(query) = url.query() {
        // Taken apart by hand: what is kept must stay byte for byte what the site wrote.
        let kept: Vec<&str> = query.split('&').filter(|pair| !pair.is_empty() && !is_noise(pair)).collect();
        let kept = kept.join("&");
        url.set_query((!kept.is_empty()).then_some(kept.as_str()));
    }
    url
}

/// A path without the sessions in it, where there are some. What stands behind them stays.
fn without_sessions(path: &str) -> Option<String> {
    let mut kept = path.to_owned();
    for name in PATH_SESSIONS {
        while let Some(at) = kept.to_ascii_lowercase().find(name) {
            let value = &kept[at + name.len()..];
            let end = value.find([';', '/']).map_or(kept.len(), |end| at + name.len() + end);
            kept.replace_range(at..end, "");
        }
    }
    (kept != path).then_some(kept)
}

fn is_noise(pair: &str) -> bool {
    let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
    let name = name.to_ascii_lowercase();
    name.starts_with("utm_")
        || name.starts_with("mtm_")
        || TRACKING.contains(&name.as_str())
        || SESSIONS.contains(&name.as_str())
        || (PERHAPS_SESSIONS.contains(&name.as_str()) && is_made_up(value))
}

/// Whether a value was drawn rather than chosen: long and hexadecimal. Digits alone may be the number of a record.
fn is_made_up(value: &str) -> bool {
    value.len() >= 16
        && value.bytes().all(|byte| byte.is_ascii_hexdigit())
        && value.bytes().any(|byte| byte.is_ascii_alphabetic())
}

fn may_be_page(url: &Url) -> bool {
    if url.as_str().len() > LONGEST {
        return false;
    }
    let segments: Vec<&str> = url.path().split('/').filter(|segment| !segment.is_empty()).collect();
    let mut counts: HashMap<&str, usize> = HashMap::new();
    let runs_in_circles = segments.iter().any(|segment| {
        let count = counts.entry(*segment).or_default();
        *count += 1;
        *count > MOST_REPETITIONS
    });
    !runs_in_circles && !ends_in(url, NOT_PAGES)
}

/// Whether the path of an address ends in one of these extensions.
fn ends_in(url: &Url, extensions: &[&str]) -> bool {
    let name = url.path().split('/').rfind(|segment| !segment.is_empty());
    let extension = name.and_then(|name| name.rsplit_once('.')).map(|(_, extension)| extension.to_ascii_lowercase());
    extension.is_some_and(|extension| extensions.contains(&extension.as_str()))
}

/// Whether an address ends like a document whose content alone tells what it is, such as a PDF.
pub(super) fn is_document(url: &Url) -> bool {
    ends_in(url, file_type::BINARY)
}

/// Whether what came from an address that ends like a program is one, and no page about it.
pub(super) fn is_program(url: &Url, media_type: Option<&str>) -> bool {
    ends_in(url, PERHAPS_PAGES) && !matches!(media_type, Some("text/html" | "application/xhtml+xml"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn page(site: &str, url: &str) -> Option<String> {
        Site::of(&Url::parse(site).unwrap()).page(&Url::parse(url).unwrap()).map(Into::into)
    }

    #[test]
    fn spellings_of_one_page_become_one() {
        for (url, expected) in [
            ("https://a.example/x#part", "https://a.example/x"),
            ("http://a.example/x", "https://a.example/x"),
            ("https://A.example:443/x?", "https://a.example/x"),
            ("https://a.example./x", "https://a.example/x"),
            ("https://a.example/x?utm_source=n&id=3&fbclid=z", "https://a.example/x?id=3"),
            ("https://a.example/x;JSESSIONID=12AB?a=%20b", "https://a.example/x?a=%20b"),
            ("https://a.example/x?PHPSESSID=q&b=2&a=1", "https://a.example/x?b=2&a=1"),
            ("https://a.example/x?sid=0123456789abcdef0", "https://a.example/x"),
            ("https://a.example/x?sid=12", "https://a.example/x?sid=12"),
            ("https://a.example/x;jsessionid=12AB/y;v=2", "https://a.example/x/y;v=2"),
            ("https://a.example/x;PHPSESSID=1?gbraid=2&mtm_source=n&q=utm_source", "https://a.example/x?q=utm_source"),
            ("https://a.example/x?session_id=0123456789ABCDEF0&id=3", "https://a.example/x?id=3"),
        ] {
            assert_eq!(page("https://a.example/", url).as_deref(), Some(expected), "{url}");
        }
    }

    #[test]
    fn the_twin_of_the_host_is_the_host() {
        for (site, url, expected) in [
            ("https://a.example/", "https://www.a.example/x?y#z", "https://a.example/x?y#z"),
            ("https://www.a.example/", "http://a.example./x", "http://www.a.example/x"),
            ("https://a.example/", "https://www.b.example/", "https://www.b.example/"),
            ("https://a.example/", "https://docs.a.example/", "https://docs.a.example/"),
            ("http://127.0.0.1:8000/", "http://127.0.0.1:8001/x", "http://127.0.0.1:8001/x"),
            ("https://a.example/", "mailto:a@www.a.example", "mailto:a@www.a.example"),
        ] {
            let own = Site::of(&Url::parse(site).unwrap()).own(&Url::parse(url).unwrap());
            assert_eq!(own.as_str(), expected, "{url}");
        }
    }

    #[test]
    fn a_file_of_the_site_is_told_from_another_site() {
        let site = Site::of(&Url::parse("https://a.example/").unwrap());
        for (to, begins, is_file) in [
            ("https://a.example/logo.png", false, true),
            ("https://www.a.example/logo.png", false, true),
            ("https://www.a.example/logo.png", true, false),
            ("https://a.example/page", false, false),
            ("https://a.example:8443/logo.png", false, false),
            ("https://b.example/logo.png", false, false),
        ] {
            assert_eq!(site.leads_to_a_file(&Url::parse(to).unwrap(), begins), is_file, "{to}");
        }
    }

    #[test]
    fn parameters_that_choose_a_page_stay() {
        for url in [
            "https://a.example/talks?session_id=42&session=opening",
            "https://a.example/x?sid=introductiontocomputing",
            "https://a.example/x?sid=1234567890123456789",
            "https://a.example/x?id=0123456789abcdef0&sort=gclid",
            "https://a.example/x;v=2?utm=1&page=2",
        ] {
            assert_eq!(page("https://a.example/", url).as_deref(), Some(url));
        }
    }

    #[test]
    fn other_sites_files_and_traps_are_left_out() {
        let long = format!("https://a.example/{}", "x".repeat(2000));
        // Each would be looked for from the beginning.
        let sessions = format!("https://a.example/{}", ";jsessionid=".repeat(500_000));
        for url in [
            "https://b.example/",
            "https://www.a.example/",
            "https://a.example:8443/",
            "mailto:a@a.example",
            "https://a.example/logo.PNG?v=2",
            "https://a.example/a/b/a/b/a/b/a/b/a/b",
            long.as_str(),
            sessions.as_str(),
        ] {
            assert_eq!(page("https://a.example/", url), None, "{url}");
        }
        assert!(page("https://a.example/", "https://a.example/manual.pdf").is_some());
        assert!(page("https://a.example/", "https://a.example/wiki/Node.js").is_some());
        assert!(page("http://127.0.0.1:8000/", "http://127.0.0.1:8000/x").is_some());
        assert_eq!(page("http://127.0.0.1:8000/", "http://127.0.0.1:8001/x"), None);
    }
}
