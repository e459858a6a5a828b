//! A question as it is kept, and the title that it gives its conversation.

use hammock_contract::check;

use crate::{Result, validate};

/// The longest title that is made from a question. Characters.
const TITLE_CHARS: usize = 60;
/// The longest question. Characters.
const QUESTION_CHARS: usize = 32_000;

/// A question as it is kept. Of one that shows nothing, such as U+0000 alone, it is said that it is empty.
pub(super) fn checked_question(typed: &str) -> Result<String> {
    if check::is_blank(typed) {
        return Err(validate::too_short_or_long("text", "the question is empty; type one", 1, QUESTION_CHARS));
    }
    validate::block("text", typed, QUESTION_CHARS)
}

/// The beginning of the question, up to a word's end.
pub(super) fn title_of(question: &str) -> String {
    let line = question.lines().find(|line| !line.trim().is_empty()).unwrap_or_default().trim();
    if line.chars().count() <= TITLE_CHARS {
        return line.to_owned();
    }
    let cut: String = line.chars().take(TITLE_CHARS).collect();
    let cut = cut.rsplit_once(char::is_whitespace).map_or(cut.as_str(), |(words, _)| words);
    format!("{}…", cut.trim_end())
}

#[cfg(test)]
mod tests {
    use hammock_contract::ErrorCode;

    use super::*;

    #[test]
    fn a_question_that_shows_nothing_is_empty() {
        for typed in ["", " \n ", "\0", "\u{1}\u{7f} \0"] {
            let refused = checked_question(typed).unwrap_err();
            assert_eq!((refused.code, refused.field.as_deref()), (ErrorCode::InvalidField, Some("text")), "{typed:?}");
            assert!(refused.message.contains("empty"), "{refused}");
        }
        assert_eq!(checked_question(" Why? ").as_deref(), Ok("Why?"));
    }

    #[test]
    fn titles_end_with_a_word() {
        assert_eq!(title_of("\n  How do I put the chat on my website? "), "How do I put the chat on my website?");
        let long = title_of(&"wordy ".repeat(30));
        assert!(long.ends_with("wordy…") && long.chars().count() <= TITLE_CHARS + 1, "{long}");
        assert!(title_of(&"x".repeat(200)).ends_with('…'));
    }
}
