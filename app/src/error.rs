//! The error of every server function: the contract's error, in the contract's envelope, with the contract's status.

use hammock_contract::{ApiError, ErrorCode, error::ErrorBody, misread::Misread};
use leptos::{
    prelude::FromServerFnError,
    server_fn::{Bytes, ContentType, Decodes, Encodes, Format, FormatType, error::ServerFnErrorErr},
};
use serde::{Deserialize, Serialize};

/// What a server function answers with when it cannot do its work.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct FnError(pub ApiError);

impl FnError {
    /// What went wrong, for programs and translations.
    pub const fn code(&self) -> ErrorCode {
        self.0.code
    }
}

impl From<ApiError> for FnError {
    fn from(error: ApiError) -> Self {
        Self(error)
    }
}

impl std::fmt::Display for FnError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.0.fmt(f)
    }
}

impl std::error::Error for FnError {}

impl FromServerFnError for FnError {
    type Encoder = Envelope;

    fn from_server_fn_error(error: ServerFnErrorErr) -> Self {
        let code = match &error {
            ServerFnErrorErr::Args(_)
            | ServerFnErrorErr::MissingArg(_)
            | ServerFnErrorErr::UnsupportedRequestMethod(_) => ErrorCode::InvalidRequest,
            // On the server it is the body of the request that could not be read; in the browser, that of the answer.
            ServerFnErrorErr::Deserialization(reason) if cfg!(feature = "ssr") => {
                let misread = Misread::of(reason);
                let message = format!("the arguments could not be read: {misread}");
                return Self(ApiError { field: misread.field, ..ApiError::new(ErrorCode::InvalidRequest, message) });
            }
            // The browser could not reach the server, or got something else than its answer.
            ServerFnErrorErr::Request(_) => ErrorCode::Unavailable,
            ServerFnErrorErr::Registration(_)
            | ServerFnErrorErr::ServerError(_)
            | ServerFnErrorErr::MiddlewareError(_)
            | ServerFnErrorErr::Deserialization(_)
            | ServerFnErrorErr::Serialization(_)
            | ServerFnErrorErr::Response(_) => ErrorCode::Internal,
        };
        Self(ApiError::new(code, error.to_string()))
    }
}

/// Writes an error as `{ "error": { "type", "message", "code" } }` and gives the response its status.
///
/// The framework answers every error with 500; it encodes an error exactly when it is about to answer with it, so this
/// is the one place where the right status can be set.
pub struct Envelope;

impl ContentType for Envelope {
    const CONTENT_TYPE: &'static str = "application/json";
}

impl FormatType for Envelope {
    const FORMAT_TYPE: Format = Format::Text;
}

impl Encodes<FnError> for Envelope {
    type Error = serde_json::Error;

    fn encode(error: &FnError) -> Result<Bytes, Self::Error> {
        #[cfg(feature = "ssr")]
        crate::request::answer_with_json_status(error.0.kind.status());
        serde_json::to_vec(&ErrorBody { error: error.0.clone() }).map(Bytes::from)
    }
}

impl Decodes<FnError> for Envelope {
    type Error = serde_json::Error;

    fn decode(bytes: Bytes) -> Result<FnError, Self::Error> {
        crate::wire::from_bytes::<ErrorBody>(&bytes).map(|body| FnError(body.error))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_error_survives_the_wire_in_the_contracts_envelope() {
        let error = FnError(ApiError::new(ErrorCode::NameTaken, "the name is taken").on("name"));
        let bytes = Envelope::encode(&error).unwrap();
        let json: serde_json::Value = serde_json::from_slice(&bytes).unwrap();
        assert_eq!(json["error"]["code"], "name_taken");
        assert_eq!(json["error"]["type"], "conflict");
        assert_eq!(Envelope::decode(bytes).unwrap(), error);
    }

    #[test]
    fn arguments_that_cannot_be_read_are_the_callers_mistake() {
        let error = FnError::from_server_fn_error(ServerFnErrorErr::Args("missing field".into()));
        assert_eq!(error.0.kind.status(), 422);
    }

    #[cfg(feature = "ssr")]
    #[test]
    fn a_body_that_cannot_be_read_is_the_callers_mistake() {
        let error = FnError::from_server_fn_error(ServerFnErrorErr::Deserialization("missing field `name`".into()));
        assert_eq!(error.0.kind.status(), 422);
        assert_eq!(error.0.message, "the arguments could not be read: name: must be given");
        assert_eq!(error.0.field.as_deref(), Some("name"));
    }
}
