//! `HAMMOCK_<SECTION>__<FIELD>`.

use std::ffi::OsString;

use figment::{
    Error, Figment, Metadata, Profile, Provider,
    util::nest,
    value::{Dict, Map, Value},
};

/// What the names of Hammock's variables begin with.
pub(super) const PREFIX: &str = "HAMMOCK_";

/// Before the name of a variable, where it is told.
pub(super) const NAMED: &str = "the environment variable ";

/// One variable.
#[derive(Debug, Clone)]
pub(super) struct Variable {
    /// As it is set.
    name: String,
    /// `section.field`.
    field: String,
    value: Value,
}

/// The variables that are set. `defaults` tells which fields are texts: what is given for those is taken as it stands, so
/// that a password of digits stays a text.
///
/// # Errors
/// What to tell where the value of one is no UTF-8: the field and the variable.
pub(super) fn read(defaults: &Figment) -> Result<Vec<Variable>, String> {
    variables(defaults, std::env::vars_os().filter_map(|(name, value)| Some((name.into_string().ok()?, value))))
}

fn variables(defaults: &Figment, set: impl Iterator<Item = (String, OsString)>) -> Result<Vec<Variable>, String> {
    let of_hammock = set.filter_map(|(name, value)| {
        let field = name.strip_prefix(PREFIX).filter(|rest| rest.contains("__"))?;
        let field = field.replace("__", ".").to_ascii_lowercase();
        Some((name, field, value))
    });
    let read = of_hammock.map(|(name, field, value)| {
        let Ok(text) = value.into_string() else {
            return Err(format!("{field} must be text in UTF-8 (in {NAMED}{name})"));
        };
        let is_text = matches!(defaults.find_value(&field), Ok(Value::String(..)));
        let Ok(parsed) = text.parse::<Value>();
        Ok(Variable { name, field, value: if is_text { Value::from(text) } else { parsed } })
    });
    read.collect()
}

/// Puts variables on top.
pub(super) fn merge(figment: Figment, variables: &[Variable]) -> Figment {
    variables.iter().cloned().fold(figment, Figment::merge)
}

impl Provider for Variable {
    fn metadata(&self) -> Metadata {
        Metadata::named(format!("{NAMED}{}", self.name))
    }

    fn data(&self) -> Result<Map<Profile, Dict>, Error> {
        let nested = nest(&self.field, self.value.clone()).into_dict().unwrap_or_default();
        Ok(Profile::Default.collect(nested))
    }
}

#[cfg(test)]
mod tests {
    use figment::providers::{Format as _, Toml};

    use super::{
        super::{Config, DEFAULTS},
        *,
    };

    fn config(set: &[(&str, &str)]) -> Result<Config, super::super::ConfigError> {
        let defaults = Figment::from(Toml::string(DEFAULTS));
        let set = set.iter().map(|(name, text)| ((*name).to_owned(), OsString::from(text)));
        let variables = variables(&defaults, set).unwrap();
        Config::from_figment(merge(defaults, &variables))
    }

    #[test]
    fn texts_stay_texts_and_the_rest_is_read() {
        let config = config(&[
            ("HAMMOCK_METRICS__TOKEN", "0123456"),
            ("HAMMOCK_SERVER__NAME", "true"),
            ("HAMMOCK_DATA__DIR", "2026"),
            ("HAMMOCK_SERVER__LISTEN", "0.0.0.0:80"),
            ("HAMMOCK_LIMITS__UPLOAD_BYTES", "1000"),
            ("HAMMOCK_EGRESS__ALLOW", "[\"10.0.0.0/8\", \"intranet.example\"]"),
            ("HAMMOCK_CACHE_DIR", "1"),
            ("PATH", "/bin"),
        ])
        .unwrap();
        assert_eq!((config.metrics.token.as_str(), config.server.name.as_str()), ("0123456", "true"));
        assert_eq!(config.data.dir, std::path::Path::new("2026"));
        assert_eq!((config.server.listen.port(), config.limits.upload_bytes), (80, 1000));
        assert_eq!(config.egress.allow.len(), 2);
    }

    #[test]
    fn a_wrong_one_is_named() {
        let error = config(&[("HAMMOCK_LIMITS__UPLOAD_BYTES", "many")]).unwrap_err().to_string();
        assert!(error.contains("limits.upload_bytes") && error.contains("HAMMOCK_LIMITS__UPLOAD_BYTES"), "{error}");
        let error = config(&[("HAMMOCK_DATABASE__URL", "mysql://x")]).unwrap_err().to_string();
        let told = "the configuration cannot be used: database.url must begin with";
        assert!(error.starts_with(told), "{error}");
        assert!(error.ends_with("(in the environment variable HAMMOCK_DATABASE__URL)"), "{error}");
        let error = config(&[("HAMMOCK_SERVER__LISTN", "127.0.0.1:1")]).unwrap_err().to_string();
        assert!(error.contains("listn"), "{error}");
    }

    #[cfg(unix)]
    #[test]
    fn one_that_is_no_text_is_named_instead_of_being_left_out() {
        use std::os::unix::ffi::OsStringExt as _;

        let defaults = Figment::from(Toml::string(DEFAULTS));
        let read = |name: &str| {
            let set = [(name.to_owned(), OsString::from_vec(b"caf\xe9".to_vec()))];
            variables(&defaults, set.into_iter()).map(|variables| variables.len())
        };
        let told = read("HAMMOCK_METRICS__TOKEN").unwrap_err();
        assert!(told.starts_with("metrics.token must be") && told.contains("HAMMOCK_METRICS__TOKEN"), "{told}");
        // What is none of Hammock's fields may be anything.
        for name in ["HAMMOCK_CACHE_DIR", "LANG"] {
            assert_eq!(read(name), Ok(0));
        }
    }
}
