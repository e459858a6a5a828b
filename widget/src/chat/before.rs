//! The messages before those that are there: of a long conversation the end comes, and what stands before it when the visitor asks
//! for that.

use super::{Chat, Phase};
use crate::{command::woven, json::Json, markup, requests::Request};

impl Chat {
    /// Asks for those that stand before the first one, unless they are on their way.
    pub(super) fn ask_for_before(&mut self) {
        let Some(first) = self.conversation.messages.first() else { return };
        let tag = woven("before:$", &[&first.id]);
        if self.sent.iter().chain(&self.held).any(|request| request.tag == tag) {
            return;
        }
        let path = ["/conversations/", &self.conversation.id, "?before=", &first.id];
        let request = Request::new(&tag, "GET", &path, "");
        self.send(request);
    }

    /// The conversation is out of reach: it is gone, or somebody else's by now. So is what stands before that which is there.
    pub(super) fn lose_conversation(&mut self) {
        self.conversation.id.clear();
        if std::mem::take(&mut self.conversation.before) > 0 {
            self.draw();
        }
    }

    /// Puts them before the message that they were asked for with. What stands there stays as it is.
    pub(super) fn put_before(&mut self, first: &str, body: &str) {
        // Another conversation may be open by now.
        if self.conversation.messages.first().is_none_or(|message| message.id != first) {
            return;
        }
        let count = self.conversation.put_before(&Json::parse(body).unwrap_or_default());
        if self.phase == Phase::Idle {
            // That it did not work before.
            self.say("", false);
        }
        if count == 0 {
            self.draw();
            return;
        }
        if self.earlier.is_some() {
            return;
        }
        let mut html = String::new();
        for (place, message) in self.conversation.messages.iter().take(count).enumerate() {
            let number = self.conversation.before + place;
            html.push_str(&markup::message(message, number, false, &self.settings, self.texts));
        }
        self.out.add("before", if self.conversation.before > 0 { "1" } else { "" }, &html);
    }
}
