//! What takes hours leaves places for what people wait for.

use std::net::TcpListener;

use hammock_contract::{
    document::DocumentState,
    source::{NewSource, SourceKind, WebsiteSettings},
};
use hammock_llm::scripted::ScriptedModel;

use super::world::{World, until};

/// More websites than one worker does at once, of whatever kind its work is.
const MANY: u64 = 13;
/// How many of one organisation it reads at once.
const AT_ONCE: u64 = 5;

#[tokio::test]
async fn an_upload_is_read_while_many_websites_are() {
    // Whoever connects is never answered.
    let silent = TcpListener::bind("127.0.0.1:0").expect("loopback can be bound");
    let authority = silent.local_addr().expect("it has an address").to_string();
    let world = World::with_site_at(ScriptedModel::new([]), &authority).await;
    let busy = world.owner("Eva").await;
    let (collection, _) = world.collection(&busy, "Museum").await;
    for number in 0..MANY {
        let settings = WebsiteSettings::of(format!("http://{authority}/{number}/"));
        let new = NewSource {
            name: format!("Site {number}"),
            description: String::new(),
            kind: SourceKind::Website(settings),
        };
        world.hammock.create_source(&busy, &collection, new).await.expect("a source is made");
    }
    world.work();
    let take_their_places = async || {
        until("the websites take their places", async || {
            let jobs = hammock_store::jobs::count(world.hammock.store().read()).await.expect("jobs are counted");
            (jobs.running == AT_ONCE && jobs.queued == MANY - AT_ONCE).then_some(())
        })
        .await;
    };
    take_their_places().await;

    let other = world.owner("Jan").await;
    let (_, source) = world.collection(&other, "Library").await;
    let document = world.upload(&other, &source, "hours.md", b"The library opens at ten.").await.expect("it comes in");
    let read = world.read(&other, &document.id).await;
    assert_eq!((read.state, read.error), (DocumentState::Ready, None));
    take_their_places().await;
}
