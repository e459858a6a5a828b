//! Copies a text.

use std::time::Duration;

use leptos::prelude::*;

use super::IconButton;
use crate::t;

/// A button that copies a text and says so for two seconds.
#[component]
pub fn CopyButton(
    /// The text.
    #[prop(into)]
    text: Signal<String>,
    /// What the button says, where that is more than “copy”.
    #[prop(optional, into)]
    label: Option<String>,
) -> impl IntoView {
    let copied = RwSignal::new(false);
    let label = label.unwrap_or_else(|| t!("copy.copy").to_owned());
    let copy = move |_| {
        // The promise fails only where the page may not use the clipboard; the text can then be selected by hand.
        let _ = window().navigator().clipboard().write_text(&text.get_untracked());
        copied.set(true);
        set_timeout(
            move || {
                let _ = copied.try_set(false);
            },
            Duration::from_secs(2),
        );
    };
    view! {
        {move || {
            if copied.get() {
                view! { <IconButton icon="check" label=t!("copy.done") on_click=copy /> }
            } else {
                view! { <IconButton icon="copy" label=label.clone() on_click=copy /> }
            }
        }}
        <span class="visually-hidden" role="status">{move || copied.get().then(|| t!("copy.done"))}</span>
    }
}
