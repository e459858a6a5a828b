//! Functions are defined on real files, run by everybody who sees them, and follow what becomes of the files.

use hammock_contract::{
    DataFunctionId, ErrorCode, SourceId,
    collection::{CollectionAccess, CollectionPatch},
    function::{
        Aggregate, Cell, ColumnKind, Condition, Figure, FunctionArguments, FunctionDefinition, Operand, Operator,
        Parameter, TableReference,
    },
    user::Role,
};

use super::world::World;
use crate::Scope;

const ROOMS: &str = "Name;Town;Price\nLark;Brno;900,5\nWren;Praha;1500\nSwift;Brno;100\n";

pub fn cheap_rooms() -> FunctionDefinition {
    let most = Parameter { name: "most".to_owned(), kind: ColumnKind::Number, required: true, default: None };
    let values = vec![Operand::Parameter("most".to_owned())];
    FunctionDefinition {
        parameters: vec![most],
        conditions: vec![Condition { column: "Price".to_owned(), operator: Operator::AtMost, values }],
        columns: vec!["Name".to_owned()],
        ..FunctionDefinition::named("cheap_rooms")
    }
}

pub fn at_most(price: f64) -> FunctionArguments {
    FunctionArguments { parameters: [("most".to_owned(), Cell::Number(price))].into() }
}

/// A source with a table, and a function that asks it.
pub async fn rooms(world: &World, owner: &Scope) -> (SourceId, DataFunctionId) {
    let (_, source) = world.collection(owner, "Hotels").await;
    world.upload(owner, &source, "rooms.csv", ROOMS.as_bytes()).await.unwrap();
    let made = world.hammock.create_function(owner, &source, cheap_rooms()).await.unwrap();
    (source, made.id)
}

async fn names(world: &World, scope: &Scope, source: &SourceId, id: &DataFunctionId, most: f64) -> Vec<String> {
    let run = world.hammock.run_function(scope, source, id, at_most(most)).await.unwrap();
    run.rows.iter().map(|row| row["Name"].to_string()).collect()
}

#[tokio::test]
async fn a_function_answers_from_the_file_as_it_is_now() {
    let world = World::new().await;
    let owner = world.owner("Eva").await;
    let h = &world.hammock;
    let (source, id) = rooms(&world, &owner).await;
    let tables = h.list_tables(&owner, &source).await.unwrap();
    let kinds: Vec<ColumnKind> = tables[0].columns.iter().map(|column| column.kind).collect();
    assert_eq!((tables.len(), tables[0].rows, tables[0].location.as_str()), (1, 3, "rooms.csv"));
    assert_eq!(kinds, [ColumnKind::Text, ColumnKind::Text, ColumnKind::Number]);

    let run = h.run_function(&owner, &source, &id, at_most(1_000.0)).await.unwrap();
    assert_eq!((run.matched, run.truncated), (2, false));
    assert_eq!((run.tables.len(), &run.tables[0].document, run.tables[0].matched), (1, &tables[0].document, 2));
    assert_eq!(names(&world, &owner, &source, &id, 100.0).await, ["Swift"]);

    // Another table joins, and a file that is replaced answers anew.
    world.upload(&owner, &source, "more.json", br#"[{"Name": "Owl", "Price": 50}]"#).await.unwrap();
    world.upload(&owner, &source, "other.csv", b"a,b\n1,2\n").await.unwrap();
    world.upload(&owner, &source, "rooms.csv", b"Name;Price\nRobin;20\n").await.unwrap();
    assert_eq!(names(&world, &owner, &source, &id, 100.0).await, ["Robin", "Owl"]);

    // Without the column, what is missing is said.
    world.upload(&owner, &source, "rooms.csv", b"Name;Prize\nRobin;20\n").await.unwrap();
    let asked = TableReference { location: "rooms.csv".to_owned(), sheet: None };
    let definition = FunctionDefinition { table: Some(asked), ..cheap_rooms() };
    let error = h.update_function(&owner, &source, &id, definition).await.unwrap_err();
    assert_eq!((error.code, error.params["nearest"].as_str()), (ErrorCode::UnknownColumn, "Prize"));
    let missing = TableReference { location: "gone.csv".to_owned(), sheet: None };
    let definition = FunctionDefinition { table: Some(missing), ..cheap_rooms() };
    let error = h.update_function(&owner, &source, &id, definition).await.unwrap_err();
    assert_eq!(error.code, ErrorCode::TableMissing);
}

#[tokio::test]
async fn many_who_ask_at_once_are_all_answered() {
    let world = World::new().await;
    let owner = world.owner("Eva").await;
    let (source, id) = rooms(&world, &owner).await;
    // Nothing of it is kept: all of them want the same file to be read.
    world.upload(&owner, &source, "rooms.csv", b"Name;Price\nRobin;20\n").await.unwrap();
    let asked = futures::future::join_all((0..12).map(|_| names(&world, &owner, &source, &id, 100.0))).await;
    assert_eq!(asked, [["Robin"]; 12]);
}

#[tokio::test]
async fn administrators_define_and_everybody_who_sees_it_runs() {
    let world = World::new().await;
    let owner = world.owner("Eva").await;
    let h = &world.hammock;
    let (source, id) = rooms(&world, &owner).await;
    let user = world.colleague(&owner, "Uma", Role::User).await;
    assert_eq!(names(&world, &user, &source, &id, 100.0).await, ["Swift"]);
    assert_eq!(h.list_functions(&user, &source).await.unwrap().len(), 1);
    let refused = [
        h.create_function(&user, &source, cheap_rooms()).await.map(drop),
        h.update_function(&user, &source, &id, cheap_rooms()).await.map(drop),
        h.preview_function(&user, &source, cheap_rooms(), at_most(1.0)).await.map(drop),
        h.delete_function(&user, &source, &id).await,
    ];
    for outcome in refused {
        assert_eq!(outcome.unwrap_err().code, ErrorCode::RoleRequired);
    }
    let again = h.create_function(&owner, &source, cheap_rooms()).await.unwrap_err();
    assert_eq!((again.code, again.field.as_deref()), (ErrorCode::NameTaken, Some("name")));

    // Nobody runs what is asked of a collection that they do not see.
    let collection = h.find_source(&owner, &source).await.unwrap().collection;
    let patch = CollectionPatch { access: Some(CollectionAccess::Private), ..CollectionPatch::default() };
    h.update_collection(&owner, &collection, patch).await.unwrap();
    let hidden = h.run_function(&user, &source, &id, at_most(1.0)).await.unwrap_err();
    assert_eq!(hidden.code, ErrorCode::NotFound);
    h.delete_function(&owner, &source, &id).await.unwrap();
    assert!(h.list_functions(&owner, &source).await.unwrap().is_empty());
}

#[tokio::test]
async fn what_is_being_written_is_tried_without_its_parameters() {
    let world = World::new().await;
    let owner = world.owner("Eva").await;
    let h = &world.hammock;
    let (source, _) = rooms(&world, &owner).await;
    let nothing = FunctionArguments::default();
    let seen = h.preview_function(&owner, &source, cheap_rooms(), nothing.clone()).await.unwrap();
    assert_eq!((seen.matched, seen.rows.len()), (3, 3));
    let sum = Aggregate { figure: Figure::Sum, column: Some("Town".to_owned()) };
    let wrong = FunctionDefinition { aggregates: vec![sum], ..FunctionDefinition::named("wrong") };
    let error = h.preview_function(&owner, &source, wrong.clone(), nothing).await.unwrap_err();
    assert_eq!((error.code, error.params["kind"].as_str()), (ErrorCode::WrongType, "number"));
    assert_eq!(h.create_function(&owner, &source, wrong).await.unwrap_err().code, ErrorCode::WrongType);
    // A source without tables has nothing to be asked.
    let (_, empty) = world.collection(&owner, "Empty").await;
    let error = h.create_function(&owner, &empty, cheap_rooms()).await.unwrap_err();
    assert_eq!(error.code, ErrorCode::TableMissing);
}
