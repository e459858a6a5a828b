//! What is wrong with a field: what the browser finds when the form is sent, and what the server says after.
//!
//! The browser judges all fields of a form before it is sent. Its own bubbles would show one fault at a time, in the
//! language of the browser; here every field shows its fault itself, in the language of the page, and the focus goes to
//! the first. What is shown is gone as soon as the field is changed.

use hammock_contract::check;
use leptos::prelude::*;
use wasm_bindgen::JsCast;

use super::number::millionths;
use crate::{i18n, t};

/// What is wrong with one field.
#[derive(Clone, Copy)]
pub struct Fault {
    /// What the browser found.
    found: RwSignal<Option<String>>,
    /// What the server says.
    told: Signal<Option<String>>,
    /// Whether the field was changed after the server said so.
    changed: RwSignal<bool>,
}

impl Fault {
    /// Follows what is typed and what the server says of it; `focus` leads to the field when the server finds fault.
    pub fn new(value: RwSignal<String>, told: Signal<Option<String>>, focus: impl Fn() + 'static) -> Self {
        let fault = Self { found: RwSignal::new(None), told, changed: RwSignal::new(false) };
        Effect::new(move |before: Option<()>| {
            value.track();
            if before.is_some() {
                fault.found.set(None);
                fault.changed.set(true);
            }
        });
        Effect::new(move |before: Option<()>| {
            if told.with(Option::is_some) && before.is_some() {
                fault.changed.set(false);
                focus();
            }
        });
        fault
    }

    /// What the field shows.
    pub fn shown(self) -> Signal<Option<String>> {
        Signal::derive(move || {
            let told = || if self.changed.try_get().unwrap_or(true) { None } else { self.told.try_get().flatten() };
            self.found.try_get().flatten().or_else(told)
        })
    }

    /// Takes the place of the browser's bubble. `event` is `invalid`: it keeps the form from being sent.
    pub fn find(self, event: &web_sys::Event, text: String) {
        event.prevent_default();
        self.found.set(Some(text));
        let Some(field) = event.target().and_then(|target| target.dyn_into::<web_sys::HtmlElement>().ok()) else {
            return;
        };
        let form = field.closest("form").ok().flatten();
        let first = form.and_then(|form| form.query_selector(INVALID).ok().flatten());
        if first.is_none_or(|first| first == *field) {
            // Fails only for what is no longer on the page.
            let _ = field.focus();
        }
    }
}

/// The fields among all that the browser calls invalid: it says so of the form and its groups too.
const INVALID: &str = "input:invalid, textarea:invalid, select:invalid";

/// What is wrong with what is typed into a field of a kind, by the rules that all such fields have.
pub fn fault_in(kind: &str, required: bool, typed: &str) -> Option<&'static str> {
    let is_blank = if kind == "password" { typed.is_empty() } else { typed.trim().is_empty() };
    if is_blank {
        return required.then(|| t!("form.missing"));
    }
    (kind == "email" && !check::is_email(typed)).then(|| t!("error.invalid_email"))
}

/// What is wrong with a number that lies between two others. None where nothing is typed.
pub fn fault_in_range((least, most): (&str, &str), typed: &str) -> Option<String> {
    let (from, to) = (millionths(least)?, millionths(most)?);
    let fits = typed.trim().is_empty() || millionths(typed).is_some_and(|typed| (from..=to).contains(&typed));
    (!fits).then(|| i18n::range_text(least, most))
}

/// What is wrong with a new password, by the rules that all of them have.
pub fn weak_password(typed: RwSignal<String>) -> Signal<Option<String>> {
    Signal::derive(move || typed.with(|typed| check::weak_password(typed)).as_ref().map(i18n::error_text))
}

/// What to say where only the browser knows what is wrong.
pub fn fault_of_kind(kind: &str) -> &'static str {
    match kind {
        "email" => t!("error.invalid_email"),
        "url" => t!("error.invalid_url"),
        _ => t!("error.invalid_field"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_field_is_judged_by_its_kind() {
        let missing = Some(t!("form.missing"));
        assert_eq!(fault_in("text", true, "  "), missing);
        assert_eq!(fault_in("text", false, "  "), None);
        assert_eq!(fault_in("password", true, ""), missing);
        assert_eq!(fault_in("password", true, " "), None, "a space is part of a password");
        assert_eq!(fault_in("email", true, "marta@"), Some(t!("error.invalid_email")));
        assert_eq!(fault_in("email", true, " marta@example.org "), None);
        assert_eq!(fault_in("text", true, "marta@"), None);
    }

    #[test]
    fn a_number_is_judged_by_its_limits() {
        let fault = |typed| fault_in_range(("64", "16384"), typed);
        for fits in ["", "64", " 1024 ", "16384"] {
            assert_eq!(fault(fits), None, "{fits}");
        }
        for bad in ["63", "16385", "-64", "many", "NaN"] {
            assert_eq!(fault(bad).as_deref(), Some("Please enter a number from 64 to 16,384."), "{bad}");
        }
        assert_eq!(fault_in_range(("0", "2"), "0,7"), None);
    }

    #[test]
    fn the_browsers_finding_goes_before_the_servers() {
        let owner = Owner::new();
        owner.with(|| {
            let told = RwSignal::new(Some("taken".to_owned()));
            let fault = Fault { found: RwSignal::new(None), told: told.into(), changed: RwSignal::new(false) };
            let shown = fault.shown();
            assert_eq!(shown.get_untracked().as_deref(), Some("taken"));
            fault.changed.set(true);
            assert_eq!(shown.get_untracked(), None);
            fault.found.set(Some("missing".to_owned()));
            assert_eq!(shown.get_untracked().as_deref(), Some("missing"));
        });
    }
}
