//! A bar above each block of code: the name of its language, and a button that copies it.
//!
//! The code itself comes from the server's sanitiser as it is; a bar is never part of it, and so never part of what is
//! copied.

use std::{any::Any, cell::RefCell, rc::Rc};

use leptos::{html, mount::mount_to, prelude::*};
use wasm_bindgen::JsCast;
use web_sys::{Element, HtmlElement};

use super::{CopyButton, RichText, rich_text::let_keyboard_scroll};
use crate::t;

/// Whether a piece of rich text is a block of code and nothing else.
pub fn is_code_block(html: &str) -> bool {
    html.starts_with("<pre>")
}

/// A block of code. Its bar keeps its place and the focus while the code is still being written.
#[component]
pub fn CodeBlock(
    /// The HTML, from the server's sanitiser; see [`is_code_block`].
    #[prop(into)]
    html: Signal<String>,
    /// Whether the code stays as it is now.
    #[prop(into)]
    settled: Signal<bool>,
) -> impl IntoView {
    let place = NodeRef::<html::Div>::new();
    Effect::new(move |_| {
        html.track();
        if let (Some(place), true) = (place.get(), settled.get()) {
            request_animation_frame(move || let_keyboard_scroll(&place));
        }
    });
    let language = Memo::new(move |_| html.with(|html| language_in(html).to_owned()));
    let code = Signal::derive(move || {
        let block = place.get_untracked().and_then(|place| place.query_selector("pre").ok().flatten());
        block.as_ref().map(code_of).unwrap_or_default()
    });
    view! {
        <div class="code-block">
            <div class="code-bar"><BarContent language code /></div>
            <div node_ref=place><RichText html /></div>
        </div>
    }
}

/// Rich text in which blocks of code can stand anywhere. They get their bars in the browser, and only when the text is
/// settled: while it is still being written it is replaced again and again, and a button in it would lose the focus.
#[component]
pub fn RichTextWithCode(
    /// The HTML, from the server's sanitiser.
    #[prop(into)]
    html: Signal<String>,
    /// Whether the text stays as it is now.
    #[prop(into)]
    settled: Signal<bool>,
) -> impl IntoView {
    let place = NodeRef::<html::Div>::new();
    Effect::new(move |before: Option<Rc<RefCell<Vec<MountedBar>>>>| {
        drop(before);
        let bars = Rc::new(RefCell::new(Vec::new()));
        html.track();
        if let (Some(place), true) = (place.get(), settled.get()) {
            let kept = Rc::downgrade(&bars);
            // The text may be replaced right after this; the bars come then, before anything is painted.
            request_animation_frame(move || {
                if let Some(bars) = kept.upgrade() {
                    *bars.borrow_mut() = add_code_bars(&place);
                    let_keyboard_scroll(&place);
                }
            });
        }
        bars
    });
    view! { <div node_ref=place><RichText html /></div> }
}

/// Gives every block of code in `place` its bar. A bar is there until what is returned for it is dropped.
pub fn add_code_bars(place: &Element) -> Vec<MountedBar> {
    let Ok(found) = place.query_selector_all("pre") else { return Vec::new() };
    let blocks = (0..found.length()).filter_map(|at| found.item(at)?.dyn_into::<Element>().ok());
    blocks.filter_map(MountedBar::above).collect()
}

/// A bar in the midst of rich text, which is no part of the view.
pub struct MountedBar {
    bar: HtmlElement,
    /// Held, because dropping it ends the life of the button.
    _content: Box<dyn Any>,
}

impl MountedBar {
    /// `None` only for what is no longer on the page.
    fn above(block: Element) -> Option<Self> {
        let bar = document().create_element("div").ok()?.dyn_into::<HtmlElement>().ok()?;
        bar.set_class_name("code-bar");
        block.before_with_node_1(&bar).ok()?;
        let class = block.query_selector("code").ok().flatten().map(|code| code.class_name()).unwrap_or_default();
        let language = language_of(&class).to_owned();
        let content = mount_to(bar.clone(), move || {
            let block = StoredValue::new_local(block);
            let code = Signal::derive(move || block.try_with_value(code_of).unwrap_or_default());
            view! { <BarContent language code /> }.into_any()
        });
        Some(Self { bar, _content: Box::new(content) })
    }
}

impl Drop for MountedBar {
    fn drop(&mut self) {
        self.bar.remove();
    }
}

#[component]
fn BarContent(#[prop(into)] language: Signal<String>, code: Signal<String>) -> impl IntoView {
    view! {
        <span>{move || language.get()}</span>
        <CopyButton text=code label=t!("copy.code") />
    }
}

/// The name of the language of a block of code; nothing where it has none.
fn language_in(html: &str) -> &str {
    let class = html.strip_prefix("<pre><code class=\"").and_then(|rest| rest.split_once('"'));
    class.map_or("", |(class, _)| language_of(class))
}

/// The language that a class names.
fn language_of(class: &str) -> &str {
    class.split_whitespace().find_map(|class| class.strip_prefix("language-")).unwrap_or_default()
}

/// What is copied of a block of code.
fn code_of(block: &Element) -> String {
    without_last_break(&block.text_content().unwrap_or_default()).to_owned()
}

/// The break after the last line comes from the markup; pasted into a terminal it would run the code.
fn without_last_break(code: &str) -> &str {
    code.strip_suffix('\n').unwrap_or(code)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_block_of_code_says_its_language() {
        assert_eq!(language_in("<pre><code class=\"language-rust\">let x = 1;\n</code></pre>"), "rust");
        assert_eq!(language_in("<pre><code class=\"language-c++\">"), "c++");
        assert_eq!(language_in("<pre><code>class=\"language-rust\"</code></pre>"), "");
        assert_eq!(language_in("<p><code class=\"language-rust\">x</code></p>"), "");
        assert!(is_code_block("<pre><code>x</code></pre>") && !is_code_block("<p>&lt;pre></p>"));
    }

    #[test]
    fn one_break_at_the_end_is_not_copied() {
        assert_eq!(without_last_break("ls\n"), "ls");
        assert_eq!(without_last_break("a\n\nb\n\n"), "a\n\nb\n");
        assert_eq!(without_last_break(""), "");
    }
}
