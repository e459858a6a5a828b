//! How the address of a page is written in a list that is about one website.

use hammock_contract::source::{Source, SourceKind};
use leptos::prelude::*;

/// Where the website begins whose pages a list is of; nothing where the list is of files.
pub fn website_of(source: &Source) -> Option<String> {
    match &source.kind {
        SourceKind::Website(settings) => Some(settings.start_url.clone()),
        SourceKind::Upload => None,
    }
}

/// What of an address tells its page from the others: the path, where the page is on the website's own host.
pub fn short_address<'a>(address: &'a str, website: Option<&str>) -> &'a str {
    let (Some((host, path)), Some((own, _))) = (parts(address), website.and_then(parts)) else { return address };
    match path {
        _ if !host.eq_ignore_ascii_case(own) => address,
        "" => "/",
        path => path,
    }
}

/// The host of an address with its port, and what comes after it.
fn parts(address: &str) -> Option<(&str, &str)> {
    let (_, rest) = address.split_once("://")?;
    Some(rest.split_at(rest.find(['/', '?', '#']).unwrap_or(rest.len())))
}

/// An address on one line, however long it is; the whole of it is shown to whoever points at it.
#[component]
pub fn ShortAddress(
    /// The address of a page, or the name of a file.
    address: String,
    /// Where the website begins that the list is about, if it is about one.
    website: Option<String>,
) -> impl IntoView {
    let short = short_address(&address, website.as_deref()).to_owned();
    view! { <span class="page-address truncate" title=address>{short}</span> }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_of_the_website_is_known_by_its_path() {
        let own = Some("https://www.example.org/help/");
        for (address, short) in [
            ("https://www.example.org/help/returns?lang=en", "/help/returns?lang=en"),
            ("http://WWW.example.org/old", "/old"),
            ("https://www.example.org", "/"),
            ("https://www.example.org?page=2", "?page=2"),
            ("https://shop.example.org/returns", "https://shop.example.org/returns"),
            ("https://www.example.org:8443/returns", "https://www.example.org:8443/returns"),
            ("Price list.pdf", "Price list.pdf"),
        ] {
            assert_eq!(short_address(address, own), short);
        }
    }

    #[test]
    fn without_a_website_an_address_is_whole() {
        for website in [None, Some("")] {
            assert_eq!(short_address("https://example.org/returns", website), "https://example.org/returns");
        }
    }
}
