//! The answer to a function from tables. Pure: the same question to the same rows has the same answer, in the same order.

use std::collections::{BTreeMap, HashMap};

use hammock_contract::{
    ApiError,
    function::{Cell, Column, ColumnKind, FunctionArguments, FunctionDefinition, Matching},
};
use hammock_ingest::parse::ParsedTable;

use super::{
    Strictness,
    asking::{Given, place_of},
    comparing::{Key, Reading, Test},
    summarising::summarised,
    tables::unknown_column,
};
use crate::{Result, validate::key};

/// What a function answers.
#[derive(Debug, PartialEq)]
pub struct Evaluated {
    /// The columns of the answer, in order.
    pub columns: Vec<Column>,
    /// Its rows.
    pub rows: Vec<BTreeMap<String, Cell>>,
    /// How many rows of each table match.
    pub matched: Vec<u64>,
    /// Whether there are more rows than the limit lets through.
    pub truncated: bool,
}

/// A row that matches.
#[derive(Clone, Copy)]
pub struct Hit<'a> {
    /// The number of its table.
    table: usize,
    cells: &'a [Cell],
}

/// A column of the answer, or one that something is computed of: where it stands in each table that is asked.
pub struct Source {
    /// The column.
    pub column: Column,
    /// Whether nothing stands in it in any table. It may be of any kind then.
    pub is_empty: bool,
    places: Vec<Option<usize>>,
}

impl Source {
    /// The column of a name, which all of `tables` have but where it is left open by the function.
    pub fn of(name: &str, tables: &[&ParsedTable]) -> Self {
        let places: Vec<Option<usize>> = tables.iter().map(|table| place_of(&table.columns, name)).collect();
        // A column without a cell says nothing about what it would hold.
        let mut kinds = tables.iter().zip(&places).filter_map(|(table, place)| {
            let (place, kind) = ((*place)?, table.columns.get((*place)?)?.kind);
            holds_anything(table, place).then_some(kind)
        });
        // What is a number in one table and a text in another is a text.
        let first = kinds.next();
        let kind = first.filter(|first| kinds.all(|kind| kind == *first)).unwrap_or(ColumnKind::Text);
        Self { column: Column { name: name.to_owned(), kind }, is_empty: first.is_none(), places }
    }

    /// What stands there in a row.
    pub fn cell<'a>(&self, hit: Hit<'a>) -> &'a Cell {
        let place = self.places.get(hit.table).copied().flatten();
        place.and_then(|place| hit.cells.get(place)).unwrap_or(&Cell::Empty)
    }
}

fn holds_anything(table: &ParsedTable, place: usize) -> bool {
    table.rows.iter().any(|cells| cells.get(place).is_some_and(|cell| !cell.is_empty()))
}

/// Answers a function. All `tables` have the columns that it names.
///
/// # Errors
/// `unknown_parameter`, `missing_parameter`, `wrong_type`, `unknown_column`.
pub fn evaluate(
    definition: &FunctionDefinition,
    arguments: &FunctionArguments,
    tables: &[&ParsedTable],
    strictness: Strictness,
) -> Result<Evaluated> {
    let given = Given::of(definition, arguments, strictness)?;
    let mut hits = Vec::new();
    let mut matched = Vec::with_capacity(tables.len());
    for (table, parsed) in tables.iter().enumerate() {
        let tests = tests_for(definition, &given, parsed)?;
        let before = hits.len();
        let wanted = parsed.rows.iter().filter(|cells| fits(definition.matching, &tests, cells));
        hits.extend(wanted.map(|cells| Hit { table, cells }));
        matched.push((hits.len() - before) as u64);
    }
    let limit = definition.limit as usize;
    if definition.summarises() {
        let (columns, mut rows) = summarised(definition, tables, &hits)?;
        let truncated = rows.len() > limit;
        rows.truncate(limit);
        return Ok(Evaluated { columns, rows, matched, truncated });
    }
    sort(definition, tables, &mut hits);
    let truncated = hits.len() > limit;
    let shown = returned(definition, tables);
    let row = |hit: &Hit<'_>| -> BTreeMap<String, Cell> {
        shown.iter().map(|it| (it.column.name.clone(), it.cell(*hit).clone())).collect()
    };
    let rows = hits.iter().take(limit).map(row).collect();
    Ok(Evaluated { columns: shown.into_iter().map(|it| it.column).collect(), rows, matched, truncated })
}

/// The conditions that do not fall away, each with the place of its column.
fn tests_for(definition: &FunctionDefinition, given: &Given, table: &ParsedTable) -> Result<Vec<(usize, Test)>> {
    let mut tests = Vec::new();
    for condition in &definition.conditions {
        let Some(values) = given.values(condition) else { continue };
        let place = place_of(&table.columns, &condition.column);
        let Some((place, column)) = place.and_then(|place| Some((place, table.columns.get(place)?))) else {
            return Err(missing_column(&condition.column, table));
        };
        let texts = table.rows.iter().filter_map(|cells| match cells.get(place)? {
            Cell::Text(text) => Some(text.as_str()),
            Cell::Boolean(_) | Cell::Number(_) | Cell::Empty => None,
        });
        let measure = given.measures(condition).filter(|_| column.kind == ColumnKind::Text);
        let test = match measure.and_then(|kind| Reading::of(kind, texts)) {
            Some(reading) => Test::of_texts(condition.operator, reading, &condition.column, &values),
            None => Test::new(condition.operator, column.kind, &condition.column, &values),
        };
        tests.push((place, test.map_err(|error| error.on("conditions"))?));
    }
    Ok(tests)
}

fn missing_column(name: &str, table: &ParsedTable) -> ApiError {
    unknown_column(name, table.columns.iter().map(|column| column.name.as_str()))
}

fn fits(matching: Matching, tests: &[(usize, Test)], cells: &[Cell]) -> bool {
    let mut outcomes = tests.iter().map(|(place, test)| test.holds(cells.get(*place).unwrap_or(&Cell::Empty)));
    match matching {
        Matching::All => outcomes.all(|holds| holds),
        // Where no condition is left, nothing is asked of a row.
        Matching::Any => tests.is_empty() || outcomes.any(|holds| holds),
    }
}

/// Sorts as asked; what is equal stays in the order of the tables.
fn sort(definition: &FunctionDefinition, tables: &[&ParsedTable], hits: &mut [Hit<'_>]) {
    if definition.sort.is_empty() {
        return;
    }
    let by: Vec<(Source, bool)> =
        definition.sort.iter().map(|sort| (Source::of(&sort.column, tables), sort.descending)).collect();
    hits.sort_by_cached_key(|hit| Sorted {
        keys: by.iter().map(|(source, descending)| (Key::of(source.cell(*hit)), *descending)).collect(),
    });
}

/// What a row is sorted by.
pub struct Sorted {
    /// Each key, and whether the greatest comes first.
    pub keys: Vec<(Key, bool)>,
}

impl Ord for Sorted {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        let pairs = self.keys.iter().zip(&other.keys);
        pairs.fold(std::cmp::Ordering::Equal, |so_far, ((one, descending), (other, _))| {
            so_far.then_with(|| one.order(other, *descending))
        })
    }
}

impl PartialOrd for Sorted {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

impl PartialEq for Sorted {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other).is_eq()
    }
}

impl Eq for Sorted {}

/// The columns that are returned: those that are named, else all of all tables in the order in which they occur. What differs in
/// case alone is one column, but for a table that has both.
fn returned(definition: &FunctionDefinition, tables: &[&ParsedTable]) -> Vec<Source> {
    if !definition.columns.is_empty() {
        return definition.columns.iter().map(|name| Source::of(name, tables)).collect();
    }
    let mut names: Vec<&str> = Vec::new();
    let mut known: HashMap<String, Vec<&str>> = HashMap::new();
    for table in tables {
        for (place, column) in table.columns.iter().enumerate() {
            let alike = known.entry(key(&column.name)).or_default();
            if !alike.iter().any(|name| place_of(&table.columns, name) == Some(place)) {
                alike.push(&column.name);
                names.push(&column.name);
            }
        }
    }
    names.into_iter().map(|name| Source::of(name, tables)).collect()
}
