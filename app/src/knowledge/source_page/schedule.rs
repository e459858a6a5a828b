//! When a website is read again, in words.

use hammock_contract::{
    Timestamp,
    crawl::Schedule,
    source::{Source, SourceKind, WebsiteSettings},
};
use leptos::prelude::*;

use super::Shown;
use crate::{
    i18n, t,
    ui::{Icon, Moment},
};

/// The card that says when, and when next.
#[component]
pub fn ScheduleCard(
    /// The source.
    shown: Shown,
) -> impl IntoView {
    let source = shown.source;
    let settings = Memo::new(move |_| {
        source.with(|it| match it.as_ref().map(|it| &it.kind) {
            Some(SourceKind::Website(settings)) => Some(settings.clone()),
            Some(SourceKind::Upload) | None => None,
        })
    });
    let field =
        move |of: fn(&Source) -> Option<Timestamp>| Memo::new(move |_| source.with(|it| it.as_ref().and_then(of)));
    let (next, watched) = (field(|it| it.next_crawl_at), field(|it| it.watched_at));
    let error = Memo::new(move |_| source.with(|it| it.as_ref().and_then(|it| it.watch_error.clone())));
    view! {
        <section class="card padded side-card">
            <h2>{t!("data.schedule_title")}</h2>
            <p class="small muted">{move || settings.try_get().flatten().map(|settings| in_words(&settings))}</p>
            {move || next.try_get().flatten().map(|at| view! {
                <p class="small muted">{t!("data.next_full_reading")} " " <Moment at /></p>
            })}
            {move || watched.try_get().flatten().map(|at| view! {
                <p class="small muted">{t!("data.sitemap_watched_at")} " " <Moment at /></p>
            })}
            {move || error.try_get().flatten().map(|error| view! {
                <p class="small source-error warning"><Icon name="alert-circle" />{i18n::error_text(&error)}</p>
            })}
        </section>
    }
}

/// The whole of it: the watch of the sitemap, and the times at which everything is read.
fn in_words(settings: &WebsiteSettings) -> String {
    let whole = match &settings.schedule {
        Schedule::Never => t!("data.words_never").to_owned(),
        Schedule::Every { hours: 24 } => t!("data.words_daily").to_owned(),
        Schedule::Every { hours: 168 } => t!("data.words_weekly").to_owned(),
        Schedule::Every { hours } => i18n::count("data.words_hours", u64::from(*hours)),
        Schedule::Cron { expression, time_zone } => match Times::of(expression) {
            Some(times) => times.in_words(&place_of(time_zone)),
            None => t!("data.words_cron", times = expression, zone = place_of(time_zone)),
        },
    };
    let is_watched = settings.watch_sitemap && settings.use_sitemap && settings.schedule != Schedule::Never;
    if is_watched { format!("{} {whole}", t!("data.words_watched")) } else { whole }
}

/// The city of a time zone: `Europe/Prague` is Prague for people.
fn place_of(zone: &str) -> String {
    zone.rsplit('/').next().unwrap_or(zone).replace('_', " ")
}

/// An expression that people would say as a time of the day, on every day, on some, or on one of the week.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Times {
    hour: u8,
    minute: u8,
    days: Days,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Days {
    Every,
    Working,
    /// From Sunday, which is 0.
    One(u8),
}

impl Times {
    /// Nothing for what has no short words.
    fn of(expression: &str) -> Option<Self> {
        let mut fields = expression.split_whitespace();
        let [minute, hour, day, month, week] = std::array::from_fn(|_| fields.next());
        if fields.next().is_some() || day != Some("*") || month != Some("*") {
            return None;
        }
        let number = |field: Option<&str>, end: u8| field?.parse::<u8>().ok().filter(|number| *number < end);
        let days = match week? {
            "*" => Days::Every,
            "1-5" => Days::Working,
            one => Days::One(number(Some(one), 8)? % 7),
        };
        Some(Self { hour: number(hour, 24)?, minute: number(minute, 60)?, days })
    }

    fn in_words(self, place: &str) -> String {
        let Self { hour, minute, days } = self;
        let days = match days {
            Days::Every => t!("data.on_every_day"),
            Days::Working => t!("data.on_working_days"),
            Days::One(0) => t!("data.on_day.0"),
            Days::One(1) => t!("data.on_day.1"),
            Days::One(2) => t!("data.on_day.2"),
            Days::One(3) => t!("data.on_day.3"),
            Days::One(4) => t!("data.on_day.4"),
            Days::One(5) => t!("data.on_day.5"),
            Days::One(_) => t!("data.on_day.6"),
        };
        t!("data.words_at", days = days, time = format!("{hour:02}:{minute:02}"), zone = place)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn usual_expressions_have_words() {
        let times = |hour, minute, days| Some(Times { hour, minute, days });
        assert_eq!(Times::of("0 3 * * *"), times(3, 0, Days::Every));
        assert_eq!(Times::of("30 6 * * 1-5"), times(6, 30, Days::Working));
        assert_eq!(Times::of(" 5  23 * *  0 "), times(23, 5, Days::One(0)));
        assert_eq!(Times::of("5 23 * * 7"), times(23, 5, Days::One(0)));
        for other in ["", "0 3 * *", "*/5 * * * *", "0 3 1 * *", "0 3 * 6 *", "0 24 * * *", "0 3 * * 8", "0 3 * * * *"]
        {
            assert_eq!(Times::of(other), None, "{other}");
        }
    }

    #[test]
    fn a_schedule_is_said_as_people_would() {
        let schedule = |expression: &str, zone: &str| WebsiteSettings {
            schedule: Schedule::Cron { expression: expression.to_owned(), time_zone: zone.to_owned() },
            ..WebsiteSettings::of("https://example.org/")
        };
        let sundays = in_words(&schedule("0 3 * * 0", "Europe/Prague"));
        assert_eq!(sundays, "Sitemap watched hourly. Full crawl on Sundays at 03:00 (Prague).");
        let odd = WebsiteSettings { watch_sitemap: false, ..schedule("*/7 * * * *", "America/New_York") };
        assert_eq!(in_words(&odd), "Full crawl at the times */7 * * * * (New York).");
        let never = WebsiteSettings { schedule: Schedule::Never, ..WebsiteSettings::of("https://example.org/") };
        assert_eq!(in_words(&never), "Full crawl only when somebody asks for it.", "its sitemap is not watched either");
    }
}
