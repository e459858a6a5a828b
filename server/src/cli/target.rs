//! On what a command works: an organisation, a collection in it.

use hammock_contract::{
    CollectionId, ErrorCode, KeyId, OrganisationId, check,
    collection::{Collection, NewCollection},
    page::{MAX_LIMIT, PageRequest},
    source::{Source, SourceState},
    user::User,
};
use hammock_domain::{Hammock, Scope, counted};
use hammock_store::{
    accounts, api_keys, key_of,
    organisations::{self, OrganisationRow},
};
use serde::Serialize;

use super::{Organisation, background::Background};

/// Something that a command lists, with the organisation that it belongs to.
#[derive(Debug, Serialize)]
pub struct Listed<T> {
    #[serde(flatten)]
    pub item: T,
    pub organisation: Named,
}

/// An organisation as people and programs know it.
#[derive(Debug, Clone, Serialize)]
pub struct Named {
    pub id: OrganisationId,
    pub name: String,
}

impl std::fmt::Display for Named {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} ({})", self.name, self.id)
    }
}

impl From<OrganisationRow> for Named {
    fn from(row: OrganisationRow) -> Self {
        let OrganisationRow { id, name, .. } = row;
        Self { id, name }
    }
}

/// The organisation that was named, or all.
pub async fn organisations(hammock: &Hammock, wanted: &Organisation) -> anyhow::Result<Vec<Named>> {
    let all = organisations::list_all(hammock.store().read()).await?;
    let all: Vec<Named> = all.into_iter().map(Named::from).collect();
    let Some(name) = &wanted.organisation else {
        anyhow::ensure!(
            !all.is_empty(),
            "there is no organisation yet in {}; make one with `hammock user create`, register in the browser, or name \
             another directory with --data-dir",
            hammock.settings().data_dir.display()
        );
        return Ok(all);
    };
    let fitting: Vec<Named> = all.iter().filter(|one| one.name == *name || one.id.as_str() == name).cloned().collect();
    match fitting.len() {
        0 => anyhow::bail!("there is no organisation {name:?}; there are: {}", listed(&all)),
        1 => Ok(fitting),
        _ => anyhow::bail!("several organisations are called {name:?}; give the id: {}", listed(&fitting)),
    }
}

/// The operator's scope in the organisation that was named, or in the only one.
pub async fn scope(hammock: &Hammock, wanted: &Organisation) -> anyhow::Result<Scope> {
    match organisations(hammock, wanted).await?.as_slice() {
        [only] => Ok(Scope::operator(only.id.clone())),
        several => {
            anyhow::bail!("there are several organisations; choose one with --organisation: {}", listed(several))
        }
    }
}

/// The operator's scope in the organisation of the person with an e-mail address, or in the one that was named.
pub async fn scope_of_person(hammock: &Hammock, wanted: &Organisation, email: &str) -> anyhow::Result<Scope> {
    if wanted.organisation.is_some() {
        return scope(hammock, wanted).await;
    }
    match accounts::organisations_of(hammock.store().read(), email).await?.as_slice() {
        [only] => Ok(Scope::operator(only.clone())),
        [] => anyhow::bail!("there is nobody with the address {email}"),
        several => {
            let ids: Vec<&str> = several.iter().map(OrganisationId::as_str).collect();
            anyhow::bail!("{email} is in several organisations; choose one with --organisation: {}", ids.join(", "))
        }
    }
}

/// The operator's scope in the organisation of a key, or in the one that was named; `None` when there is no such key.
pub async fn scope_of_key(hammock: &Hammock, wanted: &Organisation, key: &KeyId) -> anyhow::Result<Option<Scope>> {
    if wanted.organisation.is_some() {
        return scope(hammock, wanted).await.map(Some);
    }
    Ok(api_keys::find_organisation(hammock.store().read(), key).await?.map(Scope::operator))
}

/// A collection by its name or its id, and the operator's scope in the organisation that has it; unless one was named, all are
/// looked through.
pub async fn scope_of_collection(
    hammock: &Hammock,
    wanted: &Organisation,
    given: &str,
) -> anyhow::Result<(Scope, Collection)> {
    let mut found: Vec<(Named, Scope, Collection)> = Vec::new();
    for organisation in organisations(hammock, wanted).await? {
        let scope = Scope::operator(organisation.id.clone());
        if let Some(collection) = with_id_or_name(hammock, &scope, given).await? {
            found.push((organisation, scope, collection));
        }
    }
    // The handbook is everybody's.
    found.dedup_by(|(_, _, one), (_, _, other)| one.id == other.id);
    if found.len() > 1 {
        let places = found.iter().map(|(organisation, _, collection)| format!("{} in {organisation}", collection.id));
        let places = places.collect::<Vec<_>>().join(", ");
        anyhow::bail!(
            "several organisations have a collection {given:?}; give its id, or choose one with --organisation: {places} \
             (ambiguous)"
        );
    }
    match found.pop() {
        Some((_, scope, collection)) => Ok((scope, collection)),
        None => anyhow::bail!("there is no collection {given:?} ({})", ErrorCode::NotFound.as_str()),
    }
}

async fn with_id_or_name(hammock: &Hammock, scope: &Scope, given: &str) -> anyhow::Result<Option<Collection>> {
    if let Ok(id) = given.parse::<CollectionId>() {
        match hammock.find_collection(scope, &id).await {
            Ok(collection) => return Ok(Some(collection)),
            // A name may look like an id.
            Err(error) if error.code == ErrorCode::NotFound => {}
            Err(error) => return Err(error.into()),
        }
    }
    match find_collection(hammock, scope, given).await? {
        Some(id) => Ok(Some(hammock.find_collection(scope, &id).await?)),
        None => Ok(None),
    }
}

/// A name on the command line, checked there: the fault is told with its option.
pub fn name(text: &str) -> Result<String, String> {
    if check::is_blank(text) {
        return Err("must not be empty".to_owned());
    }
    check::name("it", text, 1, check::MAX_NAME).map_err(|error| error.message)
}

fn listed(organisations: &[Named]) -> String {
    organisations.iter().map(Named::to_string).collect::<Vec<_>>().join(", ")
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

/// The collection with a name; made when there is none. One that cannot be changed is refused before anything is read for it.
pub async fn collection(hammock: &Hammock, scope: &Scope, name: &str) -> anyhow::Result<CollectionId> {
    if let Some(id) = find_collection(hammock, scope, name).await? {
        anyhow::ensure!(
            !hammock.find_collection(scope, &id).await?.read_only,
            "the collection {name:?} came with Hammock and cannot be changed (read_only); name another one with --collection"
        );
        return Ok(id);
    }
    let new = NewCollection { name: name.to_owned(), ..NewCollection::default() };
    let made = hammock.create_collection(scope, new).await?;
    outln!("made the collection {:?} ({})", made.name, made.id);
    Ok(made.id)
}

/// The collection with a name, if there is one. It is sought as names are kept apart: what is not found can be made.
pub async fn find_collection(hammock: &Hammock, scope: &Scope, name: &str) -> anyhow::Result<Option<CollectionId>> {
    let (key, mut page_token) = (key_of(name), None);
    loop {
        let request = PageRequest { limit: Some(MAX_LIMIT), page_token, query: None };
        let page = hammock.list_collections(scope, request).await?;
        if let Some(found) = page.items.into_iter().find(|one| key_of(&one.name) == key) {
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
    let is_ours = hammock.take_background_work().await?;
    let background = Background::begin(hammock, is_ours);
    let mut last = String::new();
    let done = loop {
        tokio::time::sleep(std::time::Duration::from_millis(200)).await;
        let now = hammock.find_source(scope, &source.id).await?;
        if let Some(progress) = &now.progress {
            let total = progress.total.map(|total| format!(" of {total}")).unwrap_or_default();
            let line = format!("{} {}{total}", progress.stage, progress.done);
            if line != last {
                errln!("{line}");
                last = line;
            }
        }
        if now.state != SourceState::Working {
            break now;
        }
    };
    background.end().await?;
    if is_ours {
        // Nobody is left who would make vectors.
        let waiting = hammock.count_waiting_vectors(scope).await?;
        if waiting > 0 && done.documents > 0 {
            errln!("{}", still_waiting(usize::try_from(waiting).unwrap_or(usize::MAX)));
        }
    }
    Ok(done)
}

/// That passages have no vector yet, and what to do.
fn still_waiting(passages: usize) -> String {
    let number = counted(passages, "passage");
    let wait = if passages == 1 { "waits for its vector and is" } else { "wait for their vectors and are" };
    format!("{number} still {wait} found by words alone until then: start `hammock serve`, which makes them")
}

/// Says how a source stands, with the files that were `refused` before it had them; whether it is as it should be. Where the
/// work failed as a whole, it says why and nothing else.
pub fn report(source: &Source, refused: u64) -> bool {
    let failed_as_a_whole = source.state == SourceState::Failed && source.documents == 0;
    if !failed_as_a_whole {
        outln!("{}", standing(source, refused));
    }
    if let Some(error) = &source.error {
        errln!("{}: {}", source.name, error.message);
    }
    source.state != SourceState::Failed && refused == 0
}

fn standing(source: &Source, refused: u64) -> String {
    let documents = usize::try_from(source.documents).unwrap_or(usize::MAX);
    let answer = if documents == 1 { "answers" } else { "answer" };
    let failed = source.failed_documents + refused;
    let were = if failed == 1 { "was" } else { "were" };
    let (name, answering) = (&source.name, counted(documents, "document"));
    format!("{name}: {answering} {answer}, {failed} failed or {were} left out")
}

#[cfg(test)]
mod tests {
    use super::{name, still_waiting};

    #[test]
    fn a_name_is_checked_where_its_option_is_known() {
        assert_eq!(name(" Birds ").as_deref(), Ok("Birds"));
        assert_eq!(name(" ").unwrap_err(), "must not be empty");
        assert_eq!(name(&"x".repeat(81)).unwrap_err(), "it needs 1 to 80 characters");
    }

    #[test]
    fn what_waits_is_counted_and_told_what_to_do() {
        let one = "1 passage still waits for its vector and is found by words alone until then: start `hammock serve`, \
                   which makes them";
        assert_eq!(still_waiting(1), one);
        assert!(still_waiting(2).starts_with("2 passages still wait for their vectors and are found by words alone"));
    }
}
