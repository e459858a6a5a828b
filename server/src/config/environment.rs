//! `HAMMOCK_<SECTION>__<FIELD>`.

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
pub(super) fn read(defaults: &Figment) -> Vec<Variable> {
    let set = std::env::vars_os().filter_map(|(name, text)| Some((name.into_string().ok()?, text.into_string().ok()?)));
    variables(defaults, set)
}

fn variables(defaults: &Figment, set: impl Iterator<Item = (String, String)>) -> Vec<Variable> {
    set.filter_map(|(name, text)| {
        let field = name.strip_prefix(PREFIX).filter(|rest| rest.contains("__"))?;
        let field = field.replace("__", ".").to_ascii_lowercase();
        let is_text = matches!(defaults.find_value(&field), Ok(Value::String(..)));
        let Ok(parsed) = text.parse::<Value>();
        Some(Variable { name, field, value: if is_text { Value::from(text) } else { parsed } })
    })
    .collect()
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
        let set = set.iter().map(|(name, text)| ((*name).to_owned(), (*text).to_owned()));
        let variables = variables(&defaults, set);
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
}
