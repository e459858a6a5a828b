//! The chat on customers' pages: all that it knows and decides, without a single call of the browser.
//!
//! `shell.js` tells what happened by [`handle`] and [`chunk`], and does what it is answered: a list of commands, see
//! [`command`]. So nothing here depends on what a page has made of its prototypes, and everything is tested without a browser.

mod chat;
mod command;
mod conversation;
mod errors;
mod json;
mod markup;
mod proof;
mod requests;
mod settings;
mod sign_in;
mod sse;
mod texts;
mod uploads;

use std::cell::RefCell;

use wasm_bindgen::prelude::wasm_bindgen;

use crate::chat::{Chat, Page};

/// Weighs 2 KB less than the standard library's, and takes as long however much is in use (TLSF).
#[cfg(target_arch = "wasm32")]
#[global_allocator]
static ALLOCATOR: rlsf::SmallGlobalTlsf = rlsf::SmallGlobalTlsf::new();

thread_local! {
    /// The chats of the page, one for each assistant.
    static CHATS: RefCell<Vec<Chat>> = const { RefCell::new(Vec::new()) };
}

/// Makes a chat. `interface` is the JSON of the public interface, `texts` the file of a language, `mode` one of `floating`,
/// `inline`, `page` and `frame`, `stored` what an earlier page stored, `seed` something that no other page has. Gives its number.
#[wasm_bindgen]
pub fn begin(interface: &str, texts: &str, mode: &str, stored: &str, seed: &str) -> u32 {
    let chat = Chat::new(interface, texts, Page::named(mode), stored, seed);
    CHATS.with_borrow_mut(|chats| {
        chats.push(chat);
        (chats.len() - 1) as u32
    })
}

/// Tells a chat what happened. Gives what is to be done.
#[wasm_bindgen]
pub fn handle(chat: u32, what: &str, name: &str, value: &str) -> String {
    with(chat, |chat| chat.handle(what, name, value))
}

/// Tells a chat what the stream of this number brought. Gives what is to be done.
#[wasm_bindgen]
pub fn chunk(chat: u32, stream: u32, bytes: &[u8]) -> String {
    with(chat, |chat| chat.chunk(stream, bytes))
}

fn with(chat: u32, tell: impl FnOnce(&mut Chat)) -> String {
    CHATS.with_borrow_mut(|chats| {
        chats.get_mut(chat as usize).map_or_else(String::new, |chat| {
            tell(chat);
            chat.take_commands()
        })
    })
}
