//! The visitor's earlier conversations: a list in the place of the messages.

use super::Chat;
use crate::{command::place_of, conversation::Conversation, json::Json, markup, requests::Request};

impl Chat {
    /// Shows the list, or goes back from it to the messages.
    pub(super) fn show_earlier(&mut self) {
        if self.earlier.take().is_some() {
            self.draw();
        } else if self.token.is_empty() && self.old_token.is_empty() {
            // Whoever never wrote has none, and is not let in to be told so.
            self.list_earlier("");
        } else {
            self.send(Request::new("list", "GET", &["/conversations"], ""));
        }
    }

    /// Draws the list that the server answered.
    pub(super) fn list_earlier(&mut self, body: &str) {
        let json = Json::parse(body).unwrap_or_default();
        let text = |row: &Json, name: &str| row.get(name).text().to_owned();
        let list: Vec<_> = json.get("items").list().iter().map(|row| (text(row, "id"), text(row, "title"))).collect();
        let html = markup::earlier(&list, &self.conversation.id, self.texts);
        self.earlier = Some(list);
        self.draw();
        self.out.add("html", ".log", &html);
        self.out.add("focus", ".log :is(button,[tabindex])", "");
    }

    /// Opens one of the list. An answer that is being made goes on, and is there when its conversation is opened again.
    pub(super) fn open_earlier(&mut self, place: &str) {
        let place: usize = place_of(place).unwrap_or(usize::MAX);
        let Some((id, _)) = self.earlier.take().and_then(|list| list.into_iter().nth(place)) else { return };
        self.leave_stream();
        self.take_back();
        self.give_left_back();
        self.owed = false;
        self.elsewhere = None;
        self.conversation = Conversation { id, ..Conversation::default() };
        self.store();
        self.out.add("set", "[data-do=earlier] aria-expanded", "false");
        self.load();
        self.draw_button();
        self.focus_field();
    }
}
