//! `hammock doctor`.

mod space;
mod tls;

use std::process::ExitCode;

use clap::Args;
use hammock_contract::{ApiError, ErrorCode};
use hammock_domain::{DoctorReport, Hammock, Severity, counted};
use hammock_ingest::render;
use hammock_store::StoreError;
use url::Url;

use crate::{config::Config, site, wire};

#[derive(Debug, Args)]
pub struct Command {
    /// Compares the database with both indexes, document by document.
    #[arg(long)]
    verify: bool,
    /// Prints JSON.
    #[arg(long)]
    json: bool,
}

pub async fn run(hammock: &Hammock, config: &Config, command: &Command) -> anyhow::Result<ExitCode> {
    let mut report = hammock.doctor(command.verify).await?;
    look_at_data_directory(config, &mut report);
    space::look(config, &mut report);
    look_at_mail(hammock, config, &mut report).await;
    look_at_secrets(hammock, &mut report).await?;
    look_at_browser(hammock, config, &mut report).await;
    look_at_configuration(config, &mut report);
    tls::look(config, hammock.now(), &mut report).await;
    print(&report, command)
}

/// The report where no installation was ever made: nothing else can be looked at.
pub fn nothing_there(config: &Config) -> Option<DoctorReport> {
    let folder = &config.data.dir;
    let file = config.database_file();
    let shown = std::path::absolute(folder).unwrap_or_else(|_| folder.clone());
    let found = if !folder.is_dir() {
        format!("there is nothing at {}", shown.display())
    } else if file.is_some_and(|file| !file.is_file()) {
        format!("there is no database in {}", shown.display())
    } else {
        return None;
    };
    let mut report = DoctorReport::default();
    report.add("data directory", Severity::Problem, found, "`hammock serve` makes it; or is data.dir another one?");
    Some(report)
}

/// The report where the installation could not be opened, or nothing could be written to it.
pub fn unopened(config: &Config, error: &anyhow::Error) -> DoctorReport {
    let mut report = DoctorReport::default();
    let (subject, found, advice) = reason(error);
    report.add(subject, Severity::Problem, found, advice);
    space::look(config, &mut report);
    report
}

/// What could not be opened, why, and what to do where the reason does not say it itself.
fn reason(error: &anyhow::Error) -> (&'static str, String, &'static str) {
    if error.downcast_ref::<ApiError>().is_some_and(|error| error.code == ErrorCode::StorageFull) {
        return ("database", format!("{error:#}"), "");
    }
    if wire::is_damaged_index(error) {
        return ("search indexes", format!("{error:#}"), "run `hammock reindex`");
    }
    match error.downcast_ref::<StoreError>() {
        Some(StoreError::Newer { migration }) => (
            "database",
            format!(
                "made by a newer Hammock: it has the migration {migration}, which version {} does not know",
                env!("CARGO_PKG_VERSION")
            ),
            "install the newer version again, or restore a backup from before it",
        ),
        Some(StoreError::DamagedFile { file, reason }) => (
            "database",
            format!("{file} is not an SQLite database or is damaged: {reason}"),
            "restore the data directory from a backup",
        ),
        Some(_) => ("database", format!("{error:#}"), ""),
        None => ("installation", format!("{error:#}"), ""),
    }
}

/// Prints a report; the code says whether there is a problem.
///
/// # Errors
/// When it cannot be written as JSON.
pub fn print(report: &DoctorReport, command: &Command) -> anyhow::Result<ExitCode> {
    if command.json {
        outln!("{}", serde_json::to_string_pretty(report)?);
    } else {
        for finding in &report.findings {
            let word = match finding.severity {
                Severity::Fine => "fine",
                Severity::Notice => "notice",
                Severity::Problem => "PROBLEM",
            };
            outln!("{word:>8}  {}: {}", finding.subject, finding.found);
            if !finding.advice.is_empty() {
                outln!("          → {}", finding.advice);
            }
        }
    }
    Ok(if report.worst() == Severity::Problem { ExitCode::FAILURE } else { ExitCode::SUCCESS })
}

/// Whether others on this machine may look into the data directory. Hammock makes it so that they may not, and leaves one that
/// was there before as it is.
#[cfg(unix)]
fn look_at_data_directory(config: &Config, report: &mut DoctorReport) {
    use std::os::unix::fs::PermissionsExt as _;
    const SUBJECT: &str = "data directory";
    let folder = std::path::absolute(&config.data.dir).unwrap_or_else(|_| config.data.dir.clone());
    // The database in it was just opened; on PostgreSQL it was made where it was missing.
    let Ok(there) = std::fs::metadata(&folder) else { return };
    let mode = there.permissions().mode() & 0o777;
    if mode & 0o077 == 0 {
        report.add(SUBJECT, Severity::Fine, format!("{}, closed to others", folder.display()), "");
    } else {
        let found = format!("others on this machine may look into {} (mode {mode:o})", folder.display());
        let advice = format!("it holds keys, mails and documents; run: chmod 700 {}", folder.display());
        report.add(SUBJECT, Severity::Notice, found, &advice);
    }
}

#[cfg(not(unix))]
fn look_at_data_directory(_: &Config, _: &mut DoctorReport) {}

async fn look_at_mail(hammock: &Hammock, config: &Config, report: &mut DoctorReport) {
    if config.smtp.url.is_empty() {
        let outbox = config.data.dir.join("outbox");
        let found = format!("no mail server; mails are written to {}", outbox.display());
        report.add("mail", Severity::Notice, found, "set smtp.url and smtp.from");
        return;
    }
    let server = without_account(&config.smtp.url);
    match hammock.check_mail().await {
        Ok(()) => report.add("mail", Severity::Fine, format!("the mail server {server} answers"), ""),
        Err(error) => {
            let found = format!("the mail server {server} cannot be used: {error}");
            let advice = "check smtp.url, and whether this machine may reach the mail server";
            report.add("mail", Severity::Problem, found, advice);
        }
    }
}

async fn look_at_secrets(hammock: &Hammock, report: &mut DoctorReport) -> anyhow::Result<()> {
    match hammock.count_unreadable_secrets().await? {
        0 => report.add("secrets", Severity::Fine, "every stored key can be read".to_owned(), ""),
        count => {
            let found = format!("{} of connections cannot be read", counted(count, "stored key"));
            let advice =
                "put the file secrets.key back that they were stored with, or enter the keys again under Connections";
            report.add("secrets", Severity::Problem, found, advice);
        }
    }
    Ok(())
}

/// Whether pages that only scripts fill can be read.
async fn look_at_browser(hammock: &Hammock, config: &Config, report: &mut DoctorReport) {
    const SUBJECT: &str = "pages that need JavaScript";
    let Some(program) = config.browser() else {
        if config.is_without_browser() {
            report.add(SUBJECT, Severity::Fine, "left out: crawl.chromium is off", "");
        } else {
            let advice = "install Chromium (on Debian `apt-get install chromium`), or set crawl.chromium to its path";
            report.add(SUBJECT, Severity::Notice, "left out: no Chromium was found on the PATH", advice);
        }
        return;
    };
    match hammock.check_browser().await {
        Ok(()) if render::is_without_sandbox() => {
            let found = format!("shown with {}, without its sandbox, since Hammock runs as root", program.display());
            report.add(SUBJECT, Severity::Notice, found, "run Hammock as a user of its own");
        }
        Ok(()) => report.add(SUBJECT, Severity::Fine, format!("shown with {}", program.display()), ""),
        Err(error) => {
            let advice = "start it by hand to see more; in a container its sandbox needs user namespaces (see the handbook, \
                          Running Hammock); or set crawl.chromium to another one or to \"off\"";
            report.add(SUBJECT, Severity::Notice, format!("{} cannot be used: {error}", program.display()), advice);
        }
    }
}

/// Host and port of an address; the rest is nobody's business.
fn without_account(url: &str) -> String {
    let Ok(url) = Url::parse(url) else { return "of smtp.url".to_owned() };
    let host = url.host_str().unwrap_or_default();
    url.port().map_or_else(|| host.to_owned(), |port| format!("{host}:{port}"))
}

fn look_at_configuration(config: &Config, report: &mut DoctorReport) {
    let public = config.public_url();
    let is_inside = config.server.listen.ip().is_loopback() && config.server.trusted_proxies.is_empty();
    if config.server.public_url.is_empty() && !is_inside {
        let advice = "set server.public_url to the address by which people reach this installation";
        report.add("address", Severity::Notice, format!("links in e-mails lead to {public}"), advice);
    } else if public.starts_with("http://") && !config.server.listen.ip().is_loopback() {
        let advice = "serve https: set server.tls_certificate and server.tls_key, or put a proxy in front";
        report.add("address", Severity::Notice, format!("{public} is not encrypted"), advice);
    } else {
        report.add("address", Severity::Fine, public, "");
    }
    match wire::site(config) {
        Ok(site) if !site.is_empty() => report.add("interface", Severity::Fine, counted(site.len(), "file"), ""),
        Ok(_) => {
            let found = "not built: pages have no scripts and styles";
            report.add("interface", Severity::Problem, found, site::ADVICE);
        }
        Err(error) => report.add("interface", Severity::Problem, format!("{error:#}"), "check server.site_dir"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_open_installation_without_encryption_is_noticed() {
        let config =
            Config::from_toml("[server]\nlisten = '0.0.0.0:3000'\npublic_url = 'http://hammock.example'").unwrap();
        let mut report = DoctorReport::default();
        look_at_configuration(&config, &mut report);
        let address = report.findings.iter().find(|finding| finding.subject == "address").unwrap();
        assert_eq!(address.severity, Severity::Notice);
        assert!(address.found.contains("not encrypted"));
    }

    #[cfg(unix)]
    #[test]
    fn a_data_directory_that_is_open_to_others_is_noticed() {
        use std::os::unix::fs::PermissionsExt as _;
        let folder = tempfile::tempdir().unwrap();
        let mut config = Config::from_toml("").unwrap();
        config.data.dir = folder.path().to_owned();
        for (mode, severity, said) in
            [(0o755, Severity::Notice, "(mode 755)"), (0o700, Severity::Fine, "closed to others")]
        {
            std::fs::set_permissions(folder.path(), std::fs::Permissions::from_mode(mode)).unwrap();
            let mut report = DoctorReport::default();
            look_at_data_directory(&config, &mut report);
            let [finding] = &report.findings[..] else { panic!("{report:?}") };
            assert_eq!((finding.severity, finding.advice.contains("chmod 700 ")), (severity, mode == 0o755));
            assert!(finding.found.contains(said), "{finding:?}");
        }
    }

    #[test]
    fn a_mail_server_is_named_without_its_account() {
        assert_eq!(without_account("smtps://ada:geheim@mail.example.org:465"), "mail.example.org:465");
        assert_eq!(without_account("smtp://ada:geheim@mail.example.org?tls=required"), "mail.example.org");
    }

    #[test]
    fn an_installation_is_there_with_its_database() {
        let folder = tempfile::tempdir().unwrap();
        let mut config = Config::from_toml("").unwrap();
        config.data.dir = folder.path().join("data");
        let found = |config: &Config| nothing_there(config).map(|report| report.findings[0].found.clone());
        assert_eq!(found(&config), Some(format!("there is nothing at {}", config.data.dir.display())));
        std::fs::create_dir(&config.data.dir).unwrap();
        assert_eq!(found(&config), Some(format!("there is no database in {}", config.data.dir.display())));
        config.database.url = "postgres://127.0.0.1/hammock".to_owned();
        assert_eq!(found(&config), None);
        config.database.url = String::new();
        std::fs::write(config.data.dir.join("hammock.db"), b"").unwrap();
        assert_eq!(found(&config), None);
    }
}
