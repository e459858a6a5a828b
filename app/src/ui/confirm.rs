//! "Are you sure?", for what cannot be taken back.

use hammock_contract::ApiError;
use leptos::prelude::*;

use super::{Button, ButtonKind, CancelButton, Dialog, DialogFoot, FormError};

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
