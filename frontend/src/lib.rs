//! Makes the pages that the server rendered live in the browser, and nothing else.

use leptos::prelude::document;
use wasm_bindgen::{JsCast, UnwrapThrowExt, prelude::wasm_bindgen};

/// Weighs 3 KB less than the standard library's, and takes as long however much is in use (TLSF).
#[cfg(target_arch = "wasm32")]
#[global_allocator]
static ALLOCATOR: rlsf::GlobalTlsf = rlsf::GlobalTlsf::new();

/// Attaches the application to the document; comes back when the page is live, its part of the code included. `texts` is
/// the JSON file of the page's language.
#[wasm_bindgen]
pub async fn hydrate(texts: String) {
    console_error_panic_hook::set_once();
    app::i18n::load(&texts);
    let body = document().body().unwrap_throw().unchecked_into();
    leptos::mount::hydrate_from_async(body, app::App).await.forget();
}
