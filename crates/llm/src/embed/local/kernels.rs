//! What a transformer does between its matrix products, on rows of numbers.
//!
//! Written so that the compiler makes vector instructions of it, for the widest registers that the machine turns out to have
//! ([`pulp::Arch`]); for that, this crate is optimised in every profile.

use pulp::{Arch, Simd, WithSimd};

/// How many sums run side by side; a single one would be a chain that no vector instruction can break up.
const LANES: usize = 16;

/// Adds `bias` to every row.
pub(super) fn add_bias(rows: &mut [f32], bias: &[f32]) {
    for row in rows.chunks_exact_mut(bias.len()) {
        for (value, bias) in row.iter_mut().zip(bias) {
            *value += bias;
        }
    }
}

/// Adds `bias` to every row, then the Gaussian error linear unit.
pub(super) fn add_bias_gelu(rows: &mut [f32], bias: &[f32]) {
    struct Work<'a>(&'a mut [f32], &'a [f32]);
    impl WithSimd for Work<'_> {
        type Output = ();
        #[inline(always)]
        fn with_simd<S: Simd>(self, _: S) {
            let Self(rows, bias) = self;
            for row in rows.chunks_exact_mut(bias.len()) {
                for (value, bias) in row.iter_mut().zip(bias) {
                    *value = gelu(*value + bias);
                }
            }
        }
    }
    Arch::new().dispatch(Work(rows, bias));
}

/// Adds `bias` to every row, then cuts off below zero.
pub(super) fn add_bias_relu(rows: &mut [f32], bias: &[f32]) {
    for row in rows.chunks_exact_mut(bias.len()) {
        for (value, bias) in row.iter_mut().zip(bias) {
            *value = (*value + bias).max(0.0);
        }
    }
}

/// A layer normalisation.
pub(super) struct Norm {
    pub(super) weight: Vec<f32>,
    pub(super) bias: Vec<f32>,
    pub(super) epsilon: f32,
}

impl Norm {
    /// Adds `bias` and the row of `residual` to every row, then normalises it.
    pub(super) fn apply_residual(&self, rows: &mut [f32], bias: &[f32], residual: &[f32]) {
        struct Work<'a>(&'a Norm, &'a mut [f32], &'a [f32], &'a [f32]);
        impl WithSimd for Work<'_> {
            type Output = ();
            #[inline(always)]
            fn with_simd<S: Simd>(self, _: S) {
                let Self(norm, rows, bias, residual) = self;
                let width = norm.weight.len();
                for (row, residual) in rows.chunks_exact_mut(width).zip(residual.chunks_exact(width)) {
                    for ((value, bias), residual) in row.iter_mut().zip(bias).zip(residual) {
                        *value += bias + residual;
                    }
                    norm.normalise(row);
                }
            }
        }
        Arch::new().dispatch(Work(self, rows, bias, residual));
    }

    /// Normalises every row.
    pub(super) fn apply(&self, rows: &mut [f32]) {
        for row in rows.chunks_exact_mut(self.weight.len()) {
            self.normalise(row);
        }
    }

    #[inline(always)]
    fn normalise(&self, row: &mut [f32]) {
        let count = row.len() as f32;
        let mean = sum(row, |value| value) / count;
        let variance = sum(row, |value| (value - mean) * (value - mean)) / count;
        let scale = 1.0 / (variance + self.epsilon).sqrt();
        for ((value, weight), bias) in row.iter_mut().zip(&self.weight).zip(&self.bias) {
            *value = (*value - mean) * scale * weight + bias;
        }
    }
}

/// The soft maximum of every row of `width` numbers, each multiplied by `scale` first.
pub(super) fn softmax(rows: &mut [f32], width: usize, scale: f32) {
    struct Work<'a>(&'a mut [f32], usize, f32);
    impl WithSimd for Work<'_> {
        type Output = ();
        #[inline(always)]
        fn with_simd<S: Simd>(self, _: S) {
            let Self(rows, width, scale) = self;
            for row in rows.chunks_exact_mut(width) {
                softmax_of(row, scale);
            }
        }
    }
    Arch::new().dispatch(Work(rows, width, scale));
}

#[inline(always)]
fn softmax_of(row: &mut [f32], scale: f32) {
    let mut tops = [f32::MIN; LANES];
    let (lanes, rest) = row.as_chunks::<LANES>();
    for lane in lanes {
        for (top, value) in tops.iter_mut().zip(lane) {
            *top = if *value > *top { *value } else { *top };
        }
    }
    let top = rest.iter().chain(&tops).copied().fold(f32::MIN, f32::max);
    for value in row.iter_mut() {
        *value = exponential((*value - top) * scale);
    }
    let factor = 1.0 / sum(row, |value| value);
    for value in row.iter_mut() {
        *value *= factor;
    }
}

#[inline(always)]
fn sum(row: &[f32], of: impl Fn(f32) -> f32) -> f32 {
    let mut sums = [0.0_f32; LANES];
    let (lanes, rest) = row.as_chunks::<LANES>();
    for lane in lanes {
        for (sum, value) in sums.iter_mut().zip(lane) {
            *sum += of(*value);
        }
    }
    sums.iter().sum::<f32>() + rest.iter().map(|value| of(*value)).sum::<f32>()
}

/// x · Φ(x), by Abramowitz and Stegun's 7.1.26 for the error function: off by less than 1.5e-7.
#[inline(always)]
fn gelu(x: f32) -> f32 {
    let z = x.abs() * std::f32::consts::FRAC_1_SQRT_2;
    let t = 1.0 / (1.0 + 0.327_591_1 * z);
    let poly = ((((1.061_405_4 * t - 1.453_152_1) * t + 1.421_413_8) * t - 0.284_496_72) * t + 0.254_829_6) * t;
    let error_function = (1.0 - poly * exponential(-z * z)).copysign(x);
    0.5 * x * (1.0 + error_function)
}

/// e to the power of x, off by less than 3e-7 of its value. Below -87 it stays at e^-87.
#[inline(always)]
fn exponential(x: f32) -> f32 {
    /// Adding it rounds to a whole number, which then stands in the lowest bits.
    const ROUND: f32 = 12_582_912.0;
    let x = if x > -87.0 { x } else { -87.0 };
    let x = if x < 88.0 { x } else { 88.0 };
    let scaled = x * std::f32::consts::LOG2_E;
    let rounded = scaled + ROUND;
    let whole = rounded - ROUND;
    let part = (scaled - whole) * std::f32::consts::LN_2;
    // Taylor's series; |part| is at most ln 2 / 2.
    let series = 1.0
        + part
            * (1.0
                + part
                    * (0.5 + part * (1.0 / 6.0 + part * (1.0 / 24.0 + part * (1.0 / 120.0 + part * (1.0 / 720.0))))));
    let power = f32::from_bits(rounded.to_bits().wrapping_add(127) << 23);
    series * power
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_exponential_is_close() {
        for step in -8700..=8800 {
            let x = step as f32 / 100.0;
            let error = (f64::from(exponential(x)) / f64::from(x).exp() - 1.0).abs();
            // Half of it is what rounding x · log2(e) costs at the ends of the range.
            assert!(error < 5e-6, "{x}: {error}");
            assert!(x.abs() > 20.0 || error < 1.5e-6, "{x}: {error}");
        }
        assert!(exponential(-1e30) < 1e-37);
    }

    #[test]
    fn gelu_has_its_known_values() {
        for (x, expected) in [
            (0.0, 0.0),
            (1.0, 0.841_344_8),
            (-1.0, -0.158_655_25),
            (3.0, 2.995_950_3),
            (-3.0, -0.004_049_694),
            (-20.0, 0.0),
        ] {
            assert!((gelu(x) - expected).abs() < 1e-6, "{x}: {} {expected}", gelu(x));
        }
    }

    #[test]
    fn a_soft_maximum_sums_to_one_and_keeps_the_order() {
        let mut rows: Vec<f32> = (0..2 * 19).map(|number| (number % 7) as f32).collect();
        softmax(&mut rows, 19, 0.5);
        for row in rows.chunks(19) {
            assert!((row.iter().sum::<f32>() - 1.0).abs() < 1e-6);
        }
        assert!(rows[6] > rows[5] && (f64::from(rows[6]) / f64::from(rows[5]) - 0.5_f64.exp()).abs() < 1e-4);
    }

    #[test]
    fn a_normalised_row_has_no_mean_and_unit_variance() {
        let norm = Norm { weight: vec![1.0; 19], bias: vec![0.0; 19], epsilon: 1e-12 };
        let mut row: Vec<f32> = (0..19).map(|number| number as f32).collect();
        norm.apply(&mut row);
        assert!(row.iter().sum::<f32>().abs() < 1e-4);
        assert!((row.iter().map(|value| value * value).sum::<f32>() / 19.0 - 1.0).abs() < 1e-4);
    }
}
