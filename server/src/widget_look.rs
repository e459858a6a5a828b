//! How a widget's launcher looks, as a script. The loader of the widget asks for it before anybody wants to chat: a script that a
//! page adds to itself costs its browser less than a request that a script makes and reads (docs/decisions/0017-widget.md).
//!
//! It is data and nothing else, put on the element that loads it. Who may have it is decided as for the same in JSON
//! (`/api/v1/public/assistants/{assistant}`): the browser names the page, since the loader asks for it with `crossorigin`. A page that
//! leaves that out names no origin, and its browser does not hand the script over.

use axum::{
    extract::State,
    response::{IntoResponse, Response},
};
use hammock_contract::{AssistantId, interfaces::PublicInterface};
use http::{
    HeaderMap, HeaderName, HeaderValue, StatusCode,
    header::{CACHE_CONTROL, CONTENT_TYPE, ETAG, IF_NONE_MATCH},
};
use sha2::{Digest, Sha256};

use crate::{
    extract::Id,
    failure::Result,
    middleware::{
        cors::{ForThisPage, PageOrigin},
        identify::AskedFrom,
    },
    state::AppState,
};

/// Where it is.
pub const PATH: &str = "/embed/look/{assistant}";
/// What its path begins with, which lies below that of the widget's files.
pub const BEGINNING: &str = "/embed/look/";
/// How much of the hash stands in the tag. Bytes.
const TAG: usize = 12;

/// The script.
///
/// # Errors
/// `not_found` where the assistant is not open to visitors, `origin_not_allowed` for the page.
pub async fn script(
    State(app): State<AppState>,
    PageOrigin(page): PageOrigin,
    AskedFrom(origin): AskedFrom,
    Id(assistant): Id<AssistantId>,
    asked: HeaderMap,
) -> Result<Response> {
    let found = app.hammock.public_interface(&assistant, page.as_deref(), &origin).await?;
    let script = written(&found).map_err(hammock_domain::internal)?;
    let tag: String = Sha256::digest(&script).iter().take(TAG).map(|byte| format!("{byte:02x}")).collect();
    let tag = HeaderValue::from_str(&format!("\"{tag}\"")).map_err(hammock_domain::internal)?;
    let mut response = if is_known(&asked, &tag) {
        StatusCode::NOT_MODIFIED.into_response()
    } else {
        ([(CONTENT_TYPE, HeaderValue::from_static("text/javascript; charset=utf-8"))], script).into_response()
    };
    let headers = response.headers_mut();
    headers.insert(ETAG, tag);
    // What is set counts from the next page on.
    headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-cache"));
    // Browsers heed it where no origin was named: then the page was not looked at.
    headers.insert(HeaderName::from_static("cross-origin-resource-policy"), HeaderValue::from_static("same-origin"));
    response.extensions_mut().insert(ForThisPage);
    Ok(response)
}

/// Whether the browser has it already. What compresses on the way may have made the tag a weak one.
fn is_known(asked: &HeaderMap, tag: &HeaderValue) -> bool {
    let seen = asked.get_all(IF_NONE_MATCH).iter().filter_map(|value| value.to_str().ok());
    seen.flat_map(|tags| tags.split(',')).any(|seen| seen.trim().trim_start_matches("W/").as_bytes() == tag.as_bytes())
}

/// What the launcher needs as values, and what the chat reads as a text: the same as in JSON, without how the launcher looks.
fn written(found: &PublicInterface) -> serde_json::Result<String> {
    let (appearance, title) = (serde_json::to_string(&found.appearance)?, serde_json::to_string(&found.title)?);
    let mut read = serde_json::to_value(found)?;
    if let Some(members) = read.as_object_mut() {
        members.remove("appearance");
    }
    let read = as_text(&read.to_string());
    Ok(format!("document.currentScript.look=[{},{},'{read}']", as_value(&appearance), as_value(&title)))
}

/// JSON as JavaScript. Every sign that could end a script stands within a text, where it may be written by its number; none of its
/// objects has members that somebody else names.
fn as_value(json: &str) -> String {
    replaced(json, |sign| matches!(sign, '<' | '\u{2028}' | '\u{2029}'))
}

/// A text of JavaScript between single quotes.
fn as_text(text: &str) -> String {
    replaced(&text.replace('\\', "\\\\"), |sign| {
        matches!(sign, '\'' | '<' | '\u{2028}' | '\u{2029}') || sign.is_ascii_control()
    })
}

/// A text in which some signs stand by their numbers.
fn replaced(text: &str, is_meant: impl Fn(char) -> bool) -> String {
    let mut out = String::with_capacity(text.len());
    for sign in text.chars() {
        if is_meant(sign) {
            out.push_str(&format!("\\u{:04x}", u32::from(sign)));
        } else {
            out.push(sign);
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What the widget's budget is measured with.
    const INTERFACE: &str = include_str!("../../widget/interface.json");

    fn interface() -> PublicInterface {
        serde_json::from_str(INTERFACE).unwrap()
    }

    #[test]
    fn the_script_holds_what_the_launcher_needs_and_what_the_chat_reads_as_a_text() {
        let script = written(&interface()).unwrap();
        let rest = script.strip_prefix("document.currentScript.look=[{\"accent\":\"#7a1f5c\",").unwrap();
        let (look, text) = rest.split_once(",'").unwrap();
        assert!(look.ends_with("\"scheme\":\"automatic\"},\"Help with hammocks\""), "{look}");
        let text: serde_json::Value = serde_json::from_str(text.strip_suffix("']").unwrap()).unwrap();
        let mut whole: serde_json::Value = serde_json::from_str(INTERFACE).unwrap();
        whole.as_object_mut().unwrap().remove("appearance").unwrap();
        assert_eq!(text, whole);
    }

    #[test]
    fn whatever_somebody_enters_stays_data() {
        let evil = "</script><script>alert(1)</script><!--\u{2028}\u{2029}'\"]\\';alert(2)//\n\r\0`${alert(3)}";
        let mut found = interface();
        for text in [&mut found.title, &mut found.welcome, &mut found.privacy_url, &mut found.appearance.launcher_text]
        {
            *text = evil.to_owned();
        }
        found.suggestions = vec![evil.to_owned()];
        let script = written(&found).unwrap();
        let is_line_end = |sign: char| matches!(sign, '\n' | '\r' | '\u{2028}' | '\u{2029}');
        assert!(!script.contains('<') && !script.contains(is_line_end), "{script}");
        let (value, text) = script.strip_prefix("document.currentScript.look=").unwrap().split_once(",'").unwrap();
        // Two values of JSON, and a text that ends where the script does.
        let value: serde_json::Value = serde_json::from_str(&format!("{value}]")).unwrap();
        assert_eq!((&value[0]["launcher_text"], &value[1]), (&serde_json::json!(evil), &serde_json::json!(evil)));
        let text = text.strip_suffix("']").unwrap();
        assert!(!text.contains('\''), "{text}");
        // Read as a text of JSON, which knows the same numbers of signs, it is what was entered.
        let text: String = serde_json::from_str(&format!("\"{}\"", text.replace('"', "\\\""))).unwrap();
        let mut read: serde_json::Value = serde_json::from_str(&text).unwrap();
        read["appearance"] = value[0].clone();
        assert_eq!(serde_json::from_value::<PublicInterface>(read).unwrap(), found);
    }

    #[test]
    fn a_tag_is_known_in_all_its_forms() {
        let tag = HeaderValue::from_static("\"ab12\"");
        let knows =
            |seen: &'static str| is_known(&HeaderMap::from_iter([(IF_NONE_MATCH, seen.parse().unwrap())]), &tag);
        assert!(knows("\"ab12\"") && knows("W/\"ab12\"") && knows("\"cd34\", W/\"ab12\""));
        assert!(!knows("\"cd34\"") && !knows("ab12") && !is_known(&HeaderMap::new(), &tag));
    }
}
