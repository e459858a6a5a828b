//! Adding a connection, and changing one. The server tests it before it stores it.

use hammock_contract::{
    ApiError, ConnectionId, ErrorCode, check,
    connection::{Connection, ConnectionPatch, NewConnection, ProviderKind},
};
use leptos::prelude::*;

use super::{
    api::{create_connection, update_connection},
    connection_card::provider_name,
};
use crate::{
    FnError, t,
    ui::{FormDialog, TextField, Typed, form::action_error, general_error, on_field, use_toaster},
};

/// What the dialog opens with.
#[derive(Debug, Clone)]
pub struct Draft {
    /// The connection to change; absent: a new one.
    id: Option<ConnectionId>,
    kind: ProviderKind,
    name: String,
    base_url: String,
    has_key: bool,
}

impl Default for Draft {
    fn default() -> Self {
        Self {
            id: None,
            kind: ProviderKind::OpenAi,
            name: "OpenAI".to_owned(),
            base_url: String::new(),
            has_key: false,
        }
    }
}

impl Draft {
    /// A connection to a local Ollama at `url`.
    pub fn ollama(url: &str) -> Self {
        Self { kind: ProviderKind::Ollama, name: "Ollama".to_owned(), base_url: url.to_owned(), ..Self::default() }
    }

    /// A connection as it is.
    pub fn of(connection: &Connection) -> Self {
        Self {
            id: Some(connection.id.clone()),
            kind: connection.kind,
            name: connection.name.clone(),
            base_url: connection.base_url.clone(),
            has_key: connection.has_key,
        }
    }
}

const KINDS: [ProviderKind; 4] =
    [ProviderKind::OpenAi, ProviderKind::Azure, ProviderKind::Ollama, ProviderKind::Compatible];

/// The name that is proposed for a connection of this kind.
fn proposed_name(kind: ProviderKind) -> &'static str {
    if kind == ProviderKind::Compatible { "" } else { provider_name(kind) }
}

const fn example_url(kind: ProviderKind) -> &'static str {
    match kind {
        ProviderKind::OpenAi => "https://api.openai.com/v1",
        ProviderKind::Azure => "https://<resource>.services.ai.azure.com/openai/v1",
        ProviderKind::Ollama => "http://127.0.0.1:11434/v1",
        ProviderKind::Compatible => "https://models.example.com/v1",
    }
}

fn address_hint(kind: ProviderKind) -> &'static str {
    match kind {
        ProviderKind::OpenAi | ProviderKind::Ollama => t!("connections.base_url_hint"),
        ProviderKind::Azure => t!("connections.azure_hint"),
        ProviderKind::Compatible => t!("connections.base_url_needed"),
    }
}

/// What the server finds wrong with the key. A key with nothing wrong about its length is missing: the stored one belongs to
/// the address that it was given for.
fn on_key(error: Signal<Option<ApiError>>) -> Signal<Option<String>> {
    let told = on_field(error, "key");
    let is_missing = move || {
        error.try_get().flatten().is_some_and(|error| error.code == ErrorCode::InvalidField && error.params.is_empty())
    };
    Signal::derive(move || {
        told.try_get().flatten().map(|text| if is_missing() { t!("connections.key_needed").to_owned() } else { text })
    })
}

/// The dialog that adds or changes a connection.
#[component]
pub fn ConnectionDialog(
    /// Whether it is open.
    open: RwSignal<bool>,
    /// What it opens with.
    draft: RwSignal<Draft>,
    /// Called when something was stored.
    on_done: Callback<()>,
) -> impl IntoView {
    let toaster = use_toaster();
    let kind = RwSignal::new(ProviderKind::OpenAi);
    let name = RwSignal::new(String::new());
    let base_url = RwSignal::new(String::new());
    let key = RwSignal::new(String::new());
    let typed = Typed::in_fields(move || vec![format!("{:?}", kind.get()), name.get(), base_url.get(), key.get()]);
    let save = Action::new(move |(): &()| {
        let typed_key = Some(key.get_untracked()).filter(|key| !key.is_empty());
        let (id, kind) = (draft.get_untracked().id, kind.get_untracked());
        let (name, base_url) = (name.get_untracked(), base_url.get_untracked());
        async move {
            match id {
                Some(id) => {
                    let patch = ConnectionPatch { name: Some(name), base_url: Some(base_url), key: typed_key };
                    update_connection(id, patch).await?;
                }
                None => {
                    create_connection(NewConnection { name, kind, base_url, key: typed_key }).await?;
                }
            }
            open.set(false);
            toaster.say(t!("connections.saved"));
            // The page may be gone meanwhile.
            on_done.try_run(());
            Ok::<(), FnError>(())
        }
    });
    Effect::new(move |_| {
        if open.get() {
            let draft = draft.get_untracked();
            save.clear();
            kind.set(draft.kind);
            name.set(draft.name);
            base_url.set(draft.base_url);
            key.set(String::new());
            typed.begin();
        }
    });
    let is_new = move || draft.with(|draft| draft.id.is_none());
    let title =
        Signal::derive(
            move || {
                if is_new() { t!("connections.add").to_owned() } else { t!("connections.edit").to_owned() }
            },
        );
    let choose = Callback::new(move |chosen: ProviderKind| {
        // A proposed name follows the kind; a name of one's own stays.
        if name.with_untracked(|name| KINDS.iter().any(|kind| proposed_name(*kind) == name)) {
            name.set(proposed_name(chosen).to_owned());
        }
        base_url.set(String::new());
        // What was found wrong was wrong for the kind before.
        save.clear();
        kind.set(chosen);
    });
    let error = action_error(save);
    view! {
        <FormDialog
            open
            title
            changed=typed.changed()
            submit=t!("connections.test_and_save")
            busy=save.pending()
            error=general_error(error, &["name", "base_url", "key"])
            on_submit=move |()| { save.dispatch(()); }
        >
            <Show when=is_new>
                <KindChoice kind on_choose=choose />
            </Show>
            <TextField label=t!("connections.name") name="name" value=name error />
            {move || {
                let kind = kind.get();
                let by_default = matches!(kind, ProviderKind::OpenAi | ProviderKind::Ollama);
                view! {
                    <TextField label=t!("connections.base_url") name="base_url" kind="url" value=base_url error
                        required=!by_default placeholder=example_url(kind) hint=address_hint(kind) />
                }
            }}
            <Show when=move || kind.get() != ProviderKind::Ollama>
                {move || {
                    let has_key = draft.with(|draft| draft.has_key);
                    let is_needed = check::needs_key(kind.get()) && !has_key;
                    view! {
                        <TextField label=t!("connections.key") name="key" kind="password" value=key error=on_key(error)
                            required=is_needed
                            hint=if has_key { t!("connections.key_kept") } else { t!("connections.key_hint") } />
                    }
                }}
            </Show>
        </FormDialog>
    }
}

#[component]
fn KindChoice(kind: RwSignal<ProviderKind>, on_choose: Callback<ProviderKind>) -> impl IntoView {
    view! {
        <fieldset class="field">
            <legend>{t!("connections.kind")}</legend>
            <div class="provider-choices">
                {KINDS
                    .map(|choice| {
                        view! {
                            <label class="provider-choice">
                                <input
                                    type="radio"
                                    name="kind"
                                    prop:checked=move || kind.get() == choice
                                    on:change=move |_| on_choose.run(choice)
                                />
                                {provider_name(choice)}
                            </label>
                        }
                    })}
            </div>
        </fieldset>
    }
}
