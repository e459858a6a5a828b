//! Requests and their answers: the visitor's token, the conversation of before, ratings and addresses.

use super::{Asked, Chat, Phase};
use crate::{
    command::{cut, length, trimmed, woven},
    errors,
    json::{Json, quoted},
    proof::Work,
    requests::Request,
    sign_in::{By, Claim},
};

/// The most characters of a comment, as the server takes it.
const LONGEST_COMMENT: usize = 2_000;

impl Chat {
    /// Sends a request, as soon as the visitor is let in.
    pub(super) fn send(&mut self, request: Request) {
        if self.token.is_empty() {
            self.held.push(request);
            if !self.is_entering {
                self.begin_entering();
            }
            return;
        }
        request.write(&self.token, &mut self.out);
        self.sent.push(request);
    }

    /// Sends what waited for the visitor to be let in.
    pub(super) fn send_held(&mut self) {
        for request in std::mem::take(&mut self.held) {
            self.send(request);
        }
    }

    /// Asks to be let in, with what says who the visitor is, if anything does.
    pub(super) fn begin_entering(&mut self) {
        self.is_entering = true;
        let visitor = &mut self.visitor;
        visitor.sent = visitor.claim.take();
        // Without a token that goes on, the page is believed once more.
        if visitor.sent.is_none() && self.old_token.is_empty() && !visitor.identity.is_empty() && !visitor.is_refused {
            visitor.sent = Some(Claim { by: By::Host, text: visitor.identity.clone() });
        }
        self.enter("");
    }

    /// Asks to be let in. `proof` is the member of the request that holds the work; empty: none was asked for yet.
    pub(super) fn enter(&mut self, proof: &str) {
        let token =
            if self.old_token.is_empty() { String::new() } else { woven("\"token\":$", &[&quoted(&self.old_token)]) };
        let claim = self.visitor.sent.as_ref().map(Claim::member).unwrap_or_default();
        let mut body = String::from("{");
        for member in [token.as_str(), claim.as_str(), proof] {
            if body.len() > 1 && !member.is_empty() {
                body.push(',');
            }
            body.push_str(member);
        }
        body.push('}');
        let path = ["/assistants/", &self.settings.assistant, "/visitors"];
        Request::new("enter", "POST", &path, &body).write("", &mut self.out);
    }

    /// Takes an answer. The status is 0 where there was none.
    pub(super) fn answer(&mut self, tag: &str, status: u32, body: &str) {
        match tag {
            "enter" => return self.entered(status, body),
            "report" => return,
            _ => {}
        }
        let Some(place) = self.sent.iter().position(|request| request.tag == tag) else { return };
        let mut request = self.sent.swap_remove(place);
        if status == 401 && !request.renewed {
            request.renewed = true;
            if !self.token.is_empty() {
                self.old_token = std::mem::take(&mut self.token);
            }
            self.send(request);
            return;
        }
        let is_good = (200..300).contains(&status);
        self.rated(&request, is_good);
        if let Some(number) = request.file() {
            self.told_of_file(number, status, body);
            return;
        }
        if request.streams {
            // A stream that is open says what it brings; it only answers when it is refused.
            self.refused(status, body);
            return;
        }
        let (what, id) = cut(tag, b':').unwrap_or((tag, ""));
        if what == "load" {
            // Another conversation may have been chosen since.
            if id == self.conversation.id {
                self.loaded(status, body);
            }
            return;
        }
        let place = self.conversation.place_by_id(id);
        if !id.is_empty() && place.is_none() {
            // It was about a message of a conversation that was left: in another one it means nothing.
            return;
        }
        if !is_good {
            if !matches!(what, "stop" | "gone") {
                let told = errors::told(status, body, self.texts);
                self.say(&told, false);
            }
        } else if what == "list" {
            self.list_earlier(body);
        } else if what == "before" {
            self.put_before(id, body);
        } else if let Some(place) = place.filter(|_| matches!(what, "tell" | "contact")) {
            let is_comment = what == "tell";
            if let Some(message) = self.conversation.messages.get_mut(place) {
                message.told |= is_comment;
                message.address_left |= !is_comment;
            }
            self.say("", false);
            if is_comment {
                self.draw_thumbs(place);
            } else {
                self.draw_below(place, false);
            }
        }
    }

    /// Takes what became of a thumb: where the last one did not arrive, what the server has is shown again.
    fn rated(&mut self, request: &Request, is_good: bool) {
        let Some(place) = request.tag.strip_prefix("rate:").and_then(|id| self.conversation.place_by_id(id)) else {
            return;
        };
        let is_last = !self.sent.iter().any(|other| other.tag == request.tag);
        let Some(message) = self.conversation.messages.get_mut(place) else { return };
        if is_good {
            message.rated = Json::parse(&request.body).unwrap_or_default().get("rating").flag();
        } else if is_last {
            message.rating = message.rated;
            self.draw_thumbs(place);
        }
    }

    fn entered(&mut self, status: u32, body: &str) {
        let json = Json::parse(body).unwrap_or_default();
        let is_late = std::mem::take(&mut self.visitor.is_late);
        match json.text_of("state") {
            _ if is_late => {
                self.is_entering = false;
                self.claim_next();
                self.send_held();
            }
            "admitted" if status == 200 => {
                self.is_entering = false;
                self.old_token.clear();
                json.text_of("token").clone_into(&mut self.token);
                self.recognise(&json);
                self.store();
                // What came meanwhile says better who it is.
                self.claim_next();
                self.send_held();
            }
            "sign_in_required" if status == 200 => {
                self.is_entering = false;
                if !self.claim_next() {
                    self.ask_to_sign_in();
                }
            }
            "proof_required" if status == 200 => {
                let proof = json.get("proof");
                self.work = Some(Work::new(proof.text_of("challenge"), proof.get("bits").number()));
                self.out.add("wait", "0 work", "");
            }
            _ => {
                self.is_entering = false;
                if let Some(claim) = self.visitor.sent.take() {
                    self.not_recognised(claim, status, body);
                    return;
                }
                let held = std::mem::take(&mut self.held);
                if !self.old_token.is_empty() && status == 401 {
                    // It does not count any more: the visitor comes as a new one, without what was theirs.
                    self.old_token.clear();
                    self.start_over(held);
                    return;
                }
                if errors::passes(status) && self.phase == Phase::Busy {
                    self.lose();
                } else {
                    self.fail_as(status, body);
                }
                for request in held {
                    self.rated(&request, false);
                    if let Some(number) = request.file() {
                        self.told_of_file(number, status, body);
                    }
                }
            }
        }
    }

    /// Goes on as a new visitor: of what was held only a question still means something.
    fn start_over(&mut self, held: Vec<Request>) {
        self.out.add("store", "", "");
        self.visitor.leave();
        self.draw_who();
        self.lose_conversation();
        self.conversation.run.clear();
        // What the one of before has sent is not theirs.
        for upload in &mut self.uploads {
            upload.is_given |= !upload.id.is_empty();
        }
        if let Some(asked) = &mut self.asked {
            asked.files.clear();
        }
        self.forget_files(false);
        if self.asked.is_some() && held.iter().any(|request| request.streams) {
            self.begin_stream();
        } else {
            self.forget_conversation();
            self.phase = Phase::Idle;
            self.draw();
            self.ask_queued();
        }
        for request in held {
            if request.tag.starts_with("up:") {
                self.send(request);
            }
        }
    }

    /// The stream was not opened.
    fn refused(&mut self, status: u32, body: &str) {
        let code = errors::code_of(status, body);
        let is_running = code == errors::RUNNING;
        if errors::passes(status) || is_running && self.conversation.id.is_empty() {
            // There, another page has asked the same at the same moment.
            self.lose();
        } else if self.is_resolving() && (is_running || matches!(status, 404 | 422)) {
            // It did not arrive. What refuses for another reason says nothing about that: it is asked again when the visitor
            // wants that, and until then what stands in the field and what waits stay.
            self.asked = None;
            self.owed = false;
            self.leave_stream();
            self.phase = Phase::Idle;
            self.draw_button();
            self.ask_queued();
        } else if is_running || status == 422 && self.asked.as_ref().is_some_and(|asked| asked.continues) {
            // The answer is not where it seemed to be. Where it goes on, that is said.
            self.leave_stream();
            self.take_back();
            self.queued = Some(Asked::default());
            self.load();
            self.draw();
        } else if status == 404 && self.asked.is_none() && !self.conversation.id.is_empty() {
            // Its events are not kept any more, but what became of it is.
            self.leave_stream();
            self.load();
        } else {
            if status == 404 {
                // Whoever tries again begins a conversation, instead of going on with one that is gone.
                self.lose_conversation();
            }
            if code == "sign_in_required" {
                self.ask_to_sign_in();
            } else {
                self.fail_as(status, body);
            }
        }
    }

    fn loaded(&mut self, status: u32, body: &str) {
        if self.phase != Phase::Loading {
            return;
        }
        match Json::parse(body).filter(|_| status == 200) {
            Some(json) => {
                self.conversation.load(&json);
                self.phase = Phase::Idle;
                self.draw();
                if self.awaits_left() {
                    // Whether it is what is being answered, the server alone knows, by its key.
                    self.conversation.run.clear();
                }
                if self.conversation.run.is_empty() {
                    self.owed = false;
                } else {
                    self.begin_stream();
                }
            }
            None if matches!(status, 401 | 404) => {
                self.forget_conversation();
                self.phase = Phase::Idle;
                self.store();
                self.draw();
            }
            None => {
                self.fail_as(status, body);
                return;
            }
        }
        self.ask_queued();
    }

    /// What is said about an answer: a thumb, a comment, an address.
    pub(super) fn judge(&mut self, does: &str, number: &str, text: &str) {
        let Some(place) = self.conversation.place(number) else { return };
        if does == "tell" && length(trimmed(text)) > LONGEST_COMMENT {
            self.say(self.texts.too_long(), false);
            return;
        }
        let Some(message) = self.conversation.messages.get_mut(place) else { return };
        let text = trimmed(text);
        if does == "reason" {
            text.clone_into(&mut message.reason);
            return;
        }
        let is_thumb = matches!(does, "up" | "down");
        let body = match does {
            _ if is_thumb => {
                let thumb = does == "up";
                // The second press takes it back.
                message.rating = (message.rating != Some(thumb)).then_some(thumb);
                message.told = false;
                let value = match message.rating {
                    Some(true) => "true",
                    Some(false) => "false",
                    None => "null",
                };
                woven("{\"rating\":$}", &[value])
            }
            "tell" if !text.is_empty() || !message.reason.is_empty() => {
                let reason = if message.reason.is_empty() { "null".to_owned() } else { quoted(&message.reason) };
                woven("{\"reason\":$,\"comment\":$}", &[&reason, &quoted(text)])
            }
            "contact" if !text.is_empty() => {
                woven("{\"conversation\":$,\"email\":$}", &[&quoted(&self.conversation.id), &quoted(text)])
            }
            _ => return,
        };
        let tag = woven("$:$", &[if is_thumb { "rate" } else { does }, &message.id]);
        let (method, path) = if does == "contact" {
            ("POST", ["/contacts", "", ""])
        } else {
            ("PUT", ["/messages/", &message.id, if is_thumb { "/rating" } else { "/feedback" }])
        };
        let request = Request::new(&tag, method, &path, &body);
        self.send(request);
        if is_thumb {
            self.draw_thumbs(place);
        }
    }
}
