//! The pages that may use an assistant, by their origin: scheme, host and port.

use hammock_contract::interfaces::InterfaceSettings;
use url::{Host, Url};

/// The form in which an allowed origin is kept: `https://shop.example.com`, `http://localhost:8080`, `https://*.example.com` for
/// every name below. Names are in lower case and ASCII. People leave the scheme away; a slash at the end is no path. `None` when
/// it is no origin.
pub(super) fn normalised(text: &str) -> Option<String> {
    let text = text.trim();
    let text = if text.contains("://") { text.to_owned() } else { format!("https://{text}") };
    let (scheme, rest) = text.split_once("://")?;
    let below = rest.strip_prefix("*.");
    let url = Url::parse(&format!("{scheme}://{}", below.unwrap_or(rest))).ok()?;
    let origin = origin_of(&url)?;
    let has_more = url.path() != "/" || url.query().is_some() || url.fragment().is_some();
    // URLs allow more in a name than is ever registered; a `;` would begin another directive where this is part of a policy.
    let is_odd = matches!(url.host(), Some(Host::Domain(name)) if !name.chars().all(is_of_a_name));
    if has_more || is_odd {
        return None;
    }
    if below.is_none() {
        return Some(origin);
    }
    // All of a top-level domain is nobody's, and an address has nothing below it.
    let is_wide = !matches!(url.host(), Some(Host::Domain(name)) if name.trim_end_matches('.').contains('.'));
    if is_wide { None } else { origin.split_once("://").map(|(scheme, host)| format!("{scheme}://*.{host}")) }
}

fn is_of_a_name(c: char) -> bool {
    c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '_')
}

/// The origin of an address of the web, as browsers write it.
pub(super) fn origin_of(url: &Url) -> Option<String> {
    let is_plain = matches!(url.scheme(), "http" | "https") && url.username().is_empty() && url.password().is_none();
    (is_plain && url.host().is_some()).then(|| url.origin().ascii_serialization())
}

/// Whether a page of `origin` may use an assistant with these settings: a page of our own always may, others when their origin is
/// listed. `null`, which browsers send for pages without an origin, never is.
pub fn origin_is_allowed(settings: &InterfaceSettings, origin: &str, own_origin: &str) -> bool {
    allowed_origin(settings, origin, own_origin).is_some()
}

/// The origin of a page in its normal form, where [`origin_is_allowed`]; `None` where it is not.
pub(crate) fn allowed_origin(settings: &InterfaceSettings, origin: &str, own_origin: &str) -> Option<String> {
    let url = Url::parse(origin).ok()?;
    let asking = origin_of(&url).filter(|_| url.path() == "/" && url.query().is_none())?;
    let own = Url::parse(own_origin).ok().and_then(|own| origin_of(&own));
    let is_allowed = own.as_ref() == Some(&asking) || settings.origins.iter().any(|allowed| covers(allowed, &asking));
    is_allowed.then_some(asking)
}

/// Whether an allowed origin covers one that asks. Both are in their normal form.
fn covers(allowed: &str, asking: &str) -> bool {
    let Some((scheme, host)) = allowed.split_once("://*.") else { return allowed == asking };
    let name = asking.strip_prefix(scheme).and_then(|rest| rest.strip_prefix("://")).unwrap_or_default();
    // The host of the rule ends with its port, so that the port is compared, too.
    name.strip_suffix(host).is_some_and(|start| start.len() > 1 && start.ends_with('.'))
}

/// Who may show the page of the public chat in a frame: the sources of the directive `frame-ancestors`, without its name. Hammock
/// itself, and the allowed origins.
pub fn frame_ancestors(settings: &InterfaceSettings) -> String {
    let allowed = settings.origins.iter().map(String::as_str);
    std::iter::once("'self'").chain(allowed).collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const OWN: &str = "https://hammock.example.org";

    fn of(origins: &[&str]) -> InterfaceSettings {
        let origins = origins.iter().map(|origin| normalised(origin).unwrap()).collect();
        InterfaceSettings { origins, ..InterfaceSettings::default() }
    }

    #[test]
    fn origins_have_one_form() {
        for (typed, kept) in [
            ("https://shop.example.com", "https://shop.example.com"),
            (" HTTPS://Shop.Example.com:443/ ", "https://shop.example.com"),
            ("shop.example.com", "https://shop.example.com"),
            ("http://localhost:8080", "http://localhost:8080"),
            ("https://*.Example.com", "https://*.example.com"),
            ("*.example.com:8443", "https://*.example.com:8443"),
            ("https://bücher.example", "https://xn--bcher-kva.example"),
            ("https://*.bücher.example", "https://*.xn--bcher-kva.example"),
            ("http://[::1]:3000", "http://[::1]:3000"),
        ] {
            assert_eq!(normalised(typed).as_deref(), Some(kept), "{typed}");
            assert_eq!(normalised(kept).as_deref(), Some(kept));
        }
        for wrong in [
            "",
            "*",
            "https://*",
            "https://*.com",
            "https://*.127.0.0.1",
            "https://a.*.example.com",
            "https://*.*.example.com",
            "https://shop.example.com/path",
            "https://shop.example.com?a=b",
            "https://shop.example.com/#top",
            "https://user@shop.example.com",
            "ftp://shop.example.com",
            "javascript://shop.example.com",
            "https://",
            "https://a b",
            "https://a.example;script-src",
            "https://a.example,b.example",
        ] {
            assert_eq!(normalised(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn an_origin_is_allowed_when_it_is_listed() {
        let settings = of(&["https://shop.example.com", "http://localhost:8080", "https://*.example.net"]);
        for allowed in [
            OWN,
            "https://shop.example.com",
            "http://localhost:8080",
            "https://a.example.net",
            "https://a.b.example.net",
        ] {
            assert!(origin_is_allowed(&settings, allowed, OWN), "{allowed}");
        }
        for refused in [
            "null",
            "",
            "http://shop.example.com",
            "https://shop.example.com:8443",
            "https://shop.example.com.evil.example",
            "https://evilshop.example.com",
            "http://localhost",
            "https://example.net",
            "http://a.example.net",
            "https://a.example.net:444",
            "https://evilexample.net",
            "https://.example.net",
            "https://a.example.net/path",
            "https://user@shop.example.com",
            "file:///etc/passwd",
            "https://evil.example/https://shop.example.com",
        ] {
            assert!(!origin_is_allowed(&settings, refused, OWN), "{refused}");
        }
        assert!(origin_is_allowed(&of(&[]), OWN, OWN) && !origin_is_allowed(&of(&[]), "https://a.example", OWN));
    }

    #[test]
    fn frames_are_for_the_same_pages() {
        assert_eq!(frame_ancestors(&of(&[])), "'self'");
        let two = of(&["https://shop.example.com", "https://*.example.net:8443"]);
        assert_eq!(frame_ancestors(&two), "'self' https://shop.example.com https://*.example.net:8443");
    }

    proptest! {
        #[test]
        fn what_is_kept_stays_and_breaks_out_of_no_header(text in ".{0,40}") {
            if let Some(kept) = normalised(&text) {
                prop_assert_eq!(normalised(&kept), Some(kept.clone()));
                prop_assert!(kept.is_ascii() && !kept.contains([' ', ';', ',', '\'', '"', '\r', '\n']), "{}", kept);
            }
        }

        #[test]
        fn one_origin_allows_itself_and_no_other(one in "[a-z]{1,8}", other in "[a-z]{1,8}", port in 1_u16..65_000) {
            let settings = of(&[format!("https://{one}.example:{port}").as_str()]);
            let asks = |name: &str, port: u16| origin_is_allowed(&settings, &format!("https://{name}.example:{port}"), OWN);
            prop_assert!(asks(&one, port));
            prop_assert_eq!(asks(&other, port), one == other);
            prop_assert!(!asks(&one, port + 1));
        }

        #[test]
        fn a_wildcard_covers_what_is_below_alone(below in "[a-z]{1,8}(\\.[a-z]{1,8}){0,2}", other in "[a-z]{1,8}") {
            let settings = of(&["https://*.example.com"]);
            let url = format!("https://{below}.example.com");
            prop_assert!(origin_is_allowed(&settings, &url, OWN));
            let url = format!("https://{other}example.com");
            prop_assert!(!origin_is_allowed(&settings, &url, OWN));
            let url = format!("https://{below}.example.com.{other}");
            prop_assert!(!origin_is_allowed(&settings, &url, OWN));
        }
    }
}
