//! Which pages may let their visitors chat with an assistant.

use hammock_contract::{ApiError, ErrorCode, interfaces::InterfaceSettings};

use crate::interfaces::origin_is_allowed;

/// Whether visitors of pages of `origin` may chat. `own` is Hammock's own origin, where the page of the public chat is, and the
/// frame that customers' pages may show in place of the widget.
pub(crate) fn is_allowed(settings: &InterfaceSettings, origin: &str, own: &str) -> bool {
    let is_open = settings.widget || (settings.public_chat && origin == own);
    is_open && origin_is_allowed(settings, origin, own)
}

/// The page is none of those that are allowed.
pub(crate) fn refused() -> ApiError {
    ApiError::new(
        ErrorCode::OriginNotAllowed,
        "visitors of this page may not chat with the assistant; its origin is not among those that are allowed",
    )
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const OWN: &str = "https://hammock.example.org";

    fn settings(public_chat: bool, widget: bool) -> InterfaceSettings {
        let origins = ["https://shop.example.com", "https://*.example.net", "http://localhost:8080", "https://*."];
        InterfaceSettings {
            public_chat,
            widget,
            origins: origins.map(str::to_owned).to_vec(),
            ..InterfaceSettings::default()
        }
    }

    #[test]
    fn the_named_pages_may_and_no_others() {
        let on = settings(false, true);
        for origin in ["https://shop.example.com", "https://a.example.net", "https://a.b.example.net", OWN] {
            assert!(is_allowed(&on, origin, OWN), "{origin}");
        }
        assert!(is_allowed(&on, "http://localhost:8080", OWN));
        for origin in [
            "",
            "null",
            "https://",
            "http://shop.example.com",
            "https://shop.example.com:8443",
            "https://shop.example.com.evil.example",
            "https://evil.example/.example.net",
            "https://evil.example#.example.net",
            "https://example.net",
            "https://.example.net",
            "https://evilexample.net",
            "http://a.example.net",
            "http://localhost",
        ] {
            assert!(!is_allowed(&on, origin, OWN), "{origin}");
        }
    }

    #[test]
    fn what_is_switched_off_lets_nobody_in() {
        let named = "https://shop.example.com";
        assert!(!is_allowed(&settings(false, false), named, OWN) && !is_allowed(&settings(false, false), OWN, OWN));
        assert!(!is_allowed(&settings(true, false), named, OWN) && is_allowed(&settings(true, false), OWN, OWN));
    }

    proptest! {
        #[test]
        fn other_names_are_not_let_in(name in "[a-z]{1,10}\\.[a-z]{2,5}") {
            prop_assume!(name != "example.net" && name != "example.com");
            let origin = format!("https://{name}");
            prop_assert!(!is_allowed(&settings(true, true), &origin, OWN));
            let below = format!("https://{name}.example.net");
            prop_assert!(is_allowed(&settings(true, true), &below, OWN));
        }
    }
}
