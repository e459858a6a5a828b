//! All documents of a source.

use hammock_contract::source::SourceFigures;
use leptos::{prelude::*, task::spawn_local};

use super::{Shown, counts::Counts, tab_data::TabData};
use crate::{
    evaluation::api::read_source_figures,
    knowledge::{
        documents_table::{DocumentFilters, DocumentsTable},
        page_address::website_of,
        upload_area::UploadArea,
    },
    ui::{Load, Pager},
};

/// The documents, with filters that the address holds.
#[component]
pub fn PagesTab(
    /// The source.
    shown: Shown,
    /// What was asked for with the page.
    data: TabData,
) -> impl IntoView {
    let Shown { live, can_write, .. } = shown;
    let takes_files = can_write && !shown.is_website();
    let website = StoredValue::new(shown.source.with_untracked(|it| it.as_ref().and_then(website_of)));
    view! {
        <Load resource=data.figures lines=2 let:figures>
            {
                let figures = RwSignal::new(figures);
                follow(shown, figures);
                let languages = Signal::derive(move || figures.try_get().unwrap_or_default().languages);
                view! {
                    <Counts shown figures />
                    {takes_files.then(|| view! { <UploadArea live /> })}
                    <DocumentFilters live of_one_source=true languages />
                }
            }
        </Load>
        <Load resource=data.documents let:page>
            {
                live.documents.set(page.items);
                view! {
                    <DocumentsTable live can_write website=website.try_get_value().flatten() />
                    <Pager next=page.next_page_token />
                }
            }
        </Load>
    }
}

/// Asks anew when work on the source ends. What is typed in the filters meanwhile stays.
fn follow(shown: Shown, figures: RwSignal<SourceFigures>) {
    let working = shown.is_working();
    Effect::new(move |before: Option<bool>| {
        let working = working.get();
        if before == Some(true)
            && !working
            && let Some(source) = shown.id()
        {
            spawn_local(async move {
                if let Ok(found) = read_source_figures(source).await {
                    // The page may be gone meanwhile.
                    let _ = figures.try_set(found);
                }
            });
        }
        working
    });
}
