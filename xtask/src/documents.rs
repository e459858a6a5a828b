//! Tests that the documents say what is true: commands exist, links lead somewhere, the Dockerfile names what there is.

use std::path::PathBuf;

use clap::Parser;

use crate::{Arguments, dist, environment, model, workspace::files_below};

fn root() -> PathBuf {
    environment::package_folder().parent().unwrap().to_owned()
}

fn read(path: &str) -> String {
    std::fs::read_to_string(root().join(path)).unwrap_or_else(|error| panic!("{path}: {error}"))
}

/// The lines of code blocks.
fn code_lines(text: &str) -> Vec<&str> {
    text.split("```").skip(1).step_by(2).flat_map(str::lines).collect()
}

/// The addresses of `[links](…)` and the paths that are meant to exist.
fn links(text: &str) -> Vec<&str> {
    text.split("](").skip(1).filter_map(|rest| rest.split_once(')')).map(|(link, _)| link).collect()
}

/// The Dockerfile's instructions, each on one line.
fn instructions() -> Vec<String> {
    let text: String =
        read("Dockerfile").lines().filter(|line| !line.starts_with('#')).map(|line| format!("{line}\n")).collect();
    text.replace("\\\n", " ").lines().map(str::trim).filter(|line| !line.is_empty()).map(str::to_owned).collect()
}

fn commands_of_the_readme() -> Vec<String> {
    let readme = read("README.md");
    code_lines(&readme)
        .into_iter()
        .filter(|line| line.starts_with("cargo xtask"))
        .map(|line| line.split('#').next().unwrap_or_default().trim().to_owned())
        .collect()
}

#[test]
fn the_readme_names_commands_that_exist() {
    let commands = commands_of_the_readme();
    assert!(commands.iter().any(|command| command == "cargo xtask run"), "{commands:?}");
    assert!(commands.iter().any(|command| command == "cargo xtask test"), "{commands:?}");
    for command in commands {
        let words = std::iter::once("cargo xtask").chain(command.split_whitespace().skip(2));
        assert!(Arguments::try_parse_from(words).is_ok(), "`{command}` does not exist");
    }
}

#[test]
fn links_lead_to_files() {
    let mut documents = vec!["README.md".to_owned(), "CHANGELOG.md".to_owned()];
    for directory in ["docs", "docs/decisions", "docs/handbook"] {
        for entry in std::fs::read_dir(root().join(directory)).unwrap() {
            let name = entry.unwrap().file_name().into_string().unwrap();
            if name.ends_with(".md") {
                documents.push(format!("{directory}/{name}"));
            }
        }
    }
    for document in documents {
        let text = read(&document);
        let directory = root().join(&document).parent().unwrap().to_owned();
        for link in links(&text).into_iter().filter(|link| !link.contains("://") && !link.starts_with('#')) {
            let path = directory.join(link.split('#').next().unwrap_or_default());
            assert!(path.exists(), "{document} links to {link}, which does not exist");
        }
    }
}

#[test]
fn the_dockerfile_copies_what_exists() {
    let mut copied = 0;
    for instruction in instructions() {
        let Some(arguments) = instruction.strip_prefix("COPY ") else { continue };
        let words: Vec<&str> = arguments.split_whitespace().collect();
        let (_, sources) = words.split_last().unwrap();
        if let Some(("--from=build", sources)) = sources.split_first().map(|(first, rest)| (*first, rest)) {
            // What the first stage has made, below its working directory.
            for source in sources {
                let made = source.strip_prefix("/src/target/").unwrap_or_else(|| panic!("{source} is not built"));
                assert!([dist::BINARY, dist::MODELS].contains(&made), "`cargo xtask dist` does not write {source}");
            }
            continue;
        }
        for source in sources {
            assert!(root().join(source).exists(), "the Dockerfile copies {source}, which does not exist");
            copied += 1;
        }
    }
    assert!(copied > 10, "only {copied} paths were looked at");
}

#[test]
fn the_dockerfile_copies_every_member_of_the_workspace() {
    let dockerfile = instructions().join("\n");
    for directory in ["app", "crates", "frontend", "migrations", "server", "widget", "xtask", "style", "public", "docs"]
    {
        assert!(dockerfile.contains(&format!("COPY {directory} {directory}")), "{directory} is not copied");
    }
}

/// Whether a file is kept from Docker: of the patterns that meet it, or a directory that it is in, the last one counts.
fn is_ignored(patterns: &str, path: &str) -> bool {
    let path: Vec<&str> = path.split('/').collect();
    let mut ignored = false;
    for line in patterns.lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with('#')) {
        assert!(!line.contains(['[', '\\']), "this test does not understand {line}");
        let (pattern, ignores) = line.strip_prefix('!').map_or((line, true), |kept| (kept, false));
        let pattern: Vec<&str> = pattern.split('/').filter(|part| !matches!(*part, "" | ".")).collect();
        if (1..=path.len()).any(|depth| is_met(&pattern, &path[..depth])) {
            ignored = ignores;
        }
    }
    ignored
}

/// Whether a pattern describes a path, part by part.
fn is_met(pattern: &[&str], path: &[&str]) -> bool {
    match (pattern, path) {
        ([], _) => path.is_empty(),
        (["**", rest @ ..], _) => (0..=path.len()).any(|skipped| is_met(rest, &path[skipped..])),
        ([part, rest @ ..], [name, names @ ..]) => is_like(part, name) && is_met(rest, names),
        _ => false,
    }
}

/// The same within a part.
fn is_like(pattern: &str, name: &str) -> bool {
    let mut wanted = pattern.chars();
    match wanted.next() {
        None => name.is_empty(),
        Some('*') => (0..=name.len()).any(|at| name.get(at..).is_some_and(|rest| is_like(wanted.as_str(), rest))),
        Some(one) => {
            let mut left = name.chars();
            left.next().is_some_and(|is| one == '?' || one == is) && is_like(wanted.as_str(), left.as_str())
        }
    }
}

#[test]
fn patterns_of_what_docker_ignores_are_understood() {
    let page = "docs/handbook/01-a.md";
    for patterns in ["docs", "docs/", "/docs", "./docs", "*", "d*s", "doc?", "docs/handbook", "docs/*", "**/*.md", "**"]
    {
        assert!(is_ignored(patterns, page), "{patterns}");
    }
    for patterns in ["", "# docs", "doc", "handbook", "*.md", "docs/*.md", "docs\n!docs", "*\n!docs/handbook/"] {
        assert!(!is_ignored(patterns, page), "{patterns}");
    }
}

#[test]
fn docker_is_sent_every_file_that_is_copied() {
    let ignored = read(".dockerignore");
    let root = root();
    let copied: Vec<PathBuf> = instructions()
        .iter()
        .filter_map(|instruction| instruction.strip_prefix("COPY "))
        .filter(|arguments| !arguments.starts_with("--from="))
        .flat_map(|arguments| {
            let words: Vec<&str> = arguments.split_whitespace().collect();
            words[..words.len() - 1].iter().map(|source| root.join(source)).collect::<Vec<_>>()
        })
        .collect();
    let mut seen = 0;
    for file in files_below(&copied).unwrap() {
        let path = file.strip_prefix(&root).unwrap().to_str().unwrap();
        assert!(!is_ignored(&ignored, path), "{path} is ignored");
        seen += 1;
    }
    assert!(seen > 500, "only {seen} files were looked at");
}

#[test]
fn the_dockerfile_runs_the_commands_of_the_readme() {
    let commands = commands_of_the_readme();
    let runs: Vec<String> = instructions()
        .into_iter()
        .filter_map(|instruction| instruction.strip_prefix("RUN cargo ").map(|rest| format!("cargo {rest}")))
        .collect();
    assert!(!runs.is_empty());
    for run in runs {
        assert!(commands.contains(&run), "the README does not know `{run}`");
    }
}

#[test]
fn the_dockerfile_uses_the_pinned_toolchain_and_no_root() {
    let toolchain = read("rust-toolchain.toml");
    let channel = toolchain.lines().find_map(|line| line.strip_prefix("channel = ")).unwrap().trim_matches('"');
    let instructions = instructions();
    assert!(instructions.iter().any(|line| line.starts_with(&format!("FROM rust:{channel}-"))), "another toolchain");
    assert!(instructions.iter().any(|line| line == "USER hammock"), "it runs as root");
    assert!(instructions.iter().any(|line| line == "VOLUME /data"), "its data is lost");
}

#[test]
fn the_dockerfile_sets_fields_that_exist() {
    let defaults = read("server/src/config/default.toml");
    let mut seen = 0;
    for instruction in instructions().iter().filter(|line| line.starts_with("ENV ")) {
        for name in instruction.split_whitespace().filter_map(|word| word.split_once('=')).map(|(name, _)| name) {
            let path = name.strip_prefix("HAMMOCK_").unwrap().to_lowercase();
            let (section, field) = path.split_once("__").unwrap();
            let section =
                defaults.split(&format!("\n[{section}]\n")).nth(1).unwrap_or_else(|| panic!("no [{section}]"));
            let section = section.split("\n[").next().unwrap();
            assert!(section.lines().any(|line| line.starts_with(&format!("{field} ="))), "{name} is no setting");
            seen += 1;
        }
    }
    assert_eq!(seen, 4);
}

/// The value that the Dockerfile gives a variable.
fn set_in_the_image(name: &str) -> String {
    let instructions = instructions();
    let mut words =
        instructions.iter().filter_map(|line| line.strip_prefix("ENV ")).flat_map(|line| line.split_whitespace());
    let value = words.find_map(|word| word.strip_prefix(name)?.strip_prefix('='));
    value.unwrap_or_else(|| panic!("the Dockerfile does not set {name}")).to_owned()
}

#[test]
fn the_image_finds_the_model_that_is_copied_into_it() {
    let copied = format!("COPY --from=build /src/target/{} /usr/share/hammock/models", dist::MODELS);
    assert!(instructions().contains(&copied), "the models are copied to another place");
    let read = set_in_the_image("HAMMOCK_EMBEDDING__MODEL_DIR");
    assert_eq!(read, format!("/usr/share/hammock/models/{}", model::NAME));
}

#[test]
fn a_container_that_is_stopped_has_time_to_end() {
    const DOCKER_KILLS_AFTER: u64 = 10;
    let patience: u64 = set_in_the_image("HAMMOCK_SERVER__SHUTDOWN_TIMEOUT").parse().unwrap();
    assert!(patience <= DOCKER_KILLS_AFTER / 2, "{patience} s leave too little for what comes after");
}

#[test]
fn the_dockerfile_and_the_readme_say_the_same_commands() {
    let (readme, dockerfile) = (read("README.md"), read("Dockerfile"));
    let said: Vec<&str> = code_lines(&readme).into_iter().filter(|line| line.starts_with("docker ")).collect();
    assert_eq!(said.len(), 2, "{said:?}");
    let comments: Vec<&str> = dockerfile
        .lines()
        .filter_map(|line| line.strip_prefix('#'))
        .map(str::trim)
        .filter(|line| line.starts_with("docker "))
        .collect();
    assert_eq!(comments, said);
}

#[test]
fn a_server_starts_with_the_variables_that_the_tools_read() {
    let known = read("server/src/config/unknown.rs");
    let places =
        ["xtask/src", "crates/testkit/src", "end2end/measure", "end2end/support", "end2end/playwright.config.ts"];
    let mut seen = 0;
    for file in files_below(&places.map(|place| root().join(place))).unwrap() {
        let Ok(text) = std::fs::read_to_string(&file) else { continue };
        for rest in text.split("HAMMOCK_").skip(1) {
            let name: String = rest.chars().take_while(|c| c.is_ascii_uppercase() || *c == '_').collect();
            // Two underscores are in the names of fields.
            if name.is_empty() || name.contains("__") || name.starts_with("TEST_") {
                continue;
            }
            let is_known = known.contains(&format!("\"HAMMOCK_{name}\""));
            assert!(is_known, "{}: a server does not start with HAMMOCK_{name}", file.display());
            seen += 1;
        }
    }
    assert!(seen > 10, "only {seen} were looked at");
}

#[test]
fn continuous_integration_runs_the_same_command() {
    assert!(read(".ci/run").lines().any(|line| line == "exec cargo xtask test"));
}
