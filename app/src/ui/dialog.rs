//! A dialog: the native one, so that the focus is kept inside and returns. Escape closes it, and asks first when something
//! was typed.

use leptos::{context::Provider, html, prelude::*};

use super::{
    Button, IconButton,
    button::ButtonKind,
    leave::{Leaving, guard_leaving},
};
use crate::t;

/// Closes the dialog around a component, unless the person wants to keep what they typed.
#[derive(Clone, Copy)]
struct CloseDialog(Callback<()>);

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
    /// Whether something was typed in it that closing would lose.
    #[prop(optional, into)]
    changed: Signal<bool>,
    children: ChildrenFn,
) -> impl IntoView {
    let node = NodeRef::<html::Dialog>::new();
    // How often it was closed here without its event having come yet. It comes later: by then the dialog may be wanted again.
    let closed = StoredValue::new(0_u32);
    Effect::new(move |_| {
        let (Some(dialog), wanted) = (node.get(), open.get()) else { return };
        if wanted && !dialog.open() {
            // After the content is there: the browser then finds the field that asks for the focus.
            request_animation_frame(move || {
                // The page may be gone with the next frame.
                if open.try_get_untracked() == Some(true) && !dialog.open() {
                    // Fails only for a dialog that is no longer in the document.
                    let _ = dialog.show_modal();
                }
            });
        } else if !wanted && dialog.open() {
            closed.update_value(|closed| *closed += 1);
            dialog.close();
        }
    });
    let holds = Memo::new(move |_| open.get() && changed.get());
    guard_leaving(holds);
    let leaving = use_context::<Leaving>();
    let close = Callback::new(move |()| match leaving {
        Some(leaving) if holds.get_untracked() => leaving.ask_to_close(open),
        _ => open.set(false),
    });
    let children = StoredValue::new(children);
    view! {
        <dialog
            class=if wide { "dialog wide" } else { "dialog" }
            node_ref=node
            aria-label=move || title.get()
            // The browser lets only the first Escape be taken back; the key itself always can.
            on:keydown=move |event| {
                if event.key() == "Escape" {
                    event.prevent_default();
                    close.run(());
                }
            }
            // Other ways to close it than the key, such as the gesture of a phone.
            on:cancel=move |event: web_sys::Event| {
                event.prevent_default();
                close.run(());
            }
            on:close=move |_| {
                let is_ours = closed.with_value(|closed| *closed > 0);
                if is_ours {
                    closed.update_value(|closed| *closed -= 1);
                } else {
                    open.set(false);
                }
            }
        >
            <Show when=move || open.try_get().unwrap_or_default()>
                <div class="dialog-body">
                    <div class="dialog-head">
                        <h2>{move || title.get()}</h2>
                        <IconButton icon="x" label=t!("dialog.close") on_click=move |_| close.run(()) />
                    </div>
                    <Provider value=CloseDialog(close)>{children.with_value(|children| children())}</Provider>
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

/// The buttons of a form in a dialog: to leave all as it was, or to send what was typed.
#[component]
pub fn SubmitFoot(
    /// The label of the button that sends it.
    #[prop(into)]
    label: String,
    /// Whether it is being sent.
    #[prop(into)]
    busy: Signal<bool>,
) -> impl IntoView {
    view! {
        <DialogFoot>
            <CancelButton />
            <Button kind=ButtonKind::Primary of_type="submit" busy>{label}</Button>
        </DialogFoot>
    }
}

/// The button that closes the dialog around it and changes nothing.
#[component]
pub fn CancelButton(
    /// Whether the focus goes here when the dialog opens.
    #[prop(optional)]
    autofocus: bool,
) -> impl IntoView {
    let close = use_context::<CloseDialog>();
    let cancel = move |_| {
        if let Some(CloseDialog(close)) = close {
            close.run(());
        }
    };
    view! { <Button kind=ButtonKind::Secondary autofocus on_click=cancel>{t!("form.cancel")}</Button> }
}
