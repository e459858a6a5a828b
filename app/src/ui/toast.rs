//! Short notices about what was done, read out politely, with a way to undo where there is one.

use std::{sync::Arc, time::Duration};

use hammock_contract::{ApiError, ErrorCode};
use leptos::prelude::*;

use super::{ErrorText, IconButton, keyed::Keyed, page::leave_for_page};
use crate::t;

/// How long a notice stays while it has neither the pointer nor the focus.
const PLAIN: Duration = Duration::from_secs(6);
const WITH_ACTION: Duration = Duration::from_secs(12);

#[derive(Clone)]
enum Content {
    Text(String),
    Refusal(ApiError),
}

#[derive(Clone)]
struct Toast {
    id: u64,
    content: Content,
    action: Option<(String, Callback<()>)>,
    stays: Duration,
}

/// Shows notices. Provided by the frame.
#[derive(Clone, Copy)]
pub struct Toaster {
    toasts: RwSignal<Vec<Toast>>,
    next: StoredValue<u64>,
}

impl Toaster {
    /// Provides one to everything below.
    pub fn provide() -> Self {
        let toaster = Self { toasts: RwSignal::new(Vec::new()), next: StoredValue::new(0) };
        provide_context(toaster);
        toaster
    }

    /// Says something.
    pub fn say(self, text: impl Into<String>) {
        self.push(Content::Text(text.into()), None, PLAIN);
    }

    /// Says why something could not be done.
    pub fn refuse(self, error: &ApiError) {
        let stays = if error.code == ErrorCode::SignInRequired { WITH_ACTION } else { PLAIN };
        self.push(Content::Refusal(error.clone()), None, stays);
    }

    /// Says something and offers to do something about it, for example to undo it.
    pub fn offer(self, text: impl Into<String>, label: impl Into<String>, action: impl Into<Callback<()>>) {
        self.push(Content::Text(text.into()), Some((label.into(), action.into())), WITH_ACTION);
    }

    fn push(self, content: Content, action: Option<(String, Callback<()>)>, stays: Duration) {
        let id = self.next.get_value();
        self.next.set_value(id + 1);
        self.toasts.update(|toasts| toasts.push(Toast { id, content, action, stays }));
    }

    fn keys(self) -> Vec<String> {
        self.toasts.with(|toasts| toasts.iter().map(|toast| toast.id.to_string()).collect())
    }

    fn toast(self, key: &str) -> Option<Toast> {
        let id = key.parse::<u64>().ok()?;
        self.toasts.with_untracked(|toasts| toasts.iter().find(|toast| toast.id == id).cloned())
    }

    fn remove(self, id: u64) {
        // The page may be gone when the time is up.
        let _ = self.toasts.try_update(|toasts| toasts.retain(|toast| toast.id != id));
    }
}

/// The toaster of the frame.
pub fn use_toaster() -> Toaster {
    expect_context::<Toaster>()
}

/// Where notices appear.
#[component]
pub fn Toasts(
    /// The toaster of the frame.
    toaster: Toaster,
) -> impl IntoView {
    view! {
        <div class="toasts" role="status" aria-live="polite">
            <Keyed each=Signal::derive(move || toaster.keys()) view=Arc::new(move |key| {
                toaster.toast(key).map(|toast| view! { <Notice toaster toast /> }).into_any()
            }) />
        </div>
    }
}

#[component]
fn Notice(toaster: Toaster, toast: Toast) -> impl IntoView {
    let Toast { id, content, action, stays } = toast;
    let has_pointer = RwSignal::new(false);
    let has_focus = RwSignal::new(false);
    // Whoever reads it or is about to press its button is not hurried: the whole time begins again afterwards.
    Effect::new(move |_| {
        if has_pointer.get() || has_focus.get() {
            return;
        }
        let clock = set_timeout_with_handle(move || toaster.remove(id), stays);
        on_cleanup(move || {
            if let Ok(clock) = clock {
                clock.clear();
            }
        });
    });
    let close = move || {
        // What was pressed goes away with the notice: the focus would be lost with it.
        leave_for_page();
        toaster.remove(id);
    };
    let leave = |what: RwSignal<bool>| {
        // With its button the notice itself may go away.
        let _ = what.try_set(false);
    };
    view! {
        <div
            class="toast"
            on:pointerenter=move |_| has_pointer.set(true)
            on:pointerleave=move |_| leave(has_pointer)
            on:focusin=move |_| has_focus.set(true)
            on:focusout=move |_| leave(has_focus)
        >
            {match content {
                Content::Text(text) => view! { <span>{text}</span> }.into_any(),
                Content::Refusal(error) => view! { <ErrorText error /> }.into_any(),
            }}
            {action.map(|(label, action)| {
                view! {
                    <button
                        type="button"
                        class="toast-action"
                        on:click=move |_| {
                            action.run(());
                            close();
                        }
                    >
                        {label}
                    </button>
                }
            })}
            <IconButton icon="x" label=t!("dialog.close") on_click=move |_| close() />
        </div>
    }
}
