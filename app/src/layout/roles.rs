//! Roles as people choose and read them.

use hammock_contract::user::Role;

use crate::t;

const ALL: [Role; 3] = [Role::User, Role::Administrator, Role::Owner];

/// The name of a role in the language of the page.
pub fn role_name(role: Role) -> &'static str {
    match role {
        Role::User => t!("role.user"),
        Role::Administrator => t!("role.administrator"),
        Role::Owner => t!("role.owner"),
    }
}

/// A role as the value of a choice.
pub const fn role_value(role: Role) -> &'static str {
    match role {
        Role::User => "user",
        Role::Administrator => "administrator",
        Role::Owner => "owner",
    }
}

/// The role of a choice's value; the least one for anything unknown.
pub fn role_of(value: &str) -> Role {
    ALL.into_iter().find(|role| role_value(*role) == value).unwrap_or(Role::User)
}

/// The choices of a person with the role `own`: nobody gives more than they have.
pub fn roles_to_give(own: Role) -> Vec<(String, String)> {
    let allowed = ALL.into_iter().filter(|role| *role <= own);
    allowed.map(|role| (role_value(role).to_owned(), role_name(role).to_owned())).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nobody_gives_more_than_they_have() {
        let values: Vec<_> = roles_to_give(Role::Administrator).into_iter().map(|(value, _)| role_of(&value)).collect();
        assert_eq!(values, [Role::User, Role::Administrator]);
    }
}
