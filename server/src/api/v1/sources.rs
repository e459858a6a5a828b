//! Sources of a collection.

use axum::{extract::State, http::StatusCode};
use hammock_contract::{
    CrawlId, SourceId,
    crawl::{Crawl, CrawlPage, CrawlPageQuery},
    page::{Page, PartRequest},
    source::{Source, SourcePatch},
};

use super::whole;
use crate::{
    extract::{Id, Json, Query},
    failure::Result,
    middleware::identify::SignedIn,
    state::AppState,
};

pub async fn find(
    State(app): State<AppState>,
    SignedIn(scope): SignedIn,
    Id(source): Id<SourceId>,
) -> Result<axum::Json<Source>> {
    Ok(axum::Json(app.hammock.find_source(&scope, &source).await?))
}

pub async fn update(
    State(app): State<AppState>,
    SignedIn(scope): SignedIn,
    Id(source): Id<SourceId>,
    Json(patch): Json<SourcePatch>,
) -> Result<axum::Json<Source>> {
    Ok(axum::Json(app.hammock.update_source(&scope, &source, patch).await?))
}

pub async fn delete(
    State(app): State<AppState>,
    SignedIn(scope): SignedIn,
    Id(source): Id<SourceId>,
) -> Result<StatusCode> {
    app.hammock.delete_source(&scope, &source).await?;
    Ok(StatusCode::NO_CONTENT)
}

pub async fn refresh(
    State(app): State<AppState>,
    SignedIn(scope): SignedIn,
    Id(source): Id<SourceId>,
) -> Result<axum::Json<Source>> {
    Ok(axum::Json(app.hammock.refresh_source(&scope, &source).await?))
}

pub async fn stop(
    State(app): State<AppState>,
    SignedIn(scope): SignedIn,
    Id(source): Id<SourceId>,
) -> Result<axum::Json<Source>> {
    Ok(axum::Json(app.hammock.stop_source(&scope, &source).await?))
}

pub async fn list_crawls(
    State(app): State<AppState>,
    SignedIn(scope): SignedIn,
    Id(source): Id<SourceId>,
    Query(wanted): Query<PartRequest>,
) -> Result<axum::Json<Page<Crawl>>> {
    whole::list(app.hammock.list_crawls(&scope, &source).await?, &wanted, |row| row.id.to_string())
}

pub async fn list_crawl_pages(
    State(app): State<AppState>,
    SignedIn(scope): SignedIn,
    Id((source, crawl)): Id<(SourceId, CrawlId)>,
    Query(query): Query<CrawlPageQuery>,
) -> Result<axum::Json<Page<CrawlPage>>> {
    Ok(axum::Json(app.hammock.list_crawl_pages(&scope, &source, &crawl, query).await?))
}

pub async fn accept(
    State(app): State<AppState>,
    SignedIn(scope): SignedIn,
    Id(source): Id<SourceId>,
) -> Result<axum::Json<Source>> {
    Ok(axum::Json(app.hammock.accept_crawl(&scope, &source).await?))
}

pub async fn reject(
    State(app): State<AppState>,
    SignedIn(scope): SignedIn,
    Id(source): Id<SourceId>,
) -> Result<axum::Json<Source>> {
    Ok(axum::Json(app.hammock.reject_crawl(&scope, &source).await?))
}
