//! Where what was said goes in what is typed.

/// `typed` with what was `said` at the cursor, which is counted in UTF-16 units as browsers do, and where the cursor is then.
/// Words are kept apart.
pub fn put(typed: &str, at: usize, said: &str) -> (String, u32) {
    let (before, after) = typed.split_at(byte_of(typed, at));
    let said = said.trim();
    let mut text = before.to_owned();
    let is_apart = before.is_empty() || before.ends_with(|last: char| last.is_whitespace() || "([“„«".contains(last));
    if !is_apart && !said.starts_with([',', '.', ';', ':', '?', '!']) {
        text.push(' ');
    }
    text.push_str(said);
    let cursor = text.encode_utf16().count();
    if after.starts_with(char::is_alphanumeric) {
        text.push(' ');
    }
    text.push_str(after);
    (text, u32::try_from(cursor).unwrap_or(u32::MAX))
}

/// Where the character begins that so many UTF-16 units stand before; the end of a shorter text.
fn byte_of(text: &str, units: usize) -> usize {
    let mut passed = 0;
    for (byte, character) in text.char_indices() {
        if passed >= units {
            return byte;
        }
        passed += character.len_utf16();
    }
    text.len()
}

#[cfg(test)]
mod tests {
    use super::put;

    #[test]
    fn what_was_said_stands_at_the_cursor_and_replaces_nothing() {
        assert_eq!(put("", 0, " When does it open? "), ("When does it open?".to_owned(), 18));
        assert_eq!(put("Tell me:", usize::MAX, "when"), ("Tell me: when".to_owned(), 13));
        assert_eq!(put("Tell me: ", 9, "when"), ("Tell me: when".to_owned(), 13));
        assert_eq!(put("one three", 4, "two"), ("one two three".to_owned(), 7));
        assert_eq!(put("one three", 3, "two"), ("one two three".to_owned(), 7));
        assert_eq!(put("ask (", 5, "all"), ("ask (all".to_owned(), 8));
        assert_eq!(put("Really", 6, "?"), ("Really?".to_owned(), 7));
    }

    #[test]
    fn the_cursor_is_where_the_browser_counts_it() {
        assert_eq!(put("🦀 b", 2, "a"), ("🦀 a b".to_owned(), 4));
        assert_eq!(put("🦀🦀", 4, "č"), ("🦀🦀 č".to_owned(), 6));
        // In the middle of a character there is no place.
        assert_eq!(put("🦀", 1, "x").0, "🦀 x");
    }
}
