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
        StoreError::Away(ref reason) => {
            tracing::error!(%reason, "the database does not answer");
            error.into()
        }
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

/// From an error of a model. The provider's own words are passed on as `reason`: they tell administrators what to change.
/// Others must not see them, see `for_reader`.
pub fn from_model(error: &ModelError) -> ApiError {
    let code = match error {
        ModelError::Unreachable(_) => ErrorCode::ProviderUnreachable,
        ModelError::Silent(_) => ErrorCode::ProviderSilent,
        ModelError::Broken(_) => ErrorCode::AnswerBrokenOff,
        ModelError::TooLong => ErrorCode::AnswerTooLong,
        ModelError::Refused(_) => ErrorCode::ProviderRefused,
        ModelError::Limited { .. } => ErrorCode::ProviderLimited,
        ModelError::Forbidden(_) => ErrorCode::ForbiddenAddress,
        ModelError::NotListed { .. } => ErrorCode::HostNotListed,
        ModelError::Rejected(_) => ErrorCode::ProviderRejected,
        ModelError::Failed(_) | ModelError::Malformed(_) => ErrorCode::ProviderFailed,
    };
    let mut told = ApiError::new(code, error.to_string());
    // Where the provider does not say how long, it is a second: nothing to tell people.
    if let ModelError::Limited { again_in: Some(wait), .. } = error
        && wait.as_secs() > 1
    {
        told = told.with("seconds", wait.as_secs());
    }
    if let ModelError::NotListed { host } = error {
        told = told.with("host", host);
    }
    match error.reason() {
        "" => told,
        reason => told.with("reason", reason),
    }
}

/// The error of an answer as it is told to whoever reads the answer. What the provider said itself may hold its addresses, its
/// files and the name of the account: it stays only where `sees_reason`.
pub(crate) fn for_reader(error: ApiError, sees_reason: bool) -> ApiError {
    let Some(message) = sentence(error.code).filter(|_| !sees_reason) else { return error };
    let mut told = ApiError { message: message.to_owned(), ..error };
    told.params.remove("reason");
    told.params.remove("host");
    told
}

/// What became of an answer, where it was the provider that failed it.
const fn sentence(code: ErrorCode) -> Option<&'static str> {
    Some(match code {
        ErrorCode::ProviderFailed => {
            "the model provider did not answer as it should; ask again, and tell an administrator if it stays"
        }
        ErrorCode::ProviderRejected => {
            "the model provider did not accept the request; tell an administrator: the model's name may be wrong"
        }
        ErrorCode::ProviderRefused => "the model provider refused the key that it was given; tell an administrator",
        ErrorCode::ProviderUnreachable => {
            "the model provider cannot be reached; ask again later, and tell an administrator if it stays"
        }
        ErrorCode::ProviderSilent => {
            "the model provider took too long; ask again or continue, and tell an administrator if it stays"
        }
        ErrorCode::ProviderLimited => {
            "the model provider wants fewer requests for now, or the account has no credit left; ask again later"
        }
        ErrorCode::ForbiddenAddress => {
            "the model provider is at an address that this server may not reach; tell an administrator"
        }
        ErrorCode::HostNotListed => {
            "requests of your organisation may not go to the model provider; tell an administrator, who can add it to the list"
        }
        ErrorCode::SecretUnreadable => {
            "the stored key of the model provider can no longer be read; tell an administrator: it must be entered again"
        }
        ErrorCode::AnswerBrokenOff => {
            "the connection to the model provider broke before the answer was complete; ask again or continue"
        }
        ErrorCode::AnswerTooLong => "the answer reached its longest length; continue it, or ask for a shorter one",
        _ => return None,
    })
}

/// The role does not allow it.
pub(crate) fn forbidden() -> ApiError {
    ApiError::new(ErrorCode::RoleRequired, "your role does not allow this; ask an administrator of your organisation")
}

/// It takes an owner: whoever manages the rest cannot be told to ask an administrator.
pub(crate) fn owners_only() -> ApiError {
    ApiError::new(ErrorCode::OwnerRequired, "only an owner may do this; ask an owner of your organisation")
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

#[cfg(test)]
mod tests {
    use super::*;

    const OWN: &str = "kaboom in /srv/models/secret.py, line 3";

    fn failures() -> [ModelError; 11] {
        let own = || OWN.to_owned();
        [
            ModelError::Unreachable(own()),
            ModelError::Failed(own()),
            ModelError::Silent(own()),
            ModelError::Broken(own()),
            ModelError::Refused(own()),
            ModelError::Limited { reason: own(), again_in: None },
            ModelError::Forbidden(own()),
            ModelError::NotListed { host: own() },
            ModelError::Rejected(own()),
            ModelError::Malformed(own()),
            ModelError::TooLong,
        ]
    }

    #[test]
    fn readers_learn_what_happened_but_not_in_the_providers_words() {
        for failure in failures() {
            let told = for_reader(from_model(&failure), false);
            let json = serde_json::to_string(&told).unwrap();
            assert!(!json.contains("kaboom") && !json.contains("reason"), "{json}");
            assert_eq!(told.code, from_model(&failure).code);
            assert!(told.message.contains(';'), "it says what to do: {}", told.message);
        }
    }

    #[test]
    fn how_long_the_provider_wants_to_wait_is_told() {
        let limited = |seconds| {
            let again_in = Some(std::time::Duration::from_secs(seconds));
            for_reader(from_model(&ModelError::Limited { reason: OWN.to_owned(), again_in }), false)
        };
        assert_eq!(limited(37).params["seconds"], "37");
        assert!(limited(1).params.is_empty(), "the wait where it says nothing");
    }

    #[test]
    fn administrators_learn_the_providers_words() {
        for failure in failures() {
            let told = for_reader(from_model(&failure), true);
            let (name, own) = match failure {
                ModelError::TooLong => ("reason", None),
                ModelError::NotListed { .. } => ("host", Some(OWN.to_owned())),
                _ => ("reason", Some(OWN.to_owned())),
            };
            assert_eq!(told.params.get(name), own.as_ref(), "{failure:?}");
            assert_eq!(told, from_model(&failure));
        }
    }

    #[test]
    fn other_errors_are_told_to_everybody_alike() {
        let full = ApiError::new(ErrorCode::StorageFull, "the disk is full").with("reason", "ours");
        assert_eq!(for_reader(full.clone(), false), full);
    }

    #[test]
    fn who_was_reached_is_not_called_unreachable() {
        let code = |error: ModelError| from_model(&error).code;
        assert_eq!(code(ModelError::Unreachable(String::new())), ErrorCode::ProviderUnreachable);
        for reached in [ModelError::Failed, ModelError::Silent, ModelError::Broken, ModelError::Malformed] {
            assert_ne!(code(reached(String::new())), ErrorCode::ProviderUnreachable);
        }
    }
}
