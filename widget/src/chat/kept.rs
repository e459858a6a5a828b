//! What stays in the browser: the token, the conversation, how many questions were asked with the one that is on its way, and who
//! has signed in; a line each.

use super::{Asked, Chat, Phase};
use crate::{
    command::{cut, digits, next_line, number, woven},
    errors::OFFLINE,
    json::{Json, listed},
};

impl Chat {
    /// Takes what a tab of the same browser has stored.
    pub(super) fn stored(&mut self, value: &str) {
        let (id, turn) = (self.conversation.id.clone(), self.turn);
        let who = self.visitor.id.clone();
        let was_signed_in = self.visitor.is_signed_in();
        self.recall(value);
        if value.is_empty() || !who.is_empty() && who != self.visitor.id {
            // Nothing of whoever has left stays here, whatever goes on.
            if !who.is_empty() {
                self.fill_field("");
            }
            self.part();
            self.vanish();
            self.recall(value);
        }
        if self.awaits_left() {
            if self.left.is_empty() {
                // Another page has asked it.
                self.queued = None;
            } else {
                self.conversation.id.clone_from(&id);
            }
        }
        if was_signed_in != self.visitor.is_signed_in() {
            self.say("", false);
        }
        self.draw_who();
        if (id == self.conversation.id && turn == self.turn) || !matches!(self.phase, Phase::Idle | Phase::Failed) {
            return;
        }
        if !self.awaits_left() {
            self.queued = None;
        }
        self.owed = false;
        self.take_back();
        self.phase = Phase::Idle;
        if self.conversation.id.is_empty() {
            self.forget_conversation();
            self.draw();
        } else if self.is_drawn {
            self.load();
        }
    }

    /// Reads what was stored.
    pub(super) fn recall(&mut self, value: &str) {
        let mut rest = value;
        let mut next = || next_line(&mut rest).to_owned();
        self.token = next();
        let (conversation, asked) = (next(), next());
        let by = next();
        self.visitor.recall(&by, next(), next());
        let (turn, asked) = cut(&asked, b' ').unwrap_or((asked.as_str(), ""));
        let turn = number(turn).unwrap_or_default();
        // Its own question comes back from another tab, which has kept it.
        let is_own = self.asked.as_ref().is_some_and(|own| self.body(own) == asked);
        let left = if is_own { "" } else { asked };
        left.clone_into(&mut self.left);
        if matches!(self.phase, Phase::Idle | Phase::Failed) {
            self.conversation.id = conversation;
            self.turn = turn;
            self.elsewhere = None;
        } else {
            // An answer that is on its way here belongs to the conversation that it was asked in.
            self.turn = self.turn.max(turn);
            self.elsewhere = (conversation != self.conversation.id).then_some(conversation);
        }
    }

    /// Has the question that was on its way wait to be asked from here, in the conversation that it was asked in.
    pub(super) fn claim_left(&mut self) {
        self.queued = Json::parse(&self.left).map(|json| {
            self.conversation.id = json.owned("conversation");
            let mut files = String::new();
            for file in json.get("attachments").list() {
                listed(&mut files, file.text());
            }
            let continues = json.says("continues");
            Asked { text: json.owned("text"), continues, key: json.owned("idempotency_key"), files, is_left: true }
        });
    }

    /// Only ever called after a message was sent, or somebody has signed in: before that there is no token.
    pub(super) fn store(&mut self) {
        if self.token.is_empty() {
            return;
        }
        // What was refused is not asked again by the next page.
        let is_refused = self.phase == Phase::Failed && self.code != OFFLINE;
        let own = self.asked.as_ref().filter(|one| !one.text.is_empty() && !is_refused).map(|one| self.body(one));
        // What another tab has on its way is not lost by what happens here.
        let asked = own.as_ref().unwrap_or(&self.left);
        let space = if asked.is_empty() { "" } else { " " };
        let conversation = self.elsewhere.as_ref().unwrap_or(&self.conversation.id);
        let who = self.visitor.lines();
        let lines = woven("$\n$\n$$$$", &[&self.token, conversation, &digits(self.turn), space, asked, &who]);
        self.out.add("store", "", &lines);
    }
}
