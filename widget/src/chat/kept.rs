//! What stays in the browser: the token, the conversation, how many questions were asked, and who has signed in; a line each.

use super::{Chat, Phase};
use crate::command::{digits, number, woven};

impl Chat {
    /// Takes what a tab of the same browser has stored.
    pub(super) fn stored(&mut self, value: &str) {
        let (id, turn) = (self.conversation.id.clone(), self.turn);
        let was_signed_in = self.visitor.is_signed_in();
        self.recall(value);
        if was_signed_in != self.visitor.is_signed_in() {
            self.say("", false);
        }
        self.draw_who();
        if (id == self.conversation.id && turn == self.turn) || !matches!(self.phase, Phase::Idle | Phase::Failed) {
            return;
        }
        self.asked = None;
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
        let mut lines = value.lines();
        let mut next = || lines.next().unwrap_or_default().to_owned();
        self.token = next();
        let (conversation, turn) = (next(), next());
        let by = next();
        self.visitor.recall(&by, next(), next());
        // An answer that is on its way here belongs to the conversation that it was asked in.
        if matches!(self.phase, Phase::Idle | Phase::Failed) {
            self.conversation.id = conversation;
            self.turn = number(&turn).unwrap_or_default();
        }
    }

    /// Only ever called after a message was sent, or somebody has signed in: before that there is no token.
    pub(super) fn store(&mut self) {
        if !self.token.is_empty() {
            let turn = digits(self.turn);
            let who = self.visitor.lines();
            self.out.add("store", "", &woven("$\n$\n$$", &[&self.token, &self.conversation.id, &turn, &who]));
        }
    }
}
