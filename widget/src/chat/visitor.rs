//! Signing in and out: by a window of Hammock's own, and by what the page says.

use super::{Chat, Phase};
use crate::{
    command::place_of,
    errors,
    json::Json,
    sign_in::{By, Claim, first},
};

impl Chat {
    /// Whether nobody can be asked anything before the visitor has signed in.
    pub(super) fn needs_sign_in(&self) -> bool {
        self.settings.sign_in_required && !self.visitor.is_signed_in() && !self.visitor.is_claiming()
    }

    /// Draws who the visitor is, where that has changed.
    pub(super) fn draw_who(&mut self) {
        if self.is_drawn {
            self.visitor.draw(&self.settings, self.texts, &mut self.out);
        }
    }

    /// Opens the window of a provider.
    pub(super) fn sign_in(&mut self, number: &str) {
        let place: usize = place_of(number).unwrap_or(usize::MAX);
        // First, so that it does not take away what the window says at once.
        self.say("", false);
        if let Some(provider) = self.settings.providers.get(place) {
            self.out.add("popup", &provider.url, "");
        }
    }

    /// What became of the window.
    pub(super) fn window(&mut self, what: &str, value: &str) {
        match what {
            "done" => {
                self.visitor.claim = Some(Claim { by: By::Provider, text: value.to_owned() });
                self.claim();
            }
            "blocked" => self.say(self.texts.pop_up_blocked(), false),
            "closed" => self.say(self.texts.window_closed(), false),
            // Whatever the provider said: what can be done about it is the same.
            _ => self.say(errors::said("sign_in_failed", self.texts), false),
        }
    }

    /// The page says who the visitor is; with an empty text, that nobody is signed in there.
    pub(super) fn identify(&mut self, identity: &str) {
        if identity.is_empty() {
            // What the page said before, on this page or an earlier one, is over.
            self.visitor.identity.clear();
            let is_of_page = |claim: &Claim| claim.by == By::Host;
            if self.visitor.claim.as_ref().is_some_and(is_of_page) {
                self.visitor.claim = None;
            }
            if self.visitor.by == By::Host || self.visitor.sent.as_ref().is_some_and(is_of_page) {
                self.leave();
            }
        } else if identity != self.visitor.identity {
            identity.clone_into(&mut self.visitor.identity);
            self.visitor.is_refused = false;
            self.visitor.claim = Some(Claim { by: By::Host, text: identity.to_owned() });
            if self.is_drawn {
                self.claim();
            }
        }
    }

    /// Shows the server what says who the visitor is.
    pub(super) fn claim(&mut self) {
        // What is on its way is answered first.
        if self.visitor.claim.is_some() && !self.is_entering {
            if !self.token.is_empty() {
                self.old_token = std::mem::take(&mut self.token);
            }
            self.begin_entering();
        }
        self.say("", false);
        self.draw_who();
    }

    /// Shows what came while something else was on its way; whether there was anything.
    pub(super) fn claim_next(&mut self) -> bool {
        let is_more = self.visitor.claim.is_some();
        if is_more {
            self.claim();
        }
        is_more
    }

    /// Takes who the server says that the visitor is.
    pub(super) fn recognise(&mut self, json: &Json) {
        let (id, sent) = (json.text_of("visitor"), self.visitor.sent.take());
        let (is_other, was_signed_in) = (id != self.visitor.id, self.visitor.is_signed_in());
        if json.says("signed_in") {
            let known = if was_signed_in { self.visitor.by } else { By::Provider };
            self.visitor.by = sent.as_ref().map_or(known, |claim| claim.by);
            id.clone_into(&mut self.visitor.id);
            json.text_of("name").clone_into(&mut self.visitor.name);
        } else {
            self.visitor.leave();
        }
        self.visitor.has_left = false;
        let Some(claim) = sent else {
            self.draw_who();
            return;
        };
        if is_other && was_signed_in {
            // What somebody else asked or typed here is not theirs.
            self.wipe();
        }
        // An answer that is being made goes on, and a question is asked in the conversation that it was written in.
        if self.asked.is_none() && matches!(self.phase, Phase::Idle | Phase::Failed) {
            if is_other && self.conversation.id.is_empty() {
                json.text_of("conversation").clone_into(&mut self.conversation.id);
            }
            self.phase = Phase::Idle;
            self.load_kept();
        }
        self.say("", false);
        self.draw_who();
        if claim.by == By::Provider {
            self.focus_field();
        }
    }

    /// What was to say who the visitor is did not hold, or did not reach the server.
    pub(super) fn not_recognised(&mut self, claim: Claim, status: u32, body: &str) {
        let code = errors::code_of(status, body);
        if claim.by == By::Host && !matches!(status, 401 | 422) {
            // Nothing says that it does not hold: it is shown again.
            self.visitor.claim = Some(claim);
            if self.phase == Phase::Busy {
                self.lose();
            } else {
                self.fail(&code);
            }
            return;
        }
        if status == 401 && !self.old_token.is_empty() {
            // It is the token of before that does not count any more, and what was asked with it is out of reach.
            self.old_token.clear();
            self.lose_conversation();
            self.conversation.run.clear();
            if self.asked.is_none() {
                self.clear();
            }
            self.visitor.claim = Some(claim);
            self.claim();
            return;
        }
        self.token = std::mem::take(&mut self.old_token);
        if claim.by == By::Host {
            self.visitor.is_refused = true;
            if self.visitor.by == By::Host {
                self.take_back();
                // Nobody has gone away: what they typed stays.
                let typed = std::mem::take(&mut self.field);
                self.leave();
                self.fill_field(&typed);
            }
            self.tell_error(&code);
        } else {
            self.say(errors::said(&code, self.texts), false);
        }
        self.draw_who();
        self.send_held();
        if self.phase == Phase::Idle && !self.needs_sign_in() {
            self.load_kept();
        }
    }

    /// Nobody may chat any more without having signed in. What was asked stays in the field.
    pub(super) fn ask_to_sign_in(&mut self) {
        self.settings.sign_in_required = true;
        self.visitor.leave();
        self.visitor.sent = None;
        self.leave_stream();
        // Files are sent, and asked after, when the visitor has signed in.
        self.held.retain(|request| request.file().is_some());
        self.take_back();
        if let Some(queued) = self.queued.take() {
            self.left.clear();
            self.give_back(&queued);
        }
        self.owed = false;
        self.give_up();
        self.phase = Phase::Idle;
        self.draw();
        self.draw_who();
        self.refuse_to_ask();
        self.tell_error("sign_in_required");
    }

    /// Says that signing in comes first.
    pub(super) fn refuse_to_ask(&mut self) {
        self.say(first(&self.settings, self.texts), false);
        self.out.add("focus", ".who button", "");
    }

    /// The visitor signs out: this browser forgets them.
    pub(super) fn sign_out(&mut self) {
        self.visitor.has_left = true;
        self.leave();
        self.focus_field();
        self.out.add("focus", ".who button", "");
    }

    /// Forgets token, visitor and conversation, and what stands in the field: whoever uses the browser next finds nothing.
    pub(super) fn leave(&mut self) {
        self.wipe();
        self.token.clear();
        self.part();
        self.visitor.leave();
        self.out.add("store", "", "");
        self.draw_who();
    }

    /// Ends the conversation here, and lets go of what waits to be asked and of what stands in the field.
    #[inline(never)]
    fn wipe(&mut self) {
        self.left.clear();
        self.clear();
        self.fill_field("");
    }

    /// Lets go of all that is on its way for the visitor.
    pub(super) fn part(&mut self) {
        self.old_token.clear();
        self.held.clear();
        self.sent.clear();
        self.forget_files(true);
        self.visitor.sent = None;
        // Who is let in just now is gone when the answer comes.
        self.visitor.is_late = self.is_entering;
    }

    /// Ends the conversation here: the next question begins another one.
    pub(super) fn clear(&mut self) {
        if !self.conversation.run.is_empty() && !self.token.is_empty() {
            self.send_stop();
        }
        self.vanish();
        self.store();
    }

    /// Shows nothing of the conversation any more, and awaits nothing.
    pub(super) fn vanish(&mut self) {
        self.leave_stream();
        self.asked = None;
        self.queued = None;
        self.owed = false;
        self.elsewhere = None;
        self.forget_conversation();
        self.earlier = None;
        self.phase = Phase::Idle;
        self.draw();
        self.forget_files(false);
    }
}
