//! How good the search is, against figures that must hold: the product's own `hammock eval retrieval` on collections with
//! known answers. Some lie beside the checkout, not in it; others are made of Debian packages and lie in the cache. Where they
//! are not, the checks are skipped.

mod judging;
mod sets;

use std::{
    path::{Path, PathBuf},
    process::Command,
    time::Instant,
};

use anyhow::{Context, Result};

use self::{
    judging::{Report, judge},
    sets::{SETS, Set},
};
use crate::{
    environment, kept_apart, model,
    process::{capture, duration, say},
    test::{compile, tally::Tally},
    workspace::Workspace,
};

/// Where collections may be.
struct Folders {
    given: PathBuf,
    kept_apart: Option<PathBuf>,
}

impl Folders {
    fn find(workspace: &Workspace) -> Self {
        let given = environment::retrieval_data().unwrap_or_else(|| workspace.retrieval_data());
        Self { given, kept_apart: kept_apart::folder() }
    }

    /// The folder of a collection, if it is there.
    fn of(&self, name: &str) -> Option<PathBuf> {
        let places = [Some(&self.given), self.kept_apart.as_ref()].into_iter().flatten();
        places.map(|place| place.join(name)).find(|folder| folder.join("corpus.jsonl").is_file())
    }
}

/// Measures every set and checks what is expected of it.
pub fn run(workspace: &Workspace, tally: &mut Tally) -> Result<()> {
    let folders = Folders::find(workspace);
    for (what, count) in missing(&folders) {
        say(&what);
        tally.skip(&what, count);
    }
    let sets: Vec<(&Set, PathBuf)> =
        SETS.iter().filter_map(|set| folders.of(set.folder).map(|folder| (set, folder))).collect();
    if sets.is_empty() {
        return Ok(());
    }
    compile::server(workspace)?;
    for (set, folder) in sets {
        let began = Instant::now();
        match measure(workspace, &folders, set, &folder) {
            Ok(report) => {
                say(&format!("retrieval: {} took {}", set.folder, duration(began.elapsed())));
                for (what, outcome) in judge(set, &report) {
                    tally.part(&what, outcome);
                }
            }
            Err(error) => tally.fail(&format!("retrieval on {}: {error:#}", set.folder)),
        }
    }
    Ok(())
}

/// What cannot be measured and why, with how many checks of the same kind that are.
fn missing(folders: &Folders) -> Vec<(String, usize)> {
    let (there, missing): (Vec<&Set>, Vec<&Set>) = SETS.iter().partition(|set| folders.of(set.folder).is_some());
    let mut said = Vec::new();
    let given = missing.iter().filter(|set| !set.is_kept_apart).count();
    if given > 0 {
        let of = SETS.iter().filter(|set| !set.is_kept_apart).count();
        let place = folders.given.display();
        let why =
            format!("{given} of {of} collections are not in {place} (HAMMOCK_RETRIEVAL_DATA says where they are)");
        said.push((format!("retrieval figures: {why}"), given));
    }
    for set in missing.iter().filter(|set| set.is_kept_apart) {
        let why = "it is not in the cache; the set-up of `cargo xtask test` makes it and says why not";
        said.push((format!("retrieval figures on {}: {why}", set.folder), 1));
    }
    for set in there {
        for other in set.against.iter().filter(|other| folders.of(other).is_none()) {
            said.push((
                format!("retrieval: what {} refuses: {other} is not there, whose questions would be", set.folder),
                1,
            ));
        }
    }
    said
}

fn measure(workspace: &Workspace, folders: &Folders, set: &Set, folder: &Path) -> Result<Report> {
    let work = tempfile::tempdir().context("no temporary directory")?;
    let mut command = Command::new(workspace.server_binary());
    command.args(["eval", "retrieval", "--json", "--dataset"]).arg(folder).arg("--vectors").arg(vectors()?);
    if set.words_alone {
        command.arg("--keyword-only");
    }
    if set.is_kept_apart {
        command.arg("--fixed");
    }
    if let Some(queries) = set.queries {
        command.args(["--queries", &queries.to_string()]);
    }
    for other in set.against.iter().filter_map(|other| folders.of(other)) {
        command.arg("--against").arg(other);
    }
    // The defaults, whatever configuration the machine has.
    command.current_dir(work.path()).env("HAMMOCK_EMBEDDING__MODEL_DIR", model::directory()?);
    serde_json::from_str(&capture(&mut command)?).context("the measurement is not understood")
}

/// Where vectors that were made before are kept: embedding the collections takes minutes, and they do not change.
fn vectors() -> Result<PathBuf> {
    Ok(environment::cache_dir().context("neither HAMMOCK_CACHE_DIR nor HOME is set")?.join("vectors"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_missing_is_named_and_what_is_there_is_found_in_either_place() {
        let folder = tempfile::tempdir().unwrap();
        let folders =
            Folders { given: folder.path().join("given"), kept_apart: Some(folder.path().join("kept-apart")) };
        for there in ["given/cranfield-en", "given/piaf-fr", "kept-apart/faq-fr", "kept-apart/faq-de"] {
            std::fs::create_dir_all(folder.path().join(there)).unwrap();
            std::fs::write(folder.path().join(there).join("corpus.jsonl"), "").unwrap();
        }
        assert_eq!(folders.of("faq-fr"), Some(folder.path().join("kept-apart/faq-fr")));
        assert_eq!(folders.of("faq-nl"), None);
        let missing = missing(&folders);
        let said =
            |part: &str| missing.iter().filter(|(what, _)| what.contains(part)).map(|(_, count)| *count).sum::<usize>();
        assert_eq!([said("1 of 4 collections"), said("on faq-nl: "), said("on faq-fr: ")], [1, 1, 0], "{missing:?}");
        assert_eq!([said("what faq-de refuses: music-de"), said("what faq-fr refuses")], [1, 0], "{missing:?}");
        assert_eq!(said("what cranfield-en refuses: scifact-en"), 1, "{missing:?}");
    }
}
