//! One run of the browser, from its start to the removal of its traces.

use std::{
    ffi::OsString,
    fs::File,
    io,
    net::SocketAddr,
    path::Path,
    process::{Command as Plain, Stdio},
    time::Duration,
};

use tempfile::TempDir;
use tokio::{
    io::AsyncReadExt as _,
    process::{Child, ChildStdout, Command},
    task::spawn_blocking,
};
use url::Url;

use super::navigations;

/// What the browser complains about is written here, in its profile.
const COMPLAINTS: &str = "complaints";

/// What it asks for is written here, in its profile.
const REQUESTS: &str = "requests";

/// The longest complaint that is told. Characters.
const LONGEST_COMPLAINT: usize = 300;

/// Where the system's programs are: the browser is often a script that calls some.
const PROGRAMS: &str = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

/// Nothing that the browser does by itself is wanted, and nothing may leave beside the proxy.
const ALWAYS: &[&str] = &[
    "--headless=new",
    "--dump-dom",
    // Loopback, too, only by the proxy.
    "--proxy-bypass-list=<-loopback>",
    // Names are resolved by the proxy or not at all.
    "--host-resolver-rules=MAP * ~NOTFOUND , EXCLUDE 127.0.0.1",
    "--disable-quic",
    "--force-webrtc-ip-handling-policy=disable_non_proxied_udp",
    "--webrtc-ip-handling-policy=disable_non_proxied_udp",
    "--dns-prefetch-disable",
    "--no-pings",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-client-side-phishing-detection",
    "--disable-default-apps",
    "--disable-domain-reliability",
    "--disable-extensions",
    "--disable-sync",
    "--disable-features=DialMediaRouteProvider,MediaRouter,OptimizationHints,Translate",
    "--deny-permission-prompts",
    "--disable-breakpad",
    "--disable-crash-reporter",
    "--disable-dev-shm-usage",
    "--disable-gpu",
    "--metrics-recording-only",
    "--mute-audio",
    "--no-default-browser-check",
    "--no-first-run",
    "--password-store=basic",
    "--blink-settings=imagesEnabled=false",
    // A script that gathers more ends its page, and not the memory of the machine. Megabytes.
    "--js-flags=--max-old-space-size=256",
    "--window-size=1280,2000",
];

/// What is wanted of a run.
pub(super) struct Job<'a> {
    /// The page.
    pub url: &'a Url,
    /// The one way out.
    pub proxy: SocketAddr,
    /// What the browser calls itself.
    pub user_agent: &'a str,
    /// How long the page may take for itself.
    pub page_time: Duration,
    /// How long the page may take to load.
    pub patience: Duration,
}

impl Job<'_> {
    fn arguments(&self, profile: &Path) -> Vec<OsString> {
        let mut arguments: Vec<OsString> = ALWAYS.iter().map(OsString::from).collect();
        for (name, place) in [("--user-data-dir=", profile.to_owned()), ("--log-net-log=", profile.join(REQUESTS))] {
            let mut argument = OsString::from(name);
            argument.push(place);
            arguments.push(argument);
        }
        for argument in [
            format!("--proxy-server=http://{}", self.proxy),
            format!("--virtual-time-budget={}", self.page_time.as_millis()),
            format!("--timeout={}", self.patience.as_millis()),
            format!("--user-agent={}", self.user_agent),
        ] {
            arguments.push(argument.into());
        }
        if is_root() {
            arguments.push("--no-sandbox".into());
        }
        arguments.push(self.url.as_str().into());
        arguments
    }
}

/// What a run of the browser leaves to be known.
#[derive(Default)]
pub(super) struct Left {
    /// What it complained about last.
    pub complaint: Option<String>,
    /// The pages that it asked for in its window.
    pub asked: Vec<Url>,
}

/// What is left to clear up after a run.
struct Traces {
    /// The process group, where there is one.
    group: Option<u32>,
    /// Profile, cache and whatever else was written.
    profile: TempDir,
}

/// A run of the browser. Dropped, it is ended with everything that it started.
pub(super) struct Browser {
    child: Child,
    output: ChildStdout,
    traces: Option<Traces>,
}

impl Browser {
    /// Starts the browser on a page.
    pub fn start(program: &Path, job: &Job<'_>) -> io::Result<Self> {
        let profile = tempfile::Builder::new().prefix("hammock-page-").tempdir()?;
        let mut command = Plain::new(program);
        command
            .args(job.arguments(profile.path()))
            .env_clear()
            .env("PATH", PROGRAMS)
            .env("LANG", "C.UTF-8")
            // Whatever it keeps outside of its profile is kept there, too.
            .env("HOME", profile.path())
            .env("TMPDIR", profile.path())
            .current_dir(profile.path())
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(File::create(profile.path().join(COMPLAINTS))?);
        #[cfg(unix)]
        std::os::unix::process::CommandExt::process_group(&mut command, 0);
        let mut child = Command::from(command).kill_on_drop(true).spawn()?;
        let group = child.id().filter(|_| cfg!(unix));
        let output = child.stdout.take().ok_or_else(|| io::Error::other("no pipe to the browser"))?;
        Ok(Self { child, output, traces: Some(Traces { group, profile }) })
    }

    /// Reads what it prints, to the end.
    pub async fn read(&mut self, into: &mut Vec<u8>, most: u64) -> io::Result<()> {
        (&mut self.output).take(most.saturating_add(1)).read_to_end(into).await?;
        if u64::try_from(into.len()).unwrap_or(u64::MAX) > most {
            return Err(io::Error::other(format!("the page is larger than {most} bytes")));
        }
        Ok(())
    }

    /// Ends it, whether it has come to its end or not, and removes its traces.
    pub async fn end(mut self) -> Left {
        let Some(Traces { group, profile }) = self.traces.take() else { return Left::default() };
        // Before it is waited for: until then the number is nobody else's.
        let _ended = spawn_blocking(move || kill(group)).await;
        // Where it has ended already, there is nothing to end.
        let _ended = self.child.start_kill();
        if let Err(error) = self.child.wait().await {
            tracing::debug!(%error, "the end of a browser could not be waited for");
        }
        let cleared = spawn_blocking(move || {
            let complaint = complaint(&profile.path().join(COMPLAINTS));
            let asked = navigations::read(&profile.path().join(REQUESTS));
            if let Err(error) = profile.close() {
                tracing::debug!(%error, "the profile of a browser could not be removed");
            }
            Left { complaint, asked }
        });
        cleared.await.unwrap_or_default()
    }
}

impl Drop for Browser {
    fn drop(&mut self) {
        if let Some(Traces { group, profile }) = self.traces.take() {
            std::thread::spawn(move || {
                kill(group);
                drop(profile);
            });
        }
    }
}

/// Ends a process group. The shell knows how on every system; we could not without `unsafe`.
fn kill(group: Option<u32>) {
    let Some(group) = group else { return };
    let killed = Plain::new("/bin/sh")
        .args(["-c", "kill -s KILL -- \"-$1\"", "sh", &group.to_string()])
        .env_clear()
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status();
    if let Err(error) = killed {
        tracing::warn!(%error, "the processes of a browser could not be ended");
    }
}

/// What a browser complained about last: the line that ended it, else the last one.
fn complaint(file: &Path) -> Option<String> {
    let said = std::fs::read(file).ok()?;
    let said = String::from_utf8_lossy(&said);
    let mut lines = said.lines().map(str::trim).filter(|line| !line.is_empty());
    let fatal = lines.clone().find(|line| line.contains("FATAL"));
    fatal.or_else(|| lines.next_back()).map(|line| line.chars().take(LONGEST_COMPLAINT).collect())
}

/// Whether this process is root's.
pub(super) fn is_root() -> bool {
    #[cfg(unix)]
    {
        std::fs::metadata("/proc/self").is_ok_and(|own| std::os::unix::fs::MetadataExt::uid(&own) == 0)
    }
    #[cfg(not(unix))]
    {
        false
    }
}
