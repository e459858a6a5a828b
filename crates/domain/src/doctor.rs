//! `hammock doctor`: what is wrong with this installation, and what to do about it.

mod embedding;
mod verifying;

use hammock_ingest::render::RenderError;
use hammock_store::{jobs, maintenance};
use serde::Serialize;

use crate::{
    Hammock, Result,
    error::from_store,
    knowledge::jobs::{Work, about},
    mail::MailError,
};

/// What the operator does where search is by words alone and should not be.
pub const MODEL_ADVICE: &str = "set embedding.model_dir to the folder of a sentence-transformers model (\"off\" does without one), or \
                                embedding.endpoint.url to an endpoint; in a checkout, `cargo xtask run` fetches one";

/// How bad a finding is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Severity {
    /// As it should be.
    Fine,
    /// Works, but not in full.
    Notice,
    /// Something is broken.
    Problem,
}

/// One thing that was looked at.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Finding {
    /// What was looked at.
    pub subject: String,
    /// How bad it is.
    pub severity: Severity,
    /// What was found.
    pub found: String,
    /// What to do; empty when nothing is to be done.
    pub advice: String,
}

/// What was found.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct DoctorReport {
    /// In the order in which it was looked at.
    pub findings: Vec<Finding>,
}

impl DoctorReport {
    /// The worst of it.
    pub fn worst(&self) -> Severity {
        self.findings.iter().map(|finding| finding.severity).max().unwrap_or(Severity::Fine)
    }

    /// Adds a finding.
    pub fn add(&mut self, subject: &str, severity: Severity, found: impl Into<String>, advice: &str) {
        self.findings.push(Finding {
            subject: subject.to_owned(),
            severity,
            found: found.into(),
            advice: advice.to_owned(),
        });
    }
}

impl Hammock {
    /// Looks at this installation; with `verify` also compares the database with both indexes, document by document.
    ///
    /// # Errors
    /// When the database or an index cannot be read at all.
    pub async fn doctor(&self, verify: bool) -> Result<DoctorReport> {
        let mut report = DoctorReport::default();
        self.look_at_database(&mut report).await?;
        self.look_at_embedding(&mut report).await?;
        self.look_at_jobs(&mut report).await?;
        if verify {
            self.verify_index(&mut report).await?;
        }
        Ok(report)
    }

    /// Whether mails can be handed over, as far as that can be told without sending one.
    ///
    /// # Errors
    /// When the mail server does not answer as it should.
    pub async fn check_mail(&self) -> std::result::Result<(), MailError> {
        self.0.mailer.check().await
    }

    /// Whether the browser for pages that need JavaScript starts and shows an empty page; without one there is nothing to say.
    ///
    /// # Errors
    /// When it does not.
    pub async fn check_browser(&self) -> std::result::Result<(), RenderError> {
        match &self.0.renderer {
            Some(renderer) => renderer.check(self.operators_client()).await,
            None => Ok(()),
        }
    }

    async fn look_at_database(&self, report: &mut DoctorReport) -> Result<()> {
        let db = self.store().read();
        let problems = maintenance::check_integrity(db).await.map_err(from_store)?;
        if problems.is_empty() {
            let counts = maintenance::count_rows(db).await.map_err(from_store)?;
            let counts: Vec<String> = counts.into_iter().map(|(table, rows)| format!("{table} {rows}")).collect();
            report.add("database", Severity::Fine, counts.join(", "), "");
        }
        for problem in problems {
            report.add("database", Severity::Problem, problem, "restore the data directory from a backup");
        }
        Ok(())
    }

    async fn look_at_jobs(&self, report: &mut DoctorReport) -> Result<()> {
        let counts = jobs::count(self.store().read()).await.map_err(from_store)?;
        let (reading, removing) = self.count_given_up().await?;
        let found = format!("{} waiting, {} running, {} given up", counts.queued, counts.running, reading + removing);
        let (severity, advice) = match (reading, removing) {
            (0, 0) => (Severity::Fine, ""),
            (0, _) => (
                Severity::Notice,
                "something deleted or edited may still be in the search indexes: run `hammock reindex`",
            ),
            _ => (Severity::Notice, "look at the failed documents and sources under Data, and read them again"),
        };
        report.add("background work", severity, found, advice);
        Ok(())
    }

    /// How often reading was given up of what is there and has not been read since, and how often removing or
    /// replacing in the indexes.
    async fn count_given_up(&self) -> Result<(usize, usize)> {
        let db = self.store().read();
        let (mut subjects, mut removing) = (Vec::new(), 0);
        for job in maintenance::list_given_up(db).await.map_err(from_store)? {
            match about(&job) {
                Some(Work::ReadDocument { document }) => subjects.push(document.to_string()),
                Some(Work::CrawlSource { source, .. }) => subjects.push(source.to_string()),
                Some(Work::RemoveDocuments { .. } | Work::RemoveCollection { .. } | Work::IndexEdits { .. }) => {
                    removing += 1;
                }
                // A run says so and can be started again; a field is filled anew when it is saved.
                Some(Work::Evaluate { .. } | Work::FillMetadata { .. }) => {}
                // What this version cannot read may have been about the indexes.
                None => removing += 1,
            }
        }
        let failed = maintenance::find_failed(db, &subjects).await.map_err(from_store)?;
        Ok((failed.len(), removing))
    }
}

/// A number of things in words: `1 document`, `2 documents`.
pub fn counted(number: usize, thing: &str) -> String {
    let plural = if number == 1 { "" } else { "s" };
    format!("{number} {thing}{plural}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_thing_is_one() {
        let said = [0, 1, 2].map(|number| counted(number, "document"));
        assert_eq!(said, ["0 documents", "1 document", "2 documents"]);
    }
}
