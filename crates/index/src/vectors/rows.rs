//! The rows of a vector table, and conditions over them.

use std::{collections::HashMap, sync::Arc};

use arrow_array::{
    ArrayRef, FixedSizeListArray, Float32Array, RecordBatch, StringArray, UInt32Array, cast::AsArray,
    types::Float32Type, types::UInt32Type,
};
use arrow_schema::{DataType, Field, Schema, SchemaRef};
use hammock_contract::{ChunkId, DocumentId};
use hammock_retrieval::{ChunkVector, IndexError, VectorHit};

use crate::failure::failure;

pub(super) const DISTANCE: &str = "_distance";

pub(super) fn schema(dimension: usize) -> SchemaRef {
    let text = |name: &str| Field::new(name, DataType::Utf8, false);
    let number = Arc::new(Field::new("item", DataType::Float32, true));
    // A dimension beyond 2³¹ does not exist.
    let vector = DataType::FixedSizeList(number, i32::try_from(dimension).unwrap_or(i32::MAX));
    Arc::new(Schema::new(vec![
        text("organisation"),
        text("collection"),
        text("document"),
        Field::new("revision", DataType::UInt32, false),
        text("chunk"),
        Field::new("vector", vector, false),
    ]))
}

/// One row a chunk; of several vectors for a chunk the last counts.
pub(super) fn batch(schema: SchemaRef, vectors: Vec<ChunkVector>) -> Result<RecordBatch, IndexError> {
    let mut last: HashMap<ChunkId, usize> = HashMap::new();
    for (place, vector) in vectors.iter().enumerate() {
        last.insert(vector.chunk.clone(), place);
    }
    let rows: Vec<&ChunkVector> = vectors
        .iter()
        .enumerate()
        .filter(|(place, vector)| last.get(&vector.chunk) == Some(place))
        .map(|(_, vector)| vector)
        .collect();
    let text = |value: fn(&ChunkVector) -> &str| -> ArrayRef {
        Arc::new(rows.iter().map(|row| Some(value(row))).collect::<StringArray>())
    };
    let numbers: Float32Array = rows.iter().flat_map(|row| row.vector.iter().copied()).collect::<Vec<f32>>().into();
    let DataType::FixedSizeList(item, dimension) = schema.field(5).data_type() else {
        return Err(IndexError::Engine("the vector table has no vectors".to_owned()));
    };
    let list = FixedSizeListArray::try_new(Arc::clone(item), *dimension, Arc::new(numbers), None).map_err(failure)?;
    let columns: Vec<ArrayRef> = vec![
        text(|row| row.organisation.as_str()),
        text(|row| row.collection.as_str()),
        text(|row| row.document.as_str()),
        Arc::new(rows.iter().map(|row| row.revision).collect::<Vec<u32>>().into_iter().collect::<UInt32Array>()),
        text(|row| row.chunk.as_str()),
        Arc::new(list),
    ];
    RecordBatch::try_new(schema, columns).map_err(failure)
}

/// The chunks of a batch that has at least the columns document, revision and chunk.
pub(super) fn identities(batch: &RecordBatch) -> Result<Vec<(DocumentId, u32, ChunkId)>, IndexError> {
    let text = |name: &str| column(batch, name).map(|column| column.as_string::<i32>());
    let (documents, chunks) = (text("document")?, text("chunk")?);
    let revisions = column(batch, "revision")?.as_primitive::<UInt32Type>();
    let unreadable = |_| IndexError::Engine("a row of the vector table has no identity".to_owned());
    let identity = |row: usize| {
        Ok((
            documents.value(row).parse().map_err(unreadable)?,
            revisions.value(row),
            chunks.value(row).parse().map_err(unreadable)?,
        ))
    };
    (0..batch.num_rows()).map(identity).collect()
}

/// The rows of a batch that has all columns.
pub(super) fn vectors(batch: &RecordBatch) -> Result<Vec<ChunkVector>, IndexError> {
    let text = |name: &str| column(batch, name).map(|column| column.as_string::<i32>());
    let (organisations, collections) = (text("organisation")?, text("collection")?);
    let vectors = column(batch, "vector")?.as_fixed_size_list();
    let unreadable = |_| IndexError::Engine("a row of the vector table has no owner".to_owned());
    let rows = identities(batch)?.into_iter().enumerate();
    rows.map(|(row, (document, revision, chunk))| {
        Ok(ChunkVector {
            organisation: organisations.value(row).parse().map_err(unreadable)?,
            collection: collections.value(row).parse().map_err(unreadable)?,
            document,
            revision,
            chunk,
            vector: vectors.value(row).as_primitive::<Float32Type>().values().to_vec(),
        })
    })
    .collect()
}

/// The hits of a batch that also has the vector and the distance. Vectors are of unit length, so that 1 − distance is the cosine.
pub(super) fn hits(batch: &RecordBatch) -> Result<Vec<VectorHit>, IndexError> {
    let distances = column(batch, DISTANCE)?.as_primitive::<Float32Type>();
    let vectors = column(batch, "vector")?.as_fixed_size_list();
    let rows = identities(batch)?.into_iter().enumerate();
    Ok(rows
        .map(|(row, (document, revision, chunk))| VectorHit {
            chunk,
            document,
            revision,
            similarity: 1.0 - distances.value(row),
            vector: vectors.value(row).as_primitive::<Float32Type>().values().to_vec(),
        })
        .collect())
}

/// The condition that a text column has one of the values. Quotes in them are doubled: ids have none, but this must hold for
/// whatever is handed in.
pub(super) fn is_one_of<'a>(column: &str, values: impl IntoIterator<Item = &'a str>) -> String {
    let quoted: Vec<String> = values.into_iter().map(|value| format!("'{}'", value.replace('\'', "''"))).collect();
    match &quoted[..] {
        [] => "false".to_owned(),
        [one] => format!("{column} = {one}"),
        several => format!("{column} IN ({})", several.join(", ")),
    }
}

fn column<'a>(batch: &'a RecordBatch, name: &str) -> Result<&'a ArrayRef, IndexError> {
    batch.column_by_name(name).ok_or_else(|| IndexError::Engine(format!("the vector table has no column {name}")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_stay_values() {
        assert_eq!(is_one_of("document", ["a' OR 'x' = 'x"]), "document = 'a'' OR ''x'' = ''x'");
        assert_eq!(is_one_of("document", ["a", "b"]), "document IN ('a', 'b')");
        assert_eq!(is_one_of("document", []), "false");
    }
}
