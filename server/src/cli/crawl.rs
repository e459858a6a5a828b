//! `hammock crawl URL`.

use std::process::ExitCode;

use clap::Args;
use hammock_contract::{
    crawl::Schedule,
    document::DocumentQuery,
    source::{NewSource, Source, SourceKind, SourcePatch, WebsiteSettings},
};
use hammock_domain::{Hammock, Scope, counted};

use super::{Organisation, target};

#[derive(Debug, Args)]
pub struct Command {
    /// Where to begin.
    url: String,
    /// The collection; made when there is none.
    #[arg(long, default_value = "Imported", value_parser = target::name)]
    collection: String,
    /// At most this many pages. 5000 for a website that is not a source yet.
    #[arg(long)]
    page_limit: Option<u32>,
    /// Does not read the sitemap.
    #[arg(long)]
    no_sitemap: bool,
    /// Does not follow links.
    #[arg(long)]
    no_links: bool,
    /// When it is read again by itself: minute, hour, day of the month, month, day of the week, such as "30 6 * * 1-5".
    #[arg(long)]
    cron: Option<String>,
    /// Whose clock that is, such as Europe/Prague. UTC where nothing is said.
    #[arg(long, requires = "cron")]
    time_zone: Option<String>,
    /// Does not look at the sitemap every hour.
    #[arg(long)]
    no_watch: bool,
    #[command(flatten)]
    organisation: Organisation,
}

impl Command {
    fn schedule(&self) -> Option<Schedule> {
        let expression = self.cron.clone()?;
        let time_zone = self.time_zone.clone().unwrap_or_else(|| Schedule::UNIVERSAL.to_owned());
        Some(Schedule::Cron { expression, time_zone })
    }

    /// `settings` with what the command line says about them.
    fn applied(&self, settings: WebsiteSettings) -> WebsiteSettings {
        WebsiteSettings {
            page_limit: self.page_limit.unwrap_or(settings.page_limit),
            use_sitemap: settings.use_sitemap && !self.no_sitemap,
            follow_links: settings.follow_links && !self.no_links,
            schedule: self.schedule().unwrap_or(settings.schedule),
            watch_sitemap: settings.watch_sitemap && !self.no_watch,
            ..settings
        }
    }
}

pub async fn run(hammock: &Hammock, command: Command) -> anyhow::Result<ExitCode> {
    let scope = target::scope(hammock, &command.organisation).await?;
    let settings = command.applied(WebsiteSettings::of(command.url.as_str()));
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
        Some(source) => {
            change(hammock, &scope, &source, &command).await?;
            hammock.refresh_source(&scope, &source.id).await?
        }
        None => {
            let new =
                NewSource { name: String::new(), description: String::new(), kind: SourceKind::Website(settings) };
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
        errln!("not a single page was read, so the collection that was made for it was removed again");
    } else {
        hammock.delete_source(&scope, &done.id).await?;
        errln!("not a single page was read, so the website was not added to the collection");
    }
    Ok(ExitCode::FAILURE)
}

/// A website that is a source already is read as the command line says, where that says something else than what is kept.
async fn change(hammock: &Hammock, scope: &Scope, source: &Source, command: &Command) -> anyhow::Result<()> {
    let SourceKind::Website(kept) = &source.kind else { return Ok(()) };
    let wanted = hammock.check_website(scope, command.applied(kept.clone())).await?;
    let changes = changes(kept, &wanted);
    if changes.is_empty() {
        return Ok(());
    }
    let patch = SourcePatch { website: Some(wanted), ..SourcePatch::default() };
    hammock.update_source(scope, &source.id, patch).await?;
    outln!("{} is a source already; from now on: {}", source.name, changes.join(", "));
    Ok(())
}

/// What the command line can change, in words.
fn changes(before: &WebsiteSettings, now: &WebsiteSettings) -> Vec<String> {
    let most = usize::try_from(now.page_limit).unwrap_or(usize::MAX);
    let limit = || format!("at most {} instead of {}", counted(most, "page"), before.page_limit);
    [
        (before.page_limit != now.page_limit).then(limit),
        (before.use_sitemap != now.use_sitemap).then(|| "without the sitemap".to_owned()),
        (before.follow_links != now.follow_links).then(|| "without following links".to_owned()),
        (before.schedule != now.schedule).then(|| when(&now.schedule)),
        (before.watch_sitemap != now.watch_sitemap).then(|| "without watching the sitemap".to_owned()),
    ]
    .into_iter()
    .flatten()
    .collect()
}

/// When a website is read again, in words.
fn when(schedule: &Schedule) -> String {
    match schedule {
        Schedule::Never => "read on demand alone".to_owned(),
        Schedule::Every { hours } => format!("read every {}", counted(*hours as usize, "hour")),
        Schedule::Cron { expression, time_zone } => format!("read at {expression} by the clock of {time_zone}"),
    }
}

/// Why pages were not read, the first few of them; why the whole website was not has been said.
async fn say_why(hammock: &Hammock, scope: &Scope, source: &Source) -> anyhow::Result<()> {
    let query = DocumentQuery { source: Some(source.id.clone()), limit: Some(10), ..DocumentQuery::default() };
    for document in hammock.list_documents(scope, query).await?.items {
        if let Some(error) = &document.error {
            errln!("{}: {}", document.location, error.message);
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_is_said_changes_a_website_that_is_kept() {
        let command = |page_limit, no_links| Command {
            url: "https://example.org/".to_owned(),
            collection: "Imported".to_owned(),
            page_limit,
            no_sitemap: false,
            no_links,
            cron: None,
            time_zone: None,
            no_watch: false,
            organisation: Organisation::default(),
        };
        let kept = WebsiteSettings { page_limit: 7, use_sitemap: false, ..WebsiteSettings::of("https://example.org/") };
        assert_eq!(command(None, false).applied(kept.clone()), kept);
        let now = command(Some(3), true).applied(kept.clone());
        assert_eq!((now.page_limit, now.use_sitemap, now.follow_links), (3, false, false));
        assert_eq!(changes(&kept, &now), ["at most 3 pages instead of 7", "without following links"]);
        let nightly = Command { cron: Some("0 3 * * *".to_owned()), no_watch: true, ..command(None, false) };
        let now = nightly.applied(kept.clone());
        assert_eq!(changes(&kept, &now), ["read at 0 3 * * * by the clock of UTC", "without watching the sitemap"]);
        assert_eq!(command(None, false).applied(WebsiteSettings::of("https://example.org/")).page_limit, 5_000);
    }
}
