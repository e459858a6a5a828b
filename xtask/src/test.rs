//! `cargo xtask test`: everything that must hold, in one command; the same on a laptop and in continuous integration.

mod browser;
mod compile;
mod harness;
mod retrieval;
mod tally;

use std::time::Instant;

use anyhow::{Result, bail, ensure};

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

/// Runs the parts, then names failures and skips, and ends with `N passed, N failed, N skipped`.
///
/// # Errors
/// When anything failed.
pub fn test(workspace: &Workspace, install: bool, only: &[String]) -> Result<()> {
    for name in only {
        ensure!(
            PARTS.iter().any(|(part, _)| part == name),
            "there is no part `{name}`; there are {}",
            PARTS.map(|(part, _)| part).join(", ")
        );
    }
    setup::setup(workspace, setup::For::Testing)?;
    let mut tally = Tally::new(install);
    if only.is_empty() || only.iter().any(|name| name == "tests" || name == "browser") {
        browser::install_if_missing(&tally);
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
            beside_the_site(workspace, || run(workspace, &mut tally))
        } else {
            run(workspace, &mut tally)
        };
        times.push((name, start.elapsed()));
        if let Err(error) = outcome {
            tally.fail(&format!("{name}: {error:#}"));
            say("nothing that follows can run");
            break;
        }
    }
    eprintln!();
    for (name, time) in times {
        say(&format!("{name:<12} {}", duration(time)));
    }
    print!("{tally}");
    if tally.failed() > 0 {
        bail!("{} failed", tally.failed());
    }
    Ok(())
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
