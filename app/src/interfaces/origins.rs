//! What an origin looks like, before the server judges it.

use crate::t;

/// What is wrong with an origin that is typed. Nothing where nothing is typed: empty lines are left out.
pub fn fault_in_origin(typed: &str) -> Option<&'static str> {
    let typed = typed.trim().to_lowercase();
    if typed.is_empty() {
        return None;
    }
    // People leave the scheme away; https is meant then.
    let (scheme, rest) = typed.split_once("://").unwrap_or(("https", typed.as_str()));
    if !matches!(scheme, "https" | "http") {
        return Some(t!("interfaces.origin_scheme"));
    }
    // What a browser's address bar adds is taken away when it is saved.
    let rest = rest.strip_suffix('/').unwrap_or(rest);
    let (host, has_more) = rest.find(['/', '?', '#']).map_or((rest, false), |at| (&rest[..at], true));
    let name = host.strip_prefix("*.").unwrap_or(host);
    let is_odd = |letter: char| letter.is_whitespace() || matches!(letter, '*' | '@' | ',' | ';' | '"' | '\'' | '\\');
    if name.is_empty() || name.starts_with([':', '.']) || name.contains(is_odd) {
        return Some(t!("interfaces.origin_host"));
    }
    has_more.then(|| t!("interfaces.origin_path"))
}

/// The origin of an address of this installation.
pub fn origin_of(address: &str) -> &str {
    let host = address.find("://").map_or(0, |at| at + 3);
    address.get(host..).and_then(|rest| rest.find('/')).map_or(address, |at| &address[..host + at])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_origin_is_a_scheme_and_a_host() {
        for fine in [
            "",
            "  ",
            "https://shop.example.com",
            "shop.example.com",
            " HTTPS://Shop.example.com/ ",
            "http://localhost:8080",
            "https://*.example.com",
            "https://bücher.example",
        ] {
            assert_eq!(fault_in_origin(fine), None, "{fine}");
        }
        for (typed, told) in [
            ("ftp://shop.example.com", t!("interfaces.origin_scheme")),
            ("*", t!("interfaces.origin_host")),
            ("shop.example.com/sale", t!("interfaces.origin_path")),
            ("file:///home", t!("interfaces.origin_scheme")),
            ("https://example.com/shop", t!("interfaces.origin_path")),
            ("https://example.com?a=1", t!("interfaces.origin_path")),
            ("https://", t!("interfaces.origin_host")),
            ("https://:8080", t!("interfaces.origin_host")),
            ("https://shop.*.com", t!("interfaces.origin_host")),
            ("https://me@example.com", t!("interfaces.origin_host")),
            ("https://a.example, https://b.example", t!("interfaces.origin_host")),
        ] {
            assert!(!told.is_empty());
            assert_eq!(fault_in_origin(typed), Some(told), "{typed}");
        }
    }

    #[test]
    fn the_origin_of_an_address_ends_with_its_host() {
        assert_eq!(origin_of("https://hammock.example:8443/public/asst_1"), "https://hammock.example:8443");
        assert_eq!(origin_of("http://127.0.0.1:3000"), "http://127.0.0.1:3000");
        assert_eq!(origin_of(""), "");
    }
}
