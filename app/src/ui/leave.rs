//! Nothing typed is lost by leaving: a link, the browser's Back and Forward, a reload and the closing of the tab ask
//! first while something was typed that is not stored yet.

use gloo::events::{EventListener, EventListenerOptions};
use leptos::{ev, prelude::*};
use wasm_bindgen::{JsCast, JsValue};

use super::ConfirmDialog;
use crate::t;

/// What a person is asked about while something typed is not stored.
#[derive(Clone)]
enum Way {
    /// A link of the application, by its address.
    Link(String),
    /// The browser's history: the page that it would show is one step back.
    Back,
    /// A dialog, by what closes it.
    Close(RwSignal<bool>),
}

/// Everything on the page that knows whether something was typed. The application provides one for all pages, so that
/// leaving asks once, however many forms are open.
#[derive(Clone, Copy)]
pub struct Leaving {
    typed: RwSignal<Vec<(usize, Signal<bool>)>>,
    next: StoredValue<usize>,
    /// What the open question is about.
    asked: RwSignal<Option<Way>>,
    question_open: RwSignal<bool>,
    /// Whether the person has agreed to what is being done now.
    agreed: StoredValue<bool>,
}

impl Leaving {
    /// Provides it to everything below, and listens in the browser. To be called before the router is made: what is heard
    /// first can keep an event from whoever listens later.
    pub fn provide() -> Self {
        let leaving = Self {
            typed: RwSignal::new(Vec::new()),
            next: StoredValue::new(0),
            asked: RwSignal::new(None),
            question_open: RwSignal::new(false),
            agreed: StoredValue::new(false),
        };
        provide_context(leaving);
        if cfg!(feature = "hydrate") {
            leaving.listen();
        }
        leaving
    }

    fn add(self, changed: Signal<bool>) -> usize {
        let number = self.next.get_value();
        self.next.set_value(number + 1);
        self.typed.update(|all| all.push((number, changed)));
        number
    }

    fn remove(self, number: usize) {
        let _ = self.typed.try_update(|all| all.retain(|(known, _)| *known != number));
    }

    /// Whether anything would be lost.
    fn holds_back(self) -> bool {
        self.typed
            .try_with_untracked(|all| all.iter().any(|(_, changed)| changed.try_get_untracked() == Some(true)))
            .unwrap_or(false)
    }

    fn listen(self) {
        // Where the page is while something is typed: the browser's Back has changed the address before it tells.
        let here = StoredValue::new(String::new());
        Effect::new(move |_| {
            if self.typed.with(|all| all.iter().any(|(_, changed)| changed.get())) {
                here.set_value(address());
            }
        });
        let closing = window_event_listener(ev::beforeunload, move |event| {
            if self.holds_back() {
                event.prevent_default();
            }
        });
        on_cleanup(move || closing.remove());
        // The router hears clicks on the window, so it comes after this one and leaves a prevented click alone.
        hear(document().unchecked_ref(), "click", move |event| {
            if self.agreed.get_value() || !self.holds_back() {
                return;
            }
            if let Some(address) = leads_elsewhere(event) {
                event.prevent_default();
                self.ask(Way::Link(address));
            }
        });
        hear(window().unchecked_ref(), "popstate", move |event| {
            if self.agreed.try_update_value(std::mem::take) == Some(true) {
                return;
            }
            let stays = here.get_value();
            if self.holds_back() && without_fragment(&address()) != without_fragment(&stays) {
                // So that the router does not hear what is taken back.
                event.stop_immediate_propagation();
                if let Ok(history) = window().history() {
                    // Fails only where scripts may not touch the history; then the address alone is another one.
                    let _ = history.push_state_with_url(&JsValue::NULL, "", Some(&stays));
                }
                self.ask(Way::Back);
            }
        });
    }

    /// Asks whether a dialog may be closed although something was typed in it.
    pub fn ask_to_close(self, open: RwSignal<bool>) {
        self.ask(Way::Close(open));
    }

    /// Whether the question is open.
    pub fn is_asking(self) -> Signal<bool> {
        self.question_open.into()
    }

    fn ask(self, way: Way) {
        self.asked.set(Some(way));
        self.question_open.set(true);
    }

    /// Does what the person has agreed to.
    fn go_on(self) {
        self.question_open.set(false);
        let Some(way) = self.asked.get_untracked() else { return };
        // When the question has closed and given the focus back: closing it later would take the focus from what comes.
        request_animation_frame(move || match way {
            Way::Link(address) => self.follow(&address),
            Way::Back => {
                self.agreed.set_value(true);
                if let Ok(history) = window().history() {
                    // Fails only where scripts may not touch the history.
                    let _ = history.back();
                }
            }
            Way::Close(open) => {
                // The dialog may be gone with its page.
                let _ = open.try_set(false);
            }
        });
    }

    /// Follows a link as if it had been clicked: the one that was may be gone with its menu.
    fn follow(self, address: &str) {
        let link = document().create_element("a").ok().and_then(|link| link.dyn_into::<web_sys::HtmlElement>().ok());
        let (Some(link), Some(body)) = (link, document().body()) else { return };
        // Neither fails for an element that was just made. It is on the page, or the router would not hear of it.
        let _ = link.set_attribute("href", address);
        let _ = body.append_child(&link);
        self.agreed.set_value(true);
        link.click();
        self.agreed.set_value(false);
        link.remove();
    }
}

/// The question whether what was typed may be thrown away. The application shows one above all pages.
#[component]
pub fn LeaveQuestion(
    /// Who asks it.
    argument: Leaving,
) -> impl IntoView {
    let leaving = argument;
    let title = move || match leaving.asked.get() {
        Some(Way::Close(_)) => t!("leave.discard").to_owned(),
        Some(Way::Link(_) | Way::Back) | None => t!("leave.page").to_owned(),
    };
    view! {
        <ConfirmDialog
            open=leaving.question_open
            title=Signal::derive(title)
            text=t!("leave.text")
            confirm=t!("leave.confirm")
            on_confirm=move |()| leaving.go_on()
        />
    }
}

/// Asks before the page is left while `changed`, as long as the component that calls this is shown.
pub fn guard_leaving(changed: impl Into<Signal<bool>>) {
    let changed = changed.into();
    let Some(leaving) = use_context::<Leaving>() else { return };
    Effect::new(move |_| {
        let number = leaving.add(changed);
        on_cleanup(move || leaving.remove(number));
    });
}

fn address() -> String {
    window().location().href().unwrap_or_default()
}

fn without_fragment(address: &str) -> &str {
    address.split_once('#').map_or(address, |(page, _)| page)
}

/// Listens until the owner is gone, and drops the listener with what else it owns.
fn hear(target: &web_sys::EventTarget, name: &'static str, heard: impl Fn(&web_sys::Event) + 'static) {
    let options = EventListenerOptions::enable_prevent_default();
    StoredValue::new_local(EventListener::new_with_options(target, name, options, heard));
}

/// Where a click leads that replaces this page without the browser loading another one; for that, `beforeunload` asks.
fn leads_elsewhere(event: &web_sys::Event) -> Option<String> {
    let plain = event.dyn_ref::<web_sys::MouseEvent>().is_none_or(|click| {
        click.button() == 0 && !click.ctrl_key() && !click.meta_key() && !click.shift_key() && !click.alt_key()
    });
    if !plain || event.default_prevented() {
        return None;
    }
    let target = event.target()?.dyn_into::<web_sys::Element>().ok()?;
    let link = target.closest("a[href]").ok().flatten()?;
    let is_plain = ["target", "download", "rel"].iter().all(|name| link.get_attribute(name).is_none());
    link.get_attribute("href").filter(|href| is_plain && href.starts_with('/'))
}

/// What a form holds, compared with what it held when it was opened.
#[derive(Clone, Copy)]
pub struct Typed {
    now: Signal<Vec<String>>,
    before: RwSignal<Vec<String>>,
}

impl Typed {
    /// The values of the fields, in any order that stays the same.
    pub fn in_fields(values: impl Fn() -> Vec<String> + Send + Sync + 'static) -> Self {
        let typed = Self { now: Signal::derive(values), before: RwSignal::new(Vec::new()) };
        typed.begin();
        typed
    }

    /// From here on something counts as typed when it differs from what is there now.
    pub fn begin(self) {
        // What was being stored may arrive when the page is gone.
        if let Some(now) = untrack(move || self.now.try_get()) {
            self.before.set(now);
        }
    }

    /// From here on something counts as typed when it differs from `stored`: what was typed while it was being stored does.
    pub fn begin_with(self, stored: Vec<String>) {
        // The page may be gone meanwhile.
        let _ = self.before.try_set(stored);
    }

    /// Whether something was typed.
    pub fn changed(self) -> Signal<bool> {
        // On the server a page may be looked through once more while it is already being cleared away.
        Signal::derive(move || {
            let now = self.now.try_get();
            self.before.try_with(|before| now.is_some_and(|now| *before != now)).unwrap_or_default()
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_fragment_is_the_same_page() {
        assert_eq!(without_fragment("http://a/b?c#page"), "http://a/b?c");
        assert_eq!(without_fragment("http://a/b"), "http://a/b");
    }

    #[test]
    fn what_is_typed_back_was_not_typed() {
        let owner = Owner::new();
        owner.with(|| {
            let name = RwSignal::new("Ada".to_owned());
            let typed = Typed::in_fields(move || vec![name.get()]);
            assert!(!typed.changed().get_untracked());
            name.set("Ada L".to_owned());
            assert!(typed.changed().get_untracked());
            name.set("Ada".to_owned());
            assert!(!typed.changed().get_untracked());
            name.set("Eva".to_owned());
            typed.begin();
            assert!(!typed.changed().get_untracked());
            typed.begin_with(vec!["Ada".to_owned()]);
            assert!(typed.changed().get_untracked(), "typed while Ada was being stored");
        });
    }
}
