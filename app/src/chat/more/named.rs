//! A message that the address names.

use hammock_contract::MessageId;
use leptos::{html, prelude::*, task::spawn_local};
use leptos_router::hooks::use_location;
use wasm_bindgen::JsCast;
use web_sys::HtmlElement;

use crate::{
    FnError,
    chat::{
        api::show_branch,
        earlier::load_all,
        thread::{Link, Thread},
    },
    ui::use_toaster,
};

/// What [`NamedMessage`] is given.
#[derive(Clone, Copy)]
pub struct NamedArgument {
    /// The thread.
    pub thread: Thread,
    /// The area in which its messages scroll.
    pub scroller: NodeRef<html::Div>,
    /// Whether the text is followed to its end.
    pub at_end: RwSignal<bool>,
    /// The message that the address names.
    pub named: Memo<Option<MessageId>>,
}

/// Brings the message into sight that the address names, such as one that a search has found, and gives it the focus; on whatever
/// branch it stands. Shows nothing itself.
#[component]
pub fn NamedMessage(argument: NamedArgument) -> impl IntoView {
    let NamedArgument { thread, scroller, at_end, named } = argument;
    let toaster = use_toaster();
    let pathname = use_location().pathname;
    Effect::new(move |_| {
        // The page may be gone by the time the code is here.
        let Some(id) = named.try_get().flatten() else { return };
        // On the way to another conversation, its own messages will see to it.
        let shown = thread.conversation.try_get_untracked().flatten();
        let is_of_this = shown
            .is_some_and(|shown| pathname.with_untracked(|path| path.strip_prefix("/chat/") == Some(shown.as_str())));
        if !is_of_this {
            return;
        }
        let Some(turn) = thread.turn.try_get_value() else { return };
        spawn_local(async move {
            if let Err(error) = bring(thread, turn, &id).await {
                return toaster.refuse(&error.0);
            }
            if !thread.shows(turn) {
                return;
            }
            // The reader is led away from the end, whatever came since.
            let _ = at_end.try_set(false);
            // When it is laid out.
            request_animation_frame(move || {
                let Some(place) = thread.place_of(&id) else { return };
                let Some(area) = scroller.try_get_untracked().flatten() else { return };
                let Ok(messages) = area.query_selector_all(".message-group > :is(.question, .answer)") else { return };
                let message = u32::try_from(place).ok().and_then(|place| messages.item(place));
                if let Some(message) = message.and_then(|message| message.dyn_into::<HtmlElement>().ok()) {
                    message.set_tab_index(-1);
                    message.scroll_into_view();
                    // Fails only for an element that cannot have the focus.
                    let _ = message.focus();
                }
            });
        });
    });
}

/// Has a message in the thread: what stands before the others is loaded, and where it is not among those, its branch is shown.
async fn bring(thread: Thread, turn: u32, id: &MessageId) -> Result<(), FnError> {
    let is_missing = || thread.shows(turn) && thread.place_of(id).is_none();
    if is_missing() {
        load_all(thread).await?;
    }
    if is_missing()
        && let Some(conversation) = thread.conversation.get_untracked()
    {
        let branch = show_branch(conversation, id.clone()).await?;
        // Nothing is taken away from under an answer that began meanwhile.
        if thread.shows(turn) && thread.link.get_untracked() == Link::Idle {
            thread.show_branch(branch);
        }
    }
    Ok(())
}
