//! Who may do what: user, administrator, owner.

use hammock_contract::{
    ChunkEditId, ChunkId, ErrorCode,
    assistant::{Access, AssistantSettings},
    chat::ChatRequest,
    collection::{CollectionPatch, NewCollection},
    connection::{ConnectionPatch, NewConnection, ProviderKind},
    document::ChunkPatch,
    feedback::FeedbackQuery,
    key::NewApiKey,
    locale::Locale,
    page::PageRequest,
    source::{NewSource, SourceKind, SourcePatch},
    user::{Role, UserPatch},
};
use hammock_llm::scripted::ScriptedModel;

use super::{
    chat::{ask, museum, note, question},
    world::{World, assistant, new_user},
};

#[tokio::test]
async fn a_user_uses_and_manages_nothing() {
    let (world, owner, request) = museum(ScriptedModel::saying("At nine [1].")).await;
    let h = &world.hammock;
    let user = &world.colleague(&owner, "Adam", Role::User).await;
    let document = note(&world, &owner).await;
    let (collection, source) = (document.collection.clone(), document.source.clone());
    let shared = request.assistant.clone().unwrap();
    let connection = h.list_connections(&owner).await.unwrap().remove(0).id;
    let key = h.create_key(&owner, NewApiKey { name: "CI".into(), role: Role::User }).await.unwrap().key.id;
    let owner_id = owner.user().unwrap();

    let new_collection = NewCollection { name: "Mine".into(), ..NewCollection::default() };
    let new_source = NewSource { name: "Mine".into(), description: String::new(), kind: SourceKind::Upload };
    let new_connection =
        NewConnection { name: "Mine".into(), kind: ProviderKind::OpenAi, base_url: String::new(), key: None };
    let rename = UserPatch { first_name: Some("Eve".into()), ..UserPatch::default() };
    let attempts = [
        ("list_users", h.list_users(user, PageRequest::default()).await.map(drop)),
        ("add_user", h.add_user(user, new_user("Beth", Role::User), Locale::En).await.map(drop)),
        ("update_user", h.update_user(user, owner_id, rename).await.map(drop)),
        ("remove_user", h.remove_user(user, owner_id).await),
        ("resend_invitation", h.resend_invitation(user, owner_id, Locale::En).await),
        ("list_keys", h.list_keys(user).await.map(drop)),
        ("create_key", h.create_key(user, NewApiKey { name: "Mine".into(), role: Role::User }).await.map(drop)),
        ("revoke_key", h.revoke_key(user, &key).await),
        ("create_connection", h.create_connection(user, new_connection).await.map(drop)),
        ("update_connection", h.update_connection(user, &connection, ConnectionPatch::default()).await.map(drop)),
        ("delete_connection", h.delete_connection(user, &connection).await),
        ("create_assistant", h.create_assistant(user, assistant("Mine")).await.map(drop)),
        ("update_assistant", h.update_assistant(user, &shared, assistant("Mine")).await.map(drop)),
        ("delete_assistant", h.delete_assistant(user, &shared).await),
        ("create_collection", h.create_collection(user, new_collection).await.map(drop)),
        ("update_collection", h.update_collection(user, &collection, CollectionPatch::default()).await.map(drop)),
        ("delete_collection", h.delete_collection(user, &collection).await),
        ("create_source", h.create_source(user, &collection, new_source).await.map(drop)),
        ("refresh_source", h.refresh_source(user, &source).await.map(drop)),
        ("stop_source", h.stop_source(user, &source).await.map(drop)),
        ("update_source", h.update_source(user, &source, SourcePatch::default()).await.map(drop)),
        ("accept_crawl", h.accept_crawl(user, &source).await.map(drop)),
        ("reject_crawl", h.reject_crawl(user, &source).await.map(drop)),
        ("delete_source", h.delete_source(user, &source).await),
        ("upload_file", world.upload(user, &source, "mine.md", b"# Mine\n\nText.").await.map(drop)),
        ("reindex_document", h.reindex_document(user, &document.id).await.map(drop)),
        ("update_chunk", h.update_chunk(user, &document.id, &ChunkId::new(), ChunkPatch::default()).await.map(drop)),
        ("discard_edit", h.discard_edit(user, &document.id, &ChunkEditId::new()).await),
        ("delete_document", h.delete_document(user, &document.id).await),
    ];
    for (attempt, outcome) in attempts {
        assert_eq!(outcome.map_err(|error| error.code), Err(ErrorCode::RoleRequired), "{attempt}");
    }

    // What a user may: look, search, ask, have a private assistant, change the own name.
    assert_eq!(h.find_document(user, &document.id).await.unwrap(), document);
    assert!(!h.find_assistant(user, &shared).await.unwrap().can_edit);
    assert!(world.search(user, "museum dogs").await.iter().any(|hit| hit.document == document.id));
    let (_, answer) = ask(&world, user, request).await;
    assert_eq!(answer.text, "At nine [1].");
    let mut own = assistant("Adam's own");
    own.access = Access::Private;
    let mut made = h.create_assistant(user, own.clone()).await.unwrap();
    own.access = Access::Organisation;
    let shared = h.update_assistant(user, &made.id, own).await.unwrap_err();
    assert_eq!(shared.code, ErrorCode::RoleRequired);
    // A connection costs: which one answers is for those to say who manage them.
    let mut costly = made.settings.clone();
    (costly.connection, costly.model) = (Some(connection.clone()), "model-a".into());
    for refused in [
        h.update_assistant(user, &made.id, costly.clone()).await.unwrap_err(),
        h.create_assistant(user, AssistantSettings { name: "Costly".into(), ..costly }).await.unwrap_err(),
    ] {
        assert_eq!((refused.code, refused.field.as_deref()), (ErrorCode::RoleRequired, Some("connection")));
    }
    made.settings.name = "Renamed".into();
    assert_eq!(h.update_assistant(user, &made.id, made.settings).await.unwrap().settings.name, "Renamed");
    let rename = UserPatch { first_name: Some("Adamo".into()), ..UserPatch::default() };
    assert_eq!(h.update_user(user, user.user().unwrap(), rename).await.unwrap().first_name, "Adamo");
    let promotion = UserPatch { role: Some(Role::Owner), ..UserPatch::default() };
    let refused = h.update_user(user, user.user().unwrap(), promotion).await.unwrap_err();
    assert_eq!(refused.code, ErrorCode::RoleRequired);
}

#[tokio::test]
async fn an_administrator_manages_everything_but_owners() {
    let world = World::new().await;
    let h = &world.hammock;
    let owner = world.owner("Eva").await;
    let administrator = &world.colleague(&owner, "Adam", Role::Administrator).await;
    let (owner_id, own_id) = (owner.user().unwrap(), administrator.user().unwrap());
    let role = |role| UserPatch { role: Some(role), ..UserPatch::default() };
    let owner_key = NewApiKey { name: "Mine".into(), role: Role::Owner };
    let attempts = [
        ("add an owner", h.add_user(administrator, new_user("Beth", Role::Owner), Locale::En).await.map(drop)),
        ("become an owner", h.update_user(administrator, own_id, role(Role::Owner)).await.map(drop)),
        ("unmake an owner", h.update_user(administrator, owner_id, role(Role::User)).await.map(drop)),
        ("remove an owner", h.remove_user(administrator, owner_id).await),
        ("an owner's key", h.create_key(administrator, owner_key).await.map(drop)),
    ];
    for (attempt, outcome) in attempts {
        assert_eq!(outcome.map_err(|error| error.code), Err(ErrorCode::OwnerRequired), "{attempt}");
    }
    let beth = h.add_user(administrator, new_user("Beth", Role::User), Locale::En).await.unwrap();
    assert_eq!(
        h.update_user(administrator, &beth.id, role(Role::Administrator)).await.unwrap().role,
        Role::Administrator
    );
    world.collection(administrator, "Museum").await;
    world.connection(administrator).await;
    let made = h.create_assistant(administrator, assistant("Shared")).await.unwrap();
    h.delete_assistant(administrator, &made.id).await.unwrap();
    h.remove_user(administrator, &beth.id).await.unwrap();

    let beth = world.colleague(&owner, "Cleo", Role::User).await;
    assert_eq!(h.update_user(&owner, beth.user().unwrap(), role(Role::Owner)).await.unwrap().role, Role::Owner);
}

#[tokio::test]
async fn who_made_what_the_organisation_uses_changes_it_as_an_administrator_alone() {
    let world = World::new().await;
    let owner = world.owner("Eva").await;
    let h = &world.hammock;
    let general = h.list_assistants(&owner, PageRequest::default()).await.unwrap().items.remove(0).id;
    let made = h.create_key(&owner, NewApiKey { name: "CI".into(), role: Role::User }).await.unwrap();
    let key = h.scope_for_key(&made.secret).await.unwrap();
    let administrator = world.colleague(&owner, "Adam", Role::Administrator).await;
    let shared = h.create_assistant(&administrator, assistant("Adam's")).await.unwrap().id;
    let private = |name: &str| AssistantSettings { access: Access::Private, ..assistant(name) };
    let diary = h.create_assistant(&administrator, private("Diary")).await.unwrap().id;
    let (_, answer) = ask(&world, &owner, ChatRequest { assistant: Some(shared.clone()), ..question("Hello") }).await;
    h.rate_message(&owner, &answer.id, Some(false)).await.unwrap();
    assert_eq!(h.list_feedback(&administrator, FeedbackQuery::default()).await.unwrap().items.len(), 1);

    let adam = administrator.user().unwrap();
    let demotion = UserPatch { role: Some(Role::User), ..UserPatch::default() };
    h.update_user(&owner, adam, demotion).await.unwrap();
    let adam = h.scope_for_user(adam).await.unwrap().unwrap();
    for (who, id) in [(&key, &general), (&adam, &shared)] {
        let seen = h.find_assistant(who, id).await.unwrap();
        assert_eq!((seen.created_by.as_ref(), seen.can_edit), (who.user(), false));
        let listed = h.list_assistants(who, PageRequest::default()).await.unwrap().items;
        assert!(listed.iter().any(|found| found.id == *id && !found.can_edit));
        for (attempt, outcome) in [
            ("update", h.update_assistant(who, id, assistant("Mine")).await.map(drop)),
            ("take for oneself", h.update_assistant(who, id, private("Mine")).await.map(drop)),
            ("remove what is hidden", h.remove_hidden_collections(who, id).await),
            ("delete", h.delete_assistant(who, id).await),
        ] {
            assert_eq!(outcome.map_err(|error| error.code), Err(ErrorCode::RoleRequired), "{attempt}");
        }
        assert_eq!(h.find_assistant(&owner, id).await.unwrap().settings, seen.settings);
    }
    assert!(h.list_feedback(&adam, FeedbackQuery::default()).await.unwrap().items.is_empty());
    // What is private to somebody stays theirs.
    assert!(h.update_assistant(&adam, &diary, private("Memoirs")).await.unwrap().can_edit);
    h.delete_assistant(&adam, &diary).await.unwrap();
}

#[tokio::test]
async fn every_change_is_written_down() {
    let world = World::new().await;
    let owner = world.owner("Eva").await;
    let (collection, source) = world.collection(&owner, "Museum").await;
    let document = world.upload(&owner, &source, "hours.md", b"# Hours\n\nNine.").await.unwrap();
    world.assistant(&owner, &[&collection], true).await;
    ask(&world, &owner, question("Hello")).await;
    world.hammock.delete_document(&owner, &document.id).await.unwrap();
    let request = PageRequest { limit: Some(100), ..PageRequest::default() };
    let rows = hammock_store::audit::list(&owner, world.hammock.store().read(), &request).await.unwrap().items;
    let mut actions: Vec<&str> = rows.iter().map(|row| row.action.as_str()).collect();
    actions.reverse();
    assert_eq!(
        actions,
        [
            "organisation.create",
            "assistant.create",
            "collection.create",
            "source.create",
            "document.upload",
            "connection.create",
            "assistant.create",
            "conversation.create",
            "document.delete",
        ]
    );
    assert!(rows.iter().all(|row| row.actor_id.as_deref() == owner.user().map(|user| user.as_str())));
    assert!(rows.iter().all(|row| !row.detail.to_string().contains("sk-right")));
}
