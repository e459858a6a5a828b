//! The command line. Commands work on the data directory directly, as the operator, also beside a `serve` that runs on it;
//! `reindex` alone has to be by itself.

#[macro_use]
mod out;

mod background;
mod crawl;
mod doctor;
mod eval;
mod fill;
mod import;
mod key;
mod reindex;
mod search;
mod table;
mod target;
mod user;

use std::{path::PathBuf, process::ExitCode};

use clap::{
    Args, CommandFactory as _, Parser, Subcommand,
    error::{ContextKind, ContextValue, ErrorKind},
};
use hammock_domain::{DoctorReport, Hammock};

use crate::{
    config::{self, Config},
    logging,
    serve::{self, Role},
    wire,
};

/// Hammock: assistants that answer from your organisation's own knowledge, with sources.
#[derive(Debug, Parser)]
#[command(name = "hammock", version, about)]
pub struct Cli {
    /// The configuration file. Without it: `hammock.toml` in the working directory or in the data directory.
    #[arg(long, global = true, value_name = "FILE")]
    config: Option<PathBuf>,
    /// The data directory; goes before the configuration.
    #[arg(long, global = true, value_name = "DIR")]
    data_dir: Option<PathBuf>,
    #[command(subcommand)]
    command: Command,
}

impl Cli {
    /// What the command line says. Ends the program where that asks for help or cannot be understood.
    ///
    /// # Errors
    /// The code to end with where no command is given: the help is shown, and no list that has hidden commands in it.
    pub fn read() -> Result<Self, ExitCode> {
        Self::try_parse().map_err(|error| {
            let of = error.get(ContextKind::InvalidSubcommand);
            let is_ours = matches!(of, Some(ContextValue::String(program)) if !program.contains(' '));
            if error.kind() == ErrorKind::MissingSubcommand && is_ours {
                errln!("{}", Self::command().render_help());
                return ExitCode::from(2);
            }
            error.exit()
        })
    }
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Runs the server.
    Serve {
        /// What this process does.
        #[arg(long, value_enum, default_value_t)]
        role: Role,
    },
    /// Brings the database's schema up to date and stops.
    Migrate,
    /// People.
    #[command(subcommand)]
    User(user::Command),
    /// Keys of the public API.
    #[command(subcommand)]
    Key(key::Command),
    /// Reads a website into a collection.
    Crawl(crawl::Command),
    /// Reads files into a collection.
    Import(import::Command),
    /// Searches in the knowledge.
    Search(search::Command),
    /// Measures the product on questions with known answers.
    #[command(subcommand)]
    Eval(eval::Command),
    /// Makes both indexes anew from the database.
    Reindex,
    /// Says what is wrong with this installation and what to do.
    Doctor(doctor::Command),
    /// Prints the configuration file with every field, its meaning and its default.
    ConfigReference,
    /// Fills a collection with much text, for measurements.
    #[command(hide = true)]
    Fill(fill::Command),
    /// Reads files for a parent process, over standard input and output.
    #[command(hide = true)]
    ParseChild,
}

impl Command {
    /// Whether it makes the installation that it works on, where there is none.
    const fn makes_installation(&self) -> bool {
        matches!(self, Self::Serve { .. } | Self::Migrate | Self::User(user::Command::Create(_)))
    }
}

/// Which organisation a command works on.
#[derive(Debug, Clone, Default, Args)]
pub struct Organisation {
    /// The organisation's name or id. Needed only where there are several and the command must know which one.
    #[arg(long, value_name = "NAME")]
    organisation: Option<String>,
}

/// Runs a command.
pub fn run(cli: Cli) -> ExitCode {
    // Reading files needs neither configuration nor runtime, and must not hold anything that a hostile file could reach.
    if matches!(cli.command, Command::ParseChild) {
        return hammock_ingest::isolate::child_main();
    }
    if matches!(cli.command, Command::ConfigReference) {
        out!("{}", config::DEFAULTS);
        return ended(ExitCode::SUCCESS);
    }
    let runtime = match tokio::runtime::Builder::new_multi_thread().enable_all().build() {
        Ok(runtime) => runtime,
        Err(error) => return fail(&anyhow::anyhow!("the runtime cannot be started: {error}")),
    };
    match runtime.block_on(execute(cli)) {
        Ok(code) => ended(code),
        Err(error) => fail(&error),
    }
}

/// The code of a command that did its work: it failed all the same if its results could not be written.
fn ended(code: ExitCode) -> ExitCode {
    match out::outcome() {
        Ok(()) => code,
        Err(error) => fail(&error),
    }
}

fn fail(error: &anyhow::Error) -> ExitCode {
    errln!("hammock: {error:#}");
    ExitCode::FAILURE
}

async fn execute(cli: Cli) -> anyhow::Result<ExitCode> {
    let mut config = Config::load(cli.config.as_deref(), cli.data_dir.as_deref())?;
    if let Command::Serve { role } = cli.command {
        serve::serve(config, role).await?;
        return Ok(ExitCode::SUCCESS);
    }
    // Results go to standard output; the log says only what went wrong.
    if config.log.level == "info" {
        config.log.level = "warn".to_owned();
    }
    logging::start(&config.log)?;
    if matches!(cli.command, Command::Migrate) {
        // Opening the database migrates it.
        let store = wire::store(&config).await?;
        store.close().await?;
        outln!("the database is up to date");
        return Ok(ExitCode::SUCCESS);
    }
    if let Command::Eval(eval::Command::Retrieval(command)) = cli.command {
        eval::retrieval(&config, command).await?;
        return Ok(ExitCode::SUCCESS);
    }
    if let Command::Eval(eval::Command::Support(command)) = &cli.command {
        eval::support::run(command)?;
        return Ok(ExitCode::SUCCESS);
    }
    // Before anything is opened, which would make what is missing.
    if !cli.command.makes_installation()
        && let Some(report) = doctor::nothing_there(&config)
    {
        return match &cli.command {
            Command::Doctor(command) => doctor::print(&report, command),
            _ => Err(without_any(&report)),
        };
    }
    let program = wire::this_program()?;
    let opened = match wire::parts(&config, program.clone()).await {
        Err(error) if matches!(cli.command, Command::Reindex) && wire::is_damaged_index(&error) => {
            reindex::remove_damaged(&config, &error).await?;
            wire::parts(&config, program).await
        }
        opened => opened,
    };
    let parts = match opened {
        Ok(parts) => parts,
        Err(error) => return without_installation(error, &config, &cli.command),
    };
    let hammock = Hammock::new(parts);
    if let Err(error) = hammock.prepare().await {
        return without_installation(error.into(), &config, &cli.command);
    }
    let done = with_installation(&hammock, &config, cli.command).await;
    hammock.drain(std::time::Duration::from_secs(5)).await;
    let left = hammock.leave().await;
    // What the command says goes before what happens at its end.
    let code = done?;
    left?;
    Ok(code)
}

/// That a command has nothing to work on: a directory that was mistyped shall not become an installation.
fn without_any(report: &DoctorReport) -> anyhow::Error {
    let found = report.findings.iter().map(|finding| finding.found.as_str()).collect::<Vec<_>>().join("; ");
    anyhow::anyhow!(
        "there is no installation: {found}; name another directory with --data-dir, or make one with `hammock serve` or \
         `hammock user create`"
    )
}

/// What a command comes to where nothing can be opened: for `doctor`, the reason is a finding.
fn without_installation(error: anyhow::Error, config: &Config, command: &Command) -> anyhow::Result<ExitCode> {
    match command {
        Command::Doctor(command) => doctor::print(&doctor::unopened(config, &error), command),
        _ => Err(error),
    }
}

async fn with_installation(hammock: &Hammock, config: &Config, command: Command) -> anyhow::Result<ExitCode> {
    match command {
        Command::User(command) => user::run(hammock, command).await?,
        Command::Key(command) => key::run(hammock, command).await?,
        Command::Crawl(command) => return crawl::run(hammock, command).await,
        Command::Import(command) => return import::run(hammock, command).await,
        Command::Search(command) => search::run(hammock, config.is_without_model(), command).await?,
        Command::Reindex => reindex::run(hammock, config).await?,
        Command::Fill(command) => fill::run(hammock, command).await?,
        Command::Eval(eval::Command::Collection(command)) => return eval::collection::run(hammock, command).await,
        Command::Doctor(command) => return doctor::run(hammock, config, &command).await,
        // Dealt with before there is an installation.
        Command::Serve { .. }
        | Command::Migrate
        | Command::Eval(_)
        | Command::ConfigReference
        | Command::ParseChild => {}
    }
    Ok(ExitCode::SUCCESS)
}
