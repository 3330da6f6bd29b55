//! A part of a run, so that several machines share it: shard I of N.
//!
//! Cases are dealt in turn: the first one belongs to shard 1, the next one to shard 2, so that rows of a table, which take
//! equally long and fail together, are spread. Programs of a campaign are dealt in turn, too, in blocks of [`BLOCK`]. In both
//! the shards together are the whole, and nothing is in two of them.

use serde::{Deserialize, Serialize};
use std::fmt;
use std::str::FromStr;

/// How many shards there may be. No more machines than this share a run.
const MOST: u32 = 10_000;

/// How many programs in a row belong to one shard. A campaign holds one program of so many against its laws, and times and
/// counts others: with blocks that are multiples of those numbers a program is treated in its shard as without shards.
pub const BLOCK: u64 = 256;

/// One of the parts of a run.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Shard {
    /// Which one, from 1 on.
    number: u32,
    /// How many there are.
    of: u32,
}

impl Shard {
    /// All shards, if there are so many.
    pub fn all(of: u32) -> impl Iterator<Item = Shard> {
        (1..=of).map(move |number| Shard { number, of })
    }

    /// Which one it is, from 1 on.
    pub fn number(self) -> u32 {
        self.number
    }

    /// How many there are.
    pub fn of(self) -> u32 {
        self.of
    }

    /// Whether it is all there is.
    pub fn is_whole(self) -> bool {
        self.of == 1
    }

    /// How many of the first programs of a campaign belong to it.
    pub fn programs(self, all: u64) -> u64 {
        let round = BLOCK * u64::from(self.of);
        let before = BLOCK * u64::from(self.number - 1);
        all / round * BLOCK + (all % round).saturating_sub(before).min(BLOCK)
    }

    /// The number in the whole campaign of the program that has this number among its own.
    pub fn program(self, own: u64) -> u64 {
        let block = (own / BLOCK).saturating_mul(u64::from(self.of)).saturating_add(u64::from(self.number - 1));
        block.saturating_mul(BLOCK).saturating_add(own % BLOCK)
    }

    /// The number among its own programs of the one that has this number in the whole campaign, if it is one of its own.
    pub fn own(self, program: u64) -> Option<u64> {
        let (block, of) = (program / BLOCK, u64::from(self.of));
        (block % of == u64::from(self.number - 1)).then(|| block / of * BLOCK + program % BLOCK)
    }

    /// Whether a case belongs to it, by how many come before that case.
    pub fn has_case(self, place: usize) -> bool {
        place % self.of as usize == self.number as usize - 1
    }
}

impl FromStr for Shard {
    type Err = String;

    fn from_str(text: &str) -> Result<Shard, String> {
        let parts = text.split_once('/').and_then(|(number, of)| Some((digits(number)?, digits(of)?)));
        match parts {
            Some((_, 0)) => Err("there is at least one shard".to_owned()),
            Some((_, of)) if of > MOST => Err(format!("there are at most {MOST} shards")),
            Some((number, of)) if (1..=of).contains(&number) => Ok(Shard { number, of }),
            Some((_, of)) => Err(format!("the shards of {of} are 1/{of} to {of}/{of}")),
            None => Err("it is the number of a shard and how many there are, as in 2/4".to_owned()),
        }
    }
}

/// A number as people write it: without a sign.
fn digits(text: &str) -> Option<u32> {
    let is_number = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    // One that is too large is larger than what is allowed.
    is_number.then(|| text.parse().unwrap_or(u32::MAX))
}

impl fmt::Display for Shard {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "{}/{}", self.number, self.of)
    }
}

impl TryFrom<String> for Shard {
    type Error = String;

    fn try_from(text: String) -> Result<Shard, String> {
        text.parse()
    }
}

impl From<Shard> for String {
    fn from(shard: Shard) -> String {
        shard.to_string()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use rstest::rstest;

    fn shard(text: &str) -> Shard {
        text.parse().unwrap()
    }

    #[rstest]
    #[case::zero("0/4", "the shards of 4 are 1/4 to 4/4")]
    #[case::too_large("5/4", "the shards of 4 are 1/4 to 4/4")]
    #[case::huge("99999999999/4", "the shards of 4 are 1/4 to 4/4")]
    #[case::none("0/0", "there is at least one shard")]
    #[case::too_many("1/10001", "there are at most 10000 shards")]
    #[case::a_word("x", "as in 2/4")]
    #[case::one_number("2", "as in 2/4")]
    #[case::empty("", "as in 2/4")]
    #[case::half("/4", "as in 2/4")]
    #[case::sign("+1/4", "as in 2/4")]
    #[case::space("1 / 4", "as in 2/4")]
    #[case::three("1/2/4", "as in 2/4")]
    fn other_texts_are_refused(#[case] text: &str, #[case] words: &str) {
        let error = text.parse::<Shard>().unwrap_err();
        assert!(error.contains(words), "{error}");
    }

    #[test]
    fn each_program_is_in_one_shard() {
        let shards = ["1/3", "2/3", "3/3"].map(shard);
        for all in [0, 1, 255, 256, 257, 700, 768, 769, 5000] {
            let mut programs: Vec<u64> = vec![];
            for shard in shards {
                let own: Vec<u64> = (0..shard.programs(all)).map(|own| shard.program(own)).collect();
                assert!(own.is_sorted());
                programs.extend(own);
            }
            programs.sort_unstable();
            assert!(programs.into_iter().eq(0..all), "{all}");
        }
        for (own, program) in [(0, 256), (255, 511), (256, 1024), (600, 1880)] {
            assert_eq!((shard("2/3").program(own), shard("2/3").own(program)), (program, Some(own)));
        }
        assert_eq!([0, 255, 512].map(|program| shard("2/3").own(program)), [None; 3]);
        assert_eq!(shard("2/3").program(u64::MAX), u64::MAX);
    }

    #[test]
    fn each_case_is_in_one_shard() {
        let shards = ["1/3", "2/3", "3/3"].map(shard);
        for place in 0..20 {
            let owners: Vec<u32> =
                shards.into_iter().filter(|shard| shard.has_case(place)).map(Shard::number).collect();
            assert_eq!(owners, [place as u32 % 3 + 1]);
        }
        assert!(shard("1/1").is_whole() && (0..5).all(|place| shard("1/1").has_case(place)));
        assert_eq!(shard("02/3").to_string(), "2/3");
    }
}
