//! Variables that look like Hammock's and are none: an operator who thinks to have closed a door must not find it open.

use figment::{Figment, Provider, value::Dict};
use hammock_contract::nearness::distance;

use super::environment::PREFIX;

/// Where downloads are kept: no field, but read by the server, too.
const CACHE: &str = "HAMMOCK_CACHE_DIR";

/// What the build, the tests, the measurements and the examples in the interface read. They may be set where a server is
/// started, and mean nothing to it.
const OF_OTHERS: [&str; 8] = [
    "HAMMOCK_BINARY",
    "HAMMOCK_BROWSER",
    "HAMMOCK_EMBEDDED_SITE",
    "HAMMOCK_IDENTITY_SECRET",
    "HAMMOCK_KEY",
    "HAMMOCK_MEASURE",
    "HAMMOCK_RETRIEVAL_DATA",
    "HAMMOCK_SHARED_DATA",
];

/// What the names of variables of the tests begin with.
const OF_TESTS: &str = "HAMMOCK_TEST_";

/// What is wrong with the names of variables that are set, and what was meant. Nothing where all of them are known.
pub(super) fn variables(defaults: &Figment) -> Option<String> {
    let set = std::env::vars_os();
    unknown_of(
        defaults,
        set.filter_map(|(name, value)| Some((name.into_string().ok()?, value.to_string_lossy().into_owned()))),
    )
}

fn unknown_of(defaults: &Figment, set: impl Iterator<Item = (String, String)>) -> Option<String> {
    let sections: Dict = defaults.data().ok()?.into_values().flatten().collect();
    let known = names(&sections, PREFIX);
    let mut problems: Vec<String> = set
        .filter(|(name, value)| {
            name.starts_with(PREFIX)
                && !is_field(defaults, name)
                && name != CACHE
                && !OF_OTHERS.contains(&name.as_str())
                && !name.starts_with(OF_TESTS)
                && !is_of_kubernetes(name, value)
        })
        .map(|(name, _)| format!("there is no variable {name}{}", advice(&known, &sections, &name)))
        .collect();
    problems.sort_unstable();
    (!problems.is_empty()).then(|| problems.join("; "))
}

/// The names of the variables of all fields below a section.
fn names(section: &Dict, before: &str) -> Vec<String> {
    let each = section.iter().flat_map(|(name, value)| {
        let name = format!("{before}{}", name.to_ascii_uppercase());
        match value.as_dict() {
            Some(fields) => names(fields, &format!("{name}__")),
            None => vec![name],
        }
    });
    each.collect()
}

/// Whether a variable names a field, or a section within another.
fn is_field(defaults: &Figment, name: &str) -> bool {
    let parts: Vec<String> = name.split("__").map(str::to_ascii_lowercase).collect();
    let Some((section, fields)) = parts.split_first() else { return false };
    let Some(section) = section.strip_prefix(&PREFIX.to_ascii_lowercase()) else { return false };
    let path: Vec<&str> = std::iter::once(section).chain(fields.iter().map(String::as_str)).collect();
    !fields.is_empty() && path.iter().all(|part| !part.is_empty()) && defaults.find_value(&path.join(".")).is_ok()
}

/// Whether Kubernetes sets such a variable, for a service whose name begins with "hammock".
fn is_of_kubernetes(name: &str, value: &str) -> bool {
    let is_port = |rest: &str| {
        let mut parts = rest.split('_');
        parts.next().is_some_and(|number| number.parse::<u16>().is_ok())
            && parts.next().is_some_and(|protocol| ["TCP", "UDP", "SCTP"].contains(&protocol))
            && parts.next().is_none_or(|what| ["PROTO", "PORT", "ADDR"].contains(&what))
            && parts.next().is_none()
    };
    name.ends_with("_SERVICE_HOST")
        || name.ends_with("_SERVICE_PORT")
        || name.contains("_SERVICE_PORT_")
        || (name.ends_with("_PORT") && value.contains("://"))
        || name.split_once("_PORT_").is_some_and(|(_, rest)| is_port(rest))
}

/// What was meant by a name that is none, else where all names stand.
fn advice(known: &[String], sections: &Dict, name: &str) -> String {
    let given = without_underscores(name);
    let same_letters = known.iter().find(|known| without_underscores(known) == given);
    if let Some(meant) = same_letters.filter(|_| !name.contains("__")) {
        return format!("; two underscores go before a field: {meant}");
    }
    let rest = name.strip_prefix(PREFIX).unwrap_or(name);
    if sections.contains_key(&rest.to_ascii_lowercase()) {
        return format!("; two underscores and a field come after a section: {name}__FIELD");
    }
    match nearest(known, name).as_slice() {
        [] => "; `hammock config-reference` prints all fields".to_owned(),
        meant => format!("; did you mean {}?", meant.join(" or ")),
    }
}

/// The names that are most like one that is none: as a whole or, where the section is forgotten or another, by their fields.
fn nearest<'a>(known: &'a [String], name: &str) -> Vec<&'a str> {
    let field = |name: &str| {
        let rest = name.strip_prefix(PREFIX).unwrap_or(name);
        without_underscores(rest.rsplit("__").next().unwrap_or(rest))
    };
    let (whole, own) = (without_underscores(name.strip_prefix(PREFIX).unwrap_or(name)), field(name));
    // A third of a word may be wrong; more makes another word of it.
    let near = |given: &str, known: &str| Some(distance(given, known)).filter(|away| away * 3 <= given.len());
    let all = known.iter().map(String::as_str).chain([CACHE]);
    let ranked = all.filter_map(|known| {
        let as_a_whole = near(&whole, &without_underscores(known.strip_prefix(PREFIX).unwrap_or(known)));
        // Of a field alone less may be wrong: it could be one of another section.
        let by_its_field = near(&own, &field(known)).filter(|away| *away <= 1);
        let ranks = [as_a_whole.map(|away| (away, 0)), by_its_field.map(|away| (away, 1))];
        Some((ranks.into_iter().flatten().min()?, known))
    });
    let ranked: Vec<((usize, u8), &str)> = ranked.collect();
    let best = ranked.iter().map(|(rank, _)| *rank).min();
    ranked.into_iter().filter(|(rank, _)| Some(*rank) == best).map(|(_, known)| known).collect()
}

fn without_underscores(name: &str) -> String {
    name.replace('_', "").to_ascii_uppercase()
}

#[cfg(test)]
mod tests {
    use figment::providers::{Format as _, Toml};

    use super::{super::DEFAULTS, *};

    fn told(set: &[(&str, &str)]) -> Option<String> {
        let defaults = Figment::from(Toml::string(DEFAULTS));
        unknown_of(&defaults, set.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())))
    }

    #[test]
    fn a_variable_that_is_none_is_told_with_what_was_meant() {
        for (name, meant) in [
            ("HAMMOCK_REGISTRATION_POLICY", "go before a field: HAMMOCK_REGISTRATION__POLICY"),
            ("HAMMOCK_SERVER_TLS_KEY", "go before a field: HAMMOCK_SERVER__TLS_KEY"),
            ("HAMMOCK_SERVER__TLSKEY", "did you mean HAMMOCK_SERVER__TLS_KEY?"),
            ("HAMMOCK_EMBEDDING_ENDPOINT_KEY", "go before a field: HAMMOCK_EMBEDDING__ENDPOINT__KEY"),
            ("HAMMOCK_REGISTRATION", "come after a section: HAMMOCK_REGISTRATION__FIELD"),
            ("HAMMOCK_SERVER__LISTN", "did you mean HAMMOCK_SERVER__LISTEN?"),
            ("HAMMOCK_SERVR__LISTEN", "did you mean HAMMOCK_SERVER__LISTEN?"),
            ("HAMMOCK_SERVR_LISTEN", "did you mean HAMMOCK_SERVER__LISTEN?"),
            ("HAMMOCK_LISTEN", "did you mean HAMMOCK_SERVER__LISTEN?"),
            ("HAMMOCK_WEB__PUBLIC_URL", "did you mean HAMMOCK_SERVER__PUBLIC_URL?"),
            ("HAMMOCK_SERVER__", "`hammock config-reference` prints all fields"),
            ("HAMMOCK_CACH_DIR", "did you mean HAMMOCK_CACHE_DIR?"),
            ("HAMMOCK_SMTP__URI", "did you mean HAMMOCK_SMTP__URL?"),
            ("HAMMOCK_LEVEL", "did you mean HAMMOCK_LOG__LEVEL?"),
            (
                "HAMMOCK_URL",
                "did you mean HAMMOCK_DATABASE__URL or HAMMOCK_EMBEDDING__ENDPOINT__URL or HAMMOCK_SMTP__URL?",
            ),
            ("HAMMOCK_FOO", "`hammock config-reference` prints all fields"),
            ("HAMMOCK_SERVER_PORT", "`hammock config-reference` prints all fields"),
            ("HAMMOCK_", "`hammock config-reference` prints all fields"),
        ] {
            let told = told(&[(name, "1")]).unwrap_or_default();
            assert!(told.starts_with(&format!("there is no variable {name}; ")) && told.ends_with(meant), "{told}");
        }
        let both = told(&[("HAMMOCK_B", "1"), ("HAMMOCK_SERVER__NAME", "x"), ("HAMMOCK_A", "")]).unwrap_or_default();
        let (a, b) = (both.find("HAMMOCK_A;"), both.find("HAMMOCK_B;"));
        assert!(a.is_some() && a < b, "{both}");
    }

    #[test]
    fn what_is_known_or_of_others_is_let_be() {
        let defaults = Figment::from(Toml::string(DEFAULTS));
        let sections: Dict = defaults.data().unwrap().into_values().flatten().collect();
        let all = names(&sections, PREFIX);
        assert!(all.len() > 30 && all.contains(&"HAMMOCK_EMBEDDING__ENDPOINT__KEY".to_owned()), "{all:?}");
        for name in all.iter().map(String::as_str).chain(OF_OTHERS).chain([
            CACHE,
            "HAMMOCK_TEST_PORT",
            "HAMMOCK_server__listen",
            "HAMMOCK_EMBEDDING__ENDPOINT",
            "SERVER_NAME",
            "PATH",
        ]) {
            assert_eq!(told(&[(name, "1")]), None);
        }
        for (name, value) in [
            ("HAMMOCK_SERVICE_HOST", "10.0.0.1"),
            ("HAMMOCK_SERVICE_PORT", "3000"),
            ("HAMMOCK_SERVICE_PORT_HTTP", "3000"),
            ("HAMMOCK_PORT", "tcp://10.0.0.1:3000"),
            ("HAMMOCK_SERVER_PORT", "tcp://10.0.0.1:3000"),
            ("HAMMOCK_PORT_3000_TCP", "tcp://10.0.0.1:3000"),
            ("HAMMOCK_PORT_3000_TCP_PROTO", "tcp"),
            ("HAMMOCK_WEB_PORT_3000_TCP_ADDR", "10.0.0.1"),
        ] {
            assert_eq!(told(&[(name, value)]), None);
        }
        assert!(told(&[("HAMMOCK_PORT", "3000")]).is_some() && told(&[("HAMMOCK_PORT_LISTEN", "1")]).is_some());
    }
}
