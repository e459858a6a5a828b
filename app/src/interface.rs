//! The files of the built interface that a page asks for. Only the server knows them.

use std::collections::{BTreeMap, BTreeSet};

use leptos::prelude::*;
use serde::Deserialize;

use crate::{i18n, parts::part_of, t};

/// What the build says of its files, in `pkg/interface.json`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
pub struct Interface {
    /// The folder of all files of one build, without slashes around it. Its name changes with their contents, so a page
    /// never mixes two builds. Empty where the interface is not built.
    pub folder: String,
    /// For each part of the interface that is loaded later, its files in that folder.
    pub parts: BTreeMap<String, Vec<String>>,
}

/// Starts the application in the browser: what to load, all of it at once, and what to say when that fails.
#[component]
pub fn Start(
    /// The files.
    interface: Interface,
    /// The path of the page, which decides which part is needed.
    path: String,
    /// The version of the files beside the folder.
    version: String,
) -> impl IntoView {
    let Interface { folder, parts } = interface;
    if folder.is_empty() {
        return ().into_any();
    }
    let later: BTreeSet<&str> = parts.values().flatten().map(String::as_str).collect();
    let later = later.into_iter().collect::<Vec<_>>().join(" ");
    let part = part_of(&path).and_then(|part| parts.get(part)).cloned().unwrap_or_default();
    let code = std::iter::once("hammock_bg.wasm".to_owned()).chain(part).map(|file| {
        let href = format!("/{folder}/{file}");
        view! { <link rel="preload" href=href r#as="fetch" r#type="application/wasm" crossorigin="anonymous" /> }
    });
    view! {
        <link id="interface" rel="modulepreload" href=format!("/{folder}/hammock.js") data-later=later />
        <link rel="modulepreload" href=format!("/{folder}/__wasm_split.js") />
        {code.collect_view()}
        <link
            rel="preload"
            href=format!("/locales/{}.json?v={version}", i18n::locale().tag())
            r#as="fetch"
            r#type="application/json"
            crossorigin="anonymous"
        />
        <template id="not-live">
            <div class="toasts" role="alert">
                <div class="toast">
                    <span>{t!("state.not_live")}</span>
                    <button type="button" class="toast-action">{t!("state.reload")}</button>
                </div>
            </div>
        </template>
        <script type="module" src=format!("/start.js?v={version}")></script>
    }
    .into_any()
}
