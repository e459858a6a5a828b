//! The numbers of a `model.safetensors`, read tensor by tensor: the file is never in memory as a whole, and not mapped
//! either, since mapping is unsafe where somebody may change it.

use std::{
    fs::File,
    io::{Read, Seek, SeekFrom},
    path::Path,
};

use half::{bf16, f16};
use safetensors::{Dtype, tensor::Metadata};

use super::{kernels::Norm, matrix::Matrix};

/// The longest description of a file. Bytes; large models have a few hundred thousand.
const LARGEST_HEADER: u64 = 100 << 20;

/// Why a file cannot be used.
pub(super) type Result<T> = std::result::Result<T, String>;

/// A file of weights.
pub(super) struct Weights {
    file: File,
    length: u64,
    /// Where the numbers begin.
    start: u64,
    tensors: Metadata,
    /// What the names of everything begin with in this file.
    prefix: &'static str,
}

impl Weights {
    pub(super) fn open(path: &Path) -> Result<Self> {
        let mut file = File::open(path).map_err(|error| error.to_string())?;
        let length = file.metadata().map_err(|error| error.to_string())?.len();
        let mut size = [0; 8];
        file.read_exact(&mut size).map_err(|error| error.to_string())?;
        let size = u64::from_le_bytes(size);
        if size > LARGEST_HEADER.min(length) {
            return Err("it does not begin as a file of tensors does".to_owned());
        }
        let mut header = vec![0; usize::try_from(size).map_err(|error| error.to_string())?];
        file.read_exact(&mut header).map_err(|error| error.to_string())?;
        let tensors: Metadata = serde_json::from_slice(&header).map_err(|error| error.to_string())?;
        let has_words = |prefix: &&str| tensors.info(&format!("{prefix}embeddings.word_embeddings.weight")).is_some();
        let prefix = ["", "bert.", "roberta.", "model."].into_iter().find(has_words);
        let prefix = prefix.ok_or("there are no word embeddings in it")?;
        Ok(Self { file, length, start: 8 + size, tensors, prefix })
    }

    /// The numbers of a tensor, and its shape.
    pub(super) fn tensor(&mut self, name: &str) -> Result<(Vec<f32>, Vec<usize>)> {
        let name = format!("{}{name}", self.prefix);
        let info = self.tensors.info(&name).ok_or_else(|| format!("{name} is missing"))?;
        let (start, end) = info.data_offsets;
        let (dtype, shape) = (info.dtype, info.shape.clone());
        let size = end.saturating_sub(start);
        if self.start + end as u64 > self.length {
            return Err(format!("{name} lies beyond the end of the file"));
        }
        let mut bytes = vec![0; size];
        self.file.seek(SeekFrom::Start(self.start + start as u64)).map_err(|error| error.to_string())?;
        self.file.read_exact(&mut bytes).map_err(|error| error.to_string())?;
        let numbers: Vec<f32> = match dtype {
            Dtype::F32 => bytes.as_chunks().0.iter().map(|bytes| f32::from_le_bytes(*bytes)).collect(),
            Dtype::F16 => bytes.as_chunks().0.iter().map(|bytes| f16::from_le_bytes(*bytes).to_f32()).collect(),
            Dtype::BF16 => bytes.as_chunks().0.iter().map(|bytes| bf16::from_le_bytes(*bytes).to_f32()).collect(),
            other => return Err(format!("{name} holds numbers of the kind {other:?}")),
        };
        if Some(numbers.len()) != shape.iter().try_fold(1_usize, |product, side| product.checked_mul(*side)) {
            return Err(format!("{name} holds {} numbers, which are not {shape:?}", numbers.len()));
        }
        Ok((numbers, shape))
    }

    /// A tensor of one dimension.
    pub(super) fn numbers(&mut self, name: &str, count: usize) -> Result<Vec<f32>> {
        let (numbers, _) = self.tensor(name)?;
        if numbers.len() == count { Ok(numbers) } else { Err(format!("{name} has another width than {count}")) }
    }

    /// Matrices side by side as one: each takes `inputs` numbers and gives `outputs`.
    pub(super) fn matrix(&mut self, names: &[String], outputs: usize, inputs: usize) -> Result<Matrix> {
        let mut all = Vec::with_capacity(names.len() * outputs * inputs);
        for name in names {
            let (numbers, shape) = self.tensor(name)?;
            if shape != [outputs, inputs] {
                return Err(format!("{name} is {shape:?} and not {:?}", [outputs, inputs]));
            }
            all.extend(numbers);
        }
        Ok(Matrix::new(names.len() * outputs, inputs, |output, input| all[output * inputs + input]))
    }

    /// A layer normalisation.
    pub(super) fn norm(&mut self, name: &str, width: usize, epsilon: f32) -> Result<Norm> {
        let weight = self.numbers(&format!("{name}.weight"), width)?;
        let bias = self.numbers(&format!("{name}.bias"), width)?;
        Ok(Norm { weight, bias, epsilon })
    }
}
