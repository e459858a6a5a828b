//! What the page shows: the messages, the button behind the field, and what is said above it.

use super::{Chat, Phase};
use crate::{
    command::{digits, length, trimmed, woven},
    errors,
    json::quoted,
    markup,
    requests::Request,
    texts::filled,
};

impl Chat {
    /// Draws all messages, where no list stands in their place.
    pub(super) fn draw(&mut self) {
        if !self.is_drawn {
            return;
        }
        let is_list = self.earlier.is_some();
        self.out.add("set", "[data-do=earlier] aria-expanded", if is_list { "true" } else { "false" });
        if is_list {
            self.draw_button();
            return;
        }
        let (messages, before) = (&self.conversation.messages, self.conversation.before);
        let mut html = if messages.is_empty() { markup::welcome(&self.settings) } else { String::new() };
        if before > 0 {
            html.push_str(&markup::before(self.texts));
        }
        for (place, message) in messages.iter().enumerate() {
            let is_last = place + 1 == messages.len();
            html.push_str(&markup::message(message, before + place, is_last, &self.settings, self.texts));
        }
        self.out.add("html", ".log", &html);
        self.out.add("end", "", "");
        self.say("", false);
        self.draw_button();
    }

    /// Draws the last question and its answer, where no list stands in their place. What stands before them stays as it is:
    /// where somebody reads, which sources are open, what is selected.
    pub(super) fn draw_last(&mut self, whose: &str) {
        if !self.is_drawn {
            return;
        }
        if self.earlier.is_none() {
            let (messages, before) = (&self.conversation.messages, self.conversation.before);
            let count = messages.len();
            for (place, message) in messages.iter().enumerate().skip(count.saturating_sub(2)) {
                let html = markup::message(message, before + place, place + 1 == count, &self.settings, self.texts);
                self.out.add("message", &self.conversation.number(place), &html);
            }
            self.out.add("end", whose, "");
        }
        self.draw_button();
    }

    /// Draws anew what stands under an answer, or of that only what the last answer alone offers.
    pub(super) fn draw_below(&mut self, place: usize, is_whole: bool) {
        let number = self.conversation.number(place);
        let is_last = place + 1 == self.conversation.messages.len();
        let Some(message) = self.conversation.messages.get(place) else { return };
        let (settings, texts) = (&self.settings, self.texts);
        let (part, html) = if is_whole {
            (".below", markup::below(message, &number, is_last, settings, texts))
        } else {
            (".next", markup::next(message, &number, is_last, settings, texts))
        };
        self.out.add("html", &woven("#m$ $", &[&number, part]), &html);
    }

    /// Shows which thumb is pressed, and what can be said about that. Neither what is typed beside it nor an opened source is
    /// touched, and the thumb keeps the focus.
    pub(super) fn draw_thumbs(&mut self, place: usize) {
        let number = self.conversation.number(place);
        let Some(message) = self.conversation.messages.get(place) else { return };
        for (does, thumb) in [("up", true), ("down", false)] {
            let pressed = if message.rating == Some(thumb) { "true" } else { "false" };
            self.out.add("set", &woven("#m$ [data-do=$] aria-pressed", &[&number, does]), pressed);
        }
        let html = markup::said(message, &number, self.texts);
        self.out.add("html", &woven("#m$ .said", &[&number]), &html);
    }

    pub(super) fn draw_button(&mut self) {
        let stops = matches!(self.phase, Phase::Busy | Phase::Waiting);
        self.out.add("html", ".go", &markup::go_icon(stops));
        self.out.add("set", ".go aria-label", if stops { self.texts.stop() } else { self.texts.send() });
    }

    /// Says something above the field; with a button to try again, if that can help.
    pub(super) fn say(&mut self, text: &str, can_retry: bool) {
        let mut html = markup::escaped(text);
        if can_retry {
            html.push(' ');
            html.push_str(&markup::text_button("retry", "", self.texts.retry()));
        }
        self.out.add("html", ".notice", &html);
    }

    /// Says that it failed, and tells who looks after the assistant.
    pub(super) fn fail(&mut self, code: &str) {
        self.leave_stream();
        self.phase = Phase::Failed;
        code.clone_into(&mut self.code);
        if self.asked.is_some() {
            self.store();
        }
        self.say(errors::said(code, self.texts), true);
        self.draw_button();
        // Nothing is awaited any more.
        self.out.add("html", "[aria-busy=true] .below", "");
        self.out.add("set", "[aria-busy=true] aria-busy", "false");
        self.tell_error(code);
    }

    /// Tells the page and who looks after the assistant.
    pub(super) fn tell_error(&mut self, code: &str) {
        self.out.add("emit", "error", code);
        if errors::is_reported(code) {
            let body = woven("{\"code\":$}", &[&quoted(code)]);
            let path = ["/assistants/", &self.settings.assistant, "/errors"];
            Request::new("report", "POST", &path, &body).write("", &mut self.out);
        }
    }

    /// The same, of an answer that may say when it can be tried again; what it says then goes away by itself, and the button
    /// stays.
    pub(super) fn fail_as(&mut self, status: u32, body: &str) {
        self.fail(&errors::code_of(status, body));
        let seconds = errors::seconds(body);
        if seconds > 0 {
            self.say(&filled(self.texts.again_in(), &digits(seconds)), true);
            let stream = digits(u64::from(self.stream));
            self.out.add("wait", &woven("$ free $", &[&digits(seconds * 1000), &stream]), "");
        }
    }

    /// Keeps the address that is typed below an answer.
    pub(super) fn mail(&mut self, number: &str, text: &str) {
        if let Some(message) = self.conversation.numbered(number) {
            text.clone_into(&mut message.email);
        }
    }

    /// Counts what stands in the field, and tells when it is too long: nothing is cut off. `number` is that of an answer, of
    /// whose comment it is.
    pub(super) fn typed(&mut self, number: &str, text: &str) {
        if !number.is_empty() {
            if let Some(message) = self.conversation.numbered(number) {
                text.clone_into(&mut message.comment);
            }
            return;
        }
        text.clone_into(&mut self.field);
        let (count, longest) = (length(trimmed(text)), self.settings.longest);
        let is_near = count > longest - longest / 10;
        let told = woven("$ / $", &[&digits(count as u64), &digits(longest as u64)]);
        self.out.add("html", ".count", if is_near { &told } else { "" });
        let is_over = count > longest;
        if is_over != self.is_over {
            self.is_over = is_over;
            self.out.add("set", ".ask textarea aria-invalid", if is_over { "true" } else { "false" });
            self.say(if is_over { self.texts.too_long() } else { "" }, false);
        }
    }
}
