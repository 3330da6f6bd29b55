//! The source of the generator's choices: bytes, read through `arbitrary`, or the byte stream of a seed.

use arbitrary::Unstructured;

/// What most operations of a program come to.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Mood {
    /// Nearly all of them succeed, so that programs get far.
    Valid,
    /// Many of them raise: a fixed share of the operands is invalid, and hooks act where they are asked.
    #[default]
    Hostile,
}

/// Choices, made from bytes. When the bytes run out every choice is the first one.
#[derive(Debug)]
pub struct Source<'a> {
    bytes: Unstructured<'a>,
    pub(crate) mood: Mood,
}

impl<'a> Source<'a> {
    /// Choices made from these bytes.
    pub fn new(bytes: &'a [u8]) -> Source<'a> {
        Source { bytes: Unstructured::new(bytes), mood: Mood::default() }
    }

    /// Whether the bytes have run out.
    pub fn is_empty(&self) -> bool {
        self.bytes.is_empty()
    }

    /// A number from 0 to `count - 1`; 0 if there is none.
    pub fn below(&mut self, count: usize) -> usize {
        // A product in place of a remainder: not quite even, and much faster.
        match count {
            0 | 1 => 0,
            2..=128 => (usize::from(self.byte()) * count) >> 8,
            129..=65_536 => (usize::from(u16::from_le_bytes(self.take())) * count) >> 16,
            _ => (self.word() % count as u64) as usize,
        }
    }

    /// True in so many of a hundred cases.
    pub fn chance(&mut self, percent: usize) -> bool {
        self.below(100) < percent
    }

    /// True in so many of a hundred cases of a hostile program: something is to be invalid.
    pub(super) fn errs(&mut self, percent: usize) -> bool {
        self.chance(percent) && self.mood == Mood::Hostile
    }

    /// One of some things.
    pub fn pick<T: Copy>(&mut self, things: &[T]) -> T {
        things[self.below(things.len())]
    }

    /// 64 bits.
    pub fn word(&mut self) -> u64 {
        u64::from_le_bytes(self.take())
    }

    /// A byte.
    pub fn byte(&mut self) -> u8 {
        u8::from_le_bytes(self.take())
    }

    fn take<const N: usize>(&mut self) -> [u8; N] {
        let bytes = self.bytes.bytes(N).ok().and_then(|bytes| bytes.first_chunk());
        bytes.copied().unwrap_or([0; N])
    }
}

/// A seed of a campaign: each of its programs has a stream of bytes of its own, so that any of them can be made again
/// without those before it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Seed(pub u64);

impl Seed {
    /// Fills `bytes` for the program of that index.
    pub fn fill(self, index: u64, bytes: &mut [u8]) {
        // The state is a counter, so the start of any stream is two multiplications away.
        let mut state = mix(self.0 ^ mix(index));
        let mut next = || {
            state = state.wrapping_add(0x9e37_79b9_7f4a_7c15);
            let wide = u128::from(state) * u128::from(state ^ 0xd1b5_4a32_d192_ed03);
            ((wide >> 64) as u64 ^ wide as u64).to_le_bytes()
        };
        let (words, rest) = bytes.as_chunks_mut();
        words.iter_mut().for_each(|word| *word = next());
        rest.copy_from_slice(&next()[..rest.len()]);
    }
}

fn mix(mut word: u64) -> u64 {
    word = (word ^ word >> 30).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    word = (word ^ word >> 27).wrapping_mul(0x94d0_49bb_1331_11eb);
    word ^ word >> 31
}
