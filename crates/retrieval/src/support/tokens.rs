//! A text as words, numbers, addresses and the signs that divide it, each with what its place tells.

use unicode_normalization::char::is_combining_mark;

use crate::analysis::{fold, is_stop_word};

use super::reader::Reader;

/// What a token is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Word,
    Number,
    /// `%`, `€` and the like.
    Sign,
    /// Of a page or a mailbox.
    Address,
    /// What divides sentences and their parts.
    Break,
}

/// A part of a text.
#[derive(Debug, Clone)]
pub(super) struct Token {
    pub kind: Kind,
    /// As it is written.
    pub raw: String,
    /// In lower case, without accents.
    pub low: String,
    /// In lower case.
    pub full: String,
    /// The number of its stem; of what is no word that of the text itself.
    pub stem: usize,
    /// Whether it is a word that says nothing about the subject.
    pub is_stop: bool,
    /// Whether it begins with a capital letter.
    pub is_capital: bool,
    /// Whether it begins a sentence or what looks like one, so that its capital says nothing.
    pub opens: bool,
    /// Where it begins and ends. Bytes.
    pub start: usize,
    pub end: usize,
}

impl Token {
    pub fn is(&self, kind: Kind) -> bool {
        self.kind == kind
    }
}

/// After these a full stop ends no sentence.
const ABBREVIATIONS: [&str; 11] = ["dr", "mr", "mrs", "ms", "prof", "st", "no", "m", "mme", "mm", "art"];

/// The tokens of a text, in order. Numbers of sources (`[1]`) and the signs of Markdown are none.
pub(super) fn tokens(text: &str, reader: &mut Reader) -> Vec<Token> {
    let mut found: Vec<Token> = Vec::with_capacity(text.len() / 5);
    let mut opens = true;
    let mut at = 0;
    while let Some(first) = text[at..].chars().next() {
        let rest = &text[at..];
        if let Some(length) = source_number(rest) {
            at += length;
            continue;
        }
        let (kind, length) = if let Some(length) = address(rest) {
            (Kind::Address, length)
        } else if first.is_ascii_digit() {
            (Kind::Number, number(rest))
        } else if first.is_alphabetic() {
            (Kind::Word, word(rest))
        } else if matches!(first, '%' | '€' | '$' | '£' | '°') {
            (Kind::Sign, first.len_utf8())
        } else if matches!(first, ',' | ';' | ':' | '(' | ')' | '—' | '–' | '.' | '!' | '?' | '\n' | '|') {
            (Kind::Break, first.len_utf8())
        } else {
            at += first.len_utf8();
            continue;
        };
        let raw = rest[..length].to_owned();
        let full = raw.to_lowercase();
        let low = fold(&full);
        if kind == Kind::Break {
            let short = found.last().is_some_and(|it| it.is(Kind::Word) && ABBREVIATIONS.contains(&it.low.as_str()));
            opens |= matches!(first, '!' | '?' | ':' | '\n' | '|' | '(' | ';') || (first == '.' && !short);
        }
        let is_opening = opens && kind != Kind::Break;
        opens &= kind == Kind::Break;
        let stem = if kind == Kind::Word { reader.stem(&full) } else { reader.whole(&low) };
        let language = reader.language();
        found.push(Token {
            is_stop: kind == Kind::Word && (is_stop_word(language, &full) || is_stop_word(language, &low)),
            is_capital: kind == Kind::Word && first.is_uppercase(),
            opens: is_opening,
            kind,
            raw,
            low,
            full,
            stem,
            start: at,
            end: at + length,
        });
        at += length;
    }
    found
}

/// The length of `[12]`.
fn source_number(text: &str) -> Option<usize> {
    let inside = text.strip_prefix('[')?;
    let digits = inside.bytes().take_while(u8::is_ascii_digit).count();
    (digits > 0 && inside[digits..].starts_with(']')).then_some(digits + 2)
}

/// The longest name of a mailbox, and the longest domain. Bytes.
const LONGEST_NAME: usize = 64;
const LONGEST_DOMAIN: usize = 255;

/// The length of the address of a page or a mailbox.
fn address(text: &str) -> Option<usize> {
    if ["http://", "https://", "www."].iter().any(|beginning| text.starts_with(beginning)) {
        let ends = |it: char| it.is_whitespace() || matches!(it, ')' | '>' | ']' | '"' | '»');
        let whole = text.find(ends).unwrap_or(text.len());
        return Some(text[..whole].trim_end_matches(['.', ',', ';', ':', '!', '?', '*', '_', '`']).len());
    }
    // As far as an address can reach and no further: a text may be nothing but dots.
    let is_in_name = |byte: &u8| byte.is_ascii_alphanumeric() || b"._+-".contains(byte);
    let name = text.bytes().take(LONGEST_NAME + 1).take_while(is_in_name).count();
    let domain = text[name..].strip_prefix('@').filter(|_| name > 0)?;
    let is_in_domain = |byte: &u8| byte.is_ascii_alphanumeric() || b".-".contains(byte);
    let length = domain.bytes().take(LONGEST_DOMAIN).take_while(is_in_domain).count();
    let domain = domain[..length].trim_end_matches(['.', '-']);
    domain.contains('.').then_some(name + 1 + domain.len())
}

/// The length of a word; digits and underscores in it belong to it, as in `B214` and `max_size`.
fn word(text: &str) -> usize {
    let is_inside = |it: char| it.is_alphanumeric() || it == '_' || is_combining_mark(it);
    let whole = text.find(|character: char| !is_inside(character)).unwrap_or(text.len());
    text[..whole].trim_end_matches('_').len()
}

/// The length of a number with what belongs to it: the parts of a date, of a time, of thousands, of a fraction.
fn number(text: &str) -> usize {
    date(text).or_else(|| time(text)).or_else(|| thousands(text)).unwrap_or_else(|| {
        let whole = digits(text);
        match text[whole..].strip_prefix(['.', ',']) {
            Some(fraction) if digits(fraction) > 0 => whole + 1 + digits(fraction),
            _ => whole,
        }
    })
}

fn digits(text: &str) -> usize {
    text.bytes().take_while(u8::is_ascii_digit).count()
}

/// `2024-03-01`, `1/3/2024`, `01.03.2024`.
fn date(text: &str) -> Option<usize> {
    let first = digits(text);
    let sign = text[first..].chars().next().filter(|sign| matches!(sign, '-' | '/' | '.'))?;
    let second = digits(&text[first + 1..]);
    let rest = text[first + 1 + second..].strip_prefix(sign)?;
    let third = digits(rest);
    let fits = match sign {
        '-' => first == 4 && (1..=2).contains(&second) && (1..=2).contains(&third),
        _ => (1..=2).contains(&first) && (1..=2).contains(&second) && third == 4,
    };
    fits.then_some(first + second + third + 2)
}

/// `9:30`.
fn time(text: &str) -> Option<usize> {
    let hours = digits(text);
    let minutes = digits(text[hours..].strip_prefix(':')?);
    ((1..=2).contains(&hours) && minutes == 2).then_some(hours + 3)
}

/// `1,500`, `1 500`, `1.500.000`, with hundredths or without.
fn thousands(text: &str) -> Option<usize> {
    let first = digits(text);
    if !(1..=3).contains(&first) || text.starts_with('0') {
        return None;
    }
    let mut end = first;
    while let Some(sign) = text[end..].chars().next().filter(|it| is_thousands_sign(*it)) {
        let group = &text[end + sign.len_utf8()..];
        if digits(group) != 3 {
            break;
        }
        end += sign.len_utf8() + 3;
    }
    if end == first {
        return None;
    }
    let hundredths = text[end..].strip_prefix(['.', ',']).map(digits).filter(|count| (1..=2).contains(count));
    Some(end + hundredths.map_or(0, |count| count + 1))
}

fn is_thousands_sign(sign: char) -> bool {
    matches!(sign, ',' | '.' | '\'' | '’' | ' ' | '\u{a0}' | '\u{202f}')
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn cut(text: &str) -> Vec<String> {
        let found = tokens(text, &mut Reader::new("en")).into_iter();
        found.filter(|token| !token.is(Kind::Break)).map(|token| token.raw).collect()
    }

    #[test]
    fn numbers_and_addresses_are_whole() {
        assert_eq!(
            cut("On 2024-03-01 at 9:30, 1 500 of 2,000.50 kg [3] in *B214*, 3.95 or 30 40."),
            ["On", "2024-03-01", "at", "9:30", "1 500", "of", "2,000.50", "kg", "in", "B214", "3.95", "or", "30", "40"]
        );
        assert_eq!(
            cut("See https://example.org/a?b=1, or write to help.desk@example.org."),
            ["See", "https://example.org/a?b=1", "or", "write", "to", "help.desk@example.org"]
        );
    }

    #[test]
    fn a_capital_at_the_beginning_is_known() {
        let found = tokens("Dr. Novák leaves. Then Eva (Later) comes", &mut Reader::new("en"));
        let opening: Vec<&str> = found.iter().filter(|it| it.opens).map(|it| it.raw.as_str()).collect();
        assert_eq!(opening, ["Dr", "Then", "Later"]);
    }

    proptest! {
        #[test]
        fn any_text_has_its_tokens_in_order(text in "[a-cÉ0-9 .,:/@\\[\\]'_’-]{0,60}") {
            let found = tokens(&text, &mut Reader::new("fr"));
            prop_assert!(found.windows(2).all(|pair| pair[0].end <= pair[1].start));
            prop_assert!(found.iter().all(|token| text[token.start..token.end] == token.raw));
        }
    }
}
