//! A conversation as Markdown: questions as quotations, answers as they are, their sources as footnotes that are numbered
//! through the whole file.

use hammock_contract::{
    Timestamp,
    chat::{Author, Citation, ConversationSummary, Message, MessageState},
    locale::Locale,
    passage::Place,
};
use hammock_retrieval::citations;

use super::cited;
use crate::render::{Definitions, quiet};

/// What the file says itself.
struct Words {
    you: &'static str,
    assistant: &'static str,
    gone: &'static str,
    exported: &'static str,
    unfinished: &'static str,
    attached: &'static str,
    hidden: &'static str,
    page: &'static str,
    pages: &'static str,
    sheet: &'static str,
    slide: &'static str,
}

const fn words(locale: Locale) -> Words {
    match locale {
        Locale::En => Words {
            you: "You",
            assistant: "Assistant",
            gone: "deleted assistant",
            exported: "exported",
            unfinished: "This answer is not finished.",
            attached: "Attached",
            hidden: "A source that you can no longer see.",
            page: "page",
            pages: "pages",
            sheet: "sheet",
            slide: "slide",
        },
        Locale::Fr => Words {
            you: "Vous",
            assistant: "Assistant",
            gone: "assistant supprimé",
            exported: "exporté le",
            unfinished: "Cette réponse n’est pas terminée.",
            attached: "Joint",
            hidden: "Une source que vous ne pouvez plus voir.",
            page: "page",
            pages: "pages",
            sheet: "feuille",
            slide: "diapositive",
        },
        Locale::Cs => Words {
            you: "Vy",
            assistant: "Asistent",
            gone: "smazaný asistent",
            exported: "exportováno",
            unfinished: "Tato odpověď není dokončena.",
            attached: "Přiloženo",
            hidden: "Zdroj, který už nevidíte.",
            page: "strana",
            pages: "strany",
            sheet: "list",
            slide: "snímek",
        },
    }
}

/// Writes a conversation, some of its messages at a time. They are given to it three times: what they define is learned, then
/// they are written, then their footnotes.
pub struct Writer {
    words: Words,
    /// How many sources have a number in the file so far.
    issued: u32,
    definitions: Definitions,
    /// Whether a footnote was written.
    has_notes: bool,
}

/// A message in the file.
struct Section {
    /// What stands there; no piece of it leaves anything open.
    pieces: Vec<String>,
    /// Its footnotes with their numbers.
    notes: Vec<(u32, String)>,
}

impl Writer {
    /// A file in a language.
    pub fn new(locale: Locale) -> Self {
        Self { words: words(locale), issued: 0, definitions: Definitions::default(), has_notes: false }
    }

    /// What the file begins with.
    pub fn head(&self, summary: &ConversationSummary, now: Timestamp) -> String {
        let words = &self.words;
        let assistant = if summary.assistant_name.is_empty() { words.gone } else { summary.assistant_name.as_str() };
        let (year, month, day, hour, minute, ..) = now.civil();
        format!(
            "# {}\n\n{}: {} · {} {year}-{month:02}-{day:02} {hour:02}:{minute:02} UTC\n",
            plain(&summary.title),
            words.assistant,
            plain(assistant),
            words.exported,
        )
    }

    /// The first message comes next, once more.
    pub fn begin_again(&mut self) {
        self.issued = 0;
    }

    /// Whether any message so far has a source.
    pub fn has_sources(&self) -> bool {
        self.issued > 0
    }

    /// Learns what messages define: one may name a picture that another one shows.
    pub fn learn(&mut self, messages: &[Message]) {
        for message in messages {
            let Section { pieces, notes } = self.section(message);
            pieces.iter().for_each(|piece| self.definitions.learn(piece, None));
            for (number, note) in notes {
                self.definitions.learn(&note, Some(number));
            }
        }
    }

    /// Messages: questions as quotations, answers as they are.
    pub fn messages(&mut self, messages: &[Message]) -> String {
        let pieces: Vec<String> = messages.iter().flat_map(|message| self.section(message).pieces).collect();
        // One answer may end what another one left open: code, above all.
        self.definitions.sealed(pieces)
    }

    /// Their footnotes; empty where there are none.
    pub fn notes(&mut self, messages: &[Message]) -> String {
        let notes: Vec<String> =
            messages.iter().flat_map(|message| self.section(message).notes).map(|(_, note)| note).collect();
        let mut text = String::new();
        if !notes.is_empty() && !self.has_notes {
            self.has_notes = true;
            text.push('\n');
        }
        text.push_str(&self.definitions.sealed(notes));
        text
    }

    fn section(&mut self, message: &Message) -> Section {
        let words = &self.words;
        match message.author {
            Author::User => {
                let mut text = format!("\n## {}\n\n{}", words.you, quotation(&message.text));
                let names: Vec<String> = message.attachments.iter().map(|attached| plain(&attached.name)).collect();
                if !names.is_empty() {
                    text.push_str(&format!("\n{}: {}\n", words.attached, names.join(", ")));
                }
                Section { pieces: vec![text], notes: Vec::new() }
            }
            Author::Assistant => {
                let mut numbers: Vec<(u32, u32)> = Vec::new();
                let mut notes = Vec::new();
                for citation in cited(message) {
                    self.issued += 1;
                    numbers.push((citation.number, self.issued));
                    notes.push((self.issued, note(self.issued, citation, words)));
                }
                // Told where there are several.
                let by = message.assistant.as_ref().map(|by| format!(": {}", plain(&by.name))).unwrap_or_default();
                let text = answer(message, &numbers);
                let unfinished = (message.state != MessageState::Complete).then(|| {
                    let gap = if text.is_empty() { "" } else { "\n" };
                    format!("{gap}*{}*\n", words.unfinished)
                });
                let text = format!("\n## {}{by}\n\n{text}", words.assistant);
                Section { pieces: [text].into_iter().chain(unfinished).collect(), notes }
            }
        }
    }
}

/// An answer with its references, whose numbers in the file are these.
fn answer(message: &Message, numbers: &[(u32, u32)]) -> String {
    let in_file = |number: u32| numbers.iter().find(|(own, _)| *own == number).map(|(_, number)| *number);
    let checked = citations::check(&quiet(message.text.trim()), |number| in_file(number).is_some());
    let mut text = String::with_capacity(checked.text.len());
    let mut from = 0;
    for reference in &checked.references {
        text.push_str(&checked.text[from..reference.start]);
        text.push_str(&format!("[^{}]", in_file(reference.number).unwrap_or(reference.number)));
        from = reference.end;
    }
    text.push_str(&checked.text[from..]);
    if !text.is_empty() {
        text.push('\n');
    }
    text
}

/// A footnote: where its passage stands, and what it says.
fn note(number: u32, citation: &Citation, words: &Words) -> String {
    if citation.hidden {
        return format!("[^{number}]: {}\n", words.hidden);
    }
    let mut parts = vec![format!("**{}**", plain(&citation.title))];
    let headings = citation.headings.iter().filter(|heading| **heading != citation.title);
    parts.extend(headings.map(|heading| plain(heading)));
    parts.extend(citation.place.as_ref().map(|place| match place {
        Place::Page { number, breaks } if breaks.is_empty() => format!("{} {number}", words.page),
        Place::Page { number, breaks } => {
            format!("{} {number}–{}", words.pages, *number as usize + breaks.len())
        }
        Place::Sheet { name } => format!("{} {}", words.sheet, plain(name)),
        Place::Slide { number } => format!("{} {number}", words.slide),
    }));
    let address = citation.url.as_deref().map(|url| format!(" <{}>", escaped_address(url))).unwrap_or_default();
    let quote = quotation(citation.quote.trim());
    // What belongs to a footnote is indented.
    let quote: String = quote.lines().map(|line| format!("    {line}\n")).collect();
    format!("[^{number}]: {}{address}\n\n{quote}\n", parts.join(" › "))
}

/// An address between `<` and `>`, which it cannot leave.
fn escaped_address(url: &str) -> String {
    let mut address = String::with_capacity(url.len());
    for character in url.chars() {
        match character {
            '<' => address.push_str("%3C"),
            '>' => address.push_str("%3E"),
            c if c.is_whitespace() || c.is_control() => address.push_str("%20"),
            c => address.push(c),
        }
    }
    address
}

/// A text word for word, as a quotation: none of it is taken for markup that loads anything.
fn quotation(text: &str) -> String {
    // To who reads Markdown, each of these ends a line.
    let text = text.replace("\r\n", "\n").replace('\r', "\n");
    quiet(&text).lines().map(|line| if line.is_empty() { ">\n".to_owned() } else { format!("> {line}\n") }).collect()
}

/// A name in a line: none of it is taken for markup.
fn plain(text: &str) -> String {
    let mut plain = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '\\' | '*' | '_' | '`' | '[' | ']' | '<' | '>' | '#' | '!' | '|' => {
                plain.push('\\');
                plain.push(character);
            }
            c if c.is_control() => plain.push(' '),
            c => plain.push(c),
        }
    }
    plain.trim().to_owned()
}

#[cfg(test)]
mod tests;
