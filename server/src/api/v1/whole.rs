//! Lists that are short by their nature: they come whole, and in parts for who asks for a limit.

use hammock_contract::{
    ApiError,
    page::{Page, PartRequest},
};

use crate::failure::Result;

/// The part of a list that is wanted. `key` tells its rows apart.
pub(super) fn list<T>(rows: Vec<T>, wanted: &PartRequest, key: impl Fn(&T) -> String) -> Result<axum::Json<Page<T>>> {
    Ok(axum::Json(hammock_store::part_of(rows, wanted, key).map_err(ApiError::from)?))
}
