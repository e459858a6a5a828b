//! The parts of every page: its title with what can be done there, and its body.

use leptos::prelude::*;
use leptos_meta::Title;
use wasm_bindgen::JsCast;
use web_sys::HtmlElement;

/// Whether another page than before is on its way. Where the browser loads no page itself, it moves no focus either, and what
/// had the focus goes with the page before. The application provides one for all pages.
#[derive(Clone, Copy)]
pub struct Arrival {
    expected: StoredValue<bool>,
}

impl Arrival {
    /// Provides it to everything below.
    pub fn provide() {
        provide_context(Self { expected: StoredValue::new(false) });
    }

    /// Says that the next page is another one than before: it takes the focus, if it comes only later, when its code is
    /// there. One that is in its place already has to be led to with [`focus_page`].
    pub fn expect(self) {
        self.expected.set_value(true);
    }

    /// Whether another page was expected; it is none any more.
    fn take(self) -> bool {
        self.expected.try_update_value(std::mem::take).unwrap_or_default()
    }
}

/// Leads the focus to the place of the pages, unless something there has it already and is in sight: on a phone, the link that was
/// pressed may be in a list that has made room.
pub fn focus_page() {
    let Some(place) = place() else { return };
    let active = document().active_element().and_then(|active| active.dyn_into::<HtmlElement>().ok());
    let has_focus = active.is_some_and(|active| active.offset_width() > 0 && place.contains(Some(&active)));
    if !has_focus {
        leave_for_page();
    }
}

/// Leads the focus to the place of the pages, whatever has it: what does is about to go.
pub fn leave_for_page() {
    if let Some(place) = place() {
        // Fails only for an element that cannot have the focus.
        let _ = place.focus();
    }
}

/// Leads the focus to the page where nothing has it any more.
pub fn catch_focus() {
    if document().active_element().is_none_or(|active| active.tag_name() == "BODY") {
        leave_for_page();
    }
}

/// Leads the focus to the page when a part of it goes with what has the focus: as soon as `shows` says so of the part.
pub fn focus_outlives(shows: impl Fn() -> bool + 'static) {
    Effect::new(move |before: Option<bool>| {
        let is_there = shows();
        if before == Some(true) && !is_there {
            // With the next frame it is gone.
            request_animation_frame(catch_focus);
        }
        is_there
    });
}

/// The place of the pages.
fn place() -> Option<HtmlElement> {
    document().query_selector("main").ok()??.dyn_into().ok()
}

/// A page. It takes the focus where it follows another one.
#[component]
pub fn Page(children: Children) -> impl IntoView {
    let arrival = use_context::<Arrival>();
    Effect::new(move |_| {
        if arrival.is_some_and(Arrival::take) {
            // When it is in its place, and the page before is gone.
            request_animation_frame(focus_page);
        }
    });
    view! { <div class="page">{children()}</div> }
}

/// The title of the browser's tab; the name of the product comes after it.
///
/// The server writes it after everything else of the page. When it renders several pages at once, the parts that the title
/// is made of may be gone by then: it stays what it was when the page was begun.
#[component]
pub fn TabTitle(
    /// The title.
    #[prop(into)]
    text: Signal<String>,
) -> impl IntoView {
    let first = text.get_untracked();
    view! { <Title text=move || in_tab(&text.try_get().unwrap_or_else(|| first.clone())) /> }
}

fn in_tab(title: &str) -> String {
    let whole = format!("{title} · Hammock");
    // The framework writes it into the page of the server as it comes; in the browser it is set as text.
    if cfg!(feature = "ssr") { escaped(&whole) } else { whole }
}

/// A text as the content of an element: nothing in it begins a tag or an entity.
pub fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;")
}

/// The title of a page, for the heading and the browser's tab, and the page's buttons.
#[component]
pub fn PageHeader(
    /// The title.
    #[prop(into)]
    title: Signal<String>,
    /// A line under it; none where it is empty.
    #[prop(optional, into)]
    subtitle: Option<Signal<String>>,
    /// The page's buttons.
    #[prop(optional)]
    children: Option<Children>,
) -> impl IntoView {
    view! {
        <TabTitle text=title />
        <header class="page-header">
            <div class="titles">
                <h1>{move || title.get()}</h1>
                {move || {
                    let text = subtitle.map(|subtitle| subtitle.get()).filter(|text| !text.is_empty());
                    text.map(|text| view! { <p class="faint small">{text}</p> })
                }}
            </div>
            {children.map(|children| view! { <div class="page-actions">{children()}</div> })}
        </header>
    }
}

/// The body of a page.
#[component]
pub fn PageBody(
    /// For forms: not wider than reads well.
    #[prop(optional)]
    narrow: bool,
    children: Children,
) -> impl IntoView {
    view! { <div class=if narrow { "page-body narrow" } else { "page-body" }>{children()}</div> }
}

/// A card.
#[component]
pub fn Card(children: Children) -> impl IntoView {
    view! { <section class="card padded">{children()}</section> }
}

/// The initials of a person.
#[component]
pub fn Avatar(
    /// First name.
    #[prop(into)]
    first_name: String,
    /// Last name.
    #[prop(into)]
    last_name: String,
) -> impl IntoView {
    let initials: String =
        [first_name, last_name].iter().filter_map(|name| name.chars().next()).flat_map(char::to_uppercase).collect();
    view! { <span class="avatar" aria-hidden="true">{initials}</span> }
}

#[cfg(test)]
mod tests {
    use leptos::prelude::*;

    use super::{Arrival, escaped};

    #[test]
    fn only_the_page_that_is_expected_takes_the_focus() {
        let owner = Owner::new();
        owner.with(|| {
            Arrival::provide();
            let arrival = expect_context::<Arrival>();
            assert!(!arrival.take(), "not the page that the browser itself loads");
            arrival.expect();
            assert!(arrival.take());
            assert!(!arrival.take(), "not what is shown anew on the same page");
        });
    }

    #[test]
    fn a_text_stays_a_text() {
        assert_eq!(escaped("a </title><b> & c"), "a &lt;/title>&lt;b> &amp; c");
    }
}
