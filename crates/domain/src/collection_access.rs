//! Who sees what is in a collection: set by administrators, explained to whoever may ask.

use hammock_contract::{
    ApiError, CollectionId, ErrorCode, Timestamp, UserId,
    collection::{
        AccessQuery, AccessReport, AccessRule, Collection, CollectionAccess, MOST_CHOSEN, PersonAccess, VisitorAccess,
    },
    user::Role,
};
use hammock_store::{
    Db, Scope, StoreError, Tx, attachments, audit, collection_access,
    collections::{self, CollectionRow},
};

use crate::{Hammock, Result, collections::read_only, error::from_store, validate};

impl Hammock {
    /// The collections that an administrator manages without seeing what is in them, by name.
    ///
    /// # Errors
    /// `role_required` below administrator.
    pub async fn list_hidden_collections(&self, scope: &Scope) -> Result<Vec<Collection>> {
        collection_access::list_hidden(scope, self.store().read()).await.map_err(from_store)
    }

    /// Who sees what is in a collection, and by which rule. Everybody may ask about themselves, administrators about all.
    ///
    /// # Errors
    /// `role_required` for asking about somebody else; `not_found` for a collection that the caller neither sees nor manages, and
    /// for a person who is not in the organisation.
    pub async fn explain_access(&self, scope: &Scope, id: &CollectionId, query: AccessQuery) -> Result<AccessReport> {
        let is_administrator = scope.role() >= Role::Administrator;
        let asked = match query.user {
            Some(user) if is_administrator || scope.user() == Some(&user) => Some(user),
            Some(_) => return Err(crate::error::forbidden()),
            None if is_administrator => None,
            None => Some(scope.require_user().map_err(from_store)?.clone()),
        };
        let db = self.store().read();
        let row = match collections::find_row(scope, db, id).await {
            Err(StoreError::NotFound) if is_administrator => {
                collection_access::find_managed(scope, db, id).await.map_err(from_store)?
            }
            found => found.map_err(from_store)?,
        };
        let found = collection_access::list_concerned(scope, db, id, asked.as_ref()).await.map_err(from_store)?;
        if asked.is_some() && found.is_empty() {
            return Err(ApiError::not_found().on("user"));
        }
        let people = found.into_iter().map(|person| explained(&row, person)).collect();
        let opened = collection_access::list_opened(scope, db, std::slice::from_ref(id)).await.map_err(from_store)?;
        let visitors =
            opened.into_iter().map(|one| VisitorAccess { assistant: one.assistant, name: one.name }).collect();
        Ok(AccessReport { collection: row.id, access: row.access, people, visitors })
    }

    /// A collection that was just changed by somebody who may not see what is in it, or not any more.
    pub(crate) async fn managed_collection(&self, scope: &Scope, id: &CollectionId) -> Result<Collection> {
        let db = self.store().read();
        match collections::find(scope, db, id).await {
            Err(StoreError::NotFound) => {
                let row = collection_access::find_managed(scope, db, id).await.map_err(from_store)?;
                let opened = collection_access::list_opened(scope, db, std::slice::from_ref(id)).await;
                Ok(collection_access::without_content(row, &opened.map_err(from_store)?))
            }
            found => found.map_err(from_store),
        }
    }
}

/// A collection of the organisation that an administrator sees; with `hidden_too` also one that they only manage.
///
/// # Errors
/// `not_found`; `read_only` for the built-in one.
pub(crate) async fn managed(scope: &Scope, db: Db<'_>, id: &CollectionId, hidden_too: bool) -> Result<CollectionRow> {
    let row = match collections::find_row(scope, db, id).await {
        Err(StoreError::NotFound) if hidden_too => collection_access::find_managed(scope, db, id).await,
        found => found,
    }
    .map_err(from_store)?;
    // What somebody put into a conversation is given to nobody else, and goes with the conversation.
    if attachments::hides(scope, db, id).await.map_err(from_store)? {
        return Err(ApiError::not_found());
    }
    if row.organisation_id == *scope.organisation() { Ok(row) } else { Err(read_only()) }
}

/// A change to who sees a collection.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct AccessChange {
    /// What it becomes.
    pub access: CollectionAccess,
    /// Who is chosen from then on; `None`: those who are.
    people: Option<Vec<UserId>>,
}

impl AccessChange {
    /// What `access` and `people` of a request change where `before` is set; `None` when they are absent. `has_maker` is
    /// whether it is known who made the collection.
    ///
    /// # Errors
    /// `invalid_field` for people whom nothing would be done with, or too many, and for what nobody would see.
    pub fn of(
        before: CollectionAccess,
        has_maker: bool,
        access: Option<CollectionAccess>,
        people: Option<Vec<UserId>>,
    ) -> Result<Option<Self>> {
        if access.is_none() && people.is_none() {
            return Ok(None);
        }
        let access = access.unwrap_or(before);
        if access == CollectionAccess::Private && !has_maker {
            let message =
                "it is not known who made this collection, so nobody would see it; choose people for it instead";
            return Err(validate::invalid("access", message));
        }
        if let Some(people) = &people {
            if !people.is_empty() && access != CollectionAccess::Chosen {
                let message = "people can be chosen where the access is \"chosen\"; set that, or leave the people out";
                return Err(validate::invalid("people", message));
            }
            if people.len() > MOST_CHOSEN {
                let message = format!("at most {MOST_CHOSEN} people can be chosen; let the whole organisation see it");
                return Err(validate::invalid("people", message));
            }
        }
        Ok(Some(Self { access, people }))
    }

    /// Makes it so.
    ///
    /// # Errors
    /// `not_found` on `people` for somebody who is not in the organisation.
    pub async fn apply(self, scope: &Scope, tx: &Tx, id: &CollectionId, now: Timestamp) -> Result<()> {
        let Self { access, people } = self;
        collection_access::set(scope, tx, id, access, people.as_deref(), now).await.map_err(|error| match error {
            // The collection was found in this transaction.
            StoreError::NotFound => {
                ApiError::new(ErrorCode::NotFound, "somebody chosen is not in the organisation; leave them out")
                    .on("people")
            }
            other => from_store(other),
        })?;
        let detail = serde_json::json!({ "access": access, "people": people });
        audit::record(scope, tx, "collection.access", id.as_str(), detail, now).await.map_err(from_store)
    }
}

fn explained(row: &CollectionRow, person: collection_access::Concerned) -> PersonAccess {
    let collection_access::Concerned { user, name, role, chosen_at, chosen_by } = person;
    let rule = AccessRule::of(
        row.access,
        row.created_by.as_ref() == Some(&user),
        chosen_at.is_some(),
        role >= Role::Administrator,
    );
    PersonAccess { visible: rule.lets_see(), user, name, role, rule, chosen_by, chosen_at }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn people_are_chosen_where_that_says_something() {
        use CollectionAccess::{Chosen, Organisation, Private};
        let one = || Some(vec![UserId::new()]);
        assert_eq!(AccessChange::of(Organisation, true, None, None).unwrap(), None);
        assert_eq!(AccessChange::of(Chosen, true, None, one()).unwrap().unwrap().access, Chosen);
        assert_eq!(AccessChange::of(Organisation, true, Some(Private), None).unwrap().unwrap().people, None);
        assert!(AccessChange::of(Organisation, true, Some(Private), Some(Vec::new())).is_ok());
        let nobody = AccessChange::of(Organisation, false, Some(Private), None).unwrap_err();
        assert_eq!(nobody.field.as_deref(), Some("access"));
        for (before, access) in [(Organisation, None), (Chosen, Some(Private)), (Private, Some(Organisation))] {
            assert_eq!(AccessChange::of(before, true, access, one()).unwrap_err().field.as_deref(), Some("people"));
        }
        let many = (0..=MOST_CHOSEN).map(|_| UserId::new()).collect();
        assert!(AccessChange::of(Chosen, true, None, Some(many)).is_err());
    }
}
