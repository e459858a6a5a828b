//! Whether and with what visitors say who they are.

use hammock_contract::{ApiError, interfaces::Interfaces};
use leptos::prelude::*;

use super::{
    draft::Draft,
    sign_in_draft::{FIELD, OFF, OFFERED, REQUIRED},
    words,
};
use crate::{
    t,
    ui::{CopyButton, SelectField, Switch, TextField, on_field},
};

/// The fields that are kept while the sign-in is off.
const KEPT: [&str; 4] = ["google_client_id", "name", "issuer", "client_id"];

/// Off, offered or required; Google, another provider, what the page says.
#[component]
pub fn SignInSection(
    /// The settings.
    draft: Draft,
    /// The interfaces as they are stored.
    stored: RwSignal<Interfaces>,
    /// Why they were refused.
    error: Signal<Option<ApiError>>,
    /// Whether they cannot be changed.
    readonly: bool,
) -> impl IntoView {
    let typed = draft.sign_in;
    // What is wrong with a field is told at it, also where it is only kept for later.
    let is_shown = move || {
        let is_on = typed.mode.try_with(|mode| mode != OFF).unwrap_or_default();
        let wrong = error.try_get().flatten().and_then(|error| error.field);
        is_on || wrong.is_some_and(|field| KEPT.contains(&field.as_str()))
    };
    let hint = Signal::derive(move || {
        let mode = typed.mode.try_get().unwrap_or_default();
        let text = match mode.as_str() {
            OFFERED => t!("interfaces.sign_in_offered_hint"),
            REQUIRED => t!("interfaces.sign_in_required_hint"),
            _ => t!("interfaces.sign_in_off_hint"),
        };
        text.to_owned()
    });
    // Nothing else can be wrong with the choice itself.
    let nothing = on_field(error, FIELD);
    let nothing =
        Signal::derive(move || nothing.try_get().flatten().map(|_| t!("interfaces.sign_in_nothing").to_owned()));
    let loses_secret = Memo::new(move |_| {
        let loses =
            |it: &Interfaces| it.has_openid_secret && typed.is_another_client(it.settings.sign_in.openid.as_ref());
        stored.try_with(loses).unwrap_or_default()
    });
    let loses_secret = move || loses_secret.try_get().unwrap_or_default();
    view! {
        <SelectField
            label=t!("interfaces.sign_in_mode")
            name=FIELD
            value=typed.mode
            options=Signal::derive(words::sign_in_modes)
            hint=hint
            error=nothing
        />
        <Show when=is_shown>
            <Redirect stored />
            <TextField label=t!("interfaces.google_client_id") name="google_client_id" value=typed.google_client_id
                hint=t!("interfaces.google_client_id_hint") placeholder="….apps.googleusercontent.com" error
                required=false readonly />
            <fieldset class="field sign-in-provider">
                <legend>{t!("interfaces.openid")}</legend>
                <p class="hint">{t!("interfaces.openid_hint")}</p>
                <div class="form-row">
                    <TextField label=t!("interfaces.openid_name") name="name" value=typed.name error required=false
                        readonly />
                    <TextField label=t!("interfaces.openid_client_id") name="client_id" value=typed.client_id error
                        required=false readonly />
                </div>
                <TextField label=t!("interfaces.openid_issuer") name="issuer" kind="url" value=typed.issuer
                    placeholder="https://id.example.com" error required=false readonly />
                <p class="hint" aria-live="polite">
                    {move || loses_secret().then(|| t!("interfaces.openid_secret_goes"))}
                </p>
            </fieldset>
            <Switch
                label=t!("interfaces.signed_identity")
                hint=t!("interfaces.signed_identity_hint")
                checked=typed.signed_identity
            />
        </Show>
    }
}

/// The address that the provider wants to know.
#[component]
fn Redirect(stored: RwSignal<Interfaces>) -> impl IntoView {
    let address = stored.try_with_untracked(|it| it.sign_in_redirect.clone()).unwrap_or_default();
    view! {
        <div class="field">
            <label for="field-sign_in_redirect">{t!("interfaces.sign_in_redirect")}</label>
            <div class="row">
                <input
                    class="input"
                    id="field-sign_in_redirect"
                    aria-describedby="field-sign_in_redirect-hint"
                    readonly=true
                    value=address.clone()
                />
                <CopyButton text=Signal::stored(address) label=t!("interfaces.copy_redirect") />
            </div>
            <p class="hint" id="field-sign_in_redirect-hint">{t!("interfaces.sign_in_redirect_hint")}</p>
        </div>
    }
}
