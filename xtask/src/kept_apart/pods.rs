//! Reads Perl's documentation, which is written in pod: paragraphs, some of which are commands.

use super::sections::{Section, on_one_line};

/// The sections of a pod, in their order. What stands above the first heading is left out.
pub fn sections(pod: &str) -> Vec<Section> {
    let mut sections: Vec<Section> = Vec::new();
    for paragraph in paragraphs(pod) {
        let is_example = paragraph.starts_with([' ', '\t']);
        let (command, text) = match paragraph.strip_prefix('=') {
            Some(rest) => rest.split_once(char::is_whitespace).unwrap_or((rest, "")),
            None => ("", paragraph.as_str()),
        };
        let shown = if is_example { text.to_owned() } else { on_one_line(&without_codes(text)) };
        if let Some(level) = command.strip_prefix("head").and_then(|level| level.parse().ok()) {
            sections.push(Section { level, heading: shown, paragraphs: Vec::new() });
        } else if ["", "item"].contains(&command)
            && !["", "*"].contains(&shown.as_str())
            && let Some(section) = sections.last_mut()
        {
            section.paragraphs.push(shown);
        }
    }
    sections
}

/// What blank lines part.
fn paragraphs(pod: &str) -> Vec<String> {
    let lines: Vec<&str> = pod.lines().map(str::trim_end).collect();
    let paragraphs = lines.split(|line| line.is_empty()).filter(|lines| !lines.is_empty());
    paragraphs.map(|lines| lines.join("\n")).collect()
}

/// A text without its formatting codes: `C<E<lt>STDINE<gt>>` is `<STDIN>`.
fn without_codes(text: &str) -> String {
    read_until(text, None).0
}

/// Reads up to `end`, which is left out, or up to the end of the text; what was read, and the rest.
fn read_until<'a>(text: &'a str, end: Option<&str>) -> (String, &'a str) {
    let mut read = String::new();
    let mut rest = text;
    while let Some(first) = rest.chars().next() {
        if let Some(after) = end.and_then(|end| rest.strip_prefix(end)) {
            return (read, after);
        }
        let after = &rest[first.len_utf8()..];
        if first.is_ascii_uppercase() && after.starts_with('<') {
            let (inside, after) = read_code(after);
            read.push_str(&shown(first, inside.trim()));
            rest = after;
        } else {
            read.push(first);
            rest = after;
        }
    }
    (read, rest)
}

/// Reads what a code holds, from its first `<` on. Several of them, with a blank, end with as many.
fn read_code(text: &str) -> (String, &str) {
    let inside = text.trim_start_matches('<');
    let brackets = text.len() - inside.len();
    if brackets > 1 && inside.starts_with(char::is_whitespace) {
        read_until(inside, Some(&format!(" {}", ">".repeat(brackets))))
    } else {
        read_until(&text[1..], Some(">"))
    }
}

/// What a code shows of what it holds.
fn shown(code: char, inside: &str) -> String {
    match (code, inside) {
        ('X' | 'Z', _) => String::new(),
        ('E', "lt") => "<".to_owned(),
        ('E', "gt") => ">".to_owned(),
        ('E', "sol") => "/".to_owned(),
        ('E', "verbar") => "|".to_owned(),
        ('L', link) => link.split_once('|').map_or(link, |(text, _)| text).to_owned(),
        (_, text) => text.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pod_is_read() {
        let pod = "=head1 NAME\n\nperlfaq4\n\n=head2 Why is C<int()> broken?\nX<int>\n\nSee L<perlnumber> or\nL<the site|http://perl.org/>.\n\n\
            =over 4\n\n=item *\n\nOne\n\n=item Two\n\n=back\n\n    print int(0.6), \"\\n\";\n      # two\n\n    more\n";
        let section = |level, heading: &str, paragraphs: &[&str]| Section {
            level,
            heading: heading.to_owned(),
            paragraphs: paragraphs.iter().map(|paragraph| (*paragraph).to_owned()).collect(),
        };
        let question =
            ["See perlnumber or the site.", "One", "Two", "    print int(0.6), \"\\n\";\n      # two", "    more"];
        assert_eq!(sections(pod), [section(1, "NAME", &["perlfaq4"]), section(2, "Why is int() broken?", &question)]);
    }

    #[test]
    fn codes_are_left_out_and_what_they_hold_is_not() {
        for (coded, plain) in [
            ("C<E<lt>STDINE<gt>>", "<STDIN>"),
            ("B<I<very> bold>, F</etc>", "very bold, /etc"),
            ("C<< $a->[0] <=> 1 >> and C<<< x >> 1 >>>", "$a->[0] <=> 1 and x >> 1"),
            ("a <b> c, HTML", "a <b> c, HTML"),
            ("C<never closed", "never closed"),
        ] {
            assert_eq!(without_codes(coded), plain);
        }
    }
}
