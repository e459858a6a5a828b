//! People of the organisation.

use axum::{extract::State, http::StatusCode};
use hammock_contract::{
    UserId,
    page::{Page, PageRequest},
    user::{NewUser, User, UserPatch},
};

use crate::{
    extract::{Id, Json, Query},
    failure::Result,
    middleware::identify::{AskedFrom, SignedIn},
    state::AppState,
};

pub async fn list(
    State(app): State<AppState>,
    SignedIn(scope): SignedIn,
    Query(page): Query<PageRequest>,
) -> Result<axum::Json<Page<User>>> {
    Ok(axum::Json(app.hammock.list_users(&scope, page).await?))
}

pub async fn add(
    State(app): State<AppState>,
    SignedIn(scope): SignedIn,
    AskedFrom(origin): AskedFrom,
    Json(new): Json<NewUser>,
) -> Result<(StatusCode, axum::Json<User>)> {
    Ok((StatusCode::CREATED, axum::Json(app.hammock.add_user(&scope, new, origin.locale).await?)))
}

pub async fn update(
    State(app): State<AppState>,
    SignedIn(scope): SignedIn,
    Id(user): Id<UserId>,
    Json(patch): Json<UserPatch>,
) -> Result<axum::Json<User>> {
    Ok(axum::Json(app.hammock.update_user(&scope, &user, patch).await?))
}

pub async fn remove(
    State(app): State<AppState>,
    SignedIn(scope): SignedIn,
    Id(user): Id<UserId>,
) -> Result<StatusCode> {
    app.hammock.remove_user(&scope, &user).await?;
    Ok(StatusCode::NO_CONTENT)
}

pub async fn invite(
    State(app): State<AppState>,
    SignedIn(scope): SignedIn,
    AskedFrom(origin): AskedFrom,
    Id(user): Id<UserId>,
) -> Result<StatusCode> {
    app.hammock.resend_invitation(&scope, &user, origin.locale).await?;
    Ok(StatusCode::NO_CONTENT)
}
