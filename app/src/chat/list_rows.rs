//! The rows of the list of conversations: which are made anew when it changes, and which begin a day.

use std::collections::HashMap;

use hammock_contract::{ConversationId, chat::ConversationSummary};
use leptos::prelude::*;

use super::days::{Calendar, Day};

/// A row that is shown.
#[derive(Clone)]
pub struct Entry {
    /// The conversation.
    pub id: ConversationId,
    /// Grows when the row goes up. It is made anew then, and those that it passes stay where they are: what is moved on a
    /// page loses its menu and the focus.
    pub moves: u32,
    /// What it shows.
    pub row: ArcRwSignal<ConversationSummary>,
}

/// The rows for `now`: those that are shown already change in place.
pub fn merged(shown: Vec<Entry>, now: Vec<ConversationSummary>) -> Vec<Entry> {
    let mut before: HashMap<ConversationId, (usize, Entry)> =
        shown.into_iter().enumerate().map(|(at, entry)| (entry.id.clone(), (at, entry))).collect();
    let mut highest = usize::MAX;
    let mut entries = Vec::with_capacity(now.len());
    for row in now.into_iter().rev() {
        let Some((at, mut entry)) = before.remove(&row.id) else {
            entries.push(Entry { id: row.id.clone(), moves: 0, row: ArcRwSignal::new(row) });
            continue;
        };
        if at < highest {
            highest = at;
        } else {
            entry.moves += 1;
        }
        if entry.row.with_untracked(|shown| *shown != row) {
            entry.row.set(row);
        }
        entries.push(entry);
    }
    entries.reverse();
    entries
}

/// The rows that a day begins with.
pub fn first_of_days(entries: &[Entry], calendar: Calendar) -> HashMap<ConversationId, Day> {
    let mut before = None;
    let mut first = HashMap::new();
    for entry in entries {
        let day = calendar.day(entry.row.with(|row| row.updated_at));
        if before.replace(day) != Some(day) {
            first.insert(entry.id.clone(), day);
        }
    }
    first
}

/// The rows whose title another one has too.
pub fn with_equal_titles(entries: &[Entry]) -> Vec<ConversationId> {
    let mut titled: Vec<(String, &ConversationId)> =
        entries.iter().map(|entry| (entry.row.with(|row| row.title.clone()), &entry.id)).collect();
    titled.sort_unstable();
    let groups = titled.chunk_by(|one, other| one.0 == other.0).filter(|group| group.len() > 1);
    groups.flatten().map(|(_, id)| (*id).clone()).collect()
}

#[cfg(test)]
mod tests {
    use hammock_contract::{AssistantId, Timestamp};

    use super::*;

    fn summary(name: &'static str, title: &str) -> ConversationSummary {
        ConversationSummary {
            id: ConversationId::fixed(name),
            title: title.to_owned(),
            assistant: AssistantId::fixed("some"),
            assistant_name: String::new(),
            updated_at: Timestamp::default(),
            category: None,
            found: None,
        }
    }

    fn keys(entries: &[Entry]) -> Vec<(&str, u32)> {
        entries.iter().map(|entry| (entry.id.as_str(), entry.moves)).collect()
    }

    #[test]
    fn rows_that_are_shown_change_in_place() {
        let [a, b, c, new] = ["a", "b", "c", "new"].map(|name| summary(name, name));
        let name = |summary: &ConversationSummary| summary.id.clone();
        let [in_a, in_b, in_c, in_new] = [name(&a), name(&b), name(&c), name(&new)];
        let shown = merged(Vec::new(), vec![a.clone(), b, c]);
        assert_eq!(keys(&shown), [(in_a.as_str(), 0), (in_b.as_str(), 0), (in_c.as_str(), 0)]);
        let title_of_c = shown[2].row.clone();

        // One comes, one goes, the last one goes up with another title: only that is made anew.
        let now = vec![new, summary("c", "another"), a];
        let shown = merged(shown, now);
        assert_eq!(keys(&shown), [(in_new.as_str(), 0), (in_c.as_str(), 1), (in_a.as_str(), 0)]);
        assert_eq!(title_of_c.get_untracked().title, "another");
    }

    #[test]
    fn a_day_has_one_heading() {
        let now = Timestamp::from_civil(2026, 11, 27, 0).unwrap();
        let ago = |name, hours: i64| {
            let updated_at = now.plus_millis(-hours * 3_600_000);
            ConversationSummary { updated_at, ..summary(name, name) }
        };
        let shown = merged(Vec::new(), vec![ago("a", 0), ago("b", 1), ago("c", 2), ago("d", 30)]);
        let headings = first_of_days(&shown, Calendar::in_utc(now));
        let found = shown.iter().map(|entry| headings.get(&entry.id).copied()).collect::<Vec<_>>();
        assert_eq!(found, [Some(Day::Today), Some(Day::Yesterday), None, Some(Day::Week)]);
    }

    #[test]
    fn equal_titles_are_found() {
        let shown = merged(Vec::new(), vec![summary("a", "Hours"), summary("b", "Prices"), summary("c", "Hours")]);
        let mut equal = with_equal_titles(&shown);
        equal.sort_unstable();
        let mut expected = vec![shown[0].id.clone(), shown[2].id.clone()];
        expected.sort_unstable();
        assert_eq!(equal, expected);
        assert!(with_equal_titles(&shown[..2]).is_empty());
    }
}
