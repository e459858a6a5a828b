//! Rows for people who look at a terminal.

/// A table with its headings, each column as wide as it must be; nothing but the headings when there are no rows.
pub fn of<const N: usize>(headings: &[&str; N], rows: impl IntoIterator<Item = [String; N]>) -> String {
    let rows: Vec<[String; N]> = std::iter::once(headings.map(str::to_owned)).chain(rows).collect();
    let widths: [usize; N] =
        std::array::from_fn(|column| rows.iter().map(|row| row[column].chars().count()).max().unwrap_or_default());
    let mut text = String::new();
    for row in rows {
        let cells = row.iter().zip(widths).map(|(cell, width)| format!("{cell:width$}")).collect::<Vec<_>>();
        text.push_str(cells.join("  ").trim_end());
        text.push('\n');
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_stand_under_each_other() {
        let rows = [["Žofie".to_owned(), "owner".to_owned()], ["Al".to_owned(), "user".to_owned()]];
        assert_eq!(of(&["NAME", "ROLE"], rows), "NAME   ROLE\nŽofie  owner\nAl     user\n");
        assert_eq!(of(&["NAME", "ROLE"], []), "NAME  ROLE\n");
    }
}
