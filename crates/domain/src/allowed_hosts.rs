//! The hosts that an organisation narrows its requests to: what is taken of a list, and what it would cut off.

use hammock_contract::{
    ApiError, ErrorCode,
    organisation::{AllowedHosts, CutOffConnection, CutOffSource, HostsCheck},
    source::SourceKind,
    user::Role,
};
use hammock_net::HostRule;
use hammock_store::{Scope, allowed_hosts, connections, sitemaps};
use url::Url;

use crate::{Hammock, Result, error::from_store, outgoing::rules_of, validate};

/// The most hosts of a list: it is looked through before each request.
const MOST_HOSTS: usize = 200;
/// So many faulty lines are named.
const MOST_NAMED: usize = 10;

impl Hammock {
    /// What would stop working if requests went to these hosts alone: websites and connections that the list of now lets through and
    /// this one does not. Nothing is changed.
    ///
    /// # Errors
    /// `role_required` below administrator, `invalid_hosts`, `invalid_field`.
    pub async fn check_allowed_hosts(&self, scope: &Scope, wanted: AllowedHosts) -> Result<HostsCheck> {
        scope.require(Role::Administrator).map_err(from_store)?;
        let after = rules_of(&checked(wanted)?);
        let db = self.store().read();
        let before = rules_of(&allowed_hosts::find(scope, db).await.map_err(from_store)?);
        let host_of = |address: &str| cut_off(address, before.as_deref(), after.as_deref());
        let mut found = HostsCheck::default();
        for row in allowed_hosts::list_websites(scope, db).await.map_err(from_store)? {
            let SourceKind::Website(settings) = &row.kind else { continue };
            // Where the start address led to the last time is what would be asked next.
            let led_to = sitemaps::find_start(scope, db, &row.id).await.map_err(from_store)?;
            let host = host_of(&settings.start_url).or_else(|| host_of(&led_to?));
            if let Some(host) = host {
                found.sources.push(CutOffSource { id: row.id, collection: row.collection_id, name: row.name, host });
            }
        }
        for row in connections::list(scope, db).await.map_err(from_store)? {
            if let Some(host) = host_of(&row.base_url) {
                found.connections.push(CutOffConnection { id: row.id, name: row.name, host });
            }
        }
        Ok(found)
    }
}

/// The host of an address that one list lets through and another does not.
fn cut_off(address: &str, before: Option<&[HostRule]>, after: Option<&[HostRule]>) -> Option<String> {
    let url = Url::parse(address).ok()?;
    let lets_through =
        |rules: Option<&[HostRule]>| rules.is_none_or(|rules| rules.iter().any(|rule| rule.covers(&url)));
    if !lets_through(before) || lets_through(after) {
        return None;
    }
    let host = url.host_str()?;
    Some(url.port().map_or_else(|| host.to_owned(), |port| format!("{host}:{port}")))
}

/// A list as it is kept: without empty lines and without what stands there twice.
///
/// # Errors
/// `invalid_hosts`, naming the lines that are none; `invalid_field` where there are too many, or none that would count.
pub(crate) fn checked(wanted: AllowedHosts) -> Result<AllowedHosts> {
    let AllowedHosts { limited, hosts } = wanted;
    let mut rules: Vec<HostRule> = Vec::new();
    let (mut kept, mut faulty) = (Vec::new(), Vec::new());
    for (number, typed) in (1_usize..).zip(&hosts) {
        let line = typed.trim();
        if line.is_empty() {
            continue;
        }
        match line.parse::<HostRule>() {
            Ok(rule) if rules.contains(&rule) => {}
            Ok(rule) => {
                // A name in its own letters stays as people read it.
                kept.push(if line.is_ascii() { rule.to_string() } else { line.to_lowercase() });
                rules.push(rule);
            }
            Err(_) => faulty.push((number, line)),
        }
    }
    if let Some((_, first)) = faulty.first() {
        return Err(invalid_lines(&faulty, first));
    }
    if kept.len() > MOST_HOSTS {
        return Err(validate::invalid("hosts", format!("there may be at most {MOST_HOSTS} hosts")));
    }
    if limited && kept.is_empty() {
        let message = "without a host nothing could be asked; write one at least, or let requests go wherever the operator allows";
        return Err(validate::invalid("hosts", message));
    }
    Ok(AllowedHosts { limited, hosts: kept })
}

fn invalid_lines(faulty: &[(usize, &str)], first: &str) -> ApiError {
    let numbers: Vec<String> = faulty.iter().take(MOST_NAMED).map(|(number, _)| number.to_string()).collect();
    let (lines, first) = (numbers.join(", "), first.chars().take(100).collect::<String>());
    let message = format!(
        "these lines are no hosts: {lines} (the first is {first:?}); write a host alone, such as example.org, *.example.org or \
         10.1.2.3:8080, without https:// and without a path"
    );
    ApiError::new(ErrorCode::InvalidHosts, message).on("hosts").with("lines", lines).with("entry", first)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn list(limited: bool, hosts: &[&str]) -> AllowedHosts {
        AllowedHosts { limited, hosts: hosts.iter().map(|host| (*host).to_owned()).collect() }
    }

    #[test]
    fn a_list_is_kept_in_one_form() {
        let typed =
            [" Example.ORG. ", "", "*.example.org:8443", "example.org", "Bücher.example", "xn--bcher-kva.example"];
        let kept = checked(list(true, &typed)).unwrap();
        assert_eq!(kept, list(true, &["example.org", "*.example.org:8443", "bücher.example"]));
        assert_eq!(checked(kept.clone()), Ok(kept));
        let later = list(false, &["example.org"]);
        assert_eq!(checked(later.clone()), Ok(later), "what does not count stays");
        assert_eq!(checked(list(false, &[])), Ok(AllowedHosts::default()));
    }

    #[test]
    fn each_faulty_line_is_named() {
        let error = checked(list(true, &["example.org", "https://example.org/", "", "a b", "*"])).unwrap_err();
        assert_eq!((error.code, error.field.as_deref()), (ErrorCode::InvalidHosts, Some("hosts")));
        assert_eq!(
            (error.params["lines"].as_str(), error.params["entry"].as_str()),
            ("2, 4, 5", "https://example.org/")
        );
        assert!(error.message.contains("2, 4, 5"), "{error}");
        let many: Vec<String> = (0..30).map(|n| format!("/{n}")).collect();
        let error = checked(AllowedHosts { limited: false, hosts: many }).unwrap_err();
        assert_eq!(error.params["lines"], "1, 2, 3, 4, 5, 6, 7, 8, 9, 10", "also where the list does not count");
    }

    #[test]
    fn a_list_is_neither_empty_nor_endless() {
        let field = |error: ApiError| (error.code, error.field);
        let expected = (ErrorCode::InvalidField, Some("hosts".to_owned()));
        assert_eq!(field(checked(list(true, &["", " "])).unwrap_err()), expected);
        let of = |number: usize| AllowedHosts {
            limited: true,
            hosts: (0..number).map(|n| format!("h{n}.example.org")).collect(),
        };
        assert_eq!(field(checked(of(MOST_HOSTS + 1)).unwrap_err()), expected);
        assert!(checked(of(MOST_HOSTS)).is_ok());
    }

    #[test]
    fn what_is_cut_off_was_let_through_before() {
        let rules = |hosts: &[&str]| rules_of(&list(true, hosts));
        let (museum, shop) = (rules(&["museum.example"]), rules(&["shop.example"]));
        let url = "https://museum.example:8443/a";
        let host = Some("museum.example:8443".to_owned());
        assert_eq!(cut_off(url, None, shop.as_deref()), host);
        assert_eq!(cut_off(url, museum.as_deref(), shop.as_deref()), host);
        assert_eq!(cut_off(url, shop.as_deref(), shop.as_deref()), None, "it did not work before");
        assert_eq!(cut_off(url, shop.as_deref(), None), None);
        assert_eq!(cut_off(url, museum.as_deref(), museum.as_deref()), None);
        assert_eq!(cut_off("nonsense", None, shop.as_deref()), None);
    }
}
