//! `hammock doctor`.

use std::process::ExitCode;

use clap::Args;
use hammock_domain::{DoctorReport, Hammock, Severity, counted};

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

pub async fn run(hammock: &Hammock, config: &Config, command: Command) -> anyhow::Result<ExitCode> {
    let mut report = hammock.doctor(command.verify).await?;
    look_at_configuration(config, &mut report);
    if command.json {
        println!("{}", serde_json::to_string_pretty(&report)?);
    } else {
        for finding in &report.findings {
            let word = match finding.severity {
                Severity::Fine => "fine",
                Severity::Notice => "notice",
                Severity::Problem => "PROBLEM",
            };
            println!("{word:>8}  {}: {}", finding.subject, finding.found);
            if !finding.advice.is_empty() {
                println!("          → {}", finding.advice);
            }
        }
    }
    Ok(if report.worst() == Severity::Problem { ExitCode::FAILURE } else { ExitCode::SUCCESS })
}

fn look_at_configuration(config: &Config, report: &mut DoctorReport) {
    if config.smtp.url.is_empty() {
        let outbox = config.data.dir.join("outbox");
        let found = format!("no mail server; mails are written to {}", outbox.display());
        report.add("mail", Severity::Notice, found, "set smtp.url and smtp.from");
    } else {
        report.add("mail", Severity::Fine, "a mail server is configured", "");
    }
    let public = config.public_url();
    if config.server.public_url.is_empty() && !config.server.listen.ip().is_loopback() {
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
}
