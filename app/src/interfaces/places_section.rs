//! Where an assistant is reached: the public chat with its address, the widget with its snippet and whose pages may use it.

use hammock_contract::{
    ApiError,
    interfaces::{Interfaces, MAX_ORIGINS},
};
use leptos::prelude::*;

use super::{
    draft::Draft,
    lines::{LineEditor, LineWords},
    origins::fault_in_origin,
};
use crate::{
    t,
    ui::{CopyButton, Icon, Switch, on_field},
};

/// The switch of the public chat, and its address.
#[component]
pub fn ChatSection(
    /// The settings.
    draft: Draft,
    /// The interfaces as they are stored.
    stored: RwSignal<Interfaces>,
) -> impl IntoView {
    let address = stored.with_untracked(|it| it.chat_url.clone());
    let link = address.clone();
    // Before it is stored, the address leads nowhere.
    let is_on = move || stored.try_with(|it| it.settings.public_chat).unwrap_or_default();
    view! {
        <Switch
            label=t!("interfaces.public_chat_on")
            hint=t!("interfaces.public_chat_hint")
            checked=draft.public_chat
        />
        <div class="field">
            <label for="field-chat_url">{t!("interfaces.chat_url")}</label>
            <div class="row">
                <input class="input" id="field-chat_url" readonly=true value=address.clone() />
                <CopyButton text=Signal::stored(address) label=t!("interfaces.copy_address") />
            </div>
            <Show when=is_on>
                <p>
                    <a class="button" href=link.clone() target="_blank" rel="noopener">
                        <Icon name="external-link" />{t!("interfaces.open_chat")}
                    </a>
                </p>
            </Show>
        </div>
    }
}

/// The switch of the widget, whose pages may use it, and what goes into them.
#[component]
pub fn WidgetSection(
    /// The settings.
    draft: Draft,
    /// The interfaces as they are stored.
    stored: RwSignal<Interfaces>,
    /// Why they were refused.
    error: Signal<Option<ApiError>>,
    /// Whether they cannot be changed.
    readonly: bool,
) -> impl IntoView {
    let words = LineWords {
        legend: t!("interfaces.origins"),
        label: t!("interfaces.origin"),
        hint: t!("interfaces.origins_hint"),
        add: t!("interfaces.add_origin"),
        remove: t!("interfaces.remove_origin"),
    };
    let snippet = Signal::derive(move || stored.try_with(|it| it.snippet.clone()).unwrap_or_default());
    let frame = Signal::derive(move || stored.try_with(|it| it.frame_snippet.clone()).unwrap_or_default());
    view! {
        <Switch label=t!("interfaces.widget_on") hint=t!("interfaces.widget_hint") checked=draft.widget />
        <LineEditor
            lines=draft.origins
            words
            name="origins"
            most=MAX_ORIGINS
            fault=fault_in_origin
            error=on_field(error, "origins")
            readonly
        />
        <Snippet title=t!("interfaces.snippet") text=snippet copy=t!("interfaces.copy_snippet") />
        <details class="more-settings">
            <summary>{t!("interfaces.frame")}</summary>
            <p class="small muted">{t!("interfaces.frame_text")}</p>
            <Snippet title=t!("interfaces.frame_snippet") text=frame copy=t!("interfaces.copy_frame") />
        </details>
        <Instructions />
    }
}

/// A text for a page's source, to be copied.
#[component]
pub fn Snippet(
    /// What it is.
    title: &'static str,
    /// The text.
    text: Signal<String>,
    /// What the button says that copies it.
    copy: &'static str,
) -> impl IntoView {
    view! {
        <div>
            <div class="code-bar"><span>{title}</span><CopyButton text label=copy /></div>
            <pre class="snippet"><code>{move || text.try_get().unwrap_or_default()}</code></pre>
        </div>
    }
}

/// Where the snippet goes, by what a website is made with.
#[component]
fn Instructions() -> impl IntoView {
    let all = [
        ("WordPress", t!("interfaces.on_wordpress")),
        ("Webflow", t!("interfaces.on_webflow")),
        ("Shopify", t!("interfaces.on_shopify")),
        ("Squarespace", t!("interfaces.on_squarespace")),
        (t!("interfaces.by_hand"), t!("interfaces.on_by_hand")),
        (t!("interfaces.single_page"), t!("interfaces.on_single_page")),
    ];
    let rows = all.map(|(name, text)| view! { <div><dt>{name}</dt><dd>{text}</dd></div> });
    view! {
        <details class="more-settings">
            <summary>{t!("interfaces.where_to")}</summary>
            <dl class="stack small">{rows.into_iter().collect_view()}</dl>
        </details>
    }
}
