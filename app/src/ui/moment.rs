//! A point in time. The server writes it in UTC; the browser then says it in the person's time zone and language.

use hammock_contract::Timestamp;
use leptos::prelude::*;

/// A point in time, as short as it can be: "3 minutes ago", "yesterday", "20 Nov 2026".
#[component]
pub fn Moment(
    /// The point in time.
    at: Timestamp,
) -> impl IntoView {
    let text = RwSignal::new(in_utc(at));
    Effect::new(move |_| text.set(browser::describe(at)));
    view! { <time datetime=at.to_string() title=in_utc(at)>{move || text.get()}</time> }
}

fn in_utc(at: Timestamp) -> String {
    let (year, month, day, hour, minute, ..) = at.civil();
    format!("{year}-{month:02}-{day:02} {hour:02}:{minute:02} UTC")
}

mod browser {
    //! Effects only run in the browser, so nothing here is called on the server.

    use hammock_contract::Timestamp;
    use js_sys::{Array, Date, Intl, Object, Reflect};
    use wasm_bindgen::JsValue;

    use crate::i18n;

    const MINUTE: f64 = 60_000.0;
    const HOUR: f64 = 60.0 * MINUTE;
    const DAY: f64 = 24.0 * HOUR;

    pub fn describe(at: Timestamp) -> String {
        #[expect(clippy::cast_precision_loss, reason = "milliseconds since 1970 fit a double for 200,000 years")]
        let millis = at.as_millis() as f64;
        let passed = Date::now() - millis;
        let relative = |amount: f64, unit: &str| {
            let options = object(&[("numeric", "auto"), ("style", "short")]);
            Intl::RelativeTimeFormat::new(&languages(), &options).format(-amount.floor(), unit).into()
        };
        if (0.0..MINUTE).contains(&passed) {
            relative(0.0, "second")
        } else if (MINUTE..HOUR).contains(&passed) {
            relative(passed / MINUTE, "minute")
        } else if (HOUR..DAY).contains(&passed) {
            relative(passed / HOUR, "hour")
        } else if (DAY..7.0 * DAY).contains(&passed) {
            relative(passed / DAY, "day")
        } else {
            let options = object(&[("dateStyle", "medium")]);
            let date = Date::new(&JsValue::from_f64(millis));
            date.to_locale_date_string(i18n::locale().tag(), &options).into()
        }
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
