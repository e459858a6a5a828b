//! What can be done with the whole conversation: keep it as a file, or print it.

use leptos::{prelude::*, task::spawn_local};

use crate::{
    chat::{earlier::load_all, more::elsewhere::follow_elsewhere, thread::Thread},
    t,
    ui::{Icon, Menu, MenuItem, use_toaster},
};

/// The menu in the bar of the thread.
#[component]
pub fn ThreadMenu(
    /// The thread.
    argument: Thread,
) -> impl IntoView {
    let thread = argument;
    // This code comes with the first message, and this menu stays as long as the page.
    follow_elsewhere(thread);
    let export = move |format: &'static str| {
        move || thread.conversation.get().map(|id| format!("/api/v1/conversations/{id}/export?format={format}"))
    };
    let toaster = use_toaster();
    let print = move |()| {
        spawn_local(async move {
            match load_all(thread).await {
                // With the next frame the menu is closed, which would be on the paper, and all messages are there.
                Ok(()) => request_animation_frame(|| {
                    // Fails only where scripts may open no dialogs.
                    let _ = window().print();
                }),
                Err(error) => toaster.refuse(&error.0),
            }
        });
    };
    view! {
        <Menu id="thread-menu" icon="download" label=t!("chat.export")>
            <a role="menuitem" class="menu-item" rel="external" download href=export("markdown")>
                <Icon name="download" />{t!("chat.export_markdown")}
            </a>
            <a role="menuitem" class="menu-item" rel="external" download href=export("json")>
                <Icon name="download" />{t!("chat.export_json")}
            </a>
            <MenuItem icon="file-text" on_click=print>{t!("chat.print")}</MenuItem>
        </Menu>
        // The browser's own command prints what is there: it waits for nothing that would have to be loaded.
        <Show when=move || { thread.earlier.get() > 0 }>
            <p class="print-note">{t!("chat.print_part", menu = t!("chat.export"), entry = t!("chat.print"))}</p>
        </Show>
    }
}
