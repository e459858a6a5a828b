//! What is chosen in the dialog, until it becomes a link.

use hammock_contract::{
    ApiError, ErrorCode, Timestamp,
    share::{ShareAudience, ShareSettings},
};
use leptos::prelude::*;

use crate::t;

/// The values of the choice of an audience.
pub const ANYONE: &str = "anyone";
pub const ORGANISATION: &str = "organisation";

/// The end that is chosen by its day.
pub const DATE: &str = "date";

const DAY: i64 = 86_400_000;

/// What is chosen. Cheap to copy.
#[derive(Clone, Copy)]
pub struct Draft {
    /// One of [`ANYONE`] and [`ORGANISATION`].
    pub audience: RwSignal<String>,
    /// Whether later messages are shared too.
    pub includes_later: RwSignal<bool>,
    /// Whether it is shown how answers were made.
    pub with_reasoning: RwSignal<bool>,
    /// Whether people who are not signed in see sources.
    pub with_sources: RwSignal<bool>,
    /// One of [`expiries`].
    pub expiry: RwSignal<String>,
    /// The last day of a link that ends on a day, as the browser writes it: `2026-12-31`.
    pub date: RwSignal<String>,
}

impl Draft {
    /// The least: for the own organisation, without anything that was not chosen.
    pub fn new() -> Self {
        Self {
            audience: RwSignal::new(ORGANISATION.to_owned()),
            includes_later: RwSignal::new(false),
            with_reasoning: RwSignal::new(false),
            with_sources: RwSignal::new(false),
            expiry: RwSignal::new("never".to_owned()),
            date: RwSignal::new(String::new()),
        }
    }

    /// What a link is made with, by the clock of the person.
    ///
    /// # Errors
    /// On `expires_at`, when no day is chosen.
    pub fn settings(self) -> Result<ShareSettings, ApiError> {
        let is_for_anyone = self.audience.with_untracked(|audience| audience == ANYONE);
        let end_of_day = self.date.with_untracked(|date| browser::end_of(date));
        Ok(ShareSettings {
            audience: if is_for_anyone { ShareAudience::Anyone } else { ShareAudience::Organisation },
            includes_later: self.includes_later.get_untracked(),
            up_to: None,
            with_reasoning: self.with_reasoning.get_untracked(),
            // Of a link for the organisation everybody is signed in.
            with_sources: is_for_anyone && self.with_sources.get_untracked(),
            expires_at: self.expiry.with_untracked(|expiry| end(expiry, browser::now(), end_of_day))?,
        })
    }
}

/// When a link can end, and what that is called.
pub fn expiries() -> Vec<(String, String)> {
    [
        ("never", t!("share.never")),
        ("day", t!("share.after_day")),
        ("week", t!("share.after_week")),
        ("month", t!("share.after_month")),
        (DATE, t!("share.on_date")),
    ]
    .map(|(value, label)| (value.to_owned(), label.to_owned()))
    .to_vec()
}

/// When a link ends.
fn end(expiry: &str, now: Timestamp, end_of_day: Option<Timestamp>) -> Result<Option<Timestamp>, ApiError> {
    Ok(match expiry {
        "day" => Some(now.plus_millis(DAY)),
        "week" => Some(now.plus_millis(7 * DAY)),
        "month" => Some(now.plus_millis(30 * DAY)),
        DATE => Some(
            end_of_day.ok_or_else(|| ApiError::new(ErrorCode::InvalidField, "no day is chosen").on("expires_at"))?,
        ),
        _ => None,
    })
}

pub mod browser {
    //! Only called in the browser.

    use hammock_contract::Timestamp;
    use js_sys::Date;

    /// The present time.
    pub fn now() -> Timestamp {
        Timestamp::from_millis(Date::now() as i64)
    }

    /// The last second of a day in the person's time zone; nothing where that is no day.
    pub(super) fn end_of(date: &str) -> Option<Timestamp> {
        let millis = Date::parse(&format!("{date}T23:59:59"));
        millis.is_finite().then(|| Timestamp::from_millis(millis as i64))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_link_ends_when_it_was_said() {
        let now = Timestamp::from_millis(1_800_000_000_000);
        let chosen = now.plus_millis(5);
        for (expiry, ends) in [
            ("never", None),
            ("day", Some(now.plus_millis(86_400_000))),
            ("week", Some(now.plus_millis(604_800_000))),
            ("month", Some(now.plus_millis(2_592_000_000))),
            (DATE, Some(chosen)),
        ] {
            assert_eq!(end(expiry, now, Some(chosen)), Ok(ends), "{expiry}");
        }
        // A day that was left out is no link without an end.
        assert_eq!(end(DATE, now, None).unwrap_err().field.as_deref(), Some("expires_at"));
    }
}
