//! Choices, obstacles and channels in words.

use hammock_contract::{
    check,
    interfaces::Obstacle,
    locale::Locale,
    visitor::{Channel, Visitor},
};

use super::sign_in_draft::{OFF, OFFERED, REQUIRED};
use crate::{layout::language_name, t};

fn options<const N: usize>(all: [(&str, &str); N]) -> Vec<(String, String)> {
    all.map(|(value, name)| (value.to_owned(), name.to_owned())).to_vec()
}

/// How answers can be worded.
pub fn tones() -> Vec<(String, String)> {
    options([
        ("as_instructed", t!("interfaces.tone_as_instructed")),
        ("friendly", t!("interfaces.tone_friendly")),
        ("formal", t!("interfaces.tone_formal")),
        ("brief", t!("interfaces.tone_brief")),
    ])
}

/// How much evidence an answer can need.
pub fn strictness() -> Vec<(String, String)> {
    options([
        ("", t!("interfaces.strictness_assistant")),
        ("broad", t!("assistants.broad")),
        ("balanced", t!("assistants.balanced")),
        ("strict", t!("assistants.strict")),
    ])
}

/// What can happen when the sources hold no answer.
pub fn when_unknown() -> Vec<(String, String)> {
    options([("say_it", t!("interfaces.unknown_say_it")), ("ask_for_email", t!("interfaces.unknown_ask_for_email"))])
}

/// Whether visitors say who they are.
pub fn sign_in_modes() -> Vec<(String, String)> {
    options([
        (OFF, t!("interfaces.sign_in_off")),
        (OFFERED, t!("interfaces.sign_in_offered")),
        (REQUIRED, t!("interfaces.sign_in_required")),
    ])
}

/// Where the launcher can stand.
pub fn corners() -> Vec<(String, String)> {
    options([("bottom_end", t!("interfaces.corner_end")), ("bottom_start", t!("interfaces.corner_start"))])
}

/// Light or dark.
pub fn schemes() -> Vec<(String, String)> {
    options([
        ("automatic", t!("interfaces.scheme_automatic")),
        ("light", t!("interfaces.scheme_light")),
        ("dark", t!("interfaces.scheme_dark")),
    ])
}

/// The languages of the texts around the chat.
pub fn languages() -> Vec<(String, String)> {
    let page = (String::new(), t!("interfaces.language_page").to_owned());
    let fixed = Locale::ALL.map(|locale| (locale.tag().to_owned(), language_name(locale).to_owned()));
    [page].into_iter().chain(fixed).collect()
}

/// What stands in the way, and what to do about it.
pub fn obstacle_text(obstacle: Obstacle) -> &'static str {
    match obstacle {
        Obstacle::Unreachable => t!("interfaces.obstacle_unreachable"),
        Obstacle::ScriptMissing => t!("interfaces.obstacle_script_missing"),
        Obstacle::ElementMissing => t!("interfaces.obstacle_element_missing"),
        Obstacle::OtherAssistant => t!("interfaces.obstacle_other_assistant"),
        Obstacle::OriginNotAllowed => t!("interfaces.obstacle_origin_not_allowed"),
        Obstacle::SwitchedOff => t!("interfaces.obstacle_switched_off"),
        Obstacle::PublicChatOff => t!("interfaces.obstacle_public_chat_off"),
        Obstacle::PolicyScript => t!("interfaces.obstacle_policy_script"),
        Obstacle::PolicyWasm => t!("interfaces.obstacle_policy_wasm"),
        Obstacle::PolicyConnect => t!("interfaces.obstacle_policy_connect"),
        Obstacle::PolicyFrame => t!("interfaces.obstacle_policy_frame"),
        Obstacle::PolicyTrustedTypes => t!("interfaces.obstacle_policy_trusted_types"),
        Obstacle::PolicyImage => t!("interfaces.obstacle_policy_image"),
    }
}

/// What the content policy of a page must say for an obstacle to go away; `origin` is that of this installation.
pub fn directive(obstacle: Obstacle, origin: &str) -> Option<String> {
    match obstacle {
        Obstacle::PolicyScript => Some(format!("script-src {origin}")),
        Obstacle::PolicyWasm => Some("script-src 'wasm-unsafe-eval'".to_owned()),
        Obstacle::PolicyConnect => Some(format!("connect-src {origin}")),
        Obstacle::PolicyFrame => Some(format!("frame-src {origin}")),
        Obstacle::PolicyImage => Some(format!("img-src {origin}")),
        Obstacle::Unreachable
        | Obstacle::ScriptMissing
        | Obstacle::ElementMissing
        | Obstacle::OtherAssistant
        | Obstacle::OriginNotAllowed
        | Obstacle::SwitchedOff
        | Obstacle::PublicChatOff
        | Obstacle::PolicyTrustedTypes => None,
    }
}

/// Where a conversation was held.
pub fn channel_name(channel: Channel) -> &'static str {
    match channel {
        Channel::PublicChat => t!("interfaces.public_chat"),
        Channel::Frame => t!("visitors.in_frame"),
        Channel::Widget => t!("interfaces.widget"),
    }
}

/// The origin of the page where a conversation was held; that around a frame is not always known.
pub fn origin_name(origin: String) -> String {
    if origin.is_empty() { t!("visitors.origin_unknown").to_owned() } else { origin }
}

/// How a visitor is called: by a name that can be shown, else by their address.
pub fn visitor_name(visitor: &Visitor) -> String {
    let name = visitor.name.clone().filter(|name| check::name("name", name, 1, usize::MAX).is_ok());
    name.or_else(|| visitor.email.clone()).unwrap_or_else(|| t!("visitors.anonymous").to_owned())
}

/// Where a visitor can be reached, unless that is what they are called.
pub fn visitor_email(visitor: &Visitor) -> Option<String> {
    visitor.email.clone().filter(|email| *email != visitor_name(visitor))
}

#[cfg(test)]
mod tests {
    use hammock_contract::VisitorId;

    use super::*;

    #[test]
    fn a_policy_must_name_this_installation() {
        let all = [
            Obstacle::Unreachable,
            Obstacle::ScriptMissing,
            Obstacle::ElementMissing,
            Obstacle::OtherAssistant,
            Obstacle::OriginNotAllowed,
            Obstacle::SwitchedOff,
            Obstacle::PublicChatOff,
            Obstacle::PolicyScript,
            Obstacle::PolicyWasm,
            Obstacle::PolicyConnect,
            Obstacle::PolicyFrame,
            Obstacle::PolicyTrustedTypes,
            Obstacle::PolicyImage,
        ];
        assert!(all.iter().all(|obstacle| !obstacle_text(*obstacle).is_empty()));
        let directives: Vec<String> =
            all.into_iter().filter_map(|obstacle| directive(obstacle, "https://h.example")).collect();
        assert_eq!(
            directives,
            [
                "script-src https://h.example",
                "script-src 'wasm-unsafe-eval'",
                "connect-src https://h.example",
                "frame-src https://h.example",
                "img-src https://h.example",
            ]
        );
    }

    #[test]
    fn each_place_has_a_name_of_its_own() {
        let names = [Channel::PublicChat, Channel::Frame, Channel::Widget].map(channel_name);
        assert_eq!(names, ["Public chat", "Frame on a website", "Website widget"]);
        assert_eq!(origin_name("https://shop.example".to_owned()), "https://shop.example");
        assert_eq!(origin_name(String::new()), "Not known");
    }

    #[test]
    fn a_visitor_without_a_name_is_anonymous() {
        let mut visitor =
            Visitor { id: VisitorId::fixed("one"), name: None, email: None, origin: "https://shop.example".to_owned() };
        assert_eq!(visitor_name(&visitor), "Anonymous");
        visitor.email = Some("eva@example.org".to_owned());
        assert_eq!(visitor_name(&visitor), "eva@example.org");
        for unusable in [" ", "Eva \u{202e}nimdA"] {
            visitor.name = Some(unusable.to_owned());
            assert_eq!(visitor_name(&visitor), "eva@example.org", "{unusable:?}");
        }
        visitor.name = Some("Eva".to_owned());
        assert_eq!(visitor_name(&visitor), "Eva");
    }

    #[test]
    fn the_address_of_a_visitor_stands_once() {
        let mut visitor =
            Visitor { id: VisitorId::fixed("one"), name: None, email: None, origin: "https://shop.example".to_owned() };
        assert_eq!(visitor_email(&visitor), None);
        visitor.email = Some("eva@example.org".to_owned());
        assert_eq!(visitor_email(&visitor), None, "it is what they are called");
        visitor.name = Some("Eva".to_owned());
        assert_eq!(visitor_email(&visitor).as_deref(), Some("eva@example.org"));
    }
}
