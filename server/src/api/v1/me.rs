//! The caller's own account, and what is known of the installation without one.

use app::request::RequestContext;
use axum::{Extension, extract::State, http::StatusCode};
use hammock_contract::{
    auth::PasswordChange,
    locale::Locale,
    system::Instance,
    user::{Me, ProfilePatch, SendKey, User},
};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::{
    extract::Json,
    failure::Result,
    middleware::identify::{Person, SignedIn},
    state::AppState,
};

/// A choice of language.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct LocaleChoice {
    /// The language; `null` follows the browser.
    pub locale: Option<Locale>,
}

/// A choice of what sends a question in the chat.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SendKeyChoice {
    /// What sends it.
    pub send_key: SendKey,
}

pub async fn find(State(app): State<AppState>, SignedIn(scope): SignedIn) -> Result<axum::Json<Me>> {
    Ok(axum::Json(app.hammock.me(&scope).await?))
}

pub async fn update(
    State(app): State<AppState>,
    Person { scope, .. }: Person,
    Json(patch): Json<ProfilePatch>,
) -> Result<axum::Json<User>> {
    Ok(axum::Json(app.hammock.update_profile(&scope, patch).await?))
}

pub async fn set_locale(
    State(app): State<AppState>,
    Person { scope, .. }: Person,
    Json(choice): Json<LocaleChoice>,
) -> Result<StatusCode> {
    app.hammock.set_locale(&scope, choice.locale).await?;
    Ok(StatusCode::NO_CONTENT)
}

pub async fn set_send_key(
    State(app): State<AppState>,
    Person { scope, .. }: Person,
    Json(choice): Json<SendKeyChoice>,
) -> Result<StatusCode> {
    app.hammock.set_send_key(&scope, choice.send_key).await?;
    Ok(StatusCode::NO_CONTENT)
}

pub async fn change_password(
    State(app): State<AppState>,
    Person { scope, .. }: Person,
    Extension(request): Extension<RequestContext>,
    Json(change): Json<PasswordChange>,
) -> Result<StatusCode> {
    let signed_in = app.hammock.change_password(&scope, change).await?;
    request.keep_signed_in(signed_in);
    Ok(StatusCode::NO_CONTENT)
}

pub async fn instance(State(app): State<AppState>) -> Result<axum::Json<Instance>> {
    Ok(axum::Json(app.hammock.instance().await?))
}
