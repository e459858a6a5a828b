//! Starting other programs, and saying what takes time.

use std::{
    path::Path,
    process::{Command, Stdio},
    sync::LazyLock,
    time::{Duration, Instant},
};

use anyhow::{Context, Result, ensure};

use crate::environment;

static START: LazyLock<Instant> = LazyLock::new(Instant::now);

/// Begins to count the seconds that [`say`] shows.
pub fn start_clock() {
    LazyLock::force(&START);
}

/// Prints one line of progress with the seconds since the start.
pub fn say(text: &str) {
    eprintln!("[{:>6.1} s] {text}", START.elapsed().as_secs_f64());
}

/// A time for people: `0.4 s`, `2 min 05 s`.
pub fn duration(time: Duration) -> String {
    let seconds = time.as_secs();
    if seconds < 60 {
        format!("{:.1} s", time.as_secs_f64())
    } else {
        format!("{} min {:02} s", seconds / 60, seconds % 60)
    }
}

/// `cargo` in a directory, as if it had been started from a shell: without what `cargo run` has set for this process.
pub fn cargo_in(directory: &Path) -> Command {
    let mut command = Command::new("cargo");
    command.current_dir(directory);
    for name in environment::variables_of_cargo_run() {
        command.env_remove(name);
    }
    // LanceDB's build scripts need the protobuf compiler; this one comes with the lock file instead of the machine.
    if let Ok(protoc) = protoc_bin_vendored::protoc_bin_path() {
        command.env("PROTOC", protoc);
    }
    command
}

/// The same command, for what takes the processor only where others leave it idle; as it is where the system has no `nice`.
/// At this level it still gets about a tenth beside them, so that it is never left to the end.
pub fn behind_others(command: Command) -> Command {
    const LEVEL: &str = "10";
    let has_nice = Command::new("nice").stdout(Stdio::null()).stderr(Stdio::null()).status();
    if !has_nice.is_ok_and(|status| status.success()) {
        return command;
    }
    let mut behind = Command::new("nice");
    behind.args(["-n", LEVEL]).arg(command.get_program()).args(command.get_args());
    for (name, value) in command.get_envs() {
        match value {
            Some(value) => behind.env(name, value),
            None => behind.env_remove(name),
        };
    }
    if let Some(directory) = command.get_current_dir() {
        behind.current_dir(directory);
    }
    behind
}

/// Runs a command whose output the user sees.
///
/// # Errors
/// When it cannot be started or says that it failed.
pub fn succeed(command: &mut Command) -> Result<()> {
    let shown = shown(command);
    let status = command.status().with_context(|| format!("`{shown}` cannot be started"))?;
    ensure!(status.success(), "`{shown}` failed ({status})");
    Ok(())
}

/// Runs a command and gives what it printed.
///
/// # Errors
/// When it cannot be started or says that it failed; the message then holds what it complained of.
pub fn capture(command: &mut Command) -> Result<String> {
    let shown = shown(command);
    let output = command.output().with_context(|| format!("`{shown}` cannot be started"))?;
    // Some, like TypeScript's compiler, complain where others print what they were asked for.
    let complaint = if output.stderr.is_empty() { &output.stdout } else { &output.stderr };
    ensure!(
        output.status.success(),
        "`{shown}` failed ({}): {}",
        output.status,
        String::from_utf8_lossy(complaint).trim()
    );
    String::from_utf8(output.stdout).with_context(|| format!("`{shown}` printed something that is not UTF-8"))
}

/// A command as one would type it.
pub fn shown(command: &Command) -> String {
    std::iter::once(command.get_program())
        .chain(command.get_args())
        .map(|part| part.to_string_lossy().into_owned())
        .collect::<Vec<_>>()
        .join(" ")
}

#[cfg(test)]
mod tests {
    use std::ffi::OsStr;

    use super::*;

    #[test]
    fn times_are_short() {
        assert_eq!(duration(Duration::from_millis(420)), "0.4 s");
        assert_eq!(duration(Duration::from_secs(125)), "2 min 05 s");
    }

    #[test]
    fn a_failing_command_says_what_it_complained_of() {
        let error = capture(Command::new("cargo").arg("no-such-subcommand-of-cargo")).unwrap_err().to_string();
        assert!(error.contains("no-such-subcommand-of-cargo"), "{error}");
    }

    #[test]
    fn a_failing_command_may_complain_where_it_prints() {
        let error =
            capture(Command::new("sh").args(["-c", "echo a.ts: does not fit; exit 2"])).unwrap_err().to_string();
        assert!(error.ends_with("a.ts: does not fit"), "{error}");
        let error =
            capture(Command::new("sh").args(["-c", "echo half; echo broken >&2; exit 2"])).unwrap_err().to_string();
        assert!(error.ends_with("): broken"), "{error}");
    }

    #[test]
    fn what_runs_behind_others_is_the_same_command() {
        let folder = tempfile::tempdir().unwrap();
        let mut command = Command::new("rustc");
        command.arg("--version").current_dir(folder.path()).env("ONE", "1").env_remove("TWO");
        let mut behind = behind_others(command);
        assert!(shown(&behind).ends_with("rustc --version"), "{}", shown(&behind));
        assert_eq!(behind.get_current_dir(), Some(folder.path()));
        let environment: Vec<_> = behind.get_envs().map(|(name, value)| (name, value.is_some())).collect();
        assert_eq!(environment, [(OsStr::new("ONE"), true), (OsStr::new("TWO"), false)]);
        assert!(capture(&mut behind).unwrap().starts_with("rustc "));
    }

    #[test]
    fn cargo_does_not_see_the_package_of_xtask() {
        let command = cargo_in(Path::new("."));
        let removed: Vec<_> = command
            .get_envs()
            .filter(|(_, value)| value.is_none())
            .map(|(name, _)| name.to_string_lossy().into_owned())
            .collect();
        assert!(removed.iter().any(|name| name == "CARGO_MANIFEST_DIR"), "{removed:?}");
        assert!(removed.iter().any(|name| name == "CARGO_PKG_NAME"), "{removed:?}");
    }
}
