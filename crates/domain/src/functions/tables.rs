//! The tables that functions ask. They are read from the kept originals when a function needs them, so that they can never
//! differ from the files, go with them, and are there for files that were uploaded before there were functions; those asked
//! last stay in memory.

use std::{
    collections::VecDeque,
    sync::Arc,
    time::{Duration, Instant},
};

use hammock_contract::{
    ApiError, ErrorCode, SourceId, file_type,
    function::{DataTable, FunctionDefinition, TableReference},
    nearness::distance,
};
use hammock_ingest::{
    isolate::FileToParse,
    parse::{FileType, ParsedTable},
};
use hammock_store::{
    Scope,
    data_functions::{self, SourceFile},
};
use parking_lot::Mutex;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use super::asking::place_of;
use crate::{
    Hammock, Result,
    documents::from_io,
    error::{from_store, internal},
    knowledge::files,
    validate::key,
};

/// How many cells are kept in memory: as many as the largest file may have, so that none is read for every question.
const KEPT_CELLS: usize = 5_000_000;

/// How long tables are kept that nobody asks.
const KEPT_FOR: Duration = Duration::from_secs(300);

/// How many cells one function may ask.
const MOST_CELLS: usize = 10_000_000;

/// How many are asked at once. Each may hold as many cells as one function may ask, and keep a processor busy with them.
const AT_ONCE: usize = 2;

/// The files whose content is tables.
const KINDS: [FileType; 5] = [FileType::Csv, FileType::Json, FileType::Xlsx, FileType::Xls, FileType::Ods];

/// The tables of a file.
type Tables = Arc<Vec<Arc<ParsedTable>>>;

/// The tables of a file that was asked.
struct Kept {
    /// The key of the file. A file that is replaced has another.
    key: String,
    tables: Tables,
    asked: Instant,
}

/// The tables of the files that were asked last, the latest at the end, and who may ask.
pub(crate) struct TableCache {
    kept: Mutex<VecDeque<Kept>>,
    turns: Arc<Semaphore>,
    /// Held while a file is read: whoever waits for it finds its tables kept, and does not read them once more.
    reading: tokio::sync::Mutex<()>,
}

impl Default for TableCache {
    fn default() -> Self {
        Self {
            kept: Mutex::default(),
            turns: Arc::new(Semaphore::new(AT_ONCE)),
            reading: tokio::sync::Mutex::default(),
        }
    }
}

impl TableCache {
    /// Waits until tables may be asked; others may once what is returned is gone.
    pub(super) async fn turn(&self) -> Result<OwnedSemaphorePermit> {
        self.turns.clone().acquire_owned().await.map_err(internal)
    }

    fn find(&self, key: &str) -> Option<Tables> {
        let mut kept = self.kept.lock();
        let place = kept.iter().position(|one| one.key == key)?;
        let found = kept.remove(place)?;
        let tables = found.tables.clone();
        kept.push_back(Kept { asked: Instant::now(), ..found });
        Some(tables)
    }

    /// Keeps the tables of a file, and forgets those that were asked longest ago. Whether none were kept before.
    fn keep(&self, key: &str, tables: &Tables) -> bool {
        let mut kept = self.kept.lock();
        let was_empty = kept.is_empty();
        kept.retain(|one| one.key != key);
        kept.push_back(Kept { key: key.to_owned(), tables: tables.clone(), asked: Instant::now() });
        let mut total: usize = kept.iter().map(|one| cells_in(&one.tables)).sum();
        while total > KEPT_CELLS {
            let Some(oldest) = kept.pop_front() else { break };
            total -= cells_in(&oldest.tables);
        }
        was_empty
    }

    fn is_empty(&self) -> bool {
        self.kept.lock().is_empty()
    }

    /// Forgets what nobody has asked for so long.
    fn forget(&self, idle: Duration) {
        self.kept.lock().retain(|one| one.asked.elapsed() < idle);
    }
}

fn cells_in(tables: &[Arc<ParsedTable>]) -> usize {
    tables.iter().map(|table| table.rows.len() * table.columns.len()).sum()
}

/// A table with the file that it is from.
#[derive(Debug, Clone)]
pub struct SourceTable {
    /// The file.
    pub file: SourceFile,
    /// What stands in it.
    pub parsed: Arc<ParsedTable>,
}

impl SourceTable {
    /// What people see of it.
    pub fn described(&self) -> DataTable {
        let Self { file, parsed } = self;
        DataTable {
            document: file.document.clone(),
            title: file.title.clone(),
            location: file.location.clone(),
            sheet: parsed.sheet.clone(),
            columns: parsed.columns.clone(),
            rows: parsed.rows.len() as u64,
        }
    }

    fn is(&self, wanted: &TableReference) -> bool {
        let is_sheet = wanted.sheet.is_none() || wanted.sheet == self.parsed.sheet;
        self.file.location == wanted.location && is_sheet
    }
}

impl Hammock {
    /// The tables of a source, of one file where `wanted` names it. Whoever asks for them has a turn.
    pub(super) async fn source_tables(
        &self,
        scope: &Scope,
        source: &SourceId,
        wanted: Option<&TableReference>,
    ) -> Result<Vec<SourceTable>> {
        let files = data_functions::list_files(scope, self.store().read(), source).await.map_err(from_store)?;
        let mut found = Vec::new();
        let mut cells = 0;
        for file in files {
            if !may_hold_tables(&file) || wanted.is_some_and(|wanted| wanted.location != file.location) {
                continue;
            }
            let tables = self.tables_of(&file).await?;
            cells += cells_in(&tables);
            if cells > MOST_CELLS {
                let message = "the tables of this source are too large to be asked together; name one of them";
                return Err(ApiError::new(ErrorCode::FileTooComplex, message));
            }
            found.extend(tables.iter().map(|parsed| SourceTable { file: file.clone(), parsed: parsed.clone() }));
        }
        Ok(found)
    }

    /// What people see of the tables of a source, however large they are together. Whoever asks has a turn.
    pub(super) async fn describe_tables(&self, scope: &Scope, source: &SourceId) -> Result<Vec<DataTable>> {
        let files = data_functions::list_files(scope, self.store().read(), source).await.map_err(from_store)?;
        let mut described = Vec::new();
        for file in files.into_iter().filter(may_hold_tables) {
            let tables = self.tables_of(&file).await?;
            let of_file = tables.iter().map(|parsed| SourceTable { file: file.clone(), parsed: parsed.clone() });
            described.extend(of_file.map(|table| table.described()));
        }
        Ok(described)
    }

    async fn tables_of(&self, file: &SourceFile) -> Result<Tables> {
        if let Some(tables) = self.0.tables.find(&file.file_key) {
            return Ok(tables);
        }
        let _reading = self.0.tables.reading.lock().await;
        if let Some(tables) = self.0.tables.find(&file.file_key) {
            return Ok(tables);
        }
        let path = files::path(&self.settings().data_dir, &file.file_key);
        let bytes = match tokio::fs::read(path).await {
            Ok(bytes) => bytes.into(),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
                let message = "a file of this source is just being replaced; try again";
                return Err(ApiError::new(ErrorCode::Busy, message));
            }
            Err(error) => return Err(from_io(error)),
        };
        let (file_name, media_type) = (file.location.clone(), Some(file.media_type.clone()));
        let parsed = self.0.parser.tables(FileToParse { file_name, media_type, bytes }).await;
        let parsed = parsed.map_err(|error| ApiError::from(error).with("file", &file.location))?;
        let tables: Tables = Arc::new(parsed.into_iter().map(Arc::new).collect());
        if self.0.tables.keep(&file.file_key, &tables) {
            self.forget_tables_later();
        }
        Ok(tables)
    }

    /// Gives the memory back once nobody asks any more.
    fn forget_tables_later(&self) {
        let inner = Arc::downgrade(&self.0);
        tokio::spawn(async move {
            // As long as something is kept: what is asked again and again stays longer.
            loop {
                tokio::time::sleep(KEPT_FOR).await;
                let Some(inner) = inner.upgrade() else { return };
                inner.tables.forget(KEPT_FOR);
                if inner.tables.is_empty() {
                    return;
                }
            }
        });
    }
}

/// Whether it is worth looking into a file. JSON of before was kept as plain text: its name tells.
fn may_hold_tables(file: &SourceFile) -> bool {
    let ending = file.location.rsplit_once('.').map(|(_, ending)| ending.to_ascii_lowercase()).unwrap_or_default();
    KINDS.iter().any(|kind| kind.media_type() == file.media_type) || file_type::JSON.contains(&ending.as_str())
}

/// The tables that a function asks: the one that it names, else those that have all its columns.
///
/// # Errors
/// `table_missing`, `unknown_column`.
pub fn chosen<'a>(definition: &FunctionDefinition, tables: &'a [SourceTable]) -> Result<Vec<&'a SourceTable>> {
    let named: Vec<&SourceTable> =
        tables.iter().filter(|table| definition.table.as_ref().is_none_or(|wanted| table.is(wanted))).collect();
    if named.is_empty() {
        let missing =
            ApiError::new(ErrorCode::TableMissing, "the source has no such table; upload one, or name another");
        let name = definition.table.as_ref().map(|wanted| wanted.location.as_str());
        return Err(name.map_or(missing.clone(), |name| missing.with("name", name)).on("table"));
    }
    let columns = definition.named_columns();
    let missing_in = |table: &SourceTable| -> Vec<String> {
        let missing = columns.iter().filter(|column| place_of(&table.parsed.columns, column).is_none());
        missing.map(|column| (*column).to_owned()).collect()
    };
    let fitting: Vec<&SourceTable> = named.iter().copied().filter(|table| missing_in(table).is_empty()).collect();
    if !fitting.is_empty() {
        return Ok(fitting);
    }
    let nearly = named.iter().copied().min_by_key(|table| missing_in(table).len());
    let Some((table, column)) = nearly.and_then(|table| Some((table, missing_in(table).into_iter().next()?))) else {
        return Ok(Vec::new());
    };
    Err(unknown_column(&column, table.parsed.columns.iter().map(|column| column.name.as_str())))
}

/// That there is no column of this name, with the one that is most like it.
pub fn unknown_column<'a>(name: &str, known: impl Iterator<Item = &'a str>) -> ApiError {
    let wanted = key(name);
    let nearest = known.min_by_key(|known| distance(&wanted, &key(known)));
    let message = match nearest {
        Some(nearest) => format!("there is no column {name}; the nearest is {nearest}"),
        None => format!("there is no column {name}"),
    };
    let error = ApiError::new(ErrorCode::UnknownColumn, message).with("name", name);
    nearest.map_or(error.clone(), |nearest| error.with("nearest", nearest))
}

#[cfg(test)]
mod tests {
    use futures::FutureExt as _;
    use hammock_contract::function::{Cell, Column, ColumnKind};

    use super::*;

    #[test]
    fn the_nearest_column_is_told() {
        let columns = ["Name", "Price", "Town"];
        let error = unknown_column("prise", columns.into_iter());
        assert_eq!((error.code, error.params["nearest"].as_str()), (ErrorCode::UnknownColumn, "Price"));
    }

    #[test]
    fn no_more_are_asked_at_once_than_fit() {
        let cache = TableCache::default();
        let mut turns: Vec<_> = (0..AT_ONCE).map(|_| cache.turn().now_or_never()).collect();
        assert!(turns.iter().all(Option::is_some));
        assert!(cache.turn().now_or_never().is_none(), "nobody is done yet");
        turns.pop();
        assert!(cache.turn().now_or_never().is_some());
    }

    #[test]
    fn what_was_asked_longest_ago_is_forgotten_first() {
        const COLUMNS: usize = 1_000;
        let table = |rows: usize| {
            let columns = vec![Column { name: "a".to_owned(), kind: ColumnKind::Number }; COLUMNS];
            let rows = vec![vec![Cell::Empty; COLUMNS]; rows];
            Arc::new(vec![Arc::new(ParsedTable { sheet: None, columns, rows })])
        };
        let cache = TableCache::default();
        let large = table(KEPT_CELLS / COLUMNS / 2);
        assert!(cache.keep("one", &large));
        assert!(!cache.keep("two", &large));
        assert!(cache.find("one").is_some());
        cache.keep("three", &table(1));
        assert!(cache.find("two").is_none() && cache.find("one").is_some() && cache.find("three").is_some());
        cache.forget(Duration::from_secs(3_600));
        assert!(!cache.is_empty());
        cache.forget(Duration::ZERO);
        assert!(cache.is_empty());
    }
}
