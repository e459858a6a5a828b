//! Products of rows of numbers with a matrix, for matrices that are used again and again and for few rows.
//!
//! A general library copies a matrix into order before each product, which for the dozen tokens of a question takes longer
//! than the product itself. Here it is laid out once, in panels that are read from front to back: each holds as many outputs as
//! [`VECTORS`] registers do, input after input. Every input of a panel is multiplied with [`ROWS`] rows while it is at hand
//! (Goto and van de Geijn, *Anatomy of high-performance matrix multiplication*, 2008, without its outer loops: a panel fits
//! into the second-level cache).

use pulp::{Arch, Simd, WithSimd, bytemuck};

/// How many registers of outputs are worked on at once.
const VECTORS: usize = 2;
/// How many rows are worked on at once. With [`VECTORS`] it makes 12 sums, enough to keep two units for multiplication busy,
/// and few enough for the 16 registers of AVX2.
const ROWS: usize = 6;

/// A matrix that multiplies rows of `inputs` numbers to rows of `outputs` numbers.
pub(super) struct Matrix {
    /// Panel after panel; what the last one holds beyond the outputs is zero.
    panels: Vec<f32>,
    inputs: usize,
    outputs: usize,
    /// How many outputs a panel holds.
    width: usize,
}

/// Rows that lie `stride` numbers apart.
#[derive(Clone, Copy)]
pub(super) struct Rows<'a> {
    pub(super) numbers: &'a [f32],
    pub(super) stride: usize,
    pub(super) count: usize,
}

impl<'a> Rows<'a> {
    /// Rows that lie one behind the other.
    pub(super) fn dense(numbers: &'a [f32], width: usize) -> Self {
        Self { numbers, stride: width, count: numbers.len() / width.max(1) }
    }
}

impl Matrix {
    /// Lays out a matrix; `weight` tells the factor of an output (first) and an input.
    #[inline]
    pub(super) fn new(outputs: usize, inputs: usize, weight: impl Fn(usize, usize) -> f32) -> Self {
        let width = VECTORS * Arch::new().dispatch(Lanes);
        let mut panels = vec![0.0; outputs.div_ceil(width) * width * inputs];
        for (panel, numbers) in panels.chunks_exact_mut((width * inputs).max(1)).enumerate() {
            let first = panel * width;
            for (input, numbers) in numbers.chunks_exact_mut(width).enumerate() {
                for (number, output) in numbers.iter_mut().zip(first..outputs) {
                    *number = weight(output, input);
                }
            }
        }
        Self { panels, inputs, outputs, width }
    }

    /// How many numbers a row has that is multiplied.
    pub(super) fn inputs(&self) -> usize {
        self.inputs
    }

    /// Multiplies rows; the results lie one behind the other.
    pub(super) fn multiply(&self, rows: Rows<'_>) -> Vec<f32> {
        let mut results = vec![0.0; rows.count * self.outputs];
        self.multiply_into(rows, &mut results, self.outputs);
        results
    }

    /// Multiplies rows; the results lie `stride` numbers apart in `results`.
    pub(super) fn multiply_into(&self, rows: Rows<'_>, results: &mut [f32], stride: usize) {
        if self.inputs == 0 {
            return;
        }
        // Input after input within blocks of rows: as the product reads them.
        let mut blocks = vec![0.0; rows.count * self.inputs];
        for (block, first) in blocks.chunks_mut(ROWS * self.inputs).zip((0..).step_by(ROWS)) {
            let height = block.len() / self.inputs;
            for place in 0..height {
                let start = (first + place) * rows.stride;
                let row = &rows.numbers[start..start + self.inputs];
                for (number, inputs) in row.iter().zip(block.chunks_exact_mut(height)) {
                    inputs[place] = *number;
                }
            }
        }
        Arch::new().dispatch(Product { matrix: self, blocks: &blocks, count: rows.count, results, stride });
    }
}

/// How many numbers a register holds.
struct Lanes;

impl WithSimd for Lanes {
    type Output = usize;

    #[inline(always)]
    fn with_simd<S: Simd>(self, _: S) -> usize {
        S::F32_LANES
    }
}

struct Product<'a> {
    matrix: &'a Matrix,
    blocks: &'a [f32],
    count: usize,
    results: &'a mut [f32],
    stride: usize,
}

impl WithSimd for Product<'_> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(self, simd: S) {
        let Self { matrix, blocks, count, results, stride } = self;
        debug_assert_eq!(matrix.width, VECTORS * S::F32_LANES);
        for (number, panel) in matrix.panels.chunks_exact(matrix.width * matrix.inputs).enumerate() {
            let column = number * matrix.width;
            let width = matrix.width.min(matrix.outputs - column);
            let mut put = |first: usize, sums: &[[S::f32s; VECTORS]]| {
                for (row, sums) in (first..).zip(sums) {
                    let start = row * stride + column;
                    let sums: &[f32] = bytemuck::cast_slice(sums);
                    results[start..start + width].copy_from_slice(&sums[..width]);
                }
            };
            let mut blocks = blocks;
            let mut first = 0;
            while first < count {
                let height = ROWS.min(count - first);
                let (block, rest) = blocks.split_at(height * matrix.inputs);
                match height {
                    1 => put(first, &sums::<S, 1>(simd, panel, block)),
                    2 => put(first, &sums::<S, 2>(simd, panel, block)),
                    3 => put(first, &sums::<S, 3>(simd, panel, block)),
                    4 => put(first, &sums::<S, 4>(simd, panel, block)),
                    5 => put(first, &sums::<S, 5>(simd, panel, block)),
                    _ => put(first, &sums::<S, ROWS>(simd, panel, block)),
                }
                blocks = rest;
                first += height;
            }
        }
    }
}

/// A panel's outputs of `HEIGHT` rows.
#[inline(always)]
fn sums<S: Simd, const HEIGHT: usize>(simd: S, panel: &[f32], block: &[f32]) -> [[S::f32s; VECTORS]; HEIGHT] {
    let (weights, _) = S::as_simd_f32s(panel);
    let mut sums = [[simd.splat_f32s(0.0); VECTORS]; HEIGHT];
    for (weights, inputs) in weights.as_chunks::<VECTORS>().0.iter().zip(block.as_chunks::<HEIGHT>().0) {
        for (sums, input) in sums.iter_mut().zip(inputs) {
            let input = simd.splat_f32s(*input);
            for (sum, weights) in sums.iter_mut().zip(weights) {
                *sum = simd.mul_add_e_f32s(input, *weights, *sum);
            }
        }
    }
    sums
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// Whole numbers, of which sums are exact.
    fn number(seed: usize) -> f32 {
        (seed.wrapping_mul(2_654_435_761) >> 7) as f32 % 16.0 - 7.0
    }

    proptest! {
        #[test]
        fn products_of_every_shape_are_those_of_the_definition(
            (count, inputs, outputs) in (0_usize..20, 1_usize..40, 1_usize..80),
            (before, after) in (0_usize..3, 0_usize..3),
        ) {
            let matrix = Matrix::new(outputs, inputs, |output, input| number(output * inputs + input));
            let stride = inputs + before;
            let numbers: Vec<f32> = (0..count * stride).map(|seed| number(seed + 99)).collect();
            let rows = Rows { numbers: &numbers, stride, count };
            let mut results = vec![0.5; count * (outputs + after)];
            matrix.multiply_into(rows, &mut results, outputs + after);
            for row in 0..count {
                for output in 0..outputs {
                    let expected: f32 = (0..inputs)
                        .map(|input| numbers[row * stride + input] * number(output * inputs + input))
                        .sum();
                    prop_assert_eq!(results[row * (outputs + after) + output], expected);
                }
                for beyond in outputs..outputs + after {
                    prop_assert_eq!(results[row * (outputs + after) + beyond], 0.5);
                }
            }
        }
    }
}
