//! What is to choose from in a form, where it could not be had.

use hammock_contract::ApiError;
use leptos::{ev::MouseEvent, prelude::*};

use super::{Button, FormError, refocus::refocus};
use crate::t;

/// Says why it could not be had, and asks for it again.
#[component]
pub fn NotKnown(
    /// Why; nothing is shown where it is known.
    error: RwSignal<Option<ApiError>>,
    /// The selector of what in the form the focus goes to, because the button goes with what comes.
    chosen_in: &'static str,
    /// Asks for it again.
    on_retry: Callback<()>,
) -> impl IntoView {
    let again = move |event: MouseEvent| {
        refocus(&event, "form", chosen_in);
        on_retry.run(());
    };
    view! {
        <Show when=move || error.try_with(Option::is_some).unwrap_or_default()>
            <FormError error />
            <div><Button icon="rotate-ccw" on_click=again>{t!("state.retry")}</Button></div>
        </Show>
    }
}
