//! What may stand in which file: searches over the sources.

use regex::Regex;

use crate::boundaries::{Finding, Outcome, sources::Source};

/// The longest a file of ours may be, in lines.
const LONGEST: usize = 400;

/// A pattern, and the files that may hold it.
struct Rule {
    name: &'static str,
    pattern: &'static str,
    /// Where it applies: a path's beginning.
    within: &'static [&'static str],
    /// Where it does not.
    except: &'static [&'static str],
}

const RULES: [Rule; 10] = [
    Rule {
        name: "only server/src/config reads the environment",
        pattern: r"\benv::(var|vars|var_os|vars_os)\b",
        within: &[""],
        except: &["server/src/config", "xtask/src/environment.rs", "crates/testkit/src/environment.rs"],
    },
    Rule {
        name: "only crates/net builds an HTTP client",
        pattern: r"\breqwest::(blocking::)?((Client|ClientBuilder)::(new|builder|default)|get)\(",
        within: &[""],
        except: &["crates/net/src/", "xtask/"],
    },
    Rule {
        name: "in app, only request.rs names axum",
        pattern: r"\b(axum|leptos_axum)\b",
        within: &["app/src/"],
        except: &["app/src/request.rs"],
    },
    Rule {
        name: "only ui/rich_text.rs inserts HTML",
        pattern: r"\b(inner_html|set_inner_html|insert_adjacent_html|set_outer_html)\b",
        within: &["app/", "frontend/", "widget/"],
        except: &["app/src/ui/rich_text.rs"],
    },
    Rule {
        name: "only server/src/wire.rs names concrete adapters",
        pattern: r"\bhammock_index::",
        within: &["server/src/", "crates/domain/", "app/"],
        except: &["server/src/wire.rs"],
    },
    Rule {
        name: "a scope is made by the store alone",
        pattern: r"\bScope\s*\{\s*organisation",
        within: &["server/", "app/", "crates/"],
        except: &["crates/store/src/"],
    },
    Rule {
        name: "only server/src/wire.rs says what the operator lets requests reach",
        pattern: r"\bEgressPolicy\b",
        within: &["server/src/", "crates/", "app/"],
        except: &["server/src/wire.rs", "crates/net/src/", "crates/testkit/"],
    },
    // Whatever else is asked is asked for an organisation, whose list of hosts counts.
    Rule {
        name: "only what serves the operator alone asks without an organisation's list of hosts",
        pattern: r"\boperators_client\(|\bAskedFor::Operator\b",
        within: &["server/src/", "crates/", "app/"],
        except: &["crates/domain/src/outgoing.rs", "crates/domain/src/doctor.rs", "crates/domain/src/ollama.rs"],
    },
    // The authorisation test calls every route of the tables.
    Rule {
        name: "only server/src/router.rs adds routes",
        pattern: r"\.(route|route_service|nest|nest_service)\(",
        within: &["server/src/", "app/src/"],
        except: &["server/src/router.rs"],
    },
    Rule {
        name: "server/src/router.rs takes its paths from the tables",
        pattern: r#"\.(route|route_service|nest_service)\((\s*$|"|[A-Z]|\w+::)"#,
        within: &["server/src/router.rs"],
        except: &[],
    },
];

/// Applies all searches.
pub fn check(sources: &[Source]) -> Vec<Outcome> {
    let mut outcomes: Vec<Outcome> = RULES.iter().map(|rule| (rule.name, search(rule, sources))).collect();
    outcomes.push(("no file is longer than 400 lines", length(sources)));
    outcomes.push(("no file is called mod.rs", module_files(sources)));
    outcomes.push(("lock files name no host", hosts(sources)));
    outcomes.push(("no documentation holds code that would have to run", examples(sources)));
    outcomes
}

fn search(rule: &Rule, sources: &[Source]) -> Vec<Finding> {
    let Ok(pattern) = Regex::new(rule.pattern) else {
        return vec![Finding::new(rule.pattern, "is no regular expression")];
    };
    sources
        .iter()
        .filter(|source| source.is("rs") && !source.is_test())
        .filter(|source| rule.within.iter().any(|path| source.path.starts_with(path)))
        .filter(|source| !rule.except.iter().any(|path| source.path.starts_with(path)))
        .flat_map(|source| {
            source
                .code()
                .filter(|(_, line)| pattern.is_match(line))
                .map(|(number, line)| Finding::at(source, number, line.trim()))
                .collect::<Vec<_>>()
        })
        .collect()
}

fn length(sources: &[Source]) -> Vec<Finding> {
    sources
        .iter()
        .filter(|source| source.is("rs") || source.is("css") || source.is("ts"))
        .map(|source| (source, source.text.lines().count()))
        .filter(|(_, lines)| *lines > LONGEST)
        .map(|(source, lines)| Finding::new(&source.path, format!("has {lines} lines; split it by ideas")))
        .collect()
}

fn module_files(sources: &[Source]) -> Vec<Finding> {
    sources
        .iter()
        .filter(|source| source.path.ends_with("/mod.rs"))
        .map(|source| Finding::new(&source.path, "is called after its directory instead, beside it"))
        .collect()
}

/// Where packages come from is the installing machine's affair.
fn hosts(sources: &[Source]) -> Vec<Finding> {
    sources
        .iter()
        .filter(|source| source.path.ends_with("package-lock.json"))
        .filter(|source| source.text.contains("\"resolved\": \"http"))
        .map(|source| Finding::new(&source.path, "run npm with omit-lockfile-registry-resolved"))
        .collect()
}

/// The test command leaves them out: it would look for them in every crate, which takes a minute.
fn examples(sources: &[Source]) -> Vec<Finding> {
    let begins = |line: &str| ["/// ```", "//! ```"].iter().any(|fence| line.trim_start().starts_with(fence));
    let findings = |source: &Source| -> Vec<Finding> {
        let lines = (1..).zip(source.text.lines()).filter(|(_, line)| begins(line));
        lines.map(|(number, _)| Finding::at(source, number, "make it a test")).collect()
    };
    sources.iter().filter(|source| source.is("rs")).flat_map(findings).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::boundaries::sources::source;

    fn broken(sources: &[Source]) -> Vec<(&'static str, usize)> {
        check(sources)
            .into_iter()
            .filter(|(_, found)| !found.is_empty())
            .map(|(rule, found)| (rule, found.len()))
            .collect()
    }

    #[test]
    fn good_sources_pass() {
        let good = [
            source("server/src/config/file.rs", "let a = std::env::var(\"A\");"),
            source("crates/net/src/client.rs", "reqwest::Client::builder()"),
            source("app/src/request.rs", "use axum::http::HeaderMap;"),
            source("app/src/ui/rich_text.rs", "view! { <div inner_html=html/> }"),
            source("server/src/wire.rs", "hammock_index::DurableIndex::open(dir)"),
            source("server/src/router.rs", "router.nest(API, api).route(other.path, handler)"),
            source(
                "server/src/middleware/cors.rs",
                "#[cfg(test)]\nmod tests {\n Router::new().route(\"/a\", get(a));\n}",
            ),
            source("crates/llm/src/a.rs", "fn a() {}\n#[cfg(test)]\nmod tests {\n reqwest::Client::new();\n}"),
            source("server/tests/it/main.rs", "reqwest::Client::new()"),
            source("crates/llm/src/b.rs", "hammock_net::Client::new(egress)"),
            source("server/src/wire.rs", "EgressPolicy::allowing(allow)"),
            source("crates/domain/src/doctor.rs", "renderer.check(self.operators_client()).await"),
            source("crates/domain/src/tests/world.rs", "EgressPolicy::default()"),
            source("end2end/package-lock.json", "{\"version\": \"1.0.0\"}"),
        ];
        assert_eq!(broken(&good), []);
    }

    #[test]
    fn bad_sources_do_not() {
        let bad = [
            source("crates/llm/src/a.rs", "let a = env::var_os(\"A\");\nlet b = reqwest::Client::new();"),
            source("app/src/chat/api.rs", "use leptos_axum::extract;"),
            source("app/src/chat/page.rs", "view! { <div inner_html=html/> }"),
            source("server/src/router.rs", "hammock_index::DurableIndex::open(dir)"),
            source("server/src/router.rs", "router.route(\"/a\", get(a)).route(PATH, get(b)).route(\n\"/c\", get(c))"),
            source("server/src/share.rs", "Router::new().route(\"/share\", get(page))"),
            source("server/src/auth.rs", "Scope { organisation, user }"),
            source("crates/domain/src/websites.rs", "self.operators_client().get(url)"),
            source("crates/domain/src/connections.rs", "let asked_for = AskedFor::Operator;"),
            source("crates/domain/src/openid.rs", "Client::new(EgressPolicy::default())"),
            source("server/src/long.rs", &"\n".repeat(401)),
            source("server/src/api/mod.rs", ""),
            source("end2end/package-lock.json", "\"resolved\": \"https://example.com/a.tgz\""),
        ];
        assert_eq!(broken(&bad).len(), 13, "{:?}", broken(&bad));
    }

    #[test]
    fn examples_in_documentation_are_found() {
        let rule = "no documentation holds code that would have to run";
        let with = source("crates/a/src/lib.rs", "/// Adds.\n///\n/// ```\n/// add(1, 2);\n");
        assert_eq!(broken(&[with]), [(rule, 1)]);
        assert_eq!(broken(&[source("crates/a/src/lib.rs", "/// Adds `1`.\nlet a = \"```\";\n")]), []);
    }
}
