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

/// How many chunks are thought to be there besides those of the collection when a term's weight in a judgement is computed,
/// and how many of them are thought to have the term.
const IMAGINED: (u64, u64) = (100, 1);

/// How much a term weighs in a judgement of what a chunk says about a question. As [`rarity`], but in a collection of a few
/// chunks, where every term that is there at all is frequent and every other one infinitely rare, the terms weigh alike.
pub fn weight(document_frequency: u64, chunks: u64) -> f32 {
    rarity(document_frequency.min(chunks) + IMAGINED.1, chunks + IMAGINED.0)
}

/// What a term that occurs `count` times in a chunk of `length` terms adds, before its rarity.
pub fn saturation(count: u32, length: u32, average_length: f32) -> f32 {
    let count = count as f32;
    count * (K1 + 1.0) / (count + K1 * (1.0 - B + B * length as f32 / average_length.max(1.0)))
}

/// How much a chunk speaks of a term, 0 to 1: [`saturation`] as a share of what no number of occurrences exceeds.
pub fn strength(count: u32, length: u32, average_length: f32) -> f32 {
    saturation(count, length, average_length) / (K1 + 1.0)
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
        assert!(strength(1, 100, 100.0) > 0.5 && strength(1000, 100, 100.0) < 1.0);
    }

    #[test]
    fn few_chunks_say_little_about_rarity() {
        let share = |chunks| weight(chunks, chunks) / weight(0, chunks);
        assert!(share(1) > 0.8 && rarity(1, 1) / rarity(0, 1) < 0.3);
        assert!(share(10_000) < 0.01);
    }
}
