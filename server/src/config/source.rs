//! Where a value of the configuration comes from: whoever reads an error has to know what to change.

use figment::{Figment, Metadata, Source};
use hammock_contract::misread::Misread;

use super::ConfigError;

/// The errors of the form in one line, each with the field and where it is set.
pub(super) fn explain(error: figment::Error) -> String {
    let each: Vec<String> = error
        .into_iter()
        .map(|one| {
            let problem = Misread::at(&one.path.join("."), &one.kind.to_string());
            format!("{problem}{}", one.metadata.as_ref().map(told).unwrap_or_default())
        })
        .collect();
    each.join("; ")
}

/// The same error, with where the field is set; a default is set nowhere.
pub(super) fn name_in(figment: &Figment, error: ConfigError) -> ConfigError {
    match error {
        ConfigError::Value { field, problem } => {
            let set = figment.find_metadata(field).filter(|metadata| is_set(metadata));
            ConfigError::Value { field, problem: format!("{problem}{}", set.map(told).unwrap_or_default()) }
        }
        other => other,
    }
}

/// Whether the operator set it, in a file or by a variable.
fn is_set(metadata: &Metadata) -> bool {
    matches!(metadata.source, Some(Source::File(_))) || metadata.name.starts_with(super::environment::NAMED)
}

fn told(metadata: &Metadata) -> String {
    match &metadata.source {
        Some(Source::File(path)) => format!(" (in {})", path.display()),
        _ => format!(" (in {})", metadata.name),
    }
}

#[cfg(test)]
mod tests {
    use super::super::Config;

    #[test]
    fn what_cannot_be_used_is_told_with_its_file() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("hammock.toml");
        std::fs::write(&file, "[server]\npublic_url = 'hammock'\n").unwrap();
        let error = Config::load(Some(&file), None).unwrap_err().to_string();
        let end = format!("(in {})", file.display());
        assert!(error.contains("cannot be used: server.public_url") && error.ends_with(&end), "{error}");
        std::fs::write(&file, "[smtp]\nfrom = 'Hammock'\n").unwrap();
        let error = Config::load(Some(&file), None).unwrap_err().to_string();
        assert!(error.contains("smtp.from is not a sender") && error.ends_with(&end), "{error}");
    }

    #[test]
    fn a_default_is_set_nowhere() {
        let error = Config::from_toml("[server]\ntls_key = 'k.pem'").unwrap_err().to_string();
        assert!(error.ends_with("set both or neither"), "{error}");
    }
}
