//! `cargo xtask boundaries`: the rules of docs/ARCHITECTURE.md that no compiler knows. Seconds, nothing is compiled.

mod audit;
mod exceptions;
mod locales;
mod packages;
mod parity;
mod people;
mod scope;
mod server_functions;
mod sources;
mod styles;
mod unused;
mod words;

use std::time::Instant;

use anyhow::{Result, bail};

use crate::{
    boundaries::{exceptions::Exceptions, sources::Source},
    process::{duration, say},
    workspace::Workspace,
};

/// Where a rule is broken, and how.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// A file with a line, a package, or `file::function`; what the list of exceptions names it by.
    pub place: String,
    /// What is wrong there.
    pub text: String,
}

impl Finding {
    fn new(place: impl Into<String>, text: impl Into<String>) -> Self {
        Self { place: place.into(), text: text.into() }
    }

    fn at(source: &Source, line: usize, text: impl Into<String>) -> Self {
        Self::new(format!("{}:{line}", source.path), text)
    }
}

/// A rule with what breaks it.
pub type Outcome = (&'static str, Vec<Finding>);

/// Checks every rule.
///
/// # Errors
/// When the sources or cargo's metadata cannot be read.
pub fn check(workspace: &Workspace) -> Result<Vec<Outcome>> {
    let sources = sources::load(workspace)?;
    let mut outcomes = packages::check(workspace)?;
    outcomes.push(("tests and server are compiled with the same features", parity::check(workspace)?));
    outcomes.extend(words::check(&sources));
    outcomes.push(("store functions take a scope first", scope::check(&sources)));
    outcomes.push(("changes by people are written down", audit::check(&sources)));
    outcomes.extend(server_functions::check(&sources));
    outcomes.push(("colours and pixels stand in style/tokens.css only", styles::check(&sources)));
    outcomes.push(("people of browser tests have addresses of their own", people::check(&sources)));
    outcomes.push(("every language has every text", locales::check(&sources)));
    outcomes.push(("every class, property and text is used", unused::check(&sources)));
    let mut exceptions = Exceptions::read(workspace)?;
    for (rule, findings) in &mut outcomes {
        findings.retain(|finding| !exceptions.covers(rule, finding));
    }
    let known: Vec<&str> = outcomes.iter().map(|(rule, _)| *rule).collect();
    let stale = exceptions.stale(&known);
    outcomes.push(("every exception is still needed", stale));
    Ok(outcomes)
}

/// The subcommand: prints each rule.
///
/// # Errors
/// When a rule is broken.
pub fn check_and_print(workspace: &Workspace) -> Result<()> {
    let start = Instant::now();
    let mut broken = 0;
    for (rule, findings) in check(workspace)? {
        print(rule, &findings);
        broken += usize::from(!findings.is_empty());
    }
    say(&format!("boundaries: checked in {}", duration(start.elapsed())));
    if broken > 0 {
        bail!("{broken} rules are broken; a justified exception goes into {}", exceptions::FILE);
    }
    Ok(())
}

/// Prints a rule and what breaks it.
pub fn print(rule: &str, findings: &[Finding]) {
    println!("{} {rule}", if findings.is_empty() { "ok    " } else { "BROKEN" });
    for finding in findings {
        println!("         {}: {}", finding.place, finding.text);
    }
}
