//! One message: the question as it was typed, or the answer with its sources, its steps and its tools.

use std::{sync::Arc, time::Duration};

use hammock_contract::{
    ApiError,
    attachment::SentAttachment,
    chat::{AnswerKind, Author, Citation, Message, MessageState},
    passage::Place,
};
use leptos::{ev::MouseEvent, prelude::*};
use wasm_bindgen::JsCast;

use super::{
    answer_block::AnswerBlock,
    more::turn::TurnArgument,
    thread::{OpenSource, Thread},
    unsupported::UnsupportedNote,
};
use crate::{
    i18n,
    parts::{Piece, TURN},
    t,
    ui::{Badge, Button, ButtonKind, Icon, Tone, keyed::Keyed, number::took, page::leave_for_page},
};

/// After how long without a word the reader is told that it takes long.
const LONG: Duration = Duration::from_secs(8);

/// A message of the thread.
#[component]
pub fn MessageView(
    thread: Thread,
    message: ArcRwSignal<Message>,
    /// Goes on with the last answer.
    on_continue: Callback<()>,
    /// Takes a question about a topic that a refusal names.
    on_topic: Callback<String>,
) -> impl IntoView {
    // The first one loads the code for all: where that does not arrive, it is told once.
    let id = message.with_untracked(|message| message.id.clone());
    let is_first = thread.messages.with_untracked(|all| all.first().is_none_or(|(first, _)| *first == id));
    let wanted = if is_first { Signal::stored(true) } else { thread.has_tools.into() };
    match message.with_untracked(|message| message.author) {
        Author::User => {
            let (text, sent) = message.with_untracked(|message| (message.text.clone(), message.attachments.clone()));
            let sent = (!sent.is_empty()).then(|| sent_files(sent));
            let argument = TurnArgument { thread, message: RwSignal::from(message) };
            view! {
                <div class="question"><span class="visually-hidden">{t!("chat.you")}": "</span>{text}</div>
                {sent}
                <Piece piece=TURN argument wanted />
            }
            .into_any()
        }
        Author::Assistant => view! { <AnswerView thread message wanted on_continue on_topic /> }.into_any(),
    }
}

/// What was sent with a question: pictures to look at, files to download.
fn sent_files(sent: Vec<SentAttachment>) -> AnyView {
    let rows = sent.into_iter().map(|SentAttachment { id, name, is_picture, .. }| {
        let file = format!("/api/v1/attachments/{id}/file");
        if is_picture {
            view! { <li><a href=file.clone() target="_blank"><img src=file.clone() alt=name /></a></li> }.into_any()
        } else {
            view! { <li><a href=file rel="external" download><Icon name="file-text" /><span>{name}</span></a></li> }
                .into_any()
        }
    });
    view! { <ul class="sent-files" aria-label=t!("chat.attached")>{rows.collect_view()}</ul> }.into_any()
}

#[component]
fn AnswerView(
    thread: Thread,
    message: ArcRwSignal<Message>,
    /// Whether the code is wanted for what can be done with it.
    wanted: Signal<bool>,
    on_continue: Callback<()>,
    on_topic: Callback<String>,
) -> impl IntoView {
    let message = RwSignal::from(message);
    let turn = TurnArgument { thread, message };
    let blocks = Memo::new(move |_| message.with(|message| message.blocks.len()));
    let state = Memo::new(move |_| message.with(|message| message.state));
    // It ended before its first word: there is nothing to copy or to rate.
    let has_nothing = Memo::new(move |_| blocks.get() == 0 && state.get() != MessageState::Streaming);
    // Their place is kept, so that nothing moves when they come.
    let awaits_tools =
        Memo::new(move |_| blocks.get() > 0 && state.get() != MessageState::Streaming && !thread.has_tools.get());
    let open_citation = move |event: MouseEvent| {
        let target = event.target().and_then(|target| target.dyn_into::<web_sys::Element>().ok());
        let link = target.and_then(|target| target.closest("a.cite").ok().flatten());
        let number =
            link.and_then(|link| link.get_attribute("href")).and_then(|href| href.strip_prefix("#cite-")?.parse().ok());
        if let Some(number) = number {
            event.prevent_default();
            open(thread, message, number);
        }
    };
    view! {
        <article class="answer" class:awaits-tools=move || awaits_tools.get() aria-label=t!("chat.answer") aria-busy=move || (state.get() == MessageState::Streaming).to_string()>
            <Steps message />
            <KindNote message />
            <div class="answer-text" on:click=open_citation hidden=move || has_nothing.get()>
                <Keyed each=Signal::derive(move || (0..blocks.get()).map(|index| index.to_string()).collect())
                    view=Arc::new(move |index| {
                        let index = index.parse().unwrap_or_default();
                        view! { <AnswerBlock message index on_topic /> }.into_any()
                    }) />
                <Show when=move || state.get() == MessageState::Streaming>
                    <span class="caret" aria-hidden="true"></span>
                </Show>
            </div>
            <Show when=move || state.get() == MessageState::Streaming && blocks.get() == 0>
                <Waiting message />
            </Show>
            <UnsupportedNote message />
            <EndNote message thread on_continue />
            <Sources thread message />
            // Also while it streams, so that what can be done with it is there when it ends.
            <Piece piece=TURN argument=turn wanted />
        </article>
    }
}

/// Says that the first word takes long, so that nobody takes the answer for a broken one: the provider is busy and asked again,
/// or a model on the own machine may have to be loaded first.
#[component]
fn Waiting(message: RwSignal<Message>) -> impl IntoView {
    let is_long = RwSignal::new(false);
    Effect::new(move |_| {
        // The answer may be out of sight by then.
        let tell = move || {
            let _ = is_long.try_set(true);
        };
        let clock = set_timeout_with_handle(tell, LONG);
        on_cleanup(move || {
            if let Ok(clock) = clock {
                clock.clear();
            }
        });
    });
    let told = Memo::new(move |_| {
        let wait = message.with(|message| message.steps.last().filter(|step| step.kind == "wait").cloned());
        wait.map(|step| step.detail).or_else(|| is_long.get().then(|| t!("chat.waiting").to_owned()))
    });
    view! {
        <p class="end-note" role="status">
            {move || told.get().map(|text| view! { <Icon name="clock" /><span>{text}</span> })}
        </p>
    }
}

fn open(thread: Thread, message: RwSignal<Message>, number: u32) {
    let citations = message.with_untracked(|message| message.citations.clone());
    if citations.iter().any(|citation| citation.number == number) {
        thread.source.set(Some(OpenSource { citations, number }));
    }
}

/// How the answer came about.
#[component]
fn Steps(message: RwSignal<Message>) -> impl IntoView {
    let steps = Memo::new(move |_| message.with(|message| message.steps.clone()));
    view! {
        <Show when=move || !steps.with(Vec::is_empty)>
            <details class="steps">
                <summary><Icon name="list" />{t!("chat.how")}</summary>
                <ol>
                    {move || steps.get().into_iter().map(|step| {
                        let icon = match step.kind.as_str() {
                            "search" => "search",
                            "decide" => "scale",
                            "wait" => "clock",
                            "written" => "check",
                            _ => "sparkles",
                        };
                        // That a model writes is said before it does.
                        let is_timed = !matches!(step.kind.as_str(), "model" | "wait");
                        view! {
                            <li>
                                <Icon name=icon /><span>{step.detail}</span>
                                {is_timed.then(|| view! { <span class="ms">{took(i18n::locale(), step.took_ms)}</span> })}
                            </li>
                        }
                    }).collect_view()}
                </ol>
            </details>
        </Show>
    }
}

/// What kind of answer it is, where that is not a model's.
#[component]
fn KindNote(message: RwSignal<Message>) -> impl IntoView {
    let kind = Memo::new(move |_| message.with(|message| message.answer_kind));
    view! {
        {move || match kind.get() {
            // What is quoted ends with a sentence that says so.
            AnswerKind::Model | AnswerKind::Greeting | AnswerKind::Quoted => ().into_any(),
            AnswerKind::Fallback => {
                view! { <p class="kind"><Badge tone=Tone::Warning icon="triangle-alert">{t!("chat.fallback")}</Badge></p> }.into_any()
            }
            AnswerKind::NotFound => view! { <p class="kind"><Badge icon="search">{t!("chat.not_found")}</Badge></p> }.into_any(),
        }}
    }
}

/// How an answer ended, in words, where that is not well.
pub fn ending_text(state: MessageState, error: Option<&ApiError>) -> Option<String> {
    match state {
        MessageState::Streaming | MessageState::Complete => error.map(i18n::answer_error_text),
        MessageState::Stopped => Some(t!("chat.stopped").to_owned()),
        MessageState::Interrupted => Some(t!("chat.interrupted").to_owned()),
        MessageState::Failed => Some(error.map_or_else(|| t!("chat.failed").to_owned(), i18n::answer_error_text)),
    }
}

/// How the answer ended, where that is not well.
#[component]
fn EndNote(message: RwSignal<Message>, thread: Thread, on_continue: Callback<()>) -> impl IntoView {
    let ending = Memo::new(move |_| message.with(|message| (message.state, message.error.clone())));
    // Only what was said last can be gone on with, and only where something was said.
    let can_continue = Memo::new(move |_| {
        let (id, has_text) = message.with(|message| (message.id.clone(), !message.text.trim().is_empty()));
        has_text && thread.messages.with(|messages| messages.last().is_some_and(|(last, _)| *last == id))
    });
    let go_on = move || {
        // The button goes away with what follows: the focus would be lost with it.
        leave_for_page();
        on_continue.run(());
    };
    view! {
        {move || {
            let (state, error) = ending.get();
            // Only administrators get it.
            let reason = error.as_ref().and_then(|error| error.params.get("reason").cloned());
            let reason = reason.map(|reason| view! { <small class="faint">{t!("error.reason", reason = reason)}</small> });
            let text = ending_text(state, error.as_ref())?;
            let icon = match state {
                // It is whole, but quoted in place of a model that failed, which can be asked again.
                MessageState::Streaming | MessageState::Complete => None,
                MessageState::Stopped => Some("circle-stop"),
                MessageState::Interrupted => Some("triangle-alert"),
                MessageState::Failed => Some("circle-x"),
            };
            let is_cut_off = icon.is_some();
            Some(view! {
                <p class="end-note">
                    {icon.map(|name| view! { <Icon name /> })}<span>{text}</span>
                    <Show when=move || is_cut_off && can_continue.get()>
                        <span class="end-actions">
                            <Button kind=ButtonKind::Secondary icon="arrow-right" on_click=move |_| go_on()>{t!("chat.continue")}</Button>
                        </span>
                    </Show>
                    {reason}
                </p>
            }.into_any())
        }}
    }
}

/// The passages that the answer rests on.
#[component]
fn Sources(thread: Thread, message: RwSignal<Message>) -> impl IntoView {
    let shown = Memo::new(move |_| {
        message.with(|message| {
            let has_cited = message.citations.iter().any(|citation| citation.cited);
            let wanted = |citation: &&Citation| citation.cited || !has_cited;
            // What was merely found says nothing while there is no whole answer that could have cited it.
            if message.state != MessageState::Complete && !has_cited {
                return Vec::new();
            }
            message.citations.iter().filter(wanted).cloned().collect::<Vec<_>>()
        })
    });
    view! {
        <Show when=move || !shown.with(Vec::is_empty)>
            // No landmark: every answer of a thread has one.
            <div class="sources" role="group" aria-label=t!("chat.sources")>
                <h2>{move || if shown.with(|all| all.iter().any(|it| it.cited)) { t!("chat.sources") } else { t!("chat.sources_uncited") }}</h2>
                <ol>
                    {move || shown.get().into_iter().map(|citation| {
                        let number = citation.number;
                        let hidden = citation.hidden.then(|| view! { <small>{t!("chat.source_hidden")}</small> });
                        let is_open = move || thread.source.with(|open| {
                            open.as_ref().is_some_and(|open| {
                                open.number == number
                                    && message.with(|message| message.citations.iter().any(|c| open.citations.iter().any(|o| o.chunk == c.chunk)))
                            })
                        });
                        view! {
                            <li>
                                <button type="button" class="source" aria-expanded=move || is_open().to_string()
                                    on:click=move |_| open(thread, message, number)>
                                    <span class="number">{number}</span>
                                    <span class="about"><b dir="auto">{citation.title.clone()}</b>{hidden}{some(place(&citation)).map(|place| view! { <small>{place}</small> })}</span>
                                </button>
                            </li>
                        }
                    }).collect_view()}
                </ol>
            </div>
        </Show>
    }
}

fn some(text: String) -> Option<String> {
    Some(text).filter(|text| !text.is_empty())
}

/// Where in its document a passage stands.
pub fn place(citation: &Citation) -> String {
    // A sheet's name is the heading above its passages too.
    let sheet = match &citation.place {
        Some(Place::Sheet { name }) => name.as_str(),
        _ => "",
    };
    let is_said = |heading: &String| *heading == citation.title || heading == sheet;
    let headings = citation.headings.iter().filter(|heading| !is_said(heading)).cloned().collect::<Vec<_>>();
    let mut parts = Vec::new();
    if !headings.is_empty() {
        parts.push(headings.join(" › "));
    }
    if let Some(place) = &citation.place {
        parts.push(i18n::place_text(place));
    }
    if let Some(url) = &citation.url {
        parts.push(url.trim_start_matches("https://").trim_start_matches("http://").to_owned());
    }
    parts.join(" · ")
}
