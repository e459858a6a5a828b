//! JSON, as far as the server writes it. An own reader of a few hundred bytes: the browser's may be replaced by the page, and
//! a general one would be the largest part of the bundle.

use crate::command::{is_separator, rewrite, without_separators};

/// How deep lists and objects may lie in one another.
const DEEPEST: u8 = 60;

/// A value.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum Json {
    /// Nothing.
    #[default]
    Null,
    /// Yes or no.
    Bool(bool),
    /// A number without its fraction: none of those that are needed has one.
    Number(i64),
    /// A text.
    Text(String),
    /// A list.
    List(Vec<Json>),
    /// Names with their values, in the order in which they stand.
    Object(Vec<(String, Json)>),
}

static NULL: Json = Json::Null;

impl Json {
    /// Reads a text; nothing when it is not JSON.
    pub fn parse(text: &str) -> Option<Self> {
        let mut reader = Reader { text, at: 0 };
        let value = reader.value(0)?;
        reader.skip();
        (reader.at == text.len()).then_some(value)
    }

    /// The value of a name; null where there is none.
    pub fn get(&self, name: &str) -> &Self {
        match self {
            Self::Object(members) => members.iter().find(|(key, _)| key == name).map_or(&NULL, |(_, value)| value),
            _ => &NULL,
        }
    }

    /// The text; empty where it is none.
    pub fn text(&self) -> &str {
        match self {
            Self::Text(text) => text,
            _ => "",
        }
    }

    /// The text of a name; empty where there is none.
    #[inline(never)]
    pub fn text_of(&self, name: &str) -> &str {
        self.get(name).text()
    }

    /// The same, to be kept.
    #[inline(never)]
    pub fn owned(&self, name: &str) -> String {
        self.text_of(name).to_owned()
    }

    /// Whether a name says yes.
    #[inline(never)]
    pub fn says(&self, name: &str) -> bool {
        self.get(name).flag() == Some(true)
    }

    /// The number; 0 where it is none.
    pub fn number(&self) -> i64 {
        match self {
            Self::Number(number) => *number,
            _ => 0,
        }
    }

    /// Yes or no; nothing where it is neither.
    pub fn flag(&self) -> Option<bool> {
        match self {
            Self::Bool(flag) => Some(*flag),
            _ => None,
        }
    }

    /// What is in the list; nothing where it is none.
    pub fn list(&self) -> &[Self] {
        match self {
            Self::List(list) => list,
            _ => &[],
        }
    }
}

/// A text as JSON, with its quotation marks.
pub fn quoted(text: &str) -> String {
    let mut out = String::from("\"");
    rewrite(&mut out, text, |byte| {
        Some(match byte {
            b'"' => "\\\"",
            b'\\' => "\\\\",
            b'\n' => "\\n",
            b'\t' => "\\t",
            // Other control characters mean nothing in a message.
            0..b' ' => "",
            _ => return None,
        })
    });
    out.push('"');
    out
}

/// Adds a text to a list of JSON that has no brackets.
pub fn listed(list: &mut String, text: &str) {
    if !list.is_empty() {
        list.push(',');
    }
    list.push_str(&quoted(text));
}

struct Reader<'a> {
    text: &'a str,
    at: usize,
}

impl Reader<'_> {
    fn peek(&self) -> Option<u8> {
        self.text.as_bytes().get(self.at).copied()
    }

    fn skip(&mut self) {
        while matches!(self.peek(), Some(b' ' | b'\n' | b'\r' | b'\t')) {
            self.at += 1;
        }
    }

    /// Goes past a byte if it is next.
    fn is_next(&mut self, byte: u8) -> bool {
        self.skip();
        let is_it = self.peek() == Some(byte);
        self.at += usize::from(is_it);
        is_it
    }

    fn word(&mut self, word: &str, value: Json) -> Option<Json> {
        let is_it = self.text.as_bytes().get(self.at..)?.starts_with(word.as_bytes());
        self.at += word.len();
        is_it.then_some(value)
    }

    fn value(&mut self, depth: u8) -> Option<Json> {
        if depth > DEEPEST {
            return None;
        }
        self.skip();
        match self.peek()? {
            b'{' => {
                self.at += 1;
                let mut members = Vec::new();
                if self.is_next(b'}') {
                    return Some(Json::Object(members));
                }
                loop {
                    self.skip();
                    let name = self.string()?;
                    if !self.is_next(b':') {
                        return None;
                    }
                    members.push((name, self.value(depth + 1)?));
                    if self.is_next(b'}') {
                        return Some(Json::Object(members));
                    }
                    if !self.is_next(b',') {
                        return None;
                    }
                }
            }
            b'[' => {
                self.at += 1;
                let mut list = Vec::new();
                if self.is_next(b']') {
                    return Some(Json::List(list));
                }
                loop {
                    list.push(self.value(depth + 1)?);
                    if self.is_next(b']') {
                        return Some(Json::List(list));
                    }
                    if !self.is_next(b',') {
                        return None;
                    }
                }
            }
            b'"' => self.string().map(Json::Text),
            b't' => self.word("true", Json::Bool(true)),
            b'f' => self.word("false", Json::Bool(false)),
            b'n' => self.word("null", Json::Null),
            _ => self.number(),
        }
    }

    fn number(&mut self) -> Option<Json> {
        let negative = self.is_next(b'-');
        let (begin, mut number) = (self.at, 0_i64);
        while let Some(digit @ b'0'..=b'9') = self.peek() {
            number = number.saturating_mul(10).saturating_add(i64::from(digit - b'0'));
            self.at += 1;
        }
        if self.at == begin {
            return None;
        }
        while matches!(self.peek(), Some(b'.' | b'e' | b'E' | b'+' | b'-' | b'0'..=b'9')) {
            self.at += 1;
        }
        Some(Json::Number(if negative { -number } else { number }))
    }

    fn string(&mut self) -> Option<String> {
        if self.peek() != Some(b'"') {
            return None;
        }
        self.at += 1;
        let mut out = String::new();
        loop {
            let rest = self.text.get(self.at..)?;
            let end = rest.bytes().position(|byte| matches!(byte, b'"' | b'\\'))?;
            rewrite(&mut out, rest.get(..end)?, without_separators);
            self.at += end + 1;
            if rest.as_bytes().get(end) == Some(&b'"') {
                return Some(out);
            }
            let escaped = self.escape()?;
            if !is_separator(escaped) {
                out.push(escaped);
            }
        }
    }

    fn escape(&mut self) -> Option<char> {
        let kind = self.peek()?;
        self.at += 1;
        Some(match kind {
            b'"' => '"',
            b'\\' => '\\',
            b'/' => '/',
            b'n' => '\n',
            b'r' => '\r',
            b't' => '\t',
            b'b' | b'f' => ' ',
            b'u' => return self.code(),
            _ => return None,
        })
    }

    fn code(&mut self) -> Option<char> {
        let high = self.four()?;
        if !(0xd800..0xdc00).contains(&high) {
            return Some(char::from_u32(high).unwrap_or(char::REPLACEMENT_CHARACTER));
        }
        if !self.text.get(self.at..)?.starts_with("\\u") {
            return Some(char::REPLACEMENT_CHARACTER);
        }
        self.at += 2;
        let low = self.four()?.checked_sub(0xdc00).filter(|low| *low < 0x400);
        let code = low.map(|low| 0x10000 + ((high - 0xd800) << 10) + low);
        Some(code.and_then(char::from_u32).unwrap_or(char::REPLACEMENT_CHARACTER))
    }

    fn four(&mut self) -> Option<u32> {
        let digits = self.text.get(self.at..self.at + 4)?;
        self.at += 4;
        digits.bytes().try_fold(0, |sum, digit| Some(sum * 16 + char::from(digit).to_digit(16)?))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_of_every_kind_are_read() {
        let json = Json::parse(
            r#" {"a": [1, -20, 3.5e2, true, false, null], "b": {"c": "d \"e\" \\ \n\u00e9\ud83d\ude00"}, "e": [], "f": {}} "#,
        )
        .unwrap();
        let numbers: Vec<i64> = json.get("a").list().iter().map(Json::number).collect();
        assert_eq!(numbers, [1, -20, 3, 0, 0, 0]);
        assert_eq!(json.get("a").list()[3].flag(), Some(true));
        assert_eq!(json.get("b").get("c").text(), "d \"e\" \\ \n\u{e9}\u{1f600}");
        assert_eq!(json.get("e").list(), []);
        assert_eq!(json.get("nothing").get("there"), &Json::Null);
    }

    #[test]
    fn what_is_not_json_is_nothing() {
        for text in ["", "{", "[1,]", "{\"a\"}", "\"a", "tru", "-", "1 2", "{\"a\":1,}", "\"\\x\"", "\"\\u12\"", "nul"]
        {
            assert_eq!(Json::parse(text), None, "{text}");
        }
        assert_eq!(Json::parse(&"[".repeat(100_000)), None);
    }

    #[test]
    fn texts_go_there_and_back_and_cannot_hold_commands() {
        let text = "a \"quoted\" \\ line\n\tand čeština 😀";
        assert_eq!(Json::parse(&quoted(text)), Some(Json::Text(text.to_owned())));
        assert_eq!(Json::parse("\"a\\u001eb\u{1f}c\"").unwrap().text(), "abc");
        assert_eq!(quoted("a\u{1e}b\u{0}c"), "\"abc\"");
    }

    #[test]
    fn a_lone_surrogate_is_replaced() {
        assert_eq!(Json::parse(r#""\ud800x""#).unwrap().text(), "\u{fffd}x");
        assert_eq!(Json::parse(r#""\udc00""#).unwrap().text(), "\u{fffd}");
    }
}
