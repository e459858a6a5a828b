//! In which order documents are listed, and where a page of them begins.

use hammock_contract::document::DocumentSort;
use sea_orm::Value;

use crate::{Result, documents::DocumentRow, paging};

/// The condition of what comes after a page, with its `AND`; nothing for the first page.
pub(super) fn after(sort: DocumentSort, token: Option<&str>, values: &mut Vec<Value>) -> Result<String> {
    let (column, sign, key, id): (_, _, Value, _) = match sort {
        DocumentSort::Added => {
            let Some((_, id)) = paging::place(token)? else { return Ok(String::new()) };
            values.push(id.into());
            return Ok(format!(" AND id < ${}", values.len()));
        }
        DocumentSort::Location => match paging::place(token)? {
            Some((location, id)) => ("location_key", ">", location.into(), id),
            None => return Ok(String::new()),
        },
        DocumentSort::Passages => match paging::number_place(token)? {
            Some((chunks, id)) => ("chunks", "<", chunks.into(), id),
            None => return Ok(String::new()),
        },
    };
    values.push(key);
    values.push(id.into());
    let (key, id) = (values.len() - 1, values.len());
    Ok(format!(" AND ({column} {sign} ${key} OR ({column} = ${key} AND id {sign} ${id}))"))
}

/// The columns that a list is ordered by.
pub(super) const fn columns(sort: DocumentSort) -> &'static str {
    match sort {
        DocumentSort::Added => "id DESC",
        DocumentSort::Location => "location_key, id",
        DocumentSort::Passages => "chunks DESC, id DESC",
    }
}

/// Where the page after this row begins.
pub(super) fn place(sort: DocumentSort, row: &DocumentRow) -> (String, String) {
    let key = match sort {
        DocumentSort::Added => String::new(),
        DocumentSort::Location => row.location_key.clone(),
        DocumentSort::Passages => row.chunks.to_string(),
    };
    (key, row.id.as_str().to_owned())
}
