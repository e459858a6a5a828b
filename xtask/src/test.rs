//! `cargo xtask test`: everything that must hold, in one command; the same on a laptop and in continuous integration.

mod browser;
mod compile;
mod harness;
mod retrieval;
mod tally;

use std::{
    process::ExitCode,
    time::{Duration, Instant},
};

use anyhow::{Result, ensure};

use crate::{
    boundaries,
    process::{cargo_in, duration, say, succeed},
    setup, site,
    test::tally::Tally,
    workspace::Workspace,
};

pub use browser::driven as driven_browser;

/// A part's name and what it does.
type Part = (&'static str, fn(&Workspace, &mut Tally) -> Result<()>);

/// In this order: what is quick to fail comes first. A part fails by adding to the tally; an error means that what
/// follows has nothing to run on.
const PARTS: [Part; 8] = [
    ("format", format),
    ("boundaries", check_boundaries),
    ("compile", compile::server_side),
    ("interface", interface),
    ("tests", harness::server_side),
    ("tools", harness::tools),
    ("retrieval", retrieval::run),
    ("browser", browser::run),
];

/// Sets up what is missing and runs the parts, then names failures and skips, and ends with `N passed, N failed, N skipped`. The
/// code says whether anything failed.
///
/// # Errors
/// When there is no part of one of the names.
pub fn test(workspace: &Workspace, install: bool, only: &[String]) -> Result<ExitCode> {
    for name in only {
        ensure!(
            PARTS.iter().any(|(part, _)| part == name),
            "there is no part `{name}`; there are {}",
            PARTS.map(|(part, _)| part).join(", ")
        );
    }
    let mut tally = Tally::new(install);
    let set_up = setup::setup(workspace, setup::For::Testing);
    let times = after_set_up(&mut tally, set_up, |tally| run_parts(workspace, only, tally)).unwrap_or_default();
    eprintln!();
    for (name, time) in times {
        say(&format!("{name:<12} {}", duration(time)));
    }
    print!("{tally}");
    Ok(if tally.failed() > 0 { ExitCode::FAILURE } else { ExitCode::SUCCESS })
}

/// Goes on where the set-up succeeded; one that did not is a failure like any other, and the only one.
fn after_set_up<T>(tally: &mut Tally, set_up: Result<()>, go_on: impl FnOnce(&mut Tally) -> T) -> Option<T> {
    match set_up {
        Ok(()) => Some(go_on(tally)),
        Err(error) => {
            tally.part("what the tests need is there", Err(error));
            say("nothing can run");
            None
        }
    }
}

/// Runs the parts that are wanted; how long each took.
fn run_parts(workspace: &Workspace, only: &[String], tally: &mut Tally) -> Vec<(&'static str, Duration)> {
    if only.is_empty() || only.iter().any(|name| name == "tests" || name == "browser") {
        browser::install_if_missing(tally);
    }
    let is_wanted = |part: &str| only.is_empty() || only.iter().any(|wanted| wanted == part);
    let mut times = Vec::new();
    for (name, run) in PARTS {
        if !is_wanted(name) {
            continue;
        }
        eprintln!();
        say(&format!("== {name}"));
        let start = Instant::now();
        let outcome = if name == "compile" && is_wanted("interface") {
            beside_the_site(workspace, || run(workspace, tally))
        } else {
            run(workspace, tally)
        };
        times.push((name, start.elapsed()));
        if let Err(error) = outcome {
            tally.fail(&format!("{name}: {error:#}"));
            say("nothing that follows can run");
            break;
        }
    }
    times
}

/// Builds what the interface will be judged by while something else is compiled, as `cargo xtask run` does.
fn beside_the_site(workspace: &Workspace, compile: impl FnOnce() -> Result<()>) -> Result<()> {
    std::thread::scope(|scope| {
        let site = scope.spawn(|| site::build(workspace));
        let compiled = compile();
        let site = site.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic));
        compiled.and(site)
    })
}

fn format(workspace: &Workspace, tally: &mut Tally) -> Result<()> {
    let outcome = succeed(cargo_in(&workspace.root).args(["fmt", "--all", "--check"]));
    tally.part("the code is formatted", outcome);
    Ok(())
}

fn check_boundaries(workspace: &Workspace, tally: &mut Tally) -> Result<()> {
    for (rule, findings) in boundaries::check(workspace)? {
        if findings.is_empty() {
            tally.pass(1);
        } else {
            boundaries::print(rule, &findings);
            tally.fail(&format!("boundaries: {rule} ({} findings)", findings.len()));
        }
    }
    Ok(())
}

fn interface(workspace: &Workspace, tally: &mut Tally) -> Result<()> {
    site::build(workspace)?;
    tally.part("the interface passes clippy", compile::interface(workspace));
    let widget = site::widget_load(workspace)?;
    for (what, sizes, budget) in [
        ("the first load does not grow", site::first_load(workspace)?, site::BUDGET),
        ("the widget's loader does not grow", widget[..1].to_vec(), site::LOADER_BUDGET),
        ("the widget does not grow", widget, site::WIDGET_BUDGET),
    ] {
        let weight: u64 = sizes.iter().map(|(_, size)| size).sum();
        let verdict = if weight <= budget {
            Ok(())
        } else {
            Err(anyhow::anyhow!("it weighs {weight} bytes and may weigh {budget}"))
        };
        tally.part(what, verdict);
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_set_up_that_fails_is_one_failure_and_there_is_a_sum() {
        let mut tally = Tally::default();
        let set_up = Err(anyhow::anyhow!("no network").context("the model cannot be fetched"));
        let went_on: Option<()> = after_set_up(&mut tally, set_up, |_| panic!("nothing was set up"));
        assert!(went_on.is_none());
        assert_eq!(
            tally.to_string(),
            "failed: what the tests need is there: the model cannot be fetched: no network\n0 passed, 1 failed, 0 skipped\n"
        );
        let mut tally = Tally::default();
        assert!(after_set_up(&mut tally, Ok(()), |tally| tally.pass(1)).is_some());
        assert_eq!(tally.to_string(), "1 passed, 0 failed, 0 skipped\n");
    }
}
