//! The server goes down in the middle of an answer, or of a crawl.

use std::sync::Arc;

use hammock_contract::{
    chat::{ChatRequest, MessageState},
    crawl::{CrawlOutcome, CrawlTrigger},
    source::{SourceState, WebsiteSettings},
};
use hammock_llm::scripted::{Reply, ScriptedModel, Step};
use hammock_net::EgressPolicy;
use hammock_store::{conversations, crawl_changes, crawl_rests, documents, jobs, runs, stream_events};
use hammock_testkit::site::Page;
use tokio::runtime::Runtime;
use tokio_util::sync::CancellationToken;

use super::{
    chat::{QUESTION, all, ask, conversation_of, last, museum, start, text_of, up_to_text},
    crawling::{Crawled, small, website},
    made::Made,
    resumed::{MANY, asked, begin, grown, numbers},
    world::{World, until},
};
use crate::knowledge::jobs::Reached;

#[test]
fn the_next_start_closes_what_was_cut_off_with_its_partial_text() {
    let steps = vec![Step::Say("It opens at nine [1]".to_owned()), Step::Hang];
    let first = Runtime::new().unwrap();
    let (folder, owner, request, run, seen) = first.block_on(async {
        let (world, owner, request) = museum(ScriptedModel::new([Reply::Stream(steps)])).await;
        let mut answer = start(&world, &owner, request.clone()).await;
        let seen = up_to_text(&mut answer.events).await;
        (Arc::clone(&world.folder), owner, request, answer.run, seen)
    });
    // Every task is dropped where it stands: as near to a crash as one process comes.
    first.shutdown_timeout(std::time::Duration::from_secs(10));

    Runtime::new().unwrap().block_on(async {
        let world = World::in_folder(folder, ScriptedModel::saying("At nine [1].")).await;
        world.clock.pass(1);
        let conversation = conversation_of(&seen);
        let before = world.hammock.find_conversation(&owner, &conversation).await.unwrap();
        let so_far = &before.messages[1];
        assert_eq!((so_far.state, so_far.text.as_str()), (MessageState::Streaming, "It opens at nine [1]"));
        assert_eq!((so_far.citations.len(), so_far.steps.len()), (1, 2));
        world.hammock.prepare().await.unwrap();
        let after = world.hammock.find_conversation(&owner, &conversation).await.unwrap();
        let message = &after.messages[1];
        assert_eq!((message.state, message.text.as_str()), (MessageState::Interrupted, "It opens at nine [1]"));
        assert_eq!((message.citations.len(), message.steps.len()), (1, 2));
        assert!(message.citations[0].cited, "its sources are listed as those of every answer");

        // A client that comes back gets the rest: the end.
        let events = world.hammock.resume_answer(&owner, &run, seen.len() as u64).await.unwrap().events;
        let rest = all(events).await;
        assert_eq!((rest.len(), &last(&rest)), (1, message));
        let events = world.hammock.resume_answer(&owner, &run, 0).await.unwrap().events;
        assert_eq!(text_of(&all(events).await), message.text);

        // The conversation goes on, and another start changes nothing.
        world.hammock.rebuild_index(|_| {}).await.unwrap();
        let again = ChatRequest { conversation: Some(conversation.clone()), text: QUESTION.to_owned(), ..request };
        let (_, answer) = ask(&world, &owner, again).await;
        assert_eq!(answer.state, MessageState::Complete);
        world.clock.pass(1);
        world.hammock.prepare().await.unwrap();
        let stored = world.hammock.find_conversation(&owner, &conversation).await.unwrap();
        assert_eq!(stored.messages[1], *message);
        assert_eq!(stored.messages[3], answer);
    });
}

/// What its owner deleted while it was being answered keeps no server from starting.
#[test]
fn the_next_start_closes_what_was_cut_off_in_a_conversation_that_was_deleted() {
    let steps = vec![Step::Say("It opens at nine [1]".to_owned()), Step::Hang];
    let first = Runtime::new().unwrap();
    let (folder, owner, run, conversation) = first.block_on(async {
        let (world, owner, request) = museum(ScriptedModel::new([Reply::Stream(steps)])).await;
        let mut answer = start(&world, &owner, request).await;
        let conversation = conversation_of(&up_to_text(&mut answer.events).await);
        // As it is stored while the answer goes on: deleted by the person, it would be stopped first.
        let tx = world.hammock.store().begin().await.unwrap();
        conversations::delete(&owner, &tx, &conversation, world.hammock.now()).await.unwrap();
        tx.commit().await.unwrap();
        (Arc::clone(&world.folder), owner, answer.run, conversation)
    });
    first.shutdown_timeout(std::time::Duration::from_secs(10));

    Runtime::new().unwrap().block_on(async {
        let world = World::in_folder(folder, ScriptedModel::new([])).await;
        world.clock.pass(1);
        let h = &world.hammock;
        h.prepare().await.unwrap();
        let ended = runs::find(&owner, h.store().read(), &run).await.unwrap();
        assert_eq!((ended.state, ended.finished_at), (MessageState::Interrupted, Some(h.now())));
        let message = last(&all(h.resume_answer(&owner, &run, 0).await.unwrap().events).await);
        assert_eq!((message.state, message.text.as_str()), (MessageState::Interrupted, "It opens at nine [1]"));
        h.restore_conversation(&owner, &conversation).await.unwrap();
        let restored = h.find_conversation(&owner, &conversation).await.unwrap();
        assert_eq!(restored.messages[1], message, "it is what comes back");
    });
}

/// Between storing the message and storing the event that says so, or long after, when the events were cleared away.
#[tokio::test]
async fn who_comes_back_learns_of_the_end_though_its_event_is_not_there() {
    let (world, owner, request) = museum(ScriptedModel::saying("At nine [1].")).await;
    let answer = start(&world, &owner, request).await;
    let run = answer.run.clone();
    let seen = all(answer.events).await;
    let resumed =
        async |after: usize| all(world.hammock.resume_answer(&owner, &run, after as u64).await.unwrap().events).await;
    assert!(resumed(seen.len()).await.is_empty(), "the end was seen");
    let store = world.hammock.store();
    let tx = store.begin().await.unwrap();
    assert_eq!(
        stream_events::delete_finished(&tx, world.hammock.now().plus_millis(1)).await.unwrap(),
        seen.len() as u64
    );
    tx.commit().await.unwrap();
    for after in [0, seen.len() - 1] {
        let rest = resumed(after).await;
        assert_eq!((rest.len(), last(&rest)), (1, last(&seen)));
    }
}

#[tokio::test]
async fn a_crawl_that_the_end_of_the_server_cut_off_goes_on_by_itself() {
    let site = website().await;
    let crawled = grown(&site).await;
    let (h, owner, id) = (&crawled.world.hammock, &crawled.owner, &crawled.source);
    begin(&crawled).await;
    crawled.world.stop_working();
    crawled.world.index.release();
    let cut_off = until("the crawl ends", async || {
        let last = crawled.last().await;
        (last.outcome != CrawlOutcome::Running).then_some(last)
    })
    .await;
    assert_eq!((cut_off.outcome, &cut_off.error, cut_off.removed), (CrawlOutcome::Interrupted, &None, 0));
    assert!(cut_off.added < MANY, "{}", cut_off.added);
    let waiting = h.find_source(owner, id).await.unwrap();
    assert_eq!(
        (waiting.state, waiting.progress.map(|it| it.stage)),
        (SourceState::Working, Some("waiting".to_owned()))
    );

    // Whoever works next goes on with it.
    let next = CancellationToken::new();
    let _end = next.clone().drop_guard();
    h.spawn_worker(next);
    let source = crawled.end().await;
    assert_eq!((source.state, source.documents), (SourceState::Ready, MANY + 2));
    let history = h.list_crawls(owner, id).await.unwrap();
    assert_eq!((history.len(), &history[0].id), (2, &cut_off.id));
    assert_eq!((history[0].outcome, numbers(&history[0])), (CrawlOutcome::Complete, [MANY, 0, 2, 1, 0, 0]));
    for (path, count) in asked(&site) {
        assert_eq!(count, 1, "{path}");
    }
}

/// Not even a batch of pages was there.
#[test]
fn a_crawl_that_was_killed_at_its_beginning_goes_on() {
    let outside = Runtime::new().unwrap();
    let site = outside.block_on(website());
    site.put("/", Page::html("<main><p>The museum says: start</p></main><a href=/a>a</a>"));
    site.put("/a", Page::html("<main><p>The museum says: a</p></main><a href=/slow>slow</a>"));
    site.put("/slow", Page::status(503).retry_after("60"));
    let listed = format!("<urlset><url><loc>{}</loc></url></urlset>", site.url("/listed"));
    site.put("/sitemap.xml", Page::of("application/xml", listed));
    site.put("/listed", Page::html("<main><p>The museum says: listed</p></main>"));
    let settings = WebsiteSettings { use_sitemap: true, ..small(&site) };
    let first = Runtime::new().unwrap();
    let (folder, owner, id) = first.block_on(async {
        let Crawled { world, owner, source, .. } = Crawled::waiting(&site, settings).await;
        let (h, scope, id) = (world.hammock.clone(), owner.clone(), source.clone());
        tokio::spawn(async move {
            let (trigger, never) = (CrawlTrigger::Person, CancellationToken::new());
            h.crawl_source(&scope, &id, trigger, None, never.clone(), &never).await
        });
        until("it is noted what is left", async || {
            let is_slow = site.requests().iter().any(|path| path == "/slow");
            let noted = crawl_rests::find(&owner, world.hammock.store().read(), &source).await.unwrap();
            noted.filter(|_| is_slow)
        })
        .await;
        (Arc::clone(&world.folder), owner, source)
    });
    first.shutdown_timeout(std::time::Duration::from_secs(10));

    site.put("/slow", Page::html("<main><p>The museum says: slow</p></main>"));
    Runtime::new().unwrap().block_on(async {
        let egress = EgressPolicy::allowing([site.authority().parse().unwrap()]);
        let world = World::made(Made { egress, ..Made::new(folder) }).await;
        let h = &world.hammock;
        let before = h.list_crawls(&owner, &id).await.unwrap();
        assert_eq!((before.len(), before[0].outcome), (1, CrawlOutcome::Running));
        let never = CancellationToken::new();
        let reached = h.crawl_source(&owner, &id, CrawlTrigger::Person, None, never.clone(), &never).await;
        assert_eq!(reached, Ok(Reached::End));
        let after = h.list_crawls(&owner, &id).await.unwrap();
        assert_eq!((after.len(), &after[0].id), (1, &before[0].id), "it is one crawl");
        assert_eq!((after[0].outcome, numbers(&after[0])), (CrawlOutcome::Complete, [4, 0, 0, 0, 0, 0]));
        assert_eq!(h.find_source(&owner, &id).await.unwrap().documents, 4);
    });
    let asked = site.requests().iter().filter(|path| *path == "/sitemap.xml").count();
    assert_eq!(asked, 1, "what it begins at is known");
}

/// A page said something else when the crawl was killed, and says again what it said before when the crawl goes on.
#[test]
fn what_a_killed_crawl_left_waiting_is_withdrawn_when_its_page_says_it_no_more() {
    let outside = Runtime::new().unwrap();
    let site = outside.block_on(website());
    let [first_text, other_text, slow_text] =
        ["The museum says: aardvarks live here", "Tickets cost twelve crowns", "The museum says: slowly"]
            .map(|text| Page::html(format!("<main><p>{text}</p></main>")));
    site.put("/", Page::html("<main><p>The museum says: start</p></main><a href=/a>a</a><a href=/slow>slow</a>"));
    site.put("/a", first_text.clone());
    site.put("/slow", slow_text.clone());
    let first = Runtime::new().unwrap();
    let (folder, owner, id) = first.block_on(async {
        let Crawled { world, owner, source, .. } = Crawled::waiting(&site, small(&site)).await;
        let (trigger, never) = (CrawlTrigger::Person, CancellationToken::new());
        let read = world.hammock.crawl_source(&owner, &source, trigger, None, never.clone(), &never).await;
        assert_eq!(read, Ok(Reached::End));
        site.put("/a", other_text);
        site.put("/slow", Page::status(503).retry_after("60"));
        let (h, scope, id) = (world.hammock.clone(), owner.clone(), source.clone());
        tokio::spawn(async move { h.crawl_source(&scope, &id, trigger, None, never.clone(), &never).await });
        until("a text waits", async || {
            let waiting = crawl_changes::list(&owner, world.hammock.store().read(), &source, 2).await.unwrap();
            (waiting.len() == 1).then_some(())
        })
        .await;
        (Arc::clone(&world.folder), owner, source)
    });
    first.shutdown_timeout(std::time::Duration::from_secs(10));

    site.put("/a", first_text);
    site.put("/slow", slow_text);
    Runtime::new().unwrap().block_on(async {
        let egress = EgressPolicy::allowing([site.authority().parse().unwrap()]);
        let world = World::made(Made { egress, ..Made::new(folder) }).await;
        let h = &world.hammock;
        let never = CancellationToken::new();
        let reached = h.crawl_source(&owner, &id, CrawlTrigger::Person, None, never.clone(), &never).await;
        assert_eq!(reached, Ok(Reached::End));
        let crawls = h.list_crawls(&owner, &id).await.unwrap();
        assert_eq!((crawls.len(), crawls[0].outcome), (2, CrawlOutcome::Complete), "it went on");
        assert_eq!(numbers(&crawls[0]), [0, 0, 3, 0, 0, 0]);
        let pages = documents::list_of_source(&owner, h.store().read(), &id).await.unwrap();
        assert_eq!(pages.iter().map(|page| page.revision).collect::<Vec<_>>(), [1, 1, 1]);
    });
}

#[tokio::test]
async fn what_was_done_by_the_end_of_the_server_is_not_done_again() {
    let world = World::new().await;
    let owner = world.owner("Eva").await;
    let (collection, _) = world.collection(&owner, "Museum").await;
    let h = &world.hammock;
    h.delete_collection(&owner, &collection).await.unwrap();
    let claim = async || {
        let tx = h.store().begin().await.unwrap();
        let job = jobs::claim(&tx, "worker", &["remove_collection"], u32::MAX, 60_000, h.now()).await.unwrap();
        tx.commit().await.unwrap();
        job
    };
    // Each time the server stops while the job is being done.
    let job = claim().await.unwrap();
    h.settle(&job, "worker", Ok(Reached::Part), true, true).await.unwrap();
    let again = claim().await.unwrap();
    assert_eq!(again.id, job.id, "it was cut off");
    h.settle(&again, "worker", Ok(Reached::End), true, true).await.unwrap();
    assert!(claim().await.is_none(), "it was done");
}
