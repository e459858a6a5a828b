//! Assistants that one person has alone: whose they are, and what becomes of them.

use hammock_contract::{
    ErrorCode,
    assistant::{Access, AssistantSettings},
    page::PageRequest,
    user::Role,
};
use hammock_store::audit;

use super::world::{World, assistant};

fn private(name: &str) -> AssistantSettings {
    AssistantSettings { access: Access::Private, ..assistant(name) }
}

#[tokio::test]
async fn who_makes_an_assistant_private_has_it_whoever_made_it() {
    let world = World::new().await;
    let eva = world.owner("Eva").await;
    let adam = world.colleague(&eva, "Adam", Role::Administrator).await;
    let beth = world.colleague(&eva, "Beth", Role::Administrator).await;
    let h = &world.hammock;
    let id = h.create_assistant(&adam, assistant("Guide")).await.unwrap().id;

    let taken = h.update_assistant(&eva, &id, private("Guide")).await.unwrap();
    assert_eq!((taken.created_by.as_ref(), taken.can_edit), (eva.user(), true));
    assert_eq!(h.find_assistant(&eva, &id).await.unwrap(), taken);
    assert!(h.list_assistants(&eva, PageRequest::default()).await.unwrap().items.iter().any(|found| found.id == id));
    assert_eq!(h.find_assistant(&adam, &id).await.unwrap_err().code, ErrorCode::NotFound);
    let written = audit::list(&eva, h.store().read(), &PageRequest::default()).await.unwrap().items.remove(0);
    assert_eq!((written.action.as_str(), written.target.as_str()), ("assistant.update", id.as_str()));
    assert_eq!(written.detail, serde_json::json!({ "name": "Guide", "access": "private", "taken_from": adam.user() }));

    // A change of something else takes it from nobody.
    let kept = h.update_assistant(&eva, &id, private("Guide to the museum")).await.unwrap();
    assert_eq!(kept.created_by.as_ref(), eva.user());
    h.update_assistant(&eva, &id, assistant("Guide")).await.unwrap();
    let kept = h.update_assistant(&adam, &id, assistant("Guide to the museum")).await.unwrap();
    assert_eq!(kept.created_by.as_ref(), eva.user());

    // Whoever made it may be gone.
    let left = h.create_assistant(&beth, assistant("Left")).await.unwrap().id;
    h.remove_user(&eva, beth.user().unwrap()).await.unwrap();
    assert_eq!(h.find_assistant(&eva, &left).await.unwrap().created_by, None);
    let taken = h.update_assistant(&adam, &left, private("Left")).await.unwrap();
    assert_eq!(taken.created_by.as_ref(), adam.user());
    h.delete_assistant(&adam, &left).await.unwrap();
    h.create_assistant(&eva, assistant("Left")).await.unwrap();
}

#[tokio::test]
async fn who_is_removed_takes_what_is_private_to_them_along() {
    let world = World::new().await;
    let eva = world.owner("Eva").await;
    let adam = world.colleague(&eva, "Adam", Role::User).await;
    let h = &world.hammock;
    h.create_assistant(&adam, private("Guide")).await.unwrap();
    let taken = h.create_assistant(&eva, assistant("Guide")).await.unwrap_err();
    assert_eq!(taken.code, ErrorCode::NameTaken);
    h.remove_user(&eva, adam.user().unwrap()).await.unwrap();
    h.create_assistant(&eva, assistant("Guide")).await.unwrap();
    let request = PageRequest { query: Some("user.remove".to_owned()), ..PageRequest::default() };
    let written = audit::list(&eva, h.store().read(), &request).await.unwrap().items.remove(0);
    assert_eq!(written.detail, serde_json::json!({ "private_assistants": 1 }));
}

hammock_testkit::on_postgres!(
    "private assistants on PostgreSQL",
    who_makes_an_assistant_private_has_it_whoever_made_it,
);
