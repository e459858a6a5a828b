//! What a newer version makes of the rows of an older one.

use hammock_contract::{
    CollectionId, DocumentId, ErrorCode, OrganisationId, SourceId, Timestamp, UserId,
    collection::CollectionAccess,
    passage::Place,
    retrieval::RetrievalSettings,
    source::{SourceKind, WebsiteSettings},
};
use hammock_migrations::{Migrator, MigratorTrait};
use sea_orm::{ConnectionTrait, Database};

use super::support::{NOW, older_databases, rows_of_an_owner};
use crate::{Scope, Store, StoreOptions, chunks, collections, documents, sources};

const SLIDES: &str = "application/vnd.openxmlformats-officedocument.presentationml.presentation";
const SHEETS: &str = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";
const SCAN: &str = r#"{"type":"invalid","code":"empty_file","message":"no text found: it may be a scan"}"#;
const EMPTY: &str = r#"{"type":"invalid","code":"empty_file","message":"the file is empty"}"#;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn numbers_of_pages_become_places_and_scans_are_told_from_empty_files() {
    let older = older_databases();
    for (first_url, url) in older.urls.clone() {
        let (organisation, collection, source) = (OrganisationId::new(), CollectionId::new(), SourceId::new());
        let documents: Vec<DocumentId> = (0..4).map(|_| DocumentId::new()).collect();
        let before = Database::connect(&first_url).await.unwrap();
        Migrator::up(&before, Some(2)).await.unwrap();
        let mut statements = vec![
            format!("INSERT INTO organisations (id, name, created_at) VALUES ('{organisation}', 'One', 1)"),
            format!(
                "INSERT INTO collections (id, organisation_id, name, name_key, description, created_at, updated_at) \
                 VALUES ('{collection}', '{organisation}', 'C', 'c', '', 1, 1)"
            ),
            format!(
                "INSERT INTO sources (id, organisation_id, collection_id, name, name_key, kind, state, crawl, \
                 last_page_count, created_at) \
                 VALUES ('{source}', '{organisation}', '{collection}', 'S', 's', '{{\"kind\":\"upload\"}}', 'ready', 0, 0, 1)"
            ),
        ];
        let rows = [("application/pdf", EMPTY), (SLIDES, SCAN), (SHEETS, EMPTY), ("text/plain", EMPTY)];
        for (number, (document, (media_type, error))) in documents.iter().zip(rows).enumerate() {
            let page = if media_type == "text/plain" { "NULL" } else { "7" };
            statements.push(format!(
                "INSERT INTO documents (id, organisation_id, collection_id, source_id, title, location, location_key, \
                 search_key, media_type, bytes, state, error, revision, last_revision, chunks, embedded_chunks, \
                 seen_in_crawl, created_at) VALUES ('{document}', '{organisation}', '{collection}', '{source}', 'T', \
                 '{number}', '{number}', 't', '{media_type}', 1, 'ready', '{error}', 1, 1, 1, 0, 0, 1)"
            ));
            statements.push(format!(
                "INSERT INTO chunks (id, organisation_id, collection_id, document_id, revision, ordinal, headings, text, \
                 start_byte, end_byte, page, embedded_space) VALUES ('{}', '{organisation}', '{collection}', \
                 '{document}', 1, 0, '[]', 'text', 0, 4, {page}, '')",
                hammock_contract::ChunkId::new()
            ));
        }
        for statement in &statements {
            before.execute_unprepared(statement).await.unwrap();
        }
        before.close().await.unwrap();

        let store = Store::connect(&url, &StoreOptions::default()).await.unwrap();
        let scope = Scope::operator(organisation);
        let (mut places, mut codes) = (Vec::new(), Vec::new());
        for document in &documents {
            let mut rows = chunks::list(&scope, store.read(), document, 1).await.unwrap();
            assert_eq!(rows.len(), 1);
            let row = rows.remove(0);
            assert_eq!((row.text.as_str(), row.table_part), ("text", None));
            places.push(row.place);
            codes.push(documents::find(&scope, store.read(), document).await.unwrap().error.unwrap().code);
        }
        assert_eq!(places, [Some(Place::page(7)), Some(Place::Slide { number: 7 }), None, None]);
        assert_eq!(
            codes,
            [ErrorCode::EmptyFile, ErrorCode::FileWithoutText, ErrorCode::EmptyFile, ErrorCode::EmptyFile]
        );
        // Nothing is set for collections of before: they are searched as they were.
        let settings = collections::list_retrieval(&scope, store.read(), &[collection]).await.unwrap();
        assert_eq!(settings, [RetrievalSettings::default()]);
        store.close().await.unwrap();
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn websites_are_read_daily_from_then_on_and_their_pages_are_known() {
    let older = older_databases();
    let website = r#"{"kind":"website","start_url":"https://example.org/","page_limit":7,"use_sitemap":true,"follow_links":false}"#;
    for (first_url, url) in older.urls.clone() {
        let (organisation, collection, document) = (OrganisationId::new(), CollectionId::new(), DocumentId::new());
        let rows = [
            (SourceId::new(), "website", website, "ready", "5000"),
            (SourceId::new(), "new website", website, "empty", "NULL"),
            (SourceId::new(), "website at work", website, "working", "5000"),
            (SourceId::new(), "files", r#"{"kind":"upload"}"#, "ready", "5000"),
        ];
        let before = Database::connect(&first_url).await.unwrap();
        Migrator::up(&before, Some(3)).await.unwrap();
        let mut statements = vec![
            format!("INSERT INTO organisations (id, name, created_at) VALUES ('{organisation}', 'One', 1)"),
            format!(
                "INSERT INTO collections (id, organisation_id, name, name_key, description, created_at, updated_at) \
                 VALUES ('{collection}', '{organisation}', 'C', 'c', '', 1, 1)"
            ),
        ];
        statements.extend(rows.iter().map(|(id, name, kind, state, finished_at)| {
            format!(
                "INSERT INTO sources (id, organisation_id, collection_id, name, name_key, kind, state, crawl, \
                 last_page_count, created_at, finished_at) VALUES ('{id}', '{organisation}', '{collection}', '{name}', \
                 '{name}', '{kind}', '{state}', 0, 0, 1, {finished_at})"
            )
        }));
        statements.push(format!(
            "INSERT INTO documents (id, organisation_id, collection_id, source_id, title, location, location_key, \
             search_key, url, media_type, bytes, state, revision, last_revision, chunks, embedded_chunks, \
             seen_in_crawl, created_at) VALUES ('{document}', '{organisation}', '{collection}', '{}', 'T', 'a', 'a', \
             't', 'https://example.org/a', 'text/html', 1, 'ready', 1, 1, 1, 0, 0, 1)",
            rows[0].0
        ));
        for statement in &statements {
            before.execute_unprepared(statement).await.unwrap();
        }
        before.close().await.unwrap();

        let store = Store::connect(&url, &StoreOptions::default()).await.unwrap();
        let scope = Scope::operator(organisation);
        let mut due = Vec::new();
        for (id, ..) in &rows {
            due.push(
                sources::find(&scope, store.read(), id, NOW).await.unwrap().next_crawl_at.map(Timestamp::as_millis),
            );
        }
        assert_eq!(due, [Some(86_405_000), Some(86_400_001), None, None]);
        let mut watched = Vec::new();
        for (id, ..) in &rows {
            let row = sources::find_row(&scope, store.read(), id).await.unwrap();
            watched.push(row.next_watch_at.map(Timestamp::as_millis));
        }
        assert_eq!(watched, [Some(3_605_000), None, Some(3_605_000), None]);
        let read = sources::find(&scope, store.read(), &rows[0].0, NOW).await.unwrap();
        let expected =
            WebsiteSettings { page_limit: 7, follow_links: false, ..WebsiteSettings::of("https://example.org/") };
        assert_eq!(read.kind, SourceKind::Website(expected));
        let page = documents::find(&scope, store.read(), &document).await.unwrap();
        assert_eq!((page.depth, page.fetched_at), (Some(1), None));
        store.close().await.unwrap();
        let after = Database::connect(&first_url).await.unwrap();
        // Every version since the one of the rows above.
        let newer = u32::try_from(Migrator::migrations().len()).unwrap() - 3;
        Migrator::down(&after, Some(newer)).await.unwrap();
        Migrator::up(&after, None).await.unwrap();
        after.close().await.unwrap();
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn collections_of_before_stay_for_everybody_and_know_who_made_them() {
    let older = older_databases();
    for (first_url, url) in older.urls.clone() {
        let (organisation, maker, gone) = (OrganisationId::new(), UserId::new(), UserId::new());
        let ids = [CollectionId::new(), CollectionId::new(), CollectionId::new()];
        let before = Database::connect(&first_url).await.unwrap();
        Migrator::up(&before, Some(4)).await.unwrap();
        let mut statements = rows_of_an_owner(&organisation, &maker);
        for (number, collection) in ids.iter().enumerate() {
            statements.push(format!(
                "INSERT INTO collections (id, organisation_id, name, name_key, description, created_at, updated_at) \
                 VALUES ('{collection}', '{organisation}', '{number}', '{number}', '', 1, 1)"
            ));
        }
        for (number, (collection, user)) in ids.iter().zip([&maker, &gone]).enumerate() {
            statements.push(format!(
                "INSERT INTO audit_events (id, organisation_id, actor_kind, actor_id, action, target, detail, created_at) \
                 VALUES ('{number}', '{organisation}', 'user', '{user}', 'collection.create', '{collection}', 'null', 1)"
            ));
        }
        for statement in &statements {
            before.execute_unprepared(statement).await.unwrap();
        }
        before.close().await.unwrap();

        let store = Store::connect(&url, &StoreOptions::default()).await.unwrap();
        let scope = Scope::operator(organisation);
        let mut makers = Vec::new();
        for collection in &ids {
            let row = collections::find_row(&scope, store.read(), collection).await.unwrap();
            assert_eq!(row.access, CollectionAccess::Organisation);
            makers.push(row.created_by);
        }
        assert_eq!(makers, [Some(maker), None, None]);
        store.close().await.unwrap();
    }
}
