//! Where visitors chat: on the public chat's page, on the same page in a frame of another one, or in the widget.

use hammock_contract::{interfaces::InterfaceSettings, visitor::Channel};
use hammock_store::VisitorPage;

use crate::interfaces::allowed_origin;

/// The longest origin that is noted: a host has 253 characters at most. Bytes.
const LONGEST: usize = 280;

/// The page that a visitor is on. `from` is its origin, as the browser names it, and `own` is Hammock's. `framed_by` is what a
/// chat in a frame says of the page around it: its origin, or anything else where it does not know; absent where it is in none.
///
/// Nothing proves what a chat says of the page around, and nothing but what is noted hangs on it. A page that may not show the
/// frame is not noted: browsers keep to that, so that whoever names one has made it up.
pub(super) fn page_of(settings: &InterfaceSettings, from: &str, framed_by: Option<&str>, own: &str) -> VisitorPage {
    if from != own {
        // A page with the widget is the same in a frame.
        return VisitorPage { origin: from.to_owned(), channel: Channel::Widget };
    }
    let Some(around) = framed_by else {
        return VisitorPage { origin: own.to_owned(), channel: Channel::PublicChat };
    };
    let short = (around.len() <= LONGEST).then_some(around);
    let origin = short.and_then(|around| allowed_origin(settings, around, own)).unwrap_or_default();
    VisitorPage { origin, channel: Channel::Frame }
}

#[cfg(test)]
mod tests {
    use super::*;

    const OWN: &str = "https://hammock.example.org";
    const SHOP: &str = "https://shop.example.com";

    fn page(from: &str, framed_by: Option<&str>) -> (String, Channel) {
        let origins = [SHOP, "https://*.example.net"].map(str::to_owned).to_vec();
        let settings = InterfaceSettings { public_chat: true, widget: true, origins, ..InterfaceSettings::default() };
        let VisitorPage { origin, channel } = page_of(&settings, from, framed_by, OWN);
        (origin, channel)
    }

    #[test]
    fn a_frame_is_neither_the_public_chat_nor_the_widget() {
        assert_eq!(page(OWN, None), (OWN.to_owned(), Channel::PublicChat));
        assert_eq!(page(SHOP, None), (SHOP.to_owned(), Channel::Widget));
        assert_eq!(page(OWN, Some(SHOP)), (SHOP.to_owned(), Channel::Frame));
        assert_eq!(page(OWN, Some(OWN)), (OWN.to_owned(), Channel::Frame), "our own pages may show it, too");
        // Another page than ours says by itself where it is, whatever is said beside that.
        assert_eq!(page(SHOP, Some(OWN)), (SHOP.to_owned(), Channel::Widget));
    }

    #[test]
    fn only_an_origin_that_may_show_the_frame_is_noted_in_its_one_form() {
        for (said, noted) in [
            ("HTTPS://Shop.Example.com:443", SHOP),
            ("https://shop.example.com/", SHOP),
            ("https://a.example.net", "https://a.example.net"),
            ("", ""),
            ("null", ""),
            ("unknown", ""),
            ("https://evil.example", ""),
            ("http://shop.example.com", ""),
            ("https://shop.example.com/path", ""),
            ("https://user@shop.example.com", ""),
            ("https://shop.example.com.evil.example", ""),
            ("javascript:alert(1)", ""),
            ("<b>shop</b>", ""),
        ] {
            assert_eq!(page(OWN, Some(said)), (noted.to_owned(), Channel::Frame), "{said}");
        }
        let below = |length: usize| format!("https://{}.example.net", "x".repeat(length));
        assert_eq!(page(OWN, Some(&below(200))), (below(200), Channel::Frame));
        assert_eq!(page(OWN, Some(&below(300))), (String::new(), Channel::Frame));
    }
}
