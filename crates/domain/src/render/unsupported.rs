//! Sentences that no source supports, marked where an answer becomes HTML.

use std::{collections::BTreeMap, ops::Range};

use hammock_contract::{locale::Locale, support::UnsupportedSentence};
use hammock_retrieval::question;
use pulldown_cmark::{CowStr, Event, Parser, Tag, TagEnd, TextMergeStream};

use super::options;

/// What is said of such a sentence to who listens, in the languages of the interface, the first where the answer's is none of
/// them. The sanitiser lets nothing else through.
pub(super) const NOT_FOUND: [(&str, &str); 3] =
    [("en", "not found in the sources"), ("fr", "introuvable dans les sources"), ("cs", "není ve zdrojích")];

/// The sentences as ranges, and what is said of them.
pub(super) struct Marks {
    ranges: Vec<Range<usize>>,
    said: &'static str,
}

impl Marks {
    /// Nothing is marked.
    pub fn none() -> Self {
        Self { ranges: Vec::new(), said: "" }
    }

    /// The sentences of an answer.
    pub fn of(answer: &str, sentences: &[UnsupportedSentence]) -> Self {
        if sentences.is_empty() {
            return Self::none();
        }
        let language = question::certain(answer, &Locale::ALL.map(Locale::tag));
        let said = NOT_FOUND.iter().find(|(known, _)| language == Some(*known)).unwrap_or(&NOT_FOUND[0]).1;
        let ranges = sentences.iter().map(|it| it.start as usize..it.end.max(it.start) as usize).collect();
        Self { ranges, said }
    }

    /// Those in a part of the answer, counted from where that begins.
    pub fn within(&self, part: &Range<usize>) -> Self {
        let inside = self.ranges.iter().map(|range| range.start.max(part.start)..range.end.min(part.end));
        let inside = inside.filter(|range| range.start < range.end);
        Self { ranges: inside.map(|range| range.start - part.start..range.end - part.start).collect(), said: self.said }
    }
}

/// An event of the parser and what is marked of it.
pub(super) struct Marked<'a> {
    pub event: Event<'a>,
    /// Which mark it lies in.
    mark: Option<usize>,
    /// Whether it is the last of that mark.
    is_last: bool,
}

/// The events of a Markdown text: text that lies partly in a mark is cut at its ends.
pub(super) fn events<'a>(markdown: &'a str, marks: &Marks) -> Box<dyn Iterator<Item = Marked<'a>> + 'a> {
    let parser = Parser::new_ext(markdown, options());
    if marks.ranges.is_empty() {
        let unmarked = |event| Marked { event, mark: None, is_last: false };
        return Box::new(TextMergeStream::new(parser).map(unmarked));
    }
    let mut cut: Vec<Marked<'a>> = Vec::new();
    let mut in_code_block = false;
    for (event, range) in parser.into_offset_iter() {
        match event {
            Event::Text(text) if !in_code_block => {
                for (part, mark) in parts(&text, &range, &marks.ranges) {
                    add_text(&mut cut, part, mark);
                }
            }
            Event::Code(_) | Event::Html(_) | Event::InlineHtml(_) | Event::SoftBreak | Event::HardBreak => {
                let mark = marks.ranges.iter().position(|mark| mark.contains(&range.start));
                cut.push(Marked { event, mark, is_last: false });
            }
            other => {
                match &other {
                    Event::Start(Tag::CodeBlock(_)) => in_code_block = true,
                    Event::End(TagEnd::CodeBlock) => in_code_block = false,
                    _ => {}
                }
                cut.push(Marked { event: other, mark: None, is_last: false });
            }
        }
    }
    let mut last: BTreeMap<usize, usize> = BTreeMap::new();
    for (at, marked) in cut.iter().enumerate() {
        if let Some(mark) = marked.mark.filter(|_| !is_break(&marked.event)) {
            last.insert(mark, at);
        }
    }
    for at in last.into_values() {
        cut[at].is_last = true;
    }
    Box::new(cut.into_iter())
}

/// A text cut at the ends of marks, each part with the mark that it lies in. Where the text does not stand in the Markdown as
/// it is, as of an entity, all of it goes by where it begins.
fn parts<'a>(text: &CowStr<'a>, range: &Range<usize>, marks: &[Range<usize>]) -> Vec<(CowStr<'a>, Option<usize>)> {
    let mark_at = |at: usize| marks.iter().position(|mark| mark.contains(&at));
    if text.len() != range.len() {
        return vec![(text.clone(), mark_at(range.start))];
    }
    let ends = marks.iter().flat_map(|mark| [mark.start, mark.end]);
    let mut ends: Vec<usize> = ends
        .filter_map(|end| end.checked_sub(range.start))
        .filter(|end| *end > 0 && *end < text.len() && text.is_char_boundary(*end))
        .chain([text.len()])
        .collect();
    ends.sort_unstable();
    ends.dedup();
    let mut start = 0;
    let mut parts = Vec::with_capacity(ends.len());
    for end in ends {
        parts.push((CowStr::from(text[start..end].to_owned()), mark_at(range.start + start)));
        start = end;
    }
    parts
}

/// Adds a text, to the one before it where both lie in the same: what is one word or one number of a source comes in pieces.
fn add_text<'a>(cut: &mut Vec<Marked<'a>>, text: CowStr<'a>, mark: Option<usize>) {
    match cut.last_mut() {
        Some(Marked { event: Event::Text(before), mark: its, .. }) if *its == mark => {
            *before = CowStr::from(format!("{before}{text}"));
        }
        _ => cut.push(Marked { event: Event::Text(text), mark, is_last: false }),
    }
}

fn is_break(event: &Event<'_>) -> bool {
    matches!(event, Event::SoftBreak | Event::HardBreak)
}

/// Opens and closes the marks between the events as they are written.
pub(super) struct Marker {
    said: &'static str,
    open: Option<usize>,
}

impl Marker {
    pub fn new(marks: &Marks) -> Self {
        Self { said: marks.said, open: None }
    }

    /// To be called before an event is written: a mark is put around text and never around a tag.
    pub fn before<'a>(&mut self, marked: &Marked<'a>, out: &mut Vec<Event<'a>>) {
        if self.open.is_some() && self.open != marked.mark {
            self.close(out);
        }
        if self.open.is_none() && marked.mark.is_some() && !is_break(&marked.event) {
            let tag = format!("<mark class=\"unsupported\" title=\"{}\">", self.said);
            out.push(Event::InlineHtml(CowStr::from(tag)));
            self.open = marked.mark;
        }
    }

    /// To be called when it is written. Who listens is told once, at the end of a sentence.
    pub fn after(&mut self, is_last: bool, out: &mut Vec<Event<'_>>) {
        if is_last && self.open.is_some() {
            let told = format!("<span class=\"visually-hidden\"> ({})</span>", self.said);
            out.push(Event::InlineHtml(CowStr::from(told)));
            self.close(out);
        }
    }

    fn close(&mut self, out: &mut Vec<Event<'_>>) {
        out.push(Event::InlineHtml(CowStr::Borrowed("</mark>")));
        self.open = None;
    }
}

impl Marked<'_> {
    /// Whether it is the last of its mark.
    pub fn is_last(&self) -> bool {
        self.is_last
    }
}

#[cfg(test)]
mod tests {
    use hammock_contract::support::UnsupportedReason;

    use super::super::{Sources, judged_blocks};

    use super::*;

    /// The blocks of an answer in which these sentences are marked.
    fn shown(answer: &str, sentences: &[&str]) -> Vec<String> {
        let marked: Vec<UnsupportedSentence> = sentences
            .iter()
            .map(|sentence| {
                let start = answer.find(sentence).expect("the answer has the sentence");
                let at = |offset: usize| u32::try_from(offset).expect("it is short");
                let (start, end) = (at(start), at(start + sentence.len()));
                UnsupportedSentence { start, end, reason: UnsupportedReason::Number }
            })
            .collect();
        judged_blocks(answer, &Sources::none(), &marked)
    }

    const OPEN: &str = "<mark class=\"unsupported\" title=\"not found in the sources\">";
    const CLOSE: &str = "<span class=\"visually-hidden\"> (not found in the sources)</span></mark>";

    #[test]
    fn a_sentence_is_marked_within_its_paragraph() {
        let blocks =
            shown("It opens at nine. It closes at *five* & never. Dogs wait.", &["It closes at *five* & never."]);
        let expected = format!(
            "<p>It opens at nine. {OPEN}It closes at </mark><em>{OPEN}five</mark></em>{OPEN} &amp; never.{CLOSE} Dogs wait.</p>\n"
        );
        assert_eq!(blocks, [expected]);
    }

    #[test]
    fn lists_rows_code_and_lines_are_marked() {
        let answer = "- one `x`\n  and more\n- two\n\n| a | b |\n|---|---|\n| c | d |\n\n```\ntwo\n```";
        let blocks = shown(answer, &["one `x`\n  and more", "| c | d |"]);
        assert_eq!(blocks.len(), 3);
        assert!(blocks[0].contains(&format!("<li>{OPEN}one <code>x</code>\nand more{CLOSE}</li>")), "{}", blocks[0]);
        assert!(blocks[0].contains("<li>two</li>"), "{}", blocks[0]);
        assert!(blocks[1].contains(&format!("<td>{OPEN}c</mark></td><td>{OPEN}d{CLOSE}</td>")), "{}", blocks[1]);
        assert!(!blocks[2].contains("mark"), "{}", blocks[2]);
    }

    #[test]
    fn sentences_beside_each_other_have_marks_of_their_own() {
        let blocks = shown("One is so. Two is so.", &["One is so.", "Two is so."]);
        assert_eq!(blocks, [format!("<p>{OPEN}One is so.{CLOSE} {OPEN}Two is so.{CLOSE}</p>\n")]);
    }

    #[test]
    fn who_listens_is_told_in_the_language_of_the_answer() {
        let blocks =
            shown("Les chiens restent dehors et il est interdit de les laisser entrer.", &["Les chiens restent"]);
        assert!(blocks[0].contains("title=\"introuvable dans les sources\""), "{}", blocks[0]);
    }

    #[test]
    fn markup_in_an_answer_makes_no_mark() {
        let blocks = shown("So <mark class=\"unsupported\" title=\"x\">it</mark> is.", &[]);
        assert!(!blocks[0].contains("<mark"), "{}", blocks[0]);
    }
}
