//! The source numbers in an answer: `[1]`, `[1, 2]`, `[^1]`. Only numbers that the server issued stay.

/// One reference of a text to a source.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Reference {
    /// The source's number.
    pub number: u32,
    /// Where the mark begins in the cleaned text. Bytes.
    pub start: usize,
    /// Where the mark ends in the cleaned text. Bytes.
    pub end: usize,
}

/// A text whose references are checked.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Checked {
    /// The text. Every mark has the form `[n]`; numbers that were never issued are gone.
    pub text: String,
    /// The references, in the order of the text.
    pub references: Vec<Reference>,
}

impl Checked {
    /// The numbers that the text refers to, each once, ascending.
    pub fn numbers(&self) -> Vec<u32> {
        let mut numbers: Vec<u32> = self.references.iter().map(|reference| reference.number).collect();
        numbers.sort_unstable();
        numbers.dedup();
        numbers
    }
}

/// Finds the source marks in a Markdown text and keeps those that `is_issued`. Code, links and images are left alone.
pub fn check(text: &str, is_issued: impl Fn(u32) -> bool) -> Checked {
    let mut checked = Checked { text: String::with_capacity(text.len()), references: Vec::new() };
    let mut rest = text;
    let mut code: Option<usize> = None;
    while let Some(at) = rest.find(['`', '[', '\\']) {
        checked.text.push_str(&rest[..at]);
        rest = &rest[at..];
        if rest.starts_with('`') {
            let ticks = rest.bytes().take_while(|byte| *byte == b'`').count();
            code = match code {
                Some(open) if open == ticks => None,
                None if rest[ticks..].contains(&rest[..ticks]) || ticks >= 3 => Some(ticks),
                other => other,
            };
            checked.text.push_str(&rest[..ticks]);
            rest = &rest[ticks..];
            continue;
        }
        if code.is_none()
            && rest.starts_with('[')
            && let Some((numbers, length)) = mark(rest)
        {
            let before = checked.references.len();
            for number in numbers.into_iter().filter(|number| is_issued(*number)) {
                let start = checked.text.len();
                checked.text.push_str(&format!("[{number}]"));
                checked.references.push(Reference { number, start, end: checked.text.len() });
            }
            rest = &rest[length..];
            if checked.references.len() == before {
                close_gap(&mut checked.text, rest);
            }
            continue;
        }
        // A backslash takes the next character with it.
        let length = if rest.starts_with('\\') && code.is_none() {
            1 + rest[1..].chars().next().map_or(0, char::len_utf8)
        } else {
            1
        };
        checked.text.push_str(&rest[..length]);
        rest = &rest[length..];
    }
    checked.text.push_str(rest);
    checked
}

/// Where nothing is left of a mark, the blank before it goes too: "so [9]." becomes "so.".
fn close_gap(text: &mut String, rest: &str) {
    let word = text.trim_end_matches(' ');
    let follows = rest.is_empty() || rest.starts_with([' ', '\n', '.', ',', ';', ':', '!', '?', ')']);
    if follows && !word.is_empty() && !word.ends_with(['\n', '\\']) {
        text.truncate(word.len());
    }
}

/// The numbers of the mark that `text` begins with, and its length in bytes.
fn mark(text: &str) -> Option<(Vec<u32>, usize)> {
    let end = text.find(']')?;
    let inside = &text[1..end];
    // `[1](…)`, `[1][…]` and `[1]: …` are links and their definitions, not marks, unless a mark follows a mark.
    let after = &text[end + 1..];
    if after.starts_with('(') || (after.starts_with(':') && after[1..].trim_start().starts_with("http")) {
        return None;
    }
    let numbers = inside
        .split([',', ';'])
        .map(|part| part.trim().trim_start_matches('^').trim())
        .map(|part| {
            if (1..=4).contains(&part.len()) && part.bytes().all(|b| b.is_ascii_digit()) {
                part.parse().ok()
            } else {
                None
            }
        })
        .collect::<Option<Vec<u32>>>()?;
    Some((numbers, end + 1))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn checked(text: &str) -> (String, Vec<u32>) {
        let checked = check(text, |number| (1..=3).contains(&number));
        for reference in &checked.references {
            assert_eq!(&checked.text[reference.start..reference.end], format!("[{}]", reference.number));
        }
        let numbers = checked.references.iter().map(|reference| reference.number).collect();
        (checked.text, numbers)
    }

    #[test]
    fn marks_of_every_kind_are_found() {
        assert_eq!(
            checked("One [1]. Two [2, 3]. Three [^2]."),
            ("One [1]. Two [2][3]. Three [2].".into(), vec![1, 2, 3, 2])
        );
        assert_eq!(checked("[1][2]"), ("[1][2]".into(), vec![1, 2]));
    }

    #[test]
    fn numbers_that_were_not_issued_go() {
        assert_eq!(checked("One [1, 9]. Two [4]. [0]"), ("One [1]. Two.".into(), vec![1]));
        assert_eq!(checked("One [7] two [8][1], three [9]"), ("One two [1], three".into(), vec![1]));
    }

    #[test]
    fn code_links_and_brackets_stay() {
        for text in [
            "`a[1]` and ```\nlist[2]\n```",
            "[1](https://example.org)",
            "[1]: https://example.org",
            "[see here] and [x] and [2026-11-20] and [12345]",
            r"\[1\]",
            "an open [1",
        ] {
            assert_eq!(checked(text), (text.to_owned(), vec![]), "{text}");
        }
        assert_eq!(checked("a stray ` and [1]"), ("a stray ` and [1]".into(), vec![1]));
    }

    proptest! {
        #[test]
        fn any_text_can_be_checked(text in "[\\[\\]`0-9,^ a\\\\é\n(:]{0,60}") {
            let (once, _) = checked(&text);
            prop_assert_eq!(checked(&once).0, once);
        }
    }
}
