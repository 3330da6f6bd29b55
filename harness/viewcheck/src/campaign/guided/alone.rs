//! A guided campaign in one process, without workers: for tests and measurements. Its programs are those of `viewcheck fuzz`.

use super::corpus::{CHUNK, Corpus};
use super::merge::Merger;
use super::scout::{Scout, Sight};
use crate::campaign::coverage::Coverage;
use crate::campaign::recipe::Recipe;
use crate::generate::Abilities;
use program::{Program, Trace};

/// A guided campaign whose programs are run one after the other.
#[derive(Debug)]
pub struct Alone {
    recipe: Recipe,
    scout: Scout,
    merger: Merger,
    finished: Coverage,
    sight: Sight,
    next: u64,
}

impl Alone {
    /// The campaign of a seed, with programs of at most `length` operations, which begins with the seeds of a corpus.
    pub fn new(seed: u64, length: usize, corpus: Corpus) -> Alone {
        let recipe = Recipe::guided(seed, length, Abilities::default(), corpus);
        Alone {
            recipe,
            scout: Scout::new(),
            merger: Merger::new(),
            finished: Coverage::default(),
            sight: Sight::default(),
            next: 0,
        }
    }

    /// Replaces `program` by the next one. Gives its index.
    pub fn program(&mut self, program: &mut Program) -> u64 {
        if let (true, Some(corpus)) = (self.next.is_multiple_of(CHUNK), self.recipe.corpus()) {
            self.scout.begin(corpus, self.next);
        }
        self.recipe.program(self.next, program);
        self.next
    }

    /// Takes notice of what the last program did. `trace` is what was observed of it, if that counts: the engines agreed.
    pub fn ran(&mut self, program: &Program, trace: Option<&Trace>) {
        if let Some(trace) = trace {
            self.scout.look(program, trace, &mut self.sight);
            self.scout.keep(self.next, program, &self.sight);
        }
        self.next += 1;
        if let (true, Some(corpus)) = (self.next.is_multiple_of(CHUNK), self.recipe.corpus_mut()) {
            self.merger.add(self.scout.take());
            self.finished.add(self.next - CHUNK..self.next);
            self.merger.merge(&self.finished, corpus);
        }
    }

    /// The corpus so far.
    pub fn corpus(&self) -> &Corpus {
        self.recipe.corpus().expect("a guided campaign has one")
    }
}
