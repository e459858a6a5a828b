//! A dialog that is a form: what was typed is sent with its last button or with Enter, and asked about before it is lost.

use hammock_contract::ApiError;
use leptos::prelude::*;

use super::{Dialog, Form, FormError, SubmitFoot};

/// A form in a dialog. Its fields are made anew each time it opens.
#[component]
pub fn FormDialog(
    /// Whether it is open; what was sent closes it.
    open: RwSignal<bool>,
    /// Its title.
    #[prop(into)]
    title: Signal<String>,
    /// For fields that need room.
    #[prop(optional)]
    wide: bool,
    /// Whether the server alone judges what is typed.
    #[prop(optional)]
    novalidate: bool,
    /// Whether something was typed in it that closing would lose.
    #[prop(into)]
    changed: Signal<bool>,
    /// The label of the button that sends it.
    #[prop(into)]
    submit: String,
    /// Whether it is being sent.
    #[prop(into)]
    busy: Signal<bool>,
    /// Why it was refused, where that is about no single field.
    #[prop(into)]
    error: Signal<Option<ApiError>>,
    /// Sends it.
    #[prop(into)]
    on_submit: Callback<()>,
    /// The fields.
    children: ChildrenFn,
) -> impl IntoView {
    let (children, submit) = (StoredValue::new(children), StoredValue::new(submit));
    view! {
        <Dialog open title wide changed>
            <Form novalidate on_submit>
                {children.with_value(|children| children())}
                <FormError error />
                <SubmitFoot label=submit.get_value() busy />
            </Form>
        </Dialog>
    }
}
