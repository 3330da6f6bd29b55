//! Runs programs in batches: a batch is generated, then one engine runs all of it, then the other.
//!
//! A program runs for microseconds only. If the generator and the two engines took turns at every program, each would
//! find its code and data evicted from the processor's caches, which costs as much as running the program.

use super::costly;
use super::guided::scout::{Scout, Sight};
use super::recipe::Recipe;
use crate::differential::{Batched, DifferentialRun, Expectation};
use program::Program;
use std::collections::BTreeSet;

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
    /// Whether it had more steps, which can't be compared.
    pub(crate) is_cut: bool,
    /// What is new in it, in a guided campaign.
    pub(super) sight: Sight,
}

/// A batch. Keeps its memory from one to the next.
#[derive(Debug, Default)]
pub(crate) struct Batch {
    entries: Vec<Entry>,
    len: usize,
    /// What came of each on the engine that is tested, and how many of these were asked for.
    batched: Vec<Batched>,
    at: usize,
}

impl Batch {
    /// Makes the programs of these indices.
    pub(crate) fn make(&mut self, recipe: &mut Recipe, indices: impl Iterator<Item = u64>) {
        (self.len, self.at) = (0, 0);
        for index in indices {
            if self.len == self.entries.len() {
                self.entries.push(Entry::default());
            }
            let entry = &mut self.entries[self.len];
            entry.index = index;
            recipe.program(index, &mut entry.program);
            self.len += 1;
        }
        self.batched.clear();
        self.batched.resize(self.len, Batched::Unknown);
    }

    /// Has the engine that is right run all of them, as far as they can be compared, and up to what is costly; `start` is
    /// told of each before.
    pub(crate) fn expect(
        &mut self,
        differential: &mut DifferentialRun,
        costly: &BTreeSet<String>,
        start: impl Fn(u64),
    ) {
        for entry in &mut self.entries[..self.len] {
            start(entry.index);
            let reach = differential.reach(&entry.program).map(|(steps, _)| steps);
            let limit = [reach, costly::limit(&entry.program, costly)].into_iter().flatten().min();
            entry.is_cut = limit.is_some();
            if let Some(steps) = limit {
                entry.program.truncate(steps);
            }
            differential.expect(&entry.program, &mut entry.expectation);
        }
    }

    /// Looks what is new in the programs, by what the engine that is right did with them.
    pub(super) fn look(&mut self, scout: &mut Scout) {
        for entry in &mut self.entries[..self.len] {
            scout.look(&entry.program, entry.expectation.trace(), &mut entry.sight);
        }
    }

    /// Has the tested engine run all of them in one batch, if it does batches.
    pub(crate) fn run(&mut self, differential: &mut DifferentialRun) {
        if differential.tested().is_batched() {
            let entries = &self.entries[..self.len];
            let programs: Vec<_> = entries.iter().map(|entry| (&entry.program, &entry.expectation)).collect();
            self.batched = differential.run_batch(&programs);
        }
    }

    /// The next program, with what came of it.
    pub(crate) fn pop(&mut self) -> Option<(&mut Entry, Batched)> {
        let entry = self.entries[..self.len].get_mut(self.at)?;
        let batched = std::mem::replace(self.batched.get_mut(self.at)?, Batched::Unknown);
        self.at += 1;
        Some((entry, batched))
    }

    /// The index of the next program, if one is left.
    pub(crate) fn left(&self) -> Option<u64> {
        self.entries[..self.len].get(self.at).map(|entry| entry.index)
    }

    /// Goes on with what is left, if that begins at an index, and gives the index after its last program. Anything else is
    /// dropped: another worker has run it.
    pub(crate) fn resume(&mut self, start: u64) -> Option<u64> {
        if self.left() != Some(start) {
            self.len = 0;
        }
        self.entries[..self.len].last().map(|entry| entry.index + 1)
    }

    /// All programs.
    pub(crate) fn programs(&self) -> impl Iterator<Item = &Program> {
        self.entries[..self.len].iter().map(|entry| &entry.program)
    }
}
