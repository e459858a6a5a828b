//! All documents of a source.

use hammock_contract::{ApiError, SourceId, source::SourceFigures};
use leptos::prelude::*;

use super::{Shown, figures::Figures};
use crate::{
    FnError,
    evaluation::api::read_source_figures,
    knowledge::{
        api::list_documents,
        documents_table::{DocumentFilters, DocumentsTable},
        upload_area::UploadArea,
    },
    ui::{Load, Pager},
};

async fn find(source: Option<SourceId>) -> Result<SourceFigures, FnError> {
    match source {
        Some(source) => read_source_figures(source).await,
        None => Err(FnError(ApiError::not_found())),
    }
}

/// The documents, with filters that the address holds.
#[component]
pub fn PagesTab(
    /// The source.
    shown: Shown,
) -> impl IntoView {
    let Shown { live, can_write, .. } = shown;
    let wanted = live.wanted;
    let id = shown.id();
    let figures = Resource::new(move || id.clone(), find);
    let documents = Resource::new(move || wanted.get(), list_documents);
    let takes_files = can_write && !shown.is_website();
    view! {
        <Load resource=figures lines=2 let:figures>
            {
                let languages = figures.languages.clone();
                view! {
                    <Figures shown figures />
                    {takes_files.then(|| view! { <UploadArea live /> })}
                    <DocumentFilters live of_one_source=true languages />
                }
            }
        </Load>
        <Load resource=documents let:page>
            {
                live.documents.set(page.items);
                view! {
                    <DocumentsTable live can_write />
                    <Pager next=page.next_page_token />
                }
            }
        </Load>
    }
}
