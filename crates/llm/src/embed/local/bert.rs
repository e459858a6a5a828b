//! BERT's encoder and its close relatives, over texts of different length without padding.
//!
//! The texts of a batch lie one behind the other: all products with weights run over the whole batch, only attention runs
//! text by text. So nothing is computed for padding, and no mask is needed.

use candle_core::safetensors::BufferedSafetensors;
use candle_core::{CpuStorage, DType, Device, InplaceOp1, Layout, Result, Storage, Tensor, bail};
use serde::Deserialize;

use super::kernels::{self, Norm};

/// The shape of the network, from `config.json`.
#[derive(Debug, Clone, Deserialize)]
pub(super) struct Shape {
    pub(super) hidden_size: usize,
    pub(super) max_position_embeddings: usize,
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
    words: Tensor,
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
    /// As it is multiplied, inputs down: as the file has it, every product of a short question would copy it into order first.
    weight: Tensor,
    bias: Vec<f32>,
}

impl Encoder {
    pub(super) fn load(weights: &BufferedSafetensors, shape: &Shape) -> Result<Self> {
        let heads = shape.num_attention_heads;
        if heads == 0 || !shape.hidden_size.is_multiple_of(heads) {
            bail!("{} numbers cannot be shared among {heads} heads", shape.hidden_size);
        }
        let weights = Weights::find(weights)?;
        let mut positions = weights.numbers("embeddings.position_embeddings.weight")?;
        positions.drain(..(shape.first_position * shape.hidden_size).min(positions.len()));
        let types = weights.numbers("embeddings.token_type_embeddings.weight")?;
        let Some(first_type) = types.get(..shape.hidden_size) else { bail!("the token types have another width") };
        kernels::add_bias(&mut positions, first_type);
        let layers =
            (0..shape.num_hidden_layers).map(|number| Layer::load(&weights, shape, number)).collect::<Result<_>>()?;
        Ok(Self {
            words: weights.tensor("embeddings.word_embeddings.weight")?,
            positions,
            norm: weights.norm("embeddings.LayerNorm", shape)?,
            layers,
            heads,
            hidden: shape.hidden_size,
        })
    }

    /// The vectors of all tokens of `texts`, one row each, text after text.
    pub(super) fn forward(&self, texts: &[&[u32]]) -> Result<Tensor> {
        let mut hidden = self.embed(texts)?;
        let lengths: Vec<usize> = texts.iter().map(|ids| ids.len()).collect();
        for layer in &self.layers {
            hidden = layer.forward(&hidden, &lengths, self.heads)?;
        }
        Ok(hidden)
    }

    fn embed(&self, texts: &[&[u32]]) -> Result<Tensor> {
        let count: usize = texts.iter().map(|ids| ids.len()).sum();
        let mut rows = Vec::with_capacity(count * self.hidden);
        read(&self.words, |words| {
            for ids in texts {
                for (id, position) in ids.iter().zip(self.positions.chunks_exact(self.hidden)) {
                    let start = *id as usize * self.hidden;
                    let Some(word) = words.get(start..start + self.hidden) else {
                        bail!("no token has the number {id}")
                    };
                    rows.extend(word.iter().zip(position).map(|(word, position)| word + position));
                }
            }
            Ok(())
        })?;
        self.norm.apply(&mut rows);
        Tensor::from_vec(rows, (count, self.hidden), &Device::Cpu)
    }
}

impl Layer {
    fn load(weights: &Weights<'_>, shape: &Shape, number: usize) -> Result<Self> {
        let within = |part: &str| format!("encoder.layer.{number}.{part}");
        let parts = ["query", "key", "value"].map(|part| within(&format!("attention.self.{part}")));
        let matrices =
            parts.iter().map(|part| weights.tensor(&format!("{part}.weight"))).collect::<Result<Vec<_>>>()?;
        let mut bias = Vec::new();
        for part in &parts {
            bias.extend(weights.numbers(&format!("{part}.bias"))?);
        }
        Ok(Self {
            attention: Linear { weight: Tensor::cat(&matrices, 0)?.t()?.contiguous()?, bias },
            attention_out: weights.linear(&within("attention.output.dense"))?,
            attention_norm: weights.norm(&within("attention.output.LayerNorm"), shape)?,
            inner: weights.linear(&within("intermediate.dense"))?,
            activation: shape.hidden_act,
            outer: weights.linear(&within("output.dense"))?,
            norm: weights.norm(&within("output.LayerNorm"), shape)?,
        })
    }

    fn forward(&self, hidden: &Tensor, lengths: &[usize], heads: usize) -> Result<Tensor> {
        let (count, width) = hidden.dims2()?;
        let mixed = hidden.matmul(&self.attention.weight)?;
        update(&mixed, |rows| kernels::add_bias(rows, &self.attention.bias))?;
        let context = attend(&mixed.reshape((count, 3, heads, width / heads))?, lengths)?;
        let attended = context.matmul(&self.attention_out.weight)?;
        read(hidden, |residual| {
            update(&attended, |rows| self.attention_norm.apply_residual(rows, &self.attention_out.bias, residual))
        })?;
        let inner = attended.matmul(&self.inner.weight)?;
        update(&inner, |rows| match self.activation {
            Activation::Gelu => kernels::add_bias_gelu(rows, &self.inner.bias),
            Activation::Relu => kernels::add_bias_relu(rows, &self.inner.bias),
        })?;
        let outer = inner.matmul(&self.outer.weight)?;
        read(&attended, |residual| update(&outer, |rows| self.norm.apply_residual(rows, &self.outer.bias, residual)))?;
        Ok(outer)
    }
}

/// Attention of every text to itself. `mixed` is (tokens, 3, heads, size): query, key and value.
fn attend(mixed: &Tensor, lengths: &[usize]) -> Result<Tensor> {
    let (count, _, heads, size) = mixed.dims4()?;
    let scale = 1.0 / (size as f32).sqrt();
    let mut context = vec![0.0_f32; count * heads * size];
    let mut start = 0;
    for &length in lengths {
        let text = mixed.narrow(0, start, length)?;
        // (heads, length, size) each, as views.
        let part = |number| text.narrow(1, number, 1)?.squeeze(1)?.transpose(0, 1);
        let scores = part(0)?.matmul(&part(1)?.t()?)?;
        update(&scores, |rows| kernels::softmax(rows, length, scale))?;
        read(&scores.matmul(&part(2)?)?, |attended| {
            for (head, rows) in attended.chunks_exact(length * size).enumerate() {
                for (token, row) in rows.chunks_exact(size).enumerate() {
                    let place = ((start + token) * heads + head) * size;
                    if let Some(target) = context.get_mut(place..place + size) {
                        target.copy_from_slice(row);
                    }
                }
            }
            Ok(())
        })?;
        start += length;
    }
    Tensor::from_vec(context, (count, heads * size), &Device::Cpu)
}

/// Changes the numbers of a contiguous tensor in place.
fn update(tensor: &Tensor, change: impl Fn(&mut [f32])) -> Result<()> {
    struct InPlace<F>(F);
    impl<F: Fn(&mut [f32])> InplaceOp1 for InPlace<F> {
        fn name(&self) -> &'static str {
            "update"
        }
        fn cpu_fwd(&self, storage: &mut CpuStorage, layout: &Layout) -> Result<()> {
            match (storage, layout.contiguous_offsets()) {
                (CpuStorage::F32(numbers), Some((start, end))) if end <= numbers.len() => {
                    if let Some(numbers) = numbers.get_mut(start..end) {
                        (self.0)(numbers);
                    }
                    Ok(())
                }
                _ => bail!("expected contiguous numbers of single precision"),
            }
        }
    }
    tensor.inplace_op1(&InPlace(change))
}

/// Lends the numbers of a contiguous tensor.
pub(super) fn read<R>(tensor: &Tensor, work: impl FnOnce(&[f32]) -> Result<R>) -> Result<R> {
    let (storage, layout) = tensor.storage_and_layout();
    match (&*storage, layout.contiguous_offsets()) {
        (Storage::Cpu(CpuStorage::F32(numbers)), Some((start, end))) => {
            work(numbers.get(start..end).unwrap_or_default())
        }
        _ => bail!("expected contiguous numbers of single precision"),
    }
}

/// The weights of a file; some name everything below the architecture.
struct Weights<'a> {
    file: &'a BufferedSafetensors,
    prefix: &'static str,
}

impl<'a> Weights<'a> {
    fn find(file: &'a BufferedSafetensors) -> Result<Self> {
        for prefix in ["", "bert.", "roberta.", "model."] {
            if file.get(&format!("{prefix}embeddings.word_embeddings.weight")).is_ok() {
                return Ok(Self { file, prefix });
            }
        }
        bail!("there are no word embeddings in it")
    }

    fn tensor(&self, name: &str) -> Result<Tensor> {
        self.file.load(&format!("{}{name}", self.prefix), &Device::Cpu)?.to_dtype(DType::F32)
    }

    fn numbers(&self, name: &str) -> Result<Vec<f32>> {
        read(&self.tensor(name)?, |numbers| Ok(numbers.to_vec()))
    }

    fn linear(&self, name: &str) -> Result<Linear> {
        Ok(Linear {
            weight: self.tensor(&format!("{name}.weight"))?.t()?.contiguous()?,
            bias: self.numbers(&format!("{name}.bias"))?,
        })
    }

    fn norm(&self, name: &str, shape: &Shape) -> Result<Norm> {
        let weight = self.numbers(&format!("{name}.weight"))?;
        let bias = self.numbers(&format!("{name}.bias"))?;
        if weight.len() != shape.hidden_size || bias.len() != shape.hidden_size {
            bail!("{name} has another width than {}", shape.hidden_size);
        }
        Ok(Norm { weight, bias, epsilon: shape.layer_norm_eps })
    }
}
