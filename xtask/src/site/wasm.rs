//! The interface: `hammock-frontend` compiled to WASM, cut into parts, and the JavaScript that starts it
//! (docs/decisions/0011-interface-in-parts.md).

use std::{
    collections::BTreeMap,
    fs::File,
    path::{Path, PathBuf},
    time::SystemTime,
};

use anyhow::{Context, Result, anyhow};
use serde::{Deserialize, Serialize};
use wasm_bindgen_cli_support::Bindgen;

use crate::{
    process::{behind_others, cargo_in, say, succeed},
    site::{compress, finished::Finished, names, scripts, styles},
    workspace::Workspace,
};

/// The name of the part that is there from the start, and of its glue.
const NAME: &str = "hammock";

/// What is loaded before a page of the start is live, in the folder of the interface.
pub const FIRST: [&str; 3] = ["hammock_bg.wasm", "hammock.js", "__wasm_split.js"];

/// What the server needs to know of the files: `pkg/interface.json`.
#[derive(Debug, Serialize, Deserialize)]
pub struct Interface {
    /// The folder of all files of this build, in the site. It carries a hash of their contents: files of two builds never
    /// mix, and each may be cached for ever.
    pub folder: String,
    /// The files of each part that is loaded later, by its name.
    pub parts: BTreeMap<String, Vec<String>>,
}

impl Interface {
    fn file(workspace: &Workspace) -> PathBuf {
        workspace.site().join("pkg/interface.json")
    }

    /// What the last build wrote.
    ///
    /// # Errors
    /// When the interface has not been built.
    pub fn read(workspace: &Workspace) -> Result<Self> {
        let file = Self::file(workspace);
        let bytes = std::fs::read(&file).with_context(|| format!("cannot read {}", file.display()))?;
        serde_json::from_slice(&bytes).with_context(|| format!("{} is not understood", file.display()))
    }
}

pub fn inputs(workspace: &Workspace) -> Vec<PathBuf> {
    [
        "app",
        "frontend",
        "crates/contract",
        "Cargo.toml",
        "Cargo.lock",
        ".cargo/config.toml",
        "rust-toolchain.toml",
        "xtask/src/site/encoding.rs",
        "xtask/src/site/finished.rs",
        "xtask/src/site/names.rs",
        "xtask/src/site/scripts.rs",
        "xtask/src/site/sections.rs",
        "xtask/src/site/wasm.rs",
    ]
    .iter()
    .map(|path| workspace.root.join(path))
    .collect()
}

pub fn outputs(workspace: &Workspace) -> Vec<PathBuf> {
    let mut outputs = vec![Interface::file(workspace)];
    if let Ok(interface) = Interface::read(workspace) {
        let files = interface.parts.values().flatten().map(String::as_str).chain(FIRST);
        outputs.extend(files.map(|name| workspace.site().join(&interface.folder).join(name)));
    }
    outputs
}

/// Compiles, cuts, binds and compresses.
pub fn build(workspace: &Workspace) -> Result<()> {
    touch(&workspace.root.join("frontend/src/lib.rs"))?;
    let mut cargo = cargo_in(&workspace.root);
    cargo.args([
        "rustc",
        "--package",
        "hammock-frontend",
        "--lib",
        "--target",
        "wasm32-unknown-unknown",
        "--profile",
        "wasm",
        "--",
        // Where each function and constant is used: without it nothing can be moved to another file.
        "-C",
        "link-arg=--emit-relocs",
    ]);
    // Beside the server (`cargo xtask run`), which takes five times as long: it fills what that leaves idle.
    succeed(&mut behind_others(cargo))?;
    let compiled = workspace.target.join("wasm32-unknown-unknown/wasm/hammock_frontend.wasm");
    let work = tempfile::tempdir().context("no temporary directory")?;
    let first = tempfile::NamedTempFile::new().context("no temporary file")?;
    let parts = cut(&compiled, first.path(), work.path())?;
    bind(first.path(), work.path())?;
    make_small(work.path())?;
    say("build: compressing the interface");
    publish(workspace, work.path(), parts)
}

/// Lets a crate be compiled whatever cargo knows of it. Cargo gives the linked file no hash in its name, and clones share the
/// directory where it is made (ADR 0002): what counts as fresh there may be another clone's. So the last crate, a few lines, is
/// compiled each time.
///
/// # Errors
/// When its root cannot be written.
pub fn touch(last: &Path) -> Result<()> {
    File::options()
        .write(true)
        .open(last)
        .and_then(|file| file.set_modified(SystemTime::now()))
        .with_context(|| format!("cannot touch {}", last.display()))
}

/// Moves what only later parts need out of the compiled file. Gives the files of each part.
fn cut(compiled: &Path, first: &Path, into: &Path) -> Result<BTreeMap<String, Vec<String>>> {
    let bytes = std::fs::read(compiled).with_context(|| format!("cannot read {}", compiled.display()))?;
    let glue = format!("./{NAME}.js");
    let mut options = wasm_split_cli_support::Options::new(&bytes);
    options.output_dir = into;
    options.main_out_path = first;
    options.main_module = &glue;
    let done = wasm_split_cli_support::transform(options)
        .map_err(|error| anyhow!("{} cannot be cut into parts: {error:#}", compiled.display()))?;
    let files = |stems: Vec<String>| stems.into_iter().map(|stem| format!("{stem}.wasm")).collect();
    Ok(done.prefetch_map.into_iter().map(|(part, stems)| (part, files(stems))).collect())
}

fn bind(first: &Path, into: &Path) -> Result<()> {
    Bindgen::new()
        .input_path(first)
        .out_name(NAME)
        .web(true)?
        .typescript(false)
        // The parts share the memory, the stack and the table of functions with the first file.
        .keep_lld_exports(true)
        .generate(into)
        .with_context(|| format!("{} cannot be bound to JavaScript", first.display()))
}

/// Makes the glue small: wasm-bindgen writes it for people, and names what comes from outside with a hash, in it and in the code.
fn make_small(work: &Path) -> Result<()> {
    let [code, glue, parts] = FIRST.map(|name| work.join(name));
    let read = |path: &Path| std::fs::read_to_string(path).with_context(|| format!("cannot read {}", path.display()));
    let wasm = std::fs::read(&code).with_context(|| format!("cannot read {}", code.display()))?;
    let (script, wasm) = names::shortened(&scripts::trimmed(&read(&glue)?), &wasm)?;
    std::fs::write(&glue, script)?;
    std::fs::write(&code, wasm)?;
    std::fs::write(&parts, scripts::trimmed(&read(&parts)?))?;
    Ok(())
}

/// Puts the finished files into a folder of their own in the site, in place of the last build's.
fn publish(workspace: &Workspace, finished: &Path, parts: BTreeMap<String, Vec<String>>) -> Result<()> {
    let finished = Finished::read(finished, 8)?;
    let interface = Interface { folder: format!("pkg/{}", finished.hash), parts };

    let pkg = workspace.site().join("pkg");
    std::fs::create_dir_all(&pkg)?;
    for entry in std::fs::read_dir(&pkg)? {
        let entry = entry?;
        let name = entry.file_name();
        if styles::SHEETS.iter().any(|(_, file)| name.to_string_lossy().starts_with(file)) {
            continue;
        }
        if entry.path().is_dir() {
            std::fs::remove_dir_all(entry.path())?;
        } else {
            std::fs::remove_file(entry.path())?;
        }
    }
    finished.write(&workspace.site().join(&interface.folder))?;
    // Last, so that it never names what is not there.
    compress::write(&Interface::file(workspace), &serde_json::to_vec_pretty(&interface)?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_build_replaces_the_one_before_it_and_leaves_the_styles() {
        let dir = tempfile::tempdir().unwrap();
        let workspace = Workspace { root: dir.path().to_owned(), target: dir.path().join("target"), build: None };
        let (pkg, finished) = (workspace.site().join("pkg"), dir.path().join("finished"));
        std::fs::create_dir_all(&pkg).unwrap();
        std::fs::create_dir_all(&finished).unwrap();
        std::fs::write(pkg.join("hammock.css"), "a{}").unwrap();
        let publish = |code: &str| {
            std::fs::write(finished.join("hammock.js"), code).unwrap();
            let parts = BTreeMap::from([("knowledge".to_owned(), vec!["knowledge.wasm".to_owned()])]);
            super::publish(&workspace, &finished, parts).unwrap();
            Interface::read(&workspace).unwrap()
        };
        let (old, new) = (publish("old"), publish("new"));
        assert_ne!(old.folder, new.folder);
        assert_eq!(new.parts["knowledge"], ["knowledge.wasm"]);
        assert!(!workspace.site().join(old.folder).exists());
        assert_eq!(std::fs::read_to_string(workspace.site().join(&new.folder).join("hammock.js")).unwrap(), "new");
        assert!(pkg.join("hammock.css").is_file());
        // What is missing counts as not built.
        assert!(outputs(&workspace).iter().any(|path| path.ends_with("knowledge.wasm") && !path.exists()));
        assert_eq!(publish("new").folder, new.folder);
    }
}
