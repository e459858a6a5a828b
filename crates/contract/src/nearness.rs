//! How much one name is like another, for those that were misspelt.

/// How many characters must be put in, left out or exchanged to make one text of the other.
pub fn distance(one: &str, other: &str) -> usize {
    let other: Vec<char> = other.chars().collect();
    let mut row: Vec<usize> = (0..=other.len()).collect();
    for (place, a) in one.chars().enumerate() {
        let mut next = Vec::with_capacity(row.len());
        next.push(place + 1);
        for (b, above) in other.iter().zip(row.windows(2)) {
            let left = next.last().copied().unwrap_or_default();
            let (diagonal, up) =
                (above.first().copied().unwrap_or_default(), above.last().copied().unwrap_or_default());
            next.push((diagonal + usize::from(a != *b)).min(up + 1).min(left + 1));
        }
        row = next;
    }
    row.last().copied().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn changes_are_counted() {
        assert_eq!((distance("kitten", "sitting"), distance("", "abc"), distance("a", "a")), (3, 3, 0));
    }
}
