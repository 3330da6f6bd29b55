//! What a worker does about behaviours: it looks which ones a program shows, and keeps the programs of its chunk that show one
//! that no entry of the corpus has shown which the chunk knows.

use super::corpus::{Corpus, Encoded, Entry, LARGEST};
use super::seen::Seen;
use crate::behaviour;
use program::{Program, Trace};

/// What is new in a program, before it is known how the run ended.
#[derive(Debug, Default)]
pub(in crate::campaign) struct Sight {
    /// The behaviours that were not seen before, some twice.
    fresh: Vec<u32>,
    /// All behaviours, if some are new, each once.
    shown: Vec<u32>,
    /// How many steps were run.
    steps: usize,
}

/// Looks for new behaviours.
#[derive(Debug)]
pub(in crate::campaign) struct Scout {
    /// Those of the entries that the chunk knows, and of its own programs so far.
    seen: Seen,
    /// How many entries that are.
    known: usize,
    /// Those of its own programs alone.
    own: Vec<u32>,
    /// Whether anything is looked for.
    is_looking: bool,
    shown: Vec<u32>,
    news: Vec<Entry>,
}

impl Scout {
    pub(in crate::campaign) fn new() -> Scout {
        Scout { seen: Seen::new(), known: 0, own: vec![], is_looking: false, shown: vec![], news: vec![] }
    }

    /// Begins with a part of a chunk, whose first program this is.
    pub(in crate::campaign) fn begin(&mut self, corpus: &Corpus, start: u64) {
        self.own.drain(..).for_each(|feature| self.seen.remove(feature));
        let known = corpus.known(start);
        if known < self.known {
            self.seen.clear();
            self.known = 0;
        }
        let entries = corpus.entries().get(self.known..known).unwrap_or_default();
        entries.iter().flat_map(|entry| &entry.features).for_each(|feature| _ = self.seen.add(*feature));
        self.known = known;
        self.news.clear();
        self.is_looking = known < corpus.entries().len() || !corpus.is_full();
    }

    /// Looks at a program of which this was observed.
    pub(in crate::campaign) fn look(&mut self, program: &Program, trace: &Trace, sight: &mut Sight) {
        sight.fresh.clear();
        if !self.is_looking {
            return;
        }
        self.shown.clear();
        behaviour::features(program, trace, &mut self.shown);
        sight.fresh.extend(self.shown.iter().copied().filter(|feature| !self.seen.has(*feature)));
        sight.steps = trace.len();
        sight.shown.clear();
        if !sight.fresh.is_empty() {
            self.shown.sort_unstable();
            self.shown.dedup();
            sight.shown.extend_from_slice(&self.shown);
        }
    }

    /// Keeps a program if something is new in it.
    pub(in crate::campaign) fn keep(&mut self, index: u64, program: &Program, sight: &Sight) {
        // Another program may have shown it meanwhile.
        if sight.fresh.iter().all(|feature| self.seen.has(*feature)) {
            return;
        }
        let encoded = match sight.steps < program.steps.len() {
            true => program::encode(&program.prefix(sight.steps)),
            false => program::encode(program),
        };
        if encoded.len() > LARGEST {
            return;
        }
        let features: Box<[u32]> = sight.fresh.iter().copied().filter(|feature| self.seen.add(*feature)).collect();
        self.own.extend_from_slice(&features);
        let shown = sight.shown.as_slice().into();
        self.news.push(Entry { index, program: Encoded(encoded.into()), features, shown });
    }

    /// The programs that were kept since the part began.
    pub(in crate::campaign) fn take(&mut self) -> Vec<Entry> {
        std::mem::take(&mut self.news)
    }
}

#[cfg(test)]
mod tests {
    use super::super::corpus::CHUNK;
    use super::*;
    use program::Parser;

    fn program(steps: &[&str]) -> Program {
        let mut parser = Parser::new();
        steps.iter().for_each(|step| parser.step(step).unwrap());
        parser.finish()
    }

    fn sight(fresh: &[u32], steps: usize) -> Sight {
        Sight { fresh: fresh.to_vec(), shown: fresh.to_vec(), steps }
    }

    #[test]
    fn a_program_is_kept_for_what_is_new() {
        let (mut scout, mut corpus) = (Scout::new(), Corpus::default());
        let program = program(&["a = 1", "b = 2"]);
        scout.begin(&corpus, 0);
        scout.keep(3, &program, &sight(&[7, 8, 7], 2));
        scout.keep(4, &program, &sight(&[8], 2));
        scout.keep(5, &program, &sight(&[8, 9], 1));
        let news = scout.take();
        let told: Vec<(u64, &[u32])> = news.iter().map(|entry| (entry.index, &*entry.features)).collect();
        assert_eq!(told, [(3, &[7, 8][..]), (5, &[9])]);
        // It was not run further than that.
        assert_eq!(program::decode(&news[1].program.0).unwrap(), program.prefix(1));
        // In another chunk that is new, until its chunk knows it.
        news.into_iter().for_each(|entry| corpus.add(entry));
        for (start, expected) in [(CHUNK, 1), (9 * CHUNK, 0), (CHUNK, 1)] {
            scout.begin(&corpus, start);
            scout.keep(start, &program, &sight(&[9], 2));
            assert_eq!(scout.take().len(), expected, "{start}");
        }
    }

    #[test]
    fn a_program_that_is_too_large_leaves_its_behaviours_to_others() {
        let mut scout = Scout::new();
        scout.begin(&Corpus::default(), 0);
        let bytes = format!("a = b'{}'", "a".repeat(LARGEST));
        scout.keep(0, &program(&[&bytes]), &sight(&[1], 1));
        scout.keep(1, &program(&["a = 1"]), &sight(&[1], 1));
        assert_eq!(scout.take().iter().map(|entry| entry.index).collect::<Vec<_>>(), [1]);
    }
}
