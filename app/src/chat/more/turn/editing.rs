//! A question is asked otherwise, in its place, with the files that it keeps.

use hammock_contract::{attachment::SentAttachment, chat::Message, check::is_blank};
use leptos::{ev::KeyboardEvent, html, prelude::*};

use super::replacing::replace;
use crate::{
    chat::{
        composer::{is_composed, sends},
        thread::Thread,
    },
    session::use_session,
    t,
    ui::{Button, ButtonKind, Icon, IconButton},
};

/// The form. What is typed stays until the question is there.
#[component]
pub fn EditQuestion(
    thread: Thread,
    message: RwSignal<Message>,
    /// What is typed.
    draft: RwSignal<String>,
    /// The files and pictures that it keeps.
    kept: RwSignal<Vec<SentAttachment>>,
    /// Leaves the question as it was.
    on_close: Callback<()>,
) -> impl IntoView {
    let input = NodeRef::<html::Textarea>::new();
    let session = use_session();
    let is_empty = Memo::new(move |_| draft.with(|typed| is_blank(typed)));
    let send = move || {
        if !is_empty.get_untracked() && !untrack(|| thread.is_running()) {
            let id = message.with_untracked(|message| message.id.clone());
            let files = kept.with_untracked(|kept| kept.iter().map(|file| file.id.clone()).collect());
            replace(thread, id, draft.get_untracked().trim().to_owned(), None, files);
        }
    };
    let on_key = move |event: KeyboardEvent| {
        let is_modified = event.ctrl_key() || event.meta_key();
        if is_composed(&event) {
            return;
        }
        if event.key() == "Escape" {
            event.prevent_default();
            on_close.run(());
        } else if event.key() == "Enter" && sends(session.send_key(), event.shift_key(), is_modified) {
            event.prevent_default();
            send();
        }
    };
    let to_input = move || {
        if let Some(input) = input.get_untracked() {
            // Fails only for what is no longer on the page.
            let _ = input.focus();
        }
    };
    Effect::new(move |_| {
        input.track();
        to_input();
    });
    view! {
        <form class="edit-question" on:submit=move |event| { event.prevent_default(); send(); }>
            <Show when=move || kept.with(|kept| !kept.is_empty())>
                <ul class="file-chips" aria-label=t!("chat.attached")>
                    <For each=move || kept.get() key=|file| file.id.clone() let:file>
                        {
                            let SentAttachment { id, name, is_picture, .. } = file;
                            let icon = if is_picture { "eye" } else { "file-text" };
                            let label = t!("chat.file_remove", name = name);
                            let remove = move || {
                                kept.update(|kept| kept.retain(|file| file.id != id));
                                // The button goes away with the click: the focus would be lost with it.
                                to_input();
                            };
                            view! {
                                <li>
                                    <Icon name=icon />
                                    <span class="truncate" title=name.clone()>{name.clone()}</span>
                                    <IconButton icon="x" label on_click=move |_| remove() />
                                </li>
                            }
                        }
                    </For>
                </ul>
            </Show>
            <textarea
                node_ref=input
                aria-label=t!("chat.edit_text")
                rows="3"
                prop:value=move || draft.get()
                on:input:target=move |event| draft.set(event.target().value())
                on:keydown=on_key
            ></textarea>
            <div class="form-actions">
                <Button kind=ButtonKind::Ghost on_click=move |_| on_close.run(())>{t!("form.cancel")}</Button>
                <Button kind=ButtonKind::Primary of_type="submit" disabled=is_empty busy=Signal::derive(move || thread.is_running())>
                    {t!("chat.save_and_ask")}
                </Button>
            </div>
        </form>
    }
}
