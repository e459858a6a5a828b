//! One request for vectors, and the reading of its answer.

use serde::Deserialize;
use serde_json::json;

use super::super::{ANSWER_LIMIT, Provider, transport};
use crate::ModelError;

#[derive(Deserialize)]
struct Answer {
    data: Vec<Entry>,
}

#[derive(Deserialize)]
struct Entry {
    index: usize,
    embedding: Vec<f32>,
}

/// One vector of unit length per text, in order.
pub(super) async fn vectors(provider: &Provider, model: &str, texts: &[&str]) -> Result<Vec<Vec<f32>>, ModelError> {
    let client = provider.client(model).await?;
    // Empty texts are refused by most.
    let input: Vec<&str> = texts.iter().map(|text| if text.trim().is_empty() { "-" } else { *text }).collect();
    let body = json!({ "model": model, "input": input, "encoding_format": "float" });
    let answer: Answer = tokio::time::timeout(ANSWER_LIMIT, client.embeddings().create_byot(body))
        .await
        .map_err(|_| transport::silent(ANSWER_LIMIT))?
        .map_err(|error| transport::model_error(error, &provider.account))?;
    in_order(answer.data, texts.len()).map_err(ModelError::Malformed)
}

/// Puts vectors in the order of their texts; what is wrong with them otherwise.
fn in_order(entries: Vec<Entry>, wanted: usize) -> Result<Vec<Vec<f32>>, String> {
    let found = entries.len();
    if found != wanted {
        return Err(format!("there are {found} vectors for {wanted} texts"));
    }
    let mut vectors = vec![Vec::new(); wanted];
    for Entry { index, embedding } in entries {
        let slot = vectors.get_mut(index).ok_or_else(|| format!("there is a vector for text {index} of {wanted}"))?;
        *slot = normalised(embedding).ok_or("a vector holds no direction")?;
    }
    if vectors.iter().any(Vec::is_empty) {
        return Err("a text has two vectors and another none".to_owned());
    }
    Ok(vectors)
}

/// The same direction with the length one; nothing where there is none.
fn normalised(mut vector: Vec<f32>) -> Option<Vec<f32>> {
    let length = vector.iter().map(|number| number * number).sum::<f32>().sqrt();
    if !length.is_finite() || length < 1e-12 {
        return None;
    }
    vector.iter_mut().for_each(|number| *number /= length);
    Some(vector)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn entry(index: usize, embedding: &[f32]) -> Entry {
        Entry { index, embedding: embedding.to_vec() }
    }

    #[test]
    fn what_does_not_belong_together_is_refused_in_words() {
        for (entries, wanted, said) in [
            (vec![entry(0, &[1.0])], 2, "1 vectors for 2 texts"),
            (vec![entry(0, &[1.0]), entry(2, &[1.0])], 2, "for text 2 of 2"),
            (vec![entry(1, &[1.0]), entry(1, &[1.0])], 2, "two vectors"),
            (vec![entry(0, &[])], 1, "no direction"),
            (vec![entry(0, &[0.0, 0.0])], 1, "no direction"),
            (vec![entry(0, &[f32::NAN, 1.0])], 1, "no direction"),
        ] {
            let error = in_order(entries, wanted).unwrap_err();
            assert!(error.contains(said), "{error}");
        }
    }

    proptest! {
        #[test]
        fn vectors_find_their_texts_and_have_unit_length(order in Just((0_u8..20).collect::<Vec<u8>>()).prop_shuffle()) {
            let entries = order.iter().map(|index| entry(usize::from(*index), &[f32::from(*index) + 1.0, 1.0])).collect();
            let vectors = in_order(entries, order.len()).unwrap();
            for (place, vector) in vectors.iter().enumerate() {
                let length = vector.iter().map(|number| number * number).sum::<f32>();
                prop_assert!((length - 1.0).abs() < 1e-5);
                prop_assert!((vector[0] / vector[1] - (place as f32 + 1.0)).abs() < 1e-3);
            }
        }
    }
}
