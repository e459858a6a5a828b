//! What a link would show, in short: the question that began the conversation, and its last messages.

use hammock_contract::chat::{Author, Message};
use leptos::prelude::*;

use crate::{
    t,
    ui::{Icon, RichText},
};

/// How many of the last messages are shown: a question and its answer.
const LAST: usize = 2;

/// The preview.
#[component]
pub fn Preview(
    /// All messages of the conversation.
    messages: Vec<Message>,
    /// Whether it is shown how answers were made.
    #[prop(into)]
    with_reasoning: Signal<bool>,
) -> impl IntoView {
    let (first, is_cut, last) = ends(messages);
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
                {is_cut.then(|| view! { <p class="muted" aria-hidden="true">"…"</p> })}
                {last.into_iter().map(shown).collect_view()}
            </div>
        </div>
    }
}

/// The first message, whether something lies between, and the last ones.
fn ends(mut messages: Vec<Message>) -> (Option<Message>, bool, Vec<Message>) {
    let rest = messages.len().saturating_sub(1);
    let last = messages.split_off(messages.len() - rest.min(LAST));
    let is_cut = messages.len() > 1;
    (messages.into_iter().next(), is_cut, last)
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

#[cfg(test)]
mod tests {
    use hammock_contract::{MessageId, RunId};

    use super::*;
    use crate::chat::thread::empty_answer;

    fn message(text: &str) -> Message {
        let (author, text) = (Author::User, text.to_owned());
        Message { author, text, ..empty_answer(MessageId::fixed("some"), RunId::fixed("some")) }
    }

    #[test]
    fn a_preview_has_the_beginning_and_the_end() {
        let of = |texts: &str| {
            let (first, is_cut, last) = ends(texts.chars().map(|letter| message(&letter.to_string())).collect());
            let last: String = last.into_iter().map(|message| message.text).collect();
            (first.map(|message| message.text).unwrap_or_default(), is_cut, last)
        };
        let expected = |first: &str, is_cut, last: &str| (first.to_owned(), is_cut, last.to_owned());
        assert_eq!(of(""), expected("", false, ""));
        assert_eq!(of("a"), expected("a", false, ""));
        assert_eq!(of("ab"), expected("a", false, "b"));
        assert_eq!(of("abc"), expected("a", false, "bc"));
        assert_eq!(of("abcd"), expected("a", true, "cd"));
    }
}
