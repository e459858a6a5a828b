//! The chat page: the list, the thread and the source, side by side; on a phone one after the other.

use std::{
    future::poll_fn,
    sync::{Arc, Mutex, PoisonError},
    task::{Poll, Waker},
    time::Duration,
};

use hammock_contract::{ConversationId, ErrorKind, MessageId, chat::Conversation};
use leptos::{html, prelude::*};
use leptos_router::{
    NavigateOptions,
    components::A,
    hooks::{use_location, use_navigate, use_params_map, use_query_map},
};
use serde::{Deserialize, Serialize};

use super::{
    asking::{go_on, keep_up, resume, send, stop},
    at_end::stay_at_end,
    composer::Composer,
    conversation_list::ConversationList,
    drafts::keep_draft,
    earlier::{Earlier, EarlierMessages, read_newest},
    groups::MessageGroups,
    more::{feedback_dialog::FeedbackArgument, named::NamedArgument, share::ShareArgument},
    moved_on::{MESSAGE, forget_message},
    sending::SentQuestion,
    source_panel::return_focus,
    thread::Thread,
    welcome::{AssistantChoice, AssistantGone, Welcome, choices, default_choice},
};
use crate::{
    FnError,
    parts::{NAMED, NEW_FEEDBACK, Piece, SHARE, SOURCE_PANEL, THREAD_MENU},
    t,
    ui::{Button, ButtonKind, ButtonLink, Icon, Load, TabTitle},
};

/// How long an announcement stands, for a screen reader to take it.
const ANNOUNCED: Duration = Duration::from_secs(3);

/// What an address leads to.
#[derive(Debug, Clone, Serialize, Deserialize)]
enum Found {
    /// A new conversation.
    New,
    /// One that there is.
    Conversation(Box<Conversation>),
    /// One that there is not, or not for this person.
    Missing,
}

/// What is wanted: the conversation in the address, and a number that no other one has on this page.
type Asked = (Option<String>, u32);

/// Whether something else is wanted by now. On a page that is gone nothing is.
fn is_late(asked: Memo<Asked>, number: u32) -> bool {
    asked.try_with_untracked(|(_, now)| *now != number).unwrap_or_default()
}

async fn find(id: Option<String>) -> Result<Found, FnError> {
    let Some(id) = id else { return Ok(Found::New) };
    let Ok(id) = id.parse::<ConversationId>() else { return Ok(Found::Missing) };
    match read_newest(id).await {
        Ok(conversation) => Ok(Found::Conversation(Box::new(conversation))),
        Err(error) if error.0.kind == ErrorKind::NotFound => Ok(Found::Missing),
        Err(error) => Err(error),
    }
}

/// The chat. The conversation stands in the address.
#[component]
pub fn ChatPage() -> impl IntoView {
    let thread = Thread::new();
    let sharing = ShareArgument::provide(thread.list_version);
    let feedback = FeedbackArgument::default();
    provide_context(feedback);
    let text = RwSignal::new(String::new());
    let params = use_params_map();
    let query = use_query_map();
    let address = Memo::new(move |_| params.with(|params| params.get("id")));
    let wanted = Memo::new(move |_| address.get().and_then(|id| id.parse::<ConversationId>().ok()));
    let choices = choices();
    // A conversation that began here is not made again when it gets its address. The number tells the way to a new chat
    // from where it began, which was a new one as well.
    let asked = Memo::new(move |before: Option<&Asked>| {
        let id = address.get();
        let is_shown = thread.conversation.with_untracked(|shown| shown.as_ref().map(ToString::to_string) == id);
        match before {
            Some((None, number)) if id.is_some() && is_shown => (None, *number),
            Some((_, number)) => (id, number + 1),
            None => (id, 0),
        }
    });
    // What was chosen and is not there yet: nothing is asked in what is still shown.
    let coming =
        Memo::new(move |_| wanted.get().filter(|id| thread.conversation.with(|shown| shown.as_ref() != Some(id))));
    // Wakes what is being found. A resource finds one thing after the other: what nobody wants any more has to end first.
    let finding = Arc::new(Mutex::new(None::<Waker>));
    let wakes = Arc::clone(&finding);
    // A new chat begins at once, also where something is still being found that was wanted before.
    Effect::new(move |before: Option<u32>| {
        let (is_new, number) = asked.with(|(id, number)| (id.is_none(), *number));
        let waiting = wakes.lock().unwrap_or_else(PoisonError::into_inner).take();
        if let Some(waiting) = waiting {
            waiting.wake();
        }
        if is_new && before.is_some_and(|before| before != number) {
            thread.clear();
        }
        number
    });
    // With the number of what it was found for: it is given up, and its request with it, when something else is chosen.
    let loaded = Resource::new(
        move || asked.get(),
        move |(id, number)| {
            let waiting = Arc::clone(&finding);
            let mut search = Box::pin(find(id));
            poll_fn(move |context| {
                if is_late(asked, number) {
                    return Poll::Ready(Ok((number, Found::New)));
                }
                *waiting.lock().unwrap_or_else(PoisonError::into_inner) = Some(context.waker().clone());
                search.as_mut().poll(context).map_ok(|found| (number, found))
            })
        },
    );
    let on_send = Callback::new(move |()| send(thread, text, text.get_untracked()));
    let on_continue = Callback::new(move |()| go_on(thread));
    let on_text = Callback::new(move |question: String| send(thread, text, question));
    let called = thread.files.called;
    let on_topic = Callback::new(move |question: String| {
        text.update(|typed| *typed = with_question(typed, &question));
        called.update(|times| *times += 1);
    });
    // By the address, which the server knows too: the messages come after the input is rendered.
    let has_begun = Signal::derive(move || wanted.with(Option::is_some) || !thread.messages.with(Vec::is_empty));
    keep_draft(thread, wanted, text);
    keep_address(thread);
    forget_message(thread);
    keep_up(thread);
    return_focus(thread);
    let has_source = Signal::derive(move || thread.source.with(Option::is_some));
    Effect::new(move |_| {
        let found = choices.get().and_then(Result::ok).unwrap_or_default();
        let asked = query.with(|query| query.get("assistant")).and_then(|id| id.parse().ok());
        // A new chat does not begin with the assistant of the last one, where that was deleted.
        thread.gone.track();
        if thread.assistant.get_untracked().is_none() {
            thread.assistant.set(asked.or_else(|| default_choice(&found)));
        }
    });
    // What was announced stands in the answer: whoever reads the page with a screen reader must not meet it twice.
    Effect::new(move |_| {
        if !thread.announcement.with(String::is_empty) {
            set_timeout(move || drop(thread.announcement.try_set(String::new())), ANNOUNCED);
        }
    });
    view! {
        <TabTitle text=Signal::derive(move || {
            let title = thread.title.get();
            if title.is_empty() { t!("nav.chat").to_owned() } else { title }
        }) />
        <div class="chat" class:shows-list=move || query.with(|query| query.get("list").is_some())
            class:has-source=move || has_source.get()
            on:dragover=move |event| thread.files.drag(&event)
            on:dragleave=move |event| thread.files.drag_out(&event)
            on:drop=move |event| thread.files.take_drop(&event)>
            <ConversationList thread />
            <section class="thread">
                <header class="thread-bar">
                    <A href="/chat?list=1" attr:class="button ghost icon-only to-list" attr:aria-label=t!("chat.conversations")><Icon name="messages-square" /></A>
                    <h1 dir="auto">{move || { let title = thread.title.get(); if title.is_empty() { t!("chat.new").to_owned() } else { title } }}</h1>
                    <Show when=move || has_begun.get()>
                        <Button kind=ButtonKind::Ghost icon="link"
                            on_click=move |_| if let Some(id) = thread.conversation.get_untracked() { sharing.begin(id) }>
                            <span class="share-label">{t!("chat.share")}</span>
                        </Button>
                    </Show>
                    // Hidden while there is nothing to keep. The messages see to it that the code is there.
                    <div class="thread-menu" hidden=move || thread.conversation.with(Option::is_none)>
                        <Piece piece=THREAD_MENU argument=thread wanted=thread.has_tools />
                    </div>
                </header>
                <Load resource=loaded lines=4 let:answered>
                    {
                        let (number, found) = answered;
                        let is_late = is_late(asked, number);
                        let shown = thread.conversation.get_untracked();
                        let is_missing = !is_late && matches!(found, Found::Missing);
                        match found {
                            // What was chosen since stays, and what was asked there.
                            _ if is_late => {}
                            // An answer that streams here is newer than what was loaded.
                            Found::Conversation(conversation)
                                if shown.as_ref() != Some(&conversation.summary.id)
                                    || thread.messages.with_untracked(Vec::is_empty) =>
                            {
                                thread.show(*conversation);
                                resume(thread);
                            }
                            Found::Missing => {
                                thread.clear();
                                thread.title.set(t!("state.not_found").to_owned());
                            }
                            _ => {}
                        }
                        if is_missing {
                            view! { <Missing /> }.into_any()
                        } else {
                            view! { <Messages thread on_text on_continue on_topic /> }.into_any()
                        }
                    }
                </Load>
                <Composer thread text has_begun coming called on_send on_stop=move |()| stop(thread)>
                    <AssistantChoice thread choices />
                </Composer>
                <div class="visually-hidden" aria-live="polite">{move || thread.announcement.get()}</div>
            </section>
            <Piece piece=SOURCE_PANEL argument=thread wanted=has_source />
            <Piece piece=SHARE argument=sharing wanted=sharing.open />
            <Piece piece=NEW_FEEDBACK argument=feedback wanted=feedback.open />
        </div>
    }
}

/// No such conversation. The style takes the input away: there is nothing here to ask about.
#[component]
fn Missing() -> impl IntoView {
    #[cfg(feature = "ssr")]
    crate::request::set_status(404);
    view! {
        <div class="state missing">
            <span class="icon-tile large"><Icon name="search" /></span>
            <h2>{t!("chat.missing")}</h2>
            <p>{t!("chat.missing_text")}</p>
            <div class="form-actions">
                <ButtonLink href="/chat" kind=ButtonKind::Primary icon="plus">{t!("chat.new")}</ButtonLink>
            </div>
        </div>
    }
}

#[component]
fn Messages(
    thread: Thread,
    on_text: Callback<String>,
    on_continue: Callback<()>,
    on_topic: Callback<String>,
) -> impl IntoView {
    let scroller = NodeRef::<html::Div>::new();
    let at_end = RwSignal::new(true);
    let earlier = Earlier::of(thread, scroller);
    let sent = thread.sending.shown;
    let is_empty = Memo::new(move |_| thread.messages.with(Vec::is_empty) && sent.with(Option::is_none));
    let to_end = move || {
        // It also comes with the next frame, when the page may be gone.
        if let Some(scroller) = scroller.try_get_untracked().flatten() {
            scroller.set_scroll_top(scroller.scroll_height());
        }
    };
    // Follows the text while the reader is at its end, and lets them read in peace elsewhere, until they ask something.
    Effect::new(move |before: Option<(u32, bool)>| {
        let now = (thread.taken.get(), sent.with(Option::is_some));
        thread.messages.with(|messages| {
            if let Some((_, last)) = messages.last() {
                last.track();
            }
        });
        let is_asked = before.is_some_and(|(taken, was_sent)| taken != now.0 || now.1 && !was_sent);
        if is_asked {
            at_end.set(true);
        }
        if at_end.get_untracked() {
            request_animation_frame(to_end);
        }
        now
    });
    stay_at_end(scroller, at_end, to_end);
    let query = use_query_map();
    let named = Memo::new(move |_| query.with(|query| query.get(MESSAGE)).and_then(|id| id.parse::<MessageId>().ok()));
    let is_named = Signal::derive(move || thread.has_tools.get() && named.with(Option::is_some));
    let named = NamedArgument { thread, scroller, at_end, named };
    let to_latest = move || {
        to_end();
        if let Some(scroller) = scroller.get_untracked() {
            // The button goes away with the click: the focus would be lost with it.
            let _ = scroller.focus();
        }
        at_end.set(true);
    };
    let on_scroll = move |_| {
        if let Some(scroller) = scroller.get_untracked() {
            let left = scroller.scroll_height() - scroller.scroll_top() - scroller.client_height();
            at_end.set(left < 48);
            earlier.load_when_near();
        }
    };
    view! {
        <div class="messages" node_ref=scroller on:scroll=on_scroll tabindex="0" role="region" aria-label=t!("chat.conversation")>
            <Show when=move || !is_empty.get() fallback=move || view! { <Welcome thread on_suggestion=on_text /> }>
                <EarlierMessages earlier />
                <MessageGroups thread on_continue on_topic />
                {move || sent.get().map(|text| view! { <SentQuestion text /> })}
            </Show>
        </div>
        <Show when=move || !at_end.get()>
            <div class="to-end">
                <Button kind=ButtonKind::Secondary icon="chevron-down" on_click=move |_| to_latest()>{t!("chat.latest")}</Button>
            </div>
        </Show>
        <Piece piece=NAMED argument=named wanted=is_named />
        <AssistantGone thread />
    }
}

/// What is in the input after a question was put there: nothing typed is lost, and the same question is there once.
fn with_question(typed: &str, question: &str) -> String {
    match typed.trim_end() {
        "" => question.to_owned(),
        typed if typed.ends_with(question) => typed.to_owned(),
        typed => format!("{typed}\n{question}"),
    }
}

/// A new conversation gets its address.
fn keep_address(thread: Thread) {
    let path = use_location().pathname;
    let navigate = use_navigate();
    Effect::new(move |_| {
        // Whoever is on the way to another page goes on there.
        if let Some(id) = thread.conversation.get()
            && path.with_untracked(|path| path == "/chat")
        {
            let options = NavigateOptions { replace: true, scroll: false, ..NavigateOptions::default() };
            navigate(&format!("/chat/{id}"), options);
        }
    });
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_found_for_something_else_is_late() {
        Owner::new().with(|| {
            let chosen = RwSignal::new((Some("conv_first".to_owned()), 0));
            let asked = Memo::new(move |_| chosen.get());
            assert!(!is_late(asked, 0));
            chosen.set((Some("conv_second".to_owned()), 1));
            assert!(is_late(asked, 0) && !is_late(asked, 1));
            // The same conversation again, by way of another one.
            chosen.set((Some("conv_first".to_owned()), 2));
            assert!(is_late(asked, 0));
            asked.dispose();
            assert!(!is_late(asked, 0));
        });
    }

    #[test]
    fn a_question_that_is_put_there_keeps_what_is_typed() {
        assert_eq!(with_question(" \n", "Tell me more."), "Tell me more.");
        assert_eq!(with_question("Tell me more.", "Tell me more."), "Tell me more.");
        assert_eq!(with_question("And ", "Tell me more."), "And\nTell me more.");
    }
}
