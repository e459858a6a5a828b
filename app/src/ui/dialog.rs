//! A dialog: the native one, so that the focus is kept inside and returns, and Escape closes it.

use leptos::{html, prelude::*};

use super::IconButton;
use crate::t;

/// A dialog. Its content is made anew each time it opens.
#[component]
pub fn Dialog(
    /// Whether it is open.
    open: RwSignal<bool>,
    /// Its title.
    #[prop(into)]
    title: Signal<String>,
    /// For content that needs room.
    #[prop(optional)]
    wide: bool,
    children: ChildrenFn,
) -> impl IntoView {
    let node = NodeRef::<html::Dialog>::new();
    Effect::new(move |_| {
        let (Some(dialog), wanted) = (node.get(), open.get()) else { return };
        if wanted && !dialog.open() {
            // After the content is there: the browser then finds the field that asks for the focus.
            request_animation_frame(move || {
                if open.get_untracked() && !dialog.open() {
                    // Fails only for a dialog that is no longer in the document.
                    let _ = dialog.show_modal();
                }
            });
        } else if !wanted && dialog.open() {
            dialog.close();
        }
    });
    view! {
        <dialog
            class=if wide { "dialog wide" } else { "dialog" }
            node_ref=node
            aria-label=move || title.get()
            on:close=move |_| open.set(false)
        >
            <Show when=move || open.get()>
                <div class="dialog-body">
                    <div class="dialog-head">
                        <h2>{move || title.get()}</h2>
                        <IconButton icon="x" label=t!("dialog.close") on_click=move |_| open.set(false) />
                    </div>
                    {children()}
                </div>
            </Show>
        </dialog>
    }
}

/// The buttons of a dialog, the main one last.
#[component]
pub fn DialogFoot(children: Children) -> impl IntoView {
    view! { <div class="dialog-foot">{children()}</div> }
}
