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

#[test]
fn of_two_files_of_one_name_none_takes_the_place_of_the_other() {
    let installation = Installation::new([]);
    installation.owner_key();
    for (folder, text) in [("north", "Larches grow in the north.\n"), ("south", "Palms grow in the south.\n")] {
        std::fs::create_dir(installation.folder().join(folder)).unwrap();
        std::fs::write(installation.folder().join(folder).join("trees.txt"), text).unwrap();
    }
    let arguments =
        ["import", "north/trees.txt", "north/../north/trees.txt", "south/trees.txt", "--collection", "Trees"];
    let output = installation.command(&arguments).output().unwrap();
    let (out, said) = (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    assert_eq!(output.status.code(), Some(1), "{out}{said}");
    assert!(out.contains("1 document answers, 1 failed"), "{out}{said}");
    assert!(said.contains("south/trees.txt: ") && said.contains("has the same name"), "{said}");
    let found = |word: &str| installation.operator(&["search", word, "--mode", "keyword", "--collection", "Trees"]);
    assert!(found("larches").contains("in the north") && !found("palms").contains("in the south"));
    // By itself, a file of the same name is a newer version.
    installation.operator(&["import", "south/trees.txt", "--collection", "Trees"]);
    assert!(found("palms").contains("in the south") && !found("larches").contains("in the north"));
}
