//! The addresses of an assistant's interfaces, and the snippets that bring them onto customers' pages.

use hammock_contract::AssistantId;

/// The path of the widget's script.
pub(super) const SCRIPT: &str = "/embed.js";
/// What the path of the public chat begins with; the assistant comes next.
pub(super) const CHAT: &str = "/public/";

/// The address of the public chat's page.
pub(super) fn chat_url(own_origin: &str, assistant: &AssistantId) -> String {
    format!("{own_origin}{CHAT}{assistant}")
}

/// The path of a logo. It names the picture's bytes, so that browsers may keep it for ever.
pub(super) fn logo_path(assistant: &AssistantId, hash: &str) -> String {
    format!("/api/v1/public/assistants/{assistant}/logo?v={hash}")
}

/// The snippet with the widget.
pub(super) fn snippet(own_origin: &str, assistant: &AssistantId) -> String {
    format!(
        "<script async src=\"{own_origin}{SCRIPT}\"></script>\n<hammock-chat assistant=\"{assistant}\"></hammock-chat>"
    )
}

/// The snippet with the widget on a page that says who its visitor is. The page's server puts the identity in.
pub(super) fn identity_snippet(own_origin: &str, assistant: &AssistantId) -> String {
    format!(
        "<script async src=\"{own_origin}{SCRIPT}\"></script>\n\
         <hammock-chat assistant=\"{assistant}\" identity=\"SIGNED_IDENTITY\"></hammock-chat>"
    )
}

/// The path of the sign-in window for a provider of visitors.
pub(super) fn sign_in_path(assistant: &AssistantId, provider: &str) -> String {
    format!("{CHAT}sign-in/{assistant}/{provider}")
}

/// The address that providers send visitors back to.
pub(crate) fn sign_in_redirect(own_origin: &str) -> String {
    format!("{own_origin}{CHAT}sign-in/done")
}

/// The snippet with a plain frame.
pub(super) fn frame_snippet(own_origin: &str, assistant: &AssistantId, title: &str) -> String {
    let (chat, title) = (chat_url(own_origin, assistant), escaped(title));
    format!(
        "<iframe src=\"{chat}?frame=1\" title=\"{title}\" style=\"border:0;width:100%;height:600px\" loading=\"lazy\"></iframe>"
    )
}

/// A text as the value of an attribute.
fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            other => out.push(other),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn snippets_are_ready_to_be_copied() {
        let (own, assistant) = ("https://hammock.example", AssistantId::fixed("helper"));
        assert_eq!(
            snippet(own, &assistant),
            "<script async src=\"https://hammock.example/embed.js\"></script>\n\
             <hammock-chat assistant=\"asst_helper\"></hammock-chat>"
        );
        assert_eq!(
            frame_snippet(own, &assistant, "\"Tom\" & <b>Jerry</b>"),
            "<iframe src=\"https://hammock.example/public/asst_helper?frame=1\" \
             title=\"&quot;Tom&quot; &amp; &lt;b&gt;Jerry&lt;/b&gt;\" \
             style=\"border:0;width:100%;height:600px\" loading=\"lazy\"></iframe>"
        );
    }
}
