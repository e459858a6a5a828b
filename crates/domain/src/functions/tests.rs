//! Answers, compared with what a simple program says that knows no tricks.

use std::collections::BTreeMap;

use hammock_contract::{
    ErrorCode,
    function::{
        Aggregate, Cell, Column, ColumnKind, Condition, Figure, FunctionArguments, FunctionDefinition, Matching,
        Operand, Operator, Parameter, Sort,
    },
};
use hammock_ingest::parse::ParsedTable;
use proptest::prelude::*;

use super::{Strictness, evaluate, evaluating::Evaluated};

fn text(text: &str) -> Cell {
    Cell::Text(text.to_owned())
}

fn table(columns: &[(&str, ColumnKind)], rows: Vec<Vec<Cell>>) -> ParsedTable {
    let columns = columns.iter().map(|(name, kind)| Column { name: (*name).to_owned(), kind: *kind }).collect();
    ParsedTable { sheet: None, columns, rows }
}

fn rooms() -> ParsedTable {
    let row = |name: &str, town: &str, price: f64| vec![text(name), text(town), Cell::Number(price)];
    let columns = [("Name", ColumnKind::Text), ("Town", ColumnKind::Text), ("Price", ColumnKind::Number)];
    let rows = vec![row("Lark", "Brno", 900.0), row("Wren", "Praha", 1_500.0), row("Swift", "brno", 100.0)];
    table(&columns, rows)
}

fn condition(column: &str, operator: Operator, parameter: &str) -> Condition {
    Condition { column: column.to_owned(), operator, values: vec![Operand::Parameter(parameter.to_owned())] }
}

fn parameter(name: &str, kind: ColumnKind, required: bool) -> Parameter {
    Parameter { name: name.to_owned(), kind, required, default: None }
}

fn find_rooms() -> FunctionDefinition {
    FunctionDefinition {
        parameters: vec![parameter("town", ColumnKind::Text, true), parameter("most", ColumnKind::Number, false)],
        conditions: vec![condition("Town", Operator::Equals, "town"), condition("Price", Operator::AtMost, "most")],
        sort: vec![Sort { column: "Price".to_owned(), descending: false }],
        columns: vec!["Name".to_owned()],
        ..FunctionDefinition::named("find_rooms")
    }
}

fn with(parameters: &[(&str, Cell)]) -> FunctionArguments {
    let parameters = parameters.iter().map(|(name, value)| ((*name).to_owned(), value.clone())).collect();
    FunctionArguments { parameters }
}

fn names(answer: &Evaluated) -> Vec<String> {
    answer.rows.iter().map(|row| row["Name"].to_string()).collect()
}

#[test]
fn a_condition_whose_parameter_is_not_given_falls_away() {
    let (rooms, function) = (rooms(), find_rooms());
    let run = |arguments: &FunctionArguments| evaluate(&function, arguments, &[&rooms], Strictness::Complete);
    let answer = run(&with(&[("town", text("BRNO"))])).unwrap();
    assert_eq!((names(&answer), answer.matched), (vec!["Swift".to_owned(), "Lark".to_owned()], vec![2]));
    // A form sends texts.
    let answer = run(&with(&[("town", text("Brno")), ("most", text("500"))])).unwrap();
    assert_eq!(names(&answer), ["Swift"]);
    let fault = |arguments| {
        let error = run(&arguments).unwrap_err();
        (error.code, error.field)
    };
    let of = |name: &str| Some(name.to_owned());
    assert_eq!(fault(with(&[])), (ErrorCode::MissingParameter, of("town")));
    assert_eq!(fault(with(&[("town", text(" "))])), (ErrorCode::MissingParameter, of("town")));
    assert_eq!(fault(with(&[("town", text("a")), ("most", text("ten"))])), (ErrorCode::WrongType, of("most")));
    assert_eq!(fault(with(&[("city", text("a"))])), (ErrorCode::UnknownParameter, of("city")));
    assert_eq!(evaluate(&function, &with(&[]), &[&rooms], Strictness::Preview).unwrap().rows.len(), 3);
}

#[test]
fn groups_have_figures() {
    let rooms = rooms();
    let figure = |figure, column: Option<&str>| Aggregate { figure, column: column.map(str::to_owned) };
    let function = FunctionDefinition {
        group_by: vec!["Town".to_owned()],
        aggregates: vec![
            figure(Figure::Count, None),
            figure(Figure::Sum, Some("Price")),
            figure(Figure::Max, Some("Name")),
            figure(Figure::Distinct, Some("Town")),
        ],
        sort: vec![Sort { column: "sum(Price)".to_owned(), descending: true }],
        ..FunctionDefinition::named("by_town")
    };
    let answer = evaluate(&function, &with(&[]), &[&rooms], Strictness::Complete).unwrap();
    let columns: Vec<&str> = answer.columns.iter().map(|column| column.name.as_str()).collect();
    assert_eq!(columns, ["Town", "count", "sum(Price)", "max(Name)", "distinct(Town)"]);
    let row = |town: &str, count: f64, sum: f64, max: &str| {
        let cells = [text(town), Cell::Number(count), Cell::Number(sum), text(max), Cell::Number(1.0)];
        columns.iter().map(|name| (*name).to_owned()).zip(cells).collect::<BTreeMap<String, Cell>>()
    };
    assert_eq!(answer.rows, [row("Praha", 1.0, 1_500.0, "Wren"), row("Brno", 2.0, 1_000.0, "Swift")]);

    // Of no rows there is one figure, and no group.
    let nothing = |group_by: Vec<String>| {
        let conditions = vec![Condition { column: "Name".into(), operator: Operator::IsEmpty, values: Vec::new() }];
        let average = vec![figure(Figure::Average, Some("Price"))];
        let function =
            FunctionDefinition { conditions, group_by, aggregates: average, ..FunctionDefinition::named("f") };
        evaluate(&function, &with(&[]), &[&rooms], Strictness::Complete).unwrap().rows
    };
    assert_eq!(nothing(Vec::new()), [BTreeMap::from([("average(Price)".to_owned(), Cell::Empty)])]);
    assert!(nothing(vec!["Town".to_owned()]).is_empty());

    let wrong = FunctionDefinition {
        aggregates: vec![figure(Figure::Sum, Some("Name"))],
        ..FunctionDefinition::named("wrong")
    };
    let error = evaluate(&wrong, &with(&[]), &[&rooms], Strictness::Complete).unwrap_err();
    assert_eq!((error.code, error.field.as_deref()), (ErrorCode::WrongType, Some("aggregates")));
}

#[test]
fn several_tables_are_asked_as_one() {
    let one = rooms();
    let more = table(
        &[
            ("town", ColumnKind::Text),
            ("Name", ColumnKind::Text),
            ("Price", ColumnKind::Text),
            ("Pool", ColumnKind::Boolean),
        ],
        vec![vec![text("Brno"), text("Owl"), text("on request"), Cell::Boolean(true)]],
    );
    let function = FunctionDefinition { limit: 3, ..FunctionDefinition::named("all") };
    let answer = evaluate(&function, &with(&[]), &[&one, &more], Strictness::Complete).unwrap();
    assert_eq!((answer.matched, answer.truncated, answer.rows.len()), (vec![3, 1], true, 3));
    let price = answer.columns.iter().find(|column| column.name == "Price").unwrap();
    assert_eq!(price.kind, ColumnKind::Text, "a number here and a text there");
    assert!(answer.columns.iter().any(|column| column.name == "Pool"));
    assert_eq!(answer.rows[0]["Pool"], Cell::Empty);
}

#[test]
fn columns_that_differ_in_case_are_one_unless_a_table_has_both() {
    let text_columns = |names: &[&str]| {
        let columns: Vec<(&str, ColumnKind)> = names.iter().map(|name| (*name, ColumnKind::Text)).collect();
        table(&columns, vec![names.iter().map(|name| text(&format!("of {name}"))).collect()])
    };
    let all = FunctionDefinition::named("all");
    let answer = |tables: &[&ParsedTable]| evaluate(&all, &with(&[]), tables, Strictness::Complete).unwrap();
    let shown = |answer: &Evaluated| answer.columns.iter().map(|column| column.name.clone()).collect::<Vec<_>>();
    let (one, other) = (text_columns(&["Name", "Price"]), text_columns(&["PRICE", "name", "Town"]));
    let both = answer(&[&one, &other]);
    assert_eq!(shown(&both), ["Name", "Price", "Town"]);
    assert_eq!((&both.rows[0]["Price"], &both.rows[1]["Price"]), (&text("of Price"), &text("of PRICE")));
    assert_eq!(both.rows[1]["Name"], text("of name"));

    let two_of_one = text_columns(&["Price", "price"]);
    assert_eq!(shown(&answer(&[&two_of_one])), ["Price", "price"]);
    assert_eq!(shown(&answer(&[&two_of_one, &other])), ["Price", "price", "name", "Town"]);
}

#[test]
fn sums_have_the_decimals_of_their_numbers() {
    let sum = |numbers: &[f64]| {
        let rows = numbers.iter().map(|number| vec![Cell::Number(*number)]).collect();
        let prices = table(&[("Price", ColumnKind::Number)], rows);
        let aggregates = vec![Aggregate { figure: Figure::Sum, column: Some("Price".to_owned()) }];
        let function = FunctionDefinition { aggregates, ..FunctionDefinition::named("f") };
        let answer = evaluate(&function, &with(&[]), &[&prices], Strictness::Complete).unwrap();
        answer.rows[0]["sum(Price)"].to_string()
    };
    assert_eq!(sum(&[0.1, 0.2]), "0.3");
    assert_eq!(sum(&[19.99, 5.01, 3.1, -0.005]), "28.095");
    assert_eq!(sum(&[9_007_199_254_740_991.0, 1.0]), "9007199254740992");
    assert_eq!(sum(&[1e-20]), "0.00000000000000000001");
}

#[test]
fn a_column_without_a_cell_is_of_any_kind() {
    let empty = table(
        &[("Name", ColumnKind::Text), ("Town", ColumnKind::Text), ("Price", ColumnKind::Text)],
        vec![vec![text("Owl"), text("Brno"), Cell::Empty]],
    );
    let figures = [Figure::Sum, Figure::Average, Figure::Count];
    let function = FunctionDefinition {
        aggregates: figures.map(|figure| Aggregate { figure, column: Some("Price".to_owned()) }).to_vec(),
        ..FunctionDefinition::named("prices")
    };
    let figures = |tables: &[&ParsedTable]| {
        let answer = evaluate(&function, &with(&[]), tables, Strictness::Complete).unwrap();
        ["sum(Price)", "average(Price)", "count(Price)"].map(|name| answer.rows[0][name].clone())
    };
    let rooms = rooms();
    let of_rooms = [Cell::Number(2_500.0), Cell::Number(2_500.0 / 3.0), Cell::Number(3.0)];
    assert_eq!(figures(&[&rooms]), of_rooms);
    assert_eq!((figures(&[&rooms, &empty]), figures(&[&empty, &rooms])), (of_rooms.clone(), of_rooms));
    assert_eq!(figures(&[&empty]), [Cell::Number(0.0), Cell::Empty, Cell::Number(0.0)]);
    let all = FunctionDefinition::named("all");
    let answer = evaluate(&all, &with(&[]), &[&empty, &rooms], Strictness::Complete).unwrap();
    assert_eq!(answer.columns[2].kind, ColumnKind::Number);
}

/// What the rows are named that a condition lets through.
fn asked(condition: Condition, parameters: Vec<Parameter>, given: &[(&str, Cell)], table: &ParsedTable) -> Vec<String> {
    let function = FunctionDefinition { parameters, conditions: vec![condition], ..FunctionDefinition::named("asked") };
    names(&evaluate(&function, &with(given), &[table], Strictness::Complete).unwrap())
}

#[test]
fn numbers_and_days_among_other_texts_are_compared_as_such() {
    let row = |name: &str, price: &str, since: &str| vec![text(name), text(price), text(since)];
    let rows = vec![
        row("Lark", "9", "31.1.2026"),
        row("Wren", "1,200", "2025-12-01T08:00"),
        row("Swift", "10.5", "n/a"),
        row("Owl", "n/a", "on request"),
        vec![text("Tern"), Cell::Empty, Cell::Empty],
    ];
    let kinds = [("Name", ColumnKind::Text), ("Price", ColumnKind::Text), ("Since", ColumnKind::Text)];
    let table = table(&kinds, rows);
    use Operator::{AtLeast, AtMost, Between, Equals, Greater, Less, NotEquals};
    let number = Cell::Number;
    for (column, operator, value, expected) in [
        ("Price", Less, number(10.0), &["Lark"][..]),
        ("Price", AtLeast, number(10.0), &["Wren", "Swift"][..]),
        ("Price", Equals, number(1_200.0), &["Wren"][..]),
        ("Price", NotEquals, number(9.0), &["Wren", "Swift", "Owl", "Tern"][..]),
        ("Since", Greater, text("2025-12-31"), &["Lark"][..]),
        ("Since", AtMost, text("2025-12-01"), &["Wren"][..]),
        ("Since", Equals, text("2026-01-31"), &["Lark"][..]),
    ] {
        let kind = if column == "Price" { ColumnKind::Number } else { ColumnKind::Date };
        let parameters = vec![parameter("it", kind, true)];
        let found = asked(condition(column, operator, "it"), parameters, &[("it", value.clone())], &table);
        assert_eq!(found, expected, "{column} {operator:?} {value}");
    }
    // A definition that was made while the column held numbers alone.
    let constants = |values: [Cell; 2]| Condition {
        column: "Price".to_owned(),
        operator: Between,
        values: values.map(Operand::Constant).to_vec(),
    };
    for values in [[number(9.0), number(11.0)], [text("9"), text("11")]] {
        assert_eq!(asked(constants(values), Vec::new(), &[], &table), ["Lark", "Swift"]);
    }
    // Who asks for texts gets texts.
    let of_text = vec![parameter("it", ColumnKind::Text, true)];
    let found = asked(condition("Price", Less, "it"), of_text, &[("it", text("10"))], &table);
    assert_eq!(found, ["Wren"], "\"1,200\" stands before \"10\"");
}

#[test]
fn a_code_among_texts_is_still_found_by_its_digits() {
    let rows = vec![vec![text("Lark"), text("1234567890123456")], vec![text("Wren"), text("n/a")]];
    let table = table(&[("Name", ColumnKind::Text), ("Code", ColumnKind::Text)], rows);
    let parameters = vec![parameter("it", ColumnKind::Number, true)];
    let given = [("it", text("1234567890123456"))];
    assert_eq!(asked(condition("Code", Operator::Equals, "it"), parameters, &given, &table), ["Lark"]);
}

fn cell() -> impl Strategy<Value = Cell> {
    prop_oneof![Just(Cell::Empty), (-3_i32..4).prop_map(|number| Cell::Number(f64::from(number)))]
}

fn letter() -> impl Strategy<Value = Cell> {
    prop_oneof![Just(Cell::Empty), "[abAB]{1,2}".prop_map(Cell::Text)]
}

fn number_of(cell: &Cell) -> Option<f64> {
    match cell {
        Cell::Number(number) => Some(*number),
        _ => None,
    }
}

/// What a simple program says about a row.
fn simply_holds(operator: Operator, cell: &Cell, wanted: f64) -> bool {
    match (operator, number_of(cell)) {
        (Operator::Equals, Some(number)) => number == wanted,
        (Operator::NotEquals, number) => number != Some(wanted),
        (Operator::Less, Some(number)) => number < wanted,
        (Operator::AtMost, Some(number)) => number <= wanted,
        (Operator::Greater, Some(number)) => number > wanted,
        (Operator::AtLeast, Some(number)) => number >= wanted,
        _ => false,
    }
}

const COMPARING: [Operator; 6] =
    [Operator::Equals, Operator::NotEquals, Operator::Less, Operator::AtMost, Operator::Greater, Operator::AtLeast];

proptest! {
    #[test]
    fn filters_and_sorts_as_a_simple_program_does(
        rows in prop::collection::vec((letter(), cell()), 0..12),
        conditions in prop::collection::vec((0_usize..6, -3_i32..4), 0..3),
        any in any::<bool>(),
        descending in any::<bool>(),
        limit in 1_u32..8,
    ) {
        let numbered: Vec<Vec<Cell>> = (0_u32..)
            .zip(&rows)
            .map(|(id, (letter, number))| vec![Cell::Number(f64::from(id)), letter.clone(), number.clone()])
            .collect();
        let columns = [("id", ColumnKind::Number), ("letter", ColumnKind::Text), ("number", ColumnKind::Number)];
        let asked = table(&columns, numbered);
        let wanted: Vec<(Operator, f64)> =
            conditions.iter().map(|(operator, number)| (COMPARING[*operator], f64::from(*number))).collect();
        let function = FunctionDefinition {
            matching: if any { Matching::Any } else { Matching::All },
            conditions: wanted
                .iter()
                .map(|(operator, number)| Condition {
                    column: "number".to_owned(),
                    operator: *operator,
                    values: vec![Operand::Constant(Cell::Number(*number))],
                })
                .collect(),
            sort: vec![Sort { column: "letter".to_owned(), descending }],
            columns: vec!["id".to_owned()],
            limit,
            ..FunctionDefinition::named("f")
        };
        let answer = evaluate(&function, &with(&[]), &[&asked], Strictness::Complete).unwrap();

        let fits = |cell: &Cell| {
            let mut outcomes = wanted.iter().map(|(operator, number)| simply_holds(*operator, cell, *number));
            if any { wanted.is_empty() || outcomes.any(|it| it) } else { outcomes.all(|it| it) }
        };
        let mut left: Vec<(usize, String)> = rows
            .iter()
            .enumerate()
            .filter(|(_, (_, number))| fits(number))
            .map(|(id, (letter, _))| (id, letter.to_string().to_lowercase()))
            .collect();
        prop_assert_eq!(answer.matched[0], left.len() as u64);
        prop_assert_eq!(answer.truncated, left.len() > limit as usize);
        // The next is always the first of the best that are left; nothing is worse than everything.
        let mut expected = Vec::new();
        while !left.is_empty() {
            let mut best = 0;
            for place in 1..left.len() {
                let (one, other) = (&left[place].1, &left[best].1);
                let better = match (one.is_empty(), other.is_empty()) {
                    (true, _) => false,
                    (false, true) => true,
                    (false, false) => if descending { one > other } else { one < other },
                };
                if better {
                    best = place;
                }
            }
            expected.push(left.remove(best).0);
        }
        expected.truncate(limit as usize);
        let ids: Vec<usize> = answer.rows.iter().map(|row| number_of(&row["id"]).unwrap() as usize).collect();
        prop_assert_eq!(ids, expected);
    }

    #[test]
    fn sums_as_a_simple_program_does(rows in prop::collection::vec((letter(), cell()), 0..12)) {
        let cells = rows.iter().map(|(letter, number)| vec![letter.clone(), number.clone()]).collect();
        let asked = table(&[("letter", ColumnKind::Text), ("number", ColumnKind::Number)], cells);
        let of = |figure| Aggregate { figure, column: Some("number".to_owned()) };
        let function = FunctionDefinition {
            group_by: vec!["letter".to_owned()],
            aggregates: vec![of(Figure::Count), of(Figure::Sum), of(Figure::Min)],
            limit: 1_000,
            ..FunctionDefinition::named("f")
        };
        let answer = evaluate(&function, &with(&[]), &[&asked], Strictness::Complete).unwrap();
        let mut seen: Vec<String> = Vec::new();
        for (letter, _) in &rows {
            let group = letter.to_string().to_lowercase();
            if !seen.contains(&group) {
                seen.push(group);
            }
        }
        prop_assert_eq!(answer.rows.len(), seen.len());
        for (row, group) in answer.rows.iter().zip(&seen) {
            prop_assert_eq!(&row["letter"].to_string().to_lowercase(), group);
            let of_group = rows.iter().filter(|(letter, _)| letter.to_string().to_lowercase() == *group);
            let numbers: Vec<f64> = of_group.filter_map(|(_, number)| number_of(number)).collect();
            prop_assert_eq!(&row["count(number)"], &Cell::Number(numbers.len() as f64));
            prop_assert_eq!(&row["sum(number)"], &Cell::Number(numbers.iter().sum::<f64>() + 0.0));
            let least = numbers.iter().copied().reduce(f64::min).map_or(Cell::Empty, Cell::Number);
            prop_assert_eq!(&row["min(number)"], &least);
        }
    }
}
