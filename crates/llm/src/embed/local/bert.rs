//! BERT's encoder and its close relatives, over texts of different length without padding.
//!
//! The texts of a batch lie one behind the other: all products with weights run over the whole batch, only attention runs
//! text by text. So nothing is computed for padding, and no mask is needed.

use serde::Deserialize;

use super::{
    kernels::{self, Norm},
    matrix::{Matrix, Rows},
    weights::{Result, Weights},
};

/// The shape of the network, from `config.json`.
#[derive(Debug, Clone, Deserialize)]
pub(super) struct Shape {
    pub(super) hidden_size: usize,
    pub(super) max_position_embeddings: usize,
    intermediate_size: usize,
    num_hidden_layers: usize,
    num_attention_heads: usize,
    #[serde(default)]
    hidden_act: Activation,
    #[serde(default = "usual_epsilon")]
    layer_norm_eps: f32,
    /// Where the position of the first token is found; 0 in BERT.
    #[serde(skip)]
    pub(super) first_position: usize,
}

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Activation {
    #[default]
    Gelu,
    Relu,
}

fn usual_epsilon() -> f32 {
    1e-12
}

/// The encoder. Immutable: any number of threads may call it.
pub(super) struct Encoder {
    /// A row of `hidden` numbers for every token that there is.
    words: Vec<f32>,
    /// Position and token type together: the type is always 0 here.
    positions: Vec<f32>,
    norm: Norm,
    layers: Vec<Layer>,
    heads: usize,
    hidden: usize,
}

struct Layer {
    /// Query, key and value in one product.
    attention: Linear,
    attention_out: Linear,
    attention_norm: Norm,
    inner: Linear,
    activation: Activation,
    outer: Linear,
    norm: Norm,
}

/// The bias is not added by the product but by what follows it, while the numbers are at hand.
struct Linear {
    weight: Matrix,
    bias: Vec<f32>,
}

impl Linear {
    fn multiply(&self, rows: &[f32]) -> Vec<f32> {
        self.weight.multiply(Rows::dense(rows, self.weight.inputs()))
    }
}

impl Encoder {
    pub(super) fn load(weights: &mut Weights, shape: &Shape) -> Result<Self> {
        let (hidden, heads) = (shape.hidden_size, shape.num_attention_heads);
        if heads == 0 || hidden == 0 || !hidden.is_multiple_of(heads) {
            return Err(format!("{hidden} numbers cannot be shared among {heads} heads"));
        }
        let (words, wide) = weights.tensor("embeddings.word_embeddings.weight")?;
        let (mut positions, _) = weights.tensor("embeddings.position_embeddings.weight")?;
        positions.drain(..(shape.first_position * hidden).min(positions.len()));
        let (types, _) = weights.tensor("embeddings.token_type_embeddings.weight")?;
        match types.get(..hidden) {
            Some(first) if wide.last() == Some(&hidden) => kernels::add_bias(&mut positions, first),
            _ => return Err("the embeddings have another width than config.json says".to_owned()),
        }
        let norm = weights.norm("embeddings.LayerNorm", hidden, shape.layer_norm_eps)?;
        let layers =
            (0..shape.num_hidden_layers).map(|number| Layer::load(weights, shape, number)).collect::<Result<_>>()?;
        Ok(Self { words, positions, norm, layers, heads, hidden })
    }

    /// The vectors of all tokens of `texts`, one row each, text after text.
    pub(super) fn forward(&self, texts: &[&[u32]]) -> Result<Vec<f32>> {
        let mut hidden = self.embed(texts)?;
        let lengths: Vec<usize> = texts.iter().map(|ids| ids.len()).collect();
        for layer in &self.layers {
            hidden = layer.forward(&hidden, &lengths, self.heads);
        }
        Ok(hidden)
    }

    fn embed(&self, texts: &[&[u32]]) -> Result<Vec<f32>> {
        let count: usize = texts.iter().map(|ids| ids.len()).sum();
        let mut rows = Vec::with_capacity(count * self.hidden);
        for ids in texts {
            for (id, position) in ids.iter().zip(self.positions.chunks_exact(self.hidden)) {
                let start = *id as usize * self.hidden;
                let word = self.words.get(start..start + self.hidden);
                let word = word.ok_or_else(|| format!("no token has the number {id}"))?;
                rows.extend(word.iter().zip(position).map(|(word, position)| word + position));
            }
        }
        self.norm.apply(&mut rows);
        Ok(rows)
    }
}

impl Layer {
    fn load(weights: &mut Weights, shape: &Shape, number: usize) -> Result<Self> {
        let within = |part: &str| format!("encoder.layer.{number}.{part}");
        let (hidden, inner, epsilon) = (shape.hidden_size, shape.intermediate_size, shape.layer_norm_eps);
        let mut linear = |names: &[&str], outputs, inputs| -> Result<Linear> {
            let names_of = |kind: &str| names.iter().map(|name| within(&format!("{name}.{kind}"))).collect::<Vec<_>>();
            let mut bias = Vec::with_capacity(names.len() * outputs);
            for name in names_of("bias") {
                bias.extend(weights.numbers(&name, outputs)?);
            }
            Ok(Linear { weight: weights.matrix(&names_of("weight"), outputs, inputs)?, bias })
        };
        let attention =
            linear(&["attention.self.query", "attention.self.key", "attention.self.value"], hidden, hidden)?;
        let attention_out = linear(&["attention.output.dense"], hidden, hidden)?;
        let inner_linear = linear(&["intermediate.dense"], inner, hidden)?;
        let outer = linear(&["output.dense"], hidden, inner)?;
        Ok(Self {
            attention,
            attention_out,
            attention_norm: weights.norm(&within("attention.output.LayerNorm"), hidden, epsilon)?,
            inner: inner_linear,
            activation: shape.hidden_act,
            outer,
            norm: weights.norm(&within("output.LayerNorm"), hidden, epsilon)?,
        })
    }

    fn forward(&self, hidden: &[f32], lengths: &[usize], heads: usize) -> Vec<f32> {
        let mut mixed = self.attention.multiply(hidden);
        kernels::add_bias(&mut mixed, &self.attention.bias);
        let context = attend(&mixed, lengths, heads, self.norm.weight.len());
        let mut attended = self.attention_out.multiply(&context);
        self.attention_norm.apply_residual(&mut attended, &self.attention_out.bias, hidden);
        let mut inner = self.inner.multiply(&attended);
        match self.activation {
            Activation::Gelu => kernels::add_bias_gelu(&mut inner, &self.inner.bias),
            Activation::Relu => kernels::add_bias_relu(&mut inner, &self.inner.bias),
        }
        let mut outer = self.outer.multiply(&inner);
        self.norm.apply_residual(&mut outer, &self.outer.bias, &attended);
        outer
    }
}

/// Attention of every text to itself. A row of `mixed` is a token's query, key and value, each of `hidden` numbers, head
/// after head.
fn attend(mixed: &[f32], lengths: &[usize], heads: usize, hidden: usize) -> Vec<f32> {
    let size = hidden / heads;
    let scale = 1.0 / (size as f32).sqrt();
    let row = 3 * hidden;
    let mut context = vec![0.0; mixed.len() / 3];
    let mut start = 0;
    for &length in lengths {
        let text = &mixed[start * row..(start + length) * row];
        let target = &mut context[start * hidden..(start + length) * hidden];
        for head in 0..heads {
            let [query, key, value] = [0, 1, 2].map(|part| part * hidden + head * size);
            let keys = Matrix::new(length, size, |token, number| text[token * row + key + number]);
            let mut scores = keys.multiply(Rows { numbers: &text[query..], stride: row, count: length });
            kernels::softmax(&mut scores, length, scale);
            let values = Matrix::new(size, length, |number, token| text[token * row + value + number]);
            values.multiply_into(Rows::dense(&scores, length), &mut target[head * size..], hidden);
        }
        start += length;
    }
    context
}
