//! Markdown that is written piece by piece, with an empty line between them, and read elsewhere as one text: no piece ends what
//! another one has begun, and what one defines loads nothing in another. The whole need never be there at once.

use std::collections::BTreeSet;

use pulldown_cmark::{CodeBlockKind, Event, Options, Parser, Tag};

use super::quiet::{Elsewhere, Known, flat, quiet_beside, readers};

/// The most that pieces may define for one another. Bytes of labels. Beyond, all that could be markup is taken for text.
const MOST_DEFINED: usize = 64 * 1024;
/// What comes after a piece.
const NEXT: &str = "# .\n";
/// How often what is open at the end of a piece is closed before all of it is taken for text.
const CLOSINGS: usize = 4;

/// What stands before the number of a footnote in a label: to those who know no footnotes, one may define a link.
const SIGNS: [&str; 4] = ["^", "^", "^", ""];

/// What the pieces of a text define for one another: links to each of the readers, and footnotes.
#[derive(Debug, Default)]
pub struct Definitions {
    learned: [Learned; 4],
    /// How long all labels are. Bytes.
    bytes: usize,
}

#[derive(Debug, Default)]
struct Learned {
    labels: BTreeSet<String>,
    /// The footnotes that are numbered through the text, of which there may be very many; ascending.
    numbers: Vec<u32>,
}

impl Definitions {
    /// Learns what a piece defines; all are learned in their order, before the first is written. `number` is that of the footnote
    /// that it is.
    pub fn learn(&mut self, piece: &str, number: Option<u32>) {
        let piece = closed(piece, Elsewhere::default());
        let [plain, tables, footnotes] = readers().map(|options| link_labels(&piece, options));
        let found = [plain, tables, footnotes, note_labels(&piece)];
        for ((learned, labels), sign) in self.learned.iter_mut().zip(found).zip(SIGNS) {
            for label in labels {
                match number.filter(|number| label == format!("{sign}{number}")) {
                    Some(number) => learned.numbers.push(number),
                    // What is too much anyway need not be kept.
                    None if self.bytes <= MOST_DEFINED && !learned.labels.contains(&label) => {
                        self.bytes += label.len();
                        learned.labels.insert(label);
                    }
                    None => {}
                }
            }
        }
    }

    /// Pieces as they stand in the text: with what was learned of the others, whoever reads it loads nothing by itself, and
    /// nothing is open at the end of any.
    pub fn sealed(&self, pieces: impl IntoIterator<Item = String>) -> String {
        if self.bytes > MOST_DEFINED {
            return pieces.into_iter().map(|piece| flat(&piece)).collect();
        }
        let written = self.learned.each_ref().map(|learned| defining(&learned.labels));
        let parsed = written.each_ref().map(|text| Parser::new_ext(text, Options::empty()));
        let [plain, tables, footnotes, notes] = [0, 1, 2, 3].map(|of| Known {
            labels: parsed[of].reference_definitions(),
            numbers: &self.learned[of].numbers,
            sign: SIGNS[of],
        });
        let elsewhere = Elsewhere { links: &[plain, tables, footnotes], notes: Some(notes) };
        pieces.into_iter().map(|piece| sealed(&piece, elsewhere)).collect()
    }
}

/// What defines links with these labels.
fn defining(labels: &BTreeSet<String>) -> String {
    labels.iter().map(|label| format!("[{label}]: x\n")).collect()
}

fn sealed(piece: &str, elsewhere: Elsewhere<'_>) -> String {
    let text = closed(piece, elsewhere);
    // What became text may define something that nobody has learned of.
    let links_are_known = readers()
        .into_iter()
        .zip(elsewhere.links)
        .all(|(options, known)| link_labels(&text, options).iter().all(|label| known.define(label)));
    let is_known = |label: &String| elsewhere.notes.is_some_and(|notes| notes.define(label));
    if links_are_known && note_labels(&text).iter().all(is_known) { text } else { flat(&text) }
}

/// A piece without what a reader would load by itself or take for markup, at whose end nothing is open that would take what
/// follows for its own.
fn closed(piece: &str, elsewhere: Elsewhere<'_>) -> String {
    let mut text = quiet_beside(piece, elsewhere);
    for _ in 0..CLOSINGS {
        let Some(fence) = open_fence(&text) else { return text };
        if !text.ends_with('\n') {
            text.push('\n');
        }
        text.push_str(&fence);
        text.push('\n');
        // Behind code that was open, other definitions count.
        text = quiet_beside(&text, elsewhere);
    }
    flat(&text)
}

/// What closes the code that a text leaves open at its end, to any of the readers.
fn open_fence(text: &str) -> Option<String> {
    let whole = format!("{text}\n\n{NEXT}");
    let next = whole.len() - NEXT.len();
    readers().into_iter().find_map(|options| {
        let mut fence = String::new();
        for (event, range) in Parser::new_ext(&whole, options).into_offset_iter() {
            match event {
                Event::Start(Tag::Heading { .. }) if range.start == next => return None,
                Event::Start(Tag::CodeBlock(CodeBlockKind::Fenced(_))) => fence = fence_of(&whole[range.start..]),
                _ => {}
            }
        }
        Some(fence)
    })
}

/// The fence that a block of code begins with.
fn fence_of(code: &str) -> String {
    let code = code.trim_start();
    let mark = code.chars().next();
    code.chars().take_while(|character| Some(*character) == mark).collect()
}

/// The labels of the links that a text defines.
fn link_labels(text: &str, options: Options) -> Vec<String> {
    let parser = Parser::new_ext(text, options);
    parser.reference_definitions().iter().map(|(label, _)| label.to_owned()).collect()
}

/// The labels of the footnotes that it defines.
fn note_labels(text: &str) -> Vec<String> {
    let [.., knows_notes] = readers();
    let label = |event: Event<'_>| match event {
        Event::Start(Tag::FootnoteDefinition(label)) => Some(label.to_string()),
        _ => None,
    };
    Parser::new_ext(text, knows_notes).filter_map(label).collect()
}

#[cfg(test)]
mod tests {
    use hammock_testkit::hostile;

    use super::*;

    /// The pieces as they are written one after the other.
    fn written(pieces: &[&str]) -> String {
        let mut definitions = Definitions::default();
        for piece in pieces {
            definitions.learn(piece, None);
        }
        definitions.sealed(pieces.iter().map(|piece| (*piece).to_owned()))
    }

    /// What a reader of the whole would load by itself or take for markup.
    fn loaded(text: &str) -> Vec<String> {
        let of_reader = |options| {
            Parser::new_ext(text, options).filter_map(|event| match event {
                Event::Html(raw) | Event::InlineHtml(raw) => Some(raw.to_string()),
                Event::Start(Tag::Image { dest_url, .. }) => Some(dest_url.to_string()),
                _ => None,
            })
        };
        readers().into_iter().flat_map(of_reader).collect()
    }

    #[test]
    fn what_loads_nothing_stays_as_it_is() {
        let pieces = [
            "\n## One\n\nAt *nine* [1], `Vec<T>` and `![a](b)`, 1 < 2.\n\n[1]: https://example.org\n",
            "\n## Two\n\n```html\n<img src=x>\n```\n\n- a\n\n    ```\n    ![a](b)\n    ```\n",
            "\n## Three\n\n![nothing][that] is defined, nor [is this].\n",
        ];
        assert_eq!(written(&pieces), pieces.concat());
    }

    #[test]
    fn a_picture_by_the_definition_of_another_piece_is_none() {
        let (picture, definition) = ("\n# One\n\n![a][b c]\n", "\n# Two\n\n[B  C]: https://evil.example/x.png\n");
        for pieces in [[picture, definition], [definition, picture]] {
            let text = written(&pieces);
            assert!(text.contains("\\![a][b c]") && text.contains(definition), "{text}");
            assert_eq!(loaded(&text), Vec::<String>::new());
        }
    }

    #[test]
    fn code_that_is_open_ends_with_its_piece() {
        for (open, closed) in [
            ("\n# One\n\n```\nlet a;", "\n# One\n\n```\nlet a;\n```\n"),
            ("\n# One\n\n~~~~ rust\n```\n", "\n# One\n\n~~~~ rust\n```\n~~~~\n"),
            ("\n# One\n\n> ```\n> let a;\n", "\n# One\n\n> ```\n> let a;\n"),
        ] {
            let next = "\n# Two\n\n`<img src=x>`\n";
            assert_eq!(written(&[open, next]), format!("{closed}{next}"));
        }
    }

    #[test]
    fn what_brackets_mean_elsewhere_brings_nothing_to_light() {
        // A label that takes a quotation mark of code along, and a footnote within a link.
        let definitions = ["\n# One\n\n[`]: x\n", "\n# Two\n\n[^a]: x\n", "\n# Three\n\n[i]: x\n"];
        for hidden in ["`<img src=x>`", "` <img src=x> `", "`![a](https://evil.example)`"] {
            for before in
                ["[a][`] [b][`] ` ", "[a][`] ", "[x [^a] y](a`b) ", "[x [i] y](a`b) ", "![x [^a] y](a`b) ", ""]
            {
                let piece = format!("\n# Four\n\n{before}{hidden}\n");
                let text = written(&[&definitions[..], &[piece.as_str()]].concat());
                assert_eq!(loaded(&text), Vec::<String>::new(), "{text}");
            }
        }
    }

    #[test]
    fn hostile_pieces_load_nothing_beside_one_another() {
        let openings =
            ["```", "~~~~", "`", "<!--", "> ```", "- ```", "[^1]: a\n\n    ```", "[a]: https://evil.example"];
        for hostile in hostile::markdown() {
            for opening in openings {
                let (first, second) = (format!("\n# One\n\n{opening}\n"), format!("\n# Two\n\n{}\n", hostile.payload));
                let text = written(&[&first, &second, &first, &second]);
                assert_eq!(loaded(&text), Vec::<String>::new(), "{}: {text}", hostile.title);
            }
        }
    }

    #[test]
    fn footnotes_are_known_by_their_numbers() {
        let notes = ["[^1]: **Hours**\n\n", "[^2]: **Opening hours** › Winter\n\n"];
        let mut definitions = Definitions::default();
        for (note, number) in notes.iter().zip(1..) {
            definitions.learn(note, Some(number));
        }
        assert_eq!(definitions.bytes, 0, "however many there are");
        // Without a definition it is no picture, with one it is to those who know no footnotes.
        let sealed = |text: &str| definitions.sealed([text.to_owned()]);
        assert_eq!(sealed("\n# One\n\n![^1] ![^2] ![^01]\n"), "\n# One\n\n\\![^1] ![^2] ![^01]\n");
        assert_eq!(sealed(notes[0]), notes[0]);
    }

    #[test]
    fn where_very_much_is_defined_all_of_it_is_text() {
        let many: String = (0..200).map(|number| format!("[{number} {}]: x\n", "long ".repeat(80))).collect();
        let text = written(&[&format!("\n# One\n\n{many}"), "\n# Two\n\n![a][1] `<b>`\n"]);
        assert!(text.contains("&#33;[a][1] `&lt;b>`") && !text.contains("]: x"), "{text}");
        assert_eq!(loaded(&text), Vec::<String>::new());
    }
}
