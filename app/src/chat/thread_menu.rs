//! What can be done with the whole conversation: keep it as a file, or print it.

use leptos::prelude::*;

use super::thread::Thread;
use crate::{
    t,
    ui::{Icon, Menu, MenuItem},
};

/// The menu in the bar of the thread; hidden while there is nothing to keep.
#[component]
pub fn ThreadMenu(thread: Thread) -> impl IntoView {
    let export = move |format: &'static str| {
        move || thread.conversation.get().map(|id| format!("/api/v1/conversations/{id}/export?format={format}"))
    };
    // With the next frame the menu is closed: it would be on the paper.
    let print = move |()| {
        request_animation_frame(|| {
            // Fails only where scripts may open no dialogs.
            let _ = window().print();
        });
    };
    view! {
        <div class="thread-menu" hidden=move || thread.conversation.with(Option::is_none)>
            <Menu id="thread-menu" icon="download" label=t!("chat.export")>
                <a role="menuitem" class="menu-item" rel="external" download href=export("markdown")>
                    <Icon name="download" />{t!("chat.export_markdown")}
                </a>
                <a role="menuitem" class="menu-item" rel="external" download href=export("json")>
                    <Icon name="download" />{t!("chat.export_json")}
                </a>
                <MenuItem icon="file-text" on_click=print>{t!("chat.print")}</MenuItem>
            </Menu>
        </div>
    }
}
