//! JSON as the server functions speak it.

use leptos::server_fn::{Bytes, ContentType, Decodes, Encodes, Format, FormatType, codec::Post};
use serde::{Serialize, de::DeserializeOwned};

/// JSON in the body, both ways.
pub type Json = Post<TextJson>;

/// JSON that is read from text.
///
/// The framework's own reads from bytes, while what a page hands over to the browser is read from text: then the browser
/// would carry the code that reads each type twice.
pub struct TextJson;

impl ContentType for TextJson {
    const CONTENT_TYPE: &'static str = "application/json";
}

impl FormatType for TextJson {
    const FORMAT_TYPE: Format = Format::Text;
}

impl<T: Serialize> Encodes<T> for TextJson {
    type Error = serde_json::Error;

    fn encode(value: &T) -> Result<Bytes, Self::Error> {
        serde_json::to_string(value).map(Bytes::from)
    }
}

impl<T: DeserializeOwned> Decodes<T> for TextJson {
    type Error = serde_json::Error;

    fn decode(bytes: Bytes) -> Result<T, Self::Error> {
        from_bytes(&bytes)
    }
}

/// Reads JSON that must be UTF-8.
///
/// # Errors
/// When it is not UTF-8, not JSON, or not of this form.
pub fn from_bytes<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, serde_json::Error> {
    let text = std::str::from_utf8(bytes).map_err(serde::de::Error::custom)?;
    serde_json::from_str(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_not_utf_8_is_refused() {
        assert_eq!(from_bytes::<String>("\"ž\"".as_bytes()).unwrap(), "ž");
        assert!(from_bytes::<String>(b"\"\xff\"").is_err());
    }
}
