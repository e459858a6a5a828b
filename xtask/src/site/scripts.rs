//! Our few scripts that no compiler makes, smaller: without comments, indentation and spaces that mean nothing.
//!
//! No general tool: a comment stands on lines of its own, begun by `//`; no pattern (regular expression) holds a quotation mark
//! or a space; a template literal holds no other one. Line ends stay, so that no statement is joined to the next.

/// The script, smaller.
pub fn small(script: &str) -> String {
    let lines: Vec<&str> =
        script.lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with("//")).collect();
    let mut out = String::with_capacity(script.len());
    let mut quote = None;
    let text = lines.join("\n");
    let mut characters = text.chars().peekable();
    while let Some(character) = characters.next() {
        match (quote, character) {
            (Some(_), '\\') => {
                out.push(character);
                out.extend(characters.next());
                continue;
            }
            (Some(open), _) if open == character => quote = None,
            (Some(_), _) => {}
            (None, '"' | '\'' | '`') => quote = Some(character),
            (None, ' ') if !is_needed(out.chars().next_back(), characters.peek().copied()) => continue,
            // What is open there is never a whole statement.
            (None, '\n') if out.ends_with(['{', '(', '[', ',', ';']) => continue,
            (None, _) => {}
        }
        out.push(character);
    }
    out
}

/// A script that a program has written, without its comments, which stand on lines of their own, and without indentation.
pub fn trimmed(script: &str) -> String {
    let mut out = String::with_capacity(script.len());
    let mut is_comment = false;
    for line in script.lines().map(str::trim) {
        is_comment |= line.starts_with("/**");
        if !is_comment && !line.is_empty() && !line.starts_with("//") {
            out.push_str(line);
            out.push('\n');
        }
        is_comment &= !line.ends_with("*/");
    }
    out
}

/// Whether a space between two characters keeps apart what would be one word, or one operator.
fn is_needed(before: Option<char>, after: Option<char>) -> bool {
    let is_word = |character: Option<char>| character.is_some_and(|one| one.is_alphanumeric() || "_$#".contains(one));
    let is_sign = |character: Option<char>| matches!(character, Some('+' | '-'));
    (is_word(before) && is_word(after)) || (is_sign(before) && is_sign(after))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spaces_and_comments_go_and_texts_stay() {
        let script =
            "// why\n(() => {\n  const a = \"b  //  c\"; \n\n  // more\n  return a + +b - 'it\\'s { }';\n})();\n";
        assert_eq!(small(script), "(()=>{const a=\"b  //  c\";return a+ +b-'it\\'s { }';})();");
    }

    #[test]
    fn what_a_program_has_written_is_trimmed() {
        let script = "/** one line */\nexport class A {\n    /**\n     * @returns {number}\n     */\n    get a() {\n\n        // why\n        return 1;\n    }\n}\n";
        assert_eq!(trimmed(script), "export class A {\nget a() {\nreturn 1;\n}\n}\n");
    }

    #[test]
    fn line_ends_that_may_end_a_statement_stay() {
        assert_eq!(small("let a = 1\nlet b = 2\n"), "let a=1\nlet b=2");
        assert_eq!(small("const f = `a\n  b  ${c  }`;\nelse  if"), "const f=`a\nb  ${c  }`;else if");
    }
}
