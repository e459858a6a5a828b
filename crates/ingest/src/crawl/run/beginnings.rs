//! What a crawl begins at beside the start page.

use url::Url;

use super::Run;
use crate::crawl::sitemap;

impl Run {
    /// Takes the further pages to begin at, on the host that the start address led to.
    pub(super) fn add_more(&mut self) {
        let given = self.settings.more_urls.iter().filter_map(|address| Url::parse(address.trim()).ok());
        for address in given.filter(|address| self.site.is_twin(address)).collect::<Vec<_>>() {
            let mut page = self.start.clone();
            page.set_path(address.path());
            page.set_query(address.query());
            self.add(&page, 0, 0);
        }
    }

    /// Takes what the sitemaps list, as far as it is kept: they lead to pages, not to links.
    pub(super) async fn add_sitemap(&mut self) {
        let mut files: Vec<Url> = self.robots.sitemaps().filter_map(|file| self.start.join(file).ok()).collect();
        if files.is_empty() {
            files.extend(self.start.join("/sitemap.xml"));
        }
        let listed = sitemap::pages(&self.fetcher, files, self.frontier.most()).await;
        for page in listed.iter().filter_map(|page| self.site.page(page)).collect::<Vec<_>>() {
            if self.frontier.keeps(&page) {
                self.add(&page, 1, 0);
            }
        }
    }
}
