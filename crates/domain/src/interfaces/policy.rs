//! What the content policies of a page allow (Content Security Policy, level 3), as far as the widget needs it: whether a script,
//! WebAssembly, a connection, a frame or a picture of Hammock's is let through. All policies of a page must allow a thing.

use url::Url;

/// What is to be let through.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Use<'a> {
    /// A script element that stands in the page, with the nonce that it carries.
    Script(Option<&'a str>),
    /// Compiling WebAssembly.
    Wasm,
    /// Fetching.
    Connect,
    /// Showing in a frame.
    Frame,
    /// Showing a picture.
    Image,
}

impl Use<'_> {
    /// The directives that decide, the first that a policy has.
    const fn directives(self) -> &'static [&'static str] {
        match self {
            Self::Script(_) => &["script-src-elem", "script-src", "default-src"],
            Self::Wasm => &["script-src", "default-src"],
            Self::Connect => &["connect-src", "default-src"],
            Self::Frame => &["frame-src", "child-src", "default-src"],
            Self::Image => &["img-src", "default-src"],
        }
    }
}

/// Whether the policies of a page let its use of a target through. Each text is one header or one `meta` element; a header may
/// hold several policies.
pub(super) fn allow(policies: &[String], wanted: Use<'_>, page: &Url, target: &Url) -> bool {
    policies.iter().flat_map(|text| text.split(',')).all(|policy| allows(policy, wanted, page, target))
}

/// Whether a policy of a page asks for trusted types, with which nothing is drawn from a text.
pub(super) fn asks_for_trusted_types(policies: &[String]) -> bool {
    let mut all = policies.iter().flat_map(|text| text.split(','));
    all.any(|policy| {
        let asked = sources(policy, "require-trusted-types-for").unwrap_or_default();
        asked.iter().any(|what| what.eq_ignore_ascii_case("'script'"))
    })
}

fn allows(policy: &str, wanted: Use<'_>, page: &Url, target: &Url) -> bool {
    let Some(sources) = wanted.directives().iter().find_map(|name| sources(policy, name)) else { return true };
    let has = |keyword: &str| sources.iter().any(|source| source.eq_ignore_ascii_case(keyword));
    match wanted {
        Use::Wasm => return has("'wasm-unsafe-eval'") || has("'unsafe-eval'"),
        Use::Script(Some(nonce)) if sources.iter().any(|source| nonce_of(source) == Some(nonce)) => return true,
        // Hosts count no more then, and a script that stands in the page is trusted by nobody else.
        Use::Script(_) if has("'strict-dynamic'") => return false,
        Use::Script(_) | Use::Connect | Use::Frame | Use::Image => {}
    }
    sources.iter().any(|source| matches(source, page, target))
}

/// The sources of a directive; the first of several counts.
fn sources<'a>(policy: &'a str, wanted: &str) -> Option<Vec<&'a str>> {
    policy.split(';').find_map(|directive| {
        let mut words = directive.split_ascii_whitespace();
        words.next().filter(|name| name.eq_ignore_ascii_case(wanted)).map(|_| words.collect())
    })
}

fn nonce_of(source: &str) -> Option<&str> {
    let (kind, nonce) = source.strip_prefix('\'')?.strip_suffix('\'')?.split_once('-')?;
    kind.eq_ignore_ascii_case("nonce").then_some(nonce)
}

/// Whether a source expression covers an address.
fn matches(source: &str, page: &Url, target: &Url) -> bool {
    if source == "*" {
        return matches!(target.scheme(), "http" | "https") || target.scheme() == page.scheme();
    }
    if source.starts_with('\'') {
        return source.eq_ignore_ascii_case("'self'") && is_self(page, target);
    }
    if let Some(scheme) = source.strip_suffix(':').filter(|scheme| !scheme.contains(['/', '.', ':'])) {
        return scheme_fits(scheme, target);
    }
    let (scheme, rest) = source.split_once("://").unwrap_or((page.scheme(), source));
    let (authority, path) = rest.find('/').map_or((rest, ""), |at| rest.split_at(at));
    let (host, port) = match authority.rfind(':').filter(|at| !authority[*at..].contains(']')) {
        Some(at) => (&authority[..at], Some(&authority[at + 1..])),
        None => (authority, None),
    };
    scheme_fits(scheme, target) && host_fits(host, target) && port_fits(port, target) && path_fits(path, target)
}

/// The page's own origin, or the same host by https where the page has http.
fn is_self(page: &Url, target: &Url) -> bool {
    let is_upgraded = page.host() == target.host()
        && page.port().is_none()
        && target.port().is_none()
        && scheme_fits(page.scheme(), target);
    page.origin() == target.origin() || is_upgraded
}

/// http lets https through, too.
fn scheme_fits(scheme: &str, target: &Url) -> bool {
    let is_upgraded = scheme.eq_ignore_ascii_case("http") && target.scheme() == "https";
    scheme.eq_ignore_ascii_case(target.scheme()) || is_upgraded
}

fn host_fits(host: &str, target: &Url) -> bool {
    let name = target.host_str().unwrap_or_default();
    match host.strip_prefix('*') {
        Some("") => true,
        Some(below) if below.starts_with('.') => {
            let at = name.len().checked_sub(below.len()).filter(|at| *at > 0);
            at.and_then(|at| name.get(at..)).is_some_and(|end| end.eq_ignore_ascii_case(below))
        }
        Some(_) => false,
        None => host.eq_ignore_ascii_case(name),
    }
}

fn port_fits(port: Option<&str>, target: &Url) -> bool {
    match port {
        Some("*") => true,
        Some("80") if target.scheme() == "https" && target.port().is_none() => true,
        Some(port) if !port.is_empty() => port.parse().ok() == target.port_or_known_default(),
        // `Url` knows no port where it is the scheme's own.
        _ => target.port().is_none(),
    }
}

fn path_fits(path: &str, target: &Url) -> bool {
    match path {
        "" => true,
        folder if folder.ends_with('/') => target.path().starts_with(folder),
        file => target.path() == file,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const PAGE: &str = "https://shop.example.com/cart";
    const SCRIPT: &str = "https://chat.hammock.example/embed.js";

    fn on(page: &str, policies: &[&str], wanted: Use<'_>, target: &str) -> bool {
        let policies: Vec<String> = policies.iter().map(|policy| (*policy).to_owned()).collect();
        allow(&policies, wanted, &Url::parse(page).unwrap(), &Url::parse(target).unwrap())
    }

    fn script(policy: &str) -> bool {
        on(PAGE, &[policy], Use::Script(None), SCRIPT)
    }

    #[test]
    fn trusted_types_are_asked_for_by_one_policy_of_several() {
        let asks = |policy: &str| asks_for_trusted_types(&["img-src *".to_owned(), policy.to_owned()]);
        assert!(asks("script-src *; Require-Trusted-Types-For 'script'"));
        assert!(asks("script-src *, require-trusted-types-for 'script'"));
        for policy in ["", "trusted-types hammock", "require-trusted-types-for", "script-src 'script'"] {
            assert!(!asks(policy), "{policy}");
        }
    }

    #[test]
    fn without_a_directive_all_is_allowed() {
        assert!(on(PAGE, &[], Use::Script(None), SCRIPT));
        for policy in ["", ";;", "img-src 'self'", "frame-ancestors 'none'; object-src 'none'", "style-src 'self'"] {
            for wanted in [Use::Script(None), Use::Wasm, Use::Connect, Use::Frame] {
                assert!(on(PAGE, &[policy], wanted, SCRIPT), "{policy} {wanted:?}");
            }
        }
    }

    #[test]
    fn hosts_are_matched_by_scheme_host_port_and_path() {
        for allowed in [
            "script-src *",
            "script-src https:",
            "SCRIPT-SRC HTTPS:",
            "script-src http:",
            "script-src chat.hammock.example",
            "script-src CHAT.Hammock.Example",
            "script-src https://chat.hammock.example",
            "script-src http://chat.hammock.example",
            "script-src https://chat.hammock.example:443",
            "script-src http://chat.hammock.example:80",
            "script-src https://chat.hammock.example:*",
            "script-src *.hammock.example",
            "script-src https://*.hammock.example/",
            "script-src https://chat.hammock.example/embed.js",
            "script-src 'self' 'unsafe-inline' https://chat.hammock.example",
            "script-src\n 'self'\t chat.hammock.example ; default-src 'none'",
            "default-src 'self' chat.hammock.example",
            "script-src-elem chat.hammock.example; script-src 'none'",
        ] {
            assert!(script(allowed), "{allowed}");
        }
        for refused in [
            "script-src",
            "script-src 'none'",
            "script-src 'self'",
            "script-src 'unsafe-inline'",
            "script-src hammock.example",
            "script-src *.chat.hammock.example",
            "script-src *hammock.example",
            "script-src https://chat.hammock.example:8443",
            "script-src https://chat.hammock.example/embed",
            "script-src https://chat.hammock.example/other/",
            "script-src wss://chat.hammock.example",
            "script-src data:",
            "script-src 'sha256-abc'",
            "default-src 'self'",
            "default-src chat.hammock.example; script-src 'self'",
            "script-src-elem 'self'; script-src chat.hammock.example",
            "script-src 'none'; script-src chat.hammock.example",
        ] {
            assert!(!script(refused), "{refused}");
        }
        let local = |policy: &str| on("http://a.example/", &[policy], Use::Connect, "http://127.0.0.1:3000/api/");
        for (policy, expected) in [
            ("connect-src 127.0.0.1:3000", true),
            ("connect-src http://127.0.0.1:3000/api/", true),
            ("connect-src 127.0.0.1", false),
            ("connect-src https://127.0.0.1:3000", false),
            ("connect-src 127.0.0.1:*", true),
        ] {
            assert_eq!(local(policy), expected, "{policy}");
        }
        let six = on(PAGE, &["connect-src http://[::1]:3000"], Use::Connect, "http://[::1]:3000/");
        assert!(six && !on(PAGE, &["connect-src http://[::1]"], Use::Connect, "http://[::1]:3000/"));
    }

    #[test]
    fn a_page_is_itself_also_by_https() {
        let own = |page: &str, target: &str| on(page, &["frame-src 'self'"], Use::Frame, target);
        assert!(own("https://a.example/x", "https://a.example/public/1"));
        assert!(own("http://a.example/", "https://a.example/public/1"));
        assert!(!own("https://a.example/", "http://a.example/public/1"));
        assert!(!own("https://a.example/", "https://b.example/"));
        assert!(!own("https://a.example/", "https://a.example:8443/"));
    }

    #[test]
    fn nonces_and_trust_that_is_passed_on() {
        let with = |policy: &str, nonce: Option<&str>| on(PAGE, &[policy], Use::Script(nonce), SCRIPT);
        assert!(with("script-src 'nonce-Ab1='", Some("Ab1=")));
        assert!(with("script-src 'NONCE-Ab1=' 'strict-dynamic'", Some("Ab1=")));
        assert!(!with("script-src 'nonce-Ab1='", Some("ab1=")));
        assert!(!with("script-src 'nonce-Ab1='", None));
        assert!(!with("script-src 'nonce-Ab1=' 'strict-dynamic' https: *", None));
        assert!(with("script-src 'nonce-Ab1=' chat.hammock.example", None));
    }

    #[test]
    fn webassembly_needs_a_word_of_its_own() {
        let wasm = |policy: &str| on(PAGE, &[policy], Use::Wasm, SCRIPT);
        for allowed in [
            "script-src * 'wasm-unsafe-eval'",
            "default-src 'self' 'unsafe-eval'",
            "script-src 'Wasm-Unsafe-Eval'",
            "script-src-elem 'none'",
        ] {
            assert!(wasm(allowed), "{allowed}");
        }
        for refused in ["script-src *", "default-src https:", "script-src-elem 'wasm-unsafe-eval'; script-src 'self'"] {
            assert!(!wasm(refused), "{refused}");
        }
    }

    #[test]
    fn connections_frames_and_pictures_have_their_own_fallbacks() {
        let target = "https://chat.hammock.example/public/1";
        let ask = |policy: &str, wanted: Use<'static>| on(PAGE, &[policy], wanted, target);
        assert!(ask("default-src 'none'; connect-src chat.hammock.example", Use::Connect));
        assert!(!ask("default-src chat.hammock.example; connect-src 'self'", Use::Connect));
        assert!(ask("default-src 'none'; child-src chat.hammock.example", Use::Frame));
        assert!(!ask("child-src chat.hammock.example; frame-src 'none'", Use::Frame));
        assert!(!ask("default-src 'self'", Use::Frame) && !ask("default-src 'self'", Use::Connect));
        assert!(ask("default-src 'none'; img-src data: https:", Use::Image) && ask("connect-src 'none'", Use::Image));
        assert!(!ask("default-src *; img-src 'self'", Use::Image) && !ask("default-src 'self'", Use::Image));
    }

    #[test]
    fn every_policy_has_to_allow_it() {
        let (wide, narrow) = ("script-src https:", "script-src 'self'");
        assert!(!on(PAGE, &[wide, narrow], Use::Script(None), SCRIPT));
        assert!(!on(PAGE, &["script-src https:, script-src 'self'"], Use::Script(None), SCRIPT));
        assert!(on(PAGE, &["script-src https:, img-src 'none'", wide], Use::Script(None), SCRIPT));
    }
}
