//! Logos: pictures that a visitor's browser shows. They are told by their first bytes; SVG is not taken, which can hold scripts.

use hammock_contract::{ApiError, ErrorCode, interfaces::MAX_LOGO};
use hammock_store::interfaces::Logo;
use sha2::{Digest, Sha256};

use crate::Result;

/// The logo of these bytes.
///
/// # Errors
/// `empty_file`, `too_large`, `unsupported_file_type`.
pub(super) fn recognise(bytes: Vec<u8>) -> Result<Logo> {
    if bytes.is_empty() {
        return Err(ApiError::new(ErrorCode::EmptyFile, "the picture is empty").on("logo"));
    }
    if bytes.len() > MAX_LOGO {
        return Err(ApiError::too_large(MAX_LOGO as u64).on("logo"));
    }
    let Some(media_type) = media_type(&bytes) else {
        let message = "a logo is a picture in the format PNG, JPEG, WebP or GIF";
        return Err(ApiError::new(ErrorCode::UnsupportedFileType, message).on("logo"));
    };
    Ok(Logo { media_type: media_type.to_owned(), hash: hash_of(&bytes), bytes })
}

fn media_type(bytes: &[u8]) -> Option<&'static str> {
    match bytes {
        [0x89, b'P', b'N', b'G', b'\r', b'\n', 0x1A, b'\n', ..] => Some("image/png"),
        [0xFF, 0xD8, 0xFF, ..] => Some("image/jpeg"),
        [b'G', b'I', b'F', b'8', b'7' | b'9', b'a', ..] => Some("image/gif"),
        [b'R', b'I', b'F', b'F', _, _, _, _, b'W', b'E', b'B', b'P', ..] => Some("image/webp"),
        _ => None,
    }
}

/// What names the bytes in an address: 128 bits of their hash.
fn hash_of(bytes: &[u8]) -> String {
    Sha256::digest(bytes).iter().take(16).map(|byte| format!("{byte:02x}")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pictures_are_told_by_their_first_bytes() {
        let known: [(&[u8], &str); 5] = [
            (b"\x89PNG\r\n\x1a\n....", "image/png"),
            (b"\xFF\xD8\xFF\xE0....", "image/jpeg"),
            (b"GIF89a....", "image/gif"),
            (b"GIF87a....", "image/gif"),
            (b"RIFF\x10\0\0\0WEBPVP8 ", "image/webp"),
        ];
        for (bytes, expected) in known {
            let logo = recognise(bytes.to_vec()).unwrap();
            assert_eq!((logo.media_type.as_str(), logo.hash.len()), (expected, 32));
            assert_eq!(logo.bytes, bytes);
        }
    }

    #[test]
    fn what_is_no_picture_is_refused() {
        let code = |bytes: &[u8]| recognise(bytes.to_vec()).unwrap_err().code;
        assert_eq!(code(b""), ErrorCode::EmptyFile);
        let wrong: [&[u8]; 5] =
            [b"<svg xmlns=\"http://www.w3.org/2000/svg\"/>", b"<html>", b"PNG", b"RIFF\0\0\0\0WAVE", b"GIF88a"];
        for bytes in wrong {
            assert_eq!(code(bytes), ErrorCode::UnsupportedFileType);
        }
        let mut large = b"\xFF\xD8\xFF".to_vec();
        large.resize(MAX_LOGO + 1, 0);
        assert_eq!(code(&large), ErrorCode::TooLarge);
        large.truncate(MAX_LOGO);
        assert!(recognise(large).is_ok());
    }

    #[test]
    fn another_picture_has_another_hash() {
        let one = recognise(b"GIF89a1".to_vec()).unwrap().hash;
        assert_eq!(one, recognise(b"GIF89a1".to_vec()).unwrap().hash);
        assert_ne!(one, recognise(b"GIF89a2".to_vec()).unwrap().hash);
    }
}
