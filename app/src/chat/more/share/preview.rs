//! What a link would show, in short: the question that began the conversation, and its last messages.

use hammock_contract::chat::{Author, Message};
use leptos::prelude::*;

use crate::{
    t,
    ui::{Icon, RichText},
};

/// The preview.
#[component]
pub fn Preview(
    /// The first message of the conversation and the last ones.
    messages: Vec<Message>,
    /// How many stand between.
    between: u32,
    /// Whether it is shown how answers were made.
    #[prop(into)]
    with_reasoning: Signal<bool>,
) -> impl IntoView {
    let mut last = messages.into_iter();
    let first = last.next();
    let shown = move |message: Message| view! { <Shown message with_reasoning /> };
    view! {
        <div class="field">
            <p class="field-label" id="share-preview">{t!("share.preview")}</p>
            // A link in it leads nowhere: this is a picture of the page.
            <div
                class="share-preview"
                role="region"
                aria-labelledby="share-preview"
                tabindex="0"
                on:click=move |event| event.prevent_default()
            >
                {first.map(shown)}
                {(between > 0).then(|| view! { <p class="muted" aria-hidden="true">"…"</p> })}
                {last.map(shown).collect_view()}
            </div>
        </div>
    }
}

#[component]
fn Shown(message: Message, with_reasoning: Signal<bool>) -> impl IntoView {
    if message.author == Author::User {
        return view! {
            <div class="question"><span class="visually-hidden">{t!("share.question")} ": "</span>{message.text}</div>
        }
        .into_any();
    }
    let blocks = message.blocks.into_iter().map(|html| view! { <RichText html=Signal::stored(html) /> });
    let steps = StoredValue::new(message.steps);
    view! {
        <div class="answer">
            <Show when=move || with_reasoning.get() && !steps.with_value(Vec::is_empty)>
                <p class="steps"><Icon name="list" />{t!("chat.how")}</p>
            </Show>
            <div class="answer-text">{blocks.collect_view()}</div>
        </div>
    }
    .into_any()
}
