//! The built interface as part of the binary.

use std::collections::BTreeMap;

use bytes::Bytes;
use include_dir::{Dir, include_dir};

// `build.rs` says where it lies.
static SITE: Dir<'static> = include_dir!("$HAMMOCK_EMBEDDED_SITE");

/// Every file by its path.
pub fn contents() -> BTreeMap<String, Bytes> {
    let mut into = BTreeMap::new();
    collect(&SITE, &mut into);
    into
}

fn collect(folder: &'static Dir<'static>, into: &mut BTreeMap<String, Bytes>) {
    for file in folder.files() {
        if let Some(path) = file.path().to_str() {
            into.insert(path.replace('\\', "/"), Bytes::from_static(file.contents()));
        }
    }
    for inner in folder.dirs() {
        collect(inner, into);
    }
}
