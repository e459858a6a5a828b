//! Dictation: what was recorded in the chat is written down by a model that the organisation chose. Neither the recording nor
//! the text is kept; what is written down is who sent how much to which model.

use hammock_contract::{
    ApiError, ErrorCode,
    transcription::{LARGEST_RECORDING, Transcription},
    user::Role,
};
use hammock_llm::{ModelError, Speech};
use hammock_store::{Scope, audit, connections, organisations};

use crate::{
    Hammock, Result,
    error::{for_reader, from_model, from_store},
    validate,
};

/// How many recordings one person may send in fifteen minutes.
const RECORDINGS: u64 = 120;

impl Hammock {
    /// What was said in a recording of the caller. `language` is what is spoken, where that is known: an ISO 639-1 code.
    ///
    /// # Errors
    /// `no_transcription`, `empty_file`, `too_large`, `unsupported_file_type`, `invalid_field`, `too_many_attempts`,
    /// `secret_unreadable`, and the provider's errors.
    pub async fn transcribe(&self, scope: &Scope, audio: Vec<u8>, language: Option<String>) -> Result<Transcription> {
        let user = scope.require_user().map_err(from_store)?;
        let settings = organisations::transcription(scope, self.store().read()).await.map_err(from_store)?;
        let Some(connection) = settings.connection else { return Err(nothing_chosen()) };
        let speech = checked(audio, language)?;
        self.count_attempt(&format!("transcription:{user}"), RECORDINGS).await?;
        let row = connections::find(scope, self.store().read(), &connection).await.map_err(from_store)?;
        let account = self.account_of(scope, &row)?;
        let now = self.now();
        let tx = self.store().begin().await.map_err(from_store)?;
        let detail = serde_json::json!({ "model": settings.model, "bytes": speech.audio.len() });
        audit::record(scope, &tx, "transcription.create", connection.as_str(), detail, now)
            .await
            .map_err(from_store)?;
        tx.commit().await.map_err(from_store)?;
        let sees_reason = scope.role() >= Role::Administrator;
        let told = |error: ModelError| for_reader(from_model(&error), sees_reason);
        let transcriber = self.0.models.transcriber(account, &settings.model).await.map_err(told)?;
        Ok(Transcription { text: transcriber.transcribe(&speech).await.map_err(told)? })
    }
}

fn nothing_chosen() -> ApiError {
    let message =
        "no model that writes down what was said is chosen; an administrator can choose one for the organisation";
    ApiError::new(ErrorCode::NoTranscription, message)
}

/// A recording that can be sent.
fn checked(audio: Vec<u8>, language: Option<String>) -> Result<Speech> {
    if audio.is_empty() {
        return Err(ApiError::new(ErrorCode::EmptyFile, "the recording is empty; record it again"));
    }
    if audio.len() as u64 > LARGEST_RECORDING {
        return Err(ApiError::too_large(LARGEST_RECORDING));
    }
    let language = language.filter(|code| !code.is_empty());
    let is_code = |code: &String| code.len() == 2 && code.bytes().all(|byte| byte.is_ascii_lowercase());
    if language.as_ref().is_some_and(|code| !is_code(code)) {
        return Err(validate::invalid("language", "the language is a code of two letters, such as en"));
    }
    let Some(media_type) = sniffed(&audio) else {
        let message = "this is no recording that can be read; WebM, Ogg, MP4, MP3, WAV and FLAC can";
        return Err(ApiError::new(ErrorCode::UnsupportedFileType, message));
    };
    Ok(Speech { audio: audio.into(), media_type: media_type.to_owned(), language })
}

/// What the first bytes of a recording say that it is.
fn sniffed(first: &[u8]) -> Option<&'static str> {
    match first {
        [0x1a, 0x45, 0xdf, 0xa3, ..] => Some("audio/webm"),
        [b'O', b'g', b'g', b'S', ..] => Some("audio/ogg"),
        [b'R', b'I', b'F', b'F', _, _, _, _, b'W', b'A', b'V', b'E', ..] => Some("audio/wav"),
        [b'f', b'L', b'a', b'C', ..] => Some("audio/flac"),
        [_, _, _, _, b'f', b't', b'y', b'p', ..] => Some("audio/mp4"),
        [b'I', b'D', b'3', ..] | [0xff, 0xfb | 0xf3 | 0xf2, ..] => Some("audio/mpeg"),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_recording_is_known_by_its_first_bytes() {
        assert_eq!(sniffed(b"\x1a\x45\xdf\xa3\x9f"), Some("audio/webm"));
        assert_eq!(sniffed(b"OggS\0"), Some("audio/ogg"));
        assert_eq!(sniffed(b"RIFF\0\0\0\0WAVEfmt "), Some("audio/wav"));
        assert_eq!(sniffed(b"RIFF\0\0\0\0WEBPVP8 "), None);
        assert_eq!(sniffed(b"\0\0\0\x20ftypisom"), Some("audio/mp4"));
        assert_eq!(sniffed(b"ID3\x04"), Some("audio/mpeg"));
        assert_eq!(sniffed(b"fLaC"), Some("audio/flac"));
        assert_eq!(sniffed(b"A text."), None);
        assert_eq!(sniffed(b""), None);
    }

    #[test]
    fn what_cannot_be_sent_says_why() {
        let code = |audio: Vec<u8>, language: Option<&str>| {
            checked(audio, language.map(str::to_owned)).map_err(|error| error.code)
        };
        assert_eq!(code(Vec::new(), None), Err(ErrorCode::EmptyFile));
        assert_eq!(code(b"A text.".to_vec(), None), Err(ErrorCode::UnsupportedFileType));
        assert_eq!(code(b"OggS".to_vec(), Some("english")), Err(ErrorCode::InvalidField));
        assert_eq!(code(vec![0; 25_000_001], None), Err(ErrorCode::TooLarge));
        let speech = checked(b"OggS".to_vec(), Some("cs".to_owned())).unwrap();
        assert_eq!((speech.media_type.as_str(), speech.language.as_deref()), ("audio/ogg", Some("cs")));
        assert_eq!(checked(b"OggS".to_vec(), Some(String::new())).unwrap().language, None);
    }
}
