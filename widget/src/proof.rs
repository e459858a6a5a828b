//! The work that is asked for where very many visitors come at once: an answer for which SHA-256 of `<challenge>:<answer>` begins
//! with so many zero bits.

use crate::command::{digits, woven};

/// Work that is being done.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Work {
    /// What to prove it with.
    pub challenge: String,
    bits: u32,
    next: u64,
    constants: Constants,
}

impl Work {
    /// Begins.
    pub fn new(challenge: &str, bits: i64) -> Self {
        Self { challenge: challenge.to_owned(), bits: bits.clamp(0, 24) as u32, next: 0, constants: Constants::new() }
    }

    /// Tries so many answers. Gives one that does.
    pub fn slice(&mut self, tries: u32) -> Option<String> {
        for _ in 0..tries {
            let answer = digits(self.next);
            self.next += 1;
            if leading_zeros(&sha256(woven("$:$", &[&self.challenge, &answer]).as_bytes(), &self.constants))
                >= self.bits
            {
                return Some(answer);
            }
        }
        None
    }
}

fn leading_zeros(hash: &[u32; 8]) -> u32 {
    let whole = hash.iter().take_while(|word| **word == 0).count();
    whole as u32 * 32 + hash.get(whole).map_or(0, |word| word.leading_zeros())
}

/// The first 32 bits of the fractional part (FIPS 180-4, 4.2.2).
fn fraction(root: f64) -> u32 {
    (root.fract() * 4_294_967_296.0) as u32
}

/// By Newton's method, which at these sizes is exact to more than the bits that are wanted.
fn cube_root(number: f64) -> f64 {
    (0..40).fold(number, |root, _| root - (root * root * root - number) / (3.0 * root * root))
}

/// What SHA-256 begins with and what each of its rounds adds, from the first primes: as they are printed, they are as many bytes that
/// nothing makes smaller.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Constants {
    state: [u32; 8],
    rounds: [u32; 64],
}

impl Constants {
    fn new() -> Self {
        let mut primes = [2_u32; 64];
        let mut next = 3;
        for place in 1..64 {
            while primes[..place].iter().any(|prime| next % prime == 0) {
                next += 1;
            }
            primes[place] = next;
        }
        let mut state = [0; 8];
        for (word, prime) in state.iter_mut().zip(primes) {
            *word = fraction(f64::from(prime).sqrt());
        }
        Self { state, rounds: primes.map(|prime| fraction(cube_root(f64::from(prime)))) }
    }
}

/// SHA-256 (FIPS 180-4), as eight words. The browser's own exists on pages of https alone, and takes a promise for each try.
fn sha256(message: &[u8], constants: &Constants) -> [u32; 8] {
    let mut state = constants.state;
    let mut padded = message.to_vec();
    padded.push(0x80);
    while padded.len() % 64 != 56 {
        padded.push(0);
    }
    padded.extend_from_slice(&(message.len() as u64 * 8).to_be_bytes());
    for block in padded.chunks(64) {
        let mut words = [0_u32; 64];
        for (word, bytes) in words.iter_mut().zip(block.chunks(4)) {
            *word = bytes.iter().fold(0, |sum, byte| (sum << 8) | u32::from(*byte));
        }
        for index in 16..64 {
            let (a, b) = (words[index - 15], words[index - 2]);
            let small = a.rotate_right(7) ^ a.rotate_right(18) ^ (a >> 3);
            let large = b.rotate_right(17) ^ b.rotate_right(19) ^ (b >> 10);
            words[index] = words[index - 16].wrapping_add(small).wrapping_add(words[index - 7]).wrapping_add(large);
        }
        let [mut a, mut b, mut c, mut d, mut e, mut f, mut g, mut h] = state;
        for (word, round) in words.iter().zip(constants.rounds) {
            let sum = e.rotate_right(6) ^ e.rotate_right(11) ^ e.rotate_right(25);
            let chosen = (e & f) ^ (!e & g);
            let first = h.wrapping_add(sum).wrapping_add(chosen).wrapping_add(round).wrapping_add(*word);
            let sum = a.rotate_right(2) ^ a.rotate_right(13) ^ a.rotate_right(22);
            let majority = (a & b) ^ (a & c) ^ (b & c);
            let second = sum.wrapping_add(majority);
            (h, g, f, e, d, c, b, a) = (g, f, e, d.wrapping_add(first), c, b, a, first.wrapping_add(second));
        }
        for (word, added) in state.iter_mut().zip([a, b, c, d, e, f, g, h]) {
            *word = word.wrapping_add(added);
        }
    }
    state
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hex(message: &str) -> String {
        sha256(message.as_bytes(), &Constants::new()).iter().map(|word| format!("{word:08x}")).collect()
    }

    #[test]
    fn the_vectors_of_the_standard_hold() {
        assert_eq!(hex(""), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
        assert_eq!(hex("abc"), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
        assert_eq!(
            hex("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq"),
            "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"
        );
        assert_eq!(hex(&"a".repeat(64)), "ffe054fe7ae0cb6dc65c3af9b61d5209f439851db43d0ba5997337df154668eb");
    }

    #[test]
    fn work_is_done_in_slices_and_its_answer_holds() {
        let mut work = Work::new("signed", 8);
        let mut slices = 0;
        let answer = loop {
            slices += 1;
            if let Some(answer) = work.slice(16) {
                break answer;
            }
            assert!(slices < 10_000);
        };
        assert_eq!(sha256(format!("signed:{answer}").as_bytes(), &Constants::new())[0] >> 24, 0);
        assert_eq!(Work::new("any", 0).slice(1).as_deref(), Some("0"));
        assert_eq!(Work::new("any", 24).slice(1), None);
    }

    #[test]
    fn zeros_are_counted_over_words() {
        assert_eq!(leading_zeros(&[0x8000_0000, 0, 0, 0, 0, 0, 0, 0]), 0);
        assert_eq!(leading_zeros(&[0, 0x00ff_0000, 0, 0, 0, 0, 0, 0]), 40);
        assert_eq!(leading_zeros(&[0; 8]), 256);
    }
}
