//! Putting a newer file in the place of one: it keeps its name, its document and what refers to that.

use hammock_contract::document::Document;
use leptos::{html, prelude::*, task::spawn_local};

use super::{live::Live, upload};
use crate::{t, ui::use_toaster};

/// Which file is to be replaced, and where the newer one is chosen. One for a whole list.
#[derive(Clone, Copy)]
pub struct Replacing {
    document: RwSignal<Option<Document>>,
    input: NodeRef<html::Input>,
}

impl Replacing {
    /// None yet.
    pub fn new() -> Self {
        Self { document: RwSignal::new(None), input: NodeRef::new() }
    }

    /// Asks for the newer file, of the same type as this one.
    pub fn ask(self, document: Document) {
        if let Some(input) = self.input.get_untracked() {
            input.set_accept(&ending_of(&document.location));
            self.document.set(Some(document));
            input.click();
        }
    }
}

/// The end of a file's name by which browsers know its type, with its dot; nothing where it has none.
fn ending_of(name: &str) -> String {
    match name.rsplit_once('.') {
        Some((before, ending)) if !before.is_empty() && !ending.is_empty() => format!(".{}", ending.to_lowercase()),
        _ => String::new(),
    }
}

/// Where the newer file is chosen; it is sent at once.
#[component]
pub fn ReplaceFile(
    /// What is to be replaced.
    replacing: Replacing,
    /// The page.
    live: Live,
) -> impl IntoView {
    let toaster = use_toaster();
    let Replacing { document, input } = replacing;
    let send = move |file: web_sys::File| {
        let Some(document) = document.get_untracked() else { return };
        toaster.say(t!("data.replacing", name = document.location));
        spawn_local(async move {
            match upload::send(&document.source, &file, &document.location, |_percent| {}).await {
                Ok(_) => {
                    toaster.say(t!("data.replaced", name = document.location));
                    live.refresh();
                }
                Err(error) => toaster.refuse(&error),
            }
        });
    };
    view! {
        <input
            node_ref=input
            type="file"
            name="newer_file"
            hidden
            aria-label=t!("data.replace")
            on:change=move |_| {
                if let Some(input) = input.get_untracked() {
                    if let Some(file) = input.files().and_then(|files| files.get(0)) {
                        send(file);
                    }
                    // So that the same file can be chosen again.
                    input.set_value("");
                }
            }
        />
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_newer_file_is_of_the_same_type() {
        assert_eq!(ending_of("Price list.2026.PDF"), ".pdf");
        assert_eq!(
            (ending_of("README"), ending_of(".env"), ending_of("a.")),
            (String::new(), String::new(), String::new())
        );
    }
}
