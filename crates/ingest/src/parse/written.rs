//! Numbers and days as people write them: what stands in a column of texts, and what a text is compared with.

/// How the numbers of a column are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Style {
    /// `1234.5`.
    Plain,
    /// `1,234.5`.
    Commas,
    /// `1.234,5` or `1 234,5`.
    Continental,
}

impl Style {
    const ALL: [Self; 3] = [Self::Plain, Self::Commas, Self::Continental];
}

/// How the numbers among some texts are written that belong together, such as the cells of a column.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Numbers(Option<Style>);

impl Numbers {
    /// What fits all of these texts that are numbers in any way; the others say nothing about it.
    pub fn of<'a>(texts: impl Iterator<Item = &'a str> + Clone) -> Self {
        let numbers = || {
            let is_number = |text: &str| Style::ALL.into_iter().any(|style| number(text, style).is_some());
            texts.clone().map(str::trim).filter(move |text| is_number(text))
        };
        let fits = |style| numbers().all(|text| number(text, style).is_some());
        if fits(Style::Plain) {
            return Self(Some(Style::Plain));
        }
        Self(match (fits(Style::Commas), fits(Style::Continental)) {
            (true, false) => Some(Style::Commas),
            (false, true) => Some(Style::Continental),
            // Thousands of the one style are decimals of the other.
            (true, true) | (false, false) => None,
        })
    }

    /// The number that a text is; nothing where it is none, or could be two.
    pub fn read(self, text: &str) -> Option<f64> {
        let text = text.trim();
        match self.0 {
            Some(style) => number(text, style),
            None => {
                let plain = number(text, Style::Plain);
                plain.filter(|_| Style::ALL.into_iter().all(|style| number(text, style) == plain))
            }
        }
    }
}

/// A day or a moment in the form of ISO 8601, from that form or from `31.1.2026`.
pub fn written_date(text: &str) -> Option<String> {
    iso(text.trim()).or_else(|| dotted(text.trim()))
}

fn iso(text: &str) -> Option<String> {
    let (day, time) = match text.split_once(['T', ' ']) {
        Some((day, time)) => (day, Some(time)),
        None => (text, None),
    };
    let mut parts = day.split('-');
    let (year, month, of_month) = (parts.next()?, parts.next()?, parts.next()?);
    if parts.next().is_some() || [year.len(), month.len(), of_month.len()] != [4, 2, 2] {
        return None;
    }
    let day = day_of(year, month, of_month)?;
    match time {
        None => Some(day),
        Some(time) => time_of(time).map(|time| format!("{day}T{time}")),
    }
}

/// Hours and minutes, perhaps seconds with a fraction, perhaps the zone that they are of.
fn time_of(text: &str) -> Option<String> {
    let (clock, zone) = text.split_at(text.find(['Z', '+', '-']).unwrap_or(text.len()));
    let clock = clock.trim_end();
    let zone = zone_of(zone)?;
    is_clock(clock).then(|| format!("{clock}{zone}"))
}

/// How far a zone is from UTC, written in one way: `+0200` and `+02` as `+02:00`. Nothing stays nothing.
fn zone_of(text: &str) -> Option<String> {
    if matches!(text, "" | "Z") {
        return Some(text.to_owned());
    }
    let (sign, rest) = text.split_at_checked(1)?;
    let (hours, minutes) = rest.split_at_checked(2)?;
    let minutes = match minutes.strip_prefix(':').unwrap_or(minutes) {
        "" => "00",
        minutes => minutes,
    };
    let is_zone = sign != "Z" && is_two_digits(hours, 23) && is_two_digits(minutes, 59);
    is_zone.then(|| format!("{sign}{hours}:{minutes}"))
}

fn is_two_digits(text: &str, most: u8) -> bool {
    let is_number = text.len() == 2 && text.bytes().all(|byte| byte.is_ascii_digit());
    is_number && text.parse::<u8>().is_ok_and(|number| number <= most)
}

fn is_clock(text: &str) -> bool {
    let (text, fraction) = text.split_once('.').unwrap_or((text, "0"));
    let parts: Vec<&str> = text.split(':').collect();
    let is_clock = match parts.as_slice() {
        [hour, minute] => is_two_digits(hour, 23) && is_two_digits(minute, 59),
        [hour, minute, second] => is_two_digits(hour, 23) && is_two_digits(minute, 59) && is_two_digits(second, 60),
        _ => false,
    };
    is_clock && !fraction.is_empty() && fraction.bytes().all(|byte| byte.is_ascii_digit())
}

fn dotted(text: &str) -> Option<String> {
    let mut parts = text.split('.').map(str::trim);
    let (day, month, year) = (parts.next()?, parts.next()?, parts.next()?);
    if parts.next().is_some() || year.len() != 4 || day.len() > 2 || month.len() > 2 {
        return None;
    }
    day_of(year, month, day)
}

fn day_of(year: &str, month: &str, day: &str) -> Option<String> {
    let number =
        |text: &str| text.bytes().all(|byte| byte.is_ascii_digit()).then(|| text.parse::<u16>().ok()).flatten();
    let (year, month, day) = (number(year)?, number(month)?, number(day)?);
    let days = match month {
        4 | 6 | 9 | 11 => 30,
        2 if year.is_multiple_of(4) && (!year.is_multiple_of(100) || year.is_multiple_of(400)) => 29,
        2 => 28,
        1..=12 => 31,
        _ => return None,
    };
    (1..=days).contains(&day).then(|| format!("{year:04}-{month:02}-{day:02}"))
}

/// A number in a style. Codes are none: `007` and what has more digits than a number can keep.
pub fn number(text: &str, style: Style) -> Option<f64> {
    const MOST_DIGITS: usize = 15;
    let (sign, digits) = match text.strip_prefix(['-', '\u{2212}']) {
        Some(rest) => (-1.0, rest),
        None => (1.0, text),
    };
    let point = if style == Style::Continental { ',' } else { '.' };
    let (whole, fraction) = match digits.split_once(point) {
        Some((whole, fraction)) => (whole, Some(fraction)),
        None => (digits, None),
    };
    let is_digits = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    if fraction.is_some_and(|fraction| !is_digits(fraction)) {
        return None;
    }
    let whole = match style {
        Style::Plain => whole.to_owned(),
        Style::Commas => without_groups(whole, &[','])?,
        Style::Continental => without_groups(whole, &['.', ' ', '\u{a0}', '\u{202f}', '\''])?,
    };
    let is_code = whole.len() > 1 && whole.starts_with('0');
    if !is_digits(&whole) || is_code || whole.len() + fraction.map_or(0, str::len) > MOST_DIGITS {
        return None;
    }
    let value: f64 = format!("{whole}.{}", fraction.unwrap_or("0")).parse().ok()?;
    Some(sign * value)
}

/// Digits without what stands between each three of them, which must be the same everywhere.
fn without_groups(whole: &str, separators: &[char]) -> Option<String> {
    let Some(separator) = whole.chars().find(|c| separators.contains(c)) else { return Some(whole.to_owned()) };
    let mut groups = whole.split(separator);
    let first = groups.next()?;
    let fits = (1..=3).contains(&first.len()) && groups.all(|group| group.len() == 3);
    fits.then(|| whole.chars().filter(|c| *c != separator).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_read_in_the_way_that_fits_all_of_them() {
        let read = |texts: &[&str], text: &str| Numbers::of(texts.iter().copied()).read(text);
        assert_eq!(read(&["n/a", "9", "10.5"], " 10.5"), Some(10.5));
        assert_eq!(read(&["n/a", "1,234", "2.5"], "1,234"), Some(1_234.0));
        assert_eq!(read(&["n/a", "1,234", "2,5"], "1,234"), Some(1.234));
        assert_eq!(read(&["n/a", "9"], "n/a"), None);
        // What could be two is none; what is the same in every way is one.
        for texts in [["1,234", "7"], ["1.5", "2,5"]] {
            assert_eq!((read(&texts, texts[0]), read(&texts, "7")), (None, Some(7.0)), "{texts:?}");
        }
    }

    #[test]
    fn days_are_read_in_two_forms() {
        assert_eq!(written_date(" 31.1.2026").as_deref(), Some("2026-01-31"));
        assert_eq!(written_date("2026-01-31 10:00").as_deref(), Some("2026-01-31T10:00"));
        assert_eq!(written_date("n/a"), None);
    }

    #[test]
    fn moments_may_name_their_zone() {
        for (text, moment) in [
            ("2026-01-31T10:00:00.5Z", "2026-01-31T10:00:00.5Z"),
            ("2026-01-31T10:00:00+01:00", "2026-01-31T10:00:00+01:00"),
            ("2026-01-31T19:00-05:00", "2026-01-31T19:00-05:00"),
            ("2026-01-31 10:00:00 +0100", "2026-01-31T10:00:00+01:00"),
            ("2026-01-31T10:00+01", "2026-01-31T10:00+01:00"),
        ] {
            assert_eq!(written_date(text).as_deref(), Some(moment), "{text}");
        }
        for text in [
            "2026-01-31T10:00+",
            "2026-01-31T10:00+25:00",
            "2026-01-31T10:00Z+1",
            "2026-01-31T10:00Z01:00",
            "2026-01-31T+01:00",
            "2026-01-31T10:00:+1",
        ] {
            assert_eq!(written_date(text), None, "{text}");
        }
    }
}
