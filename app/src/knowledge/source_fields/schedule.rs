//! When a website is read again by itself: never, after some hours, or at set times.

use hammock_contract::{ApiError, crawl::Schedule};
use leptos::prelude::*;

use super::Fields;
use crate::{
    i18n, t,
    ui::{SelectField, TextField, on_field},
};

/// What is offered for the time between two readings. Hours; 0 is never.
const USUAL_HOURS: [u32; 6] = [0, 1, 6, 12, 24, 168];
/// What is chosen for set times.
const SET_TIMES: &str = "cron";
/// The times that are offered where none are stored: every night.
const USUAL_TIMES: &str = "0 3 * * *";

/// What is chosen and typed of a schedule: the choice, the times, and whose clock these are by.
pub(super) fn draft_of(schedule: Schedule) -> (String, String, String) {
    let (expression, time_zone) = (USUAL_TIMES.to_owned(), own_time_zone());
    match schedule {
        Schedule::Never => ("0".to_owned(), expression, time_zone),
        Schedule::Every { hours } => (hours.to_string(), expression, time_zone),
        Schedule::Cron { expression, time_zone } => (SET_TIMES.to_owned(), expression, time_zone),
    }
}

/// The schedule that is chosen and typed.
pub(super) fn schedule_of(choice: &str, expression: &str, time_zone: &str) -> Schedule {
    if choice == SET_TIMES {
        let (expression, time_zone) = (expression.trim().to_owned(), time_zone.trim().to_owned());
        return Schedule::Cron { expression, time_zone };
    }
    match choice.parse::<u32>() {
        Ok(0) => Schedule::Never,
        Ok(hours) => Schedule::Every { hours },
        Err(_) => Schedule::default(),
    }
}

/// What can be chosen: the usual, and what is stored where that is something else.
pub(super) fn choices(stored: &Schedule) -> Vec<(String, String)> {
    let mut all = USUAL_HOURS.to_vec();
    if let Schedule::Every { hours } = stored
        && !all.contains(hours)
    {
        all.push(*hours);
        all.sort_unstable();
    }
    let name = |hours: u32| match hours {
        0 => t!("data.schedule_never").to_owned(),
        24 => t!("data.schedule_day").to_owned(),
        168 => t!("data.schedule_week").to_owned(),
        hours => i18n::count("data.schedule_hours", u64::from(hours)),
    };
    let hours = all.into_iter().map(|hours| (hours.to_string(), name(hours)));
    hours.chain([(SET_TIMES.to_owned(), t!("data.schedule_cron").to_owned())]).collect()
}

/// The time zone of whoever types; UTC where the browser does not tell.
#[cfg(feature = "hydrate")]
fn own_time_zone() -> String {
    use js_sys::{Array, Intl, Object, Reflect};

    let options = Intl::DateTimeFormat::new(&Array::new(), &Object::new()).resolved_options();
    let zone = Reflect::get(&options, &wasm_bindgen::JsValue::from_str("timeZone")).ok();
    zone.and_then(|zone| zone.as_string()).unwrap_or_else(|| Schedule::UNIVERSAL.to_owned())
}

/// The server knows nobody's clock; the dialog is filled in the browser.
#[cfg(not(feature = "hydrate"))]
fn own_time_zone() -> String {
    Schedule::UNIVERSAL.to_owned()
}

/// The choice, with what stands beside it, and below it the set times where these are chosen.
#[component]
pub(super) fn ScheduleFields(
    /// What is typed.
    fields: Fields,
    /// What is stored.
    stored: Schedule,
    /// What the server finds wrong.
    error: Signal<Option<ApiError>>,
    /// What stands beside the choice.
    children: Children,
) -> impl IntoView {
    let (on_schedule, on_hours) = (on_field(error, "schedule"), on_field(error, "hours"));
    let wrong = Signal::derive(move || on_schedule.try_get().flatten().or_else(|| on_hours.try_get().flatten()));
    let has_times = move || fields.schedule.try_get().is_some_and(|choice| choice == SET_TIMES);
    view! {
        <div class="form-row">
            <SelectField label=t!("data.schedule") name="schedule" value=fields.schedule
                options=Signal::stored(choices(&stored)) error=wrong />
            {children()}
        </div>
        <Show when=has_times>
            <div class="form-row">
                <TextField label=t!("data.schedule_times") name="expression" value=fields.expression error
                    hint=t!("data.schedule_times_hint") placeholder="30 6 * * 1-5" />
                <TextField label=t!("data.schedule_zone") name="time_zone" value=fields.time_zone error
                    hint=t!("data.schedule_zone_hint") placeholder="Europe/Prague" />
            </div>
        </Show>
    }
}
