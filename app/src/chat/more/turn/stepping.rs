//! From one branch of a conversation to the next.

use hammock_contract::{
    ApiError, ErrorCode, MessageId,
    chat::{Conversation, Message, Siblings},
};
use leptos::{html, prelude::*, task::spawn_local};
use wasm_bindgen::JsCast;

use crate::{
    chat::{
        api::show_branch,
        thread::{Link, Thread},
    },
    t,
    ui::IconButton,
};

/// Which of the messages at the same point this is, with the way to the others; nothing where it is the only one.
#[component]
pub fn Branches(thread: Thread, message: RwSignal<Message>) -> impl IntoView {
    let siblings = Memo::new(move |_| message.with(|message| message.siblings.clone()));
    let group = NodeRef::<html::Div>::new();
    // The buttons that were pressed went away with the message that was shown.
    Effect::new(move |_| {
        let Some(group) = group.get() else { return };
        let is_this = |wanted: &mut (MessageId, bool)| message.with_untracked(|message| message.id == wanted.0);
        let stepped = thread.stepped.try_update_value(|stepped| stepped.take_if(is_this)).flatten();
        let Some((_, forwards)) = stepped else { return };
        let Ok(buttons) = group.query_selector_all("button:not([disabled])") else { return };
        let at = if forwards { buttons.length().saturating_sub(1) } else { 0 };
        if let Some(button) = buttons.get(at).and_then(|button| button.dyn_into::<web_sys::HtmlElement>().ok()) {
            // Fails only for what is no longer on the page.
            let _ = button.focus();
        }
    });
    move || {
        siblings.get().map(|Siblings { position, count, before, after }| {
            let (first, last) = (before.is_none(), after.is_none());
            view! {
                <div class="branches" role="group" aria-label=t!("chat.branches") node_ref=group>
                    <IconButton icon="chevron-left" label=t!("chat.branch_before") disabled=Signal::stored(first)
                        on_click=move |_| step(thread, before.clone(), false) />
                    <span>{t!("chat.branch", position = position, count = count)}</span>
                    <IconButton icon="chevron-right" label=t!("chat.branch_after") disabled=Signal::stored(last)
                        on_click=move |_| step(thread, after.clone(), true) />
                </div>
            }
        })
    }
}

/// Shows the branch of a message.
fn step(thread: Thread, to: Option<MessageId>, forwards: bool) {
    let (Some(to), Some(conversation)) = (to, thread.conversation.get_untracked()) else { return };
    if thread.link.get_untracked() != Link::Idle {
        thread.refused.set(Some(ApiError::new(ErrorCode::AnswerRunning, "an answer is being made")));
        return;
    }
    thread.refused.set(None);
    let turn = thread.turn.get_value();
    spawn_local(async move {
        let shown = show_branch(conversation, to.clone()).await;
        if !thread.shows(turn) || thread.link.get_untracked() != Link::Idle {
            return;
        }
        match shown {
            Ok(shown) => {
                let place = shown.messages.iter().find(|message| message.id == to).and_then(|it| it.siblings.clone());
                if let Some(Siblings { position, count, .. }) = place {
                    thread.announcement.set(t!("chat.branch", position = position, count = count));
                }
                thread.stepped.set_value(Some((to, forwards)));
                thread.show_branch(shown);
            }
            Err(error) => thread.refused.set(Some(error.0)),
        }
    });
}

impl Thread {
    /// Shows another branch of the same conversation.
    pub fn show_branch(self, branch: Conversation) {
        self.source.set(None);
        self.begin_look();
        self.catch_up(branch);
        // The answers of this branch may be another one's than the last.
        self.asked.set_value(None);
    }
}
