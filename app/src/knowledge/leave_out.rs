//! Leaving a page of a website out, with the way back.

use hammock_contract::{
    document::Document,
    source::{Source, SourceKind, SourcePatch},
};
use leptos::{prelude::*, task::spawn_local};

use super::{
    api::{leave_out_page, refresh_source, update_source},
    live::Live,
};
use crate::{t, ui::Toaster};

/// Leaves a page out, and offers to take it in again.
pub fn leave_out(document: Document, live: Live, toaster: Toaster) {
    // The row goes with its page, so this must belong to none.
    spawn_local(async move {
        match leave_out_page(document.id).await {
            Ok(source) => {
                offer_to_take_in(document.location, source, live, toaster);
                live.refresh();
            }
            Err(error) => toaster.refuse(&error.0),
        }
    });
}

/// Says what is left out; whoever takes it back has the website read again, so that the page is there again.
fn offer_to_take_in(address: String, source: Source, live: Live, toaster: Toaster) {
    let take_in = Callback::new(move |()| {
        let source = source.clone();
        spawn_local(async move {
            let id = source.id.clone();
            let taken_in = match without_last_pattern(source) {
                Some(patch) => update_source(id.clone(), patch).await.map(|_| ()),
                None => Ok(()),
            };
            let read = match taken_in {
                Ok(()) => refresh_source(id).await.map(|_| ()),
                Err(error) => Err(error),
            };
            match read {
                Ok(()) => live.refresh(),
                Err(error) => toaster.refuse(&error.0),
            }
        });
    });
    toaster.offer(t!("data.left_out", address = address), t!("data.take_in"), take_in);
}

/// How a website was read before the last pattern was added.
fn without_last_pattern(source: Source) -> Option<SourcePatch> {
    let SourceKind::Website(mut settings) = source.kind else { return None };
    settings.exclude.pop()?;
    Some(SourcePatch { website: Some(settings), ..SourcePatch::default() })
}
