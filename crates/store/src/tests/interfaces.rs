//! Where assistants can be reached from outside, and what went wrong in widgets.

use hammock_contract::{
    AssistantId,
    assistant::Access,
    interfaces::{InterfaceSettings, VisitorSignIn},
    user::Role,
};

use super::{
    support::{NOW, Tenant, add_user, on_both, settings, tenant},
    tenancy::Checked,
};
use crate::{
    Scope, Store, StoreError, Tx, assistants, collection_access, collections,
    interfaces::{self, Logo},
    widget_errors::{self, Met},
};

fn logo(hash: &str) -> Logo {
    Logo { media_type: "image/png".to_owned(), hash: hash.to_owned(), bytes: vec![0x89, 0, 0xFF, b'\'', 0] }
}

fn with_chat() -> InterfaceSettings {
    InterfaceSettings {
        public_chat: true,
        origins: vec!["https://shop.example".to_owned()],
        ..InterfaceSettings::default()
    }
}

fn met(origin: &str, code: &str, message: &str) -> Met {
    Met { origin: origin.to_owned(), code: code.to_owned(), message: message.to_owned() }
}

pub async fn ask_as_foreigner(checked: &mut Checked, foreign: &Scope, tx: &Tx, one: &Tenant) {
    let (db, assistant) = (tx.db(), &one.assistant);
    checked.nothing("interfaces::find", interfaces::find(foreign, db, assistant).await);
    checked.nothing("interfaces::put", interfaces::put(foreign, tx, assistant, with_chat(), NOW).await);
    checked.nothing("interfaces::put_logo", interfaces::put_logo(foreign, tx, assistant, logo("x"), NOW).await);
    checked.nothing("interfaces::delete_logo", interfaces::delete_logo(foreign, tx, assistant, NOW).await);
    let put = interfaces::put_openid_secret(foreign, tx, assistant, Some("cipher".to_owned()), NOW).await;
    checked.nothing("interfaces::put_openid_secret", put);
    let put = interfaces::put_identity_secret(foreign, tx, assistant, "cipher", NOW).await;
    checked.nothing("interfaces::put_identity_secret", put);
    let deleted = interfaces::delete_identity_secret(foreign, tx, assistant, NOW).await;
    checked.nothing("interfaces::delete_identity_secret", deleted);
    let opened = collection_access::list_opened(foreign, db, std::slice::from_ref(&one.collection)).await;
    checked.empty("collection_access::list_opened", opened, Vec::new());
    checked.nothing("widget_errors::list", widget_errors::list(foreign, db, assistant).await);
}

async fn put(store: &Store, scope: &Scope, assistant: &AssistantId, settings: InterfaceSettings) {
    let tx = store.begin().await.unwrap();
    interfaces::put(scope, &tx, assistant, settings, NOW).await.unwrap();
    tx.commit().await.unwrap();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_assistant_is_open_to_strangers_while_something_is_switched_on() {
    on_both(async |store| {
        let one = tenant(store, "one").await;
        let (scope, assistant) = (&one.scope, &one.assistant);
        assert_eq!(interfaces::find(scope, store.read(), assistant).await.unwrap(), None);
        assert_eq!(interfaces::open(store.read(), assistant).await.unwrap(), None);

        put(store, scope, assistant, with_chat()).await;
        let open = interfaces::open(store.read(), assistant).await.unwrap().unwrap();
        assert_eq!((&open.row.settings, open.assistant.name.as_str()), (&with_chat(), "General"));
        assert_eq!((&open.row.organisation_id, &open.row.updated_by), (&one.organisation, &Some(one.owner.clone())));
        assert_eq!(interfaces::find(scope, store.read(), assistant).await.unwrap(), Some(open.row));
        let other = AssistantId::new();
        assert_eq!(interfaces::open(store.read(), &other).await.unwrap(), None);

        put(store, scope, assistant, InterfaceSettings { public_chat: false, ..with_chat() }).await;
        assert_eq!(interfaces::open(store.read(), assistant).await.unwrap(), None);
        put(store, scope, assistant, InterfaceSettings { public_chat: false, widget: true, ..with_chat() }).await;
        assert!(interfaces::open(store.read(), assistant).await.unwrap().is_some());

        let tx = store.begin().await.unwrap();
        assistants::delete(scope, &tx, assistant).await.unwrap();
        tx.commit().await.unwrap();
        assert_eq!(interfaces::open(store.read(), assistant).await.unwrap(), None);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_collection_says_whose_visitors_reach_it() {
    on_both(async |store| {
        let (one, other) = (tenant(store, "one").await, tenant(store, "other").await);
        let ids = [one.collection.clone(), other.collection.clone()];
        let opened = async |scope: &Scope| {
            let found = collection_access::list_opened(scope, store.read(), &ids).await.unwrap();
            let told = collections::find(scope, store.read(), &one.collection).await.map(|it| it.visitors_of);
            (found.into_iter().map(|it| (it.collection, it.assistant, it.name)).collect::<Vec<_>>(), told.ok())
        };
        assert_eq!(opened(&one.scope).await, (Vec::new(), Some(Vec::new())));
        let reached = vec![(one.collection.clone(), one.assistant.clone(), "General".to_owned())];
        let widget = InterfaceSettings { public_chat: false, widget: true, ..with_chat() };
        for settings in [with_chat(), widget] {
            put(store, &one.scope, &one.assistant, settings).await;
            assert_eq!(opened(&one.scope).await, (reached.clone(), Some(vec!["General".to_owned()])));
            assert_eq!(opened(&other.scope).await, (Vec::new(), None), "nothing of another organisation");
        }
        put(store, &one.scope, &one.assistant, InterfaceSettings { public_chat: false, ..with_chat() }).await;
        assert_eq!(opened(&one.scope).await, (Vec::new(), Some(Vec::new())));
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_private_assistant_is_its_makers() {
    on_both(async |store| {
        let one = tenant(store, "one").await;
        let maker = add_user(store, &one.scope, "maker@example.org", Role::User).await;
        let assistant = AssistantId::new();
        let tx = store.begin().await.unwrap();
        let private = settings("Own", Vec::new(), Access::Private);
        assistants::create(&maker, &tx, assistant.clone(), private, NOW).await.unwrap();
        tx.commit().await.unwrap();
        put(store, &maker, &assistant, with_chat()).await;
        let seen = interfaces::find(&one.scope, store.read(), &assistant).await;
        assert!(matches!(seen, Err(StoreError::NotFound)), "{seen:?}");
        let open = interfaces::open(store.read(), &assistant).await.unwrap();
        assert_eq!(open, None, "no stranger may, whatever is switched on");
        assert_eq!(crate::visitors::settings_of(store.read(), &assistant).await.unwrap(), None);
        assert_eq!(crate::visitors::scope_for_sign_in(store.read(), &assistant).await.unwrap(), None);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_logo_comes_back_as_it_went_in() {
    on_both(async |store| {
        let one = tenant(store, "one").await;
        let (scope, assistant) = (&one.scope, &one.assistant);
        let tx = store.begin().await.unwrap();
        interfaces::put_logo(scope, &tx, assistant, logo("first"), NOW).await.unwrap();
        interfaces::put_logo(scope, &tx, assistant, logo("second"), NOW).await.unwrap();
        tx.commit().await.unwrap();
        let row = interfaces::find(scope, store.read(), assistant).await.unwrap().unwrap();
        assert_eq!((row.settings, row.logo_hash.as_deref()), (InterfaceSettings::default(), Some("second")));

        let found = async |hash: Option<&str>| interfaces::find_logo(store.read(), assistant, hash).await.unwrap();
        // Nothing is switched on: only who was told the hash sees it.
        assert_eq!((found(None).await, found(Some("first")).await), (None, None));
        assert_eq!(found(Some("second")).await, Some(logo("second")));
        put(store, scope, assistant, with_chat()).await;
        assert_eq!(found(None).await, Some(logo("second")), "the settings leave the logo alone");

        let tx = store.begin().await.unwrap();
        assert!(interfaces::delete_logo(scope, &tx, assistant, NOW).await.unwrap());
        assert!(!interfaces::delete_logo(scope, &tx, assistant, NOW).await.unwrap());
        tx.commit().await.unwrap();
        assert_eq!(found(Some("second")).await, None);
        let row = interfaces::find(scope, store.read(), assistant).await.unwrap().unwrap();
        assert_eq!((row.settings, row.logo_type), (with_chat(), None));
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_sign_in_that_is_switched_off_is_kept_and_told_to_no_stranger() {
    on_both(async |store| {
        let one = tenant(store, "one").await;
        let (scope, assistant) = (&one.scope, &one.assistant);
        let on = VisitorSignIn { required: true, signed_identity: true, ..VisitorSignIn::default() };
        let told = async || {
            let open = interfaces::open(store.read(), assistant).await.unwrap().unwrap();
            let (_, settings) = crate::visitors::settings_of(store.read(), assistant).await.unwrap().unwrap();
            assert_eq!(open.row.settings, settings);
            let acting = crate::visitors::scope_for_sign_in(store.read(), assistant).await.unwrap().unwrap();
            assert_eq!((acting.organisation(), acting.role(), acting.user()), (scope.organisation(), Role::User, None));
            settings.sign_in
        };
        put(store, scope, assistant, InterfaceSettings { sign_in: on.clone(), ..with_chat() }).await;
        assert_eq!(told().await, on);
        let off = VisitorSignIn { off: true, ..on };
        put(store, scope, assistant, InterfaceSettings { sign_in: off.clone(), ..with_chat() }).await;
        assert_eq!(told().await, VisitorSignIn::default());
        let row = interfaces::find(scope, store.read(), assistant).await.unwrap().unwrap();
        assert_eq!(row.settings.sign_in, off);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_identities_are_signed_with_can_be_forgotten() {
    on_both(async |store| {
        let one = tenant(store, "one").await;
        let (scope, assistant) = (&one.scope, &one.assistant);
        let tx = store.begin().await.unwrap();
        assert!(!interfaces::delete_identity_secret(scope, &tx, assistant, NOW).await.unwrap(), "there is none");
        interfaces::put_openid_secret(scope, &tx, assistant, Some("theirs".to_owned()), NOW).await.unwrap();
        interfaces::put_identity_secret(scope, &tx, assistant, "ours", NOW).await.unwrap();
        assert!(interfaces::delete_identity_secret(scope, &tx, assistant, NOW).await.unwrap());
        assert!(!interfaces::delete_identity_secret(scope, &tx, assistant, NOW).await.unwrap());
        tx.commit().await.unwrap();
        let row = interfaces::find(scope, store.read(), assistant).await.unwrap().unwrap();
        assert_eq!((row.identity_secret, row.identity_secret_made_at), (None, None));
        assert_eq!(row.openid_secret.as_deref(), Some("theirs"), "the other one stays");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn errors_are_counted_and_the_oldest_forgotten() {
    on_both(async |store| {
        let (one, two) = (tenant(store, "one").await, tenant(store, "two").await);
        for each in [&one, &two] {
            put(store, &each.scope, &each.assistant, with_chat()).await;
        }
        let open = interfaces::open(store.read(), &one.assistant).await.unwrap().unwrap();
        let tx = store.begin().await.unwrap();
        for (later, said) in [(1, "first"), (2, "again\0")] {
            let error = met("https://shop.example", "offline", said);
            widget_errors::note(&open, &tx, error, NOW.plus_millis(later)).await.unwrap();
        }
        tx.commit().await.unwrap();
        let rows = widget_errors::list(&one.scope, store.read(), &one.assistant).await.unwrap();
        assert_eq!(rows.len(), 1);
        assert_eq!((rows[0].times, rows[0].message.as_str(), rows[0].met_at), (2, "again ", NOW.plus_millis(2)));
        assert!(widget_errors::list(&two.scope, store.read(), &two.assistant).await.unwrap().is_empty());

        let tx = store.begin().await.unwrap();
        for number in 0..60 {
            let error = met(&format!("https://s{number}.example"), "offline", "");
            widget_errors::note(&open, &tx, error, NOW.plus_millis(10 + number)).await.unwrap();
        }
        tx.commit().await.unwrap();
        let rows = widget_errors::list(&one.scope, store.read(), &one.assistant).await.unwrap();
        assert_eq!(rows.len(), widget_errors::MOST);
        assert_eq!((rows[0].origin.as_str(), rows[49].origin.as_str()), ("https://s59.example", "https://s10.example"));
    })
    .await;
}
