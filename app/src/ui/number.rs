//! Numbers that are typed, in millionths: the code that reads floating-point numbers would add ten kilobytes to what every
//! page loads. And sizes of files and how long something took, as people say them.

use hammock_contract::locale::Locale;

use crate::i18n;

/// What is typed, in millionths, with a point or a comma; `None` for what is no such number.
pub fn millionths(typed: &str) -> Option<i64> {
    let typed = typed.trim();
    let (sign, digits) = typed.strip_prefix('-').map_or((1, typed), |digits| (-1, digits));
    let (whole, part) = digits.split_once(['.', ',']).unwrap_or((digits, ""));
    if (whole.is_empty() && part.is_empty()) || part.len() > 6 || !part.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    if !whole.bytes().all(|byte| byte.is_ascii_digit()) || whole.len() > 12 {
        return None;
    }
    let part = part.bytes().chain(std::iter::repeat(b'0')).take(6);
    let digits = whole.bytes().chain(part);
    Some(sign * digits.fold(0_i64, |number, digit| number * 10 + i64::from(digit - b'0')))
}

/// A number of bytes as people say it.
pub fn size(locale: Locale, bytes: u64) -> String {
    let byte = if locale == Locale::Fr { "o" } else { "B" };
    match bytes {
        0..1_000 => format!("{bytes} {byte}"),
        1_000..1_000_000 => format!("{} k{byte}", bytes / 1_000),
        _ => {
            let megabytes = format!("{}.{}", bytes / 1_000_000, bytes % 1_000_000 / 100_000);
            format!("{} M{byte}", i18n::decimal(locale, &megabytes))
        }
    }
}

/// How long something took.
pub fn took(locale: Locale, milliseconds: u32) -> String {
    if milliseconds < 1_000 {
        return format!("{milliseconds} ms");
    }
    let seconds = format!("{}.{}", milliseconds / 1_000, milliseconds % 1_000 / 100);
    format!("{} s", i18n::decimal(locale, &seconds))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_read_with_point_or_comma() {
        for (typed, expected) in
            [("0", 0), (" 1024 ", 1_024_000_000), ("0,7", 700_000), ("-1.25", -1_250_000), (".5", 500_000)]
        {
            assert_eq!(millionths(typed), Some(expected), "{typed}");
        }
        for bad in ["", "-", ".", "many", "NaN", "1.2.3", "1e3", "--1", "0.0000001", "9999999999999"] {
            assert_eq!(millionths(bad), None, "{bad}");
        }
    }

    #[test]
    fn what_took_long_is_told_in_seconds() {
        assert_eq!(took(Locale::En, 0), "0 ms");
        assert_eq!(took(Locale::Fr, 999), "999 ms");
        assert_eq!(took(Locale::En, 1_000), "1.0 s");
        assert_eq!(took(Locale::Cs, 42_370), "42,3 s");
    }

    #[test]
    fn sizes_are_short() {
        assert_eq!(size(Locale::Cs, 999), "999 B");
        assert_eq!(size(Locale::Fr, 45_600), "45 ko");
        assert_eq!(size(Locale::En, 2_350_000), "2.3 MB");
        assert_eq!(size(Locale::Fr, 2_350_000), "2,3 Mo");
        assert_eq!(size(Locale::Cs, 2_350_000), "2,3 MB");
    }
}
