//! Recordings that become text. They are read into memory and never touch the disk.

use axum::{
    extract::{
        Multipart, State,
        multipart::{Field, MultipartRejection},
    },
    http::HeaderMap,
};
use hammock_contract::{
    ApiError, ErrorCode,
    transcription::{LARGEST_RECORDING, Transcription, TranscriptionQuery},
};
use utoipa::ToSchema;

use super::upload::{FIELDS, broken};
use crate::{
    extract::{Query, media_type, unsupported_media_type},
    failure::{Failure, Result},
    middleware::identify::SignedIn,
    state::AppState,
};

/// The form of a recording.
#[derive(ToSchema)]
#[expect(dead_code, reason = "it only describes the multipart body")]
pub struct RecordingForm {
    /// The recording: WebM, Ogg, MP4, MP3, WAV or FLAC, at most 25 MB.
    #[schema(value_type = String, format = Binary)]
    file: Vec<u8>,
}

/// Has one recording written down.
pub async fn create(
    State(app): State<AppState>,
    SignedIn(scope): SignedIn,
    Query(query): Query<TranscriptionQuery>,
    headers: HeaderMap,
    multipart: Result<Multipart, MultipartRejection>,
) -> Result<axum::Json<Transcription>> {
    let mut multipart = multipart
        .map_err(|_| unsupported_media_type("multipart/form-data with a boundary", media_type(&headers).as_deref()))?;
    let mut recording = None;
    while let Some(field) = multipart.next_field().await.map_err(broken)? {
        if recording.is_some() || !field.name().is_some_and(|name| FIELDS.contains(&name)) {
            return Err(Failure::new(ErrorCode::InvalidRequest, "one recording is sent, as file"));
        }
        recording = Some(read(field).await?);
    }
    let Some(recording) = recording else {
        return Err(Failure::new(ErrorCode::InvalidRequest, "the upload holds no file"));
    };
    Ok(axum::Json(app.hammock.transcribe(&scope, recording, query.language).await?))
}

/// A recording that is not too large. The rest of one that is a little too large is read and dropped, so that the client gets to
/// read the answer.
async fn read(mut field: Field<'_>) -> Result<Vec<u8>> {
    let mut bytes = Vec::new();
    let mut length = 0_u64;
    while let Some(part) = field.chunk().await.map_err(broken)? {
        length += part.len() as u64;
        if length <= LARGEST_RECORDING {
            bytes.extend_from_slice(&part);
        } else if length > LARGEST_RECORDING.saturating_mul(4) {
            break;
        }
    }
    if length > LARGEST_RECORDING { Err(ApiError::too_large(LARGEST_RECORDING).into()) } else { Ok(bytes) }
}
