//! The operator lets people in again, and nobody else does.

use hammock_contract::{
    ErrorCode,
    auth::{NewPassword, SignIn},
    locale::Locale,
    page::PageRequest,
    user::Role,
};

use super::world::{PASSWORD, World, address, new_user};
use crate::{Origin, Result, Scope, SignedIn};

const NEW: &str = "brand new 2";

async fn sign_in(world: &World, name: &str, password: &str) -> Result<SignedIn> {
    let given = SignIn { email: address(name), password: password.to_owned(), remember: false };
    world.hammock.sign_in(given, &Origin::default()).await
}

async fn use_link(world: &World, link: &str) -> Result<SignedIn> {
    let token = link.split("token=").nth(1).expect("a link has a token").to_owned();
    let new = NewPassword { token, password: NEW.to_owned(), password_again: NEW.to_owned(), accept_terms: true };
    world.hammock.set_password_by_token(new, &Origin::default()).await
}

#[tokio::test]
async fn a_link_sets_a_password_once() {
    let world = World::new().await;
    let owner = world.owner("Eva").await;
    let operator = Scope::operator(owner.organisation().clone());
    let eva = world.hammock.find_user_by_email(&operator, "EVA@example.org").await.unwrap();
    let link = world.hammock.make_password_link(&operator, &eva.id).await.unwrap();
    assert!(link.starts_with("https://hammock.example.org/new-password?token="), "{link}");
    assert!(sign_in(&world, "Eva", PASSWORD).await.is_ok(), "the old password works until there is a new one");
    assert_eq!(use_link(&world, &link).await.unwrap().user, eva.id);
    assert_eq!(use_link(&world, &link).await.unwrap_err().code, ErrorCode::InvalidToken);
    assert!(sign_in(&world, "Eva", PASSWORD).await.is_err());
    assert!(sign_in(&world, "Eva", NEW).await.is_ok());
}

#[tokio::test]
async fn a_link_for_somebody_who_was_invited_is_an_invitation() {
    let world = World::new().await;
    let owner = world.owner("Eva").await;
    let operator = Scope::operator(owner.organisation().clone());
    let adam = world.hammock.add_user(&owner, new_user("Adam", Role::User), Locale::En).await.unwrap();
    let link = world.hammock.make_password_link(&operator, &adam.id).await.unwrap();
    // Longer than a link for a forgotten password is valid.
    world.clock.pass(24 * 3_600_000);
    assert_eq!(use_link(&world, &link).await.unwrap().user, adam.id);
    assert!(sign_in(&world, "Adam", NEW).await.is_ok());
}

#[tokio::test]
async fn an_invitation_ends_with_a_password_that_is_set() {
    let world = World::new().await;
    let owner = world.owner("Eva").await;
    let operator = Scope::operator(owner.organisation().clone());
    let adam = world.hammock.add_user(&owner, new_user("Adam", Role::User), Locale::En).await.unwrap();
    let link = world.hammock.make_password_link(&operator, &adam.id).await.unwrap();
    world.hammock.set_password(&operator, &adam.id, PASSWORD.to_owned()).await.unwrap();
    assert_eq!(use_link(&world, &link).await.unwrap_err().code, ErrorCode::InvalidToken);
    assert!(sign_in(&world, "Adam", PASSWORD).await.is_ok());
}

#[tokio::test]
async fn a_password_that_is_set_lets_in_who_tried_too_often() {
    let world = World::new().await;
    let owner = world.owner("Eva").await;
    let operator = Scope::operator(owner.organisation().clone());
    let eva = owner.user().unwrap();
    for _ in 0..12 {
        sign_in(&world, "Eva", "wrong horse 1").await.unwrap_err();
    }
    assert_eq!(sign_in(&world, "Eva", PASSWORD).await.unwrap_err().code, ErrorCode::TooManyAttempts);
    let weak = world.hammock.set_password(&operator, eva, "short".to_owned()).await.unwrap_err();
    assert_eq!(weak.code, ErrorCode::WeakPassword);
    world.hammock.set_password(&operator, eva, NEW.to_owned()).await.unwrap();
    assert!(sign_in(&world, "Eva", NEW).await.is_ok());
}

#[tokio::test]
async fn what_the_operator_does_is_written_down() {
    let world = World::new().await;
    let owner = world.owner("Eva").await;
    let operator = Scope::operator(owner.organisation().clone());
    let eva = owner.user().unwrap();
    world.hammock.make_password_link(&operator, eva).await.unwrap();
    world.hammock.set_password(&operator, eva, NEW.to_owned()).await.unwrap();
    let request = PageRequest { limit: Some(2), ..PageRequest::default() };
    let rows = hammock_store::audit::list(&owner, world.hammock.store().read(), &request).await.unwrap().items;
    let written: Vec<_> = rows.iter().map(|row| (row.action.as_str(), row.actor_kind.as_str())).collect();
    assert_eq!(written, [("password.set", "operator"), ("password.link", "operator")]);
    assert!(rows.iter().all(|row| row.target == eva.as_str() && row.actor_id.is_none()));
    assert!(rows.iter().all(|row| !row.detail.to_string().contains(NEW)));
}

#[tokio::test]
async fn no_owner_and_no_other_organisations_operator_does_that() {
    let world = World::new().await;
    let owner = world.owner("Eva").await;
    let adam = world.colleague(&owner, "Adam", Role::User).await;
    let adam = adam.user().unwrap();
    let other = Scope::operator(world.owner("Mallory").await.organisation().clone());
    for (scope, code) in [(&owner, ErrorCode::RoleRequired), (&other, ErrorCode::NotFound)] {
        let found = world.hammock.find_user_by_email(scope, &address("Adam")).await.unwrap_err();
        let link = world.hammock.make_password_link(scope, adam).await.unwrap_err();
        let set = world.hammock.set_password(scope, adam, NEW.to_owned()).await.unwrap_err();
        assert_eq!([found.code, link.code, set.code], [code; 3]);
    }
    assert!(sign_in(&world, "Adam", PASSWORD).await.is_ok());
}
