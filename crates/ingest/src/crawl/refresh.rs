//! Pages that send their readers on by themselves, with `<meta http-equiv="refresh">`: many sites have nothing else at an address
//! that they have given up.

use url::Url;

/// A page that waits longer is there to be read, and the other one is where it leads to. Seconds.
const AT_ONCE: u32 = 5;
/// A longer address leads to nothing that is read. Bytes.
const LONGEST: usize = 4_000;

/// Where a page sends its readers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Refresh {
    /// The address.
    pub(super) to: Url,
    /// Whether that is at once: then the page is nothing but the way there.
    pub(super) at_once: bool,
}

/// Reads the content of the element, as `0; url=/new`. Nothing where it leads nowhere, as for a page that only shows itself anew.
pub(super) fn read(content: &str, base: &Url) -> Option<Refresh> {
    let content = content.trim_start();
    let digits = content.find(|c: char| !c.is_ascii_digit()).unwrap_or(content.len());
    let (seconds, rest) = content.split_at(digits);
    let seconds = seconds.parse::<u32>().ok()?;
    let rest = rest.trim_start_matches(|c: char| c.is_ascii_digit() || c == '.').trim_start();
    let address = address_in(rest.trim_start_matches([';', ',']).trim());
    if address.is_empty() || address.len() > LONGEST {
        return None;
    }
    let to = base.join(address).ok().filter(|to| matches!(to.scheme(), "http" | "https"))?;
    Some(Refresh { to, at_once: seconds <= AT_ONCE })
}

/// The address without what announces it and without its quotes.
fn address_in(text: &str) -> &str {
    let announced = text.get(..3).filter(|word| word.eq_ignore_ascii_case("url"));
    let after = announced.and_then(|_| text.get(3..)).and_then(|rest| rest.trim_start().strip_prefix('='));
    let address = after.unwrap_or(text).trim();
    for quote in ['"', '\''] {
        if let Some(inner) = address.strip_prefix(quote) {
            return inner.split(quote).next().unwrap_or_default().trim();
        }
    }
    address
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_way_to_write_it_is_read() {
        let base = Url::parse("https://a.example/dir/page.html").unwrap();
        for (content, to, at_once) in [
            ("0; url=/new", "https://a.example/new", true),
            ("0;URL='new.html'", "https://a.example/dir/new.html", true),
            (" 5.5 ; Url = \"https://b.example/\" trailing", "https://b.example/", true),
            ("0, /new", "https://a.example/new", true),
            ("0 /new", "https://a.example/new", true),
            ("30; url=next.html", "https://a.example/dir/next.html", false),
            ("0; urls.html", "https://a.example/dir/urls.html", true),
        ] {
            let expected = Refresh { to: Url::parse(to).unwrap(), at_once };
            assert_eq!(read(content, &base), Some(expected), "{content}");
        }
        for content in ["", "300", "300;", "0; url=", "0; url=''", "soon; url=/new", "0; url=mailto:a@a.example", "ž"]
        {
            assert_eq!(read(content, &base), None, "{content}");
        }
        assert_eq!(read(&format!("0; url=/{}", "x".repeat(LONGEST)), &base), None);
    }

    proptest::proptest! {
        #[test]
        fn nothing_makes_it_fail(content in "([0-9]|\\.|;|,| |url|URL|=|'|\"|/|ž|\\PC){0,20}") {
            let _read = read(&content, &Url::parse("https://a.example/").unwrap());
        }
    }
}
