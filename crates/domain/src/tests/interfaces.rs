//! Assistants that are opened to visitors: by whom, to which pages, and what stands in the way of a widget.

use hammock_contract::{
    AssistantId, ErrorCode,
    assistant::{Access, AssistantSettings},
    collection::{AccessQuery, CollectionAccess, CollectionPatch, VisitorAccess},
    interfaces::{InterfaceSettings, Obstacle, WidgetErrorReport},
    page::PageRequest,
    user::Role,
};
use hammock_llm::scripted::ScriptedModel;
use hammock_store::audit;
use hammock_testkit::site::{Page, Website};

use super::world::{World, assistant};
use crate::{Origin, Scope};

const OWN: &str = "https://hammock.example.org";
const SHOP: &str = "https://shop.example";
const PICTURE: &[u8] = b"GIF89a\x01\0\x01\0";

fn settings() -> InterfaceSettings {
    InterfaceSettings {
        public_chat: true,
        widget: true,
        origins: vec![SHOP.to_owned()],
        ..InterfaceSettings::default()
    }
}

/// A world with an assistant that is open to visitors.
async fn opened() -> (World, Scope, AssistantId) {
    let world = World::new().await;
    let owner = world.owner("Eva").await;
    let id = world.assistant(&owner, &[], false).await;
    world.hammock.update_interfaces(&owner, &id, settings()).await.unwrap();
    (world, owner, id)
}

async fn refused(world: &World, id: &AssistantId, origin: Option<&str>) -> Option<ErrorCode> {
    world.hammock.public_interface(id, origin, &Origin::default()).await.err().map(|error| error.code)
}

fn report(code: &str, message: &str) -> WidgetErrorReport {
    WidgetErrorReport { code: code.to_owned(), message: message.to_owned() }
}

#[tokio::test]
async fn an_administrator_opens_an_assistant() {
    let world = World::new().await;
    let (eva, cain) = (world.owner("Eva").await, world.owner("Cain").await);
    let adam = world.colleague(&eva, "Adam", Role::User).await;
    let h = &world.hammock;
    let id = world.assistant(&eva, &[], false).await;

    let before = h.interfaces(&adam, &id).await.unwrap();
    assert_eq!((&before.settings, before.can_edit, before.updated_at), (&InterfaceSettings::default(), false, None));
    assert_eq!(before.chat_url, format!("{OWN}/public/{id}"));
    assert!(before.snippet.starts_with(&format!("<script async src=\"{OWN}/embed.js\"></script>\n<hammock-chat ")));
    assert!(before.frame_snippet.contains("title=\"Concierge\""), "{}", before.frame_snippet);

    let changed = h.update_interfaces(&eva, &id, settings()).await.unwrap();
    assert_eq!((&changed.settings, changed.can_edit), (&settings(), true));
    assert!(changed.updated_at.is_some());
    for (who, code) in [(&adam, ErrorCode::RoleRequired), (&cain, ErrorCode::NotFound)] {
        assert_eq!(h.update_interfaces(who, &id, InterfaceSettings::default()).await.unwrap_err().code, code);
        assert_eq!(h.put_logo(who, &id, PICTURE.to_vec()).await.unwrap_err().code, code);
        assert_eq!(h.delete_logo(who, &id).await.unwrap_err().code, code);
        assert_eq!(h.check_installation(who, &id, SHOP).await.unwrap_err().code, code);
        assert_eq!(h.widget_errors(who, &id).await.unwrap_err().code, code);
    }
    assert_eq!(h.interfaces(&cain, &id).await.unwrap_err().code, ErrorCode::NotFound);
    assert_eq!(h.interfaces(&eva, &id).await.unwrap().settings, settings(), "nobody else changed anything");

    // Who made an assistant reads where it can be reached, and opens it as an administrator alone.
    let ruth = world.colleague(&eva, "Ruth", Role::Administrator).await;
    let private = |name: &str| AssistantSettings { access: Access::Private, ..assistant(name) };
    let made = h.create_assistant(&adam, private("Made")).await.unwrap().id;
    let seen = h.interfaces(&adam, &made).await.unwrap();
    assert_eq!((&seen.settings, seen.can_edit), (&InterfaceSettings::default(), false));
    assert_eq!(h.update_interfaces(&adam, &made, settings()).await.unwrap_err().code, ErrorCode::RoleRequired);
    assert_eq!(h.put_logo(&adam, &made, PICTURE.to_vec()).await.unwrap_err().code, ErrorCode::RoleRequired);
    assert_eq!(h.delete_logo(&adam, &made).await.unwrap_err().code, ErrorCode::RoleRequired);
    assert_eq!(h.check_installation(&adam, &made, SHOP).await.unwrap_err().code, ErrorCode::RoleRequired);
    assert_eq!(h.widget_errors(&adam, &made).await.unwrap_err().code, ErrorCode::RoleRequired);
    assert_eq!(refused(&world, &made, None).await, Some(ErrorCode::NotFound));
    let own = h.create_assistant(&ruth, private("Own")).await.unwrap().id;
    // What is its maker's alone is open to nobody else, visitors neither.
    let private = h.update_interfaces(&ruth, &own, settings()).await.unwrap_err();
    assert_eq!((private.code, private.field.as_deref()), (ErrorCode::AssistantPrivate, Some("public_chat")));
    let off = InterfaceSettings { public_chat: false, widget: false, ..settings() };
    assert!(h.update_interfaces(&ruth, &own, off).await.unwrap().can_edit);
    // Nobody opens what only somebody else sees.
    for other in [&made, &own] {
        assert_eq!(h.update_interfaces(&eva, other, settings()).await.unwrap_err().code, ErrorCode::NotFound);
        assert_eq!(h.interfaces(&eva, other).await.unwrap_err().code, ErrorCode::NotFound);
    }
    assert!(h.interfaces(&ruth, &id).await.unwrap().can_edit, "administrators open those of the organisation");

    let written = audit::list(&eva, h.store().read(), &PageRequest::default()).await.unwrap().items;
    let actions: Vec<&str> = written.iter().map(|row| row.action.as_str()).collect();
    assert_eq!(actions.iter().filter(|action| **action == "interfaces.update").count(), 2, "{actions:?}");
    let wrong = InterfaceSettings { origins: vec!["https://*".to_owned()], ..settings() };
    let wrong = h.update_interfaces(&eva, &id, wrong).await.unwrap_err();
    assert_eq!((wrong.code, wrong.field.as_deref()), (ErrorCode::InvalidField, Some("origins")));
}

#[tokio::test]
async fn visitors_get_what_is_opened_to_their_page() {
    let (world, owner, id) = opened().await;
    let h = &world.hammock;
    for page in [None, Some(OWN), Some(SHOP)] {
        let shown = h.public_interface(&id, page, &Origin::default()).await.unwrap();
        assert_eq!((shown.title.as_str(), shown.logo), ("Concierge", None));
    }
    for page in ["https://evil.example", "http://shop.example", "null", "https://shop.example.evil.example"] {
        assert_eq!(refused(&world, &id, Some(page)).await, Some(ErrorCode::OriginNotAllowed), "{page}");
    }
    assert_eq!(refused(&world, &AssistantId::new(), None).await, Some(ErrorCode::NotFound));

    let mut own = h.find_assistant(&owner, &id).await.unwrap().settings;
    own.initial_message = "Welcome!".to_owned();
    own.suggestions = vec!["What does it cost?".to_owned()];
    h.update_assistant(&owner, &id, own).await.unwrap();
    let shown = h.public_interface(&id, None, &Origin::default()).await.unwrap();
    assert_eq!(
        (shown.welcome.as_str(), shown.suggestions.as_slice()),
        ("Welcome!", ["What does it cost?".to_owned()].as_slice())
    );
    let mut wanted = settings();
    wanted.appearance.title = "Help".to_owned();
    wanted.appearance.welcome = "Hi.".to_owned();
    h.update_interfaces(&owner, &id, wanted.clone()).await.unwrap();
    let shown = h.public_interface(&id, None, &Origin::default()).await.unwrap();
    assert_eq!((shown.title.as_str(), shown.welcome.as_str()), ("Help", "Hi."));
    // Visitors wait for it, so that it holds nothing twice.
    let told = serde_json::to_string(&shown).unwrap();
    for once in ["What does it cost?", "Help", "Hi."] {
        assert_eq!(told.matches(once).count(), 1, "{told}");
    }
    assert!(!told.contains("\"icon\""), "{told}");
    assert_eq!(h.public_chat_page(&id).await.unwrap().frame_ancestors, format!("'self' {SHOP}"));

    // Without the widget, other pages may not; without the public chat, there is no page of it; without either, nothing.
    h.update_interfaces(&owner, &id, InterfaceSettings { widget: false, ..wanted.clone() }).await.unwrap();
    assert_eq!(refused(&world, &id, Some(SHOP)).await, Some(ErrorCode::OriginNotAllowed));
    assert_eq!(refused(&world, &id, Some(OWN)).await, None);
    h.update_interfaces(&owner, &id, InterfaceSettings { public_chat: false, ..wanted.clone() }).await.unwrap();
    assert_eq!(h.public_chat_page(&id).await.unwrap_err().code, ErrorCode::NotFound);
    assert_eq!(refused(&world, &id, Some(SHOP)).await, None);
    let off = InterfaceSettings { public_chat: false, widget: false, ..wanted };
    h.update_interfaces(&owner, &id, off).await.unwrap();
    for page in [None, Some(OWN), Some(SHOP)] {
        assert_eq!(refused(&world, &id, page).await, Some(ErrorCode::NotFound));
    }
}

#[tokio::test]
async fn a_logo_is_named_by_its_bytes() {
    let (world, owner, id) = opened().await;
    let h = &world.hammock;
    assert_eq!(h.public_logo(&id, None).await.unwrap_err().code, ErrorCode::NotFound);
    let svg = h.put_logo(&owner, &id, b"<svg/>".to_vec()).await.unwrap_err();
    assert_eq!((svg.code, svg.field.as_deref()), (ErrorCode::UnsupportedFileType, Some("logo")));
    let first = h.put_logo(&owner, &id, PICTURE.to_vec()).await.unwrap().logo.unwrap();
    let second = h.put_logo(&owner, &id, [PICTURE, &[0]].concat()).await.unwrap().logo.unwrap();
    assert_ne!(first, second);
    assert!(second.starts_with(&format!("/api/v1/public/assistants/{id}/logo?v=")), "{second}");
    assert_eq!(h.public_interface(&id, None, &Origin::default()).await.unwrap().logo, Some(second));
    let logo = h.public_logo(&id, None).await.unwrap();
    assert_eq!((logo.media_type.as_str(), logo.bytes), ("image/gif", [PICTURE, &[0]].concat()));
    h.delete_logo(&owner, &id).await.unwrap();
    h.delete_logo(&owner, &id).await.unwrap();
    assert_eq!(h.interfaces(&owner, &id).await.unwrap().logo, None);
    assert_eq!(h.interfaces(&owner, &id).await.unwrap().settings, settings());
}

#[tokio::test]
async fn widgets_tell_what_they_meet() {
    let (world, owner, id) = opened().await;
    let h = &world.hammock;
    let anybody = Origin::default();
    let tell = async |page: Option<&str>, told: WidgetErrorReport| {
        h.report_widget_error(&id, page, &anybody, told).await.map_err(|error| error.code)
    };
    let long = "x".repeat(400);
    assert_eq!(tell(Some(SHOP), report("offline", &long)).await, Ok(()));
    world.clock.pass(1);
    assert_eq!(tell(Some(SHOP), report("offline", "a\nb")).await, Ok(()));
    world.clock.pass(1);
    assert_eq!(tell(None, report("TypeError", &long)).await, Ok(()));
    world.clock.pass(1);
    // Of a page that may not use the assistant, that it tried.
    assert_eq!(tell(Some("https://evil.example"), report("offline", "buy this")).await, Ok(()));
    assert_eq!(tell(Some("https://evil.example"), report("origin_not_allowed", "buy this")).await, Ok(()));
    assert_eq!(tell(Some("null"), report("origin_not_allowed", "")).await, Ok(()));
    assert_eq!(tell(Some(SHOP), report("", "")).await, Err(ErrorCode::InvalidField));
    assert_eq!(tell(Some(SHOP), report(&"x".repeat(61), "")).await, Err(ErrorCode::InvalidField));

    let errors = h.widget_errors(&owner, &id).await.unwrap();
    let told: Vec<_> =
        errors.iter().map(|it| (it.origin.as_str(), it.code.as_str(), it.message.len(), it.count)).collect();
    assert_eq!(
        told,
        [("https://evil.example", "origin_not_allowed", 0, 1), (OWN, "TypeError", 300, 1), (SHOP, "offline", 3, 2),]
    );
    assert_eq!(errors[2].message, "a b");

    for _ in 0..30 {
        let _ = tell(Some(SHOP), report("offline", "")).await;
    }
    assert_eq!(tell(Some(SHOP), report("offline", "")).await, Err(ErrorCode::TooManyAttempts));
    h.update_interfaces(&owner, &id, InterfaceSettings::default()).await.unwrap();
    assert_eq!(tell(Some(SHOP), report("offline", "")).await, Err(ErrorCode::NotFound));
}

/// A page that may not use the assistant shows no launcher: nothing there could tell.
#[tokio::test]
async fn of_a_page_that_is_refused_it_is_known_that_it_asked() {
    let (world, owner, id) = opened().await;
    let listed = async || {
        let errors = world.hammock.widget_errors(&owner, &id).await.unwrap();
        errors.into_iter().map(|it| (it.origin, it.code, it.message, it.count)).collect::<Vec<_>>()
    };
    for page in [None, Some(OWN), Some(SHOP)] {
        assert_eq!(refused(&world, &id, page).await, None);
    }
    assert_eq!(refused(&world, &id, Some("null")).await, Some(ErrorCode::OriginNotAllowed));
    assert!(listed().await.is_empty());
    let of_evil =
        |count: u32| vec![("https://evil.example".to_owned(), "origin_not_allowed".to_owned(), String::new(), count)];
    for count in 1..40_u32 {
        assert_eq!(refused(&world, &id, Some("https://evil.example")).await, Some(ErrorCode::OriginNotAllowed));
        // The page that has no origin was counted, too.
        assert_eq!(listed().await, of_evil(count.min(29)), "so many are written down of one address");
    }
}

#[tokio::test]
async fn a_page_is_looked_at_for_the_widget() {
    let site = Website::start([("/", Page::html("<p>Nothing here.</p>")), ("/gone", Page::status(404))]).await.unwrap();
    let world = World::with_website(ScriptedModel::new([]), &site).await;
    let h = &world.hammock;
    let owner = world.owner("Eva").await;
    let id = world.assistant(&owner, &[], false).await;
    let origin = site.url("");
    let opened = InterfaceSettings { origins: vec![origin.clone()], ..settings() };
    let snippet = h.update_interfaces(&owner, &id, opened).await.unwrap().snippet;
    let policy = "script-src 'self' 'wasm-unsafe-eval'";
    site.put("/chat", Page::html(snippet.clone()));
    site.put("/strict", Page::html(snippet.clone()).with("content-security-policy".parse().unwrap(), policy));
    site.put("/plain", Page::html(snippet).with("content-security-policy".parse().unwrap(), "img-src 'self'"));
    site.put("/moved", Page::redirect("/chat"));

    let look = async |path: &str| h.check_installation(&owner, &id, &site.url(path)).await.unwrap();
    let nothing = look("/").await;
    assert_eq!(nothing.obstacles, [Obstacle::ScriptMissing, Obstacle::ElementMissing]);
    assert_eq!((look("/gone").await.obstacles, nothing.policy), (vec![Obstacle::Unreachable], None));
    assert_eq!(look("/chat").await.obstacles, []);
    let moved = look("/moved").await;
    assert_eq!((moved.url, moved.obstacles), (site.url("/chat"), Vec::new()));
    let strict = look("/strict").await;
    assert_eq!((strict.obstacles, strict.policy.as_deref()), (vec![Obstacle::PolicyScript], Some(policy)));
    assert_eq!(look("/plain").await.obstacles, [], "there is no picture");
    h.put_logo(&owner, &id, PICTURE.to_vec()).await.unwrap();
    assert_eq!(look("/plain").await.obstacles, [Obstacle::PolicyImage]);

    let refused = async |url: &str| h.check_installation(&owner, &id, url).await.unwrap_err();
    for (url, code) in [
        ("http://10.0.0.1/", ErrorCode::ForbiddenAddress),
        ("http://169.254.169.254/latest", ErrorCode::ForbiddenAddress),
        ("file:///etc/passwd", ErrorCode::InvalidUrl),
    ] {
        let error = refused(url).await;
        assert_eq!((error.code, error.field.as_deref()), (code, Some("url")), "{url}");
    }
    h.update_interfaces(&owner, &id, InterfaceSettings::default()).await.unwrap();
    assert_eq!(look("/chat").await.obstacles, [Obstacle::OriginNotAllowed, Obstacle::SwitchedOff]);
}

#[tokio::test]
async fn an_assistant_that_becomes_private_is_closed() {
    let (world, owner, id) = opened().await;
    let h = &world.hammock;
    let before = h.find_assistant(&owner, &id).await.unwrap();
    assert!(before.public_chat && before.widget, "it is told what depends on it");
    let private = AssistantSettings { access: Access::Private, ..before.settings };
    let after = h.update_assistant(&owner, &id, private.clone()).await.unwrap();
    assert!(!after.public_chat && !after.widget);
    assert_eq!(refused(&world, &id, None).await, Some(ErrorCode::NotFound));
    let stored = h.interfaces(&owner, &id).await.unwrap().settings;
    assert_eq!(stored, InterfaceSettings { public_chat: false, widget: false, ..settings() }, "the rest stays");
    let written = audit::list(&owner, h.store().read(), &PageRequest::default()).await.unwrap().items;
    let actions: Vec<&str> = written.iter().map(|row| row.action.as_str()).collect();
    assert_eq!(actions.iter().filter(|action| **action == "interfaces.update").count(), 2, "{actions:?}");

    for (settings, field) in [
        (InterfaceSettings { public_chat: false, ..settings() }, "widget"),
        (InterfaceSettings { widget: false, ..settings() }, "public_chat"),
    ] {
        let error = h.update_interfaces(&owner, &id, settings).await.unwrap_err();
        assert_eq!((error.code, error.field.as_deref()), (ErrorCode::AssistantPrivate, Some(field)));
    }
    // Given back to the organisation, it is opened by hand.
    let shared = AssistantSettings { access: Access::Organisation, ..private };
    assert!(!h.update_assistant(&owner, &id, shared).await.unwrap().widget);
    h.update_interfaces(&owner, &id, settings()).await.unwrap();
    assert_eq!(refused(&world, &id, None).await, None);
}

#[tokio::test]
async fn a_collection_tells_whose_visitors_get_answers_from_it() {
    let world = World::new().await;
    let (eva, h) = (world.owner("Eva").await, &world.hammock);
    let beth = world.colleague(&eva, "Beth", Role::Administrator).await;
    let (id, _) = world.collection(&eva, "Museum").await;
    let concierge = world.assistant(&eva, &[&id], false).await;
    let private = CollectionPatch { access: Some(CollectionAccess::Private), ..CollectionPatch::default() };
    h.update_collection(&eva, &id, private).await.unwrap();
    let told = async |who: &Scope| h.explain_access(who, &id, AccessQuery::default()).await.unwrap().visitors;
    assert!(told(&eva).await.is_empty());

    h.update_interfaces(&eva, &concierge, settings()).await.unwrap();
    // Also to whoever manages it without seeing it.
    let opened = [VisitorAccess { assistant: concierge.clone(), name: "Concierge".to_owned() }];
    assert_eq!((told(&eva).await, told(&beth).await), (opened.to_vec(), opened.to_vec()));
    assert_eq!(h.find_collection(&eva, &id).await.unwrap().visitors_of, ["Concierge"]);
    let hidden = h.list_hidden_collections(&beth).await.unwrap().remove(0);
    assert_eq!((hidden.used_by.len(), hidden.visitors_of), (0, vec!["Concierge".to_owned()]));

    h.update_interfaces(&eva, &concierge, InterfaceSettings::default()).await.unwrap();
    assert!(told(&eva).await.is_empty());
}
