//! The answer as it comes: streams, what is done when one breaks off, and what its events change.

use super::{Asked, Chat, Phase};
use crate::{
    command::{digits, woven},
    conversation::Change,
    errors::OFFLINE,
    json::{Json, quoted},
    requests::Request,
    sse::Reader,
};

/// So often in a row it is tried to go on with an answer before the visitor is asked.
const ATTEMPTS: u32 = 8;
/// How many answers are tried for a proof before the page gets a turn.
const SLICE: u32 = 2_000;

impl Chat {
    /// Asks the question, or goes on with the answer after the last event that was seen.
    pub(super) fn begin_stream(&mut self) {
        self.stream += 1;
        self.reader = Reader::default();
        self.phase = Phase::Busy;
        self.sent.retain(|request| !request.streams);
        self.held.retain(|request| !request.streams);
        self.say("", false);
        self.draw_button();
        let request = match &self.asked {
            Some(asked) => {
                let body = self.body(asked);
                // The next page asks it again under its key, where the visitor leaves this one before it is known to have arrived.
                self.store();
                // What no model writes is said in the language of the chat.
                Request::stream(self.stream, "POST", &["/chat?lang=", self.texts.tag()], &body)
            }
            None => {
                let seen = digits(u64::try_from(self.conversation.seen).unwrap_or_default());
                let path = ["/runs/", &self.conversation.run, "/events?after=", &seen];
                Request::stream(self.stream, "GET", &path, "")
            }
        };
        self.send(request);
        if self.owed && !self.conversation.run.is_empty() {
            self.send_stop();
        }
    }

    /// A question as the server takes it.
    pub(super) fn body(&self, asked: &Asked) -> String {
        let conversation = if self.conversation.id.is_empty() {
            String::new()
        } else {
            woven("\"conversation\":$,", &[&quoted(&self.conversation.id)])
        };
        let files = if asked.files.is_empty() { String::new() } else { woven(",\"attachments\":[$]", &[&asked.files]) };
        let continues = if asked.continues { "true" } else { "false" };
        woven(
            "{$\"text\":$,\"continues\":$,\"idempotency_key\":$$}",
            &[&conversation, &quoted(&asked.text), continues, &quoted(&asked.key), &files],
        )
    }

    /// Lets go of the stream: what it still brings is late.
    pub(super) fn leave_stream(&mut self) {
        self.stream += 1;
        self.sent.retain(|request| !request.streams);
        self.held.retain(|request| !request.streams);
        self.out.add("abort", "", "");
    }

    /// Takes what a stream brought.
    pub fn chunk(&mut self, stream: u32, bytes: &[u8]) {
        if stream != self.stream {
            return;
        }
        for event in self.reader.push(bytes) {
            // An event may end the stream for the chat.
            if self.phase != Phase::Busy {
                return;
            }
            let Some(json) = Json::parse(&event.data) else { continue };
            self.attempts = 0;
            let change = self.conversation.apply(&event.id, &json);
            self.show(change, &json);
        }
    }

    fn show(&mut self, change: Change, event: &Json) {
        let last = self.conversation.messages.len().saturating_sub(1);
        let number = self.conversation.number(last);
        match change {
            Change::Nothing => {}
            Change::Messages => {
                if self.arrived() {
                    return;
                }
                if self.owed {
                    self.send_stop();
                }
                self.draw_last("");
            }
            Change::Block(block) => {
                if let Some(html) = self.conversation.messages.last().and_then(|message| message.blocks.get(block)) {
                    self.out.add("block", &woven("$ $", &[&number, &digits(block as u64)]), html);
                }
                self.out.add("html", &woven("#m$ .below", &[&number]), "");
                self.out.add("end", "", "");
            }
            Change::Done => {
                if self.arrived() {
                    return;
                }
                self.leave_stream();
                self.phase = Phase::Idle;
                self.owed = false;
                self.draw_last("");
                self.out.add("emit", "message", event.get("message").text_of("text"));
                self.ask_queued();
            }
        }
    }

    /// The server has the question, and its files with it. Only the tab that asked stores that: another one may have gone on.
    /// Whether the conversation is fetched, to show the question in its place.
    fn arrived(&mut self) -> bool {
        let Some(asked) = self.asked.take() else { return false };
        self.turn += 1;
        self.store();
        if !self.uploads.is_empty() {
            self.forget_files(false);
        }
        if asked.text.is_empty() {
            self.draw();
        }
        let is_elsewhere = asked.is_left && self.conversation.messages.len() > 2;
        if is_elsewhere {
            self.leave_stream();
            self.load();
        }
        is_elsewhere
    }

    /// A stream ended. Where the answer is whole it was let go before.
    pub(super) fn ended(&mut self, stream: &str) {
        if stream == digits(u64::from(self.stream)) && self.phase == Phase::Busy {
            self.lose();
        }
    }

    /// The connection is lost: it is tried again after a while, and sooner when the browser says that it is back.
    pub(super) fn lose(&mut self) {
        self.leave_stream();
        if self.owed {
            self.resolve();
        }
        self.attempts += 1;
        if self.attempts > ATTEMPTS {
            self.fail(OFFLINE);
            return;
        }
        self.phase = Phase::Waiting;
        self.say(self.texts.reconnecting(), false);
        let milliseconds = 500_u64 << self.attempts.min(5);
        let name = woven("again $", &[&digits(u64::from(self.stream))]);
        self.out.add("wait", &woven("$ $", &[&digits(milliseconds), &name]), "");
    }

    /// A time is over.
    pub(super) fn waited(&mut self, name: &str) {
        let stream = digits(u64::from(self.stream));
        if name == "work" {
            self.do_work();
        } else if let Some(number) = name.strip_prefix("read:") {
            self.ask_of_file(name, number);
        } else if name == woven("free $", &[&stream]) && self.phase == Phase::Failed {
            self.say("", true);
        } else if name == woven("again $", &[&stream]) && self.phase == Phase::Waiting {
            self.begin_stream();
        }
    }

    /// The browser has a connection again.
    pub(super) fn online(&mut self) {
        if self.phase == Phase::Waiting {
            self.begin_stream();
        } else if self.phase == Phase::Failed && self.code == OFFLINE {
            self.retry();
        }
    }

    /// The browser has lost its connection, which an open stream may not notice for minutes.
    pub(super) fn offline(&mut self) {
        if self.phase == Phase::Busy {
            self.lose();
        }
    }

    fn do_work(&mut self) {
        let Some(work) = &mut self.work else { return };
        match work.slice(SLICE) {
            Some(answer) => {
                let proof =
                    woven("\"proof\":{\"challenge\":$,\"answer\":$}", &[&quoted(&work.challenge), &quoted(&answer)]);
                self.work = None;
                self.enter(&proof);
            }
            None => self.out.add("wait", "0 work", ""),
        }
    }
}
