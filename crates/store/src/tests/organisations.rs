//! What is the organisation's own: its name, and where its speech is written down.

use hammock_contract::{ConnectionId, connection::ProviderKind, organisation::TranscriptionSettings};

use super::{
    support::{NOW, Tenant, on_both, tenant},
    tenancy::Checked,
};
use crate::{Scope, StoreError, Tx, connections, members, organisations};

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
