//! Says which built interface becomes part of the binary: the one that `cargo xtask dist` names, else that of the checkout.

use std::{
    env,
    path::{Path, PathBuf},
};

/// Read here and, as it is set for the compiler, by `src/site/embedded.rs`.
const SITE: &str = "HAMMOCK_EMBEDDED_SITE";

fn main() {
    println!("cargo::rerun-if-changed=build.rs");
    println!("cargo::rerun-if-env-changed={SITE}");
    if env::var_os("CARGO_FEATURE_EMBEDDED_SITE").is_none() {
        return;
    }
    let site = env::var_os(SITE).map_or_else(of_the_checkout, PathBuf::from);
    // One file more or less makes another binary.
    println!("cargo::rerun-if-changed={}", site.display());
    println!("cargo::rustc-env={SITE}={}", site.display());
}

fn of_the_checkout() -> PathBuf {
    let package = env::var_os("CARGO_MANIFEST_DIR").map(PathBuf::from).unwrap_or_default();
    package.parent().unwrap_or(Path::new("")).join("target/site")
}
