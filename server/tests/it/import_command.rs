//! `hammock import`.

use crate::support::process::Installation;

/// Runs an import that takes nothing; what it said.
fn refused(installation: &Installation, file: &str) -> String {
    let output = installation.command(&["import", file]).output().unwrap();
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(!output.status.success(), "{said}");
    said
}

#[test]
fn what_is_too_large_or_without_an_end_is_refused_before_it_is_copied() {
    let installation = Installation::new([("HAMMOCK_LIMITS__UPLOAD_BYTES", "1000000".to_owned())]);
    installation.owner_key();
    let file = installation.folder().join("large.txt");
    std::fs::File::create(&file).unwrap().set_len(1_000_001).unwrap();
    let said = refused(&installation, file.to_str().unwrap());
    assert!(said.contains("large.txt: this is larger than the 1 MB that are allowed"), "{said}");
    // Nothing has been copied, so the folder for that was not made either.
    assert!(!installation.folder().join("data/spool").exists());
    #[cfg(unix)]
    {
        let said = refused(&installation, "/dev/null");
        assert!(said.contains("/dev/null: this is no file; save what it gives"), "{said}");
    }
}

#[test]
fn a_collection_is_found_with_capitals_and_accents() {
    let installation = Installation::new([]);
    installation.owner_key();
    let file = installation.folder().join("lamps.md");
    std::fs::write(&file, "# Lamps\n\nA lamp gives light where there would be none.\n").unwrap();
    let file = file.to_str().unwrap();
    let made = installation.operator(&["import", file, "--collection", "Économie čaje"]);
    assert!(made.contains("made the collection \"Économie čaje\""), "{made}");
    let again = installation.operator(&["import", file, "--collection", "ÉCONOMIE Čaje"]);
    assert!(!again.contains("made the collection"), "{again}");
    let found = installation.operator(&["search", "lamp", "--mode", "keyword", "--collection", "économie ČAJE"]);
    assert!(found.contains("gives light"), "{found}");
}
