//! Whether text can be read on a colour: relative luminance and contrast, as WCAG 2.2 defines them.

/// The least contrast of a text with what is behind it.
pub const LEAST_CONTRAST: f64 = 4.5;

/// Whether a text is a colour: `#` and six hexadecimal digits.
pub fn is_colour(text: &str) -> bool {
    parts(text).is_some()
}

/// The contrast of two colours, 1 to 21; none where one of them is no colour.
pub fn contrast(one: &str, other: &str) -> Option<f64> {
    let (one, other) = (luminance(parts(one)?), luminance(parts(other)?));
    Some((one.max(other) + 0.05) / (one.min(other) + 0.05))
}

/// A contrast to be shown, with one digit after the point. Cut off, so that what is too low never looks high enough.
pub fn written(contrast: f64) -> String {
    format!("{:.1}", (contrast * 10.0).floor() / 10.0)
}

fn parts(text: &str) -> Option<[u8; 3]> {
    let digits = text.trim().strip_prefix('#')?;
    if digits.len() != 6 || !digits.bytes().all(|byte| byte.is_ascii_hexdigit()) {
        return None;
    }
    let part = |at: usize| u8::from_str_radix(digits.get(at..at + 2)?, 16).ok();
    Some([part(0)?, part(2)?, part(4)?])
}

/// How much light a colour gives, 0 to 1.
fn luminance(parts: [u8; 3]) -> f64 {
    let [red, green, blue] = parts.map(|part| {
        let share = f64::from(part) / 255.0;
        if share <= 0.04045 { share / 12.92 } else { ((share + 0.055) / 1.055).powf(2.4) }
    });
    0.2126 * red + 0.7152 * green + 0.0722 * blue
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn contrast_is_that_of_the_guideline() {
        let of = |one, other| contrast(one, other).map(written).unwrap();
        assert_eq!(of("#000000", "#ffffff"), "21.0");
        assert_eq!(of("#FFFFFF", "#ffffff"), "1.0");
        // The greys on both sides of the line.
        assert_eq!(of("#767676", "#ffffff"), "4.5");
        assert_eq!(of("#ffffff", "#777777"), "4.4");
        assert!(contrast("#767676", "#ffffff").unwrap() >= LEAST_CONTRAST);
        assert!(contrast("#777777", "#ffffff").unwrap() < LEAST_CONTRAST);
    }

    #[test]
    fn the_first_colours_can_be_read() {
        let first = hammock_contract::interfaces::Appearance::default();
        assert!(contrast(&first.accent, &first.on_accent).unwrap() >= LEAST_CONTRAST);
    }

    #[test]
    fn a_colour_is_six_digits() {
        assert!(is_colour(" #1f6F5c "));
        for other in ["", "#", "red", "1f6f5c", "#fff", "#1f6f5c0", "#1f6f5g", "#é1f6f", "#+1f6f5"] {
            assert!(!is_colour(other), "{other}");
            assert_eq!(contrast(other, "#000000"), None, "{other}");
        }
    }
}
