//! Makes the programs of a guided campaign that are not generated: those that it begins with, and mutants of the corpus.

use super::corpus::Corpus;
use super::rarity::Rarity;
use crate::generate::{Abilities, Seed, Source};
use crate::mutate::Mutator;
use program::{Program, decode, policy};

/// What makes the programs of a guided campaign.
#[derive(Debug)]
pub(in crate::campaign) struct Guide {
    pub(in crate::campaign) corpus: Corpus,
    mutator: Mutator,
    /// The programs that are mutated, and which entries they are.
    parents: [Program; 2],
    held: [Option<usize>; 2],
    rarity: Rarity,
    /// The family that was chosen last with how many entries it knows, and whether it is one of mutants.
    family: Option<([u64; 2], bool)>,
}

/// So many programs in a row are mutants of the same ones, so that few have to be decoded. A chunk is made of whole families.
const FAMILY: u64 = 8;
/// How many families, of a hundred, are generated as in a blind campaign: what only those show, such as a mistake that is made
/// with rare values, is not found much later than there.
const BLIND: usize = 60;
/// How many mutants, of a hundred, go on from a beginning of their parent. Others are the parent but for an edit or two.
const GROWN: usize = 50;
/// The seed of the choice of parents is another one than that of programs.
const CHOICE: u64 = 0x9d8e_1f3a_55c0_7b21;

impl Guide {
    pub(in crate::campaign) fn new(abilities: Abilities, corpus: Corpus) -> Guide {
        Guide {
            corpus,
            mutator: Mutator::with(abilities),
            parents: Default::default(),
            held: [None; 2],
            rarity: Rarity::default(),
            family: None,
        }
    }

    /// The index of the first program of the family of another.
    pub(in crate::campaign) fn first(index: u64) -> u64 {
        index - index % FAMILY
    }

    /// Replaces `program` by the one of an index of the campaign, unless that is to be generated. `first` is the number among all
    /// programs of the seed that the [first of its family](Guide::first) has.
    pub(in crate::campaign) fn program(
        &mut self,
        (seed, first): (Seed, u64),
        index: u64,
        length: usize,
        source: &mut Source<'_>,
        program: &mut Program,
    ) -> bool {
        let given = usize::try_from(index).ok().and_then(|index| self.corpus.seeds().get(index));
        if let Some(given) = given {
            // One that can't be decoded has no operations, and does no harm.
            *program = decode(&given.0).unwrap_or_default();
            return true;
        }
        if !self.choose(seed, first, index) {
            return false;
        }
        let [parent, other] = &self.parents;
        match source.chance(GROWN) {
            true => self.mutator.grow(parent, source, length, program),
            false => self.mutator.mutate(parent, other, source, length, program),
        }
        // What programs may not name would be refused wherever it is read.
        policy::check(program).is_ok()
    }

    /// Chooses the parents of a program, once for all of its family. Gives whether it has some.
    fn choose(&mut self, seed: Seed, first: u64, index: u64) -> bool {
        let known = self.corpus.known(index);
        let family = [index / FAMILY, known as u64];
        match self.family {
            Some((chosen, is_mutant)) if chosen == family => is_mutant,
            _ => {
                let is_mutant = self.parents_of(seed, first, known);
                self.family = Some((family, is_mutant));
                is_mutant
            }
        }
    }

    fn parents_of(&mut self, seed: Seed, first: u64, known: usize) -> bool {
        let mut bytes = [0; 512];
        Seed(seed.0 ^ CHOICE).fill(first, &mut bytes);
        let mut source = Source::new(&bytes);
        if source.chance(BLIND) {
            return false;
        }
        self.rarity.count(&self.corpus, known);
        for at in 0..self.parents.len() {
            let Some(chosen) = self.corpus.choose(known, &self.rarity, &mut source) else { return false };
            if self.held[at] != Some(chosen) {
                let entry = self.corpus.entries().get(chosen);
                self.parents[at] = entry.and_then(|entry| decode(&entry.program.0).ok()).unwrap_or_default();
                self.held[at] = Some(chosen);
            }
        }
        true
    }

    /// Replaces `program` by a mutant of these programs, which shows what the mutator does.
    pub(in crate::campaign) fn sample(
        &mut self,
        parents: [&Program; 2],
        length: usize,
        source: &mut Source<'_>,
        program: &mut Program,
    ) {
        self.mutator.mutate(parents[0], parents[1], source, length, program);
    }
}
