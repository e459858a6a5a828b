//! What narrows the list of conversations. The address holds it.

use hammock_contract::conversation::ConversationQuery;
use leptos_router::params::ParamsMap;

use super::days::{self, Calendar};

/// What is searched for.
const SEARCH: &str = "q";
/// The assistant. Not `assistant`, which says whom a new chat is with.
pub const ASSISTANT: &str = "with";
/// The category.
pub const CATEGORY: &str = "category";
/// Whether a link lets others read it: [`YES`] or [`NO`].
pub const SHARED: &str = "shared";
/// Since when: a number of days, today among them, or [`RANGE`].
pub const DATE: &str = "date";
/// Since which day.
pub const FROM: &str = "from";
/// Up to which day.
pub const TO: &str = "to";

/// The values of the address that narrow the list.
pub const NAMES: [&str; 7] = [SEARCH, ASSISTANT, CATEGORY, SHARED, DATE, FROM, TO];

/// How many pages of the list are shown. Called like the page of other lists, so that another search takes it away.
pub const PAGES: &str = "page";
/// The most pages that an address shows at once.
const MOST_PAGES: u32 = 20;

/// How many pages of the list an address shows.
pub fn pages_in(query: &ParamsMap) -> u32 {
    let pages: u32 = query.get_str(PAGES).and_then(|pages| pages.parse().ok()).unwrap_or(1);
    pages.clamp(1, MOST_PAGES)
}

/// What is so.
pub const YES: &str = "yes";
/// What is not so.
pub const NO: &str = "no";

/// The date that stands for a first and a last day.
pub const RANGE: &str = "range";

/// What narrows the list.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ListFilter(ParamsMap);

impl ListFilter {
    /// What an address says.
    pub fn of(query: &ParamsMap) -> Self {
        let mut kept = ParamsMap::new();
        for name in NAMES {
            if let Some(value) = query.get(name).filter(|value| !value.trim().is_empty()) {
                kept.insert(name, value);
            }
        }
        Self(kept)
    }

    fn has(&self, name: &str) -> bool {
        self.0.get_str(name).is_some()
    }

    /// Whether anything narrows the list.
    pub fn narrows(&self) -> bool {
        NAMES.iter().any(|name| self.has(name))
    }

    /// Whether anything does that is chosen beside the search.
    pub fn has_choice(&self) -> bool {
        NAMES.iter().any(|name| *name != SEARCH && self.has(name))
    }

    /// Whether it depends on where days begin.
    pub fn tells_days(&self) -> bool {
        self.has(DATE)
    }

    /// A path with the same list beside it. The server escapes more than the browser does; what stands in ids and dates stays as
    /// it is with both.
    pub fn address(&self, path: &str) -> String {
        let query = self.0.to_query_string().replace("%5F", "_").replace("%2D", "-");
        format!("{path}{query}")
    }

    /// The same, with as much of the list as is shown.
    pub fn address_of_pages(&self, path: &str, pages: u32) -> String {
        let address = self.address(path);
        let sign = if address.contains('?') { '&' } else { '?' };
        if pages > 1 { format!("{address}{sign}{PAGES}={pages}") } else { address }
    }

    /// What the server is asked for.
    pub fn request(&self, calendar: Calendar) -> ConversationQuery {
        let day = |name| self.0.get_str(name).and_then(days::of_date);
        let today = calendar.today();
        let (from, to) = match self.0.get_str(DATE) {
            Some(RANGE) => (day(FROM), day(TO)),
            Some(days) => (days.parse().ok().map(|days: u16| today - i64::from(days.max(1)) + 1), None),
            None => (None, None),
        };
        ConversationQuery {
            query: self.0.get(SEARCH),
            assistant: self.0.get_str(ASSISTANT).and_then(|id| id.parse().ok()),
            category: self.0.get_str(CATEGORY).and_then(|id| id.parse().ok()),
            shared: match self.0.get_str(SHARED) {
                Some(YES) => Some(true),
                Some(NO) => Some(false),
                _ => None,
            },
            from: from.map(|day| calendar.start_of(day)),
            before: to.map(|day| calendar.start_of(day + 1)),
            ..ConversationQuery::default()
        }
    }
}

#[cfg(test)]
mod tests {
    use hammock_contract::{AssistantId, CategoryId, Timestamp};

    use super::*;

    fn filter(values: &[(&'static str, &str)]) -> ListFilter {
        let mut query = ParamsMap::new();
        for (name, value) in values {
            query.insert(*name, (*value).to_owned());
        }
        ListFilter::of(&query)
    }

    #[test]
    fn an_address_keeps_what_narrows_the_list_and_nothing_else() {
        let narrowed = filter(&[("list", "1"), (SEARCH, "a b"), (DATE, "7"), (CATEGORY, " ")]);
        assert_eq!(narrowed.address("/chat/conv_some"), "/chat/conv_some?q=a%20b&date=7");
        assert!(narrowed.narrows() && narrowed.has_choice() && narrowed.tells_days());
        assert!(!filter(&[(SEARCH, "a")]).has_choice());
        let labelled = filter(&[(CATEGORY, "cat_work"), (TO, "2026-11-30")]);
        assert_eq!(labelled.address("/chat"), "/chat?category=cat_work&to=2026-11-30");
        let all = filter(&[("list", "1"), ("assistant", "asst_some")]);
        assert!(!all.narrows());
        assert_eq!(all.address("/chat"), "/chat");
    }

    #[test]
    fn an_address_keeps_how_much_of_the_list_is_shown() {
        let all = filter(&[]);
        assert_eq!(all.address_of_pages("/chat", 1), "/chat");
        assert_eq!(all.address_of_pages("/chat", 3), "/chat?page=3");
        let narrowed = filter(&[(SEARCH, "a"), (PAGES, "2")]);
        assert_eq!(narrowed.address_of_pages("/chat", 2), "/chat?q=a&page=2");
        assert_eq!(narrowed, filter(&[(SEARCH, "a")]), "more of the list is no other list");
        for (written, pages) in [("2", 2), ("0", 1), ("9999999999", 1), ("400", MOST_PAGES), ("x", 1)] {
            let mut query = ParamsMap::new();
            query.insert(PAGES, written.to_owned());
            assert_eq!(pages_in(&query), pages, "{written}");
        }
        assert_eq!(pages_in(&ParamsMap::new()), 1);
    }

    #[test]
    fn a_filter_becomes_a_request() {
        let at = |month: u32, day: u32| Timestamp::from_civil(2026, month, day, 0);
        let now = at(11, 27).map(|midnight| midnight.plus_millis(9 * 3_600_000)).unwrap();
        let calendar = Calendar::in_utc(now);
        let asked = |values: &[(&'static str, &str)]| filter(values).request(calendar);
        let (assistant, category) = (AssistantId::fixed("some"), CategoryId::fixed("work"));
        let of = asked(&[(ASSISTANT, "asst_some"), (CATEGORY, "cat_work"), (SEARCH, "x")]);
        assert_eq!((of.assistant, of.category, of.query.as_deref()), (Some(assistant), Some(category), Some("x")));
        for (value, shared) in [(YES, Some(true)), (NO, Some(false)), ("perhaps", None)] {
            assert_eq!(asked(&[(SHARED, value)]).shared, shared, "{value}");
        }
        for (date, first) in [("1", at(11, 27)), ("7", at(11, 21)), ("30", at(10, 29)), ("0", at(11, 27))] {
            let of = asked(&[(DATE, date)]);
            assert_eq!((of.from, of.before), (first, None), "{date}");
        }
        let of = asked(&[(DATE, RANGE), (FROM, "2026-11-01"), (TO, "2026-11-30")]);
        assert_eq!((of.from, of.before), (at(11, 1), at(12, 1)), "the last day is whole");
        let of = asked(&[(DATE, RANGE), (TO, "2026-02-31")]);
        assert_eq!((of.from, of.before), (None, None), "no such day");
        assert_eq!(asked(&[(DATE, "soon"), (ASSISTANT, "nobody"), (FROM, "2026-11-01")]), ConversationQuery::default());
    }
}
