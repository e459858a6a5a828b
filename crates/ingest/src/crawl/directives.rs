//! What a page asks of crawlers, in a `robots` meta element or in an `X-Robots-Tag` header.

use http::HeaderMap;

/// Directives that have a value behind a colon, where else the name of a crawler stands before it.
const WITH_VALUES: [&str; 4] = ["max-image-preview", "max-snippet", "max-video-preview", "unavailable_after"];

/// What a page asks of crawlers.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Directives {
    /// It is not to be kept.
    pub(super) no_index: bool,
    /// Its links are not to be followed.
    pub(super) no_follow: bool,
}

impl Directives {
    /// With what an answer says in its headers.
    pub(super) fn with_headers(mut self, headers: &HeaderMap, product: &str) -> Self {
        for value in headers.get_all("x-robots-tag").iter().filter_map(|value| value.to_str().ok()) {
            self.add(value, product);
        }
        self
    }

    /// Adds what a page says. A part may be meant for one crawler: `name: noindex`; so is what follows, up to the next name.
    pub(super) fn add(&mut self, text: &str, product: &str) {
        let mut is_ours = true;
        for part in text.to_ascii_lowercase().split(',') {
            let directive = match part.split_once(':') {
                Some((name, _value)) if !is_name(name.trim()) => continue,
                Some((agent, directive)) => {
                    is_ours = agent.trim() == product;
                    directive
                }
                None => part,
            };
            match directive.trim() {
                _ if !is_ours => {}
                "noindex" => self.no_index = true,
                "nofollow" => self.no_follow = true,
                "none" => *self = Self { no_index: true, no_follow: true },
                _ => {}
            }
        }
    }
}

/// Whether this can be the name of a crawler: it is neither a directive nor a part of a date.
fn is_name(text: &str) -> bool {
    !WITH_VALUES.contains(&text) && !text.contains(|c: char| c.is_ascii_whitespace())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_meant_for_another_crawler_does_not_count() {
        for (text, no_index, no_follow) in [
            ("NoIndex, follow", true, false),
            ("hammock: none", true, true),
            ("otherbot: noindex", false, false),
            ("otherbot: noindex, nofollow", false, false),
            ("otherbot: noindex, hammock: nofollow", false, true),
            ("noindex, otherbot: nofollow", true, false),
            ("max-snippet: 20, nofollow", false, true),
            ("unavailable_after: Sat, 25 Jun 2050 15:00:00 UTC, noindex", true, false),
            ("all", false, false),
        ] {
            let mut directives = Directives::default();
            directives.add(text, "hammock");
            assert_eq!(directives, Directives { no_index, no_follow }, "{text}");
        }
    }
}
