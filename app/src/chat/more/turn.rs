//! What can be done with a message: a question is copied or asked otherwise, an answer is made again, and what was said at the
//! same point before is shown.

mod choosing;
mod editing;
mod replacing;
mod stepping;
mod tools;

use hammock_contract::chat::{Author, Message, MessageState};
use leptos::{html, prelude::*};

use crate::{
    chat::thread::Thread,
    t,
    ui::{Button, ButtonKind, CopyButton, Icon, Menu, MenuItem, page::leave_for_page},
};
use choosing::ChooseAssistant;
use editing::EditQuestion;
use replacing::replace;
use stepping::Branches;
use tools::Tools;

/// The message, and the thread that it is in.
#[derive(Clone, Copy)]
pub struct TurnArgument {
    /// The thread.
    pub thread: Thread,
    /// The message.
    pub message: RwSignal<Message>,
}

/// What can be done with a message.
#[component]
pub fn Turn(
    /// The message.
    argument: TurnArgument,
) -> impl IntoView {
    let TurnArgument { thread, message } = argument;
    // Another conversation may be shown by the time the code is here.
    let Some(author) = message.try_with_untracked(|message| message.author) else { return ().into_any() };
    // Whoever waits for it is told once.
    if !thread.has_tools.get_untracked() {
        thread.has_tools.set(true);
    }
    match author {
        Author::User => view! { <QuestionTurn thread message /> }.into_any(),
        Author::Assistant => {
            let is_whole = move || message.with(|message| message.state != MessageState::Streaming);
            view! { <Show when=is_whole><AnswerTurn thread message /></Show> }.into_any()
        }
    }
}

#[component]
fn QuestionTurn(thread: Thread, message: RwSignal<Message>) -> impl IntoView {
    let editing = RwSignal::new(false);
    // Outside the form, so that what was typed is there again.
    let (text, files) = message.with_untracked(|message| (message.text.clone(), message.attachments.clone()));
    let (draft, kept) = (RwSignal::new(text), RwSignal::new(files));
    let button = NodeRef::<html::Button>::new();
    let close = Callback::new(move |()| {
        editing.set(false);
        // When it is in sight again.
        request_animation_frame(move || {
            if let Some(button) = button.try_get_untracked().flatten() {
                // Fails only for what is no longer on the page.
                let _ = button.focus();
            }
        });
    });
    view! {
        <div class="turn asked" class:editing=move || editing.get()>
            <Branches thread message />
            <span class="own" hidden=move || editing.get()>
                <CopyButton text=Signal::derive(move || message.with(|message| message.text.clone())) label=t!("chat.copy_question") />
                <button type="button" node_ref=button class="button ghost icon-only" aria-label=t!("chat.edit") title=t!("chat.edit")
                    on:click=move |_| editing.set(true)>
                    <Icon name="pencil" />
                </button>
            </span>
            <Show when=move || editing.get()>
                <EditQuestion thread message draft kept on_close=close />
            </Show>
        </div>
    }
}

#[component]
fn AnswerTurn(thread: Thread, message: RwSignal<Message>) -> impl IntoView {
    let menu = message.with_untracked(|message| format!("again-{}", message.id));
    let by = Memo::new(move |_| message.with(|message| message.assistant.clone()));
    // It may have ended before its first word: then there is nothing to copy or to rate.
    let has_text = Memo::new(move |_| message.with(|message| !message.blocks.is_empty()));
    // Where it did not end well, what asks again is in sight and not in a menu.
    let asks_again =
        Memo::new(move |_| message.with(|message| message.state != MessageState::Complete || message.error.is_some()));
    // Hardly any answer needs the dialog.
    let has_dialog = RwSignal::new(false);
    let choosing = RwSignal::new(false);
    let again = move |()| {
        let id = message.with_untracked(|message| message.id.clone());
        replace(thread, id, String::new(), None, Vec::new());
    };
    let ask_again = move || {
        // The button goes away with the answer: the focus would be lost with it.
        leave_for_page();
        again(());
    };
    let choose = move |()| {
        has_dialog.set(true);
        choosing.set(true);
    };
    view! {
        <div class="answer-tools">
            <Show when=move || has_text.get()>
                <Tools thread message />
            </Show>
            <div class="turn">
                <Show
                    when=move || !asks_again.get()
                    fallback=move || view! {
                        <Button kind=ButtonKind::Ghost icon="rotate-ccw" on_click=move |_| ask_again()>{t!("chat.again")}</Button>
                        <Button kind=ButtonKind::Ghost icon="bot" on_click=move |_| choose(())>{t!("chat.regenerate_with")}</Button>
                    }
                >
                    <Menu id=menu.clone() icon="rotate-ccw" label=t!("chat.regenerate")>
                        <MenuItem icon="rotate-ccw" on_click=again>{t!("chat.regenerate_again")}</MenuItem>
                        <MenuItem icon="bot" on_click=choose>{t!("chat.regenerate_with")}</MenuItem>
                    </Menu>
                </Show>
                <Branches thread message />
                {move || by.get().map(|by| view! {
                    <span class="answered-by"><Icon name=by.icon /><span>{t!("chat.answered_by", name = by.name)}</span></span>
                })}
            </div>
        </div>
        <Show when=move || has_dialog.get()>
            <ChooseAssistant thread message open=choosing />
        </Show>
    }
}
