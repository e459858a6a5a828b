//! What the page is to do: commands of three texts each, as one text.
//!
//! | Command | First | Second |
//! |---|---|---|
//! | `html` | selector | what the element holds from now on |
//! | `message` | number of the message | the message, in its own place or behind the others |
//! | `before` | `1`: still others stand before them | messages that come before the first one |
//! | `block` | number of the message, number of the block | the block's HTML |
//! | `set` | selector, attribute | its value |
//! | `value` | selector | what stands in the field |
//! | `focus` | selector | |
//! | `end` | `own`: wherever the visitor reads | scrolls to the end |
//! | `send` | tag, method, path, token | body |
//! | `stream` | number, method, path, token | body |
//! | `upload` | tag, method, path, token | number of the file |
//! | `drop` | number of the file | ends its upload, and lets go of it |
//! | `abort` | | ends the stream |
//! | `wait` | milliseconds, name | |
//! | `popup` | the path of the page that a window is opened with | |
//! | `store` | | what later pages are given; empty: nothing is kept |
//! | `emit` | the name of an event | its detail |

/// Between two commands. Texts from outside never hold it: [`Commands::add`] leaves it out.
const BETWEEN: char = '\u{1e}';
/// Between the three texts of a command.
const WITHIN: char = '\u{1f}';

/// Commands that were not taken yet.
#[derive(Debug, Default)]
pub struct Commands(String);

impl Commands {
    /// Adds one.
    pub fn add(&mut self, command: &str, first: &str, second: &str) {
        if !self.0.is_empty() {
            self.0.push(BETWEEN);
        }
        for (place, text) in [command, first, second].into_iter().enumerate() {
            if place > 0 {
                self.0.push(WITHIN);
            }
            // A name of a file, or what was pasted, may hold what would end the command.
            rewrite(&mut self.0, text, without_separators);
        }
    }

    /// Gives them all, and has none afterwards.
    pub fn take(&mut self) -> String {
        std::mem::take(&mut self.0)
    }
}

/// A pattern with texts in the places of its `$`. One text and a few places are shorter in the bundle than many texts.
pub fn woven(pattern: &str, texts: &[&str]) -> String {
    debug_assert_eq!(pattern.matches('$').count(), texts.len(), "{pattern}");
    let mut out = String::new();
    let mut texts = texts.iter();
    let mut rest = pattern;
    while let Some((part, after)) = cut(rest, b'$') {
        out.push_str(part);
        out.push_str(texts.next().copied().unwrap_or_default());
        rest = after;
    }
    out.push_str(rest);
    out
}

/// Adds a text in which some signs of ASCII are written otherwise.
#[inline(never)]
pub fn rewrite(out: &mut String, text: &str, otherwise: fn(u8) -> Option<&'static str>) {
    let mut from = 0;
    for (place, byte) in text.bytes().enumerate() {
        if let Some(written) = otherwise(byte) {
            out.push_str(text.get(from..place).unwrap_or_default());
            out.push_str(written);
            from = place + 1;
        }
    }
    out.push_str(text.get(from..).unwrap_or_default());
}

/// For [`rewrite`]: what would end a command is left out.
pub fn without_separators(byte: u8) -> Option<&'static str> {
    is_separator(char::from(byte)).then_some("")
}

/// What stands before and behind a sign of ASCII; as [`length`] and [`trimmed`], less code than what the standard library has for all
/// characters.
#[inline(never)]
pub fn cut(text: &str, sign: u8) -> Option<(&str, &str)> {
    let place = text.bytes().position(|byte| byte == sign)?;
    Some((text.get(..place)?, text.get(place + 1..)?))
}

/// The next line, which is taken away; nothing behind the last one.
pub fn next_line<'a>(rest: &mut &'a str) -> &'a str {
    let (line, after) = cut(rest, b'\n').unwrap_or((*rest, ""));
    *rest = after;
    line
}

/// How many characters there are: what begins one is no continuation (UTF-8).
#[inline(never)]
pub fn length(text: &str) -> usize {
    text.bytes().filter(|byte| byte & 0xc0 != 0x80).count()
}

/// Without the white space around it.
#[inline(never)]
pub fn trimmed(text: &str) -> &str {
    text.trim_ascii()
}

/// A number as text; shorter than what `format!` would bring into the bundle.
pub fn digits(number: u64) -> String {
    let mut rest = number;
    let mut reversed = Vec::new();
    loop {
        reversed.push(b'0' + (rest % 10) as u8);
        rest /= 10;
        if rest == 0 {
            break;
        }
    }
    reversed.iter().rev().map(|digit| char::from(*digit)).collect()
}

/// A text as a number. One kind of number, so that one reader of them is in the bundle.
#[inline(never)]
pub fn number(text: &str) -> Option<u64> {
    text.parse().ok()
}

/// A text as a place in a list.
#[inline(never)]
pub fn place_of(text: &str) -> Option<usize> {
    number(text).and_then(|number| usize::try_from(number).ok())
}

/// Whether a character would end a command.
pub fn is_separator(character: char) -> bool {
    character == BETWEEN || character == WITHIN
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn commands_are_taken_once() {
        let mut commands = Commands::default();
        commands.add("focus", "textarea", "");
        commands.add("store", "", "a");
        assert_eq!(commands.take(), "focus\u{1f}textarea\u{1f}\u{1e}store\u{1f}\u{1f}a");
        assert_eq!(commands.take(), "");
    }

    #[test]
    fn no_text_is_a_command() {
        let mut commands = Commands::default();
        commands.add("html", ".files", "a\u{1e}html\u{1f}.log\u{1f}b");
        assert_eq!(commands.take(), "html\u{1f}.files\u{1f}ahtml.logb");
    }

    #[test]
    fn texts_stand_in_their_places_and_are_no_pattern() {
        assert_eq!(woven("<b>$</b>$", &["a$", "b"]), "<b>a$</b>b");
        assert_eq!(woven("", &[]), "");
    }

    #[test]
    fn numbers_are_written_in_full() {
        assert_eq!([digits(0), digits(7), digits(1_048_576)], ["0", "7", "1048576"]);
    }
}
