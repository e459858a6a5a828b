//! Makes the pages that the server rendered live in the browser, and nothing else.

use wasm_bindgen::prelude::wasm_bindgen;

/// Attaches the application to the document. `texts` is the JSON file of the page's language.
#[wasm_bindgen]
pub fn hydrate(texts: &str) {
    console_error_panic_hook::set_once();
    app::i18n::load(texts);
    leptos::mount::hydrate_body(app::App);
}
