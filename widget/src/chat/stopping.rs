//! Answers that the visitor stops, also before the server has said that it has the question, and questions that wait or go back
//! into the field.

use super::{Asked, Chat, Phase};
use crate::{
    command::{trimmed, woven},
    conversation::State,
    errors,
    requests::Request,
};

impl Chat {
    /// Ends the answer. What was said stays.
    pub(super) fn stop(&mut self) {
        let is_first = !std::mem::replace(&mut self.owed, true);
        let (is_open, is_sent) = (self.phase == Phase::Busy, !self.token.is_empty());
        let has_run = !self.conversation.run.is_empty();
        if is_open && has_run {
            // The stream brings what became of it.
            self.send_stop();
            return;
        }
        if is_open && is_first && is_sent {
            // The stream brings what is to be stopped; whoever cannot wait for it presses again.
            return;
        }
        self.leave_stream();
        if is_sent && self.asked.is_some() && !self.is_resolving() {
            self.resolve();
            self.begin_stream();
            return;
        }
        // Where the server cannot be reached, the answer goes on there until it can.
        self.owed = has_run;
        self.queued = None;
        self.take_back();
        self.give_up();
        if has_run {
            self.load();
        } else {
            self.phase = Phase::Idle;
            self.store();
        }
        self.draw();
    }

    /// Tells the server to stop the answer.
    pub(super) fn send_stop(&mut self) {
        let request = Request::new("stop", "POST", &["/runs/", &self.conversation.run, "/stop"], "");
        self.send(request);
    }

    /// Whether it is only asked what became of a question that was stopped.
    pub(super) fn is_resolving(&self) -> bool {
        self.asked.as_ref().is_some_and(|asked| asked.text.is_empty())
    }

    /// Takes a question back of which it is not known whether it arrived, and asks for that: under its key the server goes on with
    /// what it has, and refuses an empty text where it has nothing.
    pub(super) fn resolve(&mut self) {
        if self.is_resolving() {
            return;
        }
        if let Some(key) = self.asked.as_ref().map(|asked| asked.key.clone()) {
            self.take_back();
            self.asked = Some(Asked { key, ..Asked::default() });
            self.draw();
        }
    }

    /// Takes back a question that never arrived, as far as is known.
    pub(super) fn withdraw(&mut self) -> Option<Asked> {
        let asked = self.asked.take()?;
        for upload in &mut self.uploads {
            // Where that is not known, it may have taken them along.
            upload.is_given &= self.owed;
        }
        if !asked.text.is_empty() {
            let length = self.conversation.messages.len();
            self.conversation.messages.truncate(length.saturating_sub(2));
        }
        Some(asked)
    }

    /// The same; it stands in the field again.
    pub(super) fn take_back(&mut self) {
        if let Some(asked) = self.withdraw() {
            self.give_back(&asked);
        }
    }

    /// Puts a question into the field, before what was typed since.
    pub(super) fn give_back(&mut self, asked: &Asked) {
        if asked.continues || asked.text.is_empty() {
            return;
        }
        let typed = trimmed(&self.field);
        let text = if typed.is_empty() || typed == asked.text {
            asked.text.clone()
        } else {
            woven("$\n$", &[&asked.text, typed])
        };
        self.fill_field(&text);
    }

    /// Whether a question waits that an earlier page has left.
    pub(super) fn awaits_left(&self) -> bool {
        self.queued.as_ref().is_some_and(|queued| queued.is_left)
    }

    /// Puts that into the field. What waits otherwise stands there already.
    pub(super) fn give_left_back(&mut self) {
        if let Some(left) = self.queued.take().filter(|queued| queued.is_left) {
            self.left.clear();
            self.give_back(&left);
        }
    }

    /// Asks what has waited.
    pub(super) fn ask_queued(&mut self) {
        let Some(asked) = self.queued.take() else { return };
        if self.phase == Phase::Idle {
            if asked.is_left {
                self.left.clear();
                self.put(asked, Vec::new(), false);
            } else {
                self.ask(&asked.text, asked.continues);
            }
        } else {
            // While an answer is being made, it would be refused.
            self.give_back(&asked);
            self.say(errors::said(errors::RUNNING, self.texts), false);
        }
    }

    /// Leaves an answer as far as it came, where it cannot be gone on with.
    pub(super) fn give_up(&mut self) {
        self.conversation.run.clear();
        if let Some(last) = self.conversation.messages.last_mut().filter(|last| last.state == State::Streaming) {
            last.state = State::Broken;
            self.draw_below(self.conversation.messages.len() - 1, true);
        }
    }
}
