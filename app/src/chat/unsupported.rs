//! What the marks under sentences of an answer mean.

use hammock_contract::chat::Message;
use leptos::prelude::*;

use crate::{t, ui::Icon};

/// Says once below an answer that some of its sentences were not found in its sources; nothing where all were.
#[component]
pub fn UnsupportedNote(message: RwSignal<Message>) -> impl IntoView {
    let has_any = Memo::new(move |_| message.with(|message| !message.unsupported.is_empty()));
    view! {
        <Show when=move || has_any.get()>
            <p class="end-note unsupported-note"><Icon name="triangle-alert" /><span>{t!("chat.unsupported")}</span></p>
        </Show>
    }
}
