//! Where a citation stands in a text.

/// A text around a marked passage.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Passage {
    /// What stands before it.
    pub before: String,
    /// The passage.
    pub marked: String,
    /// What stands after it.
    pub after: String,
}

/// Cuts a text at a passage's bytes; offsets inside a character move to its beginning.
pub fn split_passage(text: &str, start: u32, end: u32) -> Passage {
    let at = |offset: u32| {
        let mut offset = usize::try_from(offset).unwrap_or(usize::MAX).min(text.len());
        while !text.is_char_boundary(offset) {
            offset -= 1;
        }
        offset
    };
    let (start, end) = (at(start), at(end.max(start)));
    Passage { before: text[..start].to_owned(), marked: text[start..end].to_owned(), after: text[end..].to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn offsets_never_cut_a_character() {
        let text = "žluťoučký kůň";
        for start in 0..20 {
            for end in 0..20 {
                let cut = split_passage(text, start, end);
                assert_eq!(format!("{}{}{}", cut.before, cut.marked, cut.after), text);
            }
        }
        assert_eq!(split_passage(text, 0, 2).marked, "ž");
    }
}
