//! On what a command works: an organisation, a collection in it.

use anyhow::Context as _;
use hammock_contract::{
    CollectionId,
    collection::NewCollection,
    page::{MAX_LIMIT, PageRequest},
    source::{Source, SourceState},
    user::User,
};
use hammock_domain::{Hammock, Scope, counted};
use hammock_store::organisations;
use tokio_util::sync::CancellationToken;

use super::Organisation;

/// The operator's scope in the organisation that was named, or in the only one.
pub async fn scope(hammock: &Hammock, wanted: &Organisation) -> anyhow::Result<Scope> {
    let all: Vec<_> = organisations::list_all(hammock.store().read())
        .await?
        .into_iter()
        .filter(|row| row.id != hammock_store::scope::builtin_organisation())
        .collect();
    let names = || all.iter().map(|row| format!("{} ({})", row.name, row.id)).collect::<Vec<_>>().join(", ");
    let found = match &wanted.organisation {
        Some(name) => {
            let mut fitting = all.iter().filter(|row| row.name == *name || row.id.as_str() == name);
            let first =
                fitting.next().with_context(|| format!("there is no organisation {name:?}; there are: {}", names()))?;
            anyhow::ensure!(
                fitting.next().is_none(),
                "several organisations are called {name:?}; give the id: {}",
                names()
            );
            first
        }
        None => match all.as_slice() {
            [only] => only,
            [] => anyhow::bail!(
                "there is no organisation yet; make one with `hammock user create` or register in the browser"
            ),
            _ => anyhow::bail!("there are several organisations; choose one with --organisation: {}", names()),
        },
    };
    Ok(Scope::operator(found.id.clone()))
}

/// Everybody in the organisation, by name.
pub async fn people(hammock: &Hammock, scope: &Scope) -> anyhow::Result<Vec<User>> {
    let (mut all, mut page_token) = (Vec::new(), None);
    loop {
        let request = PageRequest { limit: Some(MAX_LIMIT), page_token, query: None };
        let page = hammock.list_users(scope, request).await?;
        all.extend(page.items);
        match page.next_page_token {
            Some(token) => page_token = Some(token),
            None => return Ok(all),
        }
    }
}

/// The collection with a name; made when there is none.
pub async fn collection(hammock: &Hammock, scope: &Scope, name: &str) -> anyhow::Result<CollectionId> {
    if let Some(id) = find_collection(hammock, scope, name).await? {
        return Ok(id);
    }
    let new = NewCollection { name: name.to_owned(), description: String::new() };
    let made = hammock.create_collection(scope, new).await?;
    println!("made the collection {:?} ({})", made.name, made.id);
    Ok(made.id)
}

/// The collection with a name, if there is one.
pub async fn find_collection(hammock: &Hammock, scope: &Scope, name: &str) -> anyhow::Result<Option<CollectionId>> {
    let mut page_token = None;
    loop {
        let request = PageRequest { limit: Some(MAX_LIMIT), page_token, query: None };
        let page = hammock.list_collections(scope, request).await?;
        if let Some(found) = page.items.into_iter().find(|one| one.name.eq_ignore_ascii_case(name)) {
            return Ok(Some(found.id));
        }
        match page.next_page_token {
            Some(token) => page_token = Some(token),
            None => return Ok(None),
        }
    }
}

/// Works in the background until `source` has nothing left to do, and says how far it is.
pub async fn work_until_done(hammock: &Hammock, scope: &Scope, source: Source) -> anyhow::Result<Source> {
    let stop = CancellationToken::new();
    // Where a server works already, it does this too.
    let worker = match hammock.take_background_work().await? {
        true => Some(hammock.spawn_worker(stop.clone())),
        false => None,
    };
    let mut last = String::new();
    let done = loop {
        tokio::time::sleep(std::time::Duration::from_millis(200)).await;
        let now = hammock.find_source(scope, &source.id).await?;
        if let Some(progress) = &now.progress {
            let total = progress.total.map(|total| format!(" of {total}")).unwrap_or_default();
            let line = format!("{} {}{total}", progress.stage, progress.done);
            if line != last {
                eprintln!("{line}");
                last = line;
            }
        }
        if now.state != SourceState::Working {
            break now;
        }
    };
    stop.cancel();
    if let Some(worker) = worker {
        worker.await.context("the background work broke off")?;
    }
    Ok(done)
}

/// Says how a source stands; whether it is as it should be.
pub fn report(source: &Source) -> bool {
    println!("{}", standing(source));
    if let Some(error) = &source.error {
        eprintln!("{}: {}", error.code.as_str(), error.message);
    }
    source.state == SourceState::Ready
}

fn standing(source: &Source) -> String {
    let documents = usize::try_from(source.documents).unwrap_or(usize::MAX);
    let answer = if documents == 1 { "answers" } else { "answer" };
    let were = if source.failed_documents == 1 { "was" } else { "were" };
    let (name, answering) = (&source.name, counted(documents, "document"));
    format!("{name}: {answering} {answer}, {} failed or {were} left out", source.failed_documents)
}
