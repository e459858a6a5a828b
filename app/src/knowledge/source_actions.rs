//! What is done to a source, from the list of a collection and from its own page.

use hammock_contract::{
    SourceId,
    deletion::{Deletion, Dependents},
    source::{Source, SourceKind},
};
use leptos::prelude::*;

use super::{
    api::{delete_source, refresh_source, stop_source},
    dependents::{dependents_of, expected_by, lost},
    live::Live,
};
use crate::{
    FnError, i18n, t,
    ui::{ConfirmAction, confirmed, use_toaster},
};

/// Reading a source again, and stopping that.
#[derive(Clone, Copy)]
pub struct SourceWork {
    refresh: Action<(), ()>,
    stop: Action<(), ()>,
}

impl SourceWork {
    /// The work on one source. What comes of it is seen on the page, a refusal in a notice.
    pub fn of(source: SourceId, live: Live) -> Self {
        let toaster = use_toaster();
        let source = StoredValue::new(source);
        let done = move |result: Result<Source, FnError>| match result {
            Ok(_) => live.refresh(),
            Err(error) => toaster.refuse(&error.0),
        };
        Self {
            refresh: Action::new(move |(): &()| {
                let source = source.get_value();
                async move { done(refresh_source(source).await) }
            }),
            stop: Action::new(move |(): &()| {
                let source = source.get_value();
                async move { done(stop_source(source).await) }
            }),
        }
    }

    /// Reads it again.
    pub fn read_again(self) {
        self.refresh.dispatch(());
    }

    /// Stops what goes on.
    pub fn stop(self) {
        self.stop.dispatch(());
    }

    /// Whether it is about to be read again.
    pub fn is_beginning(self) -> Signal<bool> {
        self.refresh.pending().into()
    }

    /// Whether it is about to stop.
    pub fn is_stopping(self) -> Signal<bool> {
        self.stop.pending().into()
    }
}

/// The page of a source.
pub fn source_address(source: &Source) -> String {
    format!("/data/{}/sources/{}", source.collection, source.id)
}

/// What it is called to read a source again: a crawl that was stopped goes on.
pub fn read_label(source: Option<&Source>) -> &'static str {
    if source.is_some_and(|source| source.can_go_on) { t!("data.go_on") } else { t!("data.read_again") }
}

/// Where a source gets its documents: the address of a website, or that people upload them. Nothing where its name says so.
pub fn origin_of(source: &Source) -> Option<String> {
    let origin = match &source.kind {
        SourceKind::Website(site) => site.start_url.clone(),
        SourceKind::Upload if source.name == t!("data.uploaded_files") => return None,
        SourceKind::Upload => t!("data.kind_files").to_owned(),
    };
    (!origin.eq_ignore_ascii_case(&source.name)).then_some(origin)
}

/// Asks before a source is deleted, and says what goes with it and who will know less.
#[component]
pub fn DeleteSource(
    /// Whether it is open.
    open: RwSignal<bool>,
    /// The source to delete.
    source: RwSignal<Option<Source>>,
    /// The page.
    live: Live,
    /// Called when it is gone.
    on_done: Callback<()>,
) -> impl IntoView {
    let done = move || {
        on_done.try_run(());
    };
    let delete = confirmed(open, t!("data.source_deleted"), done, |source: &Source| delete_source(source.id.clone()));
    let name = move || source.get().map(|source| source.name).unwrap_or_default();
    let found =
        dependents_of(open, move || source.with(|it| it.as_ref().map(|source| Deletion::Source(source.id.clone()))));
    let text = move || {
        let counts = source.get().map(|source| (source.documents, source.edited_passages));
        let (documents, edits) = counts.unwrap_or_default();
        let found = found.get().unwrap_or_else(|| Dependents { edits, ..Dependents::default() });
        let mut things = vec![i18n::count("data.n_documents", documents)];
        things.extend(lost(&found));
        let mut gone = t!("data.delete_source_text", documents = things.join(", "));
        if let Some(expected) = expected_by(&found) {
            gone = format!("{gone} {expected}");
        }
        let names = live.collection.with(|it| it.as_ref().map(|it| it.used_by.join(", "))).unwrap_or_default();
        if names.is_empty() { gone } else { format!("{gone} {}", t!("data.delete_collection_used", names = names)) }
    };
    view! {
        <ConfirmAction
            open
            item=source
            title=Signal::derive(move || t!("data.delete_source_title", name = name()))
            text=Signal::derive(text)
            confirm=t!("form.delete")
            action=delete
        />
    }
}

#[cfg(test)]
mod tests {
    use hammock_contract::source::WebsiteSettings;

    use super::*;
    use crate::knowledge::source_fields::tests::source as stored;

    #[test]
    fn an_origin_is_told_where_the_name_does_not_say_it() {
        Owner::new().with(|| {
            let site = || SourceKind::Website(WebsiteSettings::of("https://example.org/"));
            for (name, kind, told) in [
                ("Files", SourceKind::Upload, None),
                ("files", SourceKind::Upload, None),
                ("Uploaded files", SourceKind::Upload, None),
                ("Price lists", SourceKind::Upload, Some("Files")),
                ("https://example.org/", site(), None),
                ("Shop", site(), Some("https://example.org/")),
            ] {
                let source = Source { name: name.to_owned(), ..stored(kind) };
                assert_eq!(origin_of(&source).as_deref(), told, "{name}");
            }
        });
    }
}
