//! Invitations, owners, keys.

use hammock_contract::{
    ErrorCode, ErrorKind,
    auth::{ForgottenPassword, NewPassword, SignIn},
    connection::{ConnectionPatch, NewConnection, ProviderKind},
    key::NewApiKey,
    locale::Locale,
    page::PageRequest,
    user::{FirstPassword, NewUser, ProfilePatch, Role, UserPatch, UserStatus},
};

use super::world::{INVITATIONS_PER_HOUR, World, address, new_user};
use crate::Origin;

const HOUR: i64 = 60 * 60 * 1000;
const DAY: i64 = 24 * HOUR;

fn new_password(token: String) -> NewPassword {
    NewPassword {
        token,
        password: "invited horse 1".to_owned(),
        password_again: "invited horse 1".to_owned(),
        accept_terms: true,
    }
}

#[tokio::test]
async fn an_invited_person_sets_a_password_and_signs_in() {
    let world = World::new().await;
    let owner = world.owner("Eva").await;
    let adam = world.hammock.add_user(&owner, new_user("Adam", Role::User), Locale::En).await.unwrap();
    assert_eq!(adam.status, UserStatus::Invited);
    let token = world.mailed_token(&address("Adam")).await;
    // Who was invited has no scope yet, but a link.
    let invited = world.hammock.check_link(&token).await.unwrap().unwrap();
    assert_eq!((invited.organisation.as_str(), invited.email), ("Eva & Co", address("Adam")));
    let unticked = NewPassword { accept_terms: false, ..new_password(token.clone()) };
    let refused = world.hammock.set_password_by_token(unticked, &Origin::default()).await.unwrap_err();
    assert_eq!((refused.code, refused.field.as_deref()), (ErrorCode::TermsNotAccepted, Some("accept_terms")));
    let signed_in = world.hammock.set_password_by_token(new_password(token), &Origin::default()).await.unwrap();
    assert_eq!(signed_in.user, adam.id);
    let given = SignIn { email: address("Adam"), password: "invited horse 1".to_owned(), remember: false };
    assert_eq!(world.hammock.sign_in(given, &Origin::default()).await.unwrap().user, adam.id);
    let scope = world.hammock.scope_for_user(&adam.id).await.unwrap().unwrap();
    let me = world.hammock.me(&scope).await.unwrap();
    assert_eq!((me.user.status, me.user.role), (UserStatus::Active, Role::User));
    assert_eq!(scope.organisation(), owner.organisation());
    let again = world.hammock.resend_invitation(&owner, &adam.id, Locale::En).await.unwrap_err();
    assert_eq!(again.code, ErrorCode::InvalidField);
}

#[tokio::test]
async fn an_invitation_ends_after_a_week_and_can_be_sent_again() {
    let world = World::new().await;
    let owner = world.owner("Eva").await;
    let adam = world.hammock.add_user(&owner, new_user("Adam", Role::User), Locale::En).await.unwrap();
    let first = world.mailed_token(&address("Adam")).await;
    world.clock.pass(7 * DAY);
    assert!(world.hammock.check_link(&first).await.is_err());
    let late = world.hammock.set_password_by_token(new_password(first.clone()), &Origin::default()).await.unwrap_err();
    assert_eq!(late.code, ErrorCode::InvalidToken);
    std::fs::remove_dir_all(world.folder.path().join("outbox")).unwrap();
    world.hammock.resend_invitation(&owner, &adam.id, Locale::Cs).await.unwrap();
    let files = std::fs::read_dir(world.folder.path().join("outbox")).unwrap();
    assert_eq!(files.count(), 1);
}

#[tokio::test]
async fn who_was_invited_and_forgot_it_is_invited_again() {
    let world = World::new().await;
    let owner = world.owner("Eva").await;
    let adam = world.hammock.add_user(&owner, new_user("Adam", Role::User), Locale::En).await.unwrap();
    let first = world.mailed_token(&address("Adam")).await;
    std::fs::remove_dir_all(world.folder.path().join("outbox")).unwrap();
    let ask = ForgottenPassword { email: address("Adam") };
    world.hammock.request_password_reset(ask, &Origin::default()).await.unwrap();
    let token = world.mailed_token(&address("Adam")).await;
    let invited = world.hammock.check_link(&token).await.unwrap().expect("it is an invitation");
    assert_eq!((invited.organisation.as_str(), invited.email), ("Eva & Co", address("Adam")));
    assert!(world.hammock.check_link(&first).await.is_err(), "one invitation at a time");
    let unticked = NewPassword { accept_terms: false, ..new_password(token.clone()) };
    let refused = world.hammock.set_password_by_token(unticked, &Origin::default()).await.unwrap_err();
    assert_eq!(refused.code, ErrorCode::TermsNotAccepted);
    // It is an invitation in every respect, and valid as long as one.
    world.clock.pass(7 * DAY - 1);
    assert_eq!(
        world.hammock.set_password_by_token(new_password(token), &Origin::default()).await.unwrap().user,
        adam.id
    );
}

#[tokio::test]
async fn one_address_is_invited_a_few_times_a_day_whoever_does_it() {
    let world = World::new().await;
    let (h, owner) = (&world.hammock, world.owner("Eva").await);
    let adam = h.add_user(&owner, new_user("Adam", Role::User), Locale::En).await.unwrap();
    for _ in 0..4 {
        h.resend_invitation(&owner, &adam.id, Locale::En).await.unwrap();
    }
    let refused = h.resend_invitation(&owner, &adam.id, Locale::En).await.unwrap_err();
    assert_eq!((refused.code, refused.params["retry_after"].as_str()), (ErrorCode::TooManyAttempts, "86400"));
    assert_eq!(refused.message, "too many attempts; try again in 1 day");
    let other = world.owner("Mallory").await;
    let refused = h.add_user(&other, new_user("Adam", Role::User), Locale::En).await.unwrap_err();
    assert_eq!(refused.code, ErrorCode::TooManyAttempts);
    assert_eq!(world.mails(), 5);
    // What is counted for a day outlives the hour after which the house is kept.
    world.clock.pass(2 * HOUR);
    h.keep_house().await.unwrap();
    let refused = h.resend_invitation(&owner, &adam.id, Locale::En).await.unwrap_err();
    assert_eq!((refused.code, refused.params["retry_after"].as_str()), (ErrorCode::TooManyAttempts, "79200"));
    assert!(refused.message.ends_with("in 22 hours"), "{refused}");
    world.clock.pass(22 * HOUR);
    h.resend_invitation(&owner, &adam.id, Locale::En).await.unwrap();
}

#[tokio::test]
async fn an_organisation_invites_so_many_an_hour() {
    let world = World::new().await;
    let (h, owner) = (&world.hammock, world.owner("Eva").await);
    let invite = async |name: &str| h.add_user(&owner, new_user(name, Role::User), Locale::En).await;
    for number in 0..INVITATIONS_PER_HOUR {
        invite(&format!("Adam{number}")).await.unwrap();
    }
    let refused = invite("Beth").await.unwrap_err();
    assert_eq!((refused.code, refused.kind), (ErrorCode::TooManyAttempts, ErrorKind::RateLimited));
    assert_eq!(refused.params["retry_after"], "3600");
    // Nobody was added; without a mail somebody can be, and other organisations invite.
    world.colleague(&owner, "Beth", Role::User).await;
    let other = world.owner("Mallory").await;
    h.add_user(&other, new_user("Carl", Role::User), Locale::En).await.unwrap();
    world.clock.pass(HOUR);
    invite("Dana").await.unwrap();
}

#[tokio::test]
async fn who_was_added_stays_when_the_invitation_is_not_taken() {
    let world = World::new().await;
    let owner = world.owner("Eva").await;
    let outbox = world.folder.path().join("outbox");
    // Nothing can be put into what is no folder.
    std::fs::write(&outbox, b"").unwrap();
    let refused = world.hammock.add_user(&owner, new_user("Adam", Role::User), Locale::En).await.unwrap_err();
    assert_eq!((refused.code, refused.kind), (ErrorCode::InvitationNotSent, ErrorKind::Upstream));
    let people = world.hammock.list_users(&owner, PageRequest::default()).await.unwrap().items;
    let adam = people.iter().find(|person| person.email == address("Adam")).unwrap();
    assert_eq!(adam.status, UserStatus::Invited);
    std::fs::remove_file(&outbox).unwrap();
    world.hammock.resend_invitation(&owner, &adam.id, Locale::En).await.unwrap();
    assert_eq!(world.mails(), 1);
    assert!(!world.hammock.instance().await.unwrap().sends_mail);
}

#[tokio::test]
async fn everybody_keeps_their_own_profile() {
    let world = World::new().await;
    let owner = world.owner("Eva").await;
    let first_password = FirstPassword::Set { password: "invited horse 1".to_owned() };
    let new = NewUser { first_password, ..new_user("Adam", Role::User) };
    let adam = world.hammock.add_user(&owner, new, Locale::En).await.unwrap();
    let scope = world.hammock.scope_for_user(&adam.id).await.unwrap().unwrap();
    let patch = ProfilePatch { first_name: Some("  Adamo ".into()), telephone: Some("1 23".into()), last_name: None };
    let changed = world.hammock.update_profile(&scope, patch).await.unwrap();
    assert_eq!((changed.first_name.as_str(), changed.telephone.as_str()), ("Adamo", "1 23"));
    assert_eq!((&changed.last_name, changed.role), (&adam.last_name, Role::User));
    let empty = ProfilePatch { first_name: Some(" ".into()), ..ProfilePatch::default() };
    let refused = world.hammock.update_profile(&scope, empty).await.unwrap_err();
    assert_eq!((refused.code, refused.field.as_deref()), (ErrorCode::InvalidField, Some("first_name")));
    assert_eq!(world.hammock.me(&scope).await.unwrap().user.first_name, "Adamo");
}

#[tokio::test]
async fn the_last_owner_stays() {
    let world = World::new().await;
    let owner = world.owner("Eva").await;
    let eva = owner.user().unwrap().clone();
    let demotion = UserPatch { role: Some(Role::User), ..UserPatch::default() };
    let refused = world.hammock.update_user(&owner, &eva, demotion.clone()).await.unwrap_err();
    assert_eq!(refused.code, ErrorCode::LastOwner);
    assert_eq!(world.hammock.remove_user(&owner, &eva).await.unwrap_err().code, ErrorCode::LastOwner);

    let second = world.colleague(&owner, "Adam", Role::Owner).await;
    let user = world.hammock.update_user(&second, &eva, demotion).await.unwrap();
    assert_eq!(user.role, Role::User);
    let adam = second.user().unwrap();
    assert_eq!(world.hammock.remove_user(&second, adam).await.unwrap_err().code, ErrorCode::LastOwner);
}

#[tokio::test]
async fn a_removed_person_has_no_scope_any_more() {
    let world = World::new().await;
    let owner = world.owner("Eva").await;
    let adam = world.colleague(&owner, "Adam", Role::User).await.user().unwrap().clone();
    world.hammock.remove_user(&owner, &adam).await.unwrap();
    assert!(world.hammock.scope_for_user(&adam).await.unwrap().is_none());
    let given = SignIn { email: address("Adam"), password: super::world::PASSWORD.to_owned(), remember: false };
    let refused = world.hammock.sign_in(given, &Origin::default()).await.unwrap_err();
    assert_eq!(refused.code, ErrorCode::WrongCredentials);
}

#[tokio::test]
async fn a_person_at_work_is_seen() {
    let world = World::new().await;
    let owner = world.owner("Eva").await;
    let eva = owner.user().unwrap();
    let seen = async || world.hammock.me(&owner).await.unwrap().user.last_seen_at;
    let first = seen().await.expect("asking for the scope is being there");
    world.clock.pass(59_000);
    world.hammock.scope_for_user(eva).await.unwrap();
    assert_eq!(seen().await, Some(first), "once a minute is enough");
    world.clock.pass(2_000);
    world.hammock.scope_for_user(eva).await.unwrap();
    assert_eq!(seen().await, Some(first.plus_millis(61_000)));
}

#[tokio::test]
async fn a_key_has_its_own_role_until_it_is_revoked() {
    let world = World::new().await;
    let owner = world.owner("Eva").await;
    let made = world.hammock.create_key(&owner, NewApiKey { name: "CI".into(), role: Role::User }).await.unwrap();
    let scope = world.hammock.scope_for_key(&made.secret).await.unwrap();
    assert_eq!((scope.role(), scope.organisation()), (Role::User, owner.organisation()));
    assert_eq!(world.hammock.list_keys(&scope).await.unwrap_err().code, ErrorCode::RoleRequired);
    let listed = world.hammock.list_keys(&owner).await.unwrap();
    assert_eq!(listed.len(), 1);
    assert!(listed[0].last_used_at.is_some() && made.secret.starts_with(&listed[0].start));
    world.hammock.revoke_key(&owner, &made.key.id).await.unwrap();
    assert_eq!(world.hammock.scope_for_key(&made.secret).await.unwrap_err().code, ErrorCode::InvalidKey);
}

#[tokio::test]
async fn a_providers_key_is_used_and_never_follows_to_another_address() {
    let world = World::new().await;
    let owner = world.owner("Eva").await;
    let id = world.connection(&owner).await;
    let models = world.hammock.list_models(&owner, &id).await.unwrap();
    assert_eq!(models[0].id, "scripted");
    let renamed = ConnectionPatch { name: Some("Other".into()), ..ConnectionPatch::default() };
    assert!(world.hammock.update_connection(&owner, &id, renamed).await.unwrap().has_key);
    // The other address is asked without the key, which would be refused there.
    let moved = ConnectionPatch { base_url: Some("https://open.example.org/v1".into()), ..ConnectionPatch::default() };
    assert!(!world.hammock.update_connection(&owner, &id, moved).await.unwrap().has_key);
    assert_eq!(world.hammock.list_models(&owner, &id).await.unwrap()[0].id, "scripted");
    // Where the provider refuses, nothing is stored.
    let back = ConnectionPatch { base_url: Some("https://models.example.org/v1".into()), ..ConnectionPatch::default() };
    let refused = world.hammock.update_connection(&owner, &id, back).await.unwrap_err();
    assert_eq!(refused.code, ErrorCode::ProviderRefused);
    let stored = world.hammock.list_connections(&owner).await.unwrap().remove(0);
    assert_eq!((stored.base_url.as_str(), stored.has_key), ("https://open.example.org/v1", false));
    let database = std::fs::read(world.folder.path().join("hammock.db")).unwrap();
    let log = std::fs::read(world.folder.path().join("hammock.db-wal")).unwrap_or_default();
    for bytes in [database, log] {
        assert!(!bytes.windows(8).any(|window| window == b"sk-right"), "the key is in the database in the clear");
    }
}

#[tokio::test]
async fn a_provider_that_needs_a_key_is_not_asked_without_one() {
    let world = World::new().await;
    let owner = world.owner("Eva").await;
    let account = |kind: ProviderKind, base_url: &str, key: Option<&str>| NewConnection {
        name: format!("{kind:?}"),
        kind,
        base_url: base_url.to_owned(),
        key: key.map(str::to_owned),
    };
    let needed = (ErrorCode::InvalidField, Some("key".to_owned()));
    for kind in [ProviderKind::OpenAi, ProviderKind::Azure] {
        for key in [None, Some(""), Some("  ")] {
            let new = account(kind, "https://open.example.org/v1", key);
            let error = world.hammock.create_connection(&owner, new).await.unwrap_err();
            assert_eq!((error.code, error.field), needed, "{kind:?} {key:?}");
        }
    }
    for kind in [ProviderKind::Ollama, ProviderKind::Compatible] {
        let new = account(kind, "https://open.example.org/v1", None);
        assert!(!world.hammock.create_connection(&owner, new).await.unwrap().has_key);
    }

    let new = account(ProviderKind::OpenAi, "https://models.example.org/v1", Some("sk-right"));
    let id = world.hammock.create_connection(&owner, new).await.unwrap().id;
    let renamed = ConnectionPatch { name: Some("Other".into()), ..ConnectionPatch::default() };
    assert!(world.hammock.update_connection(&owner, &id, renamed).await.unwrap().has_key);
    let removed = ConnectionPatch { key: Some(String::new()), ..ConnectionPatch::default() };
    let moved = ConnectionPatch { base_url: Some("https://open.example.org/v1".into()), ..ConnectionPatch::default() };
    for patch in [removed, moved] {
        let error = world.hammock.update_connection(&owner, &id, patch).await.unwrap_err();
        assert_eq!((error.code, error.field), needed);
    }
    let stored = world.hammock.list_connections(&owner).await.unwrap();
    let stored = stored.iter().find(|connection| connection.id == id).unwrap();
    assert_eq!((stored.base_url.as_str(), stored.has_key), ("https://models.example.org/v1", true));
}

hammock_testkit::on_postgres!(
    "people and keys on PostgreSQL",
    the_last_owner_stays,
    who_was_invited_and_forgot_it_is_invited_again,
    one_address_is_invited_a_few_times_a_day_whoever_does_it,
    a_removed_person_has_no_scope_any_more,
    a_key_has_its_own_role_until_it_is_revoked,
);
