//! BM25 with the parameters that were measured best on short passages (k1 .9, b .4): one place for both indexes.

/// How soon more of the same term counts no more.
const K1: f32 = 0.9;
/// How much long chunks are held back.
const B: f32 = 0.4;

/// How much a term of `document_frequency` chunks among `chunks` tells. Never negative.
pub fn rarity(document_frequency: u64, chunks: u64) -> f32 {
    let (frequency, chunks) = (document_frequency.min(chunks) as f32, chunks as f32);
    ((chunks - frequency + 0.5) / (frequency + 0.5)).ln_1p()
}

/// What a term that occurs `count` times in a chunk of `length` terms adds, before its rarity.
pub fn saturation(count: u32, length: u32, average_length: f32) -> f32 {
    let count = count as f32;
    count * (K1 + 1.0) / (count + K1 * (1.0 - B + B * length as f32 / average_length.max(1.0)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rare_beats_frequent_and_short_beats_long() {
        assert!(rarity(1, 1000) > rarity(500, 1000));
        assert!(rarity(1000, 1000) >= 0.0);
        assert!(rarity(5, 1) >= 0.0);
        assert!(saturation(2, 100, 100.0) > saturation(1, 100, 100.0));
        assert!(saturation(1, 50, 100.0) > saturation(1, 200, 100.0));
    }
}
