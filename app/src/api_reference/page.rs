//! The whole page: what holds for all operations, the way to each section, the sections, the types.

use leptos::prelude::*;

use super::{
    NamedType, Section,
    operation::Operations,
    shapes::{Prose, ShapeView},
};
use crate::{
    auth::{Document, Languages, choose_locale, instance_name},
    document::provide_locale,
    request, t,
    ui::Icon,
};

/// Where the document itself is.
const DOCUMENT: &str = "/api/v1/openapi.json";

/// The document of the page.
pub fn document() -> impl IntoView {
    choose_locale();
    provide_locale();
    request::set_content_security_policy();
    let reference = request::api_reference();
    let signed_in = request::page().and_then(|page| page.me).map(|me| me.user.email);
    view! {
        <Document title=t!("api.title") script="api-reference.js" sheet="hammock.reference.css">
            <a class="skip-link" href="#operations">{t!("frame.skip")}</a>
            <div class="reference">
                <Contents sections=reference.sections.clone() />
                <main id="operations" tabindex="-1">
                    <header class="reference-head">
                        <h1>{t!("api.title")}</h1>
                        <Prose text=reference.about.clone() />
                        <p class="row wrap">
                            <a class="button" href=DOCUMENT><Icon name="code" />{t!("api.document")}</a>
                            <span class="muted small">{t!("api.version", version = reference.version.clone())}</span>
                        </p>
                        <Caller signed_in />
                    </header>
                    {reference.sections.iter().cloned().map(|section| view! { <SectionView section /> }).collect_view()}
                    <Types types=reference.types.clone() />
                    <p class="muted" id="nothing-found" role="status" hidden>{t!("api.nothing_found")}</p>
                </main>
            </div>
        </Document>
    }
}

/// The way to the sections, and the filter.
#[component]
fn Contents(sections: Vec<Section>) -> impl IntoView {
    let links = sections.into_iter().map(|section| {
        let count = section.operations.len();
        let href = format!("#section-{}", section.name);
        view! {
            <li>
                <a class="nav-link" href=href>
                    <span lang="en">{section.name}</span>
                    <span class="spacer"></span>
                    <span class="faint small numeric" aria-hidden="true">{count}</span>
                </a>
            </li>
        }
    });
    view! {
        <header class="reference-side">
            <a class="brand" href="/"><Icon name="hammock" />{instance_name()}</a>
            <div class="search-field" data-scripted="" hidden>
                <Icon name="search" />
                <input
                    class="input"
                    type="search"
                    id="filter"
                    aria-label=t!("api.filter")
                    placeholder=t!("api.filter")
                    autocomplete="off"
                />
            </div>
            <nav aria-label=t!("api.sections")>
                <ul class="reference-sections">
                    {links.collect_view()} <li><a class="nav-link" href="#types">{t!("api.types")}</a></li>
                </ul>
            </nav>
            <Languages />
        </header>
    }
}

/// Who the requests of this page are sent as.
#[component]
fn Caller(signed_in: Option<String>) -> impl IntoView {
    let says = match signed_in {
        Some(email) => t!("api.as_you", email = email),
        None => t!("api.signed_out").to_owned(),
    };
    view! {
        <div class="card padded reference-caller" data-scripted="" hidden>
            <p>{says}</p>
            <div class="field">
                <label for="key">{t!("api.key")}</label>
                <input
                    class="input"
                    type="password"
                    id="key"
                    autocomplete="off"
                    spellcheck="false"
                    placeholder="hk_…"
                    aria-describedby="key-hint"
                />
                <p class="hint" id="key-hint">{t!("api.key_hint")}</p>
            </div>
        </div>
    }
}

#[component]
fn SectionView(section: Section) -> impl IntoView {
    let id = format!("section-{}", section.name);
    view! {
        <section class="reference-section" id=id>
            <h2 lang="en">{section.name}</h2>
            {section.note.map(|text| view! { <Prose text /> })}
            <Operations operations=section.operations />
        </section>
    }
}

#[component]
fn Types(types: Vec<NamedType>) -> impl IntoView {
    let shown = types.into_iter().map(|named| {
        let id = format!("type-{}", named.name);
        view! {
            <details class="operation" id=id>
                <summary><h3 class="operation-path" lang="en">{named.name}</h3></summary>
                <div class="operation-body">
                    {named.note.map(|text| view! { <Prose text /> })} <ShapeView shape=named.shape />
                </div>
            </details>
        }
    });
    view! {
        <section class="reference-section" id="types">
            <h2>{t!("api.types")}</h2>
            <p class="muted">{t!("api.types_text")}</p>
            {shown.collect_view()}
        </section>
    }
}
