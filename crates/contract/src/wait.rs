//! How long somebody has to wait, as people say it.

use std::fmt;

/// A time in the unit that people would say it in, rounded up.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Wait {
    /// Less than an hour.
    Minutes(u64),
    /// Less than a day.
    Hours(u64),
    /// A day or longer.
    Days(u64),
}

impl Wait {
    /// So many seconds.
    pub const fn of_seconds(seconds: u64) -> Self {
        let minutes = seconds.div_ceil(60);
        let hours = minutes.div_ceil(60);
        match (minutes, hours) {
            (0, _) => Self::Minutes(1),
            (..60, _) => Self::Minutes(minutes),
            (_, ..24) => Self::Hours(hours),
            _ => Self::Days(hours.div_ceil(24)),
        }
    }

    /// The number, and the unit in English and in the plural.
    pub const fn parts(self) -> (u64, &'static str) {
        match self {
            Self::Minutes(number) => (number, "minutes"),
            Self::Hours(number) => (number, "hours"),
            Self::Days(number) => (number, "days"),
        }
    }
}

/// In English, as the messages of errors are.
impl fmt::Display for Wait {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (number, unit) = self.parts();
        let unit = if number == 1 { unit.trim_end_matches('s') } else { unit };
        write!(f, "{number} {unit}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_time_is_said_in_the_unit_that_fits() {
        let said = |seconds| Wait::of_seconds(seconds).to_string();
        let hour = 60 * 60;
        for (seconds, expected) in [
            (0, "1 minute"),
            (60, "1 minute"),
            (61, "2 minutes"),
            (900, "15 minutes"),
            (hour - 60, "59 minutes"),
            (hour - 59, "1 hour"),
            (hour, "1 hour"),
            (hour + 1, "2 hours"),
            (22 * hour, "22 hours"),
            (23 * hour + 1, "1 day"),
            (24 * hour, "1 day"),
            (24 * hour + 1, "2 days"),
        ] {
            assert_eq!(said(seconds), expected, "{seconds}");
        }
    }
}
