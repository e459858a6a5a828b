//! Scrapy, as something to compare the crawler with: installed with pip into a folder of the cache, run on the same site.

use std::{
    path::{Path, PathBuf},
    process::Command,
};

use anyhow::{Context as _, Result, ensure};
use serde::Deserialize;

use crate::{
    environment,
    process::{capture, say},
};

/// What Scrapy is told to do.
const SPIDER: &str = include_str!("scrapy/spider.py");
/// The version that is installed.
const PACKAGE: &str = "scrapy==2.19.0";

/// Scrapy in a virtual environment.
pub struct Scrapy {
    python: PathBuf,
}

/// What one of its crawls came to.
#[derive(Debug, Clone, PartialEq, Deserialize)]
pub struct Crawled {
    /// Its version.
    pub scrapy: String,
    /// How many pages it found.
    pub pages: usize,
    /// How long their main texts are together.
    pub characters: usize,
    /// How long it took, without starting Python.
    pub seconds: f64,
}

impl Scrapy {
    /// Finds it in the cache, or installs it there.
    ///
    /// # Errors
    /// When Python, its module `venv` or pip is missing, or the package cannot be fetched; the message says which.
    pub fn install() -> Result<Self> {
        let cache = environment::cache_dir().context("neither HAMMOCK_CACHE_DIR nor HOME is set")?;
        let folder = cache.join("bench").join("scrapy");
        let scrapy = Self { python: folder.join("bin").join("python") };
        if scrapy.is_installed() {
            return Ok(scrapy);
        }
        say(&format!("bench: installing {PACKAGE} below the cache (once)"));
        let python = environment::find_program(&["python3", "python"])
            .context("Python is missing: neither python3 nor python is installed")?;
        capture(Command::new(python).args(["-m", "venv", "--clear"]).arg(&folder))
            .context("Python's module venv is missing or incomplete")?;
        capture(
            Command::new(&scrapy.python)
                .args(["-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--only-binary", ":all:"])
                .arg(PACKAGE),
        )
        .context("pip is missing, or it cannot fetch the package")?;
        ensure!(scrapy.is_installed(), "pip has installed {PACKAGE}, and Python does not find it");
        Ok(scrapy)
    }

    fn is_installed(&self) -> bool {
        let wanted = PACKAGE.split_once("==").map_or("", |(_, version)| version);
        let mut asked = Command::new(&self.python);
        asked.args(["-c", "import scrapy; print(scrapy.__version__)"]);
        self.python.is_file() && capture(&mut asked).is_ok_and(|version| version.trim() == wanted)
    }

    /// Crawls a site from this address on, with so many requests at once; what is found goes into a file of this folder.
    ///
    /// # Errors
    /// When it fails.
    pub fn crawl(&self, address: &str, at_once: usize, folder: &Path) -> Result<Crawled> {
        let spider = folder.join("spider.py");
        std::fs::write(&spider, SPIDER).with_context(|| format!("cannot write {}", spider.display()))?;
        let mut command = Command::new(&self.python);
        command.arg(&spider).arg(address).arg(at_once.to_string()).arg(folder.join("found.jsonl"));
        let printed = capture(&mut command)?;
        serde_json::from_str(&printed).with_context(|| format!("the spider printed {printed:?}"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_the_spider_prints_is_understood() {
        let printed = r#"{"scrapy": "2.19.0", "pages": 3000, "characters": 5000000, "seconds": 12.5}"#;
        let crawled: Crawled = serde_json::from_str(printed).unwrap();
        assert_eq!((crawled.pages, crawled.seconds), (3_000, 12.5));
        assert!(SPIDER.contains("DOWNLOAD_DELAY") && SPIDER.contains("follow_all"));
    }
}
