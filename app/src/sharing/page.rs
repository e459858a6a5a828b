//! The page of a share link: text alone, without a script, without a way to anything else of the organisation.

use std::sync::Arc;

use hammock_contract::{ApiError, ErrorKind, share::ShareAudience};
use hammock_domain::SharedConversation;
use leptos::{html, prelude::*};
use leptos_meta::{Title, provide_meta_context};

use super::message::MessageText;
use crate::{
    auth::{Languages, choose_locale, instance_name},
    document::{Head, encode, provide_locale, theme},
    i18n, request, t,
    ui::{ButtonKind, ButtonLink, Icon, page::escaped},
};

/// How much of the first question a preview of the link shows. Characters.
const PREVIEW_CHARS: usize = 200;

/// What the server puts into the request for the page: the conversation, or why there is none.
#[derive(Debug, Clone)]
pub struct SharePage(pub Arc<Result<SharedConversation, ApiError>>);

/// The document of the page.
pub fn document() -> impl IntoView {
    choose_locale();
    provide_locale();
    request::keep_to_itself();
    match request::share_page().as_deref() {
        Some(Ok(shared)) => conversation_page(shared).into_any(),
        Some(Err(error)) => view! { <NoPage error=error.clone() /> }.into_any(),
        None => view! { <NoPage error=ApiError::not_found() /> }.into_any(),
    }
}

#[component]
fn Document(
    /// The title of the browser's tab.
    title: String,
    /// What programs show of the link: title and description.
    #[prop(optional)]
    preview: Option<(String, String)>,
    children: Children,
) -> impl IntoView {
    provide_meta_context();
    let version = request::page().map(|page| page.asset_version.to_string()).unwrap_or_default();
    view! {
        <!DOCTYPE html>
        <html lang=i18n::locale().tag() data-theme=theme()>
            <head>
                <Head version />
                <meta name="robots" content="noindex, nofollow, noarchive" />
                {preview.map(preview_tags)}
                <Title text=escaped(&format!("{title} · {}", instance_name())) />
            </head>
            <body>{children()}</body>
        </html>
    }
}

/// The metadata of the link by the Open Graph protocol (ogp.me), and the description for everybody else.
fn preview_tags((title, description): (String, String)) -> impl IntoView {
    let property = |name: &'static str, content: String| html::meta().attr("property", name).content(content);
    view! {
        <meta name="description" content=description.clone() />
        {property("og:type", "article".to_owned())}
        {property("og:site_name", instance_name())}
        {property("og:title", title)}
        {property("og:description", description)}
    }
}

fn conversation_page(shared: &SharedConversation) -> impl IntoView + use<> {
    let SharedConversation {
        title,
        audience,
        includes_later,
        messages,
        earlier,
        later_to,
        question,
        attached,
        can_continue,
        is_signed_in,
    } = shared.clone();
    let description = beginning(&question);
    let audience = match audience {
        ShareAudience::Anyone => t!("share.page_anyone"),
        ShareAudience::Organisation => t!("share.page_organisation"),
    };
    let extent = if includes_later { t!("share.page_later") } else { t!("share.page_snapshot") };
    let (heading, preview) = (title.clone(), (title.clone(), description));
    let texts = messages.into_iter().zip(earlier + 1..).map(move |(message, place)| {
        let own = attached.iter().filter(|(of, _)| *of == message.id);
        let attached: Vec<String> = own.map(|(_, name)| name.clone()).collect();
        view! { <MessageText message attached place /> }
    });
    view! {
        <Document title preview>
            <main class="shared">
                <header>
                    <Brand />
                    <h1>{heading}</h1>
                    <p class="muted">{audience} " " {extent}</p>
                </header>
                {(earlier > 0).then(|| view! { <p><a href=part_to(earlier)>{t!("chat.earlier")}</a></p> })}
                {texts.collect_view()}
                {later_to.map(|last| view! { <p><a href=part_to(last)>{t!("chat.later")}</a></p> })}
                <footer>
                    <GoOn can_continue is_signed_in />
                    <Languages />
                </footer>
            </main>
        </Document>
    }
}

/// The address of the part of the conversation that ends with a message, in the language of this one.
fn part_to(last: u32) -> String {
    let language = request::query("lang").map(|tag| format!("&lang={}", encode(&tag))).unwrap_or_default();
    format!("{}?to={last}{language}", request::path())
}

/// The way to go on with the conversation, for those who can.
#[component]
fn GoOn(can_continue: bool, is_signed_in: bool) -> impl IntoView {
    let path = request::path();
    if can_continue {
        view! {
            <form method="post" action=format!("{path}/copy")>
                <button class="button primary" type="submit"><Icon name="message-square" />{t!("share.continue")}</button>
                <p class="muted small">{t!("share.continue_hint")}</p>
            </form>
        }
        .into_any()
    } else if is_signed_in {
        // Signed in elsewhere, they would be led back to here as they are.
        view! { <p class="muted small">{t!("share.sign_in_hint")}</p> }.into_any()
    } else {
        let sign_in = format!("/sign-in?next={}", encode(&path));
        view! { <p class="muted small">{t!("share.sign_in_hint")} " " <a href=sign_in>{t!("auth.sign_in")}</a></p> }
            .into_any()
    }
}

/// There is nothing to be read here, and why.
#[component]
fn NoPage(error: ApiError) -> impl IntoView {
    let (title, text) = if error.kind == ErrorKind::NotFound {
        (t!("share.missing"), t!("share.missing_text").to_owned())
    } else {
        (t!("state.failed"), i18n::error_text(&error))
    };
    view! {
        <Document title=title.to_owned()>
            <main class="shared">
                <Brand />
                <div class="state">
                    <span class="icon-tile large"><Icon name="search" /></span>
                    <h1>{title}</h1>
                    <p>{text}</p>
                    <div class="form-actions">
                        <ButtonLink href="/" kind=ButtonKind::Primary>{t!("state.home")}</ButtonLink>
                    </div>
                </div>
                <Languages />
            </main>
        </Document>
    }
}

#[component]
fn Brand() -> impl IntoView {
    view! { <a class="brand" href="/"><Icon name="hammock" />{instance_name()}</a> }
}

/// The beginning of a text on one line, up to a word's end.
fn beginning(text: &str) -> String {
    let line = text.split_whitespace().collect::<Vec<_>>().join(" ");
    if line.chars().count() <= PREVIEW_CHARS {
        return line;
    }
    let cut: String = line.chars().take(PREVIEW_CHARS).collect();
    let cut = cut.rsplit_once(' ').map_or(cut.as_str(), |(words, _)| words);
    format!("{cut}…")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_preview_is_one_line_that_ends_with_a_word() {
        assert_eq!(beginning(" When\n does it\topen? "), "When does it open?");
        let long = beginning(&"wordy ".repeat(99));
        assert!(long.ends_with("wordy…") && long.chars().count() <= PREVIEW_CHARS + 1, "{long}");
        assert_eq!(beginning(&"x".repeat(999)).chars().count(), PREVIEW_CHARS + 1);
    }
}
