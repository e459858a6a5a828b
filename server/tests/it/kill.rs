//! Fifty times `kill -9` (a dozen times on PostgreSQL, where an open answer is given up after 15 seconds), during ingest,
//! during an answer and during the start after the last one: nothing that was acknowledged is lost, both indexes are equal to
//! the database again, and partial answers are kept and marked.
//!
//! `HAMMOCK_TEST_KILL_SEED` repeats a run's choices, `HAMMOCK_TEST_KILLS` changes how many there are.

mod answers;
mod crawl;
mod knowledge;
mod random;

use hammock_testkit::{cache, environment, postgres::TemporaryDatabase, provider::Provider};
use serde_json::Value;

use self::{answers::Answers, knowledge::Knowledge, random::Random};
use crate::support::{
    eventually,
    process::{Installation, Process},
    remote::{Gone, Remote},
};

/// After so many kills everything is compared, not only what the last one touched.
const COMPARE_EVERY: usize = 10;

/// When the server is killed. Counted in what it does, so that the instant has nothing to do with the machine's speed.
#[derive(Debug, Clone, Copy)]
enum Instant {
    /// With a line of the log after its start.
    Start(usize),
    /// With a line of the log after the work began; statements of the database are lines.
    Work(usize),
    /// With an event of the answer that streams.
    Answer(usize),
}

impl Instant {
    fn choose(random: &mut Random) -> Self {
        match random.below(10) {
            0 | 1 => Self::Start(1 + random.below(120)),
            2..=5 => Self::Work(1 + random.below(500)),
            _ => Self::Answer(1 + random.below(24)),
        }
    }
}

struct Killing {
    installation: Installation,
    key: String,
    random: Random,
    provider: Provider,
    knowledge: Knowledge,
    answers: Answers,
    makes_vectors: bool,
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn kill_nine_loses_nothing_that_was_acknowledged() {
    kill_often(None, 50).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn kill_nine_loses_nothing_that_was_acknowledged_on_postgresql() {
    let Some(database) = TemporaryDatabase::create("kill -9 on PostgreSQL") else { return };
    kill_often(Some(&database), 12).await;
}

/// On SQLite, if there is no `database`.
async fn kill_often(database: Option<&TemporaryDatabase>, often: usize) {
    let seed = environment::number("HAMMOCK_TEST_KILL_SEED", Random::fresh_seed());
    let kills = environment::number("HAMMOCK_TEST_KILLS", often);
    println!("HAMMOCK_TEST_KILL_SEED={seed}");
    let mut killing = Killing::set_up(seed, database).await;
    for kill in 1..=kills {
        let instant = Instant::choose(&mut killing.random);
        println!("kill {kill}: {instant:?}");
        killing.kill(instant).await;
        if kill % COMPARE_EVERY == 0 || kill == kills {
            killing.compare().await;
        }
    }
    let partial = killing.answers.partial();
    println!("{partial} answers were cut off after their first words");
    // A dozen can all fall into other moments.
    assert!(kills < 50 || partial >= kills / 10, "the answers were hardly ever cut off in their middle");
}

impl Killing {
    /// An organisation with a source of files, a website, and an assistant with a model.
    async fn set_up(seed: u64, database: Option<&TemporaryDatabase>) -> Self {
        let mut settings = vec![
            // Statements of the database make the instants fine.
            ("HAMMOCK_LOG__LEVEL", "info,sqlx=trace,lance=warn,tantivy=warn".to_owned()),
        ];
        settings.extend(database.map(|database| ("HAMMOCK_DATABASE__URL", database.url())));
        let model = cache::model("kill -9 while vectors are made");
        if let Some(model) = &model {
            settings.push(("HAMMOCK_EMBEDDING__MODEL_DIR", model.to_str().unwrap().to_owned()));
        }
        let installation = Installation::new(settings);
        let key = installation.owner_key();
        let provider = Provider::start((0..30).map(|n| format!("word{n} "))).await.unwrap();
        let mut server = installation.serve();
        let remote = Remote::new(&server.ready().await, &key);
        let assistant = remote.assistant(&provider).await;
        let knowledge = Knowledge::set_up(&remote).await;
        Self {
            installation,
            key,
            random: Random::new(seed),
            answers: Answers::new(&provider, assistant, database.is_none()),
            provider,
            knowledge,
            makes_vectors: model.is_some(),
        }
    }

    /// Starts the server, looks at what the last kill left, works, and kills.
    async fn kill(&mut self, instant: Instant) {
        let mut server = self.installation.serve();
        if let Instant::Start(line) = instant {
            server.kill_after_lines(line);
        }
        let worked = match server.url().await {
            Some(url) => self.work(&server, Remote::new(&url, &self.key), instant).await,
            None => Err(Gone("it never listened".to_owned())),
        };
        server.kill();
        let status = server.ended().await;
        let killed = std::os::unix::process::ExitStatusExt::signal(&status) == Some(9);
        assert!(killed, "{status} after {worked:?}: {}", server.log());
    }

    async fn work(&mut self, server: &Process, remote: Remote, instant: Instant) -> Result<(), Gone> {
        self.answers.check(&remote).await?;
        let last_event = if let Instant::Answer(event) = instant { event } else { usize::MAX };
        if let Instant::Work(line) = instant {
            server.kill_after_lines(line);
        }
        self.provider.hold();
        let asking = self.answers.ask(&remote, &self.provider, last_event, || server.kill());
        let changing = self.knowledge.change(&remote, &mut self.random, last_event == usize::MAX);
        let (asked, changed) = tokio::join!(asking, changing);
        asked.and(changed)
    }

    /// What `doctor --verify` finds.
    fn verify(&self) -> Value {
        let output = self.installation.command(&["doctor", "--verify", "--json"]).output().unwrap();
        serde_json::from_slice(&output.stdout)
            .unwrap_or_else(|error| panic!("{error}: {}", String::from_utf8_lossy(&output.stderr)))
    }

    /// Lets the server come to rest and compares everything.
    async fn compare(&mut self) {
        let mut server = self.installation.serve();
        let remote = Remote::new(&server.ready().await, &self.key);
        self.answers.check(&remote).await.unwrap();
        self.answers.check_all(&remote).await.unwrap();
        self.knowledge.check(&remote).await.unwrap();
        self.compare_indexes(&server, &remote).await;
        // Not before: it may heal what a kill lost.
        self.knowledge.crawl_again(&remote).await.unwrap();
        self.compare_indexes(&server, &remote).await;
        server.kill();
    }

    /// Both indexes are equal to the database, when everything has its vectors and what was deleted is removed.
    async fn compare_indexes(&self, server: &Process, remote: &Remote) {
        eventually("everything has its vectors", async || {
            let status = remote.get("/api/v1/index").await.unwrap().body;
            (status["waiting_chunks"] == 0).then_some(())
        })
        .await;
        // What was deleted before the kill is removed in the background, of which the index tells nobody else.
        let report = eventually("nothing is left to be removed", async || {
            let report = self.verify();
            let mut findings = report["findings"].as_array().unwrap().iter();
            let is_left = |finding: &Value| {
                finding["severity"] == "notice" && finding["subject"].as_str().is_some_and(|it| it.ends_with(" index"))
            };
            (!findings.any(is_left)).then_some(report.clone())
        })
        .await;
        for subject in ["database", "keyword index", "vector index"] {
            let findings = report["findings"].as_array().unwrap();
            let Some(finding) = findings.iter().find(|finding| finding["subject"] == subject) else {
                assert!(subject == "vector index" && !self.makes_vectors, "{subject}: {report}");
                continue;
            };
            assert_eq!(finding["severity"], "fine", "{finding}; {}", server.log());
        }
    }
}
