//! How answers to visitors are made, and how much visitors may ask for.

use hammock_contract::ApiError;
use leptos::{html, prelude::*};

use super::{
    draft::Draft,
    fields::{ChoiceField, LineField, NumberField},
    words,
};
use crate::{
    t,
    ui::{Switch, TextField, on_field},
};

/// Tone, evidence, what happens when nothing is found, ratings, privacy.
#[component]
pub fn BehaviourSection(
    /// The settings.
    draft: Draft,
    /// Why they were refused.
    error: Signal<Option<ApiError>>,
    /// Whether they cannot be changed.
    readonly: bool,
) -> impl IntoView {
    view! {
        <div class="form-row">
            <ChoiceField label=t!("interfaces.tone") name="tone" value=draft.tone options=words::tones error />
            <ChoiceField label=t!("assistants.strictness") name="strictness" value=draft.strictness
                options=words::strictness error />
        </div>
        <TextField
            label=t!("retrieval.threshold")
            name="threshold"
            kind="number"
            min="0"
            max="1"
            step="0.05"
            required=false
            value=draft.threshold
            hint=t!("interfaces.threshold_hint")
            error=on_field(error, "threshold")
            readonly=readonly
        />
        <ChoiceField label=t!("interfaces.when_unknown") name="when_unknown" value=draft.when_unknown
            options=words::when_unknown error />
        <Switch
            label=t!("interfaces.allow_feedback")
            hint=t!("interfaces.allow_feedback_hint")
            checked=draft.allow_feedback
        />
        <Switch
            label=t!("interfaces.allow_uploads")
            hint=t!("interfaces.allow_uploads_hint")
            checked=draft.allow_uploads
        />
        <LineField label=t!("interfaces.privacy_url") name="privacy_url" kind="url" value=draft.privacy_url
            hint=t!("interfaces.privacy_url_hint") error readonly />
    }
}

/// How much visitors may ask for, folded up: what is set at first is right for most.
#[component]
pub fn LimitsSection(
    /// The settings.
    draft: Draft,
    /// Why they were refused.
    error: Signal<Option<ApiError>>,
    /// Whether they cannot be changed.
    readonly: bool,
) -> impl IntoView {
    let details = NodeRef::<html::Details>::new();
    let error = crate::ui::unfolded_first(details, &LIMITS, error);
    view! {
        <section class="section">
            <details class="more-settings" node_ref=details>
                <summary>{t!("interfaces.limits")}</summary>
                <div class="form">
                    <p class="small muted">{t!("interfaces.limits_text")}</p>
                    <div class="form-row level">
                        <NumberField label=t!("interfaces.message_characters") name="message_characters"
                            min="100" max="4000" value=draft.message_characters error readonly />
                        <NumberField label=t!("interfaces.messages_in_ten_minutes") name="messages_in_ten_minutes"
                            min="1" max="300" value=draft.messages_in_ten_minutes error readonly />
                        <NumberField label=t!("interfaces.visitors_of_a_network") name="visitors_of_a_network"
                            min="1" max="10000" value=draft.visitors_of_a_network error readonly />
                        <NumberField label=t!("interfaces.visitors_in_all") name="visitors_in_all"
                            min="1" max="100000" value=draft.visitors_in_all error readonly />
                        <NumberField label=t!("interfaces.uploads_in_ten_minutes") name="uploads_in_ten_minutes"
                            min="1" max="50" value=draft.uploads_in_ten_minutes error readonly />
                        <NumberField label=t!("interfaces.upload_megabytes") name="upload_megabytes"
                            min="1" max="25" value=draft.upload_megabytes error readonly />
                        <NumberField label=t!("interfaces.visitors_per_address") name="visitors_per_address"
                            min="1" max="1000" value=draft.visitors_per_address error readonly />
                    </div>
                </div>
            </details>
        </section>
    }
}

/// The fields that are folded up.
const LIMITS: [&str; 7] = [
    "message_characters",
    "messages_in_ten_minutes",
    "visitors_of_a_network",
    "visitors_in_all",
    "uploads_in_ten_minutes",
    "upload_megabytes",
    "visitors_per_address",
];
