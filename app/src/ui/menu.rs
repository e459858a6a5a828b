//! A menu behind a button: a native popover, placed by the browser at its button.

use std::borrow::Cow;

use leptos::{ev::KeyboardEvent, html, prelude::*};
use wasm_bindgen::JsCast;

use super::Icon;
use crate::t;

/// A button that opens a menu of [`MenuItem`]s and [`MenuLink`]s.
///
/// What is in it is made when it is opened for the first time: a list has a menu on each row, and few are ever opened.
#[component]
pub fn Menu(
    /// Unique on the page.
    #[prop(into)]
    id: String,
    /// What the button is for.
    #[prop(into)]
    label: String,
    /// The same, where it changes. Of all rows, hardly any has a name that does: the others watch nothing.
    #[prop(optional, into)]
    renamed: Option<Signal<String>>,
    /// The icon of the button.
    #[prop(default = Cow::Borrowed("ellipsis"), into)]
    icon: Cow<'static, str>,
    children: ChildrenFn,
) -> impl IntoView {
    let opened = RwSignal::new(false);
    let button = NodeRef::<html::Button>::new();
    if let Some(renamed) = renamed {
        Effect::new(move |_| {
            let (Some(button), Some(name)) = (button.get(), renamed.try_get()) else { return };
            for attribute in ["aria-label", "title"] {
                // Fails only for what cannot be the name of an attribute.
                let _ = button.set_attribute(attribute, &name);
            }
        });
    }
    let button_id = format!("{id}-button");
    view! {
        <button
            type="button"
            node_ref=button
            id=button_id.clone()
            class="button ghost icon-only"
            aria-label=label.clone()
            title=label
            aria-haspopup="menu"
            popovertarget=id.clone()
            // Before the browser opens it, so its entries are there to take the focus.
            on:click=move |_| opened.set(true)
        >
            <Icon name=icon />
        </button>
        <MenuPopover id labelled_by=button_id>
            {move || opened.get().then(|| children())}
        </MenuPopover>
    }
}

/// The menu itself; any button with `popovertarget` opens it.
#[component]
pub fn MenuPopover(
    /// The id that the button's `popovertarget` names.
    #[prop(into)]
    id: String,
    /// What is in it, for screen readers.
    #[prop(optional, into)]
    label: Option<String>,
    /// The id of what says so instead.
    #[prop(optional, into)]
    labelled_by: Option<String>,
    /// A further class: `upwards`.
    #[prop(default = "")]
    class: &'static str,
    children: Children,
) -> impl IntoView {
    let node = NodeRef::<html::Div>::new();
    view! {
        <div
            node_ref=node
            id=id
            class=format!("menu {class}")
            popover="auto"
            role="menu"
            aria-label=label
            aria-labelledby=labelled_by
            on:toggle=move |_| {
                // Only an open popover has a layout box, so only then does the focus move.
                if let Some(menu) = node.get_untracked() && menu.offset_width() > 0 {
                    focus_item(&menu, Move::First);
                }
            }
            on:keydown=move |event| {
                let Some(menu) = node.get_untracked() else { return };
                if event.key() == "Tab" {
                    // The browser gives the focus back to the button, and goes on from there.
                    let _ = menu.hide_popover();
                } else if let Some(step) = Move::of_key(&event) {
                    event.prevent_default();
                    focus_item(&menu, step);
                }
            }
            on:click=move |_| {
                // What was clicked may have removed the menu.
                if let Some(menu) = node.try_get_untracked().flatten() {
                    // It may have closed by itself already.
                    let _ = menu.hide_popover();
                }
            }
        >
            {children()}
        </div>
    }
}

/// Whether a popover has been opened, for what is in it only then: its button sets it with a click. The browser opens it
/// before the page is live too, when nothing hears that.
pub fn is_opened(
    // The id of the popover.
    id: &'static str,
) -> RwSignal<bool> {
    let opened = RwSignal::new(false);
    Effect::new(move |_| {
        if document().query_selector(&format!("#{id}:popover-open")).is_ok_and(|open| open.is_some()) {
            opened.set(true);
        }
    });
    opened
}

/// An entry that does something.
#[component]
pub fn MenuItem(
    /// An icon.
    #[prop(optional, into)]
    icon: Option<Cow<'static, str>>,
    /// Whether it destroys something.
    #[prop(optional)]
    danger: bool,
    /// For an entry among which one is chosen: whether it is this one.
    #[prop(optional, into)]
    checked: Option<Signal<bool>>,
    /// What it does.
    #[prop(into)]
    on_click: Callback<()>,
    /// The label.
    children: Children,
) -> impl IntoView {
    view! {
        <button
            type="button"
            role=if checked.is_some() { "menuitemradio" } else { "menuitem" }
            aria-checked=move || checked.map(|checked| checked.get().to_string())
            class=if danger { "menu-item danger" } else { "menu-item" }
            on:click=move |_| on_click.run(())
        >
            {icon.map(|name| view! { <Icon name /> })}
            {children()}
        </button>
    }
}

/// The entry that opens what a thing is changed with.
#[component]
pub fn EditItem(
    /// What it does.
    #[prop(into)]
    on_click: Callback<()>,
) -> impl IntoView {
    view! { <MenuItem icon="pencil" on_click>{t!("form.edit")}</MenuItem> }
}

/// The entry that asks before a thing is deleted.
#[component]
pub fn DeleteItem(
    /// What it does.
    #[prop(into)]
    on_click: Callback<()>,
) -> impl IntoView {
    view! { <MenuItem icon="trash-2" danger=true on_click>{t!("form.delete")}</MenuItem> }
}

/// An entry that leads somewhere.
#[component]
pub fn MenuLink(
    /// Where it leads.
    #[prop(into)]
    href: String,
    /// An icon.
    #[prop(optional, into)]
    icon: Option<Cow<'static, str>>,
    /// The label.
    children: Children,
) -> impl IntoView {
    view! {
        <a href=href role="menuitem" class="menu-item">
            {icon.map(|name| view! { <Icon name /> })}
            {children()}
        </a>
    }
}

#[derive(Clone, Copy)]
enum Move {
    First,
    Last,
    Next,
    Previous,
}

impl Move {
    fn of_key(event: &KeyboardEvent) -> Option<Self> {
        match event.key().as_str() {
            "ArrowDown" => Some(Self::Next),
            "ArrowUp" => Some(Self::Previous),
            "Home" => Some(Self::First),
            "End" => Some(Self::Last),
            _ => None,
        }
    }
}

fn focus_item(menu: &web_sys::HtmlElement, step: Move) {
    let Ok(found) = menu.query_selector_all("[role^='menuitem']:not([disabled])") else { return };
    let items: Vec<web_sys::HtmlElement> =
        (0..found.length()).filter_map(|index| found.get(index)?.dyn_into().ok()).collect();
    let active = document().active_element();
    let at = active.and_then(|active| items.iter().position(|item| item.is_same_node(Some(active.as_ref()))));
    let target = match (step, at) {
        (Move::First, _) | (Move::Next, None) => 0,
        (Move::Last, _) | (Move::Previous, None | Some(0)) => items.len().saturating_sub(1),
        (Move::Next, Some(at)) => (at + 1) % items.len().max(1),
        (Move::Previous, Some(at)) => at - 1,
    };
    if let Some(item) = items.get(target) {
        // Fails only for an element that cannot have the focus.
        let _ = item.focus();
    }
}
