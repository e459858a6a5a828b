//! Cells of a spreadsheet that are shown as a percentage: 0.25 that reads as 25 %.

use calamine::{Data, DataRef, Style};

use super::spreadsheet::value_text;

/// How a cell reads whose style shows numbers as a percentage; nothing for what is no number. As many digits as it has: how many
/// of them a format shows is not asked of other numbers either.
pub(super) fn text(value: &DataRef<'_>) -> Option<String> {
    let number = match value {
        DataRef::Float(number) => *number,
        DataRef::Int(number) => *number as f64,
        _ => return None,
    };
    Some(format!("{} %", value_text(&Data::Float(number * 100.0))))
}

/// Whether a style shows each number as a percentage.
pub(super) fn is_shown_by(style: &Style) -> bool {
    style.number_format.as_ref().is_some_and(|format| is_percentage(&format.format_code))
}

/// Whether each part of a number format that shows digits has one percent sign: there can be one for numbers above zero, one for
/// those below and one for zero, and others by conditions. Of a format that shows some numbers otherwise, nothing is said.
fn is_percentage(format: &str) -> bool {
    let mut characters = format.chars();
    let (mut signs, mut has_digits, mut found) = (0_usize, false, false);
    loop {
        let next = characters.next();
        match next {
            // Whatever follows stands for itself, is a width or fills the cell.
            Some('\\' | '_' | '*') => {
                characters.next();
            }
            Some('"') => {
                characters.find(|&inner| inner == '"');
            }
            // A colour, a currency or a condition.
            Some('[') => {
                characters.find(|&inner| inner == ']');
            }
            Some('0' | '#' | '?') => has_digits = true,
            Some('%') => signs += 1,
            Some(';') | None => {
                if has_digits && signs != 1 {
                    return false;
                }
                found |= has_digits;
                (signs, has_digits) = (0, false);
            }
            Some(_) => {}
        }
        if next.is_none() {
            return found;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_percent_sign_counts_where_it_is_none_of_the_text() {
        for format in ["0%", "0.00%", "0 %", "#,##0.0%;[Red]-#,##0.0%", "0%;-0%;\"-\"", "_(0%_);(0%)", "0%;;;@"] {
            assert!(is_percentage(format), "{format}");
        }
        for format in ["General", "0.00", "", "0\"%\"", "0\\%", "[$%]0", "[<1]0%;0.0", "0%;0", "0%%", "@", "\"%", "0[%"]
        {
            assert!(!is_percentage(format), "{format}");
        }
    }

    #[test]
    fn a_share_reads_as_a_percentage_without_noise() {
        for (value, expected) in [(0.25, "25 %"), (0.07, "7 %"), (-0.125, "-12.5 %"), (1.0, "100 %"), (0.0, "0 %")] {
            assert_eq!(text(&DataRef::Float(value)).as_deref(), Some(expected));
        }
        assert_eq!(text(&DataRef::Int(2)).as_deref(), Some("200 %"));
        assert_eq!(text(&DataRef::SharedString("none")), None);
    }
}
