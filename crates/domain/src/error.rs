//! From the errors of the crates below to the one that everybody outside sees. A failure is logged here, where it is handled.

use hammock_contract::{ApiError, ErrorCode};
use hammock_llm::ModelError;
use hammock_retrieval::IndexError;
use hammock_store::StoreError;

/// What every use case returns.
pub type Result<T, E = ApiError> = std::result::Result<T, E>;

/// A defect of ours: the details go to the log, not to the caller.
pub fn internal(error: impl std::fmt::Display) -> ApiError {
    tracing::error!(%error, "internal error");
    ApiError::new(ErrorCode::Internal, "something went wrong on our side; the server's log has the details")
}

/// The disk is full.
pub(crate) fn storage_full() -> ApiError {
    tracing::error!("the disk is full");
    ApiError::new(ErrorCode::StorageFull, "the server's disk is full; nothing was saved")
}

/// From an error of the store.
pub(crate) fn from_store(error: StoreError) -> ApiError {
    match error {
        StoreError::StorageFull => storage_full(),
        StoreError::Forbidden(_) => forbidden(),
        StoreError::NotFound => ApiError::not_found(),
        StoreError::InvalidPageToken | StoreError::InvalidLimit | StoreError::Busy => error.into(),
        other => internal(other),
    }
}

/// From an error of the index.
pub(crate) fn from_index(error: IndexError) -> ApiError {
    match error {
        IndexError::StorageFull => storage_full(),
        other => internal(other),
    }
}

/// From an error of a model. The provider's own words are passed on: they tell what to change.
pub(crate) fn from_model(error: &ModelError) -> ApiError {
    let code = match error {
        ModelError::Unreachable(_) => ErrorCode::ProviderUnreachable,
        ModelError::Refused(_) => ErrorCode::ProviderRefused,
        ModelError::Limited { .. } => ErrorCode::ProviderLimited,
        ModelError::Forbidden(_) => ErrorCode::ForbiddenAddress,
        ModelError::Rejected(_) | ModelError::Malformed(_) => ErrorCode::ProviderFailed,
    };
    ApiError::new(code, error.to_string()).with("reason", error.reason())
}

/// The role does not allow it.
pub(crate) fn forbidden() -> ApiError {
    ApiError::new(ErrorCode::RoleRequired, "your role does not allow this; ask an administrator of your organisation")
}

/// The answer to the breaking of a unique name.
pub(crate) fn taken(name: &str) -> impl Fn(StoreError) -> ApiError + use<'_> {
    move |error| match error {
        StoreError::Duplicate(_) => {
            ApiError::new(ErrorCode::NameTaken, "this name is taken").on("name").with("name", name)
        }
        other => from_store(other),
    }
}
