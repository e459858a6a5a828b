//! A server function takes the request's context, calls the domain once and converts the error: at most five lines.

use crate::boundaries::{Finding, Outcome, sources::Source};

/// The most lines that a body may have.
const LONGEST: usize = 5;

/// Checks every `#[server]` of the app.
pub fn check(sources: &[Source]) -> Vec<Outcome> {
    let (mut long, mut strangers) = (Vec::new(), Vec::new());
    for source in sources.iter().filter(|source| source.path.starts_with("app/src/") && source.is("rs")) {
        let code: Vec<(usize, &str)> = source.code().collect();
        for (index, (number, line)) in code.iter().enumerate() {
            let line = line.trim_start();
            if !(line.starts_with("#[server") && line[8..].starts_with(['(', ']'])) {
                continue;
            }
            let after = &code[index..];
            let attribute: String =
                after.iter().take_while(|(_, line)| !line.contains("fn ")).map(|(_, line)| *line).collect();
            if !attribute.contains("prefix = \"/api/fn\"") || !attribute.contains("endpoint = \"") {
                strangers.push(Finding::at(source, *number, "has no prefix = \"/api/fn\" with an endpoint"));
            }
            let lines = body(after);
            if lines > LONGEST {
                long.push(Finding::at(source, *number, format!("has {lines} lines")));
            }
        }
    }
    vec![("a server function has at most five lines", long), ("server functions live below /api/fn", strangers)]
}

/// How many lines stand between the braces of the first function.
fn body(lines: &[(usize, &str)]) -> usize {
    let mut depth = 0_i32;
    let (mut inside, mut count) = (false, 0);
    for (_, line) in lines.iter().skip_while(|(_, line)| !line.contains("fn ")) {
        if inside && !line.trim().is_empty() {
            count += 1;
        }
        for character in line.chars() {
            match character {
                '{' => {
                    depth += 1;
                    inside = true;
                }
                '}' => depth -= 1,
                _ => {}
            }
        }
        if inside && depth == 0 {
            // The last line holds the closing brace.
            return count - usize::from(count > 0);
        }
    }
    count
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::boundaries::sources::source;

    const ATTRIBUTE: &str = "#[server(prefix = \"/api/fn\", endpoint = \"users/list\", input = Json, output = Json)]";

    fn findings(text: &str) -> Vec<usize> {
        check(&[source("app/src/users/api.rs", text)]).into_iter().map(|(_, findings)| findings.len()).collect()
    }

    #[test]
    fn short_functions_pass() {
        let text = format!(
            "{ATTRIBUTE}\npub async fn list_users(\n    page: u32,\n) -> Result<Vec<User>, FnError> {{\n    let (hammock, scope) = \
             context().await?;\n    Ok(hammock.list_users(&scope, page).await?)\n}}\n"
        );
        assert_eq!(findings(&text), [0, 0]);
    }

    #[test]
    fn long_ones_and_those_elsewhere_do_not() {
        let long = format!(
            "{ATTRIBUTE}\npub async fn a() {{\n    one();\n    two();\n    if b {{\n        c();\n    }}\n    d();\n}}\n"
        );
        assert_eq!(findings(&long), [1, 0]);
        assert_eq!(findings("#[server]\npub async fn a() {}\n"), [0, 1]);
    }
}
