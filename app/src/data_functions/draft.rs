//! A definition that is being written.

use hammock_contract::function::{
    Aggregate, Cell, Column, Condition, DataTable, Figure, FunctionDefinition, Operand, Operator, Parameter, Sort,
    TableReference,
};

use crate::t;

/// How many rows are shown while a function is being written.
const PREVIEWED: u32 = 5;

/// What stands for a table in a list to choose from; nothing for all of them.
pub fn key_of(table: Option<&TableReference>) -> String {
    table.map(|table| format!("{}\n{}", table.location, table.sheet.as_deref().unwrap_or_default())).unwrap_or_default()
}

/// The table that was chosen.
pub fn table_of(key: &str) -> Option<TableReference> {
    let (location, sheet) = key.split_once('\n')?;
    let sheet = Some(sheet.to_owned()).filter(|sheet| !sheet.is_empty());
    Some(TableReference { location: location.to_owned(), sheet })
}

/// The tables to choose from, and the one that a definition names though it is gone.
pub fn table_choices(tables: &[DataTable], named: &str) -> Vec<(String, String)> {
    let reference = |table: &DataTable| TableReference { location: table.location.clone(), sheet: table.sheet.clone() };
    let label = |location: &str, sheet: &str| {
        if sheet.is_empty() { location.to_owned() } else { format!("{location} · {sheet}") }
    };
    let mut choices = vec![(String::new(), t!("functions.all_tables").to_owned())];
    choices.extend(tables.iter().map(|table| {
        (key_of(Some(&reference(table))), label(&table.location, table.sheet.as_deref().unwrap_or_default()))
    }));
    if let Some((location, sheet)) = named.split_once('\n')
        && choices.iter().all(|(key, _)| key != named)
    {
        choices.push((named.to_owned(), label(location, sheet)));
    }
    choices
}

/// The columns of the table that is asked, or of all tables, each name once.
pub fn columns_of(tables: &[DataTable], key: &str) -> Vec<Column> {
    let wanted = table_of(key);
    let is_asked = |table: &&DataTable| {
        wanted.as_ref().is_none_or(|wanted| {
            wanted.location == table.location && (wanted.sheet.is_none() || wanted.sheet == table.sheet)
        })
    };
    let mut columns: Vec<Column> = Vec::new();
    for column in tables.iter().filter(is_asked).flat_map(|table| &table.columns) {
        if columns.iter().all(|known| known.name != column.name) {
            columns.push(column.clone());
        }
    }
    columns
}

/// By what the answer can be sorted.
pub fn sortable(definition: &FunctionDefinition, columns: &[Column]) -> Vec<String> {
    if definition.summarises() {
        let figures = definition.aggregates.iter().map(Aggregate::name);
        return definition.group_by.iter().cloned().chain(figures).collect();
    }
    columns.iter().map(|column| column.name.clone()).collect()
}

/// A condition on a column, still without a value.
pub fn new_condition(column: String) -> Condition {
    Condition { column, operator: Operator::Equals, values: vec![nothing()] }
}

/// A parameter with a name that no other has.
pub fn new_parameter(definition: &FunctionDefinition) -> Parameter {
    let is_free = |name: &String| definition.parameters.iter().all(|parameter| parameter.name != *name);
    let name = (1..).map(|number| format!("value_{number}")).find(is_free).unwrap_or_default();
    Parameter { name, kind: hammock_contract::function::ColumnKind::Text, required: false, default: None }
}

/// A value that is still to be typed.
pub fn nothing() -> Operand {
    Operand::Constant(Cell::Text(String::new()))
}

/// Another comparison, with as many values as it takes.
pub fn compare(condition: &mut Condition, operator: Operator) {
    let (least, most) = operator.values();
    condition.operator = operator;
    condition.values.truncate(most);
    while condition.values.len() < least {
        condition.values.push(nothing());
    }
}

/// Another name for a parameter, also where conditions compare with it.
pub fn rename(definition: &mut FunctionDefinition, place: usize, name: String) {
    let Some(parameter) = definition.parameters.get_mut(place) else { return };
    let before = std::mem::replace(&mut parameter.name, name.clone());
    for value in definition.conditions.iter_mut().flat_map(|condition| &mut condition.values) {
        if matches!(value, Operand::Parameter(known) if *known == before) {
            *value = Operand::Parameter(name.clone());
        }
    }
}

/// Another way to answer: with rows, or with groups and figures.
pub fn summarise(definition: &mut FunctionDefinition, summarises: bool) {
    definition.sort.clear();
    definition.group_by.clear();
    if summarises {
        definition.columns.clear();
        definition.aggregates.clear();
        keep_summary(definition);
    } else {
        definition.aggregates.clear();
    }
}

/// Lets a summary out of which the last group and the last figure were taken count its rows: without either it would answer
/// with the rows themselves.
pub fn keep_summary(definition: &mut FunctionDefinition) {
    if !definition.summarises() {
        definition.aggregates.push(Aggregate { figure: Figure::Count, column: None });
    }
}

/// What is complete of it, under a name that is good enough for a look at the first rows.
pub fn for_preview(mut definition: FunctionDefinition) -> FunctionDefinition {
    let is_typed = |value: &Operand| match value {
        Operand::Constant(Cell::Text(text)) => !text.trim().is_empty(),
        Operand::Constant(_) | Operand::Parameter(_) => true,
    };
    definition.conditions.retain(|condition| condition.values.iter().all(is_typed));
    let summarises = definition.summarises();
    definition.aggregates.retain(|aggregate| aggregate.figure == Figure::Count || aggregate.column.is_some());
    if summarises {
        keep_summary(&mut definition);
    }
    definition.sort.retain(|sort: &Sort| !sort.column.is_empty());
    "preview".clone_into(&mut definition.name);
    definition.description.clear();
    definition.limit = PREVIEWED;
    definition
}

#[cfg(test)]
mod tests {
    use hammock_contract::{DocumentId, function::ColumnKind};

    use super::*;

    fn table(location: &str, sheet: Option<&str>, columns: &[&str]) -> DataTable {
        let column = |name: &&str| Column { name: (*name).to_owned(), kind: ColumnKind::Text };
        DataTable {
            document: DocumentId::fixed("rooms"),
            title: location.to_owned(),
            location: location.to_owned(),
            sheet: sheet.map(str::to_owned),
            columns: columns.iter().map(column).collect(),
            rows: 1,
        }
    }

    #[test]
    fn the_columns_are_those_of_what_is_asked() {
        let tables = [table("a.csv", None, &["Name", "Town"]), table("b.xlsx", Some("May"), &["Name", "Price"])];
        let names = |key: &str| columns_of(&tables, key).into_iter().map(|it| it.name).collect::<Vec<_>>();
        assert_eq!(names(""), ["Name", "Town", "Price"]);
        let may = TableReference { location: "b.xlsx".to_owned(), sheet: Some("May".to_owned()) };
        assert_eq!(names(&key_of(Some(&may))), ["Name", "Price"]);
        assert_eq!(table_of(&key_of(Some(&may))), Some(may));
        assert_eq!(table_of(&key_of(None)), None);
    }

    #[test]
    fn a_renamed_parameter_stays_where_it_is_used() {
        let mut definition = FunctionDefinition::named("f");
        let parameter = new_parameter(&definition);
        definition.parameters.push(parameter);
        definition.conditions.push(new_condition("Town".to_owned()));
        definition.conditions[0].values = vec![Operand::Parameter("value_1".to_owned())];
        rename(&mut definition, 0, "town".to_owned());
        assert_eq!(definition.conditions[0].values, [Operand::Parameter("town".to_owned())]);
        assert_eq!(new_parameter(&definition).name, "value_1");
    }

    #[test]
    fn a_summary_stays_one() {
        let count = Aggregate { figure: Figure::Count, column: None };
        let mut definition = FunctionDefinition { columns: vec!["Town".to_owned()], ..FunctionDefinition::named("f") };
        summarise(&mut definition, true);
        assert!(definition.columns.is_empty());
        assert_eq!(definition.aggregates, std::slice::from_ref(&count));
        definition.aggregates.clear();
        definition.group_by.push("Town".to_owned());
        keep_summary(&mut definition);
        assert!(definition.aggregates.is_empty(), "groups are enough");
        definition.group_by.clear();
        keep_summary(&mut definition);
        assert_eq!(definition.aggregates, std::slice::from_ref(&count));
        // What has no column yet is not shown, and the rows are not shown in its place.
        definition.aggregates = vec![Aggregate { figure: Figure::Sum, column: None }];
        assert_eq!(for_preview(definition.clone()).aggregates, [count]);
        summarise(&mut definition, false);
        assert!(!for_preview(definition).summarises());
    }

    #[test]
    fn a_comparison_has_as_many_values_as_it_takes() {
        let mut condition = new_condition("Price".to_owned());
        compare(&mut condition, Operator::Between);
        assert_eq!(condition.values.len(), 2);
        compare(&mut condition, Operator::IsEmpty);
        assert!(condition.values.is_empty());
        let unfinished = FunctionDefinition {
            conditions: vec![new_condition("Town".to_owned()), condition],
            ..FunctionDefinition::named("")
        };
        let shown = for_preview(unfinished);
        assert_eq!((shown.name.as_str(), shown.conditions.len()), ("preview", 1));
    }
}
