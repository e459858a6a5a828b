//! A question on its way to the server, from which the person may take it back.

use std::cell::OnceCell;

use hammock_contract::{AttachmentId, RunId, chat::ChatRequest};
use js_sys::{Array, Promise};
use leptos::prelude::*;
use wasm_bindgen::JsCast;
use web_sys::{AbortController, Response};

use super::{Connection, stop, wait};
use crate::chat::{tabs, thread::Thread};

/// Where the server says which run answers.
const RUN: &str = "x-run-id";

/// A question that is being asked.
pub struct Question<'a> {
    key: Option<String>,
    attachments: &'a [AttachmentId],
    body: String,
    /// What takes it back.
    way_back: Option<AbortController>,
    /// Hears that the server has taken it.
    on_taken: &'a dyn Fn(),
    /// What answers it, once that is known.
    run: OnceCell<RunId>,
}

impl<'a> Question<'a> {
    /// What a request asks, written as `body`.
    pub fn new(
        request: &'a ChatRequest,
        body: String,
        way_back: Option<AbortController>,
        on_taken: &'a dyn Fn(),
    ) -> Self {
        let (key, attachments) = (request.idempotency_key.clone(), request.attachments.as_slice());
        Self { key, attachments, body, way_back, on_taken, run: OnceCell::new() }
    }

    /// What is sent.
    pub fn body(&self) -> &str {
        &self.body
    }

    /// What answers it, once the server has taken it.
    pub fn run(&self) -> Option<RunId> {
        self.run.get().cloned()
    }

    /// Whether the person has taken it back.
    pub fn is_taken_back(&self) -> bool {
        self.way_back.as_ref().is_some_and(|way_back| way_back.signal().aborted())
    }

    /// Resolves with something, or when the question is taken back.
    pub fn or_taken_back(&self, awaited: &Promise) -> Promise {
        let Some(way_back) = &self.way_back else { return awaited.clone() };
        let taken_back = Promise::new(&mut |resolve, _| way_back.signal().set_onabort(Some(&resolve)));
        Promise::race(&Array::of2(awaited, &taken_back))
    }

    /// Waits for something, but not after the question was taken back.
    pub async fn wait(&self, awaited: Promise) {
        wait(self.or_taken_back(&awaited)).await;
    }

    /// The server has it: from here on its answer is what can be stopped.
    pub fn was_taken(&self, thread: Thread, turn: u32, response: &Response) {
        (self.on_taken)();
        let Some(run) = run_of(response) else { return };
        if thread.shows(turn) {
            thread.run.set(Some(run.clone()));
            thread.sending.be_late();
        }
        // The same one for the same key.
        let _ = self.run.set(run);
    }

    /// Waits, out of sight, for what the server says to a question that was taken back. Where that was taken all the same, its answer
    /// is ended, unless the same is asked again by now.
    pub fn end_unseen(
        &self,
        thread: Thread,
        turn: u32,
        connection: Connection,
        fetched: Promise,
    ) -> impl Future<Output = ()> + use<> {
        let (key, attachments) = (self.key.clone(), self.attachments.to_vec());
        async move {
            let head = connection.hear(fetched).await.and_then(|head| head.dyn_into::<Response>());
            let run = head.ok().as_ref().and_then(run_of);
            let Some(run) = run.filter(|_| !thread.sending.is_last(key.as_deref())) else { return };
            connection.end();
            // With the same key, the answer would come that was ended.
            let _ = thread.unsent.try_update_value(|unsent| {
                unsent.take_if(|unsent| unsent.key == key);
            });
            if !attachments.is_empty() {
                let _ = thread.files.sent.try_set(attachments);
            }
            stop(run).await;
            // The conversation may have begun with it.
            thread.list_version.update(|version| *version += 1);
            if thread.shows(turn) {
                tabs::look(thread);
            }
        }
    }
}

fn run_of(response: &Response) -> Option<RunId> {
    response.headers().get(RUN).ok()??.parse().ok()
}
