//! Numbers as they are written in digits, and words that multiply them.

/// Year, month and day of a date in digits.
pub(super) fn date(raw: &str) -> Option<[u32; 3]> {
    let sign = ['-', '/', '.'].into_iter().find(|sign| raw.matches(*sign).count() == 2)?;
    let parts: Vec<u32> = raw.split(sign).map(|part| part.parse::<u32>().ok()).collect::<Option<_>>()?;
    let [first, second, third] = parts[..] else { return None };
    match sign {
        '-' => Some([first, second, third]),
        // `1.500.000` is a number.
        _ if raw.split(sign).next_back().is_some_and(|year| year.len() == 4) => Some([third, second, first]),
        _ => None,
    }
}

/// A number in digits, without what parts its thousands.
pub(super) fn number(raw: &str) -> Option<f64> {
    let groups: Vec<&str> = raw.split(|character: char| !character.is_ascii_digit()).collect();
    let (last, whole) = groups.split_last()?;
    let is_grouped = groups.len() > 1 && groups[1..].iter().all(|group| group.len() == 3);
    let text = if is_grouped && !raw.starts_with('0') {
        groups.concat()
    } else if whole.is_empty() {
        (*last).to_owned()
    } else {
        format!("{}.{last}", whole.concat())
    };
    text.parse().ok()
}

/// What a word multiplies the number before it with.
pub(super) fn scale(language: &str, word: &str) -> Option<f64> {
    match (language, word) {
        ("en", "hundred" | "hundreds") | ("fr", "cent" | "cents") => Some(100.0),
        ("en", "thousand") | ("fr", "mille") => Some(1e3),
        ("en" | "fr", "million" | "millions") => Some(1e6),
        ("en", "billion" | "billions") | ("fr", "milliard" | "milliards") => Some(1e9),
        _ => None,
    }
}
