//! The sign-in of visitors: what ends when, how often a provider is asked, what is written down of it, and what comes along.

use hammock_contract::{
    AssistantId, ErrorCode,
    chat::MessageState,
    interfaces::{InterfaceSettings, OpenIdProvider, OpenIdSecret, PublicSignIn, VisitorSignIn},
    organisation::{AllowedHosts, OrganisationPatch},
    visitor::{VisitorEntry, VisitorRequest},
};
use hammock_llm::scripted::{Reply, ScriptedModel, Step};
use hammock_store::audit;
use hammock_testkit::openid::{CLIENT, OpenIdServer, SECRET, hs256};
use serde_json::json;

use super::{
    chat::{all, conversation_of, last, up_to_text},
    visitors::asking,
    world::{World, until},
};
use crate::{AskingPage, Origin, Result, Scope, SignInAnswer, SignInWindow};

const SECOND: i64 = 1_000;
const MINUTE: i64 = 60 * SECOND;
const SHOP: &str = "https://shop.example.com";

/// A world with a widget whose visitors sign in with a provider.
async fn opened() -> (World, OpenIdServer, Scope, AssistantId) {
    let provider = OpenIdServer::start().await.unwrap();
    let world = World::with_site_at(ScriptedModel::new([]), &provider.authority()).await;
    let eva = world.owner("Eva").await;
    let assistant = world.assistant(&eva, &[], false).await;
    let openid = OpenIdProvider { name: "E".into(), issuer: provider.issuer() + "/", client_id: CLIENT.into() };
    let settings = InterfaceSettings {
        widget: true,
        origins: vec![SHOP.to_owned()],
        sign_in: VisitorSignIn { openid: Some(openid), ..VisitorSignIn::default() },
        ..InterfaceSettings::default()
    };
    world.hammock.update_interfaces(&eva, &assistant, settings).await.unwrap();
    tell_the_time(&world, &provider);
    (world, provider, eva, assistant)
}

/// The provider's clock goes by itself; the world's stands still.
fn tell_the_time(world: &World, provider: &OpenIdServer) {
    let now = world.hammock.now().as_millis() / SECOND;
    provider.say(json!({ "iat": now, "exp": now + 300 }));
}

async fn begin(world: &World, assistant: &AssistantId) -> SignInWindow {
    begin_from(world, assistant, &Origin::default()).await.unwrap()
}

async fn begin_from(world: &World, assistant: &AssistantId, origin: &Origin) -> Result<SignInWindow> {
    let page = AskingPage { origin: SHOP.to_owned(), known_as: SHOP.to_owned() };
    world.hammock.begin_visitor_sign_in(assistant, "openid", &page, origin).await
}

async fn finish(world: &World, provider: &OpenIdServer, window: &SignInWindow) -> Result<String> {
    finish_from(world, provider, window, &Origin::default()).await
}

async fn finish_from(world: &World, provider: &OpenIdServer, window: &SignInWindow, origin: &Origin) -> Result<String> {
    let mut answer = SignInAnswer::default();
    for (name, value) in provider.grant(&window.address).unwrap().fields {
        match name.as_str() {
            "code" => answer.code = Some(value),
            _ => answer.state = value,
        }
    }
    world.hammock.finish_visitor_sign_in(answer, Some(&window.browser), origin).await.ticket
}

async fn enter(world: &World, assistant: &AssistantId, ticket: String) -> Result<VisitorEntry> {
    let request = VisitorRequest { ticket: Some(ticket), ..VisitorRequest::default() };
    world.hammock.admit_visitor(assistant, request, SHOP, None, &Origin::default()).await
}

#[tokio::test]
async fn a_sign_in_takes_ten_minutes_and_its_ticket_counts_two() {
    let (world, provider, eva, assistant) = opened().await;
    let window = begin(&world, &assistant).await;
    world.clock.pass(10 * MINUTE);
    tell_the_time(&world, &provider);
    assert_eq!(finish(&world, &provider, &window).await.unwrap_err().code, ErrorCode::SignInFailed, "too late");

    let window = begin(&world, &assistant).await;
    world.clock.pass(10 * MINUTE - 1);
    tell_the_time(&world, &provider);
    let ticket = finish(&world, &provider, &window).await.unwrap();
    world.clock.pass(2 * MINUTE);
    assert_eq!(enter(&world, &assistant, ticket).await.unwrap_err().code, ErrorCode::SignInFailed, "too late");

    tell_the_time(&world, &provider);
    let window = begin(&world, &assistant).await;
    let ticket = finish(&world, &provider, &window).await.unwrap();
    world.clock.pass(2 * MINUTE - 1);
    let VisitorEntry::Admitted { name, signed_in, .. } = enter(&world, &assistant, ticket).await.unwrap() else {
        panic!("not let in");
    };
    assert_eq!((name.as_deref(), signed_in), (Some("Eva Example"), true));
    let written = audit::list(&eva, world.hammock.store().read(), &Default::default()).await.unwrap().items;
    let row = written.iter().find(|row| row.action == "visitor.sign_in").unwrap();
    assert_eq!(row.detail["provider"], format!("openid {}", provider.issuer()), "{:?}", row.detail);
}

#[tokio::test]
async fn who_has_proved_who_they_are_needs_no_name() {
    let (world, provider, _, assistant) = opened().await;
    provider.tell_at_the_end(true);
    for (is_broken, told) in [(true, None), (false, Some("Eva Example"))] {
        provider.break_the_end(is_broken);
        let window = begin(&world, &assistant).await;
        let ticket = finish(&world, &provider, &window).await.unwrap();
        let VisitorEntry::Admitted { name, signed_in, .. } = enter(&world, &assistant, ticket).await.unwrap() else {
            panic!("not let in");
        };
        assert_eq!((name.as_deref(), signed_in), (told, true));
    }
}

#[tokio::test]
async fn a_name_that_cannot_be_shown_keeps_nobody_out() {
    let (world, provider, eva, assistant) = opened().await;
    let now = world.hammock.now().as_millis() / SECOND;
    provider.say(json!({ "iat": now, "exp": now + 300, "name": "Eva \u{202e}nimdA" }));
    let window = begin(&world, &assistant).await;
    let ticket = finish(&world, &provider, &window).await.unwrap();
    let VisitorEntry::Admitted { visitor, name, token, signed_in, .. } =
        enter(&world, &assistant, ticket).await.unwrap()
    else {
        panic!("not let in");
    };
    assert_eq!((name, signed_in), (None, true));
    // Who looks after the assistant sees the address in its place.
    let h = &world.hammock;
    let scope = h.scope_for_visitor(&token, SHOP, None).await.unwrap();
    let asked = h.start_visitor_answer(&scope, asking(None, "Where is it?"), &Origin::default()).await.unwrap();
    all(asked.events).await;
    let listed = h.list_visitor_conversations(&eva, &assistant, Default::default()).await.unwrap().items;
    let [row] = listed.as_slice() else { panic!("{listed:?}") };
    assert_eq!((&row.visitor.id, row.visitor.name.as_deref()), (&visitor, None));
    assert_eq!(row.visitor.email.as_deref(), Some("eva@example.org"));
}

#[tokio::test]
async fn a_whole_company_signs_in_from_one_address() {
    let (world, provider, _, assistant) = opened().await;
    let origin = Origin { address: Some("203.0.113.7".parse().unwrap()), ..Origin::default() };
    // Those that came to nothing.
    for _ in 1..100 {
        world.hammock.count_visitor_sign_in(&origin).await.unwrap();
    }
    for _ in 0..3 {
        let window = begin_from(&world, &assistant, &origin).await.unwrap();
        finish_from(&world, &provider, &window, &origin).await.unwrap();
    }
    begin_from(&world, &assistant, &origin).await.unwrap();
    assert_eq!(begin_from(&world, &assistant, &origin).await.unwrap_err().code, ErrorCode::TooManyAttempts);
    begin(&world, &assistant).await;
}

#[tokio::test]
async fn a_provider_off_the_organisations_list_lets_nobody_in_also_where_it_is_known_from_before() {
    let (world, provider, eva, assistant) = opened().await;
    let limit = async |host: &str| {
        let allowed = AllowedHosts { limited: true, hosts: vec![host.to_owned()] };
        let patch = OrganisationPatch { allowed_hosts: Some(allowed), ..OrganisationPatch::default() };
        world.hammock.update_organisation(&eva, patch).await.unwrap();
    };
    finish(&world, &provider, &begin(&world, &assistant).await).await.unwrap();
    let window = begin(&world, &assistant).await;
    limit("other.example").await;
    let refused = finish(&world, &provider, &window).await.unwrap_err();
    assert_eq!(refused.code, ErrorCode::SignInFailed);
    assert!(refused.message.contains("does not contain"), "{refused}");
    let refused = begin_from(&world, &assistant, &Origin::default()).await.unwrap_err();
    assert_eq!(refused.code, ErrorCode::SignInFailed);
    assert_eq!(provider.keys_asked(), 1);

    limit("127.0.0.1").await;
    finish(&world, &provider, &begin(&world, &assistant).await).await.unwrap();
}

#[tokio::test]
async fn unknown_keys_are_looked_for_so_often_in_a_minute() {
    let (world, provider, _, assistant) = opened().await;
    let sign_in = async || {
        tell_the_time(&world, &provider);
        let window = begin(&world, &assistant).await;
        finish(&world, &provider, &window).await.is_ok()
    };
    assert!(sign_in().await);
    for looks in 1..=30 {
        provider.rotate().unwrap();
        assert!(sign_in().await, "a new key is found, also soon after the one before");
        assert_eq!(provider.keys_asked(), 1 + looks);
    }
    assert!(sign_in().await, "and kept");
    provider.rotate().unwrap();
    world.clock.pass(MINUTE - 1);
    assert!(!sign_in().await, "nobody looks any more often");
    assert_eq!(provider.keys_asked(), 31);
    world.clock.pass(1);
    assert!(sign_in().await);
    assert_eq!(provider.keys_asked(), 32);
    world.clock.pass(60 * MINUTE);
    assert!(sign_in().await);
    assert_eq!(provider.keys_asked(), 33, "after an hour they are old");
}

#[tokio::test]
async fn a_new_key_may_have_the_name_of_the_old_one() {
    let (world, provider, _, assistant) = opened().await;
    for _ in 0..2 {
        let window = begin(&world, &assistant).await;
        assert!(finish(&world, &provider, &window).await.is_ok());
        provider.replace_key().unwrap();
    }
    assert_eq!(provider.keys_asked(), 2);
}

#[tokio::test]
async fn secrets_are_written_down_by_their_being_there_alone() {
    let (world, _, eva, assistant) = opened().await;
    let h = &world.hammock;
    h.put_openid_secret(&eva, &assistant, OpenIdSecret { secret: Some(SECRET.to_owned()) }).await.unwrap();
    let made = h.make_identity_secret(&eva, &assistant).await.unwrap();
    assert_eq!(h.count_unreadable_secrets().await.unwrap(), 0);
    let written = audit::list(&eva, h.store().read(), &Default::default()).await.unwrap().items;
    assert!(written.iter().any(|row| row.action == "interfaces.put_openid_secret" && row.detail["is_set"] == true));
    assert!(written.iter().any(|row| row.action == "interfaces.make_identity_secret"));
    let written = format!("{written:?}");
    assert!(!written.contains(SECRET) && !written.contains(&made.secret));
    h.put_openid_secret(&eva, &assistant, OpenIdSecret { secret: None }).await.unwrap();
    assert!(!h.interfaces(&eva, &assistant).await.unwrap().has_openid_secret);
    let blank = h.put_openid_secret(&eva, &assistant, OpenIdSecret { secret: Some(" ".to_owned()) }).await;
    assert_eq!(blank.unwrap_err().code, ErrorCode::InvalidField);
}

#[tokio::test]
async fn what_is_switched_off_comes_back_with_its_secret() {
    let (world, provider, eva, assistant) = opened().await;
    let h = &world.hammock;
    h.put_openid_secret(&eva, &assistant, OpenIdSecret { secret: Some(SECRET.to_owned()) }).await.unwrap();
    let on = h.interfaces(&eva, &assistant).await.unwrap().settings;
    let off = InterfaceSettings { sign_in: VisitorSignIn { off: true, ..on.sign_in.clone() }, ..on.clone() };
    let kept = h.update_interfaces(&eva, &assistant, off.clone()).await.unwrap();
    assert_eq!((&kept.settings, kept.has_openid_secret), (&off, true));
    // Nobody signs in meanwhile.
    assert_eq!(
        h.public_interface(&assistant, None, &Origin::default()).await.unwrap().sign_in,
        PublicSignIn::default()
    );
    let page = AskingPage { origin: SHOP.to_owned(), known_as: SHOP.to_owned() };
    let refused = h.begin_visitor_sign_in(&assistant, "openid", &page, &Origin::default()).await.unwrap_err();
    assert_eq!(refused.code, ErrorCode::NotFound);
    let kept = h.update_interfaces(&eva, &assistant, on.clone()).await.unwrap();
    assert_eq!((&kept.settings, kept.has_openid_secret), (&on, true));
    let window = begin(&world, &assistant).await;
    assert!(finish(&world, &provider, &window).await.is_ok());

    // The secret is not for another provider, also while that is switched off.
    let mut other = off;
    other.sign_in.openid.as_mut().unwrap().issuer = "https://id.example.com".to_owned();
    assert!(!h.update_interfaces(&eva, &assistant, other).await.unwrap().has_openid_secret);
}

#[tokio::test]
async fn a_secret_is_for_the_client_that_it_was_given_to() {
    let (world, _, eva, assistant) = opened().await;
    let h = &world.hammock;
    h.put_openid_secret(&eva, &assistant, OpenIdSecret { secret: Some(SECRET.to_owned()) }).await.unwrap();
    let on = h.interfaces(&eva, &assistant).await.unwrap().settings;
    let with = |change: fn(&mut OpenIdProvider)| {
        let mut settings = on.clone();
        change(settings.sign_in.openid.as_mut().unwrap());
        settings
    };
    let renamed = with(|provider| provider.name = "Another name".to_owned());
    assert!(h.update_interfaces(&eva, &assistant, renamed).await.unwrap().has_openid_secret);
    let other = with(|provider| provider.client_id = "another".to_owned());
    assert!(!h.update_interfaces(&eva, &assistant, other).await.unwrap().has_openid_secret);
    // Nor does it come back with the client.
    assert!(!h.update_interfaces(&eva, &assistant, on.clone()).await.unwrap().has_openid_secret);
    let written = audit::list(&eva, h.store().read(), &Default::default()).await.unwrap().items;
    let removed = written.iter().filter(|row| row.detail["openid_secret_removed"] == true);
    assert_eq!(removed.count(), 1, "{written:?}");
}

#[tokio::test]
async fn the_secret_of_the_site_is_removed_once() {
    let (world, _, eva, assistant) = opened().await;
    let h = &world.hammock;
    h.delete_identity_secret(&eva, &assistant).await.unwrap();
    h.make_identity_secret(&eva, &assistant).await.unwrap();
    for _ in 0..2 {
        h.delete_identity_secret(&eva, &assistant).await.unwrap();
        assert_eq!(h.interfaces(&eva, &assistant).await.unwrap().identity_secret_made_at, None);
    }
    let written = audit::list(&eva, h.store().read(), &Default::default()).await.unwrap().items;
    let removed = written.iter().filter(|row| row.action == "interfaces.delete_identity_secret");
    assert_eq!(removed.count(), 1, "what was not there is not removed");
}

/// Comes in from the shop's page; the token.
async fn token_for(world: &World, assistant: &AssistantId, request: VisitorRequest) -> String {
    match world.hammock.admit_visitor(assistant, request, SHOP, None, &Origin::default()).await.unwrap() {
        VisitorEntry::Admitted { token, .. } => token,
        other => panic!("not let in: {other:?}"),
    }
}

/// Comes in, and the page says who that is.
async fn known(world: &World, assistant: &AssistantId, secret: &str, token: Option<String>) -> String {
    let ends = world.hammock.now().as_millis() / SECOND + 300;
    let claims = json!({ "sub": "42", "name": "Eva", "aud": assistant, "exp": ends });
    let identity = Some(hs256(secret.as_bytes(), &json!({ "alg": "HS256" }), &claims));
    token_for(world, assistant, VisitorRequest { token, identity, ..VisitorRequest::default() }).await
}

/// A world with a widget whose page says who visitors are; its assistant, and the secret of the page.
async fn shop(model: ScriptedModel) -> (World, AssistantId, String) {
    let world = World::with_model(model).await;
    let eva = world.owner("Eva").await;
    let assistant = world.assistant(&eva, &[], true).await;
    let settings = InterfaceSettings {
        widget: true,
        origins: vec![SHOP.to_owned()],
        sign_in: VisitorSignIn { signed_identity: true, ..VisitorSignIn::default() },
        ..InterfaceSettings::default()
    };
    world.hammock.update_interfaces(&eva, &assistant, settings).await.unwrap();
    let secret = world.hammock.make_identity_secret(&eva, &assistant).await.unwrap().secret;
    (world, assistant, secret)
}

#[tokio::test]
async fn an_answer_that_is_being_made_is_kept_for_who_signs_in_meanwhile() {
    let hanging = Reply::Stream(vec![Step::Say("It opens ".to_owned()), Step::Hang, Step::Say("at nine.".to_owned())]);
    let said = Reply::Stream(vec![Step::Say("It does.".to_owned())]);
    let (world, assistant, secret) = shop(ScriptedModel::new([hanging.clone(), hanging, said])).await;
    let (h, nowhere) = (&world.hammock, Origin::default());

    // Whom nobody knew, and who was here before on another device.
    for round in 1..=2 {
        let title = format!("Opening hours {round}");
        world.model.push_title(Reply::Stream(vec![Step::Say(title.clone())]));
        let anonymous = token_for(&world, &assistant, VisitorRequest::default()).await;
        let asker = h.scope_for_visitor(&anonymous, SHOP, None).await.unwrap();
        let mut answer = h.start_visitor_answer(&asker, asking(None, "When does it open?"), &nowhere).await.unwrap();
        let mut events = up_to_text(&mut answer.events).await;
        let token = known(&world, &assistant, &secret, Some(anonymous)).await;
        world.model.release();
        events.extend(all(answer.events).await);
        let conversation = conversation_of(&events);
        let person = h.scope_for_visitor(&token, SHOP, None).await.unwrap();
        let read = h.find_own_of_visitor(&person, &conversation, Default::default()).await.unwrap().conversation;
        let stored = &read.messages[1];
        assert_eq!((stored.state, stored.text.as_str()), (MessageState::Complete, "It opens at nine."), "{round}");
        assert!(
            h.find_own_of_visitor(&asker, &conversation, Default::default()).await.is_err(),
            "it is the person's alone, {round}"
        );
        until("the conversation has its title", async || {
            let found =
                h.find_own_of_visitor(&person, &conversation, Default::default()).await.unwrap().conversation.summary;
            (found.title == title).then_some(())
        })
        .await;
        if round == 2 {
            // Nothing hinders the next question.
            let next = h.start_visitor_answer(&person, asking(Some(conversation), "Really?"), &nowhere).await.unwrap();
            assert_eq!(last(&all(next.events).await).state, MessageState::Complete);
        }
    }
}

#[tokio::test]
async fn a_model_writes_the_titles_of_visitors_who_have_said_who_they_are() {
    let (world, assistant, secret) = shop(ScriptedModel::saying("In the garden.")).await;
    let h = &world.hammock;
    world.model.push_title(Reply::Stream(vec![Step::Say("Finding the hammock".to_owned())]));
    let anonymous = token_for(&world, &assistant, VisitorRequest::default()).await;
    let told = known(&world, &assistant, &secret, None).await;
    let mut asked = Vec::new();
    for token in [anonymous, told] {
        let visitor = h.scope_for_visitor(&token, SHOP, None).await.unwrap();
        let request = asking(None, "Where is it?");
        let answer = h.start_visitor_answer(&visitor, request, &Origin::default()).await.unwrap();
        asked.push((visitor, conversation_of(&all(answer.events).await)));
    }
    let title = async |nth: usize| {
        let (visitor, conversation) = &asked[nth];
        h.find_own_of_visitor(visitor, conversation, Default::default()).await.unwrap().conversation.summary.title
    };
    until("the conversation has its title", async || (title(1).await == "Finding the hammock").then_some(())).await;
    assert_eq!((title(0).await.as_str(), world.model.title_requests().len()), ("Where is it?", 1));
}
