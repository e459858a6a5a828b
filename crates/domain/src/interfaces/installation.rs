//! Whether the widget is on a customer's page, and what stands in its way there.

use std::{collections::BTreeSet, time::Duration};

use hammock_contract::{
    ApiError, AssistantId, ErrorCode,
    interfaces::{InstallationCheck, InterfaceSettings, Obstacle},
};
use hammock_ingest::{
    charset::decode_html,
    crawl::snippet::{self, Snippet},
};
use hammock_net::{Limits, NetError, Response};
use hammock_store::Scope;
use url::Url;

use super::{
    addresses,
    origins::{origin_is_allowed, origin_of},
    policy::{self, Use},
};
use crate::{Hammock, Result, internal, outgoing::not_listed, validate};

/// How far the look at a page goes.
const LIMITS: Limits = Limits { max_bytes: 3 * 1024 * 1024, total_time: Duration::from_secs(15), max_redirects: 5 };
/// The longest address. Characters.
const LONGEST_URL: usize = 2_000;
/// What of the content policies is shown. Characters.
const LONGEST_POLICY: usize = 4_000;

impl Hammock {
    /// Looks at a page, as it is served, for the widget of an assistant. An administrator asks, for one that the caller can change.
    ///
    /// # Errors
    /// `not_found`, `role_required`, `invalid_url`, `forbidden_address` for a page that this server may not ask, `host_not_listed`
    /// for one that it may not ask for this organisation, `too_many_attempts`.
    pub async fn check_installation(
        &self,
        scope: &Scope,
        assistant: &AssistantId,
        url: &str,
    ) -> Result<InstallationCheck> {
        let (settings, logo) = self.editable_interfaces(scope, assistant).await?;
        let url = address_of(url)?;
        self.count_installation_check(scope).await?;
        let response = match self.client_for(scope).get(url.as_str()).limits(LIMITS).send().await {
            Ok(response) if response.status.is_success() => response,
            Err(NetError::Forbidden { .. }) => {
                let message =
                    "this address lies inside the server's own network; the operator can allow it under egress.allow";
                return Err(ApiError::new(ErrorCode::ForbiddenAddress, message).on("url"));
            }
            Err(NetError::NotListed { host }) => return Err(not_listed(&host).on("url")),
            Err(NetError::InvalidUrl { .. }) => return Err(no_address()),
            Ok(_) | Err(_) => {
                let obstacles = vec![Obstacle::Unreachable];
                return Ok(InstallationCheck { url: url.into(), obstacles, policy: None });
            }
        };
        let own_origin = self.settings().public_url.clone();
        let assistant = assistant.clone();
        // A large page takes some milliseconds.
        tokio::task::spawn_blocking(move || judge(&response, &assistant, &settings, logo.as_deref(), &own_origin))
            .await
            .map_err(internal)
    }
}

/// People type `example.org/shop`.
fn address_of(text: &str) -> Result<Url> {
    let text = validate::line("url", text, 1, LONGEST_URL)?;
    let text = if text.contains("://") { text } else { format!("https://{text}") };
    Url::parse(&text).ok().filter(|url| origin_of(url).is_some()).ok_or_else(no_address)
}

fn no_address() -> ApiError {
    let message = "this is not the address of a page; it looks like https://www.example.com/contact";
    ApiError::new(ErrorCode::InvalidUrl, message).on("url")
}

fn judge(
    response: &Response,
    assistant: &AssistantId,
    settings: &InterfaceSettings,
    logo: Option<&str>,
    own_origin: &str,
) -> InstallationCheck {
    let found = snippet::read(&decode_html(&response.body, response.content_type()));
    let sent = response.headers.get_all("content-security-policy").iter();
    let mut policies: Vec<String> = sent.filter_map(|value| value.to_str().ok().map(str::to_owned)).collect();
    policies.extend(found.policies.iter().cloned());
    let all = policies.join(", ").chars().take(LONGEST_POLICY).collect::<String>();
    let looked_at = LookedAt { page: &response.url, found: &found, policies: &policies };
    InstallationCheck {
        url: response.url.clone().into(),
        obstacles: obstacles(&looked_at, assistant, settings, logo, own_origin),
        policy: Some(all).filter(|all| !all.is_empty()),
    }
}

/// A page that was looked at.
struct LookedAt<'a> {
    page: &'a Url,
    found: &'a Snippet,
    policies: &'a [String],
}

impl LookedAt<'_> {
    /// Where an address on the page leads.
    fn resolve(&self, address: &str) -> Option<Url> {
        let base = self.found.base.as_deref().and_then(|base| self.page.join(base).ok());
        base.as_ref().unwrap_or(self.page).join(address).ok()
    }

    fn allows(&self, wanted: Use<'_>, target: &Url) -> bool {
        policy::allow(self.policies, wanted, self.page, target)
    }
}

/// What stands in the way, most important first. `logo` is the path of the assistant's, if it has one.
fn obstacles(
    looked_at: &LookedAt<'_>,
    assistant: &AssistantId,
    settings: &InterfaceSettings,
    logo: Option<&str>,
    own_origin: &str,
) -> Vec<Obstacle> {
    let mut found = BTreeSet::new();
    let page_origin = origin_of(looked_at.page).unwrap_or_default();
    if !origin_is_allowed(settings, &page_origin, own_origin) {
        found.insert(Obstacle::OriginNotAllowed);
    }
    // The operator's own address, which was checked when the server started.
    let Ok(own) = Url::parse(own_origin) else { return found.into_iter().collect() };
    let is_ours = |address: &str| looked_at.resolve(address).filter(|url| url.origin() == own.origin());
    let script = looked_at.found.scripts.iter().find(|script| {
        let url = is_ours(&script.src);
        url.is_some_and(|url| url.path() == addresses::SCRIPT)
    });
    let frames: Vec<Url> = looked_at.found.frames.iter().filter_map(|src| is_ours(src)).collect();
    let chats: Vec<&Url> = frames.iter().filter(|url| url.path().starts_with(addresses::CHAT)).collect();
    if script.is_none() && looked_at.found.elements.is_empty() && !chats.is_empty() {
        let path = format!("{}{assistant}", addresses::CHAT);
        let chat = chats.iter().find(|url| url.path() == path);
        if chat.is_none() {
            found.insert(Obstacle::OtherAssistant);
        }
        if !settings.public_chat {
            found.insert(Obstacle::PublicChatOff);
        }
        if !looked_at.allows(Use::Frame, chat.unwrap_or(&chats[0])) {
            found.insert(Obstacle::PolicyFrame);
        }
        return found.into_iter().collect();
    }
    let elements = &looked_at.found.elements;
    let ours = elements.iter().find(|element| element.assistant == assistant.as_str());
    if elements.is_empty() {
        found.insert(Obstacle::ElementMissing);
    } else if ours.is_none() {
        found.insert(Obstacle::OtherAssistant);
    }
    if script.is_none() {
        found.insert(Obstacle::ScriptMissing);
    }
    let nonce = script.and_then(|script| script.nonce.as_deref());
    let at = |path: &str| own.join(path).ok();
    let blocks = |wanted: Use<'_>, path: &str| at(path).is_some_and(|target| !looked_at.allows(wanted, &target));
    if ours.or(elements.first()).is_some_and(|element| element.mode == "iframe") {
        // The script shows the page of the public chat, and loads nothing else.
        if !settings.public_chat {
            found.insert(Obstacle::PublicChatOff);
        }
        if blocks(Use::Script(nonce), addresses::SCRIPT) {
            found.insert(Obstacle::PolicyScript);
        }
        if blocks(Use::Frame, &format!("{}{assistant}", addresses::CHAT)) {
            found.insert(Obstacle::PolicyFrame);
        }
        return found.into_iter().collect();
    }
    if !settings.widget {
        found.insert(Obstacle::SwitchedOff);
    }
    if policy::asks_for_trusted_types(looked_at.policies) {
        found.insert(Obstacle::PolicyTrustedTypes);
    }
    // What the script loads later lies in a folder of its own.
    for (wanted, obstacle, paths) in [
        (Use::Script(nonce), Obstacle::PolicyScript, [addresses::SCRIPT, "/embed/widget.js"]),
        (Use::Wasm, Obstacle::PolicyWasm, [addresses::SCRIPT, addresses::SCRIPT]),
        (Use::Connect, Obstacle::PolicyConnect, ["/api/v1/public/assistants", "/embed/widget.wasm"]),
    ] {
        if paths.into_iter().any(|path| blocks(wanted, path)) {
            found.insert(obstacle);
        }
    }
    if logo.is_some_and(|path| blocks(Use::Image, path)) {
        found.insert(Obstacle::PolicyImage);
    }
    found.into_iter().collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const OWN: &str = "https://hammock.example";
    const PAGE: &str = "https://shop.example/contact";

    fn on(html: &str, policies: &[&str], change: impl FnOnce(&mut InterfaceSettings)) -> Vec<Obstacle> {
        with_logo(None, html, policies, change)
    }

    fn with_logo(
        logo: Option<&str>,
        html: &str,
        policies: &[&str],
        change: impl FnOnce(&mut InterfaceSettings),
    ) -> Vec<Obstacle> {
        let mut settings = InterfaceSettings {
            public_chat: true,
            widget: true,
            origins: vec!["https://shop.example".to_owned()],
            ..InterfaceSettings::default()
        };
        change(&mut settings);
        let (found, page) = (snippet::read(html), Url::parse(PAGE).unwrap());
        let mut all: Vec<String> = policies.iter().map(|policy| (*policy).to_owned()).collect();
        all.extend(found.policies.iter().cloned());
        let looked_at = LookedAt { page: &page, found: &found, policies: &all };
        obstacles(&looked_at, &AssistantId::fixed("helper"), &settings, logo, OWN)
    }

    fn whole() -> String {
        addresses::snippet(OWN, &AssistantId::fixed("helper"))
    }

    #[test]
    fn our_own_snippets_are_found() {
        assert_eq!(on(&whole(), &[], |_| ()), []);
        let frame = addresses::frame_snippet(OWN, &AssistantId::fixed("helper"), "Help");
        assert_eq!(on(&frame, &[], |_| ()), []);
        let other = addresses::frame_snippet(OWN, &AssistantId::fixed("other"), "Help");
        assert_eq!(on(&other, &[], |_| ()), [Obstacle::OtherAssistant]);
        assert_eq!(
            on(&frame, &["frame-src 'self'"], |it| it.public_chat = false),
            [Obstacle::PublicChatOff, Obstacle::PolicyFrame]
        );
    }

    #[test]
    fn what_is_missing_is_told() {
        use Obstacle::{ElementMissing, OriginNotAllowed, OtherAssistant, ScriptMissing, SwitchedOff};
        assert_eq!(on("<p>Hello</p>", &[], |_| ()), [ScriptMissing, ElementMissing]);
        let element = "<hammock-chat assistant='asst_helper'></hammock-chat>";
        assert_eq!(on(element, &[], |_| ()), [ScriptMissing]);
        let elsewhere = format!("<script src='https://evil.example/embed.js'></script>{element}");
        assert_eq!(on(&elsewhere, &[], |_| ()), [ScriptMissing]);
        let script = "<script async src='https://hammock.example/embed.js'></script>";
        assert_eq!(on(script, &[], |_| ()), [ElementMissing]);
        let other = format!("{script}<hammock-chat assistant='asst_other'></hammock-chat>");
        assert_eq!(on(&other, &[], |_| ()), [OtherAssistant]);
        assert_eq!(on(&whole(), &[], |it| it.origins.clear()), [OriginNotAllowed]);
        assert_eq!(on(&whole(), &[], |it| it.widget = false), [SwitchedOff]);
        let based = format!("<base href='https://hammock.example/'><script src='embed.js'></script>{element}");
        assert_eq!(on(&based, &[], |_| ()), []);
    }

    #[test]
    fn policies_stand_in_the_way() {
        use Obstacle::{PolicyConnect, PolicyScript, PolicyWasm};
        assert_eq!(on(&whole(), &["default-src 'self'"], |_| ()), [PolicyScript, PolicyWasm, PolicyConnect]);
        let right = "script-src 'self' 'wasm-unsafe-eval' https://hammock.example; connect-src https://hammock.example";
        assert_eq!(on(&whole(), &[right], |_| ()), []);
        let meta = format!("<meta http-equiv='Content-Security-Policy' content=\"connect-src 'self'\">{}", whole());
        assert_eq!(on(&meta, &[right], |_| ()), [PolicyConnect]);
        let one_file = "script-src https://hammock.example/embed.js 'wasm-unsafe-eval'";
        assert_eq!(on(&whole(), &[one_file], |_| ()), [PolicyScript]);
        let nonce = whole().replace("<script async", "<script async nonce=\"r4nd0m\"");
        let trusting = "script-src 'nonce-r4nd0m' 'strict-dynamic' 'wasm-unsafe-eval'";
        assert_eq!(on(&nonce, &[trusting], |_| ()), []);
        assert_eq!(on(&whole(), &[trusting], |_| ()), [PolicyScript]);
    }

    #[test]
    fn a_logo_needs_a_policy_that_lets_it_through() {
        let path = addresses::logo_path(&AssistantId::fixed("helper"), "0123456789abcdef");
        let chat = "script-src https://hammock.example 'wasm-unsafe-eval'; connect-src https://hammock.example";
        let strict = format!("default-src 'none'; {chat}");
        assert_eq!(on(&whole(), &[&strict], |_| ()), [], "without a logo there is no picture");
        let drawn = |html: &str, policy: &str| with_logo(Some(&path), html, &[policy], |_| ());
        assert_eq!(drawn(&whole(), chat), []);
        assert_eq!(drawn(&whole(), &strict), [Obstacle::PolicyImage]);
        assert_eq!(drawn(&whole(), &format!("{strict}; img-src 'self'")), [Obstacle::PolicyImage]);
        assert_eq!(drawn(&whole(), &format!("{strict}; img-src https://hammock.example")), []);
        // In a frame it is Hammock's own page that shows it.
        let framed = whole().replace("<hammock-chat", "<hammock-chat mode=\"iframe\"");
        assert_eq!(drawn(&framed, "img-src 'none'"), []);
    }

    #[test]
    fn an_element_that_shows_a_frame_needs_the_script_and_the_frame_alone() {
        use Obstacle::{OriginNotAllowed, OtherAssistant, PolicyFrame, PolicyScript, PublicChatOff};
        let framed = whole().replace("<hammock-chat", "<hammock-chat data-mode=\"iframe\"");
        let enough = "default-src 'none'; script-src https://hammock.example; frame-src https://hammock.example; \
                      require-trusted-types-for 'script'";
        assert_eq!(on(&framed, &[enough], |it| it.widget = false), []);
        assert_eq!(on(&framed, &["default-src 'self'"], |_| ()), [PolicyScript, PolicyFrame]);
        let closed = on(&framed, &[enough], |it| {
            it.public_chat = false;
            it.origins.clear();
        });
        assert_eq!(closed, [OriginNotAllowed, PublicChatOff]);
        assert_eq!(on(&framed.replace("asst_helper", "asst_other"), &[enough], |_| ()), [OtherAssistant]);
    }

    #[test]
    fn trusted_types_leave_the_frame_alone() {
        let asks = "require-trusted-types-for 'script'";
        assert_eq!(on(&whole(), &[asks], |_| ()), [Obstacle::PolicyTrustedTypes]);
        let frame = addresses::frame_snippet(OWN, &AssistantId::fixed("helper"), "Help");
        assert_eq!(on(&frame, &[asks], |_| ()), []);
    }

    #[test]
    fn people_leave_the_scheme_away() {
        let kept = |text: &str| address_of(text).map(String::from).map_err(|error| error.code);
        assert_eq!(kept(" shop.example/contact "), Ok("https://shop.example/contact".to_owned()));
        assert_eq!(kept("http://shop.example"), Ok("http://shop.example/".to_owned()));
        for wrong in ["ftp://shop.example", "file:///etc/passwd", "https://", "https://a@shop.example"] {
            assert_eq!(kept(wrong), Err(ErrorCode::InvalidUrl), "{wrong}");
        }
        assert_eq!(kept(""), Err(ErrorCode::InvalidField));
    }
}
