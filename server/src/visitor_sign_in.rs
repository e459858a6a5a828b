//! The window in which a visitor signs in: the way to the provider, and the page that ends it. It is of our own origin and brings
//! nothing of the application; what it has to say goes to the page that opened it, and to no other.

use std::collections::BTreeMap;

use app::request::{RequestContext, cookie_of};
use axum::{
    Form,
    extract::{FromRequest as _, Path, Query, Request, State},
    response::{Html, IntoResponse, Response},
};
use futures::future::BoxFuture;
use hammock_contract::{ApiError, AssistantId, ErrorCode, locale::Locale};
use hammock_domain::{AskingPage, Origin, SignInAnswer, SignInOutcome};
use http::{
    Extensions, HeaderMap, HeaderName, HeaderValue, StatusCode,
    header::{CONTENT_SECURITY_POLICY, LOCATION, REFERRER_POLICY, SET_COOKIE},
};
use url::Url;

use crate::{
    middleware::{client::ClientInfo, cross_site},
    state::AppState,
};

/// Where providers send browsers back to: by a link, or by a form that they post.
pub const DONE: &str = "/public/sign-in/done";
/// What binds a sign-in to its browser, and others in other windows.
const COOKIE: &str = "hammock_sign_in";
/// The longest origin that is looked at. A name has 253 characters at most.
const LONGEST_ORIGIN: usize = 300;

type Fields = BTreeMap<String, String>;

/// The way to the provider.
pub async fn begin(
    State(app): State<AppState>,
    Path((assistant, provider)): Path<(String, String)>,
    Query(fields): Query<Fields>,
    request: Request,
) -> Response {
    let (origin, client) = asked_from(request.extensions());
    let earlier = cookie_of(request.headers(), COOKIE);
    let chosen = fields.get("lang").and_then(|tag| Locale::from_tag(tag));
    let origin = Origin { locale: chosen.unwrap_or(origin.locale), ..origin };
    let own = app.hammock.settings().public_url.clone();
    let is_https = client.as_ref().is_some_and(|client| client.https);
    let begun = match (assistant.parse::<AssistantId>(), asking_page(fields.get("origin"), client.as_ref(), &own)) {
        (Ok(assistant), Some(page)) => {
            let begun = app.hammock.begin_visitor_sign_in(&assistant, &provider, &page, &origin).await;
            begun.map_err(|error| (is_for_the_page(&error).then_some(page.origin), error))
        }
        (Err(_), _) => Err((None, ApiError::not_found())),
        (_, None) => Err((None, ApiError::new(ErrorCode::OriginNotAllowed, "the page has no origin"))),
    };
    match begun {
        Ok(window) => {
            let Ok(address) = HeaderValue::from_str(&window.address) else {
                return shown(Some(ApiError::new(ErrorCode::SignInFailed, "no address")), None, None, origin.locale);
            };
            let cookie = cookie(&window.beside(earlier.as_deref()), 600, is_https);
            let mut response = (StatusCode::SEE_OTHER, [(LOCATION, address)]).into_response();
            add_headers(response.headers_mut(), cookie);
            response
        }
        Err((page, error)) => shown(Some(error), None, page, origin.locale),
    }
}

/// Whether the page that asks is told: it is none of the assistant's otherwise.
fn is_for_the_page(error: &ApiError) -> bool {
    !matches!(error.code, ErrorCode::OriginNotAllowed | ErrorCode::NotFound)
}

/// The page that opened the window, by what it says; `None` when that is no origin.
fn asking_page(given: Option<&String>, client: Option<&ClientInfo>, own: &str) -> Option<AskingPage> {
    let origin = given.filter(|given| given.len() <= LONGEST_ORIGIN)?;
    let url = Url::parse(origin).ok()?;
    let is_origin = matches!(url.scheme(), "http" | "https") && url.origin().ascii_serialization() == *origin;
    let known_as = if cross_site::is_own(origin, client, own) { own } else { origin.as_str() };
    is_origin.then(|| AskingPage { origin: origin.clone(), known_as: known_as.to_owned() })
}

/// The way back, by a link.
pub async fn done(State(app): State<AppState>, Query(fields): Query<Fields>, request: Request) -> Response {
    end(&app, fields, request.headers(), request.extensions()).await
}

/// The way back, by a form. It comes from the provider's site: what the browser was sent there with and its cookie say that it was begun here.
pub async fn done_by_form(State(app): State<AppState>, request: Request) -> Response {
    let (parts, body) = request.into_parts();
    let form = Form::<Fields>::from_request(Request::from_parts(parts.clone(), body), &()).await;
    let fields = form.map(|Form(fields)| fields).unwrap_or_default();
    end(&app, fields, &parts.headers, &parts.extensions).await
}

async fn end(app: &AppState, mut fields: Fields, headers: &HeaderMap, extensions: &Extensions) -> Response {
    let (origin, client) = asked_from(extensions);
    let answer = SignInAnswer {
        state: fields.remove("state").unwrap_or_default(),
        code: fields.remove("code"),
        id_token: fields.remove("id_token"),
        error: fields.remove("error"),
        issuer: fields.remove("iss"),
    };
    let browser = cookie_of(headers, COOKIE);
    let outcome = app.hammock.finish_visitor_sign_in(answer, browser.as_deref(), &origin).await;
    let SignInOutcome { page, locale, ticket, browser: others } = outcome;
    let locale = locale.unwrap_or(origin.locale);
    let is_of_this_browser = page.is_some();
    let mut response = match ticket {
        Ok(ticket) => shown(None, Some(&ticket), page, locale),
        Err(error) => {
            tracing::info!(code = error.code.as_str(), reason = %error, "a visitor was not signed in");
            shown(Some(error), None, page, locale)
        }
    };
    // What another browser began, or nobody, ends nothing here.
    if is_of_this_browser {
        let is_https = client.is_some_and(|client| client.https);
        add_headers(response.headers_mut(), cookie(&others, if others.is_empty() { 0 } else { 600 }, is_https));
    }
    response
}

/// The page of a sign-in that was not answered.
pub fn failed(_: AppState, request: Request, error: ApiError) -> BoxFuture<'static, Response> {
    let (origin, _) = asked_from(request.extensions());
    Box::pin(std::future::ready(shown(Some(error), None, None, origin.locale)))
}

fn asked_from(extensions: &Extensions) -> (Origin, Option<ClientInfo>) {
    let origin = extensions.get::<RequestContext>().map(|context| context.origin.clone()).unwrap_or_default();
    (origin, extensions.get::<ClientInfo>().cloned())
}

/// For the paths of the sign-in alone, and for no script. The provider's form comes from another site, so that it has to be told
/// that the cookie goes along; browsers believe that over https alone, and without it send it for two minutes all the same.
fn cookie(value: &str, seconds: u32, is_https: bool) -> Option<HeaderValue> {
    let cross_site = if is_https { "; SameSite=None; Secure" } else { "" };
    let cookie = format!("{COOKIE}={value}; Path=/public/sign-in; Max-Age={seconds}; HttpOnly{cross_site}");
    HeaderValue::from_str(&cookie).ok()
}

fn add_headers(headers: &mut HeaderMap, cookie: Option<HeaderValue>) {
    // Else the window would lose the page that opened it.
    headers.insert(HeaderName::from_static("cross-origin-opener-policy"), HeaderValue::from_static("unsafe-none"));
    headers.insert(REFERRER_POLICY, HeaderValue::from_static("no-referrer"));
    headers.insert(HeaderName::from_static("x-robots-tag"), HeaderValue::from_static("noindex, nofollow, noarchive"));
    if let Some(cookie) = cookie {
        headers.append(SET_COOKIE, cookie);
    }
}

/// The page that ends a sign-in, well or not.
fn shown(error: Option<ApiError>, ticket: Option<&str>, page: Option<String>, locale: Locale) -> Response {
    let nonce = uuid::Uuid::new_v4().simple().to_string();
    let status = error.as_ref().map_or(200, |error| error.kind.status());
    let status = StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let html = document(error.as_ref().map(|error| error.code), ticket, page.as_deref(), locale, &nonce);
    let mut response = (status, Html(html)).into_response();
    let policy = format!(
        "default-src 'none'; script-src 'nonce-{nonce}'; style-src 'nonce-{nonce}'; img-src 'self'; base-uri 'none'; \
         form-action 'none'; frame-ancestors 'none'"
    );
    let policy = HeaderValue::from_str(&policy).unwrap_or(HeaderValue::from_static("default-src 'none'"));
    response.headers_mut().insert(CONTENT_SECURITY_POLICY, policy);
    add_headers(response.headers_mut(), None);
    response
}

/// What is said to the person: the title, what happened, and what to do where the page cannot be told.
struct Words {
    title: &'static str,
    text: &'static str,
    lost: &'static str,
}

fn words(code: Option<ErrorCode>, locale: Locale) -> Words {
    let (title, lost) = match (code.is_none(), locale) {
        (true, Locale::En) => (
            "You are signed in",
            "The page that you came from cannot be reached any more. Close this window, load the page anew and sign in there again.",
        ),
        (true, Locale::Fr) => (
            "Vous êtes connecté",
            "La page d’où vous venez n’est plus joignable. Fermez cette fenêtre, rechargez la page et connectez-vous à nouveau.",
        ),
        (true, Locale::Cs) => (
            "Jste přihlášeni",
            "Stránku, ze které přicházíte, už nelze oslovit. Zavřete toto okno, načtěte stránku znovu a přihlaste se znovu.",
        ),
        (false, Locale::En) => ("You are not signed in", ""),
        (false, Locale::Fr) => ("Vous n’êtes pas connecté", ""),
        (false, Locale::Cs) => ("Nejste přihlášeni", ""),
    };
    let text = match (code, locale) {
        (None, Locale::En) => "This window closes by itself.",
        (None, Locale::Fr) => "Cette fenêtre se ferme d’elle-même.",
        (None, Locale::Cs) => "Toto okno se samo zavře.",
        (Some(ErrorCode::TooManyAttempts), Locale::En) => {
            "There were too many attempts. Close this window, wait a quarter of an hour and try again."
        }
        (Some(ErrorCode::TooManyAttempts), Locale::Fr) => {
            "Il y a eu trop de tentatives. Fermez cette fenêtre, attendez un quart d’heure et réessayez."
        }
        (Some(ErrorCode::TooManyAttempts), Locale::Cs) => {
            "Pokusů bylo příliš mnoho. Zavřete toto okno, počkejte čtvrt hodiny a zkuste to znovu."
        }
        (Some(ErrorCode::NotFound | ErrorCode::OriginNotAllowed), Locale::En) => {
            "This sign-in is not available here. Close this window and tell whoever runs the website."
        }
        (Some(ErrorCode::NotFound | ErrorCode::OriginNotAllowed), Locale::Fr) => {
            "Cette connexion n’est pas disponible ici. Fermez cette fenêtre et prévenez l’exploitant du site."
        }
        (Some(ErrorCode::NotFound | ErrorCode::OriginNotAllowed), Locale::Cs) => {
            "Toto přihlášení zde není k dispozici. Zavřete toto okno a dejte vědět provozovateli webu."
        }
        (Some(_), Locale::En) => {
            "The sign-in did not succeed, was declined or took too long. Close this window and try again. If it stays, tell whoever runs the website."
        }
        (Some(_), Locale::Fr) => {
            "La connexion n’a pas abouti, a été refusée ou a pris trop de temps. Fermez cette fenêtre et réessayez. Si cela persiste, prévenez l’exploitant du site."
        }
        (Some(_), Locale::Cs) => {
            "Přihlášení se nepodařilo, bylo odmítnuto nebo trvalo příliš dlouho. Zavřete toto okno a zkuste to znovu. Pokud to přetrvá, dejte vědět provozovateli webu."
        }
    };
    Words { title, text, lost }
}

fn document(code: Option<ErrorCode>, ticket: Option<&str>, page: Option<&str>, locale: Locale, nonce: &str) -> String {
    let (language, Words { title, text, lost }) = (locale.tag(), words(code, locale));
    let said = match (code, ticket) {
        (None, Some(ticket)) => serde_json::json!({ "type": "hammock-signed-in", "ticket": ticket }),
        (code, _) => {
            let code = code.unwrap_or(ErrorCode::SignInFailed);
            serde_json::json!({ "type": "hammock-sign-in-failed", "code": code.as_str() })
        }
    };
    let (said, page) = (in_script(&said), in_script(&serde_json::json!(page)));
    let is_done = code.is_none();
    format!(
        "<!DOCTYPE html><html lang=\"{language}\"><head><meta charset=\"utf-8\">\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\
         <meta name=\"color-scheme\" content=\"light dark\"><meta name=\"robots\" content=\"noindex\">\
         <title>{title}</title><link rel=\"icon\" href=\"/favicon.svg\" type=\"image/svg+xml\">\
         <style nonce=\"{nonce}\">body{{font:1rem/1.5 system-ui,sans-serif;max-width:40ch;margin:15vh auto;padding:1rem}}</style>\
         </head><body><main><h1>{title}</h1><p id=\"text\" role=\"status\">{text}</p></main>\
         <script nonce=\"{nonce}\">{{const page={page},done={is_done};\
         if(opener&&page){{opener.postMessage({said},page);if(done)close()}}\
         else if(done)document.getElementById(\"text\").textContent={lost}}}</script></body></html>",
        lost = in_script(&serde_json::json!(lost)),
    )
}

/// A value in a script: nothing of it ends the script.
fn in_script(value: &serde_json::Value) -> String {
    value.to_string().replace('<', "\\u003c").replace('\u{2028}', "\\u2028").replace('\u{2029}', "\\u2029")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_is_its_whole_origin() {
        let own = "https://hammock.example";
        let client = ClientInfo { address: None, https: true, host: Some("10.0.0.1:3000".into()) };
        let page = |origin: &str| asking_page(Some(&origin.to_owned()), Some(&client), own).map(|page| page.known_as);
        assert_eq!(page("https://shop.example").as_deref(), Some("https://shop.example"));
        assert_eq!(page(own).as_deref(), Some(own));
        assert_eq!(page("http://10.0.0.1:3000").as_deref(), Some(own));
        let long = format!("https://{}.example", "x".repeat(300));
        for origin in
            ["", "null", "https://shop.example/", "https://Shop.example", "javascript:alert(1)", long.as_str()]
        {
            assert_eq!(page(origin), None, "{origin}");
        }
        assert_eq!(asking_page(None, Some(&client), own), None);
    }

    #[test]
    fn what_is_said_is_said_to_one_page() {
        let html = document(None, Some("a</script>b"), Some("https://shop.example"), Locale::Fr, "n");
        assert!(html.contains("\"ticket\":\"a\\u003c/script>b\"") && html.contains("},page)"), "{html}");
        assert!(html.contains("\"type\":\"hammock-signed-in\""), "{html}");
        assert!(
            html.contains("const page=\"https://shop.example\",done=true;") && html.contains("lang=\"fr\""),
            "{html}"
        );
        let failed = document(Some(ErrorCode::SignInFailed), None, None, Locale::En, "n");
        assert!(
            failed.contains("const page=null,done=false;") && failed.contains("\"code\":\"sign_in_failed\""),
            "{failed}"
        );
    }

    #[test]
    fn the_cookie_goes_to_the_sign_in_alone() {
        let cookie = cookie("v", 600, true).unwrap();
        let text = "hammock_sign_in=v; Path=/public/sign-in; Max-Age=600; HttpOnly; SameSite=None; Secure";
        assert_eq!(cookie, text);
    }
}
