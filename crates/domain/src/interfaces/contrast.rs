//! How well a text can be read on a background: contrast as WCAG 2 defines it, from the relative luminance of two colours.

/// The least contrast of a text with its background (WCAG 2.2, success criterion 1.4.3).
pub(super) const LEAST: f64 = 4.5;

/// The contrast of two colours, each `#` and six hexadecimal digits: 1 (the same) to 21 (black and white). `None` when one of
/// them is no such colour.
pub(super) fn contrast(first: &str, second: &str) -> Option<f64> {
    let (first, second) = (luminance(first)?, luminance(second)?);
    Some((first.max(second) + 0.05) / (first.min(second) + 0.05))
}

/// The relative luminance of a colour: 0 (black) to 1 (white).
fn luminance(colour: &str) -> Option<f64> {
    let digits = colour.strip_prefix('#').filter(|digits| digits.len() == 6)?;
    if !digits.bytes().all(|byte| byte.is_ascii_hexdigit()) {
        return None;
    }
    let number = u32::from_str_radix(digits, 16).ok()?;
    let [_, red, green, blue] = number.to_be_bytes();
    Some(0.2126 * linear(red) + 0.7152 * linear(green) + 0.0722 * linear(blue))
}

/// The light of one channel of sRGB.
fn linear(channel: u8) -> f64 {
    let share = f64::from(channel) / 255.0;
    if share <= 0.04045 { share / 12.92 } else { ((share + 0.055) / 1.055).powf(2.4) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tenths(first: &str, second: &str) -> i64 {
        (contrast(first, second).unwrap() * 10.0).round() as i64
    }

    #[test]
    fn known_contrasts() {
        assert_eq!(tenths("#000000", "#ffffff"), 210);
        assert_eq!(tenths("#ffffff", "#000000"), 210);
        assert_eq!(tenths("#777777", "#777777"), 10);
        // The two greys that every guide to WCAG names: the one just below 4.5 on white, and the one just above.
        assert!(contrast("#777777", "#ffffff").unwrap() < LEAST);
        assert!(contrast("#767676", "#FFFFFF").unwrap() >= LEAST);
        assert_eq!(tenths("#ff0000", "#ffffff"), 40);
    }

    #[test]
    fn the_colours_at_first_can_be_read() {
        let first = hammock_contract::interfaces::Appearance::default();
        assert!(contrast(&first.accent, &first.on_accent).unwrap() >= LEAST);
    }

    #[test]
    fn what_is_no_colour_has_no_contrast() {
        for wrong in ["", "#", "#fff", "ffffff", "#fffff", "#gggggg", "#+fffff", "#ffffff0", "red", "#ééé"] {
            assert_eq!(contrast(wrong, "#000000"), None, "{wrong}");
            assert_eq!(contrast("#000000", wrong), None, "{wrong}");
        }
    }
}
