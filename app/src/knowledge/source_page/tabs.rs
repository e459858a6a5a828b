//! The tabs of a source's page. Another one is a variant, its line in `TABS`, its name, and its line in the page's `content`.

use super::Shown;
use crate::t;

/// What a source's page shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SourceTab {
    /// Its documents.
    Pages,
    /// What became of a website each time it was read.
    Crawls,
    /// What the evaluation asks about it.
    Questions,
    /// What its tables can be asked.
    Functions,
    /// Who can see it.
    Access,
    /// Its name, and how a website is read.
    Settings,
}

/// Every tab in its place, with what stands for it at the end of the address.
const TABS: [(SourceTab, Option<&str>); 6] = [
    (SourceTab::Pages, None),
    (SourceTab::Crawls, Some("crawls")),
    (SourceTab::Questions, Some("questions")),
    (SourceTab::Functions, Some("functions")),
    (SourceTab::Access, Some("access")),
    (SourceTab::Settings, Some("settings")),
];

impl SourceTab {
    /// The tab that an address asks for; none for anything unknown.
    pub fn of(segment: Option<&str>) -> Option<Self> {
        TABS.iter().find(|(_, known)| *known == segment).map(|(tab, _)| *tab)
    }

    /// The tabs of a source, in their order.
    pub fn all(shown: Shown) -> impl Iterator<Item = Self> {
        TABS.iter().map(|(tab, _)| *tab).filter(move |tab| tab.is_there(shown))
    }

    /// Whether a source has this tab, for the person who looks at it.
    pub fn is_there(self, shown: Shown) -> bool {
        match self {
            Self::Pages | Self::Access => true,
            Self::Crawls => shown.is_website(),
            Self::Questions => !shown.built_in,
            // The originals of pages are on the web: they have no tables.
            Self::Functions => !shown.built_in && !shown.is_website(),
            Self::Settings => shown.can_write,
        }
    }

    /// Its address below that of the source.
    pub fn address(self, source: &str) -> String {
        let segment = TABS.iter().find(|(tab, _)| *tab == self).and_then(|(_, segment)| *segment);
        segment.map_or_else(|| source.to_owned(), |segment| format!("{source}/{segment}"))
    }

    /// Its name.
    pub fn name(self, is_website: bool) -> &'static str {
        match self {
            Self::Pages if is_website => t!("data.tab_pages"),
            Self::Pages => t!("data.kind_files"),
            Self::Crawls => t!("data.tab_crawls"),
            Self::Questions => t!("evaluation.questions"),
            Self::Functions => t!("functions.title"),
            Self::Access => t!("data.tab_access"),
            Self::Settings => t!("data.tab_settings"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_tab_has_an_address_that_leads_to_it() {
        for (tab, segment) in TABS {
            assert_eq!(SourceTab::of(segment), Some(tab));
            let address = tab.address("/data/coll_a/sources/src_b");
            let rest = address.strip_prefix("/data/coll_a/sources/src_b").unwrap();
            assert_eq!(rest.strip_prefix('/'), segment);
        }
        assert_eq!(SourceTab::of(Some("else")), None);
    }
}
