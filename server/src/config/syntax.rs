//! Where a configuration file stops being TOML, in one line: the parser draws a picture of several, which logs tear apart.

use std::path::Path;

use super::ConfigError;

/// Reads the file once before it counts.
///
/// # Errors
/// When it cannot be read, or is not TOML: `file:line:column: what is wrong`.
pub(super) fn check(file: &Path) -> Result<(), ConfigError> {
    let text =
        std::fs::read_to_string(file).map_err(|error| ConfigError::Form(format!("{}: {error}", file.display())))?;
    match fault(&text) {
        Some(fault) => Err(ConfigError::Form(format!("{}:{fault}", file.display()))),
        None => Ok(()),
    }
}

/// Where a text stops being TOML, `line:column: what is wrong`; both are counted from 1.
fn fault(text: &str) -> Option<String> {
    let error = toml::from_str::<toml::Table>(text).err()?;
    let (line, column) = position(text, error.span().map_or(0, |span| span.start));
    let problem: Vec<&str> = error.message().split_whitespace().collect();
    Some(format!("{line}:{column}: {}", problem.join(" ")))
}

/// The line and the column, in characters, of a byte of the text.
fn position(text: &str, byte: usize) -> (usize, usize) {
    let before = text.get(..byte).unwrap_or(text);
    let column = before.rsplit('\n').next().map_or(0, |rest| rest.chars().count());
    (before.matches('\n').count() + 1, column + 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_fault_is_one_line_with_its_place() {
        for (text, place) in [
            ("[server]\nlisten = 127.0.0.1:3000\n", "2:"),
            ("[server\nname = 'x'\n", ""),
            ("[server]\nname = 'é' 'x'\n", "2:"),
            ("[server]\nname = 'a'\nname = 'b'\n", "3:"),
            ("name = 'x", "1:"),
        ] {
            let fault = fault(text).unwrap();
            assert!(fault.starts_with(place) && !fault.contains('\n'), "{text}: {fault}");
            let problem = fault.splitn(3, ':').nth(2).unwrap();
            assert!(problem.trim().len() > 5, "{fault}");
        }
        assert_eq!(position("é = 1\nß ö", 10), (2, 3), "in characters");
        assert_eq!(position("", 7), (1, 1));
        assert_eq!(fault(super::super::DEFAULTS), None);
        assert_eq!(fault(""), None);
    }

    #[test]
    fn the_file_is_named() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("hammock.toml");
        std::fs::write(&file, "[server]\nname = Hammock\n").unwrap();
        let error = super::super::Config::load(Some(&file), None).unwrap_err().to_string();
        let beginning = format!("the configuration cannot be read: {}:2:", file.display());
        assert!(error.starts_with(&beginning) && error.lines().count() == 1, "{error}");
        std::fs::write(&file, b"name = \"\xff\"").unwrap();
        let error = super::super::Config::load(Some(&file), None).unwrap_err().to_string();
        assert!(error.contains("hammock.toml: ") && error.lines().count() == 1, "{error}");
    }
}
