//! Help: the pages of the handbook, in the order in which they are read.

use hammock_contract::{
    document::{Document, DocumentQuery},
    locale::Locale,
    page::MAX_LIMIT,
};
use leptos::prelude::*;
use leptos_router::components::A;

use super::{api::list_documents, built_in::handbook, retrieval_fields::language_in_words};
use crate::{
    i18n, t,
    ui::{ButtonLink, EmptyState, Icon, Load, Page, PageBody, PageHeader},
};

/// The page.
#[component]
pub fn HelpPage() -> impl IntoView {
    let wanted = || DocumentQuery { collection: Some(handbook()), limit: Some(MAX_LIMIT), ..DocumentQuery::default() };
    let pages = Resource::new(|| (), move |()| list_documents(wanted()));
    view! {
        <Page>
            <PageHeader title=t!("nav.help") subtitle=t!("help.subtitle")>
                <ButtonLink href="/chat" icon="message-square">{t!("chat.ask")}</ButtonLink>
            </PageHeader>
            <PageBody narrow=true>
                <Load resource=pages let:page>
                    {if page.items.is_empty() {
                        view! { <EmptyState icon="book" title=t!("help.none") text=t!("help.none_text") /> }.into_any()
                    } else {
                        let locale = i18n::locale();
                        let rows = in_reading_order(page.items, locale).into_iter().map(|page| row(page, locale));
                        view! { <ul class="help-pages">{rows.collect_view()}</ul> }.into_any()
                    }}
                </Load>
            </PageBody>
        </Page>
    }
}

/// The pages in the language of the interface first. Their file names begin with their place in the book.
fn in_reading_order(mut pages: Vec<Document>, locale: Locale) -> Vec<Document> {
    pages.sort_by_cached_key(|page| (is_foreign(page.language.as_deref(), locale), page.location.clone()));
    pages
}

/// Whether something is in another language than the interface.
fn is_foreign(language: Option<&str>, locale: Locale) -> bool {
    language.is_some_and(|code| code != locale.tag())
}

fn row(page: Document, locale: Locale) -> impl IntoView {
    let language = page.language.filter(|code| is_foreign(Some(code.as_str()), locale));
    let title = if page.title.is_empty() { page.location } else { page.title };
    let lang = language.clone();
    view! {
        <li>
            <A href=format!("/data/documents/{}", page.id) attr:lang=lang><Icon name="book" />{title}</A>
            {language.map(|code| view! { <span class="small faint">{language_in_words(&code).to_owned()}</span> })}
        </li>
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_is_known_to_be_in_another_language_is_foreign() {
        assert!(!is_foreign(Some("fr"), Locale::Fr));
        assert!(is_foreign(Some("en"), Locale::Fr));
        assert!(!is_foreign(None, Locale::Cs));
    }
}
