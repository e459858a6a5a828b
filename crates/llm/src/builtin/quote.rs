//! How units become a quotation: as they stood, and each source's number where its words end.

use super::{
    passages::Passage,
    units::{Kind, Unit},
};

/// The units as they stood (sentences of a paragraph in a line, all else apart), and the numbers of the sources that the last
/// of them are of, which belong at the end. Numbers of sources that end earlier stand in the text.
pub(super) fn text_of<'a>(passage: &Passage<'_>, units: impl Iterator<Item = &'a Unit>) -> (String, Vec<u32>) {
    let mut text = String::new();
    let mut open: Vec<u32> = Vec::new();
    let mut before: Option<&Unit> = None;
    for unit in units {
        let numbers: Vec<u32> = passage.parts_of(&unit.lines).map(|part| part.source.number).collect();
        if let Some(before) = before {
            if open.last() != numbers.first() {
                text.push_str(&marks(&text, &open));
                open.clear();
            }
            text.push_str(match (before.paragraph == unit.paragraph, unit.kind) {
                (true, Kind::Sentence) => " ",
                (true, _) => "\n",
                (false, _) => "\n\n",
            });
        }
        let is_list = matches!(unit.kind, Kind::Steps | Kind::List);
        if is_list && numbers.len() > 1 {
            open = push_list(&mut text, passage, unit, open);
        } else {
            text.push_str(&unit.text);
            add(&mut open, &numbers);
        }
        before = Some(unit);
    }
    (text, open)
}

/// A list that several sources have a part of, each part with its number; but for the last one, which is given back.
fn push_list(text: &mut String, passage: &Passage<'_>, unit: &Unit, mut open: Vec<u32>) -> Vec<u32> {
    for (at, line) in unit.text.lines().enumerate() {
        let number = unit.lines.start + at;
        let own: Vec<u32> = passage.parts_of(&(number..number + 1)).map(|part| part.source.number).collect();
        // An empty line between two parts is of neither.
        if !own.is_empty() && open.last() != own.first() {
            // Behind the words, not on the empty line.
            let end = text.trim_end_matches('\n').len();
            if !open.is_empty() && end > 0 {
                let ended = marks(&text[..end], &open);
                text.insert_str(end, &ended);
            }
            open.clear();
        }
        if at > 0 {
            text.push('\n');
        }
        text.push_str(line);
        add(&mut open, &own);
    }
    open
}

fn add(open: &mut Vec<u32>, numbers: &[u32]) {
    for number in numbers {
        if !open.contains(number) {
            open.push(*number);
        }
    }
}

/// The numbers, to be written behind a text. Behind a code block or a table they get a line of their own: there they would be
/// taken for a part of it.
pub(super) fn marks(text: &str, numbers: &[u32]) -> String {
    let last = text.lines().last().unwrap_or_default().trim_start();
    let is_apart = last.starts_with("```") || last.starts_with("~~~") || last.starts_with('|');
    let mut marks = String::from(if is_apart { "\n\n" } else { " " });
    for number in numbers {
        marks.push_str(&format!("[{number}]"));
    }
    marks
}
