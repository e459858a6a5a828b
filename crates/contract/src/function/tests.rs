use super::*;

#[test]
fn cells_cross_the_wire_as_what_they_are() {
    let json = r#"[true,3,1.5,"2026-01-31",null,-2]"#;
    let cells: Vec<Cell> = serde_json::from_str(json).unwrap();
    let date = Cell::Text("2026-01-31".to_owned());
    let wanted = [Cell::Boolean(true), Cell::Number(3.0), Cell::Number(1.5), date, Cell::Empty, Cell::Number(-2.0)];
    assert_eq!(cells, wanted);
    assert_eq!(serde_json::to_string(&cells).unwrap(), json);
}

#[test]
fn a_definition_needs_a_name_and_no_more() {
    let read: FunctionDefinition = serde_json::from_str(r#"{"name": "all_rooms"}"#).unwrap();
    assert_eq!(read, FunctionDefinition::named("all_rooms"));
    let misspelt = serde_json::from_str::<FunctionDefinition>(r#"{"name": "all_rooms", "colums": []}"#).unwrap_err();
    assert!(misspelt.to_string().contains("unknown field `colums`"), "{misspelt}");
}

#[test]
fn conditions_name_constants_and_parameters() {
    let json = r#"{"column":"Price","operator":"between","values":[{"constant":5},{"parameter":"most"}]}"#;
    let condition: Condition = serde_json::from_str(json).unwrap();
    assert_eq!(condition.values, [Operand::Constant(Cell::Number(5.0)), Operand::Parameter("most".to_owned())]);
    assert_eq!(serde_json::to_string(&condition).unwrap(), json);
}

#[test]
fn the_columns_that_a_function_names_are_told_once() {
    let mut definition = FunctionDefinition {
        conditions: vec![Condition { column: "Town".to_owned(), operator: Operator::IsEmpty, values: Vec::new() }],
        columns: vec!["Name".to_owned(), "Town".to_owned()],
        sort: vec![Sort { column: "Price".to_owned(), descending: false }],
        ..FunctionDefinition::named("f")
    };
    assert_eq!(definition.named_columns(), ["Town", "Name", "Price"]);
    definition.columns.clear();
    definition.aggregates = vec![Aggregate { figure: Figure::Sum, column: Some("Price".to_owned()) }];
    definition.sort = vec![Sort { column: definition.aggregates[0].name(), descending: true }];
    assert_eq!(definition.sort[0].column, "sum(Price)");
    assert_eq!(definition.named_columns(), ["Town", "Price"]);
}
