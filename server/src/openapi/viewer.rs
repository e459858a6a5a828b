//! The page at `/api/docs` that shows the document to people.

use std::sync::{Arc, OnceLock};

use app::{
    api_reference::{Reference, ReferencePage},
    request::{FormState, render_api_reference},
};
use axum::{
    extract::{Request, State},
    response::{IntoResponse, Redirect, Response},
};

use super::{reading, the_document};
use crate::{auth::pages::with_context, state::AppState};

/// Where the page is.
pub const PATH: &str = "/api/docs";

/// What leads to the page.
pub async fn to_page() -> Redirect {
    Redirect::to(PATH)
}

/// The page.
pub async fn page(State(app): State<AppState>, request: Request) -> Response {
    match with_context(&app, request, FormState::default()).await {
        Ok(mut request) => {
            request.extensions_mut().insert(ReferencePage(reference()));
            render_api_reference(request).await
        }
        Err(failure) => failure.into_response(),
    }
}

/// What the page shows: the same as long as this process lives.
fn reference() -> Arc<Reference> {
    static REFERENCE: OnceLock<Arc<Reference>> = OnceLock::new();
    let read = || Arc::new(reading::read(&serde_json::to_value(the_document()).unwrap_or_default()));
    REFERENCE.get_or_init(read).clone()
}
