//! The conversation, as the server tells it.

use crate::{
    command::{cut, digits, place_of},
    json::Json,
};

/// How an answer stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum State {
    /// It is being made.
    Streaming,
    /// It is whole.
    Complete,
    /// The visitor stopped it.
    Stopped,
    /// It broke off: the server went down, or it failed.
    Broken,
}

/// A passage that an answer rests on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Source {
    /// The number in the text.
    pub number: u64,
    /// The document's title.
    pub title: String,
    /// The page's address; empty where there is none that can be opened.
    pub url: String,
    /// The passage.
    pub quote: String,
}

/// A message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Message {
    /// The id; empty as long as the server has not told it.
    pub id: String,
    /// Whether the visitor wrote it.
    pub is_question: bool,
    /// What the visitor wrote.
    pub text: String,
    /// The answer as sanitised HTML.
    pub blocks: Vec<String>,
    /// How it stands.
    pub state: State,
    /// Whether the sources do not hold the answer.
    pub not_found: bool,
    /// What it rests on.
    pub sources: Vec<Source>,
    /// Whether sentences of it are marked that none of them supports.
    pub is_marked: bool,
    /// The thumb.
    pub rating: Option<bool>,
    /// The thumb as the server has it.
    pub rated: Option<bool>,
    /// Whether the visitor has said what is wrong with it.
    pub told: bool,
    /// Whether the visitor has left an address, for a person to answer.
    pub address_left: bool,
    /// The files that were sent with it: their names, and where they can be opened; empty as long as the server has not told it.
    pub files: Vec<(String, String)>,
    /// What the visitor has chosen and typed about it, also before it is sent: nothing of that gets lost when it is drawn anew.
    pub reason: String,
    /// The comment.
    pub comment: String,
    /// The e-mail address.
    pub email: String,
}

impl Message {
    /// A question that was just written.
    pub fn question(text: &str) -> Self {
        Self { is_question: true, text: text.to_owned(), state: State::Complete, ..Self::answer() }
    }

    /// An answer that is awaited.
    pub fn answer() -> Self {
        Self {
            id: String::new(),
            is_question: false,
            text: String::new(),
            blocks: Vec::new(),
            state: State::Streaming,
            not_found: false,
            sources: Vec::new(),
            is_marked: false,
            rating: None,
            rated: None,
            told: false,
            address_left: false,
            files: Vec::new(),
            reason: String::new(),
            comment: String::new(),
            email: String::new(),
        }
    }

    fn read(json: &Json) -> Self {
        let rating = json.get("rating").flag();
        Self {
            id: json.owned("id"),
            is_question: json.text_of("author") == "user",
            text: json.owned("text"),
            blocks: json.get("blocks").list().iter().map(|block| block.text().to_owned()).collect(),
            state: match json.text_of("state") {
                "streaming" => State::Streaming,
                "stopped" => State::Stopped,
                "interrupted" | "failed" => State::Broken,
                _ => State::Complete,
            },
            not_found: json.text_of("answer_kind") == "not_found",
            sources: sources(json.get("citations"), true),
            is_marked: !json.get("unsupported").list().is_empty(),
            rating,
            rated: rating,
            files: json.get("attachments").list().iter().map(|file| (file.owned("name"), file.owned("link"))).collect(),
            ..Self::answer()
        }
    }
}

/// What changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Change {
    /// Nothing.
    Nothing,
    /// Which messages there are.
    Messages,
    /// A block of the last message.
    Block(usize),
    /// The last message is as it stays.
    Done,
}

/// The messages, and how far the answer is that is being made.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Conversation {
    /// The id; empty as long as there is none.
    pub id: String,
    /// The messages, oldest first.
    pub messages: Vec<Message>,
    /// How many stand before those, and were not asked for yet.
    pub before: usize,
    /// The run that makes the last answer; empty: none.
    pub run: String,
    /// The last event of it that was seen.
    pub seen: i64,
}

impl Conversation {
    /// Takes a conversation as it is stored.
    pub fn load(&mut self, json: &Json) {
        json.text_of("id").clone_into(&mut self.id);
        self.messages = read_all(json);
        self.before = usize::try_from(json.get("earlier").number()).unwrap_or_default();
        self.note_address(json);
        self.run.clear();
        self.seen = 0;
        let last = json.get("messages").list().last();
        if let Some(last) = last.filter(|last| last.text_of("state") == "streaming") {
            last.text_of("run").clone_into(&mut self.run);
        }
    }

    /// Takes messages that stand before those that are there; how many they are.
    pub fn put_before(&mut self, json: &Json) -> usize {
        let mut messages = read_all(json);
        // No more than are missing: those that are there keep their numbers.
        messages.drain(..messages.len().saturating_sub(self.before));
        let count = messages.len();
        // Where none comes, none is asked for again.
        self.before = if count == 0 { 0 } else { self.before - count };
        messages.append(&mut self.messages);
        self.messages = messages;
        self.note_address(json);
        count
    }

    /// Notes that an address was left. Of which answer it was is not told; it is asked for below the last one.
    fn note_address(&mut self, json: &Json) {
        if json.says("contact_left")
            && !self.messages.iter().any(|message| message.address_left)
            && let Some(message) = self.messages.iter_mut().rev().find(|message| message.not_found)
        {
            message.address_left = true;
        }
    }

    /// The number of the message at a place, by which the page knows it: it stays when others come before it.
    pub fn number(&self, place: usize) -> String {
        digits((self.before + place) as u64)
    }

    /// The other way.
    pub fn place(&self, number: &str) -> Option<usize> {
        place_of(number)?.checked_sub(self.before)
    }

    /// The place of the message with an id.
    #[inline(never)]
    pub fn place_by_id(&self, id: &str) -> Option<usize> {
        self.messages.iter().position(|message| message.id == id)
    }

    /// The message of a number.
    pub fn numbered(&mut self, number: &str) -> Option<&mut Message> {
        let place = self.place(number)?;
        self.messages.get_mut(place)
    }

    /// Takes an event. One that was seen before changes nothing.
    pub fn apply(&mut self, id: &str, event: &Json) -> Change {
        let (run, sequence) = cut(id, b':').unwrap_or_default();
        let sequence = Json::parse(sequence).unwrap_or_default().number();
        if run == self.run && sequence <= self.seen {
            return Change::Nothing;
        }
        let change = match event.text_of("type") {
            "started" => self.start(event),
            "sources" => {
                if let Some(last) = self.messages.last_mut() {
                    last.sources = sources(event.get("citations"), false);
                }
                Change::Nothing
            }
            "delta" => self.grow(event),
            "done" => {
                let message = Message::read(event.get("message"));
                match self.messages.last_mut() {
                    Some(last) if !last.is_question => *last = message,
                    _ => self.messages.push(message),
                }
                Change::Done
            }
            _ => Change::Nothing,
        };
        run.clone_into(&mut self.run);
        self.seen = sequence;
        if change == Change::Done {
            self.run.clear();
            self.seen = 0;
        }
        change
    }

    fn start(&mut self, event: &Json) -> Change {
        event.text_of("conversation").clone_into(&mut self.id);
        let answer = event.text_of("answer");
        let question = Message::read(event.get("question"));
        if let [.., asked, awaited] = self.messages.as_mut_slice()
            && (awaited.id == answer || awaited.id.is_empty() && !awaited.is_question)
        {
            // It was drawn when it was asked, or the stream begins anew: what comes replaces what was there.
            *asked = question;
            *awaited = Message { id: answer.to_owned(), ..Message::answer() };
        } else {
            self.messages.push(question);
            self.messages.push(Message { id: answer.to_owned(), ..Message::answer() });
        }
        Change::Messages
    }

    fn grow(&mut self, event: &Json) -> Change {
        let Some(last) = self.messages.last_mut().filter(|last| !last.is_question) else { return Change::Nothing };
        let block = usize::try_from(event.get("block").number()).unwrap_or_default();
        // A list of blocks has no holes: what is far behind its end is not of this answer.
        if block > last.blocks.len() {
            return Change::Nothing;
        }
        last.blocks.truncate(block);
        last.blocks.push(event.owned("html"));
        Change::Block(block)
    }
}

/// The messages of a part of a conversation, with what was said about them.
fn read_all(json: &Json) -> Vec<Message> {
    let mut messages: Vec<Message> = json.get("messages").list().iter().map(Message::read).collect();
    for said in json.get("feedback").list() {
        let id = said.text_of("message");
        if let Some(message) = messages.iter_mut().find(|message| message.id == id) {
            message.reason = said.owned("reason");
            message.comment = said.owned("comment");
            let says_nothing = message.reason.is_empty() && message.comment.is_empty();
            message.told = message.rating == Some(false) && !says_nothing;
        }
    }
    messages
}

/// The passages that a text can refer to; those alone that it does refer to, if so wanted.
fn sources(citations: &Json, only_cited: bool) -> Vec<Source> {
    let is_shown = |json: &&Json| json.get("hidden").flag() != Some(true) && (!only_cited || json.says("cited"));
    citations
        .list()
        .iter()
        .filter(is_shown)
        .map(|json| {
            let url = json.text_of("url");
            // No other kind of address is ever opened from here.
            let can_open = url.starts_with("https://") || url.starts_with("http://");
            Source {
                number: u64::try_from(json.get("number").number()).unwrap_or_default(),
                title: json.owned("title"),
                url: if can_open { url.to_owned() } else { String::new() },
                quote: json.owned("quote"),
            }
        })
        .collect()
}

#[cfg(test)]
mod tests;
