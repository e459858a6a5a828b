//! Groups, and figures over their rows.

use std::collections::{BTreeMap, HashMap, HashSet};

use hammock_contract::function::{Aggregate, Cell, Column, ColumnKind, Figure, FunctionDefinition};
use hammock_ingest::parse::ParsedTable;

use super::{
    asking::wrong_type,
    comparing::{Identity, Key},
    evaluating::{Hit, Sorted, Source},
    tables::unknown_column,
};
use crate::Result;

/// A number with more decimals is none that people wrote.
const MOST_DECIMALS: usize = 15;

/// The columns and rows of an answer.
type Answer = (Vec<Column>, Vec<BTreeMap<String, Cell>>);

/// One row for each group, in the order in which the groups occur unless another is asked for.
///
/// # Errors
/// `wrong_type` for the sum of what is no number, `unknown_column` for an order by what is not in the answer.
pub fn summarised(definition: &FunctionDefinition, tables: &[&ParsedTable], hits: &[Hit<'_>]) -> Result<Answer> {
    let by: Vec<Source> = definition.group_by.iter().map(|name| Source::of(name, tables)).collect();
    let figures = definition
        .aggregates
        .iter()
        .map(|aggregate| FigureOf::new(aggregate, tables))
        .collect::<Result<Vec<FigureOf>>>()?;
    let columns: Vec<Column> =
        by.iter().map(|source| source.column.clone()).chain(figures.iter().map(FigureOf::column)).collect();
    let order = order(definition, &columns)?;

    let mut groups: Vec<(Vec<Cell>, Vec<Sum>)> = Vec::new();
    let mut places: HashMap<Vec<Identity>, usize> = HashMap::new();
    let empty = || figures.iter().map(|_| Sum::default()).collect::<Vec<Sum>>();
    if by.is_empty() {
        // Without groups there is one, also of no rows.
        places.insert(Vec::new(), 0);
        groups.push((Vec::new(), empty()));
    }
    for hit in hits {
        let identity: Vec<Identity> = by.iter().map(|source| Key::of(source.cell(*hit)).identity()).collect();
        let next = groups.len();
        let place = *places.entry(identity).or_insert(next);
        if place == next {
            groups.push((by.iter().map(|source| source.cell(*hit).clone()).collect(), empty()));
        }
        if let Some((_, sums)) = groups.get_mut(place) {
            for (figure, sum) in figures.iter().zip(sums) {
                sum.take(figure, *hit);
            }
        }
    }
    let mut rows: Vec<Vec<Cell>> = groups
        .into_iter()
        .map(|(cells, sums)| {
            cells.into_iter().chain(figures.iter().zip(sums).map(|(figure, sum)| sum.result(figure.figure))).collect()
        })
        .collect();
    if !order.is_empty() {
        rows.sort_by_cached_key(|row| {
            let key = |place: usize| Key::of(row.get(place).unwrap_or(&Cell::Empty));
            Sorted { keys: order.iter().map(|(place, descending)| (key(*place), *descending)).collect() }
        });
    }
    let named = |row: Vec<Cell>| -> BTreeMap<String, Cell> {
        columns.iter().map(|column| column.name.clone()).zip(row).collect()
    };
    let rows = rows.into_iter().map(named).collect();
    Ok((columns, rows))
}

/// By which columns of the answer it is sorted.
fn order(definition: &FunctionDefinition, columns: &[Column]) -> Result<Vec<(usize, bool)>> {
    let place = |name: &str| super::asking::place_of(columns, name);
    let known = || columns.iter().map(|column| column.name.as_str());
    let order = definition.sort.iter().map(|sort| match place(&sort.column) {
        Some(place) => Ok((place, sort.descending)),
        None => Err(unknown_column(&sort.column, known()).on("sort")),
    });
    order.collect()
}

/// A figure with the column that it is computed of.
struct FigureOf {
    name: String,
    figure: Figure,
    source: Option<Source>,
}

impl FigureOf {
    fn new(aggregate: &Aggregate, tables: &[&ParsedTable]) -> Result<Self> {
        let source = aggregate.column.as_deref().map(|column| Source::of(column, tables));
        if matches!(aggregate.figure, Figure::Sum | Figure::Average)
            && let Some(source) = &source
            && source.column.kind != ColumnKind::Number
            && !source.is_empty
        {
            return Err(wrong_type(&source.column.name, ColumnKind::Number).on("aggregates"));
        }
        Ok(Self { name: aggregate.name(), figure: aggregate.figure, source })
    }

    fn column(&self) -> Column {
        let kind = match (self.figure, &self.source) {
            (Figure::Min | Figure::Max, Some(source)) => source.column.kind,
            _ => ColumnKind::Number,
        };
        Column { name: self.name.clone(), kind }
    }
}

/// What is known so far of a figure of a group.
#[derive(Default)]
struct Sum {
    count: u64,
    sum: f64,
    /// The most decimals of a number of it.
    decimals: usize,
    extreme: Option<(Key, Cell)>,
    different: HashSet<Identity>,
}

impl Sum {
    fn take(&mut self, figure: &FigureOf, hit: Hit<'_>) {
        let Some(source) = &figure.source else {
            self.count += 1;
            return;
        };
        let cell = source.cell(hit);
        if cell.is_empty() {
            return;
        }
        self.count += 1;
        match (figure.figure, cell) {
            (Figure::Sum | Figure::Average, Cell::Number(number)) => {
                self.sum += number;
                self.decimals = self.decimals.max(decimals_of(*number));
            }
            (Figure::Min | Figure::Max, cell) => {
                let key = Key::of(cell);
                let is_max = figure.figure == Figure::Max;
                // Of equals the first stays.
                let is_better = self.extreme.as_ref().is_none_or(|(best, _)| {
                    let order = key.natural(best);
                    if is_max { order.is_gt() } else { order.is_lt() }
                });
                if is_better {
                    self.extreme = Some((key, cell.clone()));
                }
            }
            (Figure::Distinct, cell) => {
                self.different.insert(Key::of(cell).identity());
            }
            (Figure::Count | Figure::Sum | Figure::Average, _) => {}
        }
    }

    /// The sum with as many decimals as its numbers have: 0.1 and 0.2 are 0.3, what more there is comes from the binary form.
    fn total(&self) -> f64 {
        if !(1..=MOST_DECIMALS).contains(&self.decimals) {
            return self.sum;
        }
        format!("{:.*}", self.decimals, self.sum).parse().unwrap_or(self.sum)
    }

    fn result(self, figure: Figure) -> Cell {
        match figure {
            Figure::Count => Cell::Number(self.count as f64),
            Figure::Sum => Cell::Number(self.total()),
            Figure::Average if self.count == 0 => Cell::Empty,
            Figure::Average => Cell::Number(self.total() / self.count as f64),
            Figure::Min | Figure::Max => self.extreme.map_or(Cell::Empty, |(_, cell)| cell),
            Figure::Distinct => Cell::Number(self.different.len() as f64),
        }
    }
}

/// How many decimals a number is written with.
fn decimals_of(number: f64) -> usize {
    if number.fract() == 0.0 {
        return 0;
    }
    number.to_string().split_once('.').map_or(0, |(_, decimals)| decimals.len())
}
