//! Deleting a conversation, and taking that back.

use hammock_contract::ConversationId;
use leptos::{prelude::*, task::spawn_local};
use leptos_router::hooks::{use_location, use_navigate};

use crate::{
    chat::{
        api::{delete_conversation, restore_conversation},
        list_filter::ListFilter,
        thread::{Link, Thread},
    },
    t,
    ui::{page::leave_for_page, use_toaster},
};

/// What [`Removal`] is given.
#[derive(Clone, Copy)]
pub struct RemovalArgument {
    /// The thread beside the list.
    pub thread: Thread,
    /// What narrows the list, and does so afterwards.
    pub filter: Memo<ListFilter>,
    /// The conversation that is to be deleted.
    pub wanted: RwSignal<Option<ConversationId>>,
}

/// Deletes a conversation as soon as that is wanted, and offers to take it back: one that was open is opened again. It shows
/// nothing of its own.
#[component]
pub fn Removal(
    /// What it is about.
    argument: RemovalArgument,
) -> impl IntoView {
    let RemovalArgument { thread, filter, wanted } = argument;
    let toaster = use_toaster();
    let navigate = use_navigate();
    let pathname = use_location().pathname;
    Effect::new(move |_| {
        let Some(id) = wanted.get() else { return };
        let rest = filter.with_untracked(|filter| filter.address("/chat"));
        let navigate = navigate.clone();
        spawn_local(async move {
            if let Err(error) = delete_conversation(id.clone()).await {
                return toaster.refuse(&error.0);
            }
            // The page may be gone meanwhile.
            let was_open = thread.conversation.try_get_untracked().flatten().as_ref() == Some(&id);
            if was_open {
                thread.clear();
                navigate(&rest, Default::default());
            } else if matches!(document().query_selector(&format!("#menu-{id}-button:focus")), Ok(Some(_))) {
                // The button goes with its row: the focus would be lost with it.
                leave_for_page();
            }
            thread.list_version.update(|version| *version += 1);
            toaster.offer(
                t!("chat.deleted"),
                t!("chat.undo"),
                Callback::new(move |()| {
                    let (id, navigate) = (id.clone(), navigate.clone());
                    spawn_local(async move {
                        if let Err(error) = restore_conversation(id.clone()).await {
                            return toaster.refuse(&error.0);
                        }
                        thread.list_version.update(|version| *version += 1);
                        // Whoever has opened or asked something else meanwhile stays there, as on another page.
                        let is_in_chat = pathname.try_get_untracked().is_some_and(|path| path.starts_with("/chat"));
                        if was_open && is_in_chat && is_new(thread) {
                            let path = format!("/chat/{id}");
                            let address = filter.try_with_untracked(|filter| filter.address(&path)).unwrap_or(path);
                            navigate(&address, Default::default());
                        }
                    });
                }),
            );
        });
    });
}

/// Whether a new chat is shown in which nothing was asked yet.
fn is_new(thread: Thread) -> bool {
    thread.conversation.try_get_untracked() == Some(None) && thread.link.try_get_untracked() == Some(Link::Idle)
}
