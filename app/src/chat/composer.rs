//! Where questions are typed.

use hammock_contract::{ApiError, ConversationId, ErrorCode, check::is_blank, user::SendKey};
use leptos::{
    ev::{KeyboardEvent, MouseEvent},
    html,
    prelude::*,
};

use super::{
    asking::resume,
    dictation::Dictation,
    drafts::take_along,
    thread::{Link, Thread},
};
use crate::{
    i18n,
    parts::{DICTATION, FILES, Piece},
    session::{Session, use_session},
    t,
    ui::{Button, ErrorText, Icon, IconButton, button::ButtonKind, touch::is_touched},
};

/// The longest question that the server takes. Characters.
const LONGEST: usize = 32_000;

/// The input.
#[component]
pub fn Composer(
    thread: Thread,
    text: RwSignal<String>,
    /// Whether there is a conversation already, or this will be its first question.
    has_begun: Signal<bool>,
    /// The conversation that was chosen, until it is there: what is typed belongs to it already.
    coming: Memo<Option<ConversationId>>,
    /// Grows when the focus is to come here.
    called: RwSignal<u32>,
    /// Sends what is typed.
    #[prop(into)]
    on_send: Callback<()>,
    /// Ends the answer that runs.
    #[prop(into)]
    on_stop: Callback<()>,
    /// Under the input, left: the choice of the assistant.
    children: Children,
) -> impl IntoView {
    let input = NodeRef::<html::Textarea>::new();
    // That a question waits: for its conversation, in which it is asked then, or for the answer before it.
    let held = RwSignal::new(false);
    let is_coming = move || coming.with(Option::is_some);
    let files = thread.files;
    // Nothing that was pasted is cut off: it is said how much of it is too much.
    let beyond = Memo::new(move |_| text.with(|text| characters_beyond(text)));
    let dictation = Dictation::new(text, input, files.draft);
    let can_send = Memo::new(move |_| {
        // What was said and may still be understood otherwise goes along.
        let is_empty = text.with(|text| is_blank(text)) && dictation.heard.with(|heard| is_blank(heard));
        !is_empty && beyond.get() == 0 && !thread.is_running() && !files.wait.get() && !is_coming()
    });
    let too_long = move || (beyond.get() > 0).then_some("true");
    let session = use_session();
    // Only the browser knows what it can.
    Effect::new(move |_| dictation.look(session.transcribes()));
    let send = move || {
        if dictation.finish() {
            on_send.run(());
        }
    };
    let on_key = move |event: KeyboardEvent| {
        let is_modified = event.ctrl_key() || event.meta_key();
        if event.key() == "Enter" && !is_composed(&event) && sends(session.send_key(), event.shift_key(), is_modified) {
            event.prevent_default();
            if can_send.get_untracked() {
                send();
            } else if !text.with_untracked(|text| is_blank(text)) && beyond.get_untracked() == 0 {
                held.set(untrack(|| thread.is_running() || is_coming()));
            }
        }
    };
    Effect::new(move |before: Option<Option<ConversationId>>| {
        let (now, is_running) = (coming.get(), thread.is_running());
        let before = before.flatten();
        if held.get_untracked() && (before != now || now.is_none() && !is_running) {
            // Where something else was chosen since, it stays in the input of its conversation.
            let is_there = before.is_some() && before == thread.conversation.get_untracked();
            let has_answer_before = is_there && thread.unfinished().is_some();
            held.set(has_answer_before);
            if is_there && !has_answer_before && can_send.get_untracked() {
                send();
            }
        }
        now
    });
    let to_input = move || {
        if let Some(input) = input.get_untracked() {
            // Fails only for what is no longer on the page.
            let _ = input.focus();
        }
    };
    Effect::new(move |before: Option<u32>| {
        let is_opened = thread.conversation.with(Option::is_some);
        let calls = called.get();
        input.track();
        // On a phone a conversation is opened to be read: the keyboard comes when the input is touched.
        if !is_opened || before.is_some_and(|before| before != calls) || !is_touched() {
            to_input();
        }
        calls
    });
    let stop = move |_| {
        // Its button goes with the answer: the focus would be lost with it. On a phone, the keyboard would come.
        if !is_touched() {
            to_input();
        }
        on_stop.run(());
    };
    view! {
        <form class="composer" on:keydown=move |event| {
            let is_shortcut = event.alt_key() && event.shift_key() && event.code() == "KeyM";
            if is_shortcut && dictation.can.get_untracked() {
                event.prevent_default();
                dictation.press();
            } else if event.key() == "Escape" && dictation.stop() {
                event.prevent_default();
            }
        } on:submit=move |event| {
            event.prevent_default();
            if can_send.get_untracked() {
                // Its button makes room for another one: the focus would be lost with it.
                to_input();
                send();
            }
        }>
            {move || thread.refused.get().map(|error| {
                view! { <p class="refused" role="alert"><Icon name="circle-x" />{refusal(error, thread, text, session)}</p> }
            })}
            <Piece piece=FILES argument=files wanted=files.wanted />
            <Piece piece=DICTATION argument=dictation wanted=dictation.wanted />
            <div class="box">
                <div class="grow" data-text=move || text.get()>
                    <textarea
                        node_ref=input
                        aria-label=t!("chat.ask")
                        aria-invalid=too_long
                        aria-describedby=move || too_long().map(|_| "link-state")
                        placeholder=move || if has_begun.get() { t!("chat.follow_up") } else { t!("chat.ask") }
                        rows="1"
                        prop:value=move || text.get()
                        on:input:target=move |event| {
                            text.set(event.target().value());
                            // Who types on has not finished the question.
                            if untrack(is_coming) {
                                held.set(false);
                            }
                        }
                        on:keydown=on_key
                        on:paste=move |event| if files.paste(event.clipboard_data()) { event.prevent_default() }
                    ></textarea>
                </div>
                <div class="row">
                    // The input itself, out of sight, is what is pressed.
                    <span class="button ghost icon-only add-files" title=t!("chat.add_files")>
                        <Icon name="plus" />
                        <input type="file" multiple aria-label=t!("chat.add_files") on:change:target=move |event| {
                            files.take(event.target().files());
                            // So that the same file can be chosen again.
                            event.target().set_value("");
                        } />
                    </span>
                    {children()}
                    <span id="link-state" class="link-state" role="status">
                        {move || match thread.link.get() {
                            _ if held.get() && is_coming() => Some(t!("chat.held").to_owned()),
                            Link::Reconnecting => Some(t!("chat.reconnecting").to_owned()),
                            Link::Open | Link::Idle if beyond.get() > 0 => Some(i18n::count("chat.too_long", beyond.get())),
                            Link::Open if held.get() => Some(t!("chat.one_at_a_time").to_owned()),
                            Link::Open | Link::Idle => None,
                        }}
                    </span>
                    <Show when=move || dictation.can.get()>
                        <IconButton icon="mic" label=t!("chat.dictate") pressed=dictation.on disabled=dictation.is_writing
                            on_click=move |_| dictation.press() />
                    </Show>
                    <Show
                        when=move || thread.is_running()
                        fallback=move || view! {
                            <button type="submit" class="button primary icon-only" aria-label=t!("chat.send") title=t!("chat.send")
                                disabled=move || !can_send.get()>
                                <Icon name="arrow-up" />
                            </button>
                        }
                    >
                        <IconButton icon="circle-stop" kind=ButtonKind::Secondary label=t!("chat.stop") on_click=stop />
                    </Show>
                </div>
            </div>
        </form>
    }
}

/// How many characters a question is longer than the server takes.
fn characters_beyond(text: &str) -> u64 {
    text.trim().chars().count().saturating_sub(LONGEST) as u64
}

/// Whether a key belongs to a word that is still being composed, as in Japanese. Safari tells the last one by its number alone.
pub fn is_composed(event: &KeyboardEvent) -> bool {
    event.is_composing() || event.key_code() == 229
}

/// Whether Enter sends a question, or begins a new line.
pub fn sends(key: SendKey, has_shift: bool, is_modified: bool) -> bool {
    match key {
        SendKey::Enter => !has_shift,
        SendKey::ModifiedEnter => is_modified,
    }
}

/// Why a question was not taken, or its answer not followed to its end.
fn refusal(error: ApiError, thread: Thread, text: RwSignal<String>, session: Session) -> AnyView {
    if error.code == ErrorCode::Unavailable && thread.unfinished().is_some() {
        let again = move |_: MouseEvent| {
            // The button goes away with the click: the focus would be lost with it.
            thread.files.called.update(|times| *times += 1);
            resume(thread);
        };
        return view! { <ErrorText error /><Button on_click=again>{t!("state.retry")}</Button> }.into_any();
    }
    if error.code != ErrorCode::NotFound {
        return view! { <ErrorText error /> }.into_any();
    }
    match error.field.as_deref() {
        Some("assistant") => view! { <span>{t!("chat.assistant_gone")}</span> }.into_any(),
        None if thread.conversation.with_untracked(Option::is_some) => {
            let on_click = move |_| {
                text.with_untracked(|typed| take_along(typed, &session.id()));
                // It is in the list no more.
                thread.list_version.update(|version| *version += 1);
            };
            view! {
                <span>{t!("chat.conversation_gone")}</span>
                <a href="/chat" class="button" on:click=on_click>{t!("chat.new")}</a>
            }
            .into_any()
        }
        _ => view! { <ErrorText error /> }.into_any(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn enter_sends_as_the_person_wants_it() {
        let alone = |key| sends(key, false, false);
        assert!(alone(SendKey::Enter) && !alone(SendKey::ModifiedEnter));
        assert!(!sends(SendKey::Enter, true, false) && !sends(SendKey::ModifiedEnter, true, false));
        assert!(sends(SendKey::Enter, false, true) && sends(SendKey::ModifiedEnter, false, true));
    }

    #[test]
    fn what_is_too_much_of_a_question_is_counted() {
        assert_eq!(characters_beyond(&format!(" {}\n", "ž".repeat(LONGEST))), 0);
        assert_eq!(characters_beyond(&"ž".repeat(LONGEST + 3)), 3);
    }
}
