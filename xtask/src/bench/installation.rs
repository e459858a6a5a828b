//! An installation of its own for a measurement: a data directory, an owner with an API key, and the server on it.

use std::{
    fs::File,
    io::{BufRead, BufReader, Write},
    net::SocketAddr,
    path::PathBuf,
    process::{Child, Command, Stdio},
    sync::mpsc,
    thread,
    time::{Duration, Instant},
};

use anyhow::{Context as _, Result, bail, ensure};
use serde_json::Value;
use tempfile::TempDir;

use crate::{
    bench::{
        http::Connection,
        machine::{self, Memory},
    },
    run::{self, Program},
    workspace::Workspace,
};

/// The owner.
pub const EMAIL: &str = "bench@example.org";
/// The owner's password.
pub const PASSWORD: &str = "Measured-1 twice";
/// How long a server may take to start before it counts as broken.
const START_LIMIT: Duration = Duration::from_secs(60);
/// What turns the embedding model off.
pub const WITHOUT_MODEL: (&str, &str) = ("HAMMOCK_EMBEDDING__MODEL_DIR", "off");

/// A data directory with an owner. Removed when dropped.
pub struct Installation {
    folder: TempDir,
    workspace: Workspace,
    program: Program,
    key: String,
}

/// A server that runs on an installation. Stopped when dropped.
pub struct Server {
    child: Child,
    address: SocketAddr,
    key: String,
    /// Where its log goes.
    log: PathBuf,
    /// From the start of the process to the answer that it is ready.
    pub took: Duration,
}

/// A program that uses the public API.
pub struct Api {
    connection: Connection,
}

impl Installation {
    /// Makes one by the command line.
    ///
    /// # Errors
    /// When a command fails.
    pub fn new(workspace: &Workspace, program: Program) -> Result<Self> {
        let folder = tempfile::Builder::new().prefix("hammock-bench-").tempdir().context("no temporary directory")?;
        let mut made = Self { folder, workspace: workspace.clone(), program, key: String::new() };
        let names = ["--first-name", "Bench", "--last-name", "Mark", "--email", EMAIL];
        made.hammock(&[&["user", "create", "--password-stdin"], &names[..]].concat(), |input| {
            writeln!(input, "{PASSWORD}")
        })?;
        let key = made.hammock(&["key", "create", "--name", "bench", "--role", "owner"], |_| Ok(()))?;
        made.key = key.trim().to_owned();
        Ok(made)
    }

    /// The binary as `cargo xtask run` starts it, or the one of `cargo xtask dist`, on this directory.
    ///
    /// # Errors
    /// When no cache directory is known.
    pub fn command(&self) -> Result<Command> {
        let mut command = run::server(&self.workspace, self.program)?;
        // No configuration file of the checkout counts, and the data lies here whatever the environment says.
        command.current_dir(self.folder.path());
        command.env("HAMMOCK_DATA__DIR", self.data());
        command.env("HAMMOCK_LOG__LEVEL", "warn");
        // The line that says where the server listens is for people.
        command.env("HAMMOCK_LOG__FORMAT", "text");
        Ok(command)
    }

    fn data(&self) -> PathBuf {
        self.folder.path().join("data")
    }

    /// Runs a command of the binary with what `feed` writes as its input; what it printed.
    ///
    /// # Errors
    /// When it fails; the message holds what it complained of.
    pub fn hammock(
        &self,
        arguments: &[&str],
        feed: impl FnOnce(&mut dyn Write) -> std::io::Result<()>,
    ) -> Result<String> {
        let errors = self.folder.path().join("errors.txt");
        let mut command = self.command()?;
        command.args(arguments).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(File::create(&errors)?);
        let mut child = command.spawn().context("the server's binary cannot be started")?;
        let input = child.stdin.take().context("the binary takes no input")?;
        // A command may have read enough before everything was written.
        if let Err(error) = feed(&mut std::io::BufWriter::new(input))
            && error.kind() != std::io::ErrorKind::BrokenPipe
        {
            bail!("the input of {arguments:?} could not be written: {error}");
        }
        let output = child.wait_with_output()?;
        let said = std::fs::read_to_string(&errors).unwrap_or_default();
        ensure!(output.status.success(), "hammock {} failed: {}", arguments.join(" "), said.trim());
        Ok(String::from_utf8_lossy(&output.stdout).into_owned())
    }

    /// Starts the server on a free port, with further settings, and waits until it is ready.
    ///
    /// # Errors
    /// When it does not start.
    pub fn start(&self, settings: &[(&str, &str)]) -> Result<Server> {
        let errors = self.folder.path().join("server.txt");
        let mut command = self.command()?;
        command.arg("serve").env("HAMMOCK_SERVER__LISTEN", "127.0.0.1:0").env("HAMMOCK_MODELS__OLLAMA_URL", "");
        command.envs(settings.iter().copied()).stdout(Stdio::piped()).stderr(File::create(&errors)?);
        let begun = Instant::now();
        let mut child = command.spawn().context("the server cannot be started")?;
        let output = child.stdout.take().context("the server's output cannot be read")?;
        let (sender, announced) = mpsc::channel();
        thread::spawn(move || {
            for line in BufReader::new(output).lines().map_while(Result::ok) {
                if let Some((_, address)) = line.split_once("ready on http://") {
                    // Whoever waited may have given up.
                    let _ = sender.send(address.trim().to_owned());
                }
            }
        });
        let mut server = Server {
            child,
            address: ([127, 0, 0, 1], 0).into(),
            key: self.key.clone(),
            log: errors.clone(),
            took: Duration::ZERO,
        };
        let Ok(address) = announced.recv_timeout(START_LIMIT) else {
            let said = std::fs::read_to_string(&errors).unwrap_or_default();
            bail!("the server did not start: {}", said.trim());
        };
        server.address = address.parse().with_context(|| format!("the server listens on {address:?}"))?;
        let ready = Connection::open(server.address, &[])?.send("GET", "/readyz", None)?.status;
        server.took = begun.elapsed();
        ensure!(ready == 200, "/readyz answers {ready}");
        Ok(server)
    }
}

impl Server {
    /// A connection without a key.
    ///
    /// # Errors
    /// When the server is gone.
    pub fn connect(&self, headers: &[(&str, &str)]) -> Result<Connection> {
        Connection::open(self.address, headers).context("the server cannot be reached")
    }

    /// Its address.
    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// What a request with the owner's key says.
    pub fn key_header(&self) -> [(&str, &str); 1] {
        [("x-api-key", &self.key)]
    }

    /// A connection that sends JSON with the owner's key.
    ///
    /// # Errors
    /// When the server is gone.
    pub fn api(&self) -> Result<Api> {
        Ok(Api { connection: self.connect(&self.key_header())? })
    }

    /// What the server has in memory now.
    ///
    /// # Errors
    /// When it is gone, or the system does not tell.
    pub fn memory(&self) -> Result<Memory> {
        machine::memory(self.child.id())
    }

    /// How much processor time the server has used. Seconds.
    ///
    /// # Errors
    /// When it is gone, or the system does not tell.
    pub fn processor_time(&self) -> Result<f64> {
        machine::processor_time(self.child.id())
    }

    /// Another way to read the same, for a thread beside.
    pub fn process(&self) -> u32 {
        self.child.id()
    }

    /// How many lines of its log hold these words. The log begins anew with every start.
    pub fn logged(&self, words: &str) -> usize {
        let log = std::fs::read(&self.log).unwrap_or_default();
        String::from_utf8_lossy(&log).lines().filter(|line| line.contains(words)).count()
    }

    /// Waits until the embedding model is there and every chunk has its vector.
    ///
    /// # Errors
    /// When that takes longer than `limit`, or there is no model.
    pub fn wait_for_vectors(&self, limit: Duration) -> Result<()> {
        let mut api = self.api()?;
        wait("the vectors", limit, Duration::from_millis(200), || {
            let status = api.get("/index")?;
            if let Some(problem) = status["embedding_problem"].as_str().filter(|_| status["embedding_model"].is_null())
            {
                ensure!(problem.contains("being loaded"), "there is no embedding model: {problem}");
            }
            Ok((status["embedding_model"].is_string() && status["waiting_chunks"] == 0).then_some(()))
        })
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // Nothing is kept of the directory, so there is no need to ask for an orderly end.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

impl Api {
    /// Reads something below `/api/v1`.
    ///
    /// # Errors
    /// When the answer is an error.
    pub fn get(&mut self, path: &str) -> Result<Value> {
        self.call("GET", path, None)
    }

    /// Sends JSON.
    ///
    /// # Errors
    /// When the answer is an error.
    pub fn post(&mut self, path: &str, body: &Value) -> Result<Value> {
        self.call("POST", path, Some(("application/json", body.to_string().as_bytes())))
    }

    /// Sends JSON that changes something.
    ///
    /// # Errors
    /// When the answer is an error.
    pub fn patch(&mut self, path: &str, body: &Value) -> Result<Value> {
        self.call("PATCH", path, Some(("application/json", body.to_string().as_bytes())))
    }

    /// Uploads one file into a source.
    ///
    /// # Errors
    /// When it is refused.
    pub fn upload(&mut self, source: &str, name: &str, text: &str) -> Result<Value> {
        let line = "----hammock-bench-boundary";
        let body = format!(
            "--{line}\r\ncontent-disposition: form-data; name=\"files\"; filename=\"{name}\"\r\n\
             content-type: text/plain\r\n\r\n{text}\r\n--{line}--\r\n"
        );
        let media_type = format!("multipart/form-data; boundary={line}");
        self.call("POST", &format!("/sources/{source}/documents"), Some((&media_type, body.as_bytes())))
    }

    /// Makes a collection; its id.
    ///
    /// # Errors
    /// When the answer is an error.
    pub fn make_collection(&mut self, name: &str) -> Result<String> {
        id(&self.post("/collections", &serde_json::json!({ "name": name }))?)
    }

    fn call(&mut self, method: &str, path: &str, content: Option<(&str, &[u8])>) -> Result<Value> {
        let answer = self.connection.send(method, &format!("/api/v1{path}"), content)?;
        let status = answer.status;
        let body = answer.bytes()?;
        ensure!(status < 400, "{method} {path} answers {status}: {}", String::from_utf8_lossy(&body));
        if body.is_empty() { Ok(Value::Null) } else { Ok(serde_json::from_slice(&body)?) }
    }
}

/// The id of something that was made.
///
/// # Errors
/// When it has none.
pub fn id(made: &Value) -> Result<String> {
    made["id"].as_str().map(str::to_owned).with_context(|| format!("{made} has no id"))
}

/// Asks again and again until there is an answer.
///
/// # Errors
/// When there is none within `limit`, or asking fails.
pub fn wait<T>(what: &str, limit: Duration, pause: Duration, mut ask: impl FnMut() -> Result<Option<T>>) -> Result<T> {
    let begun = Instant::now();
    loop {
        if let Some(answer) = ask()? {
            return Ok(answer);
        }
        ensure!(begun.elapsed() < limit, "waited {} s for {what} in vain", limit.as_secs());
        thread::sleep(pause);
    }
}
