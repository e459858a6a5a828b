//! "Are you sure?", for what cannot be taken back.

use hammock_contract::ApiError;
use leptos::prelude::*;

use super::{
    Button, ButtonKind, CancelButton, Dialog, DialogFoot, FormError, form::action_error, page::leave_for_page,
    use_toaster,
};
use crate::FnError;

/// Asks before something is destroyed.
#[component]
pub fn ConfirmDialog(
    /// Whether it is open.
    open: RwSignal<bool>,
    /// The question.
    #[prop(into)]
    title: Signal<String>,
    /// What will happen.
    #[prop(into)]
    text: Signal<String>,
    /// The label of the button that does it.
    #[prop(into)]
    confirm: String,
    /// Whether it is being done.
    #[prop(optional, into)]
    busy: Signal<bool>,
    /// Why it could not be done.
    #[prop(optional, into)]
    error: Signal<Option<ApiError>>,
    /// Does it.
    #[prop(into)]
    on_confirm: Callback<()>,
) -> impl IntoView {
    let confirm = StoredValue::new(confirm);
    view! {
        <Dialog open title>
            <p class="muted">{move || text.get()}</p>
            <FormError error />
            <DialogFoot>
                <CancelButton autofocus=true />
                <Button kind=ButtonKind::Danger busy on_click=move |_| on_confirm.run(())>{confirm.get_value()}</Button>
            </DialogFoot>
        </Dialog>
    }
}

/// Asks before something is done to what was chosen in a list. What was wrong the last time is forgotten when it opens.
#[component]
pub fn ConfirmAction<T>(
    /// Whether it is open; the action closes it.
    open: RwSignal<bool>,
    /// What was chosen.
    item: RwSignal<Option<T>>,
    /// The question.
    #[prop(into)]
    title: Signal<String>,
    /// What will happen.
    #[prop(into)]
    text: Signal<String>,
    /// The label of the button that does it.
    #[prop(into)]
    confirm: String,
    /// Does it.
    action: Action<T, Result<(), FnError>>,
) -> impl IntoView
where
    T: Clone + Send + Sync + 'static,
{
    Effect::new(move |_| {
        if open.get() {
            action.clear();
        }
    });
    view! {
        <ConfirmDialog
            open
            title
            text
            confirm
            busy=action.pending()
            error=action_error(action)
            on_confirm=move |()| {
                if let Some(item) = item.get_untracked() {
                    action.dispatch(item);
                }
            }
        />
    }
}

/// What is done once it is confirmed: `run` asks the server for it. Then the dialog closes, the focus goes to the page, it is
/// `said`, and `and_then` follows, also when the page is gone by then.
pub fn confirmed<T, Running>(
    open: RwSignal<bool>,
    said: &'static str,
    and_then: impl Fn() + Copy + Send + Sync + 'static,
    run: impl Fn(&T) -> Running + Send + Sync + 'static,
) -> Action<T, Result<(), FnError>>
where
    T: Send + Sync + 'static,
    Running: Future<Output = Result<(), FnError>> + Send + 'static,
{
    let toaster = use_toaster();
    Action::new(move |item: &T| {
        let running = run(item);
        async move {
            running.await?;
            close_for_good(open);
            toaster.say(said);
            and_then();
            Ok(())
        }
    })
}

/// Closes a dialog when that is done with which the button goes that opened it: the focus goes to the page.
pub fn close_for_good(open: RwSignal<bool>) {
    // The page may be gone meanwhile, and its dialog with it: the focus is another one's then.
    let is_shown = matches!(document().query_selector("dialog[open]"), Ok(Some(_)));
    let _ = open.try_set(false);
    if is_shown {
        // When the dialog has given the focus back to the button of what is about to go.
        request_animation_frame(leave_for_page);
    }
}
