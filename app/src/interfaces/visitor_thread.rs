//! A conversation of a visitor to be read: what was asked, what was answered, and from which sources.

use hammock_contract::chat::{Author, Message};
use leptos::prelude::*;

use crate::{
    chat::ending_text,
    feedback::Sources,
    t,
    ui::{Moment, RichText},
};

/// The messages, the oldest first.
#[component]
pub fn VisitorThread(
    /// The messages.
    messages: Vec<Message>,
) -> impl IntoView {
    let all = messages.into_iter().enumerate().map(|(place, message)| match message.author {
        Author::User => view! { <Question message /> }.into_any(),
        Author::Assistant => view! { <Answer message place /> }.into_any(),
    });
    view! { <div class="feedback-exchange">{all.collect_view()}</div> }
}

#[component]
fn Question(message: Message) -> impl IntoView {
    let names: Vec<String> = message.attachments.into_iter().map(|sent| sent.name).collect();
    let sent = (!names.is_empty()).then(|| {
        view! { <p class="small muted">{t!("visitors.sent_with", files = names.join(", "))}</p> }
    });
    view! {
        <section>
            <h2>{t!("feedback.question")} " · " <Moment at=message.created_at /></h2>
            <p class="feedback-question">{message.text}</p>
            {sent}
        </section>
    }
}

#[component]
fn Answer(
    message: Message,
    /// Which message of the conversation it is: sources have their numbers within a message.
    place: usize,
) -> impl IntoView {
    let prefix = format!("message-{place}-");
    let blocks = message.blocks.iter().map(|html| with_own_sources(html, &prefix));
    let blocks = blocks.map(|html| view! { <RichText html=Signal::stored(html) /> }).collect_view();
    let ending = ending_text(message.state, message.error.as_ref());
    let sources = (!message.citations.is_empty()).then(|| view! { <Sources citations=message.citations prefix /> });
    view! {
        <section class="answer">
            <h2>{t!("chat.answer")}</h2>
            <div class="answer-text">{blocks}</div>
            {ending.map(|text| view! { <p class="end-note">{text}</p> })}
        </section>
        {sources}
    }
}

/// What an answer's link to a source begins with, as the sanitiser writes it.
const CITATION: &str = "<a class=\"cite\" href=\"#";

/// HTML of a message whose numbers lead to the sources of this very message: another one on the page has a source of the same
/// number. Of the sanitiser's output, only a tag begins so: in a text `<` is written in another way.
fn with_own_sources(html: &str, prefix: &str) -> String {
    html.replace(&format!("{CITATION}cite-"), &format!("{CITATION}{prefix}cite-"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_leads_to_the_source_of_its_own_message() {
        let html =
            "<p>So <a class=\"cite\" href=\"#cite-2\" rel=\"nofollow\">2</a>, <code>&lt;a class=\"cite\"</code></p>";
        let own = with_own_sources(html, "message-3-");
        assert!(own.contains("<a class=\"cite\" href=\"#message-3-cite-2\" rel=\"nofollow\">2</a>"), "{own}");
        assert!(own.contains("&lt;a class=\"cite\""), "{own}");
    }
}
