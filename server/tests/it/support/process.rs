//! The real binary as a child process, and a client that talks to it over the network.

use std::{
    io::{BufRead as _, BufReader},
    path::Path,
    process::{Child, Command, ExitStatus, Stdio},
    sync::Arc,
    thread,
};

use parking_lot::Mutex;
use tempfile::TempDir;
use tokio::sync::watch;

use super::program;

/// A command of the binary with nothing of the surroundings: no variable, and no configuration file but the data
/// directory's.
pub fn command(folder: &Path, arguments: &[&str]) -> Command {
    let mut command = Command::new(program());
    command.env_clear().current_dir(folder).arg("--data-dir").arg(folder.join("data")).args(arguments);
    command
}

/// A data directory and how the programs on it are configured.
pub struct Installation {
    folder: TempDir,
    settings: Vec<(&'static str, String)>,
}

impl Installation {
    /// A fresh one. Loopback may be asked, and no Ollama is looked for.
    pub fn new(settings: impl IntoIterator<Item = (&'static str, String)>) -> Self {
        let mut all = vec![
            ("HAMMOCK_EGRESS__ALLOW", "[\"127.0.0.1\"]".to_owned()),
            ("HAMMOCK_MODELS__OLLAMA_URL", String::new()),
            ("HAMMOCK_CRAWL__DELAY_MS", "0".to_owned()),
        ];
        all.extend(settings);
        Self { folder: tempfile::tempdir().unwrap(), settings: all }
    }

    /// Configures programs that are started from here on otherwise.
    pub fn set(&mut self, settings: impl IntoIterator<Item = (&'static str, String)>) {
        self.settings.extend(settings);
    }

    /// The folder around the data directory, where programs run.
    pub fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// A command on it.
    pub fn command(&self, arguments: &[&str]) -> Command {
        let mut command = command(self.folder(), arguments);
        command.envs(self.settings.iter().map(|(name, value)| (*name, value)));
        command
    }

    /// Runs a command of the operator to its end; what it printed.
    pub fn operator(&self, arguments: &[&str]) -> String {
        let output = self.command(arguments).output().unwrap();
        let (out, problem) = (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
        assert!(output.status.success(), "{arguments:?}: {out}{problem}");
        out.into_owned()
    }

    /// An owner with an API key; the key.
    pub fn owner_key(&self) -> String {
        self.operator(&["user", "create", "--email", "ada@example.org", "--first-name", "Ada", "--last-name", "L"]);
        self.operator(&["key", "create", "--name", "test", "--role", "owner"]).trim().to_owned()
    }

    /// Starts the server.
    pub fn serve(&self) -> Process {
        Process::start(self.command(&["serve"]))
    }
}

/// A server that runs.
pub struct Process {
    child: Arc<Mutex<Child>>,
    address: watch::Receiver<Address>,
    log: Arc<Mutex<Log>>,
}

/// Whether the server has said where it listens.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Address {
    Unknown,
    /// Scheme, host and port.
    Known(String),
    /// It ended before it said so.
    Ended,
}

#[derive(Default)]
struct Log {
    lines: Vec<String>,
    /// The line with which the process is killed, counted from the first.
    kill_at: Option<usize>,
}

impl Process {
    /// Starts `serve` on a port that the system chooses. Returns at once; see [`Process::url`].
    pub fn start(command: Command) -> Self {
        Self::start_at("127.0.0.1:0", command)
    }

    /// The same at this address.
    pub fn start_at(address: &str, command: Command) -> Self {
        Self::spawn(address, command, true)
    }

    /// The same with a log whose reader is gone.
    pub fn start_unread(command: Command) -> Self {
        Self::spawn("127.0.0.1:0", command, false)
    }

    fn spawn(listen: &str, mut command: Command, is_read: bool) -> Self {
        let mut child = command
            .env("HAMMOCK_SERVER__LISTEN", listen)
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let (stdout, stderr) = (child.stdout.take().unwrap(), child.stderr.take().unwrap());
        let (announce, address) = watch::channel(Address::Unknown);
        thread::spawn(move || {
            for line in BufReader::new(stdout).lines().map_while(Result::ok) {
                if let Some(url) = line.strip_prefix("Hammock is ready on ") {
                    announce.send_replace(Address::Known(url.to_owned()));
                }
            }
            announce.send_if_modified(|address| {
                let unknown = *address == Address::Unknown;
                if unknown {
                    *address = Address::Ended;
                }
                unknown
            });
        });
        let (child, log) = (Arc::new(Mutex::new(child)), Arc::new(Mutex::new(Log::default())));
        if !is_read {
            drop(stderr);
            return Self { child, address, log };
        }
        let (killed, written) = (child.clone(), log.clone());
        thread::spawn(move || {
            for line in BufReader::new(stderr).lines().map_while(Result::ok) {
                let mut log = written.lock();
                log.lines.push(line);
                if log.kill_at.is_some_and(|at| log.lines.len() >= at) {
                    log.kill_at = None;
                    killed.lock().kill().unwrap();
                }
            }
        });
        Self { child, address, log }
    }

    /// Where it answers, as soon as it does; `None` when it ended before.
    pub async fn url(&mut self) -> Option<String> {
        match &*self.address.wait_for(|address| *address != Address::Unknown).await.unwrap() {
            Address::Known(url) => Some(url.clone()),
            _ => None,
        }
    }

    /// Where it answers; it must.
    pub async fn ready(&mut self) -> String {
        let url = self.url().await;
        url.unwrap_or_else(|| panic!("no start: {}", self.log()))
    }

    /// Kills it when it has written so many more lines to its log.
    pub fn kill_after_lines(&self, lines: usize) {
        let mut log = self.log.lock();
        log.kill_at = Some(log.lines.len() + lines);
    }

    /// Kills it now, as `kill -9` does.
    pub fn kill(&self) {
        // One that has ended cannot be killed any more.
        let _ = self.child.lock().kill();
    }

    /// Sends it a signal by name, for example `TERM`.
    pub fn signal(&self, name: &str) {
        let id = self.child.lock().id().to_string();
        assert!(Command::new("kill").args([&format!("-{name}"), &id]).status().unwrap().success());
    }

    /// Waits until it has ended.
    pub async fn ended(&self) -> ExitStatus {
        super::eventually("the end of the process", async || self.child.lock().try_wait().unwrap()).await
    }

    /// What it has logged so far.
    pub fn log(&self) -> String {
        self.log.lock().lines.join("\n")
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        self.kill();
        let _ = self.child.lock().wait();
    }
}
