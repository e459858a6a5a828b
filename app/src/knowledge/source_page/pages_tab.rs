//! All documents of a source.

use leptos::prelude::*;

use super::{Documents, Figures, Shown, counts::Counts};
use crate::{
    knowledge::{
        documents_table::{DocumentFilters, DocumentsTable},
        upload_area::UploadArea,
    },
    ui::{Load, Pager},
};

/// The documents, with filters that the address holds.
#[component]
pub fn PagesTab(
    /// The source.
    shown: Shown,
    /// The documents that the address asks for.
    documents: Documents,
    /// What is known beyond the source's numbers.
    figures: Figures,
) -> impl IntoView {
    let Shown { live, can_write, .. } = shown;
    let takes_files = can_write && !shown.is_website();
    view! {
        <Load resource=figures lines=2 let:figures>
            {
                let languages = figures.languages.clone();
                view! {
                    <Counts shown figures />
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
