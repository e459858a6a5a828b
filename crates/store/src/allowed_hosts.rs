//! The hosts that an organisation narrows its requests to.

use hammock_contract::{organisation::AllowedHosts, source::SourceKind};
use sea_orm::Value;

use crate::{
    Db, Result, Scope, StoreError, Tx,
    collections::writable,
    row::{self, Table, value},
    sources::SourceRow,
};

/// Where the requests of the scope's own organisation may go.
pub async fn find(scope: &Scope, db: Db<'_>) -> Result<AllowedHosts> {
    let sql = "SELECT hosts_limited, allowed_hosts FROM organisations WHERE id = $1";
    let found = db.row(sql, [scope.organisation().as_str().into()]).await?.ok_or(StoreError::NotFound)?;
    let hosts: String = value(&found, "allowed_hosts")?;
    Ok(AllowedHosts { limited: value(&found, "hosts_limited")?, hosts: hosts.lines().map(str::to_owned).collect() })
}

/// Says where the requests of the scope's own organisation may go. No host holds a line break.
pub async fn put(scope: &Scope, tx: &Tx, allowed: &AllowedHosts) -> Result<()> {
    let AllowedHosts { limited, hosts } = allowed;
    let values = [scope.organisation().as_str().into(), (*limited).into(), hosts.join("\n").into()];
    let sql = "UPDATE organisations SET hosts_limited = $2, allowed_hosts = $3 WHERE id = $1";
    row::touched(tx.db().execute(sql, values).await?)
}

/// The websites that the scope may write, of all collections, by name.
pub async fn list_websites(scope: &Scope, db: Db<'_>) -> Result<Vec<SourceRow>> {
    let mut values: Vec<Value> = Vec::new();
    let writable = writable(scope, "sources", "collection_id", &mut values);
    let sql = format!("SELECT {} FROM sources WHERE {writable} ORDER BY name_key, id", SourceRow::COLUMNS);
    let rows: Vec<SourceRow> = row::all(&db.rows(&sql, values).await?)?;
    Ok(rows.into_iter().filter(|row| matches!(row.kind, SourceKind::Website(_))).collect())
}
