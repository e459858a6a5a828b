//! One block of an answer: sanitised text, code that can be copied, or the topics of a refusal, which can be asked about.

use hammock_contract::chat::{Message, MessageState};
use leptos::prelude::*;

use crate::{
    t,
    ui::{CodeBlock, RichTextWithCode, code_bar::is_code_block},
};

/// One block of an answer.
#[component]
pub fn AnswerBlock(
    message: RwSignal<Message>,
    /// Which block it is, from 0.
    index: usize,
    /// Takes a question about a topic.
    on_topic: Callback<String>,
) -> impl IntoView {
    let topics = Memo::new(move |_| message.with(|message| topics_in(message, index)));
    // A memo, so that what comes after a block leaves it alone.
    let html = Memo::new(move |_| message.with(|message| message.blocks.get(index).cloned().unwrap_or_default()));
    let settled = Memo::new(move |_| message.with(|message| is_settled(message, index)));
    view! {
        <Show when=move || !topics.with(Vec::is_empty) fallback=move || view! { <Text html settled /> }>
            <ul class="topics" aria-label=t!("chat.topics")>
                {move || topics.get().into_iter().map(|topic| {
                    let question = t!("chat.ask_about", topic = topic);
                    view! {
                        <li>
                            <button type="button" class="suggestion" on:click=move |_| on_topic.run(question.clone())>
                                {topic}
                            </button>
                        </li>
                    }
                }).collect_view()}
            </ul>
        </Show>
    }
}

#[component]
fn Text(html: Memo<String>, settled: Memo<bool>) -> impl IntoView {
    let is_code = Memo::new(move |_| html.with(|html| is_code_block(html)));
    view! {
        <Show when=move || is_code.get() fallback=move || view! { <RichTextWithCode html settled /> }>
            <CodeBlock html settled />
        </Show>
    }
}

/// Whether a block is written to its end: only the last one of an answer still grows.
fn is_settled(message: &Message, index: usize) -> bool {
    message.state != MessageState::Streaming || index + 1 < message.blocks.len()
}

/// What can be asked about instead of the block: the topics of a refusal instead of their list, which is its only one.
fn topics_in(message: &Message, index: usize) -> Vec<String> {
    let is_list = message.blocks.get(index).is_some_and(|html| html.starts_with("<ul"));
    let named = message.steps.iter().rev().find(|step| !step.topics.is_empty());
    named.filter(|_| is_list).map(|step| step.topics.clone()).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use hammock_contract::{
        MessageId,
        chat::{AnswerKind, Author, Step},
    };

    use super::*;

    fn refusal(topics: &[&str]) -> Message {
        Message {
            id: MessageId::fixed("refusal"),
            author: Author::Assistant,
            text: String::new(),
            blocks: ["<p>Not here.</p>", "<ul>\n<li>Dogs</li>\n</ul>", "<p>One of these?</p>"]
                .map(str::to_owned)
                .to_vec(),
            state: MessageState::Complete,
            answer_kind: AnswerKind::NotFound,
            citations: Vec::new(),
            unsupported: Vec::new(),
            steps: vec![Step {
                kind: "decide".to_owned(),
                detail: String::new(),
                took_ms: 0,
                topics: topics.iter().map(|topic| (*topic).to_owned()).collect(),
            }],
            error: None,
            run: None,
            rating: None,
            created_at: hammock_contract::Timestamp::default(),
            siblings: None,
            assistant: None,
            attachments: Vec::new(),
        }
    }

    #[test]
    fn topics_stand_where_their_list_was() {
        let message = refusal(&["Dogs"]);
        assert_eq!(topics_in(&message, 1), ["Dogs"]);
        for other in [0, 2, 3] {
            assert!(topics_in(&message, other).is_empty(), "{other}");
        }
        // An answer of before names none: its list stays what it was.
        assert!(topics_in(&refusal(&[]), 1).is_empty());
    }

    #[test]
    fn only_the_last_block_still_grows() {
        let mut message = refusal(&[]);
        assert!(is_settled(&message, 2));
        message.state = MessageState::Streaming;
        assert_eq!([0, 1, 2].map(|index| is_settled(&message, index)), [true, true, false]);
    }
}
