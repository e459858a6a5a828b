//! What `cargo xtask test` has fetched: the embedding model and real documents. A test that does not find its own says that
//! it was skipped.

use std::path::{Path, PathBuf};

/// The default embedding model, a sentence-transformers directory. `what` names the test where it is missing.
pub fn model(what: &str) -> Option<PathBuf> {
    existing(what, "models/all-MiniLM-L6-v2/model.safetensors", "the embedding model")
        .and_then(|weights| weights.parent().map(Path::to_owned))
}

/// One of the real documents: `debian-handbook/en-US` (or `fr-FR`, `cs-CZ`) and `debian-faq`, which are folders of pages,
/// `debian-policy.pdf`, `debian-handbook.docx`. `what` names the test where it is missing.
pub fn documents(what: &str, name: &str) -> Option<PathBuf> {
    existing(what, &format!("documents/{name}"), name)
}

/// Where vectors that the embedding model has made before are kept, so that a second run need not wait for them again.
pub fn vectors() -> Option<PathBuf> {
    root().map(|root| root.join("vectors"))
}

fn existing(what: &str, inside: &str, called: &str) -> Option<PathBuf> {
    let Some(path) = root().map(|root| root.join(inside)) else {
        crate::skip(what, "no cache directory is known: neither HAMMOCK_CACHE_DIR nor HOME is set");
        return None;
    };
    if path.exists() {
        return Some(path);
    }
    crate::skip(
        what,
        &format!("{called} is not in the cache; the set-up of `cargo xtask test` fetches it and says why not"),
    );
    None
}

/// The same directory as the tools use: `$HAMMOCK_CACHE_DIR`, else `$XDG_CACHE_HOME/hammock`, else `~/.cache/hammock`.
fn root() -> Option<PathBuf> {
    read("HAMMOCK_CACHE_DIR")
        .map(PathBuf::from)
        .or_else(|| read("XDG_CACHE_HOME").map(|dir| PathBuf::from(dir).join("hammock")))
        .or_else(|| read("HOME").or_else(|| read("USERPROFILE")).map(|home| PathBuf::from(home).join(".cache/hammock")))
}

#[expect(clippy::disallowed_methods, reason = "tests are told by it where the tools that filled the cache put things")]
fn read(name: &str) -> Option<String> {
    std::env::var(name).ok().filter(|value| !value.is_empty())
}
