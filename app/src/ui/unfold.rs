//! Fields that are folded up.

use hammock_contract::ApiError;
use leptos::{html, prelude::*};

/// What was wrong with a form, for those of its `fields` that are folded up in `details`. What is folded away can neither be
/// seen nor have the focus: it is unfolded before one of them is told of its fault.
pub fn unfolded_first(
    details: NodeRef<html::Details>,
    fields: &'static [&'static str],
    error: Signal<Option<ApiError>>,
) -> Signal<Option<ApiError>> {
    let told = RwSignal::new(None::<ApiError>);
    Effect::new(move |_| {
        let error = error.get();
        let field = error.as_ref().and_then(|error| error.field.as_deref());
        if let Some(details) = details.get_untracked().filter(|_| field.is_some_and(|field| fields.contains(&field))) {
            details.set_open(true);
        }
        told.set(error);
    });
    told.into()
}
