//! `hammock crawl URL`.

use std::process::ExitCode;

use clap::Args;
use hammock_contract::source::{NewSource, SourceKind, WebsiteSettings};
use hammock_domain::Hammock;

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
    let collection = target::collection(hammock, &scope, &command.collection).await?;
    let sources = hammock.list_sources(&scope, &collection).await?;
    let known = sources.into_iter().find(|source| {
        matches!(&source.kind, SourceKind::Website(settings) if settings.start_url.trim_end_matches('/') == command.url.trim_end_matches('/'))
    });
    let source = match known {
        Some(source) => hammock.refresh_source(&scope, &source.id).await?,
        None => {
            let settings = WebsiteSettings {
                start_url: command.url,
                page_limit: command.page_limit,
                use_sitemap: !command.no_sitemap,
                follow_links: !command.no_links,
            };
            let new = NewSource { name: String::new(), kind: SourceKind::Website(settings) };
            hammock.create_source(&scope, &collection, new).await?
        }
    };
    let done = target::work_until_done(hammock, &scope, source).await?;
    Ok(if target::report(&done) { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}
