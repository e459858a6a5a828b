//! Who is signed in. Known when the page is made, so that nothing has to wait for it.

use hammock_contract::{
    UserId,
    user::{Me, Role, SendKey},
};
use leptos::prelude::*;

/// The name of the `<meta>` that hands the person over to the browser.
pub const META_NAME: &str = "hammock-me";

/// The person who is signed in, as a signal: the account page changes it.
#[derive(Clone, Copy)]
pub struct Session(RwSignal<Me>);

impl Session {
    /// The person.
    pub fn me(self) -> Me {
        self.0.get()
    }

    /// Replaces what is known of the person.
    pub fn set(self, me: Me) {
        self.0.set(me);
    }

    /// Who the person is. They stay the same as long as the page is there.
    pub fn id(self) -> UserId {
        self.0.with_untracked(|me| me.user.id.clone())
    }

    /// What sends a question, at this moment.
    pub fn send_key(self) -> SendKey {
        self.0.with_untracked(|me| me.send_key)
    }

    /// Whether the organisation has recorded speech written down.
    pub fn transcribes(self) -> bool {
        self.0.with(|me| me.transcribes)
    }

    /// Whether the person has at least this role. Only for what is shown: the server decides what may be done.
    pub fn is_at_least(self, role: Role) -> bool {
        self.0.with(|me| me.user.role >= role)
    }
}

/// Provides the session to everything below; `false` when nobody is signed in.
pub fn provide_session() -> bool {
    let found = read();
    let signed_in = found.is_some();
    if let Some(me) = found {
        provide_context(Session(RwSignal::new(me)));
    }
    signed_in
}

/// The session. Every page inside the frame has one.
///
/// # Panics
/// Outside the frame: a defect that the first rendering of the page shows.
pub fn use_session() -> Session {
    expect_context::<Session>()
}

#[cfg(feature = "ssr")]
fn read() -> Option<Me> {
    crate::request::page().and_then(|page| page.me)
}

#[cfg(not(feature = "ssr"))]
fn read() -> Option<Me> {
    let meta = document().query_selector(&format!("meta[name={META_NAME}]")).ok()??;
    serde_json::from_str(&meta.get_attribute("content")?).ok()
}

/// Keeps a choice of this browser in a cookie that the server reads for the next page; an empty value forgets it.
///
/// Only called in the browser, by what a person clicks.
pub fn keep_choice(name: &str, value: &str) {
    let is_https = window().location().protocol().is_ok_and(|protocol| protocol == "https:");
    let cookie = choice_cookie(name, value, is_https);
    // Fails only for a document without cookies; then the choice lasts as long as the page.
    let _ = js_sys::Reflect::set(document().as_ref(), &"cookie".into(), &cookie.into());
}

/// The cookie of a choice; of a page that came by https it leaves the browser by https alone, as the server's cookies do.
fn choice_cookie(name: &str, value: &str, is_https: bool) -> String {
    let seconds = if value.is_empty() { 0 } else { 31_536_000 };
    let secure = if is_https { "; Secure" } else { "" };
    format!("{name}={value}; Path=/; Max-Age={seconds}; SameSite=Lax{secure}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_choice_that_was_made_over_https_leaves_the_browser_over_https_alone() {
        let kept = "hammock_theme=dark; Path=/; Max-Age=31536000; SameSite=Lax";
        assert_eq!(choice_cookie("hammock_theme", "dark", false), kept);
        assert_eq!(choice_cookie("hammock_theme", "dark", true), format!("{kept}; Secure"));
        assert_eq!(choice_cookie("hammock_theme", "", true), "hammock_theme=; Path=/; Max-Age=0; SameSite=Lax; Secure");
    }
}
