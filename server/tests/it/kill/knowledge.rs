//! Files and pages, what the server has acknowledged of them, and what must be there.

use std::collections::BTreeMap;

use hammock_testkit::site::{Page, Website};
use http::Method;
use serde_json::json;

use super::random::Random;
use crate::support::{
    eventually,
    remote::{Gone, Remote},
};

/// The pages of the website beside its start page.
const PAGES: [&str; 4] = ["/hours", "/prices", "/garden", "/library"];

/// A file as far as the server has acknowledged it.
struct File {
    id: String,
    /// The mark of the last content that was acknowledged.
    mark: String,
    /// Marks of contents that were sent after it and not acknowledged: one of them may be there instead.
    unsure: Vec<String>,
    fate: Fate,
}

#[derive(Debug, PartialEq, Eq)]
enum Fate {
    Kept,
    /// Its deletion was asked for and not acknowledged.
    Unsure,
    Deleted,
}

pub struct Knowledge {
    site: Website,
    files_source: String,
    site_source: String,
    files: BTreeMap<String, File>,
    /// The marks of every page: the one that a reading must have seen which the server acknowledged, and what the page says since,
    /// which may have been seen.
    pages: BTreeMap<&'static str, Vec<String>>,
    /// How many marks there are.
    marks: usize,
}

impl Knowledge {
    /// A collection with a source of files and a website.
    pub async fn set_up(remote: &Remote) -> Self {
        let links: String = PAGES.iter().map(|path| format!("<a href=\"{path}\">{path}</a> ")).collect();
        let start = format!("<html><title>Museum</title><main><p>Welcome to the museum.</p>{links}</main></html>");
        let site = Website::start([("/", Page::html(start))]).await.unwrap();
        let mut knowledge = Self {
            site,
            files_source: String::new(),
            site_source: String::new(),
            files: BTreeMap::new(),
            pages: BTreeMap::new(),
            marks: 0,
        };
        for path in PAGES {
            knowledge.change_page(path);
        }
        let collection = remote.make("/api/v1/collections", &json!({ "name": "Museum" })).await;
        let sources = format!("/api/v1/collections/{collection}/sources");
        let new = json!({ "name": "Files", "kind": "upload" });
        knowledge.files_source = remote.make(&sources, &new).await;
        let new = json!({ "name": "Site", "kind": "website", "start_url": knowledge.site.url("/") });
        knowledge.site_source = remote.make(&sources, &new).await;
        knowledge.must_be_seen();
        knowledge
    }

    fn new_mark(&mut self) -> String {
        self.marks += 1;
        format!("mark{}x", self.marks)
    }

    fn change_page(&mut self, path: &'static str) {
        let mark = self.new_mark();
        let text = format!("<p>About {path}: {mark}. The museum is open on every day but Monday.</p>");
        self.site.put(path, Page::html(format!("<html><title>{path}</title><main>{text}</main></html>")));
        self.pages.entry(path).or_default().push(mark);
    }

    /// A reading that was acknowledged begins after this: it must see what the pages say.
    fn must_be_seen(&mut self) {
        for marks in self.pages.values_mut() {
            let seen_before = marks.len().saturating_sub(1);
            marks.drain(..seen_before);
        }
    }

    /// Some changes, one after the other; then, if it is to `linger`, looks at them until the server goes down.
    pub async fn change(&mut self, remote: &Remote, random: &mut Random, linger: bool) -> Result<(), Gone> {
        for _ in 0..1 + random.below(4) {
            match random.below(8) {
                0 => self.delete(remote, random).await?,
                1 | 2 => self.change_site(remote, random).await?,
                3 | 4 => self.upload_again(remote, random).await?,
                _ => self.upload(remote, &format!("file{}.txt", self.marks), random).await?,
            }
        }
        if !linger {
            return Ok(());
        }
        loop {
            // Slowly, so that the lines of the log are about the work and not about this.
            tokio::time::sleep(std::time::Duration::from_millis(50)).await;
            remote.get(&format!("/api/v1/sources/{}", self.files_source)).await?;
        }
    }

    async fn upload(&mut self, remote: &Remote, name: &str, random: &mut Random) -> Result<(), Gone> {
        let mark = self.new_mark();
        let paragraphs = 1 + random.below(40);
        let content: String = (0..paragraphs)
            .map(|n| {
                format!("{mark} stands in paragraph {n}, which says what the museum shows in room {n} and why.\n\n")
            })
            .collect();
        if let Some(file) = self.files.get_mut(name) {
            file.unsure.push(mark.clone());
        }
        let reply = remote.upload(&self.files_source, name, &content).await?;
        assert_eq!(reply.status, 201, "{reply:?}");
        let id = reply.body[0]["document"]["id"].as_str().unwrap().to_owned();
        self.files.insert(name.to_owned(), File { id, mark, unsure: Vec::new(), fate: Fate::Kept });
        Ok(())
    }

    async fn upload_again(&mut self, remote: &Remote, random: &mut Random) -> Result<(), Gone> {
        match self.pick(random) {
            Some(name) => self.upload(remote, &name, random).await,
            None => Ok(()),
        }
    }

    async fn delete(&mut self, remote: &Remote, random: &mut Random) -> Result<(), Gone> {
        let Some(name) = self.pick(random) else { return Ok(()) };
        let Some(file) = self.files.get_mut(&name) else { return Ok(()) };
        file.fate = Fate::Unsure;
        let reply = remote.send(Method::DELETE, &format!("/api/v1/documents/{}", file.id), None).await?;
        assert_eq!(reply.status, 204, "{reply:?}");
        file.fate = Fate::Deleted;
        Ok(())
    }

    /// A file of which it is known that it is there.
    fn pick(&self, random: &mut Random) -> Option<String> {
        let kept: Vec<&String> =
            self.files.iter().filter(|(_, file)| file.fate == Fate::Kept).map(|(name, _)| name).collect();
        if kept.is_empty() { None } else { Some(kept[random.below(kept.len())].clone()) }
    }

    async fn change_site(&mut self, remote: &Remote, random: &mut Random) -> Result<(), Gone> {
        self.change_page(PAGES[random.below(PAGES.len())]);
        let reply = remote.post(&format!("/api/v1/sources/{}/refresh", self.site_source), &json!({})).await?;
        // It may be crawled already, with some pages seen before they changed.
        assert!(matches!(reply.status, 200 | 409), "{reply:?}");
        if reply.status == 200 {
            self.must_be_seen();
        }
        Ok(())
    }

    /// Everything that was acknowledged comes to be ready, with the content that was acknowledged last; of the website, with what the
    /// server makes by itself of a crawl that was cut off.
    pub async fn check(&self, remote: &Remote) -> Result<(), Gone> {
        for (name, file) in &self.files {
            let path = format!("/api/v1/documents/{}", file.id);
            let found = remote.get(&path).await?.status;
            match file.fate {
                Fate::Kept => assert_eq!(found, 200, "{name} is lost"),
                Fate::Deleted => assert_eq!(found, 404, "{name} is back"),
                Fate::Unsure => assert!(matches!(found, 200 | 404), "{found}"),
            }
            if found == 200 {
                ready(remote, &path).await?;
                let text = remote.get(&format!("{path}/text")).await?.body["text"].as_str().unwrap().to_owned();
                let fits = |mark: &String| text.starts_with(mark.as_str());
                assert!(fits(&file.mark) || file.unsure.iter().any(fits), "{name}: {} not in {text}", file.mark);
            }
        }
        self.check_site(remote).await
    }

    /// Another crawl finds the website as it is. It may heal what was lost: whoever wants to know of that looks before.
    pub async fn crawl_again(&mut self, remote: &Remote) -> Result<(), Gone> {
        let refresh = format!("/api/v1/sources/{}/refresh", self.site_source);
        eventually("the site is crawled once more", async || {
            let reply = remote.post(&refresh, &json!({})).await.unwrap();
            (reply.status == 200).then_some(())
        })
        .await;
        self.must_be_seen();
        self.check_site(remote).await
    }

    /// Every page is there and says what must have been seen of it, or what it says since, when nothing is crawled any more.
    async fn check_site(&self, remote: &Remote) -> Result<(), Gone> {
        let source = format!("/api/v1/sources/{}", self.site_source);
        eventually("the crawl ends", async || {
            let state = remote.get(&source).await.unwrap().body;
            (state["state"] != "working").then(|| assert_eq!(state["state"], "ready", "{state}"))
        })
        .await;
        let list = remote.get(&format!("{source}/documents?limit=100")).await?.body;
        let documents = list["items"].as_array().unwrap();
        assert_eq!(documents.len(), 1 + PAGES.len(), "{list}");
        for (page, marks) in &self.pages {
            let document = documents.iter().find(|one| one["url"] == self.site.url(page));
            let document = document.unwrap_or_else(|| panic!("{page} is lost: {list}"));
            let path = format!("/api/v1/documents/{}", document["id"].as_str().unwrap());
            ready(remote, &path).await?;
            let text = remote.get(&format!("{path}/text")).await?.body["text"].to_string();
            assert!(marks.iter().any(|mark| text.contains(mark)), "{page}: none of {marks:?} in {text}");
        }
        Ok(())
    }
}

async fn ready(remote: &Remote, path: &str) -> Result<(), Gone> {
    eventually("a document is ready", async || {
        let document = remote.get(path).await.unwrap().body;
        assert!(!matches!(document["state"].as_str(), Some("failed" | "skipped")), "{document}");
        (document["state"] == "ready").then_some(())
    })
    .await;
    Ok(())
}
