//! The secrets of the sign-in. They are stored at once, apart from the other settings, and are never shown again.

use hammock_contract::{
    ApiError, AssistantId,
    interfaces::{IdentitySecret, Interfaces, OpenIdSecret},
};
use leptos::{ev, html, prelude::*, task::spawn_local};
use serde::Serialize;
use wasm_bindgen::JsCast;

use super::{api::read_interfaces, logo::outcome, places_section::Snippet, signing::examples};
use crate::{
    sent::{answer, send_json},
    t,
    ui::{
        Button, ConfirmDialog, CopyButton, Form, FormError, Moment, TextField, general_error, guard_leaving,
        page::focus_outlives, use_toaster,
    },
};

/// The fields that say themselves what is wrong with them.
const FIELDS: &[&str] = &["secret"];

/// What the stored settings need: the secret of the provider, and that of identities which the page signs. One that is kept is
/// shown in any case, so that it can be removed.
#[component]
pub fn SignInSecrets(
    /// The interfaces as they are stored.
    stored: RwSignal<Interfaces>,
) -> impl IntoView {
    let is_needed =
        move |needs: fn(&Interfaces) -> bool| Memo::new(move |_| stored.try_with(needs).unwrap_or_default());
    let has_provider = is_needed(|it| {
        let sign_in = &it.settings.sign_in;
        it.has_openid_secret || (!sign_in.off && sign_in.openid.is_some())
    });
    let is_signed = is_needed(|it| {
        let sign_in = &it.settings.sign_in;
        it.identity_secret_made_at.is_some() || (!sign_in.off && sign_in.signed_identity)
    });
    let has_provider = move || has_provider.try_get().unwrap_or_default();
    let is_signed = move || is_signed.try_get().unwrap_or_default();
    view! {
        <Show when=has_provider>
            <ProviderSecret stored />
        </Show>
        <Show when=is_signed>
            <IdentityPart stored />
        </Show>
    }
}

/// The client secret of the OpenID provider.
#[component]
fn ProviderSecret(stored: RwSignal<Interfaces>) -> impl IntoView {
    let toaster = use_toaster();
    let secret = RwSignal::new(String::new());
    let busy = RwSignal::new(false);
    let error = RwSignal::new(None::<ApiError>);
    guard_leaving(Signal::derive(move || secret.try_with(|typed| !typed.is_empty()).unwrap_or_default()));
    // `None` removes it.
    let send = move |new: Option<String>| {
        busy.set(true);
        error.set(None);
        spawn_local(async move {
            let is_removed = new.is_none();
            match put_secret(stored, OpenIdSecret { secret: new }).await {
                Ok(()) => {
                    // The page may be gone meanwhile.
                    let _ = secret.try_set(String::new());
                    toaster.say(if is_removed {
                        t!("interfaces.secret_removed")
                    } else {
                        t!("interfaces.secret_stored")
                    });
                }
                Err(told) => {
                    let _ = error.try_set(Some(told));
                }
            }
            let _ = busy.try_set(false);
        });
    };
    let is_kept = Memo::new(move |_| stored.try_with(|it| it.has_openid_secret).unwrap_or_default());
    let is_kept = move || is_kept.try_get().unwrap_or_default();
    // The button that removes it goes, and the field is another one when it came.
    focus_outlives(is_kept);
    focus_outlives(move || !is_kept());
    let told: Signal<Option<ApiError>> = error.into();
    view! {
        <section class="section">
            <header>
                <h2>{t!("interfaces.openid_secret")}</h2>
                <p class="small muted">{t!("interfaces.openid_secret_text")}</p>
            </header>
            <Form on_submit=move |()| send(Some(secret.get_untracked().trim().to_owned()))>
                {move || {
                    let hint =
                        if is_kept() { t!("interfaces.openid_secret_kept") } else { t!("interfaces.openid_secret_hint") };
                    view! {
                        <TextField label=t!("interfaces.openid_secret") name="secret" kind="password" value=secret hint
                            error=told />
                    }
                }}
                <FormError error=general_error(told, FIELDS) />
                <div class="form-actions">
                    <Button of_type="submit" busy=busy>{t!("interfaces.store_secret")}</Button>
                    <Show when=is_kept>
                        <Button icon="x" busy=busy on_click=move |_| send(None)>{t!("interfaces.remove_secret")}</Button>
                    </Show>
                </div>
            </Form>
        </section>
    }
}

/// The secret that the website signs with, the snippet for its pages, and how it signs.
#[component]
fn IdentityPart(stored: RwSignal<Interfaces>) -> impl IntoView {
    let busy = RwSignal::new(false);
    let error = RwSignal::new(None::<ApiError>);
    // The one that was just made; it is here and nowhere else.
    let shown = RwSignal::new(None::<String>);
    let asks = RwSignal::new(false);
    let make = move || {
        busy.set(true);
        error.set(None);
        spawn_local(async move {
            match make_secret(stored).await {
                Ok(secret) => {
                    // The page may be gone meanwhile.
                    let _ = shown.try_set(Some(secret));
                    let _ = asks.try_set(false);
                }
                Err(told) => {
                    let _ = error.try_set(Some(told));
                }
            }
            let _ = busy.try_set(false);
        });
    };
    let removes = RwSignal::new(false);
    let row = NodeRef::<html::Div>::new();
    let toaster = use_toaster();
    let remove = move || {
        busy.set(true);
        error.set(None);
        spawn_local(async move {
            match delete_secret(stored).await {
                Ok(()) => {
                    // The page may be gone meanwhile.
                    let _ = shown.try_set(None);
                    let _ = removes.try_set(false);
                    toaster.say(t!("interfaces.secret_removed"));
                    // The button that was pressed is gone, and the focus would be with it.
                    request_animation_frame(move || focus_first_button(row));
                }
                Err(told) => {
                    let _ = error.try_set(Some(told));
                }
            }
            let _ = busy.try_set(false);
        });
    };
    let made_at = Memo::new(move |_| stored.try_with(|it| it.identity_secret_made_at).flatten());
    let made_at = move || made_at.try_get().flatten();
    let press = move |_: ev::MouseEvent| {
        error.set(None);
        if stored.try_with_untracked(|it| it.identity_secret_made_at).flatten().is_some() {
            asks.set(true);
        } else {
            make();
        }
    };
    let snippet = Signal::derive(move || stored.try_with(|it| it.identity_snippet.clone()).unwrap_or_default());
    let assistant = stored.try_with_untracked(|it| it.assistant.to_string()).unwrap_or_default();
    let codes = examples(&assistant).map(|(name, code)| {
        view! { <Snippet title=name text=Signal::stored(code) copy=t!("copy.code") /> }
    });
    // In the dialog it is told there.
    let is_asked = move || asks.try_get().unwrap_or_default() || removes.try_get().unwrap_or_default();
    let told = Signal::derive(move || error.try_get().flatten().filter(|_| !is_asked()));
    view! {
        <section class="section">
            <header>
                <h2>{t!("interfaces.identity")}</h2>
                <p class="small muted">{t!("interfaces.identity_text")}</p>
            </header>
            <div class="form">
                <div class="row wrap" node_ref=row>
                    <span class="spacer small">
                        {move || match made_at() {
                            Some(at) => view! { {t!("interfaces.identity_made")} " " <Moment at /> }.into_any(),
                            None => t!("interfaces.identity_none").into_any(),
                        }}
                    </span>
                    <Button icon="key-round" busy=busy on_click=press>
                        {move || {
                            if made_at().is_some() {
                                t!("interfaces.identity_make_anew")
                            } else {
                                t!("interfaces.identity_make")
                            }
                        }}
                    </Button>
                    <Show when=move || made_at().is_some()>
                        <Button
                            icon="x"
                            busy=busy
                            on_click=move |_| {
                                error.set(None);
                                removes.set(true);
                            }
                        >
                            {t!("interfaces.remove_secret")}
                        </Button>
                    </Show>
                </div>
                <FormError error=told />
                <div role="status">
                    {move || {
                        shown.try_get().flatten().map(|secret| {
                            let copied = secret.clone();
                            view! {
                                <p>{t!("interfaces.identity_shown")}</p>
                                <div class="secret">
                                    <code>{secret}</code>
                                    <CopyButton text=Signal::stored(copied) label=t!("interfaces.copy_secret") />
                                </div>
                            }
                        })
                    }}
                </div>
                <Snippet
                    title=t!("interfaces.identity_snippet")
                    text=snippet
                    copy=t!("interfaces.copy_identity_snippet")
                />
                <details class="more-settings">
                    <summary>{t!("interfaces.identity_code")}</summary>
                    <div class="stack">
                        <p class="small muted">{t!("interfaces.identity_code_text")}</p>
                        {codes.into_iter().collect_view()}
                    </div>
                </details>
            </div>
            <ConfirmDialog
                open=asks
                title=t!("interfaces.identity_anew_title")
                text=t!("interfaces.identity_anew_text")
                confirm=t!("interfaces.identity_make_anew")
                busy=busy
                error=error
                on_confirm=move |()| make()
            />
            <ConfirmDialog
                open=removes
                title=t!("interfaces.identity_remove_title")
                text=t!("interfaces.identity_remove_text")
                confirm=t!("interfaces.remove_secret")
                busy=busy
                error=error
                on_confirm=move |()| remove()
            />
        </section>
    }
}

fn focus_first_button(row: NodeRef<html::Div>) {
    let button = row.try_get_untracked().flatten().and_then(|row| row.query_selector("button").ok().flatten());
    if let Some(button) = button.and_then(|button| button.dyn_into::<web_sys::HtmlElement>().ok()) {
        // Fails only for what is no longer on the page.
        let _ = button.focus();
    }
}

fn assistant_of(stored: RwSignal<Interfaces>) -> Option<AssistantId> {
    stored.try_with_untracked(|it| it.assistant.clone())
}

/// Stores the secret of the provider, or removes it.
async fn put_secret(stored: RwSignal<Interfaces>, secret: OpenIdSecret) -> Result<(), ApiError> {
    let Some(assistant) = assistant_of(stored) else { return Ok(()) };
    let (status, body) = send("PUT", &assistant, "openid-secret", &secret).await?;
    outcome(status, &body)?;
    look_anew(stored, assistant).await
}

/// Makes the secret that identities are signed with.
async fn make_secret(stored: RwSignal<Interfaces>) -> Result<String, ApiError> {
    let Some(assistant) = assistant_of(stored) else { return Err(ApiError::not_found()) };
    let (status, body) = send("POST", &assistant, "identity-secret", &serde_json::Map::new()).await?;
    let made: IdentitySecret = answer(status, &body)?;
    // It is made, whatever comes of that.
    let _ = look_anew(stored, assistant).await;
    Ok(made.secret)
}

/// Removes the secret that identities are signed with.
async fn delete_secret(stored: RwSignal<Interfaces>) -> Result<(), ApiError> {
    let Some(assistant) = assistant_of(stored) else { return Ok(()) };
    let (status, body) = send("DELETE", &assistant, "identity-secret", &serde_json::Map::new()).await?;
    outcome(status, &body)?;
    look_anew(stored, assistant).await
}

async fn send(
    method: &str,
    assistant: &AssistantId,
    what: &str,
    body: &impl Serialize,
) -> Result<(u16, String), ApiError> {
    send_json(method, &format!("/api/v1/assistants/{assistant}/interfaces/{what}"), body).await
}

/// What the server says of the interfaces now.
async fn look_anew(stored: RwSignal<Interfaces>, assistant: AssistantId) -> Result<(), ApiError> {
    let found = read_interfaces(assistant).await.map_err(|error| error.0)?;
    // The page may be gone meanwhile.
    let _ = stored.try_set(found);
    Ok(())
}
