//! The page of an assistant's public chat. Anybody may open it: it holds the widget and nothing of the application. In a frame of
//! another site it is the same page, which the sites alone may show that the assistant allows.

use std::sync::Arc;

use app::{
    request::{FormState, RequestContext, render_shared},
    sharing::page::SharePage,
};
use axum::{
    extract::{Request, State},
    response::{Html, IntoResponse, Response},
};
use hammock_contract::{ApiError, AssistantId, locale::Locale};
use http::{
    HeaderName, HeaderValue,
    header::{CONTENT_SECURITY_POLICY, REFERRER_POLICY},
};

use crate::{auth::pages::with_context, failure::Failure, state::AppState};

/// What the path of every page begins with; the assistant's id comes next.
const BEGINNING: &str = "/public/";

/// The page.
pub async fn page(State(app): State<AppState>, request: Request) -> Response {
    let assistant = request.uri().path().strip_prefix(BEGINNING).unwrap_or_default().parse::<AssistantId>();
    let found = match &assistant {
        Ok(assistant) => app.hammock.public_chat_page(assistant).await,
        Err(_) => Err(ApiError::not_found()),
    };
    match found {
        Ok(found) => {
            let in_frame = request.uri().query().is_some_and(|query| query.split('&').any(|pair| pair == "frame=1"));
            let ancestors = if in_frame { found.frame_ancestors.as_str() } else { "'none'" };
            let context = request.extensions().get::<RequestContext>();
            let locale = context.map(|context| context.origin.locale).unwrap_or_default();
            let interface = found.interface;
            let html = document(interface.assistant.as_str(), &interface.title, locale);
            (headers(ancestors), Html(html)).into_response()
        }
        Err(error) => missing(&app, request, error).await,
    }
}

/// The page for who comes to a chat that is switched off, or was never there.
pub(crate) async fn missing(app: &AppState, request: Request, error: ApiError) -> Response {
    let status = Failure::from(error.clone()).into_response().status();
    match with_context(app, request, FormState::default()).await {
        Ok(mut request) => {
            request.extensions_mut().insert(SharePage(Arc::new(Err(error))));
            let mut response = render_shared(request).await;
            *response.status_mut() = status;
            response
        }
        Err(failure) => failure.into_response(),
    }
}

/// What the page may do, who may show it in a frame, and that it is reached by its address alone. Browsers that know
/// `frame-ancestors` pay no heed to `X-Frame-Options`, which stays for those that do not.
fn headers(ancestors: &str) -> [(HeaderName, HeaderValue); 4] {
    let policy = format!(
        "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; connect-src 'self'; img-src 'self'; style-src 'self'; \
         base-uri 'none'; form-action 'none'; frame-ancestors {ancestors}"
    );
    // Origins have ASCII alone; what else there were would let nobody show the page.
    let policy = HeaderValue::from_str(&policy)
        .unwrap_or(HeaderValue::from_static("default-src 'none'; frame-ancestors 'none'"));
    let unlisted = HeaderValue::from_static("noindex, nofollow, noarchive");
    [
        (CONTENT_SECURITY_POLICY, policy),
        (REFERRER_POLICY, HeaderValue::from_static("same-origin")),
        (HeaderName::from_static("x-robots-tag"), unlisted),
        // The window in which a visitor signs in goes to other sites, and comes back.
        (HeaderName::from_static("cross-origin-opener-policy"), HeaderValue::from_static("same-origin-allow-popups")),
    ]
}

fn document(assistant: &str, title: &str, locale: Locale) -> String {
    let (title, language) = (escaped(title), locale.tag());
    let needs_scripts = match locale {
        Locale::En => "This chat needs JavaScript.",
        Locale::Fr => "Cette discussion a besoin de JavaScript.",
        Locale::Cs => "Tento chat potřebuje JavaScript.",
    };
    format!(
        "<!DOCTYPE html><html lang=\"{language}\"><head><meta charset=\"utf-8\">\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\
         <meta name=\"color-scheme\" content=\"light dark\">\
         <meta name=\"robots\" content=\"noindex, nofollow, noarchive\">\
         <title>{title}</title><link rel=\"icon\" href=\"/favicon.svg\" type=\"image/svg+xml\">\
         <script async src=\"/embed.js\"></script></head><body><main>\
         <hammock-chat mode=\"page\" assistant=\"{assistant}\"></hammock-chat>\
         <noscript><p>{needs_scripts}</p></noscript></main></body></html>"
    )
}

/// A text as HTML.
fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_title_is_a_text() {
        let html = document("asst_1", "A </title><script>alert(1)</script> & \"b\"", Locale::Fr);
        assert!(
            html.contains("<title>A &lt;/title&gt;&lt;script&gt;alert(1)&lt;/script&gt; &amp; &quot;b&quot;</title>")
        );
        assert_eq!(html.matches("<script").count(), 1);
        assert!(html.contains("lang=\"fr\"") && html.contains("assistant=\"asst_1\""));
    }

    #[test]
    fn only_who_is_allowed_shows_the_page_in_a_frame() {
        let [(_, policy), ..] = headers("'self' https://shop.example");
        assert!(policy.to_str().unwrap().ends_with("frame-ancestors 'self' https://shop.example"));
        let [(_, broken), ..] = headers("https://a\nb");
        assert_eq!(broken, "default-src 'none'; frame-ancestors 'none'");
    }
}
