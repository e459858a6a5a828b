//! "Are you sure?", for what cannot be taken back.

use hammock_contract::ApiError;
use leptos::prelude::*;

use super::{Button, ButtonKind, CancelButton, Dialog, DialogFoot, FormError, form::action_error};
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
