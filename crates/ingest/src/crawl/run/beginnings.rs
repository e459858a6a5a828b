//! What a crawl begins at beside the start page.

use std::ops::ControlFlow;

use url::Url;

use super::Run;
use crate::crawl::{CrawlError, CrawlSink, sitemap};

impl Run {
    /// Takes all that there is to begin at.
    pub(super) async fn take_beginnings(&mut self, sink: &mut dyn CrawlSink) -> Result<ControlFlow<()>, CrawlError> {
        self.add_more();
        if self.settings.use_sitemap {
            self.add_sitemap().await;
        }
        for first in std::mem::take(&mut self.first) {
            if self.take(first, sink).await?.is_break() {
                return Ok(ControlFlow::Break(()));
            }
        }
        if self.settings.follow_links {
            self.frontier.remember(&self.site);
        }
        self.has_begun = true;
        Ok(ControlFlow::Continue(()))
    }

    /// Takes the further pages to begin at, on the host that the start address led to.
    fn add_more(&mut self) {
        let given = self.settings.more_urls.iter().filter_map(|address| Url::parse(address.trim()).ok());
        for address in given.filter(|address| self.site.is_twin(address)).collect::<Vec<_>>() {
            let mut page = self.start.clone();
            page.set_path(address.path());
            page.set_query(address.query());
            self.add(&page, 0, 0);
        }
    }

    /// Takes what the sitemaps list, as far as it is kept: they lead to pages, not to links.
    async fn add_sitemap(&mut self) {
        let mut files: Vec<Url> = self.robots.sitemaps().filter_map(|file| self.start.join(file).ok()).collect();
        if files.is_empty() {
            files.extend(self.start.join("/sitemap.xml"));
        }
        let listed = sitemap::pages(&self.fetcher, files, self.frontier.most()).await;
        for page in listed {
            let Some(page) = self.site.page(&self.site.own(&page)) else { continue };
            if self.frontier.keeps(&page) {
                self.add(&page, 1, 0);
            }
        }
    }
}
