//! A person's categories, and the search in their conversations.

use hammock_contract::{
    CategoryId, ErrorCode,
    category::{CategoryColour, CategoryPatch, NewCategory},
    conversation::{ConversationPatch, ConversationQuery, FoundText},
    page::PageRequest,
    user::{Role, SendKey},
};
use hammock_llm::scripted::ScriptedModel;

use super::{
    chat::{ask, conversation_of, museum, question},
    world::World,
};
use crate::Scope;

fn named(name: &str) -> NewCategory {
    NewCategory { name: name.to_owned(), colour: CategoryColour::Amber }
}

fn given(category: Option<&CategoryId>) -> ConversationPatch {
    ConversationPatch { title: None, category: Some(category.cloned()) }
}

fn searched(query: &str) -> ConversationQuery {
    ConversationQuery { query: Some(query.to_owned()), ..ConversationQuery::default() }
}

async fn actions(world: &World, scope: &Scope) -> Vec<String> {
    let request = PageRequest { limit: Some(200), ..PageRequest::default() };
    let rows = hammock_store::audit::list(scope, world.hammock.store().read(), &request).await.unwrap().items;
    let wanted = |action: &String| action.starts_with("category.") || action.starts_with("conversation.");
    let mut actions: Vec<String> = rows.into_iter().map(|row| row.action).filter(wanted).collect();
    actions.reverse();
    actions
}

#[tokio::test]
async fn categories_are_made_given_and_taken_back() {
    let world = World::new().await;
    let owner = world.owner("Eva").await;
    let h = &world.hammock;
    let (events, _) = ask(&world, &owner, question("Hello")).await;
    let conversation = conversation_of(&events);
    let work = h.create_category(&owner, named("  Work ")).await.unwrap();
    assert_eq!((work.name.as_str(), work.colour), ("Work", CategoryColour::Amber));
    for wrong in ["", "  ", "two\nlines", &"x".repeat(41)] {
        let refused = h.create_category(&owner, named(wrong)).await.unwrap_err();
        assert_eq!((refused.code, refused.field.as_deref()), (ErrorCode::InvalidField, Some("name")), "{wrong:?}");
    }
    assert_eq!(h.create_category(&owner, named("wORK")).await.unwrap_err().code, ErrorCode::NameTaken);

    let row = h.update_conversation(&owner, &conversation, given(Some(&work.id))).await.unwrap();
    assert_eq!(row.category.as_ref(), Some(&work));
    let patch = CategoryPatch { name: Some("Office".into()), colour: Some(CategoryColour::Blue) };
    let office = h.update_category(&owner, &work.id, patch).await.unwrap();
    let both = ConversationPatch { title: Some("Greetings".into()), category: None };
    let row = h.update_conversation(&owner, &conversation, both).await.unwrap();
    assert_eq!((row.title.as_str(), row.category.as_ref()), ("Greetings", Some(&office)), "what is absent stays");

    h.delete_category(&owner, &work.id).await.unwrap();
    let row = h.find_conversation(&owner, &conversation).await.unwrap().summary;
    assert_eq!((row.title.as_str(), row.category), ("Greetings", None));
    let gone = h.update_conversation(&owner, &conversation, given(Some(&work.id))).await.unwrap_err();
    assert_eq!((gone.code, gone.field.as_deref()), (ErrorCode::NotFound, Some("category")));
    assert_eq!(h.restore_category(&owner, &work.id).await.unwrap(), office);
    assert_eq!(h.find_conversation(&owner, &conversation).await.unwrap().summary.category, Some(office.clone()));
    h.update_conversation(&owner, &conversation, given(None)).await.unwrap();
    assert_eq!(h.find_conversation(&owner, &conversation).await.unwrap().summary.category, None);
    assert_eq!(h.list_categories(&owner).await.unwrap(), std::slice::from_ref(&office));
    let told = actions(&world, &owner).await;
    let expected = [
        "category.create",
        "conversation.categorise",
        "category.update",
        "conversation.rename",
        "category.delete",
        "category.restore",
        "conversation.categorise",
    ];
    let told: Vec<&str> = told.iter().map(String::as_str).filter(|action| expected.contains(action)).collect();
    assert_eq!(told, expected, "each change once, and none that was refused");

    h.delete_category(&owner, &work.id).await.unwrap();
    h.create_category(&owner, named("office")).await.unwrap();
    assert_eq!(h.restore_category(&owner, &work.id).await.unwrap_err().code, ErrorCode::NameTaken);
}

#[tokio::test]
async fn nobody_else_sees_or_gives_a_category() {
    let world = World::new().await;
    let owner = world.owner("Eva").await;
    let h = &world.hammock;
    let work = h.create_category(&owner, named("Work")).await.unwrap();
    let adam = world.colleague(&owner, "Adam", Role::Administrator).await;
    let mallory = world.owner("Mallory").await;
    for other in [&adam, &mallory] {
        let (events, _) = ask(&world, other, question("Hello")).await;
        let own = conversation_of(&events);
        for (attempt, outcome) in [
            ("update", h.update_category(other, &work.id, CategoryPatch::default()).await.map(drop)),
            ("delete", h.delete_category(other, &work.id).await),
            ("restore", h.restore_category(other, &work.id).await.map(drop)),
            ("give", h.update_conversation(other, &own, given(Some(&work.id))).await.map(drop)),
        ] {
            assert_eq!(outcome.map_err(|error| error.code), Err(ErrorCode::NotFound), "{attempt}");
        }
        assert!(h.list_categories(other).await.unwrap().is_empty());
        let at_work = ConversationQuery { category: Some(work.id.clone()), ..ConversationQuery::default() };
        assert!(h.list_conversations(other, at_work).await.unwrap().items.is_empty());
        // Each has names of their own.
        h.create_category(other, named("Work")).await.unwrap();
    }
    assert_eq!(h.list_categories(&owner).await.unwrap(), [work]);
}

#[tokio::test]
async fn a_search_says_where_it_found_what_the_title_lacks() {
    let (world, owner, request) = museum(ScriptedModel::saying("It opens at **nine** [1].")).await;
    let h = &world.hammock;
    let (events, answer) = ask(&world, &owner, request).await;
    let id = conversation_of(&events);
    h.rename_conversation(&owner, &id, "Opening hours".into()).await.unwrap();
    let found = async |query: &str| {
        let page = h.list_conversations(&owner, searched(query)).await.unwrap();
        page.items.into_iter().map(|row| row.found).collect::<Vec<_>>()
    };
    assert_eq!(found("HOURS opening").await, [None]);
    let nine = FoundText {
        before: "It opens at ".into(),
        found: "nine".into(),
        after: " [1].".into(),
        message: Some(answer.id),
    };
    assert_eq!(found("nine hours").await, [Some(nine)]);
    assert_eq!(found("museum nine").await.len(), 1, "in two messages");
    assert!(found("nine elephants").await.is_empty());
    assert_eq!(found("").await, [None]);
    let adam = world.colleague(&owner, "Adam", Role::Owner).await;
    assert!(h.list_conversations(&adam, searched("nine")).await.unwrap().items.is_empty());
    let refused = h.list_conversations(&owner, searched(&"x".repeat(201))).await.unwrap_err();
    assert_eq!((refused.code, refused.field.as_deref()), (ErrorCode::InvalidField, Some("query")));
}

#[tokio::test]
async fn a_person_chooses_what_sends_a_question() {
    let world = World::new().await;
    let owner = world.owner("Eva").await;
    let adam = world.colleague(&owner, "Adam", Role::User).await;
    world.hammock.set_send_key(&adam, SendKey::ModifiedEnter).await.unwrap();
    assert_eq!(world.hammock.me(&adam).await.unwrap().send_key, SendKey::ModifiedEnter);
    assert_eq!(world.hammock.me(&owner).await.unwrap().send_key, SendKey::Enter);
}
