//! Files: from the upload to the answer, and away again.

use hammock_contract::{
    DocumentId, ErrorCode, SourceId,
    document::{AskedAfter, DocumentQuery, DocumentStanding, DocumentState, MAX_ASKED_AFTER},
    source::{SourceKind, WebsiteSettings},
    user::Role,
};
use hammock_store::{Scope, sources};

use super::world::{UPLOAD_LIMIT, World, until};
use crate::UploadedFile;

const HOURS: &str = "# Opening hours\n\nThe museum opens at nine and closes at five. Dogs stay outside.\n";

/// All files below a folder of the data directory.
fn files_in(world: &World, folder: &str) -> usize {
    fn count(folder: &std::path::Path) -> usize {
        let Ok(entries) = std::fs::read_dir(folder) else { return 0 };
        entries.map(|entry| entry.unwrap().path()).map(|path| if path.is_dir() { count(&path) } else { 1 }).sum()
    }
    count(&world.folder.path().join(folder))
}

#[tokio::test]
async fn an_uploaded_file_answers_by_its_words() {
    let (world, owner) = World::at_work().await;
    let (collection, id) = world.knowledge(&owner, "Museum", HOURS).await;
    let document = world.hammock.find_document(&owner, &id).await.unwrap();
    assert_eq!((document.revision, document.chunks, document.title.as_str()), (1, 1, "Opening hours"));
    let hits = world.search(&owner, "When does the museum open?").await;
    assert_eq!((hits[0].document.clone(), hits[0].collection.clone()), (id.clone(), collection));
    let text = world.hammock.document_text(&owner, &id, None).await.unwrap();
    assert!(text.current);
    assert_eq!(&text.text[hits[0].start as usize..hits[0].end as usize], hits[0].text);
    let (_, original) = world.hammock.open_original(&owner, &id).await.unwrap();
    assert_eq!(std::fs::read_to_string(original).unwrap(), HOURS);
}

#[tokio::test]
async fn a_file_of_the_same_name_says_that_it_replaces_the_earlier_one() {
    let world = World::new().await;
    let owner = world.owner("Eva").await;
    let (_, source) = world.collection(&owner, "Museum").await;
    let mut sent = Vec::new();
    for name in ["a.md", "b.md", "a.md"] {
        let spooled = world.hammock.upload_dir().join(format!("{}-{name}", sent.len()));
        std::fs::create_dir_all(world.hammock.upload_dir()).unwrap();
        std::fs::write(&spooled, HOURS).unwrap();
        let bytes = HOURS.len() as u64;
        let file = UploadedFile { file_name: name.to_owned(), media_type: None, spooled, bytes };
        sent.push(world.hammock.upload_or_replace(&owner, &source, file).await.unwrap());
    }
    assert_eq!(sent.iter().map(|(_, replaced)| *replaced).collect::<Vec<_>>(), [false, false, true]);
    assert_eq!(sent[0].0.id, sent[2].0.id);
}

#[tokio::test]
async fn who_may_add_files_to_what_is_known_before_any_is_sent() {
    let world = World::new().await;
    let h = &world.hammock;
    let (owner, other) = (world.owner("Eva").await, world.owner("Mallory").await);
    let user = world.colleague(&owner, "Adam", Role::User).await;
    let (collection, source) = world.collection(&owner, "Museum").await;
    let website = SourceId::new();
    let settings = SourceKind::Website(WebsiteSettings::of("https://museum.example.org/"));
    let tx = h.store().begin().await.unwrap();
    sources::create(&owner, &tx, website.clone(), &collection, "Website", settings, h.now()).await.unwrap();
    tx.commit().await.unwrap();
    let handbook = h.handbook_source(&Scope::builtin()).await.unwrap();
    assert_eq!(h.check_upload(&owner, &source).await, Ok(()));
    for (scope, source, code) in [
        (&user, &source, ErrorCode::RoleRequired),
        (&other, &source, ErrorCode::NotFound),
        (&owner, &website, ErrorCode::InvalidField),
        (&owner, &handbook, ErrorCode::ReadOnly),
    ] {
        assert_eq!(h.check_upload(scope, source).await.map_err(|error| error.code), Err(code));
        let refused = world.upload(scope, source, "a.md", HOURS.as_bytes()).await;
        assert_eq!(refused.map_err(|error| error.code).map(drop), Err(code));
    }
}

#[tokio::test]
async fn a_deleted_document_is_gone_from_everywhere() {
    let (world, owner) = World::at_work().await;
    let (_, id) = world.knowledge(&owner, "Museum", HOURS).await;
    world.hammock.delete_document(&owner, &id).await.unwrap();
    // At once for people, a little later in the index and on the disk.
    assert_eq!(world.hammock.find_document(&owner, &id).await.unwrap_err().code, ErrorCode::NotFound);
    assert!(world.search(&owner, "museum dogs").await.iter().all(|hit| hit.document != id));
    until("the index forgets", async || world.index.revisions(&id).await.is_empty().then_some(())).await;
    until("the original is removed", async || (files_in(&world, "files") == 0).then_some(())).await;
}

#[tokio::test]
async fn a_deleted_collection_takes_everything_along() {
    let (world, owner) = World::at_work().await;
    let (collection, id) = world.knowledge(&owner, "Museum", HOURS).await;
    world.hammock.delete_collection(&owner, &collection).await.unwrap();
    assert_eq!(world.hammock.find_document(&owner, &id).await.unwrap_err().code, ErrorCode::NotFound);
    assert_eq!(world.hammock.list_sources(&owner, &collection).await.unwrap_err().code, ErrorCode::NotFound);
    until("the index forgets", async || world.index.revisions(&id).await.is_empty().then_some(())).await;
    until("the originals are removed", async || (files_in(&world, "files") == 0).then_some(())).await;
}

#[tokio::test]
async fn a_document_deleted_while_it_is_read_leaves_nothing_behind() {
    let world = World::new().await;
    let owner = world.owner("Eva").await;
    let (_, source) = world.collection(&owner, "Museum").await;
    world.hammock.update_handbook().await.unwrap();
    world.work();
    world.index.hold();
    let id = world.upload(&owner, &source, "hours.md", HOURS.as_bytes()).await.unwrap().id;
    world.index.wait_until_taken().await;
    assert_eq!(world.index.revisions(&id).await, [1]);
    assert!(world.search(&owner, "museum dogs").await.iter().all(|hit| hit.document != id));
    world.hammock.delete_document(&owner, &id).await.unwrap();
    world.index.release();
    until("the index forgets", async || world.index.revisions(&id).await.is_empty().then_some(())).await;
    until("the original is removed", async || (files_in(&world, "files") == 0).then_some(())).await;
}

#[tokio::test]
async fn a_bad_file_is_refused_and_leaves_nothing() {
    let world = World::new().await;
    let owner = world.owner("Eva").await;
    let (collection, source) = world.collection(&owner, "Museum").await;
    let large = vec![b'a'; UPLOAD_LIMIT as usize + 1];
    let long_name = format!("{}.txt", "a".repeat(252));
    for (name, content, code) in [
        ("empty.txt", &b""[..], ErrorCode::EmptyFile),
        ("blank.csv", &b" \n\n"[..], ErrorCode::EmptyFile),
        (
            "program.exe",
            &b"MZ\x90\x00\x03\x00\x00\x00\x04\x00\x00\x00\xff\xff\x00\x00"[..],
            ErrorCode::UnsupportedFileType,
        ),
        ("picture.png", &b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR"[..], ErrorCode::UnsupportedFileType),
        ("large.txt", &large[..], ErrorCode::TooLarge),
        ("", &b"text"[..], ErrorCode::InvalidField),
        (long_name.as_str(), &b"text"[..], ErrorCode::InvalidField),
    ] {
        let refused = world.upload(&owner, &source, name, content).await.unwrap_err();
        assert_eq!(refused.code, code, "{name}");
    }
    let query = DocumentQuery { collection: Some(collection), ..DocumentQuery::default() };
    assert!(world.hammock.list_documents(&owner, query).await.unwrap().items.is_empty());
    assert_eq!(files_in(&world, "files"), 0);
    assert!(world.index_is_empty().await);
}

#[tokio::test]
async fn a_file_that_cannot_be_read_says_why_and_takes_no_room_in_the_index() {
    let (world, owner) = World::at_work().await;
    let (_, source) = world.collection(&owner, "Museum").await;
    // Only reading shows that there is nothing but white space: these spaces are no ASCII.
    let uploaded = world.upload(&owner, &source, "blank.txt", "\u{a0}\n\u{2003}\n".as_bytes()).await;
    let (code, id) = match uploaded {
        Err(error) => (error.code, None),
        Ok(document) => {
            let document = world.read(&owner, &document.id).await;
            assert_eq!((document.state, document.revision), (DocumentState::Failed, 0));
            (document.error.unwrap().code, Some(document.id))
        }
    };
    assert_eq!(code, ErrorCode::EmptyFile);
    if let Some(id) = id {
        assert!(world.index.revisions(&id).await.is_empty());
    }
}

#[tokio::test]
async fn documents_are_asked_after_by_their_ids() {
    let (world, owner) = World::at_work().await;
    let (_, source) = world.collection(&owner, "Museum").await;
    let read = world.upload(&owner, &source, "hours.md", HOURS.as_bytes()).await.unwrap().id;
    let state = world.read(&owner, &read).await.state;
    let ask = async |scope: &Scope, documents| world.hammock.list_standings(scope, AskedAfter { documents }).await;
    let standing = DocumentStanding { document: read.clone(), state };
    assert_eq!(ask(&owner, vec![DocumentId::new(), read.clone()]).await.unwrap(), [standing]);
    assert!(ask(&owner, Vec::new()).await.unwrap().is_empty());
    let stranger = world.owner("Ota").await;
    assert!(ask(&stranger, vec![read.clone()]).await.unwrap().is_empty());
    let too_many = ask(&owner, vec![read; MAX_ASKED_AFTER + 1]).await.unwrap_err();
    assert_eq!(too_many.code, ErrorCode::InvalidField);
}

#[tokio::test]
async fn a_file_name_never_leads_out_of_its_folder() {
    let world = World::new().await;
    let owner = world.owner("Eva").await;
    let (_, source) = world.collection(&owner, "Museum").await;
    let document = world.upload(&owner, &source, "../../..\\evil/hours.md", HOURS.as_bytes()).await.unwrap();
    assert_eq!(document.location, "hours.md");
    let (_, original) = world.hammock.open_original(&owner, &document.id).await.unwrap();
    assert!(original.starts_with(world.folder.path().join("files")));
}
