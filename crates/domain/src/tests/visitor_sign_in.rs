//! The sign-in of visitors: what ends when, how often a provider is asked, and what is written down of it.

use hammock_contract::{
    AssistantId, ErrorCode,
    interfaces::{InterfaceSettings, OpenIdProvider, OpenIdSecret, PublicSignIn, VisitorSignIn},
    visitor::{VisitorEntry, VisitorRequest},
};
use hammock_llm::scripted::ScriptedModel;
use hammock_store::audit;
use hammock_testkit::openid::{CLIENT, OpenIdServer, SECRET};
use serde_json::json;

use super::world::World;
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
    let page = AskingPage { origin: SHOP.to_owned(), known_as: SHOP.to_owned() };
    world.hammock.begin_visitor_sign_in(assistant, "openid", &page, &Origin::default()).await.unwrap()
}

async fn finish(world: &World, provider: &OpenIdServer, window: &SignInWindow) -> Result<String> {
    let mut answer = SignInAnswer::default();
    for (name, value) in provider.grant(&window.address).unwrap().fields {
        match name.as_str() {
            "code" => answer.code = Some(value),
            _ => answer.state = value,
        }
    }
    world.hammock.finish_visitor_sign_in(answer, Some(&window.browser)).await.ticket
}

async fn enter(world: &World, assistant: &AssistantId, ticket: String) -> Result<VisitorEntry> {
    let request = VisitorRequest { ticket: Some(ticket), ..VisitorRequest::default() };
    world.hammock.admit_visitor(assistant, request, SHOP, &Origin::default()).await
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
async fn unknown_keys_are_looked_for_once_a_minute() {
    let (world, provider, _, assistant) = opened().await;
    let sign_in = async || {
        tell_the_time(&world, &provider);
        let window = begin(&world, &assistant).await;
        finish(&world, &provider, &window).await.is_ok()
    };
    assert!(sign_in().await);
    provider.rotate().unwrap();
    assert!(sign_in().await, "the new key is found");
    provider.rotate().unwrap();
    world.clock.pass(MINUTE - 1);
    assert!(!sign_in().await, "nobody looks again so soon");
    assert_eq!(provider.keys_asked(), 2);
    world.clock.pass(1);
    assert!(sign_in().await);
    assert_eq!(provider.keys_asked(), 3);
    world.clock.pass(60 * MINUTE);
    assert!(sign_in().await);
    assert_eq!(provider.keys_asked(), 4, "after an hour they are old");
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
    assert_eq!(h.public_interface(&assistant, None).await.unwrap().sign_in, PublicSignIn::default());
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
