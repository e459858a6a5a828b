//! Dictation: who chooses the model that writes down, and who may have something written down.

use std::time::Duration;

use hammock_contract::{
    ConnectionId, ErrorCode,
    connection::{NewConnection, ProviderKind},
    organisation::{OrganisationPatch, TranscriptionSettings},
    page::PageRequest,
    user::Role,
};
use hammock_llm::ModelError;

use super::world::World;
use crate::Scope;

/// The beginning of a recording as Chromium makes it.
const WEBM: &[u8] = b"\x1a\x45\xdf\xa3\x9fB\x86\x81\x01";

async fn connection(world: &World, owner: &Scope) -> ConnectionId {
    let new = NewConnection {
        name: "Open".to_owned(),
        kind: ProviderKind::Compatible,
        base_url: "https://open.example.org/v1".to_owned(),
        key: None,
    };
    world.hammock.create_connection(owner, new).await.unwrap().id
}

fn writing_down(connection: Option<ConnectionId>, model: &str) -> OrganisationPatch {
    let transcription = TranscriptionSettings { connection, model: model.to_owned() };
    OrganisationPatch { transcription: Some(transcription), ..OrganisationPatch::default() }
}

async fn transcribe(world: &World, scope: &Scope) -> crate::Result<String> {
    let written = world.hammock.transcribe(scope, WEBM.to_vec(), Some("cs".to_owned())).await;
    written.map(|transcription| transcription.text)
}

#[tokio::test]
async fn an_administrator_chooses_who_writes_down_and_everybody_may_dictate() {
    let world = World::new().await;
    let owner = world.owner("Eva").await;
    let user = world.colleague(&owner, "Beth", Role::User).await;
    assert_eq!(transcribe(&world, &user).await.unwrap_err().code, ErrorCode::NoTranscription);
    assert!(!world.hammock.me(&user).await.unwrap().transcribes);

    let id = connection(&world, &owner).await;
    let refused = world.hammock.update_organisation(&user, writing_down(Some(id.clone()), "whisper")).await;
    assert_eq!(refused.unwrap_err().code, ErrorCode::RoleRequired);
    let nameless = world.hammock.update_organisation(&owner, writing_down(Some(id.clone()), " ")).await.unwrap_err();
    assert_eq!((nameless.code, nameless.field.as_deref()), (ErrorCode::InvalidField, Some("model")));
    let set = world.hammock.update_organisation(&owner, writing_down(Some(id.clone()), " whisper ")).await.unwrap();
    let expected = TranscriptionSettings { connection: Some(id.clone()), model: "whisper".to_owned() };
    assert_eq!((set.transcription, set.name.as_str()), (expected, "Eva & Co"));

    world.transcriber.push(Ok("When does it open?".to_owned()));
    assert_eq!(transcribe(&world, &user).await.unwrap(), "When does it open?");
    assert!(world.hammock.me(&user).await.unwrap().transcribes);
    let heard = world.transcriber.heard();
    assert_eq!(heard.len(), 1);
    assert_eq!((heard[0].media_type.as_str(), heard[0].language.as_deref()), ("audio/webm", Some("cs")));
    assert_eq!(heard[0].audio.as_ref(), WEBM);

    // What is written down of it is not what was said.
    let request = PageRequest { query: Some("transcription.create".to_owned()), ..PageRequest::default() };
    let rows = hammock_store::audit::list(&owner, world.hammock.store().read(), &request).await.unwrap().items;
    assert_eq!(rows.len(), 1);
    assert_eq!(rows[0].target, id.as_str());
    assert_eq!(rows[0].detail, serde_json::json!({ "model": "whisper", "bytes": WEBM.len() }));

    world.hammock.delete_connection(&owner, &id).await.unwrap();
    assert_eq!(transcribe(&world, &user).await.unwrap_err().code, ErrorCode::NoTranscription);
    assert!(!world.hammock.me(&user).await.unwrap().transcribes);
}

#[tokio::test]
async fn another_organisations_connection_is_not_there() {
    let world = World::new().await;
    let eva = world.owner("Eva").await;
    let mallory = world.owner("Mallory").await;
    let id = connection(&world, &eva).await;
    let refused = world.hammock.update_organisation(&mallory, writing_down(Some(id.clone()), "whisper")).await;
    assert_eq!(refused.unwrap_err().code, ErrorCode::NotFound);
    world.hammock.update_organisation(&eva, writing_down(Some(id), "whisper")).await.unwrap();
    world.transcriber.push(Ok("Hers".to_owned()));
    assert_eq!(transcribe(&world, &mallory).await.unwrap_err().code, ErrorCode::NoTranscription);
    assert!(world.transcriber.heard().is_empty());
    let off = world.hammock.update_organisation(&eva, writing_down(None, "whisper")).await.unwrap();
    assert_eq!(off.transcription, TranscriptionSettings::default());
    assert_eq!(transcribe(&world, &eva).await.unwrap_err().code, ErrorCode::NoTranscription);
}

#[tokio::test]
async fn the_providers_own_words_stay_with_administrators() {
    let own = || "kaboom at /srv/secret".to_owned();
    for (failure, code) in [
        (ModelError::Refused(own()), ErrorCode::ProviderRefused),
        (ModelError::Failed(own()), ErrorCode::ProviderFailed),
        (ModelError::Broken(own()), ErrorCode::AnswerBrokenOff),
        (ModelError::Limited { reason: own(), again_in: Some(Duration::from_secs(7)) }, ErrorCode::ProviderLimited),
    ] {
        let world = World::new().await;
        let owner = world.owner("Eva").await;
        let user = world.colleague(&owner, "Beth", Role::User).await;
        let id = connection(&world, &owner).await;
        world.hammock.update_organisation(&owner, writing_down(Some(id), "whisper")).await.unwrap();
        world.transcriber.push(Err(failure));
        let told = transcribe(&world, &user).await.unwrap_err();
        assert_eq!((told.code, told.params.get("reason")), (code, None));
        assert!(!told.message.contains("kaboom"), "{}", told.message);
        let told = transcribe(&world, &owner).await.unwrap_err();
        assert_eq!((told.code, told.params.get("reason")), (code, Some(&own())));
    }
}

#[tokio::test]
async fn nobody_keeps_the_provider_busy_alone() {
    let world = World::new().await;
    let owner = world.owner("Eva").await;
    let user = world.colleague(&owner, "Beth", Role::User).await;
    let id = connection(&world, &owner).await;
    world.hammock.update_organisation(&owner, writing_down(Some(id), "whisper")).await.unwrap();
    world.transcriber.push(Ok("Said".to_owned()));
    for _ in 0..120 {
        transcribe(&world, &user).await.unwrap();
    }
    let refused = transcribe(&world, &user).await.unwrap_err();
    assert_eq!(refused.code, ErrorCode::TooManyAttempts);
    assert!(transcribe(&world, &owner).await.is_ok(), "each person for themselves");
    world.clock.pass(15 * 60 * 1000 + 1);
    assert!(transcribe(&world, &user).await.is_ok());
}
