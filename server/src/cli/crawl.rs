//! `hammock crawl URL`.

use std::process::ExitCode;

use clap::Args;
use hammock_contract::{
    document::DocumentQuery,
    source::{NewSource, Source, SourceKind, WebsiteSettings},
};
use hammock_domain::{Hammock, Scope};

use super::{Organisation, target};

#[derive(Debug, Args)]
pub struct Command {
    /// Where to begin.
    url: String,
    /// The collection; made when there is none.
    #[arg(long, default_value = "Imported")]
    collection: String,
    /// At most this many pages.
    #[arg(long, default_value_t = 5000)]
    page_limit: u32,
    /// Does not read the sitemap.
    #[arg(long)]
    no_sitemap: bool,
    /// Does not follow links.
    #[arg(long)]
    no_links: bool,
    #[command(flatten)]
    organisation: Organisation,
}

pub async fn run(hammock: &Hammock, command: Command) -> anyhow::Result<ExitCode> {
    let scope = target::scope(hammock, &command.organisation).await?;
    let settings = WebsiteSettings {
        page_limit: command.page_limit,
        use_sitemap: !command.no_sitemap,
        follow_links: !command.no_links,
        ..WebsiteSettings::of(command.url)
    };
    // Before anything is made: what cannot be crawled leaves nothing behind.
    let settings = hammock.check_website(&scope, settings).await?;
    let is_new_collection = target::find_collection(hammock, &scope, &command.collection).await?.is_none();
    let collection = target::collection(hammock, &scope, &command.collection).await?;
    let sources = hammock.list_sources(&scope, &collection).await?;
    let start = settings.start_url.trim_end_matches('/').to_owned();
    let known = sources.into_iter().find(
        |source| matches!(&source.kind, SourceKind::Website(known) if known.start_url.trim_end_matches('/') == start),
    );
    let is_new_source = known.is_none();
    let source = match known {
        Some(source) => hammock.refresh_source(&scope, &source.id).await?,
        None => {
            let new = NewSource { name: String::new(), kind: SourceKind::Website(settings) };
            hammock.create_source(&scope, &collection, new).await?
        }
    };
    let done = target::work_until_done(hammock, &scope, source).await?;
    let is_fine = target::report(&done, 0);
    if done.documents > 0 || !is_new_source {
        return Ok(if is_fine { ExitCode::SUCCESS } else { ExitCode::FAILURE });
    }
    say_why(hammock, &scope, &done).await?;
    if is_new_collection {
        hammock.delete_collection(&scope, &collection).await?;
        eprintln!("not a single page was read, so the collection that was made for it was removed again");
    } else {
        hammock.delete_source(&scope, &done.id).await?;
        eprintln!("not a single page was read, so the website was not added to the collection");
    }
    Ok(ExitCode::FAILURE)
}

/// Why pages were not read, the first few of them; why the whole website was not has been said.
async fn say_why(hammock: &Hammock, scope: &Scope, source: &Source) -> anyhow::Result<()> {
    let query = DocumentQuery { source: Some(source.id.clone()), limit: Some(10), ..DocumentQuery::default() };
    for document in hammock.list_documents(scope, query).await?.items {
        if let Some(error) = &document.error {
            eprintln!("{}: {}", document.location, error.message);
        }
    }
    Ok(())
}
