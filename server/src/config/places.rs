//! Where the embedding model and the built interface are looked for when the configuration names no folder.

use std::path::{Path, PathBuf};

use hammock_ingest::render;

/// Where the embedding model is, below each of the places.
const MODEL: &str = "models/all-MiniLM-L6-v2";
/// Says instead of a place that there is to be no embedding model, or no browser.
const OFF: &str = "off";
/// Where the built interface is, seen from the program: beside it, or where the build puts it, one folder above.
const SITES: [&str; 2] = ["site", "../site"];

/// The folder of this program, links followed.
pub(super) fn program_folder() -> Option<PathBuf> {
    let program = std::env::current_exe().and_then(std::fs::canonicalize).ok()?;
    program.parent().map(Path::to_owned)
}

/// A path as it stands in the address of a database: what would mean something else there, or must not stand there, by its code. A
/// relative path begins where an address has its host, in which there may be less than in a path.
pub(super) fn in_address(path: &Path) -> String {
    let each = path.as_os_str().as_encoded_bytes().iter().map(|&byte| match byte {
        b'/' | b'-' | b'.' | b'_' | b'~' => char::from(byte).to_string(),
        plain if plain.is_ascii_alphanumeric() => char::from(plain).to_string(),
        other => format!("%{other:02X}"),
    });
    each.collect()
}

/// Where `cargo xtask` keeps what it has fetched: `$HAMMOCK_CACHE_DIR`, else `$XDG_CACHE_HOME/hammock`, else
/// `~/.cache/hammock`.
pub(super) fn cache_folder() -> Option<PathBuf> {
    cache_folder_of(|name| std::env::var_os(name).filter(|value| !value.is_empty()).map(PathBuf::from))
}

fn cache_folder_of(read: impl Fn(&str) -> Option<PathBuf>) -> Option<PathBuf> {
    let home = || read("HOME").or_else(|| read("USERPROFILE"));
    read("HAMMOCK_CACHE_DIR")
        .or_else(|| read("XDG_CACHE_HOME").map(|folder| folder.join("hammock")))
        .or_else(|| home().map(|folder| folder.join(".cache/hammock")))
}

/// Whether `named` asks for none.
pub(super) fn is_off(named: &Path) -> bool {
    named == Path::new(OFF)
}

/// The browser of this system, if there is one.
pub(super) fn system_browser() -> Option<PathBuf> {
    render::find_browser(std::env::var_os("PATH").as_deref())
}

/// The browser that is `named`, or else the system's.
pub(super) fn find_browser(named: &Path, system: Option<&Path>) -> Option<PathBuf> {
    if is_off(named) {
        None
    } else if named.as_os_str().is_empty() {
        system.map(Path::to_owned)
    } else {
        // It is started in a folder of its own.
        Some(std::path::absolute(named).unwrap_or_else(|_| named.to_owned()))
    }
}

/// What is `named`, or else the default model in the first of the `places` that has it.
pub(super) fn find_model<'a>(named: &Path, mut places: impl Iterator<Item = &'a Path>) -> Option<PathBuf> {
    if is_off(named) {
        None
    } else if named.as_os_str().is_empty() {
        places.find_map(|place| Some(place.join(MODEL)).filter(|folder| folder.is_dir()))
    } else {
        Some(named.to_owned())
    }
}

/// The built interface of the program in this folder.
pub(super) fn find_site(program: &Path) -> Option<PathBuf> {
    SITES.iter().map(|place| program.join(place)).find(|folder| folder.is_dir())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_of_any_name_is_an_address() {
        for (path, expected) in [
            ("data/hammock.db", "data/hammock.db"),
            ("../my data/x.db", "../my%20data/x.db"),
            ("a:b#[c]?%/x.db", "a%3Ab%23%5Bc%5D%3F%25/x.db"),
            ("/srv/dáta/x.db", "/srv/d%C3%A1ta/x.db"),
        ] {
            assert_eq!(in_address(Path::new(path)), expected);
            assert!(url::Url::parse(&format!("sqlite://{expected}")).is_ok(), "{expected}");
        }
    }

    #[test]
    fn the_model_is_named_or_found_or_turned_off() {
        let all = [(), (), ()].map(|()| tempfile::tempdir().unwrap());
        let find = |named: &str| find_model(Path::new(named), all.iter().map(|place| place.path()));
        assert_eq!(find(""), None);
        for place in all.iter().rev() {
            let folder = place.path().join(MODEL);
            std::fs::create_dir_all(&folder).unwrap();
            assert_eq!(find(""), Some(folder), "an earlier place goes before a later one");
        }
        assert_eq!(find("elsewhere"), Some("elsewhere".into()));
        assert_eq!(find("off"), None);
    }

    #[test]
    fn the_browser_is_named_or_found_or_turned_off() {
        let system = Path::new("/usr/bin/chromium");
        let find = |named: &str| find_browser(Path::new(named), Some(system));
        assert_eq!(find("").as_deref(), Some(system));
        assert_eq!(find("/opt/chrome").as_deref(), Some(Path::new("/opt/chrome")));
        assert!(find("chrome").unwrap().is_absolute());
        assert_eq!(find("off"), None);
        assert_eq!(find_browser(Path::new(""), None), None);
    }

    #[test]
    fn the_interface_is_beside_the_program_or_where_the_build_puts_it() {
        let target = tempfile::tempdir().unwrap();
        let program = target.path().join("debug");
        std::fs::create_dir(&program).unwrap();
        assert_eq!(find_site(&program), None);
        let built = target.path().join("site");
        std::fs::create_dir(&built).unwrap();
        let found = find_site(&program).unwrap();
        assert_eq!(std::fs::canonicalize(found).unwrap(), std::fs::canonicalize(built).unwrap());
        let beside = program.join("site");
        std::fs::create_dir(&beside).unwrap();
        assert_eq!(find_site(&program), Some(beside));
    }

    #[test]
    fn the_cache_is_where_the_tools_put_it() {
        let of = |set: &[(&str, &str)]| {
            cache_folder_of(|name| set.iter().find(|(known, _)| *known == name).map(|(_, value)| value.into()))
        };
        let all = [("HAMMOCK_CACHE_DIR", "/c"), ("XDG_CACHE_HOME", "/x"), ("HOME", "/h"), ("USERPROFILE", "/u")];
        let wanted = ["/c", "/x/hammock", "/h/.cache/hammock", "/u/.cache/hammock"];
        for (first, wanted) in wanted.iter().enumerate() {
            assert_eq!(of(&all[first..]), Some(wanted.into()));
        }
        assert_eq!(of(&[]), None);
    }
}
