//! Results of some of the shards of a run, as `viewcheck check --shard` gives them, until the others are merged with them.

use super::is_default;
use crate::report::list;
use crate::shard::Shard;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Which shards of a run results are of.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Shards {
    /// Their numbers, counted from 1, in rising order.
    pub parts: Vec<u32>,
    /// How many there are.
    pub of: u32,
    /// How many cases all of them have.
    pub cases: usize,
    /// What would be wrong with entries of known divergences that are about laws if these were all cases, in a sentence
    /// each. What every shard says is true of the whole run.
    #[serde(default, skip_serializing_if = "is_default")]
    pub unbroken: Vec<String>,
}

impl Shards {
    /// One shard of so many cases; none if it is all there is.
    pub fn one(shard: Shard, cases: usize) -> Option<Shards> {
        let one = || Shards { parts: vec![shard.number()], of: shard.of(), cases, unbroken: vec![] };
        (!shard.is_whole()).then(one)
    }

    /// Whether none is missing.
    pub fn are_all(&self) -> bool {
        self.parts.len() == self.of as usize
    }

    /// Whether they are as [`Shards::one`] and merging leave them, for results that have so many cases, or were to have
    /// them; a file may hold anything.
    pub(super) fn is_sound(&self, cases: usize) -> bool {
        let are_there = self.parts.iter().all(|part| (1..=self.of).contains(part));
        let are_some = !self.parts.is_empty() && are_there && self.parts.is_sorted_by(|one, two| one < two);
        let has = |part: &u32| (self.cases.saturating_add((self.of - part) as usize)) / self.of as usize;
        are_some && !self.are_all() && self.parts.iter().map(has).sum::<usize>() == cases
    }

    /// In words: `shard 2 of 3`.
    pub fn words(&self) -> String {
        words(&self.parts, self.of)
    }

    /// The place in the whole run of a case that has a place here, if all cases of the shards ran: cases are dealt in turn.
    pub(super) fn place(&self, case: usize) -> usize {
        let (round, turn) = (case / self.parts.len(), case % self.parts.len());
        round * self.of as usize + self.parts[turn] as usize - 1
    }
}

/// Shards in words, by their numbers in rising order: `shard 2 of 3`, `shards 1 and 3 to 5 of 6`.
pub(super) fn words(parts: &[u32], of: u32) -> String {
    let runs = parts.chunk_by(|one, two| one.checked_add(1) == Some(*two)).flat_map(|run| match run {
        [first, _, .., last] => vec![format!("{first} to {last}")],
        few => few.iter().map(u32::to_string).collect(),
    });
    let noun = if parts.len() == 1 { "shard" } else { "shards" };
    format!("{noun} {} of {of}", list(&runs.collect::<Vec<_>>()))
}
