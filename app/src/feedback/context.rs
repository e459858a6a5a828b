//! One piece of feedback: what was said, the question, the answer with its sources and its steps, and who and when.

use hammock_contract::{
    FeedbackId,
    chat::{Citation, Step},
    feedback::{FeedbackContext, FeedbackEntry, FeedbackPatch, FeedbackState},
};
use leptos::prelude::*;
use leptos_router::components::A;

use super::{
    api::update_feedback,
    feedback_page::{StateBadge, Thumb, person_of, title_of},
    words::reason_name,
};
use crate::{
    chat::{ending_text, passage_address, source_place},
    i18n, t,
    ui::{Badge, Button, Icon, Moment, PageBody, PageHeader, PassageText, RichText, number::took, use_toaster},
};

/// The page of one piece of feedback.
#[component]
pub fn Exchange(context: FeedbackContext) -> impl IntoView {
    let FeedbackContext { entry, answer, quotes, files, resolved_by, resolved_at } = context;
    let FeedbackEntry {
        id,
        assistant,
        assistant_name,
        rating,
        reason,
        comment,
        question,
        person,
        state,
        updated_at,
        ..
    } = entry;
    let now = RwSignal::new(state);
    let title = title_of(&question);
    let assistant = format!("/assistants/{assistant}");
    let ending = ending_text(answer.state, answer.error.as_ref());
    let steps = (!answer.steps.is_empty()).then(|| view! { <Steps steps=answer.steps /> });
    let sources = (!answer.citations.is_empty()).then(|| view! { <Sources citations=answer.citations quotes /> });
    let blocks = answer.blocks.into_iter().map(|html| view! { <RichText html=Signal::stored(html) /> }).collect_view();
    view! {
        <div class="crumb">
            <A href="/feedback" attr:class="back-link"><Icon name="chevron-left" />{t!("feedback.title")}</A>
        </div>
        <PageHeader title=Signal::stored(title)>
            <Resolve id now />
        </PageHeader>
        <PageBody>
            <dl class="feedback-facts">
                <div><dt>{t!("feedback.rating")}</dt><dd><Thumb rating /></dd></div>
                {reason.map(|reason| view! {
                    <div><dt>{t!("feedback.reason")}</dt><dd>{reason_name(reason)}</dd></div>
                })}
                <div><dt>{t!("feedback.assistant")}</dt><dd><A href=assistant>{assistant_name}</A></dd></div>
                <div><dt>{t!("feedback.person")}</dt><dd>{person_of(person)}</dd></div>
                <div><dt>{t!("feedback.when")}</dt><dd><Moment at=updated_at /></dd></div>
                <div>
                    <dt>{t!("data.filter_state")}</dt>
                    <dd>
                        {move || view! { <StateBadge state=now.try_get().unwrap_or(state) /> }}
                        // By whom, as it was when the page was opened.
                        <span class="muted" hidden=move || now.try_get() != Some(state)>
                            {resolved_by.map(|name| view! { " " {name} })}
                            {resolved_at.map(|at| view! { " " <Moment at /> })}
                        </span>
                    </dd>
                </div>
            </dl>
            <div class="feedback-exchange">
                {(!comment.is_empty()).then(|| view! {
                    <section>
                        <h2>{t!("feedback.comment")}</h2>
                        <p class="feedback-comment">{comment}</p>
                    </section>
                })}
                <section>
                    <h2>{t!("feedback.question")}</h2>
                    <p class="feedback-question">{question}</p>
                    {(!files.is_empty()).then(|| view! {
                        <p class="small muted">{t!("visitors.sent_with", files = files.join(", "))}</p>
                    })}
                </section>
                <section class="answer">
                    <h2>{t!("chat.answer")}</h2>
                    <div class="answer-text">{blocks}</div>
                    {ending.map(|text| view! { <p class="end-note">{text}</p> })}
                </section>
                {sources}
                {steps}
                <p class="muted small">{t!("feedback.only_this")}</p>
            </div>
        </PageBody>
    }
}

/// Says that somebody has seen to it, or takes that back. The button stays, and keeps the focus.
#[component]
fn Resolve(id: FeedbackId, now: RwSignal<FeedbackState>) -> impl IntoView {
    let toaster = use_toaster();
    let change = Action::new(move |(): &()| {
        let id = id.clone();
        let state = match now.get_untracked() {
            FeedbackState::Open => FeedbackState::Resolved,
            FeedbackState::Resolved => FeedbackState::Open,
        };
        async move {
            match update_feedback(id, FeedbackPatch { state }).await {
                Ok(changed) => {
                    // The page may be gone meanwhile.
                    let _ = now.try_set(changed.state);
                }
                Err(error) => toaster.refuse(&error.0),
            }
        }
    });
    view! {
        <Button icon="check" busy=change.pending() on_click=move |_| { change.dispatch(()); }>
            {move || match now.try_get().unwrap_or_default() {
                FeedbackState::Open => t!("feedback.resolve"),
                FeedbackState::Resolved => t!("feedback.reopen"),
            }}
        </Button>
    }
}

/// The sources by their numbers; the numbers in the answer lead here.
#[component]
pub fn Sources(
    /// The sources.
    citations: Vec<Citation>,
    /// What they say, as HTML, in the same order; without it, they stand as plain text.
    #[prop(optional)]
    quotes: Vec<String>,
    /// What the ids begin with, where answers stand one below another.
    #[prop(optional)]
    prefix: String,
) -> impl IntoView {
    let is_plain = quotes.is_empty();
    let quotes = quotes.into_iter().chain(std::iter::repeat(String::new()));
    let rows = citations.into_iter().zip(quotes).map(|(citation, quote)| {
        let place = source_place(&citation);
        let address = passage_address(&citation.document, citation.revision, &citation.marks);
        let plain = Some(citation.quote).filter(|text| is_plain && !text.is_empty());
        let title = if citation.hidden {
            view! { <span class="faint">{t!("chat.source_hidden")}</span> }.into_any()
        } else {
            view! { <A href=address>{citation.title}</A> }.into_any()
        };
        let unused = (!citation.cited).then(|| view! { " " <Badge>{t!("feedback.not_cited")}</Badge> });
        view! {
            <li id=format!("{prefix}cite-{}", citation.number) value=citation.number.to_string()>
                {title}{unused}
                {(!place.is_empty()).then(|| view! { <small class="sub">{place}</small> })}
                {(!quote.is_empty()).then(|| view! { <blockquote><PassageText html=quote /></blockquote> })}
                {plain.map(|text| view! { <blockquote>{text}</blockquote> })}
            </li>
        }
    });
    view! {
        <section>
            <h2>{t!("chat.sources")}</h2>
            <ol class="feedback-sources">{rows.collect_view()}</ol>
        </section>
    }
}

#[component]
fn Steps(steps: Vec<Step>) -> impl IntoView {
    let rows = steps.into_iter().map(|step| {
        // That a model writes is said before it does.
        let is_timed = !matches!(step.kind.as_str(), "model" | "wait");
        view! {
            <li>
                <span>{step.detail}</span>
                {is_timed.then(|| view! { <span class="ms">{took(i18n::locale(), step.took_ms)}</span> })}
            </li>
        }
    });
    view! {
        <section class="steps">
            <h2>{t!("chat.how")}</h2>
            <ol>{rows.collect_view()}</ol>
        </section>
    }
}
