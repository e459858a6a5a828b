//! Where assistants can be reached from outside: for who looks after them, and what visitors' browsers ask.

use axum::{
    Extension,
    body::{Body, Bytes},
    extract::{State, rejection::BytesRejection},
    http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use hammock_contract::{
    ApiError, AssistantId, ErrorCode,
    interfaces::{
        IdentitySecret, InstallationCheck, InstallationCheckRequest, InterfaceSettings, Interfaces, MAX_LOGO,
        OpenIdSecret, PublicInterface, WidgetError, WidgetErrorReport,
    },
    page::{Page, PartRequest},
};
use serde::Deserialize;
use utoipa::IntoParams;

use super::whole;
use crate::{
    extract::{Id, Json, Query},
    failure::{Failure, Result},
    middleware::{
        cors::{ForThisPage, PageOrigin},
        identify::{AskedFrom, SignedIn},
    },
    state::AppState,
};

/// Which logo is meant.
#[derive(Debug, Clone, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
pub struct LogoVersion {
    /// What the address of a logo names of the picture. With it, the answer may be kept for ever.
    pub v: Option<String>,
}

pub async fn find(
    State(app): State<AppState>,
    SignedIn(scope): SignedIn,
    Id(assistant): Id<AssistantId>,
) -> Result<axum::Json<Interfaces>> {
    Ok(axum::Json(app.hammock.interfaces(&scope, &assistant).await?))
}

pub async fn update(
    State(app): State<AppState>,
    SignedIn(scope): SignedIn,
    Id(assistant): Id<AssistantId>,
    Json(settings): Json<InterfaceSettings>,
) -> Result<axum::Json<Interfaces>> {
    Ok(axum::Json(app.hammock.update_interfaces(&scope, &assistant, settings).await?))
}

pub async fn put_logo(
    State(app): State<AppState>,
    SignedIn(scope): SignedIn,
    Id(assistant): Id<AssistantId>,
    picture: Result<Bytes, BytesRejection>,
) -> Result<axum::Json<Interfaces>> {
    let picture = picture.map_err(|rejection| unread(&rejection))?;
    Ok(axum::Json(app.hammock.put_logo(&scope, &assistant, picture.to_vec()).await?))
}

fn unread(rejection: &BytesRejection) -> Failure {
    if rejection.status() == StatusCode::PAYLOAD_TOO_LARGE {
        return ApiError::too_large(MAX_LOGO as u64).on("logo").into();
    }
    Failure::new(ErrorCode::InvalidRequest, format!("the picture could not be read: {}", rejection.body_text()))
}

pub async fn delete_logo(
    State(app): State<AppState>,
    SignedIn(scope): SignedIn,
    Id(assistant): Id<AssistantId>,
) -> Result<StatusCode> {
    app.hammock.delete_logo(&scope, &assistant).await?;
    Ok(StatusCode::NO_CONTENT)
}

pub async fn put_openid_secret(
    State(app): State<AppState>,
    SignedIn(scope): SignedIn,
    Id(assistant): Id<AssistantId>,
    Json(secret): Json<OpenIdSecret>,
) -> Result<StatusCode> {
    app.hammock.put_openid_secret(&scope, &assistant, secret).await?;
    Ok(StatusCode::NO_CONTENT)
}

pub async fn make_identity_secret(
    State(app): State<AppState>,
    SignedIn(scope): SignedIn,
    Id(assistant): Id<AssistantId>,
) -> Result<(StatusCode, axum::Json<IdentitySecret>)> {
    let made = app.hammock.make_identity_secret(&scope, &assistant).await?;
    Ok((StatusCode::CREATED, axum::Json(made)))
}

pub async fn delete_identity_secret(
    State(app): State<AppState>,
    SignedIn(scope): SignedIn,
    Id(assistant): Id<AssistantId>,
) -> Result<StatusCode> {
    app.hammock.delete_identity_secret(&scope, &assistant).await?;
    Ok(StatusCode::NO_CONTENT)
}

pub async fn check_installation(
    State(app): State<AppState>,
    SignedIn(scope): SignedIn,
    Id(assistant): Id<AssistantId>,
    Json(request): Json<InstallationCheckRequest>,
) -> Result<axum::Json<InstallationCheck>> {
    Ok(axum::Json(app.hammock.check_installation(&scope, &assistant, &request.url).await?))
}

pub async fn list_errors(
    State(app): State<AppState>,
    SignedIn(scope): SignedIn,
    Id(assistant): Id<AssistantId>,
    Query(wanted): Query<PartRequest>,
) -> Result<axum::Json<Page<WidgetError>>> {
    // The same error is one row, which counts how often it was met.
    let key = |row: &WidgetError| format!("{} {} {}", row.origin, row.code, row.message);
    whole::list(app.hammock.widget_errors(&scope, &assistant).await?, &wanted, key)
}

pub async fn find_public(
    State(app): State<AppState>,
    PageOrigin(page): PageOrigin,
    AskedFrom(origin): AskedFrom,
    Id(assistant): Id<AssistantId>,
) -> Result<(Extension<ForThisPage>, axum::Json<PublicInterface>)> {
    let found = app.hammock.public_interface(&assistant, page.as_deref(), &origin).await?;
    Ok((Extension(ForThisPage), axum::Json(found)))
}

/// The picture, for `<img>` on any page: what is shown to visitors is no secret, and no page reads the bytes.
pub async fn public_logo(
    State(app): State<AppState>,
    Id(assistant): Id<AssistantId>,
    Query(LogoVersion { v }): Query<LogoVersion>,
) -> Result<Response> {
    let logo = app.hammock.public_logo(&assistant, v.as_deref()).await?;
    let media_type = HeaderValue::from_str(&logo.media_type).map_err(hammock_domain::internal)?;
    let is_version = v.as_deref() == Some(logo.hash.as_str());
    let keep = if is_version { "public, max-age=31536000, immutable" } else { "no-cache" };
    let mut headers = HeaderMap::new();
    headers.insert(header::CONTENT_TYPE, media_type);
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static(keep));
    headers.insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    headers.insert(header::CONTENT_SECURITY_POLICY, HeaderValue::from_static("default-src 'none'; sandbox"));
    headers.insert(HeaderName::from_static("cross-origin-resource-policy"), HeaderValue::from_static("cross-origin"));
    Ok((headers, Body::from(logo.bytes)).into_response())
}

pub async fn report_error(
    State(app): State<AppState>,
    PageOrigin(page): PageOrigin,
    AskedFrom(origin): AskedFrom,
    Id(assistant): Id<AssistantId>,
    Json(report): Json<WidgetErrorReport>,
) -> Result<(Extension<ForThisPage>, StatusCode)> {
    app.hammock.report_widget_error(&assistant, page.as_deref(), &origin, report).await?;
    // It says nothing but that it came: also a page that may not use the assistant may tell that.
    Ok((Extension(ForThisPage), StatusCode::NO_CONTENT))
}
