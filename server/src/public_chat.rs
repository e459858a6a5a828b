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
use futures::future::BoxFuture;
use hammock_contract::{ApiError, AssistantId, locale::Locale};
use http::{
    HeaderMap, HeaderName, HeaderValue,
    header::{CONTENT_SECURITY_POLICY, REFERER, REFERRER_POLICY},
};
use url::{Url, form_urlencoded};

use crate::{auth::pages::with_context, failure::Failure, state::AppState};

/// What the path of every page begins with; the assistant's id comes next.
const BEGINNING: &str = "/public/";
/// The longest colour that is looked at. Bytes.
const LONGEST_COLOUR: usize = 64;
/// The longest origin of a page around that is taken. Bytes.
const LONGEST_ORIGIN: usize = 280;
/// The functions of CSS that make a colour of numbers alone.
const COLOURS: [&str; 9] = ["rgb", "rgba", "hsl", "hsla", "hwb", "lab", "lch", "oklab", "oklch"];

/// The page.
pub async fn page(State(app): State<AppState>, request: Request) -> Response {
    let assistant = request.uri().path().strip_prefix(BEGINNING).unwrap_or_default().parse::<AssistantId>();
    let found = match &assistant {
        Ok(assistant) => app.hammock.public_chat_page(assistant).await,
        Err(_) => Err(ApiError::not_found()),
    };
    match found {
        Ok(found) => {
            let query = request.uri().query().unwrap_or_default();
            let in_frame = query.split('&').any(|pair| pair == "frame=1");
            let ancestors = if in_frame { found.frame_ancestors.as_str() } else { "'none'" };
            let around = || framed_by(query, request.headers());
            let look = if in_frame { Look::asked_for(query).inside(around()) } else { Look::default() };
            let context = request.extensions().get::<RequestContext>();
            let locale = look.locale.unwrap_or(context.map(|context| context.origin.locale).unwrap_or_default());
            let interface = found.interface;
            let html = document(interface.assistant.as_str(), &interface.title, locale, &look.attributes);
            (headers(ancestors), Html(html)).into_response()
        }
        Err(error) => missing(&app, request, error).await,
    }
}

/// The page for whom that of the chat, or a file of it, took too long.
pub fn late(app: AppState, request: Request, error: ApiError) -> BoxFuture<'static, Response> {
    Box::pin(async move { missing(&app, request, error).await })
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

/// What the page around a frame says of the chat in it. It is in the address, which anybody can write: only a value that is of
/// its kind and nothing else is taken.
#[derive(Debug, Default, PartialEq, Eq)]
struct Look {
    /// The language of the chat, else that of the page around.
    locale: Option<Locale>,
    /// Attributes of the element, as HTML with a space before each.
    attributes: String,
}

impl Look {
    fn asked_for(query: &str) -> Self {
        let mut look = Self::default();
        let mut around = None;
        for (name, value) in form_urlencoded::parse(query.as_bytes()) {
            let locale = Locale::from_tag(&value);
            let taken = match name.as_ref() {
                "page" => {
                    around = locale;
                    None
                }
                "lang" => {
                    look.locale = locale;
                    locale.map(Locale::tag)
                }
                "scheme" => Some(value.as_ref()).filter(|scheme| matches!(*scheme, "light" | "dark")),
                "accent" | "on-accent" => Some(value.as_ref()).filter(|colour| is_colour(colour)),
                _ => None,
            };
            if let Some(value) = taken {
                look.attributes.extend([" ", name.as_ref(), "=\"", escaped(value).as_str(), "\""]);
            }
        }
        look.locale = look.locale.or(around);
        look
    }

    /// Tells the chat which page is around it. The chat tells us again when a visitor writes, unless it finds itself in no frame.
    fn inside(mut self, around: Option<String>) -> Self {
        let around = around.map_or_else(|| "null".to_owned(), |origin| escaped(&origin));
        self.attributes = format!(" framed-by=\"{around}\"{}", self.attributes);
        self
    }
}

/// The origin of the page around a frame: as our script there has written it into the address, else as the browser says whence the
/// frame was asked for. `None` where neither tells. Both can be made up; who looks after the assistant reads it, and nothing hangs
/// on it.
fn framed_by(query: &str, headers: &HeaderMap) -> Option<String> {
    let written = form_urlencoded::parse(query.as_bytes()).find(|(name, _)| name == "origin");
    let said = || headers.get(REFERER)?.to_str().ok().and_then(origin_of);
    written.and_then(|(_, origin)| origin_of(&origin)).or_else(said)
}

/// The origin of an address of the web, as browsers write it.
fn origin_of(address: &str) -> Option<String> {
    let url = Url::parse(address).ok().filter(|url| matches!(url.scheme(), "http" | "https"))?;
    Some(url.origin().ascii_serialization()).filter(|origin| origin.len() <= LONGEST_ORIGIN)
}

/// Whether a text is a colour of CSS: a name, hexadecimal digits, or numbers in a function. Nothing of it is fetched.
fn is_colour(text: &str) -> bool {
    if text.is_empty() || text.len() > LONGEST_COLOUR {
        return false;
    }
    if let Some(digits) = text.strip_prefix('#') {
        return matches!(digits.len(), 3 | 4 | 6 | 8) && digits.bytes().all(|byte| byte.is_ascii_hexdigit());
    }
    let Some((function, rest)) = text.split_once('(') else {
        return text.bytes().all(|byte| byte.is_ascii_alphabetic());
    };
    let is_number = |byte: u8| byte.is_ascii_alphanumeric() || b" .,%/+-".contains(&byte);
    COLOURS.contains(&function.to_ascii_lowercase().as_str())
        && rest.strip_suffix(')').is_some_and(|numbers| numbers.bytes().all(is_number))
}

fn document(assistant: &str, title: &str, locale: Locale, attributes: &str) -> String {
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
         <hammock-chat mode=\"page\" assistant=\"{assistant}\"{attributes}></hammock-chat>\
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
        let html = document("asst_1", "A </title><script>alert(1)</script> & \"b\"", Locale::Fr, "");
        assert!(
            html.contains("<title>A &lt;/title&gt;&lt;script&gt;alert(1)&lt;/script&gt; &amp; &quot;b&quot;</title>")
        );
        assert_eq!(html.matches("<script").count(), 1);
        assert!(html.contains("lang=\"fr\"") && html.contains("assistant=\"asst_1\""));
    }

    #[test]
    fn a_frame_looks_as_the_page_around_says() {
        let query = "frame=1&page=fr-CA&lang=cs-CZ&scheme=dark&accent=%23a1B2c3&on-accent=white";
        let look = Look::asked_for(query);
        assert_eq!(look.attributes, " lang=\"cs\" scheme=\"dark\" accent=\"#a1B2c3\" on-accent=\"white\"");
        assert_eq!(look.locale, Some(Locale::Cs));
        // The language of the page around is that of the document: it comes after the one that is set in Hammock.
        let look = Look::asked_for("frame=1&page=fr&lang=&scheme=&accent=&on-accent=");
        assert_eq!(look, Look { locale: Some(Locale::Fr), attributes: String::new() });
        let html = document("asst_1", "A", Locale::Cs, &Look::asked_for(query).attributes);
        assert!(html.contains("assistant=\"asst_1\" lang=\"cs\" scheme=\"dark\""), "{html}");
        for colour in ["#fff", "#FFFF", "#12345678", "rebeccapurple", "rgb(1, 2 3 / 50%)", "OKLCH(.7 0.1 120deg)"] {
            assert!(is_colour(colour), "{colour}");
        }
    }

    #[test]
    fn nothing_but_values_of_their_kind_is_taken_from_an_address() {
        for query in [
            "frame=1&lang=de&scheme=automatic&accent=",
            "frame=1&lang=%22%20onload=alert(1)&scheme=dark%22&identity=x&assistant=asst_2&mode=floating&open=",
            "frame=1&accent=url(https://evil.example)&on-accent=red;background:url(//x)",
            "frame=1&accent=%23fff%22%3E%3Cscript%3E&on-accent=rgb(var(--x))&page=%3Cscript%3E",
            "frame=1&accent=image(red)&on-accent=rgb(1,2,3",
        ] {
            assert_eq!(Look::asked_for(query), Look::default(), "{query}");
        }
        assert!(!is_colour(&"a".repeat(65)) && !is_colour("#12345") && !is_colour("rgb(1,2,3)) x"));
    }

    #[test]
    fn a_frame_knows_the_page_around_by_its_address_or_by_the_browser() {
        let around = |query: &str, referrer: Option<&'static str>| {
            let headers: HeaderMap =
                referrer.map(|from| (REFERER, HeaderValue::from_static(from))).into_iter().collect();
            framed_by(query, &headers)
        };
        let (shop, other) = (Some("https://shop.example"), Some("https://other.example/page?a=b"));
        assert_eq!(around("frame=1&origin=https://shop.example&page=fr", other).as_deref(), shop);
        assert_eq!(around("frame=1&origin=https%3A%2F%2FShop.example%2Fa", None).as_deref(), shop);
        assert_eq!(around("frame=1", other).as_deref(), Some("https://other.example"));
        for nothing in
            ["origin=null", "origin=", "origin=file:///a", "origin=javascript:alert(1)", "origin=shop.example"]
        {
            assert_eq!(around(nothing, None), None, "{nothing}");
            assert_eq!(around(nothing, shop).as_deref(), shop, "{nothing}");
        }
        let long = format!("origin=https://{}.example", "x".repeat(LONGEST_ORIGIN));
        assert_eq!(around(&long, None), None);
        assert_eq!(around("", Some("about:blank")), None);
    }

    #[test]
    fn the_page_around_is_named_as_a_text_and_none_is_named_null() {
        let look = Look::asked_for("frame=1&scheme=dark").inside(Some("https://a\"b.example".to_owned()));
        assert_eq!(look.attributes, " framed-by=\"https://a&quot;b.example\" scheme=\"dark\"");
        assert_eq!(Look::default().inside(None).attributes, " framed-by=\"null\"");
        // Nobody writes it as it comes.
        assert_eq!(Look::asked_for("frame=1&framed-by=https://evil.example"), Look::default());
    }

    #[test]
    fn only_who_is_allowed_shows_the_page_in_a_frame() {
        let [(_, policy), ..] = headers("'self' https://shop.example");
        assert!(policy.to_str().unwrap().ends_with("frame-ancestors 'self' https://shop.example"));
        let [(_, broken), ..] = headers("https://a\nb");
        assert_eq!(broken, "default-src 'none'; frame-ancestors 'none'");
    }
}
