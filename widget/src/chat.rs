//! The chat: what happened, and what is to be done about it.

mod answers;
mod before;
mod drawing;
mod earlier;
mod files;
mod kept;
mod stopping;
mod streaming;
#[cfg(test)]
mod tests;
mod visitor;

use crate::{
    command::{Commands, cut, digits, length, number, place_of, trimmed, woven},
    conversation::{Conversation, Message, State},
    errors, markup,
    proof::Work,
    requests::Request,
    settings::Settings,
    sign_in::Visitor,
    sse::Reader,
    texts::Texts,
    uploads::Upload,
};

/// Where the chat stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Page {
    /// Over the page, behind a launcher.
    Floating,
    /// In the page.
    Inline,
    /// It is the page.
    Whole,
    /// It is the page in a frame, and a script of ours around it closes that.
    Frame,
}

impl Page {
    /// By the name that the loader gives it. A page in a frame is one of its own until something around it says otherwise.
    pub fn named(name: &str) -> Self {
        match name {
            "inline" => Self::Inline,
            "page" | "frame" => Self::Whole,
            _ => Self::Floating,
        }
    }
}

/// What goes on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Phase {
    /// The visitor may write.
    Idle,
    /// The conversation of before is being fetched.
    Loading,
    /// An answer is being made.
    Busy,
    /// The connection is lost; it is tried again by itself.
    Waiting,
    /// It did not work; the visitor may try again.
    Failed,
}

/// A question on its way to the server.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
struct Asked {
    /// Empty: it was stopped before the server said that it has it, which is all that is asked now.
    text: String,
    continues: bool,
    /// Under which it is one question, however often it is sent. Empty: it was not sent yet.
    key: String,
    /// The ids of its files, as a list of JSON without its brackets.
    files: String,
    /// Whether it was sent by an earlier page, which did not hear whether it arrived.
    is_left: bool,
}

/// A chat.
#[derive(Debug)]
pub struct Chat {
    settings: Settings,
    texts: &'static Texts,
    page: Page,
    seed: String,
    /// The visitor's token; empty: there is none, or it has ended.
    token: String,
    /// One that has ended, to be renewed.
    old_token: String,
    /// How many questions of this browser have arrived: other tabs see by it that there is a new one.
    turn: u64,
    conversation: Conversation,
    phase: Phase,
    is_drawn: bool,
    /// What is asked until the server says that it is stored.
    asked: Option<Asked>,
    /// What is asked when the conversation of before is there, or when it is known what became of a question that was stopped.
    queued: Option<Asked>,
    /// What stands in the field.
    field: String,
    /// Whether the visitor has stopped an answer of which it is not known yet that it has ended.
    owed: bool,
    /// The conversation that another tab has gone to while something went on here.
    elsewhere: Option<String>,
    /// What an earlier page or another tab has on its way, as it is stored: it stays there, whatever is stored from here.
    left: String,
    /// The number of the stream that counts; events of others are late.
    stream: u32,
    reader: Reader,
    /// How often in a row the connection was lost.
    attempts: u32,
    /// Why it failed.
    code: String,
    sent: Vec<Request>,
    /// What waits until the visitor is let in.
    held: Vec<Request>,
    is_entering: bool,
    work: Option<Work>,
    /// What is sent with the next question.
    uploads: Vec<Upload>,
    /// The visitor's conversations, each with its id and its title, where they stand in the place of the messages.
    earlier: Option<Vec<(String, String)>>,
    /// Whether what stands in the field is too long.
    is_over: bool,
    visitor: Visitor,
    out: Commands,
}

impl Chat {
    /// Makes one; see [`crate::begin`].
    pub fn new(interface: &str, texts: &str, page: Page, stored: &str, seed: &str) -> Self {
        let mut chat = Self {
            settings: Settings::read(interface),
            texts: Texts::read(texts),
            page,
            seed: seed.to_owned(),
            token: String::new(),
            old_token: String::new(),
            turn: 0,
            conversation: Conversation::default(),
            phase: Phase::Idle,
            is_drawn: false,
            asked: None,
            queued: None,
            field: String::new(),
            owed: false,
            elsewhere: None,
            left: String::new(),
            stream: 0,
            reader: Reader::default(),
            attempts: 0,
            code: String::new(),
            sent: Vec::new(),
            held: Vec::new(),
            is_entering: false,
            work: None,
            uploads: Vec::new(),
            earlier: None,
            is_over: false,
            visitor: Visitor::default(),
            out: Commands::default(),
        };
        chat.recall(stored);
        chat.claim_left();
        chat
    }

    /// What is to be done; nothing is given twice.
    pub fn take_commands(&mut self) -> String {
        self.out.take()
    }

    /// Takes what happened; `shell.js` names it.
    pub fn handle(&mut self, what: &str, name: &str, value: &str) {
        match what {
            "open" => self.open(name),
            "click" => {
                let (number, text) = cut(value, b'\n').unwrap_or((value, ""));
                self.click(name, number, text);
            }
            "ask" => {
                // What the page asks does not stand in the field.
                if name.is_empty() {
                    value.clone_into(&mut self.field);
                }
                self.ask(value, false);
            }
            "answer" => {
                let (status, body) = cut(value, b'\n').unwrap_or((value, ""));
                let status = number(status).and_then(|status| u32::try_from(status).ok());
                self.answer(name, status.unwrap_or_default(), body);
            }
            "ended" => self.ended(name),
            "wait" => self.waited(name),
            "online" => self.online(),
            "offline" => self.offline(),
            "stored" => self.stored(value),
            "typed" => self.typed(name, value),
            "mail" => self.mail(name, value),
            "file" => self.file(name, value),
            "sent" => self.out.add("set", &woven("#f$ progress value", &[name]), value),
            "identify" => self.identify(value),
            "framed" => self.page = Page::Frame,
            "window" => self.window(name, value),
            _ => {}
        }
    }

    /// Draws the chat. `origin` is where the server is.
    fn open(&mut self, origin: &str) {
        if self.is_drawn {
            self.focus_field();
            return;
        }
        self.is_drawn = true;
        self.out.add("html", "", &markup::frame(&self.settings, self.texts, self.page, origin));
        self.out.add("set", " lang", self.texts.tag());
        self.draw();
        self.draw_who();
        self.focus_field();
        if !self.claim_next() && !self.needs_sign_in() {
            self.load_kept();
        }
    }

    fn click(&mut self, does: &str, number: &str, text: &str) {
        match does {
            "go" if matches!(self.phase, Phase::Busy | Phase::Waiting) => self.stop(),
            "go" => self.handle("ask", "", text),
            "suggest" => {
                let place: usize = place_of(number).unwrap_or(usize::MAX);
                if let Some(text) = self.settings.suggestions.get(place).cloned() {
                    self.ask(&text, false);
                }
            }
            "continue" => self.ask(self.texts.go_on(), true),
            "retry" => self.retry(),
            "new" => self.begin_anew(),
            "earlier" => self.show_earlier(),
            "before" => self.ask_for_before(),
            "open" => self.open_earlier(number),
            "again" => self.look_again(number),
            "drop" => self.drop_file(number),
            "sign-in" => self.sign_in(number),
            "sign-out" => self.sign_out(),
            "close" if self.page == Page::Whole => self.forget(),
            "close" => self.out.add("emit", "close", ""),
            _ => self.judge(does, number, text),
        }
    }

    fn ask(&mut self, text: &str, continues: bool) {
        let text = trimmed(text);
        let is_going = matches!(self.phase, Phase::Busy | Phase::Waiting);
        if text.is_empty() || is_going && !self.is_resolving() {
            return;
        }
        if length(text) > self.settings.longest {
            self.say(self.texts.too_long(), false);
            return;
        }
        let mut asked = Asked { text: text.to_owned(), continues, ..Asked::default() };
        if continues && self.phase == Phase::Loading {
            // What the button goes on with may be another answer in a moment.
            return;
        }
        if is_going || self.phase == Phase::Loading {
            if self.awaits_left() {
                // What an earlier page has left comes first.
                self.give_back(&asked);
                self.say(errors::said(errors::RUNNING, self.texts), false);
            } else {
                self.queued = Some(asked);
                self.say(self.texts.waits(), false);
            }
            return;
        }
        if self.needs_sign_in() {
            self.give_back(&asked);
            self.refuse_to_ask();
            return;
        }
        if !continues && self.is_waiting_for_files() {
            self.say(self.texts.reading(), false);
            return;
        }
        let is_list = self.earlier.take().is_some();
        let is_begun = self.withdraw().is_none() && !is_list && !self.conversation.messages.is_empty();
        self.give_up();
        // No two streams have the same number.
        asked.key = woven("$-$", &[&self.seed, &digits(u64::from(self.stream) + 1)]);
        let mut names = Vec::new();
        if !continues {
            (asked.files, names) = self.give_files();
        }
        self.put(asked, names, is_begun);
        if trimmed(&self.field) == text {
            self.fill_field("");
        }
        self.give_left_back();
    }

    /// Shows a question and sends it. `files` are the names of its files; `is_begun`: what stands before it is drawn.
    fn put(&mut self, asked: Asked, files: Vec<(String, String)>, is_begun: bool) {
        self.owed = false;
        self.elsewhere = None;
        self.conversation.messages.push(Message { files, ..Message::question(&asked.text) });
        self.conversation.messages.push(Message::answer());
        self.asked = Some(asked);
        self.attempts = 0;
        if is_begun {
            // Nobody goes on with what stood last any more, or leaves an address for it.
            let before = self.conversation.messages.len() - 3;
            let is_open = |last: &Message| last.not_found || last.state != State::Complete;
            if self.conversation.messages.get(before).is_some_and(is_open) {
                self.draw_below(before, false);
            }
            self.draw_last("own");
        } else {
            self.draw();
        }
        self.begin_stream();
    }

    /// Fetches the conversation of before, if there is one that is not shown, and asks what has waited for that.
    fn load_kept(&mut self) {
        if !self.conversation.id.is_empty() && self.conversation.messages.is_empty() {
            self.load();
        } else {
            self.ask_queued();
        }
    }

    /// Fetches the conversation of before.
    fn load(&mut self) {
        self.phase = Phase::Loading;
        let tag = woven("load:$", &[&self.conversation.id]);
        let request = Request::new(&tag, "GET", &["/conversations/", &self.conversation.id], "");
        self.send(request);
    }

    fn retry(&mut self) {
        if self.phase != Phase::Failed {
            return;
        }
        self.attempts = 0;
        self.claim_next();
        if self.asked.is_some() || !self.conversation.run.is_empty() {
            self.draw_last("");
            self.begin_stream();
        } else if self.conversation.id.is_empty() {
            self.phase = Phase::Idle;
            self.say("", false);
        } else {
            self.say("", false);
            self.load();
        }
    }

    #[inline(never)]
    fn forget_conversation(&mut self) {
        self.conversation = Conversation::default();
    }

    #[inline(never)]
    fn focus_field(&mut self) {
        self.out.add("focus", ".ask textarea", "");
    }

    #[inline(never)]
    fn fill_field(&mut self, text: &str) {
        self.out.add("value", ".ask textarea", text);
        self.typed("", text);
    }

    fn begin_anew(&mut self) {
        self.give_left_back();
        self.clear();
        self.focus_field();
    }

    /// Ends the chat on a page of its own, where there is nothing behind it: whoever uses the browser next finds nothing.
    fn forget(&mut self) {
        self.leave();
        self.focus_field();
        self.say(self.texts.closed(), false);
    }
}
