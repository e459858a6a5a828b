//! The file of the keys is lost, or another installation's was put in its place.

use std::sync::Arc;

use hammock_contract::{
    ErrorCode,
    connection::{ConnectionPatch, NewConnection, ProviderKind},
};
use hammock_llm::scripted::ScriptedModel;

use super::world::World;

#[tokio::test]
async fn a_lost_key_file_is_told_and_the_keys_can_be_typed_again() {
    let first = World::new().await;
    let owner = first.owner("Eva").await;
    let new = NewConnection {
        name: "Hosted".to_owned(),
        kind: ProviderKind::OpenAi,
        base_url: "https://models.example.org/v1".to_owned(),
        key: Some("sk-right".to_owned()),
    };
    let id = first.hammock.create_connection(&owner, new).await.unwrap().id;
    assert_eq!(first.hammock.count_unreadable_secrets().await.unwrap(), 0);
    let folder = Arc::clone(&first.folder);
    drop(first);
    std::fs::remove_file(folder.path().join("secrets.key")).unwrap();

    let world = World::in_folder(folder, ScriptedModel::new([])).await;
    assert_eq!(world.hammock.count_unreadable_secrets().await.unwrap(), 1);
    let refused = world.hammock.list_models(&owner, &id).await.unwrap_err();
    assert_eq!((refused.code, refused.field.as_deref()), (ErrorCode::SecretUnreadable, Some("key")));
    let renamed = ConnectionPatch { name: Some("Ours".to_owned()), ..ConnectionPatch::default() };
    assert_eq!(world.hammock.update_connection(&owner, &id, renamed).await.unwrap().name, "Ours");
    let again = ConnectionPatch { key: Some("sk-right".to_owned()), ..ConnectionPatch::default() };
    world.hammock.update_connection(&owner, &id, again).await.unwrap();
    assert_eq!(world.hammock.count_unreadable_secrets().await.unwrap(), 0);
    assert!(!world.hammock.list_models(&owner, &id).await.unwrap().is_empty());
}
