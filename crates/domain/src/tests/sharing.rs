//! A conversation that others read by a link.

use hammock_contract::{
    ConversationId, ErrorCode, MessageId,
    chat::{Author, ChatRequest, Message},
    collection::{CollectionAccess, CollectionPatch},
    page::PageRequest,
    share::{ShareAudience, ShareLink, ShareSettings},
    user::Role,
};
use hammock_llm::scripted::ScriptedModel;
use hammock_store::{audit, messages};

use super::{
    chat::{QUESTION, ask, conversation_of, museum, note, question},
    world::World,
};
use crate::{Origin, Scope, SharedConversation};

const ANSWER: &str = "At **nine** [1].";

fn settings(audience: ShareAudience) -> ShareSettings {
    ShareSettings {
        audience,
        includes_later: false,
        up_to: None,
        with_reasoning: false,
        with_sources: false,
        expires_at: None,
    }
}

/// The token of a link.
fn token(link: &ShareLink) -> String {
    let address = link.address.as_deref().unwrap_or_default();
    address.strip_prefix("https://hammock.example.org/share/").unwrap_or_default().to_owned()
}

/// A world with a conversation of its owner's.
async fn talked() -> (World, Scope, ChatRequest, ConversationId) {
    let (world, eva, request) = museum(ScriptedModel::saying(ANSWER)).await;
    let (events, _) = ask(&world, &eva, request.clone()).await;
    let conversation = conversation_of(&events);
    (world, eva, request, conversation)
}

async fn open(world: &World, reader: Option<&Scope>, link: &ShareLink) -> crate::Result<SharedConversation> {
    world.hammock.open_share(reader, &token(link), None, &Origin::default()).await
}

async fn code(world: &World, reader: Option<&Scope>, link: &ShareLink) -> Option<ErrorCode> {
    open(world, reader, link).await.err().map(|error| error.code)
}

/// What the dialog shows before a link is made, however long the conversation is.
#[tokio::test]
async fn a_conversation_has_two_ends() {
    let (world, eva, request, conversation) = talked().await;
    let h = &world.hammock;
    let ends = async || {
        let ends = h.find_ends(&eva, &conversation).await.unwrap();
        (ends.messages.into_iter().map(|message| message.id).collect::<Vec<_>>(), ends.earlier)
    };
    let whole = async || {
        let whole = h.find_conversation(&eva, &conversation).await.unwrap();
        whole.messages.into_iter().map(|message| message.id).collect::<Vec<_>>()
    };
    assert_eq!(ends().await, (whole().await, 0));
    for between in [1, 3] {
        ask(&world, &eva, ChatRequest { conversation: Some(conversation.clone()), ..request.clone() }).await;
        let whole = whole().await;
        let expected = [&whole[..1], &whole[whole.len() - 2..]].concat();
        assert_eq!(ends().await, (expected, between));
    }
    let stranger = world.owner("Cain").await;
    assert_eq!(h.find_ends(&stranger, &conversation).await.unwrap_err().code, ErrorCode::NotFound);
}

#[tokio::test]
async fn a_link_for_anyone_shows_text_alone_unless_more_was_chosen() {
    let (world, eva, request, conversation) = talked().await;
    let h = &world.hammock;
    let plain = h.create_share(&eva, &conversation, settings(ShareAudience::Anyone)).await.unwrap();
    assert!(token(&plain).len() >= 43, "256 bits: {plain:?}");
    let rich = ShareSettings {
        includes_later: true,
        with_reasoning: true,
        with_sources: true,
        ..settings(ShareAudience::Anyone)
    };
    let rich = h.create_share(&eva, &conversation, rich).await.unwrap();
    ask(&world, &eva, ChatRequest { conversation: Some(conversation.clone()), ..request }).await;

    let shown = open(&world, None, &plain).await.unwrap();
    assert_eq!((shown.audience, shown.includes_later, shown.can_continue), (ShareAudience::Anyone, false, false));
    assert_eq!(shown.messages.len(), 2, "what came later is not there");
    let answer = &shown.messages[1];
    assert!(answer.blocks[0].contains("<strong>nine</strong>") && answer.blocks[0].contains("class=\"cite\""));
    assert!(answer.steps.is_empty() && answer.run.is_none() && answer.error.is_none());
    assert_eq!(answer.citations.len(), 1);
    assert!(answer.citations[0].hidden && answer.citations[0].quote.is_empty(), "{answer:?}");

    let shown = open(&world, None, &rich).await.unwrap();
    assert_eq!((shown.includes_later, shown.messages.len()), (true, 4));
    let answer = &shown.messages[1];
    assert!(!answer.steps.is_empty());
    assert!(answer.citations[0].quote.contains("nine") && answer.citations[0].url.is_none(), "{answer:?}");

    // What is in a collection of a few is for those few, whatever its link says; they see it by any link.
    let collection = note(&world, &eva).await.collection;
    let chosen = CollectionPatch { access: Some(CollectionAccess::Private), ..CollectionPatch::default() };
    h.update_collection(&eva, &collection, chosen).await.unwrap();
    let adam = world.colleague(&eva, "Adam", Role::User).await;
    for reader in [None, Some(&adam)] {
        let shown = open(&world, reader, &rich).await.unwrap();
        let json = serde_json::to_string(&shown.messages[1].citations).unwrap();
        assert!(shown.messages[1].citations[0].hidden && !json.contains("museum"), "{json}");
    }
    let shown = open(&world, Some(&eva), &plain).await.unwrap();
    assert!(shown.messages[1].citations[0].quote.contains("nine") && shown.can_continue);
}

#[tokio::test]
async fn a_long_conversation_is_read_in_parts() {
    let (world, eva, _, conversation) = talked().await;
    let h = &world.hammock;
    let tx = h.store().begin().await.unwrap();
    for number in 3..=403 {
        let (id, text) = (MessageId::new(), number.to_string());
        messages::append(&eva, &tx, &conversation, id, Author::User, &text, None, h.now()).await.unwrap();
    }
    tx.commit().await.unwrap();
    let link = h.create_share(&eva, &conversation, settings(ShareAudience::Anyone)).await.unwrap();
    let part = async |to: Option<u32>| {
        let shown = h.open_share(None, &token(&link), to, &Origin::default()).await.unwrap();
        assert_eq!(shown.question, QUESTION, "what the conversation begins with is known of every part");
        let text = |message: Option<&Message>| message.map(|message| message.text.clone()).unwrap_or_default();
        let ends = (text(shown.messages.first()), text(shown.messages.last()));
        (shown.earlier, shown.later_to, shown.messages.len(), ends)
    };
    let expected = |earlier: u32, later_to: Option<u32>, count: usize, first: &str, last: &str| {
        (earlier, later_to, count, (first.to_owned(), last.to_owned()))
    };
    assert_eq!(part(None).await, expected(203, None, 200, "204", "403"));
    assert_eq!(part(Some(203)).await, expected(3, Some(403), 200, "4", "203"));
    assert_eq!(part(Some(3)).await, expected(0, Some(203), 3, QUESTION, "3"));
    assert_eq!(part(Some(9_999)).await, part(None).await);
}

#[tokio::test]
async fn a_link_for_the_organisation_is_for_its_people() {
    let (world, eva, _, conversation) = talked().await;
    let h = &world.hammock;
    let adam = world.colleague(&eva, "Adam", Role::User).await;
    let stranger = world.owner("Cain").await;
    let link = h.create_share(&eva, &conversation, settings(ShareAudience::Organisation)).await.unwrap();
    assert!(open(&world, Some(&adam), &link).await.unwrap().can_continue);
    assert_eq!(code(&world, None, &link).await, Some(ErrorCode::SignInRequired));
    assert_eq!(code(&world, Some(&stranger), &link).await, Some(ErrorCode::NotFound));

    let opened = settings(ShareAudience::Anyone);
    let changed = h.update_share(&eva, &conversation, &link.id, opened).await.unwrap();
    assert_eq!((changed.settings.audience, &changed.address), (ShareAudience::Anyone, &link.address));
    // For somebody who is not of the organisation: signed in or not makes no difference to what is read.
    let shown = open(&world, Some(&stranger), &link).await.unwrap();
    assert!(!shown.can_continue && shown.is_signed_in && shown.messages[1].citations[0].hidden);
}

#[tokio::test]
async fn a_link_that_ended_opens_nothing_and_one_that_is_taken_back_does() {
    let (world, eva, _, conversation) = talked().await;
    let h = &world.hammock;
    let ends = ShareSettings { expires_at: Some(h.now().plus_millis(1000)), ..settings(ShareAudience::Anyone) };
    let short = h.create_share(&eva, &conversation, ends.clone()).await.unwrap();
    let link = h.create_share(&eva, &conversation, settings(ShareAudience::Anyone)).await.unwrap();
    assert!(open(&world, None, &short).await.is_ok());
    world.clock.pass(1000);
    assert_eq!(code(&world, None, &short).await, Some(ErrorCode::NotFound));
    let refused = h.create_share(&eva, &conversation, ends).await.unwrap_err();
    assert_eq!((refused.code, refused.field.as_deref()), (ErrorCode::InvalidField, Some("expires_at")));

    h.revoke_share(&eva, &conversation, &link.id).await.unwrap();
    assert_eq!(code(&world, None, &link).await, Some(ErrorCode::NotFound));
    assert_eq!(h.list_shares(&eva, &conversation).await.unwrap(), std::slice::from_ref(&short));
    assert_eq!(h.restore_share(&eva, &conversation, &link.id).await.unwrap(), link);
    assert!(open(&world, None, &link).await.is_ok());
    assert_eq!(h.list_shares(&eva, &conversation).await.unwrap(), [link.clone(), short]);

    h.delete_conversation(&eva, &conversation).await.unwrap();
    assert_eq!(code(&world, None, &link).await, Some(ErrorCode::NotFound));
    h.restore_conversation(&eva, &conversation).await.unwrap();
    assert!(open(&world, None, &link).await.is_ok());

    // Who did what, and nothing that opens a link.
    let request = PageRequest { query: Some(link.id.to_string()), ..PageRequest::default() };
    let written = audit::list(&eva, h.store().read(), &request).await.unwrap().items;
    let actions: Vec<&str> = written.iter().rev().map(|row| row.action.as_str()).collect();
    assert_eq!(actions, ["share_link.create", "share_link.revoke", "share_link.restore"]);
    assert!(written.iter().all(|row| !row.detail.to_string().contains(&token(&link))));
}

#[tokio::test]
async fn a_link_is_its_persons_alone() {
    let (world, eva, _, conversation) = talked().await;
    let h = &world.hammock;
    let beth = world.colleague(&eva, "Beth", Role::Administrator).await;
    let stranger = world.owner("Cain").await;
    let link = h.create_share(&eva, &conversation, settings(ShareAudience::Organisation)).await.unwrap();
    let wanted = || settings(ShareAudience::Anyone);
    for other in [&beth, &stranger] {
        let attempts = [
            ("list", h.list_shares(other, &conversation).await.map(drop)),
            ("create", h.create_share(other, &conversation, wanted()).await.map(drop)),
            ("update", h.update_share(other, &conversation, &link.id, wanted()).await.map(drop)),
            ("revoke", h.revoke_share(other, &conversation, &link.id).await),
            ("restore", h.restore_share(other, &conversation, &link.id).await.map(drop)),
        ];
        for (attempt, outcome) in attempts {
            assert_eq!(outcome.map_err(|error| error.code), Err(ErrorCode::NotFound), "{attempt}");
        }
    }
    assert_eq!(h.list_shares(&eva, &conversation).await.unwrap(), std::slice::from_ref(&link));

    // A last message is one of this conversation, and one that takes later ones has none.
    let (events, other) = ask(&world, &eva, question("Why?")).await;
    assert_ne!(conversation_of(&events), conversation);
    let elsewhere = ShareSettings { up_to: Some(other.id), ..wanted() };
    let refused = h.create_share(&eva, &conversation, elsewhere).await.unwrap_err();
    assert_eq!((refused.code, refused.field.as_deref()), (ErrorCode::NotFound, Some("up_to")));
    let both = ShareSettings { includes_later: true, up_to: link.settings.up_to.clone(), ..wanted() };
    let refused = h.create_share(&eva, &conversation, both).await.unwrap_err();
    assert_eq!((refused.code, refused.field.as_deref()), (ErrorCode::InvalidField, Some("up_to")));
}

#[tokio::test]
async fn people_of_the_organisation_go_on_in_a_copy_of_their_own() {
    let (world, eva, _, conversation) = talked().await;
    let h = &world.hammock;
    let adam = world.colleague(&eva, "Adam", Role::User).await;
    let stranger = world.owner("Cain").await;
    let collection = note(&world, &eva).await.collection;
    let link = h.create_share(&eva, &conversation, settings(ShareAudience::Anyone)).await.unwrap();
    let origin = Origin::default();
    let refused = h.copy_share(&stranger, &token(&link), &origin).await.unwrap_err();
    assert_eq!(refused.code, ErrorCode::NotFound);

    let first = h.copy_share(&adam, &token(&link), &origin).await.unwrap();
    let private = CollectionPatch { access: Some(CollectionAccess::Private), ..CollectionPatch::default() };
    h.update_collection(&eva, &collection, private).await.unwrap();
    let second = h.copy_share(&adam, &token(&link), &origin).await.unwrap();

    let original = h.find_conversation(&eva, &conversation).await.unwrap();
    for copy in [&first, &second] {
        let read = h.find_conversation(&adam, copy).await.unwrap();
        assert_eq!(
            (&read.summary.title, &read.summary.assistant),
            (&original.summary.title, &original.summary.assistant)
        );
        assert_eq!(read.messages.len(), 2);
        assert!(
            read.messages.iter().zip(&original.messages).all(|(copy, of)| copy.text == of.text && copy.id != of.id)
        );
        assert!(read.messages[1].steps.is_empty() && read.messages[1].run.is_none());
        // Seen before or not: now it is hidden.
        assert!(read.messages[1].citations[0].hidden);
        assert_eq!(h.find_conversation(&eva, copy).await.unwrap_err().code, ErrorCode::NotFound);
    }
    // What was hidden when it was copied is not in the copy at all.
    let rows = hammock_store::messages::list(&adam, h.store().read(), &second).await.unwrap();
    assert!(rows[1].citations[0].hidden && rows[1].citations[0].quote.is_empty());

    let (events, _) =
        ask(&world, &adam, ChatRequest { conversation: Some(first.clone()), ..question("And dogs?") }).await;
    assert_eq!(conversation_of(&events), first);
    assert_eq!(h.find_conversation(&adam, &first).await.unwrap().messages.len(), 4);
    assert_eq!(h.find_conversation(&eva, &conversation).await.unwrap().messages.len(), 2);
    let request = PageRequest { query: Some("conversation.copy".to_owned()), ..PageRequest::default() };
    let written = audit::list(&eva, h.store().read(), &request).await.unwrap().items;
    assert_eq!(written.len(), 2);
}

#[tokio::test]
async fn links_that_there_are_not_are_tried_a_few_times_only() {
    let (world, eva, _, conversation) = talked().await;
    let h = &world.hammock;
    let link = h.create_share(&eva, &conversation, settings(ShareAudience::Anyone)).await.unwrap();
    let origin = Origin { address: "198.51.100.7".parse().ok(), ..Origin::default() };
    let long = "x".repeat(10_000);
    for number in 0..100 {
        let guess = if number == 0 { long.clone() } else { format!("guess-{number}") };
        let refused = h.open_share(None, &guess, None, &origin).await.unwrap_err();
        assert_eq!(refused.code, ErrorCode::NotFound, "{number}");
    }
    let refused = h.open_share(None, "once-more", None, &origin).await.unwrap_err();
    assert_eq!(refused.code, ErrorCode::TooManyAttempts);
    assert!(refused.params.contains_key("retry_after"), "{refused:?}");
    // Whoever was sent a link opens it from there all the same, and signs in.
    assert!(h.open_share(None, &token(&link), None, &origin).await.is_ok());
    let elsewhere = Origin { address: "203.0.113.9".parse().ok(), ..Origin::default() };
    assert_eq!(h.open_share(None, "guess", None, &elsewhere).await.unwrap_err().code, ErrorCode::NotFound);
}
