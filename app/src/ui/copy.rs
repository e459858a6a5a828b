//! Copies a text.

use std::time::Duration;

use js_sys::{Array, Object, Reflect};
use leptos::{ev::MouseEvent, prelude::*, task::spawn_local};
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{Blob, BlobPropertyBag, ClipboardItem, Element, HtmlDocument, HtmlElement, HtmlTextAreaElement};

use super::Icon;
use crate::t;

/// What became of the last copying; forgotten after two seconds.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Outcome {
    Copied,
    Refused,
}

impl Outcome {
    fn text(self) -> &'static str {
        match self {
            Self::Copied => t!("copy.done"),
            Self::Refused => t!("copy.refused"),
        }
    }
}

/// A button that copies a text and says for two seconds what became of it.
#[component]
pub fn CopyButton(
    /// The text.
    #[prop(into)]
    text: Signal<String>,
    /// The same as HTML, for what takes formatted text.
    #[prop(optional, into)]
    html: Option<Signal<String>>,
    /// What the button says, where that is more than “copy”.
    #[prop(optional, into)]
    label: Option<String>,
) -> impl IntoView {
    let outcome = RwSignal::new(None::<Outcome>);
    let label = StoredValue::new(label.unwrap_or_else(|| t!("copy.copy").to_owned()));
    let says =
        Signal::derive(move || outcome.get().map_or_else(|| label.get_value(), |outcome| outcome.text().to_owned()));
    let copy = move |event: MouseEvent| {
        // What was clicked may be the icon.
        let clicked = event.target().and_then(|target| target.dyn_into::<Element>().ok());
        let button = clicked.and_then(|clicked| clicked.closest("button").ok().flatten());
        let beside = button.and_then(|button| button.dyn_into::<HtmlElement>().ok());
        let text = text.get_untracked();
        let html = html.map(|html| html.get_untracked());
        spawn_local(async move {
            let done = if copy_text(&text, html.as_deref(), beside).await { Outcome::Copied } else { Outcome::Refused };
            let _ = outcome.try_set(Some(done));
            set_timeout(
                move || {
                    let _ = outcome.try_set(None);
                },
                Duration::from_secs(2),
            );
        });
    };
    view! {
        <button
            type="button"
            class="button ghost icon-only"
            aria-label=move || says.get()
            title=move || says.get()
            on:click=copy
        >
            {move || {
                let name = match outcome.get() {
                    None => "copy",
                    Some(Outcome::Copied) => "check",
                    Some(Outcome::Refused) => "alert-circle",
                };
                view! { <Icon name /> }
            }}
        </button>
        <span class="visually-hidden" role="status">{move || outcome.get().map(Outcome::text)}</span>
    }
}

/// Whether the text is on the clipboard now. Browsers give the clipboard only to pages from https or from this machine;
/// everywhere else what is selected can be copied.
async fn copy_text(text: &str, html: Option<&str>, beside: Option<HtmlElement>) -> bool {
    if window().is_secure_context() {
        let clipboard = window().navigator().clipboard();
        // Some browsers take plain text alone.
        if let Some(item) = html.and_then(|html| formatted(text, html).ok())
            && JsFuture::from(clipboard.write(&Array::of1(&item))).await.is_ok()
        {
            return true;
        }
        return JsFuture::from(clipboard.write_text(text)).await.is_ok();
    }
    beside.is_some_and(|beside| copy_selected(text, &beside).unwrap_or_default())
}

/// One text in both of its forms: what it is pasted into takes one of them.
fn formatted(text: &str, html: &str) -> Result<ClipboardItem, JsValue> {
    let forms = Object::new();
    for (kind, content) in [("text/plain", text), ("text/html", html)] {
        let options = BlobPropertyBag::new();
        options.set_type(kind);
        let blob = Blob::new_with_str_sequence_and_options(&Array::of1(&content.into()), &options)?;
        Reflect::set(&forms, &kind.into(), &blob)?;
    }
    ClipboardItem::new_with_record_from_str_to_blob_promise(&forms)
}

/// Copies by a field that is there for a moment. It stands beside the button: behind a dialog nothing can be selected.
fn copy_selected(text: &str, beside: &HtmlElement) -> Option<bool> {
    let field: Element = document().create_element("textarea").ok()?;
    beside.after_with_node_1(&field).ok()?;
    let field: HtmlTextAreaElement = field.unchecked_into();
    field.set_value(text);
    field.select();
    let copied = document().unchecked_into::<HtmlDocument>().exec_command("copy");
    field.remove();
    // Fails only for what cannot have the focus.
    let _ = beside.focus();
    copied.ok()
}
