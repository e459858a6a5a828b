//! The logo: chosen and sent at once, apart from the other settings.

use hammock_contract::{ApiError, AssistantId};
use leptos::{html, prelude::*, task::spawn_local};
use serde::de::IgnoredAny;
use wasm_bindgen::JsValue;
use wasm_bindgen_futures::JsFuture;
use web_sys::{File, XmlHttpRequest};

use super::api::read_interfaces;
use crate::{
    sent::{answer, unreachable},
    t,
    ui::{Button, page::focus_outlives, use_toaster},
};

/// The pictures that are taken.
const ACCEPTED: &str = "image/png,image/jpeg,image/webp,image/gif";

/// The logo, with buttons to choose and to remove it.
#[component]
pub fn LogoField(
    /// The assistant.
    assistant: AssistantId,
    /// The path of its logo.
    logo: RwSignal<Option<String>>,
    /// Whether it cannot be changed.
    readonly: bool,
) -> impl IntoView {
    let toaster = use_toaster();
    let input = NodeRef::<html::Input>::new();
    let busy = RwSignal::new(false);
    let assistant = StoredValue::new(assistant);
    // `None` removes it.
    let send = move |file: Option<File>| {
        let Some(assistant) = assistant.try_get_value() else { return };
        busy.set(true);
        spawn_local(async move {
            let is_removed = file.is_none();
            let changed = change(&assistant, file.as_ref()).await;
            let found = match changed {
                Ok(()) => read_interfaces(assistant).await.map_err(|error| error.0),
                Err(error) => Err(error),
            };
            match found {
                Ok(found) => {
                    // The page may be gone meanwhile.
                    let _ = logo.try_set(found.logo);
                    toaster.say(if is_removed { t!("interfaces.logo_removed") } else { t!("interfaces.logo_saved") });
                }
                Err(error) => toaster.refuse(&error),
            }
            let _ = busy.try_set(false);
        });
    };
    let has_logo = move || logo.try_with(Option::is_some).unwrap_or_default();
    focus_outlives(has_logo);
    view! {
        <div class="field">
            <span class="field-label">{t!("interfaces.logo")}</span>
            <div class="row wrap">
                {move || logo.try_get().flatten().map(|path| view! { <img class="logo" src=path alt=t!("interfaces.logo") /> })}
                <input
                    node_ref=input
                    type="file"
                    name="logo"
                    accept=ACCEPTED
                    hidden
                    aria-label=t!("interfaces.logo")
                    on:change=move |_| {
                        if let Some(input) = input.get_untracked() {
                            if let Some(file) = input.files().and_then(|files| files.get(0)) {
                                send(Some(file));
                            }
                            // So that the same file can be chosen again.
                            input.set_value("");
                        }
                    }
                />
                {(!readonly).then(|| view! {
                    <Button
                        icon="upload"
                        busy=busy
                        on_click=move |_| {
                            if let Some(input) = input.get_untracked() {
                                input.click();
                            }
                        }
                    >
                        {t!("interfaces.choose_logo")}
                    </Button>
                    <Show when=has_logo>
                        <Button icon="x" busy=busy on_click=move |_| send(None)>{t!("interfaces.remove_logo")}</Button>
                    </Show>
                })}
            </div>
            <p class="hint">{t!("interfaces.logo_hint")}</p>
        </div>
    }
}

/// Sends a logo, or removes it.
async fn change(assistant: &AssistantId, file: Option<&File>) -> Result<(), ApiError> {
    let request = ask(assistant, file).await.map_err(|_| unreachable())?;
    let status = request.status().unwrap_or(0);
    outcome(status, &request.response_text().ok().flatten().unwrap_or_default())
}

async fn ask(assistant: &AssistantId, file: Option<&File>) -> Result<XmlHttpRequest, JsValue> {
    let request = XmlHttpRequest::new()?;
    let path = format!("/api/v1/assistants/{assistant}/logo");
    request.open(if file.is_some() { "PUT" } else { "DELETE" }, &path)?;
    // Loaded, failed or aborted: what came of it is in the request.
    let ended = js_sys::Promise::new(&mut |resolve, _| request.set_onloadend(Some(&resolve)));
    match file {
        Some(file) => request.send_with_opt_blob(Some(file))?,
        None => request.send()?,
    }
    JsFuture::from(ended).await?;
    Ok(request)
}

/// Whether the server did it; what else it says of that is asked for anew.
pub fn outcome(status: u16, body: &str) -> Result<(), ApiError> {
    if (200..300).contains(&status) { Ok(()) } else { answer::<IgnoredAny>(status, body).map(|_| ()) }
}

#[cfg(test)]
mod tests {
    use hammock_contract::{ErrorCode, error::ErrorBody};

    use super::*;

    #[test]
    fn an_answer_without_a_body_will_do() {
        assert_eq!(outcome(204, ""), Ok(()));
        let refused = ApiError::new(ErrorCode::UnsupportedFileType, "no picture");
        let body = serde_json::to_string(&ErrorBody { error: refused.clone() }).unwrap();
        assert_eq!(outcome(422, &body), Err(refused));
        assert_eq!(outcome(413, "<html>").unwrap_err().code, ErrorCode::TooLarge);
        assert_eq!(outcome(0, "").unwrap_err().code, ErrorCode::Unavailable);
    }
}
