//! The widget for other sites: a loader of plain JavaScript, and the chat as WASM with what does its will in the page
//! (docs/decisions/0017-widget.md).

use std::path::{Path, PathBuf};

use anyhow::{Context, Result, ensure};
use wasm_bindgen_cli_support::Bindgen;

use crate::{
    process::{behind_others, cargo_in, say, succeed},
    site::{compress, finished::Finished, locals, panics, scripts, styles, wasm},
    workspace::Workspace,
};

/// The folder of the files in the site, and what the loader's name begins with.
pub const NAME: &str = "embed";
/// The loader, in the site.
pub const LOADER: &str = "embed.js";
/// What is fetched when somebody wants to chat, in their folder.
pub const FILES: [&str; 2] = ["hammock-widget.js", "hammock_widget_bg.wasm"];
/// The texts, of which one file is fetched too.
pub const TEXTS: [&str; 3] = ["texts-en.txt", "texts-fr.txt", "texts-cs.txt"];
/// In the sources, what a server tells of an assistant's interface before anybody can write: one with everything that can be
/// switched on, and with texts as they usually are.
pub const INTERFACE: &str = "interface.json";

pub fn inputs(workspace: &Workspace) -> Vec<PathBuf> {
    [
        "widget",
        "Cargo.toml",
        "Cargo.lock",
        ".cargo/config.toml",
        "rust-toolchain.toml",
        "xtask/src/site/encoding.rs",
        "xtask/src/site/finished.rs",
        "xtask/src/site/locals.rs",
        "xtask/src/site/panics.rs",
        "xtask/src/site/scripts.rs",
        "xtask/src/site/sections.rs",
        "xtask/src/site/widget.rs",
    ]
    .iter()
    .map(|path| workspace.root.join(path))
    .collect()
}

pub fn outputs(workspace: &Workspace) -> Vec<PathBuf> {
    // Without a folder there is nothing that could be named.
    let folder = folder(workspace).unwrap_or_else(|_| workspace.site().join(NAME));
    let files = FILES.iter().chain(&TEXTS).map(|name| folder.join(name));
    files.chain([workspace.site().join(LOADER)]).collect()
}

/// The folder of the last build's files. It carries a hash of their contents: files of two builds never mix, and each may be
/// cached for ever.
///
/// # Errors
/// When the widget has not been built.
pub fn folder(workspace: &Workspace) -> Result<PathBuf> {
    let all = workspace.site().join(NAME);
    let entries = std::fs::read_dir(&all).with_context(|| format!("cannot read {}", all.display()))?;
    for entry in entries {
        let path = entry?.path();
        if path.is_dir() {
            return Ok(path);
        }
    }
    anyhow::bail!("there is no widget in {}", all.display())
}

/// What [`INTERFACE`] weighs on the wire, in bytes: in the script by which the loader asks for it, which
/// `server/src/widget_look.rs` writes.
///
/// # Errors
/// When it cannot be read.
pub fn interface_weight(workspace: &Workspace) -> Result<u64> {
    let path = workspace.root.join("widget").join(INTERFACE);
    let told = std::fs::read_to_string(&path).with_context(|| format!("cannot read {}", path.display()))?;
    let mut read: serde_json::Value = serde_json::from_str(&told).with_context(|| format!("in {}", path.display()))?;
    let appearance = read.as_object_mut().and_then(|members| members.remove("appearance")).unwrap_or_default();
    let script = format!("document.currentScript.look=[{appearance},{},'{read}']", read["title"]);
    compress::weight_when_made(script.as_bytes())
}

/// Compiles, binds and compresses.
pub fn build(workspace: &Workspace) -> Result<()> {
    let source = workspace.root.join("widget");
    wasm::touch(&source.join("src/lib.rs"))?;
    let mut cargo = cargo_in(&workspace.root);
    cargo.args(["build", "--package", "hammock-widget", "--lib", "--target", "wasm32-unknown-unknown"]);
    cargo.args(["--profile", "wasm"]);
    succeed(&mut behind_others(cargo))?;
    let compiled = workspace.target.join("wasm32-unknown-unknown/wasm/hammock_widget.wasm");
    let code = std::fs::read(&compiled).with_context(|| format!("cannot read {}", compiled.display()))?;
    let code = panics::stopping_at_once(&code).with_context(|| format!("in {}", compiled.display()))?;
    let work = tempfile::tempdir().context("no temporary directory")?;
    Bindgen::new()
        .input_bytes("hammock_widget", code)
        .out_name("hammock_widget")
        .web(true)?
        .typescript(false)
        .generate(work.path())
        .with_context(|| format!("{} cannot be bound to JavaScript", compiled.display()))?;
    let read = |name: &str| {
        let path = source.join(name);
        std::fs::read_to_string(&path).with_context(|| format!("cannot read {}", path.display()))
    };
    let shell = with_styles(&read("shell.js")?, &styles::bundled(&source.join("style.css"))?)?;
    std::fs::write(work.path().join("hammock-widget.js"), shell)?;
    // `shell.js` does what this would do.
    let glue = work.path().join("hammock_widget.js");
    check_glue(&std::fs::read_to_string(&glue).with_context(|| format!("cannot read {}", glue.display()))?)?;
    std::fs::remove_file(&glue)?;
    for name in TEXTS {
        let written = name.replace("texts-", "texts/");
        let texts = lines_of(&read(&written)?).with_context(|| format!("in {written}"))?;
        std::fs::write(work.path().join(name), texts)?;
    }
    say("build: compressing the widget");
    publish(workspace, work.path(), &read("loader.js")?)
}

/// The script with its style sheet in it, so that one file less is fetched.
fn with_styles(shell: &str, styles: &str) -> Result<String> {
    const PLACE: &str = "\"__STYLES__\"";
    ensure!(shell.contains(PLACE), "the widget's script has no place for its styles");
    Ok(locals::renamed(&scripts::small(shell)).replace(PLACE, &serde_json::to_string(styles)?))
}

/// How wasm-bindgen's own script calls the widget, which is five times as large as what `shell.js` has in its place.
const CALLS: [&str; 9] = [
    "wasm.begin(ptr0, len0, ptr1, len1, ptr2, len2, ptr3, len3, ptr4, len4);",
    "wasm.handle(val4, ptr0, len0, ptr1, len1, ptr2, len2);",
    "wasm.chunk(val2, val3, ptr0, len0);",
    "return getStringFromWasm0(ret[0], ret[1]);",
    "wasm.__wbindgen_free(deferred5_0, deferred5_1, 1);",
    "const ptr = malloc(buf.length, 1) >>> 0;",
    "const ptr = malloc(arg.length * 1, 1) >>> 0;",
    "wasm.__wbindgen_start();",
    "\"./hammock_widget_bg.js\": import0,",
];

/// Fails when the widget is to be called in another way than `shell.js` does.
fn check_glue(glue: &str) -> Result<()> {
    for call in CALLS {
        ensure!(
            glue.contains(call),
            "wasm-bindgen does not do `{call}` any more: see to it that shell.js does the same"
        );
    }
    // The one function that the widget is given makes a table ready that texts and numbers do not need.
    let given = glue.matches(": function(").count();
    ensure!(
        given == 1 && glue.contains("__wbindgen_init_externref_table: function() {"),
        "the widget calls functions of the page that shell.js does not give it"
    );
    Ok(())
}

/// The texts of a language, one on each line, without the names that they are written with.
fn lines_of(written: &str) -> Result<String> {
    let texts: Vec<&str> = written
        .lines()
        .map(|line| line.split_once(": ").map(|(_, text)| text).with_context(|| format!("no name before {line:?}")))
        .collect::<Result<_>>()?;
    Ok(texts.join("\n"))
}

/// Puts the finished files into a folder of their own in the site, in place of the last build's, and the loader that names it.
fn publish(workspace: &Workspace, finished: &Path, loader: &str) -> Result<()> {
    const PLACE: &str = "__FOLDER__";
    ensure!(loader.contains(PLACE), "the widget's loader has no place for the folder of its files");
    let finished = Finished::read(finished, 6)?;
    let all = workspace.site().join(NAME);
    if all.is_dir() {
        std::fs::remove_dir_all(&all)?;
    }
    finished.write(&all.join(&finished.hash))?;
    // Last, so that it never names what is not there.
    let loader = locals::renamed(&scripts::small(loader)).replace(PLACE, &format!("/{NAME}/{}/", finished.hash));
    compress::write(&workspace.site().join(LOADER), loader.as_bytes())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_loader_names_the_folder_of_its_build() {
        let dir = tempfile::tempdir().unwrap();
        let workspace = Workspace { root: dir.path().to_owned(), target: dir.path().join("target"), build: None };
        let finished = dir.path().join("finished");
        std::fs::create_dir_all(&finished).unwrap();
        assert!(folder(&workspace).is_err());
        let publish = |code: &str| {
            for name in FILES.into_iter().chain(TEXTS) {
                std::fs::write(finished.join(name), if name.ends_with("wasm") { "\0asm\x01\0\0\0" } else { code })
                    .unwrap();
            }
            super::publish(&workspace, &finished, "const folder = origin + \"__FOLDER__\";").unwrap();
            assert!(outputs(&workspace).iter().all(|path| path.is_file()), "{:?}", outputs(&workspace));
            let named = std::fs::read_to_string(workspace.site().join(LOADER)).unwrap();
            let folder = folder(&workspace).unwrap();
            let hash = folder.file_name().unwrap().to_string_lossy().into_owned();
            assert_eq!(named, format!("const a=origin+\"/embed/{hash}/\";"));
            folder
        };
        let (old, new) = (publish("old"), publish("new"));
        assert_ne!(old, new);
        assert!(!old.exists());
        assert!(super::publish(&workspace, &finished, "nothing").is_err());
    }

    #[test]
    fn texts_lose_their_names() {
        assert_eq!(lines_of("tag: en\nretry: Note: try again\n").unwrap(), "en\nNote: try again");
        assert!(lines_of("tag: en\nretry\n").is_err());
    }

    #[test]
    fn another_way_to_call_the_widget_is_noticed() {
        let glue = format!("{}\n__wbindgen_init_externref_table: function() {{", CALLS.join("\n"));
        check_glue(&glue).unwrap();
        assert!(check_glue(&glue.replace("wasm.handle(", "wasm.handle(cx, ")).is_err());
        assert!(check_glue(&format!("{glue}}},\n__wbg_log_1: function(arg0) {{")).is_err());
    }

    #[test]
    fn styles_stand_in_the_script() {
        let script = with_styles("export const css = \"__STYLES__\";", "a{content:\"x\"}").unwrap();
        assert_eq!(script, "export const css=\"a{content:\\\"x\\\"}\";");
        assert!(with_styles("", "").is_err());
    }
}
