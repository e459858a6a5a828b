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
}

impl Work {
    /// Begins.
    pub fn new(challenge: &str, bits: i64) -> Self {
        Self { challenge: challenge.to_owned(), bits: bits.clamp(0, 24) as u32, next: 0 }
    }

    /// Tries so many answers. Gives one that does.
    pub fn slice(&mut self, tries: u32) -> Option<String> {
        for _ in 0..tries {
            let answer = digits(self.next);
            self.next += 1;
            if leading_zeros(&sha256(woven("$:$", &[&self.challenge, &answer]).as_bytes())) >= self.bits {
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

/// The first 32 bits of the fractional parts of the cube roots of the first 64 primes (FIPS 180-4, 4.2.2).
const ROUNDS: [u32; 64] = [
    0x428a_2f98,
    0x7137_4491,
    0xb5c0_fbcf,
    0xe9b5_dba5,
    0x3956_c25b,
    0x59f1_11f1,
    0x923f_82a4,
    0xab1c_5ed5,
    0xd807_aa98,
    0x1283_5b01,
    0x2431_85be,
    0x550c_7dc3,
    0x72be_5d74,
    0x80de_b1fe,
    0x9bdc_06a7,
    0xc19b_f174,
    0xe49b_69c1,
    0xefbe_4786,
    0x0fc1_9dc6,
    0x240c_a1cc,
    0x2de9_2c6f,
    0x4a74_84aa,
    0x5cb0_a9dc,
    0x76f9_88da,
    0x983e_5152,
    0xa831_c66d,
    0xb003_27c8,
    0xbf59_7fc7,
    0xc6e0_0bf3,
    0xd5a7_9147,
    0x06ca_6351,
    0x1429_2967,
    0x27b7_0a85,
    0x2e1b_2138,
    0x4d2c_6dfc,
    0x5338_0d13,
    0x650a_7354,
    0x766a_0abb,
    0x81c2_c92e,
    0x9272_2c85,
    0xa2bf_e8a1,
    0xa81a_664b,
    0xc24b_8b70,
    0xc76c_51a3,
    0xd192_e819,
    0xd699_0624,
    0xf40e_3585,
    0x106a_a070,
    0x19a4_c116,
    0x1e37_6c08,
    0x2748_774c,
    0x34b0_bcb5,
    0x391c_0cb3,
    0x4ed8_aa4a,
    0x5b9c_ca4f,
    0x682e_6ff3,
    0x748f_82ee,
    0x78a5_636f,
    0x84c8_7814,
    0x8cc7_0208,
    0x90be_fffa,
    0xa450_6ceb,
    0xbef9_a3f7,
    0xc671_78f2,
];

/// SHA-256 (FIPS 180-4), as eight words. The browser's own exists on pages of https alone, and takes a promise for each try.
fn sha256(message: &[u8]) -> [u32; 8] {
    let mut state: [u32; 8] =
        [0x6a09_e667, 0xbb67_ae85, 0x3c6e_f372, 0xa54f_f53a, 0x510e_527f, 0x9b05_688c, 0x1f83_d9ab, 0x5be0_cd19];
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
        for (word, round) in words.iter().zip(ROUNDS) {
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
        sha256(message.as_bytes()).iter().map(|word| format!("{word:08x}")).collect()
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
        assert_eq!(sha256(format!("signed:{answer}").as_bytes())[0] >> 24, 0);
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
