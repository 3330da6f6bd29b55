//! Runs programs in batches: a batch is generated, then one engine runs all of it, then the other.
//!
//! A program runs for microseconds only. If the generator and the two engines took turns at every program, each would
//! find its code and data evicted from the processor's caches, which costs as much as running the program.

use super::recipe::Recipe;
use crate::differential::{Batched, DifferentialRun, Expectation};
use program::Program;

/// How many programs are a batch: many enough to pay for the change, and few enough for what is kept of them to stay
/// in a cache too.
pub(crate) const SIZE: u64 = 128;

/// One program of a batch, and what it should do.
#[derive(Debug, Default)]
pub(crate) struct Entry {
    /// Its index in the campaign.
    pub(crate) index: u64,
    /// The program.
    pub(crate) program: Program,
    /// What the engine that is right did with it.
    pub(crate) expectation: Expectation,
}

/// A batch. Keeps its memory from one to the next.
#[derive(Debug, Default)]
pub(crate) struct Batch {
    entries: Vec<Entry>,
    len: usize,
}

impl Batch {
    /// Makes the programs of these indices.
    pub(crate) fn make(&mut self, recipe: &mut Recipe, indices: impl Iterator<Item = u64>) {
        self.len = 0;
        for index in indices {
            if self.len == self.entries.len() {
                self.entries.push(Entry::default());
            }
            let entry = &mut self.entries[self.len];
            entry.index = index;
            recipe.program(index, &mut entry.program);
            self.len += 1;
        }
    }

    /// Has the engine that is right run all of them; `start` is told of each before.
    pub(crate) fn expect(&mut self, differential: &mut DifferentialRun, start: impl Fn(u64)) {
        for entry in self.entries() {
            start(entry.index);
            differential.expect(&entry.program, &mut entry.expectation);
        }
    }

    /// Has the tested engine run all of them in one batch, if it does batches.
    pub(crate) fn run(&mut self, differential: &mut DifferentialRun) -> Vec<Batched> {
        if !differential.tested().is_batched() {
            return vec![Batched::Unknown; self.len];
        }
        let programs: Vec<_> = self.entries().iter().map(|entry| (&entry.program, &entry.expectation)).collect();
        differential.run_batch(&programs)
    }

    /// The programs, to be tested.
    pub(crate) fn entries(&mut self) -> &mut [Entry] {
        &mut self.entries[..self.len]
    }
}
