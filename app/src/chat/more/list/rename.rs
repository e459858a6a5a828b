//! Another title for a conversation.

use leptos::prelude::*;

use crate::{
    FnError,
    chat::{api::rename_conversation, conversation_list::ListDialogs, thread::Thread},
    t,
    ui::{Dialog, FormError, SubmitFoot, TextField, Typed, form::action_error, general_error, on_field},
};

/// What [`Rename`] is given.
#[derive(Clone, Copy)]
pub struct RenameArgument {
    /// The thread beside the list.
    pub thread: Thread,
    /// The conversation, and whether this is open.
    pub dialogs: ListDialogs,
}

/// The dialog that gives a conversation another title.
#[component]
pub fn Rename(
    /// What it is about.
    argument: RenameArgument,
) -> impl IntoView {
    let RenameArgument { thread, dialogs } = argument;
    let open = dialogs.rename_open;
    let title = RwSignal::new(String::new());
    let typed = Typed::in_fields(move || vec![title.get()]);
    let save = Action::new(move |(): &()| {
        let (row, title) = (dialogs.row.get_untracked(), title.get_untracked());
        async move {
            let Some(row) = row else { return Ok(()) };
            let saved = rename_conversation(row.id, title).await?;
            if thread.conversation.try_get_untracked().flatten().as_ref() == Some(&saved.id) {
                thread.title.set(saved.title);
            }
            thread.list_version.update(|version| *version += 1);
            open.set(false);
            Ok::<(), FnError>(())
        }
    });
    Effect::new(move |_| {
        if open.get() {
            save.clear();
            title.set(dialogs.row.get_untracked().map(|row| row.title).unwrap_or_default());
            typed.begin();
        }
    });
    let error = action_error(save);
    view! {
        <Dialog open title=t!("chat.rename") changed=typed.changed()>
            <form class="form" on:submit=move |event| { event.prevent_default(); save.dispatch(()); }>
                <FormError error=general_error(error, &["title"]) />
                <TextField label=t!("chat.title") name="title" value=title error=on_field(error, "title") autofocus=true />
                <SubmitFoot label=t!("form.save") busy=save.pending() />
            </form>
        </Dialog>
    }
}
