//! Who sees what is in a collection, while a form says it.

use hammock_contract::{
    UserId,
    collection::{AccessQuery, Collection, CollectionAccess},
};
use leptos::{prelude::*, task::spawn_local};

use super::api::explain_access;
use crate::FnError;

const VALUES: [(CollectionAccess, &str); 3] = [
    (CollectionAccess::Organisation, "organisation"),
    (CollectionAccess::Chosen, "chosen"),
    (CollectionAccess::Private, "private"),
];

/// One field each.
#[derive(Clone, Copy)]
pub struct AccessDraft {
    /// `organisation`, `chosen` or `private`.
    pub access: RwSignal<String>,
    /// The people chosen, with their names.
    pub people: RwSignal<Vec<(UserId, String)>>,
    /// Who is chosen already; nothing until that is known. What is not known is not replaced.
    pub before: RwSignal<Option<Vec<UserId>>>,
    /// Why it could not be learnt.
    pub failure: RwSignal<Option<FnError>>,
    /// The number of times it was opened: an answer to an earlier one comes too late.
    opened: StoredValue<u32>,
}

impl AccessDraft {
    /// That of a new collection.
    pub fn blank() -> Self {
        Self {
            access: RwSignal::new("organisation".to_owned()),
            people: RwSignal::new(Vec::new()),
            before: RwSignal::new(Some(Vec::new())),
            failure: RwSignal::new(None),
            opened: StoredValue::new(0),
        }
    }

    /// Takes what is set for a collection, or for a new one. Who is chosen is asked for.
    pub fn open(self, collection: Option<&Collection>) {
        let access = collection.map(|collection| collection.access).unwrap_or_default();
        let number = self.opened.get_value() + 1;
        self.opened.set_value(number);
        self.access.set(value_of(access).to_owned());
        self.people.set(Vec::new());
        self.failure.set(None);
        let asked = collection.filter(|it| it.access == CollectionAccess::Chosen).map(|it| it.id.clone());
        self.before.set(asked.is_none().then(Vec::new));
        let Some(collection) = asked else { return };
        spawn_local(async move {
            let report = explain_access(collection, AccessQuery::default()).await;
            // The page may be gone meanwhile, or another collection be open.
            if self.opened.try_get_value() != Some(number) {
                return;
            }
            match report {
                Ok(report) => {
                    let chosen = report.people.into_iter().filter(|person| person.chosen_at.is_some());
                    let chosen: Vec<(UserId, String)> = chosen.map(|person| (person.user, person.name)).collect();
                    self.people.set(chosen.clone());
                    self.before.set(Some(chosen.into_iter().map(|(user, _)| user).collect()));
                }
                Err(error) => self.failure.set(Some(error)),
            }
        });
    }

    /// What is chosen.
    pub fn access(self) -> CollectionAccess {
        self.access.with(|value| access_of(value))
    }

    /// Whether a person is chosen.
    pub fn has(self, user: &UserId) -> bool {
        self.people.with(|people| people.iter().any(|(chosen, _)| chosen == user))
    }

    /// Chooses a person.
    pub fn add(self, user: &UserId, name: &str) {
        self.people.update(|people| {
            if people.iter().all(|(chosen, _)| chosen != user) {
                people.push((user.clone(), name.to_owned()));
            }
        });
    }

    /// Leaves a person out.
    pub fn remove(self, user: &UserId) {
        self.people.update(|people| people.retain(|(chosen, _)| chosen != user));
    }

    /// The ids of the people chosen.
    pub fn ids(self) -> Vec<UserId> {
        self.people.with(|people| people.iter().map(|(user, _)| user.clone()).collect())
    }

    /// What differs between two states of the form, as a text.
    pub fn text(self) -> String {
        let before = self.before.get();
        let differs = before.is_some_and(|before| is_other(&before, &self.ids()));
        format!("{} {differs}", self.access.get())
    }

    /// What a new collection gets.
    pub fn whole(self) -> (CollectionAccess, Vec<UserId>) {
        let access = self.access();
        (access, if access == CollectionAccess::Chosen { self.ids() } else { Vec::new() })
    }

    /// What of the access of a collection is to be changed, and who is to be chosen; nothing where all stays. Of a collection
    /// that is managed without being seen the access is always named: nothing else may be.
    pub fn change(self, collection: &Collection) -> (Option<CollectionAccess>, Option<Vec<UserId>>) {
        let access = self.access();
        let changed = Some(access).filter(|access| *access != collection.access || !collection.can_read);
        let ids = self.ids();
        let differs = self.before.get().is_some_and(|before| is_other(&before, &ids));
        (changed, Some(ids).filter(|_| access == CollectionAccess::Chosen && differs))
    }
}

/// Whether two lists hold different people, in whatever order.
fn is_other(one: &[UserId], other: &[UserId]) -> bool {
    one.len() != other.len() || one.iter().any(|user| !other.contains(user))
}

fn value_of(access: CollectionAccess) -> &'static str {
    VALUES.iter().find(|(known, _)| *known == access).map_or("organisation", |(_, value)| value)
}

fn access_of(value: &str) -> CollectionAccess {
    VALUES.iter().find(|(_, known)| *known == value).map_or(CollectionAccess::Organisation, |(access, _)| *access)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_access_is_a_choice() {
        for (access, value) in VALUES {
            assert_eq!((value_of(access), access_of(value)), (value, access));
        }
    }

    #[test]
    fn the_order_of_people_does_not_count() {
        let (ada, eva) = (UserId::fixed("ada"), UserId::fixed("eva"));
        assert!(!is_other(&[ada.clone(), eva.clone()], &[eva.clone(), ada.clone()]));
        assert!(is_other(std::slice::from_ref(&ada), std::slice::from_ref(&eva)) && is_other(&[ada], &[]));
    }
}
