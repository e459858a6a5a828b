//! What is the organisation's own: its name, where its speech is written down, and where its requests may go.

use hammock_contract::{
    ConnectionId, SourceId,
    collection::CollectionAccess,
    connection::ProviderKind,
    organisation::{AllowedHosts, TranscriptionSettings},
    source::{SourceKind, WebsiteSettings},
    user::Role,
};

use super::{
    support::{NOW, Tenant, add_user, on_both, tenant},
    tenancy::Checked,
};
use crate::{
    Scope, Store, StoreError, Tx, allowed_hosts, collection_access, connections, members, organisations, sources,
};

fn written_by(connection: &ConnectionId) -> TranscriptionSettings {
    TranscriptionSettings { connection: Some(connection.clone()), model: "whisper".to_owned() }
}

pub async fn ask_as_foreigner(
    checked: &mut Checked,
    foreign: &Scope,
    tx: &Tx,
    one: &Tenant,
    connection: &ConnectionId,
) {
    let db = tx.db();
    let found = organisations::find(foreign, db).await.map(|row| row.id);
    checked.empty("organisations::find", found, foreign.organisation().clone());
    checked.empty("organisations::rename", organisations::rename(foreign, tx, "Renamed").await, ());
    assert_eq!(organisations::find(foreign, db).await.unwrap().name, "Renamed");
    assert_eq!(organisations::find(&one.scope, db).await.unwrap().name, "one");
    organisations::set_transcription(&one.scope, tx, written_by(connection)).await.unwrap();
    let theirs = organisations::transcription(foreign, db).await;
    checked.empty("organisations::transcription", theirs, TranscriptionSettings::default());
    let planted = organisations::set_transcription(foreign, tx, written_by(connection)).await;
    checked.nothing("organisations::set_transcription", planted);

    let own = limited(&["example.org"]);
    allowed_hosts::put(&one.scope, tx, &own).await.unwrap();
    checked.empty("allowed_hosts::find", allowed_hosts::find(foreign, db).await, AllowedHosts::default());
    checked.empty("allowed_hosts::put", allowed_hosts::put(foreign, tx, &limited(&["evil.example"])).await, ());
    assert_eq!(allowed_hosts::find(&one.scope, db).await.unwrap(), own);
    allowed_hosts::put(foreign, tx, &AllowedHosts::default()).await.unwrap();
    add_website(tx, one, "Museum").await;
    checked.empty("allowed_hosts::list_websites", allowed_hosts::list_websites(foreign, db).await, Vec::new());
}

fn limited(hosts: &[&str]) -> AllowedHosts {
    AllowedHosts { limited: true, hosts: hosts.iter().map(|host| (*host).to_owned()).collect() }
}

async fn add_website(tx: &Tx, of: &Tenant, name: &str) {
    let kind = SourceKind::Website(WebsiteSettings::of("https://example.org/"));
    sources::create(&of.scope, tx, SourceId::new(), &of.collection, name, kind, NOW).await.unwrap();
}

async fn names_of_websites(store: &Store, scope: &Scope) -> Vec<String> {
    let rows = allowed_hosts::list_websites(scope, store.read()).await.unwrap();
    rows.into_iter().map(|row| row.name).collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_list_of_hosts_stays_when_it_does_not_count() {
    on_both(async |store| {
        let one = tenant(store, "one").await;
        assert_eq!(allowed_hosts::find(&one.scope, store.read()).await.unwrap(), AllowedHosts::default());
        let hosts = limited(&["example.org", "*.bücher.example", "[fd00::1]:8443"]);
        for allowed in [hosts.clone(), AllowedHosts { limited: false, ..hosts }, limited(&["a.example"])] {
            let tx = store.begin().await.unwrap();
            allowed_hosts::put(&one.scope, &tx, &allowed).await.unwrap();
            tx.commit().await.unwrap();
            assert_eq!(allowed_hosts::find(&one.scope, store.read()).await.unwrap(), allowed);
        }
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn websites_are_listed_to_whoever_sees_them() {
    on_both(async |store| {
        let one = tenant(store, "one").await;
        let other = add_user(store, &one.scope, "adam@example.org", Role::Administrator).await;
        let tx = store.begin().await.unwrap();
        add_website(&tx, &one, "museum").await;
        add_website(&tx, &one, "Archive").await;
        tx.commit().await.unwrap();
        for scope in [&one.scope, &other] {
            assert_eq!(names_of_websites(store, scope).await, ["Archive", "museum"], "without the files");
        }
        let tx = store.begin().await.unwrap();
        collection_access::set(&one.scope, &tx, &one.collection, CollectionAccess::Private, None, NOW).await.unwrap();
        tx.commit().await.unwrap();
        assert_eq!(names_of_websites(store, &one.scope).await.len(), 2);
        assert_eq!(names_of_websites(store, &other).await.len(), 0);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn speech_is_written_down_as_long_as_there_is_the_connection() {
    on_both(async |store| {
        let one = tenant(store, "one").await;
        let connection = ConnectionId::new();
        let kind = ProviderKind::Compatible;
        let tx = store.begin().await.unwrap();
        connections::create(&one.scope, &tx, connection.clone(), "C", kind, "http://x", None, NOW).await.unwrap();
        let nobodys = organisations::set_transcription(&one.scope, &tx, written_by(&ConnectionId::new())).await;
        assert!(matches!(nobodys, Err(StoreError::NotFound)), "{nobodys:?}");
        assert!(!members::find_self(&one.scope, tx.db()).await.unwrap().transcribes);
        organisations::set_transcription(&one.scope, &tx, written_by(&connection)).await.unwrap();
        tx.commit().await.unwrap();
        assert_eq!(organisations::transcription(&one.scope, store.read()).await.unwrap(), written_by(&connection));
        assert!(members::find_self(&one.scope, store.read()).await.unwrap().transcribes);

        let tx = store.begin().await.unwrap();
        connections::delete(&one.scope, &tx, &connection).await.unwrap();
        tx.commit().await.unwrap();
        assert_eq!(organisations::transcription(&one.scope, store.read()).await.unwrap().connection, None);
        assert!(!members::find_self(&one.scope, store.read()).await.unwrap().transcribes);
        let tx = store.begin().await.unwrap();
        let nowhere = TranscriptionSettings::default();
        organisations::set_transcription(&one.scope, &tx, nowhere.clone()).await.unwrap();
        tx.commit().await.unwrap();
        assert_eq!(organisations::transcription(&one.scope, store.read()).await.unwrap(), nowhere);
    })
    .await;
}
