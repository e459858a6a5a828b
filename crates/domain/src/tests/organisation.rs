//! The organisation's own name.

use hammock_contract::{ErrorCode, organisation::OrganisationPatch, page::PageRequest, user::Role};

use super::world::World;

fn named(name: &str) -> OrganisationPatch {
    OrganisationPatch { name: Some(name.to_owned()), ..OrganisationPatch::default() }
}

#[tokio::test]
async fn an_administrator_gives_it_another_name_and_nobody_below() {
    let world = World::new().await;
    let owner = world.owner("Eva").await;
    let administrator = world.colleague(&owner, "Adam", Role::Administrator).await;
    let user = world.colleague(&owner, "Beth", Role::User).await;
    let before = world.hammock.organisation(&owner).await.unwrap();
    assert_eq!((before.name.as_str(), &before.id), ("Eva & Co", owner.organisation()));

    let after = world.hammock.update_organisation(&administrator, named("  Engines ")).await.unwrap();
    assert_eq!((after.name.as_str(), &after.id), ("Engines", &before.id));
    assert_eq!(after.created_at, before.created_at);
    assert_eq!(world.hammock.me(&user).await.unwrap().organisation_name, "Engines");
    for refused in [
        world.hammock.organisation(&user).await.unwrap_err(),
        world.hammock.update_organisation(&user, named("Mine")).await.unwrap_err(),
    ] {
        assert_eq!(refused.code, ErrorCode::RoleRequired);
    }
    assert_eq!(world.hammock.organisation(&owner).await.unwrap().name, "Engines");
}

#[tokio::test]
async fn a_name_is_neither_empty_nor_endless_and_the_change_is_written_down() {
    let world = World::new().await;
    let owner = world.owner("Eva").await;
    for bad in ["", "  ", "a\nb", &"x".repeat(121)] {
        let refused = world.hammock.update_organisation(&owner, named(bad)).await.unwrap_err();
        assert_eq!((refused.code, refused.field.as_deref()), (ErrorCode::InvalidField, Some("name")), "{bad:?}");
    }
    let unchanged = world.hammock.update_organisation(&owner, OrganisationPatch::default()).await.unwrap();
    assert_eq!(unchanged.name, "Eva & Co");
    world.hammock.update_organisation(&owner, named("Engines")).await.unwrap();
    let request = PageRequest { query: Some("organisation.update".to_owned()), ..PageRequest::default() };
    let rows = hammock_store::audit::list(&owner, world.hammock.store().read(), &request).await.unwrap().items;
    assert_eq!(rows[0].detail["name"], "Engines");
    assert_eq!(rows[0].target, owner.organisation().as_str());
}

#[tokio::test]
async fn another_organisation_keeps_its_name() {
    let world = World::new().await;
    let eva = world.owner("Eva").await;
    let mallory = world.owner("Mallory").await;
    world.hammock.update_organisation(&mallory, named("Renamed")).await.unwrap();
    assert_eq!(world.hammock.organisation(&eva).await.unwrap().name, "Eva & Co");
}
