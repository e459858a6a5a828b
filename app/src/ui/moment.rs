//! A point in time. The server writes it in UTC; the browser then says it in the person's time zone and language.

use hammock_contract::Timestamp;
use leptos::prelude::*;

/// A point in time, as short as it can be: "3 minutes ago", "yesterday", "in 6 hours", "20 Nov 2026".
#[component]
pub fn Moment(
    /// The point in time.
    at: Timestamp,
    /// To the second, where "3 minutes ago" would not tell it from another.
    #[prop(optional)]
    exact: bool,
) -> impl IntoView {
    let text = RwSignal::new(in_utc(at));
    Effect::new(move |_| text.set(if exact { browser::exactly(at) } else { browser::describe(at) }));
    view! { <time datetime=at.to_string() title=in_utc(at)>{move || text.get()}</time> }
}

/// A point in time where there is no room for more than its letters, such as in a tooltip.
pub fn in_utc(at: Timestamp) -> String {
    let (year, month, day, hour, minute, ..) = at.civil();
    format!("{year}-{month:02}-{day:02} {hour:02}:{minute:02} UTC")
}

const MINUTE: f64 = 60_000.0;
const HOUR: f64 = 60.0 * MINUTE;
const DAY: f64 = 24.0 * HOUR;
const WEEK: f64 = 7.0 * DAY;

/// How far away something is that is `ahead` milliseconds from now, negative in the past: the number and its unit. Nothing
/// where a date says more. What has passed is cut off, what is to come is rounded: a day later is not "in 23 hours" at once.
fn distance(ahead: f64) -> Option<(f64, &'static str)> {
    let rounded = if ahead > 0.0 { 0.5 } else { 0.0 };
    let within = |unit: f64| ahead.signum() * (ahead.abs() / unit + rounded).floor();
    match ahead.abs() {
        near if near < MINUTE => Some((0.0, "second")),
        near if near < HOUR => Some((within(MINUTE), "minute")),
        near if near < DAY => Some((within(HOUR), "hour")),
        near if near < WEEK => Some((within(DAY), "day")),
        _ => None,
    }
}

mod browser {
    //! Effects only run in the browser, so nothing here is called on the server.

    use hammock_contract::Timestamp;
    use js_sys::{Array, Date, Intl, Object, Reflect};
    use wasm_bindgen::JsValue;

    use super::distance;
    use crate::i18n;

    pub fn describe(at: Timestamp) -> String {
        let millis = millis(at);
        match distance(millis - Date::now()) {
            Some((amount, unit)) => {
                let options = object(&[("numeric", "auto"), ("style", "short")]);
                Intl::RelativeTimeFormat::new(&languages(), &options).format(amount, unit).into()
            }
            None => {
                let options = object(&[("dateStyle", "medium")]);
                let date = Date::new(&JsValue::from_f64(millis));
                date.to_locale_date_string(i18n::locale().tag(), &options).into()
            }
        }
    }

    pub fn exactly(at: Timestamp) -> String {
        let options = object(&[("dateStyle", "medium"), ("timeStyle", "medium")]);
        let date = Date::new(&JsValue::from_f64(millis(at)));
        date.to_locale_string(i18n::locale().tag(), &options).into()
    }

    #[expect(clippy::cast_precision_loss, reason = "milliseconds since 1970 fit a double for 200,000 years")]
    const fn millis(at: Timestamp) -> f64 {
        at.as_millis() as f64
    }

    fn languages() -> Array {
        Array::of1(&JsValue::from_str(i18n::locale().tag()))
    }

    fn object(pairs: &[(&str, &str)]) -> Object {
        let object = Object::new();
        for (name, value) in pairs {
            // Setting a property of a fresh plain object cannot fail.
            let _ = Reflect::set(&object, &JsValue::from_str(name), &JsValue::from_str(value));
        }
        object
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_has_passed_and_what_is_to_come_are_as_far_as_people_say() {
        for (ahead, said) in [
            (-0.9 * MINUTE, Some((0.0, "second"))),
            (-1.9 * MINUTE, Some((-1.0, "minute"))),
            (-1.9 * HOUR, Some((-1.0, "hour"))),
            (-6.9 * DAY, Some((-6.0, "day"))),
            (-7.1 * DAY, None),
            (0.9 * MINUTE, Some((0.0, "second"))),
            (59.4 * MINUTE, Some((59.0, "minute"))),
            (5.99 * HOUR, Some((6.0, "hour"))),
            (23.99 * HOUR, Some((24.0, "hour"))),
            (6.99 * DAY, Some((7.0, "day"))),
            (7.1 * DAY, None),
        ] {
            assert_eq!(distance(ahead), said, "{ahead}");
        }
    }
}
