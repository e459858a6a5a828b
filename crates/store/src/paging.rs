//! Pages by the place in the order, not by a number of rows to skip: rows that come or go in between shift nothing.

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use hammock_contract::{
    Page,
    page::{MAX_LIMIT, PageRequest, PartRequest},
};

use crate::{Result, StoreError};

const DEFAULT_LIMIT: u32 = 50;
/// Between the parts of a token; occurs in no id and no lower-case key that people type.
const SEPARATOR: char = '\u{1f}';

/// How many rows a page has.
pub(crate) fn limit(request: &PageRequest) -> Result<usize> {
    checked(request.limit.unwrap_or(DEFAULT_LIMIT))
}

fn checked(limit: u32) -> Result<usize> {
    if (1..=MAX_LIMIT).contains(&limit) { Ok(limit as usize) } else { Err(StoreError::InvalidLimit) }
}

/// The place after which the page begins: the order's column and the id of the last row before.
pub(crate) fn place(token: Option<&str>) -> Result<Option<(String, String)>> {
    let Some(token) = token.filter(|token| !token.is_empty()) else { return Ok(None) };
    let bytes = URL_SAFE_NO_PAD.decode(token).map_err(|_| StoreError::InvalidPageToken)?;
    let text = String::from_utf8(bytes).map_err(|_| StoreError::InvalidPageToken)?;
    // No row holds a zero byte, so that no token of ours does.
    let (key, id) = text.rsplit_once(SEPARATOR).filter(|_| !text.contains('\0')).ok_or(StoreError::InvalidPageToken)?;
    Ok(Some((key.to_owned(), id.to_owned())))
}

/// The same for an order by a number.
pub(crate) fn number_place(token: Option<&str>) -> Result<Option<(i64, String)>> {
    place(token)?.map(|(key, id)| Ok((key.parse().map_err(|_| StoreError::InvalidPageToken)?, id))).transpose()
}

/// A page of `rows`, which hold one more than `limit` when there is a next one.
pub(crate) fn page<T>(mut rows: Vec<T>, limit: usize, place: impl Fn(&T) -> (String, String)) -> Page<T> {
    let more = rows.len() > limit;
    rows.truncate(limit);
    let next_page_token = rows.last().filter(|_| more).map(|row| {
        let (key, id) = place(row);
        URL_SAFE_NO_PAD.encode(format!("{key}{SEPARATOR}{id}"))
    });
    Page { items: rows, next_page_token }
}

/// A part of a list that was read whole because it is short: all of it, or as many rows as are asked for, from the place on that
/// the token names. `key` tells the rows apart. Where the last row before that place is gone, it counts how many there were.
///
/// # Errors
/// [`StoreError::InvalidLimit`], [`StoreError::InvalidPageToken`].
pub fn part_of<T>(mut rows: Vec<T>, request: &PartRequest, key: impl Fn(&T) -> String) -> Result<Page<T>> {
    let limit = request.limit.map_or(Ok(usize::MAX), checked)?;
    let begin = match place(request.page_token.as_deref())? {
        None => 0,
        Some((last, before)) => {
            let before = before.parse::<usize>().map_err(|_| StoreError::InvalidPageToken)?;
            rows.iter().position(|row| key(row) == last).map_or(before, |place| place + 1)
        }
    };
    let begin = begin.min(rows.len());
    rows.drain(..begin);
    Ok(page(rows, limit, |row| (key(row), begin.saturating_add(limit).to_string())))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_short_list_comes_whole_or_in_parts() {
        let part = |rows: &[&str], limit, page_token: Option<String>| {
            let rows: Vec<String> = rows.iter().map(|row| (*row).to_owned()).collect();
            part_of(rows, &PartRequest { limit, page_token }, String::clone)
        };
        let whole = part(&["a", "b", "c"], None, None).unwrap();
        assert_eq!((whole.items.len(), whole.next_page_token), (3, None));
        let first = part(&["a", "b", "c"], Some(2), None).unwrap();
        assert_eq!(first.items, ["a", "b"]);
        let token = || first.next_page_token.clone();
        let rest = part(&["a", "b", "c"], Some(2), token()).unwrap();
        assert_eq!((rest.items, rest.next_page_token), (vec!["c".to_owned()], None));
        // What comes or goes in between shifts nothing.
        assert_eq!(part(&["new", "a", "b", "c"], Some(2), token()).unwrap().items, ["c"]);
        assert_eq!(part(&["b", "c", "d"], None, token()).unwrap().items, ["c", "d"]);
        assert_eq!(part(&["a", "x", "c"], None, token()).unwrap().items, ["c"], "the row of the token is gone");
        assert!(part(&["a"], None, token()).unwrap().items.is_empty());
        for refused in [0, 201] {
            assert!(matches!(part(&["a"], Some(refused), None), Err(StoreError::InvalidLimit)), "{refused}");
        }
        // The letters a and b, each side of what separates the parts of a token.
        for refused in ["%%%", "YWJj", "YR9i"] {
            let refused = part(&["a"], None, Some(refused.to_owned()));
            assert!(matches!(refused, Err(StoreError::InvalidPageToken)), "{refused:?}");
        }
    }

    #[test]
    fn a_token_leads_back_to_its_place() {
        let first =
            page(vec![("a", 1), ("b", 2), ("c", 3)], 2, |(name, number)| ((*name).to_owned(), number.to_string()));
        assert_eq!(first.items.len(), 2);
        assert_eq!(place(first.next_page_token.as_deref()).unwrap(), Some(("b".to_owned(), "2".to_owned())));
        assert!(page(vec![("a", 1)], 1, |_| (String::new(), String::new())).next_page_token.is_none());
    }

    #[test]
    fn a_page_has_one_row_to_two_hundred() {
        let of = |asked| limit(&PageRequest { limit: asked, ..PageRequest::default() });
        assert_eq!(of(None).unwrap(), 50);
        assert_eq!((of(Some(1)).unwrap(), of(Some(200)).unwrap()), (1, 200));
        for asked in [0, 201, u32::MAX] {
            assert!(matches!(of(Some(asked)), Err(StoreError::InvalidLimit)), "{asked}");
        }
    }

    #[test]
    fn foreign_tokens_are_refused() {
        for token in ["%%%", "YWJj", "////", "YQAfYg", "YR8AYg"] {
            assert!(matches!(place(Some(token)), Err(StoreError::InvalidPageToken)), "{token}");
        }
        assert_eq!(place(Some("")).unwrap(), None);
    }
}
