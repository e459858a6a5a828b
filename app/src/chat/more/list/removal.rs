//! Deleting a conversation, and taking that back.

use hammock_contract::ConversationId;
use leptos::{prelude::*, task::spawn_local};
use leptos_router::hooks::use_navigate;

use crate::{
    chat::{
        api::{delete_conversation, restore_conversation},
        list_filter::ListFilter,
        thread::Thread,
    },
    t,
    ui::use_toaster,
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

/// Deletes a conversation as soon as that is wanted, and offers to take it back. It shows nothing of its own.
#[component]
pub fn Removal(
    /// What it is about.
    argument: RemovalArgument,
) -> impl IntoView {
    let RemovalArgument { thread, filter, wanted } = argument;
    let toaster = use_toaster();
    let navigate = use_navigate();
    Effect::new(move |_| {
        let Some(id) = wanted.get() else { return };
        let rest = filter.with_untracked(|filter| filter.address("/chat"));
        let navigate = navigate.clone();
        spawn_local(async move {
            if let Err(error) = delete_conversation(id.clone()).await {
                return toaster.refuse(&error.0);
            }
            // The page may be gone meanwhile.
            if thread.conversation.try_get_untracked().flatten().as_ref() == Some(&id) {
                thread.clear();
                navigate(&rest, Default::default());
            }
            thread.list_version.update(|version| *version += 1);
            toaster.offer(
                t!("chat.deleted"),
                t!("chat.undo"),
                Callback::new(move |()| {
                    let id = id.clone();
                    spawn_local(async move {
                        match restore_conversation(id).await {
                            Ok(_) => thread.list_version.update(|version| *version += 1),
                            Err(error) => toaster.refuse(&error.0),
                        }
                    });
                }),
            );
        });
    });
}
