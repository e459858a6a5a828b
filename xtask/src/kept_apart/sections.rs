//! A document as headings with what stands below each.

/// A heading and what stands below it, up to the next heading of any level.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Section {
    /// How deep it stands, from 1.
    pub level: u8,
    /// As it is printed, with its number.
    pub heading: String,
    /// What it says: prose on one line, examples as they are.
    pub paragraphs: Vec<String>,
}

/// Without the paragraphs that the original has word for word: they have not been translated.
pub fn without_untranslated(sections: Vec<Section>, original: &[Section]) -> Vec<Section> {
    let is_untranslated =
        |paragraph: &String| original.iter().any(|section| section.paragraphs.iter().any(|known| known == paragraph));
    let translated = sections.into_iter().map(|mut section| {
        section.paragraphs.retain(|paragraph| !is_untranslated(paragraph));
        section
    });
    translated.collect()
}

/// A heading without its number: `4.1. What kernels?` is `What kernels?`.
pub fn without_number(heading: &str) -> &str {
    let is_number = |word: &str| {
        word.starts_with(|first: char| first.is_ascii_digit())
            && word.contains('.')
            && word.chars().all(|character| character.is_ascii_digit() || character == '.')
    };
    match heading.split_once(' ') {
        Some((first, rest)) if is_number(first) => rest,
        _ => heading,
    }
}

/// The words of a text with one blank between them.
pub fn on_one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_of_headings_are_left_out_and_no_others() {
        assert_eq!(without_number("4.1. What kernels?"), "What kernels?");
        assert_eq!(without_number("3.1.2 Toonsoorten"), "Toonsoorten");
        assert_eq!(without_number("3. Notation"), "Notation");
        for heading in ["64 bits?", "Why?", "1.3.", "5.x releases"] {
            assert_eq!(without_number(heading), heading);
        }
    }

    #[test]
    fn what_the_original_has_word_for_word_is_not_translated() {
        let section = |paragraphs: &[&str]| Section {
            level: 2,
            heading: "APT".to_owned(),
            paragraphs: paragraphs.iter().map(|paragraph| (*paragraph).to_owned()).collect(),
        };
        let original = [section(&["It fetches packages."]), section(&["It is old."])];
        let translation = vec![section(&["Es holt Pakete.", "It is old."])];
        assert_eq!(without_untranslated(translation, &original), [section(&["Es holt Pakete."])]);
    }
}
