//! One message on the page of a share link: what the thread shows of it, without anything that needs a script.

use hammock_contract::chat::{AnswerKind, Author, Citation, Message, MessageState, Step};
use hammock_domain::CITATION_HREF;
use leptos::prelude::*;

use crate::{
    chat::source_place,
    i18n, t,
    ui::{Badge, Icon, RichText, number::took},
};

/// A message.
#[component]
pub fn MessageText(
    message: Message,
    /// The names of the files and pictures that were sent with it.
    attached: Vec<String>,
    /// Which message of the page it is, from 1: sources have their numbers within a message.
    place: u32,
) -> impl IntoView {
    match message.author {
        Author::User => view! {
            <div class="question"><span class="visually-hidden">{t!("share.question")} ": "</span>{message.text}</div>
            {(!attached.is_empty()).then(|| view! {
                <ul class="sent-files" aria-label=t!("chat.attached")>
                    {attached.into_iter().map(|name| view! { <li><Icon name="file-text" /><span>{name}</span></li> }).collect_view()}
                </ul>
            })}
        }
        .into_any(),
        Author::Assistant => view! { <Answer message place /> }.into_any(),
    }
}

#[component]
fn Answer(message: Message, place: u32) -> impl IntoView {
    let blocks = message.blocks.iter().map(|html| Signal::stored(with_own_sources(html, place)));
    let blocks = blocks.map(|html| view! { <RichText html /> }).collect_view();
    let kind = match message.answer_kind {
        AnswerKind::Model | AnswerKind::Greeting => None,
        AnswerKind::Quoted | AnswerKind::Fallback => Some(("quote", t!("share.quoted"))),
        AnswerKind::NotFound => Some(("search", t!("chat.not_found"))),
    };
    let kind = kind.map(|(icon, text)| view! { <p class="kind"><Badge icon=icon>{text}</Badge></p> });
    let ending = ending(message.state);
    let ending = ending.map(|text| view! { <p class="end-note"><Icon name="info" /><span>{text}</span></p> });
    let text = (!message.blocks.is_empty()).then(|| view! { <div class="answer-text">{blocks}</div> });
    // Who reads on a touch screen sees no title of a mark.
    let unsupported = (!message.unsupported.is_empty()).then(|| {
        view! { <p class="end-note unsupported-note"><Icon name="triangle-alert" /><span>{t!("chat.unsupported")}</span></p> }
    });
    view! {
        <article class="answer" aria-label=t!("chat.answer")>
            <Steps steps=message.steps />
            {kind}
            {text}
            {unsupported}
            {ending}
            <Sources citations=message.citations place />
        </article>
    }
}

/// How an answer ended, where it is not whole.
fn ending(state: MessageState) -> Option<&'static str> {
    match state {
        MessageState::Complete => None,
        MessageState::Streaming => Some(t!("share.being_written")),
        MessageState::Stopped | MessageState::Interrupted => Some(t!("share.cut_off")),
        MessageState::Failed => Some(t!("chat.failed")),
    }
}

/// How the answer came about, where that is shared.
#[component]
fn Steps(steps: Vec<Step>) -> impl IntoView {
    let step = |step: Step| {
        let icon = match step.kind.as_str() {
            "search" => "search",
            "decide" => "scale",
            "wait" => "clock",
            "written" => "check",
            _ => "sparkles",
        };
        // That a model writes is said before it does.
        let told = (!matches!(step.kind.as_str(), "model" | "wait"))
            .then(|| view! { <span class="ms">{took(i18n::locale(), step.took_ms)}</span> });
        view! { <li><Icon name=icon /><span>{step.detail}</span>{told}</li> }
    };
    (!steps.is_empty()).then(|| {
        view! {
            <details class="steps">
                <summary><Icon name="list" />{t!("chat.how")}</summary>
                <ol>{steps.into_iter().map(step).collect_view()}</ol>
            </details>
        }
    })
}

/// The passages that the answer refers to, as far as the reader may see them.
#[component]
fn Sources(citations: Vec<Citation>, place: u32) -> impl IntoView {
    (!citations.is_empty()).then(|| {
        view! {
            <div class="sources" role="group" aria-label=t!("chat.sources")>
                <h2>{t!("chat.sources")}</h2>
                <ol>{citations.into_iter().map(|citation| view! { <Source citation place /> }).collect_view()}</ol>
            </div>
        }
    })
}

#[component]
fn Source(citation: Citation, place: u32) -> impl IntoView {
    let number = citation.number;
    let shown = if citation.hidden {
        view! { <p><span class="number">{number}</span><span class="muted">{t!("share.source_hidden")}</span></p> }
            .into_any()
    } else {
        let within =
            Some(source_place(&citation)).filter(|text| !text.is_empty()).map(|text| view! { <small>{text}</small> });
        let page = citation.url.map(|url| {
            view! { <p><a href=url rel="noopener noreferrer nofollow">{t!("chat.open_page")}</a></p> }
        });
        view! {
            <details>
                <summary><span class="number">{number}</span><span><b>{citation.title}</b>" "{within}</span></summary>
                <blockquote>{citation.quote}</blockquote>
                {page}
            </details>
        }
        .into_any()
    };
    view! { <li id=format!("{}{number}", anchor(place))>{shown}</li> }
}

/// What the id of a source on the page begins with.
fn anchor(place: u32) -> String {
    format!("message-{place}-source-")
}

/// HTML of a message whose numbers lead to the sources of this very message: another one on the page has a source of the same
/// number. Of the sanitiser's output, only a tag begins so: in a text `<` is written in another way.
fn with_own_sources(html: &str, place: u32) -> String {
    let own = format!("href=\"#{}", anchor(place));
    ["<a class=\"cite\" ", "<a "].iter().fold(html.to_owned(), |html, tag| {
        html.replace(&format!("{tag}href=\"{CITATION_HREF}"), &format!("{tag}{own}"))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_leads_to_the_source_of_its_own_message() {
        let html = "<p>So <a class=\"cite\" href=\"#cite-2\" rel=\"nofollow\">2</a>, <a href=\"#cite-1\">here</a> \
                    <code>&lt;a href=\"#cite-1\"</code></p>";
        let own = with_own_sources(html, 4);
        assert!(own.contains("<a class=\"cite\" href=\"#message-4-source-2\" rel=\"nofollow\">2</a>"), "{own}");
        assert!(own.contains("<a href=\"#message-4-source-1\">here</a>"), "{own}");
        assert!(own.contains("&lt;a href=\"#cite-1\""), "{own}");
    }
}
