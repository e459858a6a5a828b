//! All documents of a source.

use leptos::prelude::*;

use super::Shown;
use crate::{
    knowledge::{
        api::list_documents,
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
) -> impl IntoView {
    let Shown { live, can_write, .. } = shown;
    let wanted = live.wanted;
    let documents = Resource::new(move || wanted.get(), list_documents);
    let takes_files = can_write && !shown.is_website();
    view! {
        {takes_files.then(|| view! { <UploadArea live /> })}
        <DocumentFilters live of_one_source=true />
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
