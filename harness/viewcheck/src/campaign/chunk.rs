//! The chunks of programs that were begun: which are waiting for a worker, and what becomes of one whose worker is lost.
//!
//! A chunk counts once all its programs have run. When a worker is lost, its chunk is cut: the program at which that
//! happened becomes a chunk of its own, which is looked into, and what comes before and after it is run again, by other
//! workers.

use super::message::Tally;
use super::process::Lost;
use super::progress::Progress;
use crate::findings::Signature;
use std::collections::{BTreeMap, VecDeque};
use std::ops::Range;

/// How many workers a chunk may cost that were at none of its programs.
const PATIENCE: usize = 5;
/// The same for workers that somebody else has ended.
const ENDURANCE: usize = 100;
/// How many workers a program may cost that somebody else has ended: then it is looked into what the program does. Who ends
/// workers at random meets one program that takes long several times.
const SUSPICIOUS: usize = 8;

/// Some programs in a row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Chunk {
    pub(super) range: Range<u64>,
    /// Whether what goes wrong in it is kept as it is: shrinking it has ended a worker.
    pub(super) is_whole: bool,
    /// Whether its program was run alone, and did nothing wrong.
    is_innocent: bool,
    /// Whether its program is examined.
    is_examined: bool,
    /// The workers that it has cost which others have ended.
    killed: usize,
    /// The workers that it has cost which were at none of its programs.
    unexplained: usize,
}

/// What is to be done after a worker was lost with a chunk.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Loss {
    /// Its programs are run again.
    Again,
    /// Its programs are run again, except that one, which is to be examined; `is_certain` if it was examined before, and is
    /// a finding whether that can be repeated or not.
    Examine {
        /// The program.
        index: u64,
        /// Whether it was examined before.
        is_certain: bool,
    },
    /// Workers die whatever program they run.
    Hopeless,
}

impl Chunk {
    fn new(range: Range<u64>) -> Chunk {
        Chunk { range, is_whole: false, is_innocent: false, is_examined: false, killed: 0, unexplained: 0 }
    }
}

/// All chunks that were begun and do not count yet.
#[derive(Debug, Default)]
pub(super) struct Chunks {
    /// By their first program.
    all: BTreeMap<u64, Chunk>,
    /// Those that wait for another worker.
    again: VecDeque<u64>,
    /// Where the next chunk starts, unless it was run already.
    next: u64,
}

impl Chunks {
    /// Takes a chunk for a worker, if there is one to be run.
    pub(super) fn begin(&mut self, progress: &Progress) -> Option<Chunk> {
        while let Some(start) = self.again.pop_front() {
            if let Some(chunk) = self.all.get(&start) {
                return Some(chunk.clone());
            }
        }
        let range = progress.next_chunk(self.next).filter(|range| progress.is_known(range.start))?;
        let chunk = Chunk::new(range);
        self.next = chunk.range.end;
        self.all.insert(chunk.range.start, chunk.clone());
        Some(chunk)
    }

    /// Whether there is a chunk to be run.
    pub(super) fn is_waiting(&self, progress: &Progress) -> bool {
        !self.again.is_empty() || progress.next_chunk(self.next).is_some()
    }

    /// How many chunks are waiting.
    pub(super) fn waiting(&self, progress: &Progress) -> usize {
        let most = progress.chunk_size();
        let left = progress.next_chunk(self.next).map_or(0, |chunk| match progress.state.programs {
            Some(programs) => usize::try_from((programs - chunk.start).div_ceil(most)).unwrap_or(usize::MAX),
            None => usize::MAX,
        });
        left.saturating_add(self.again.len())
    }

    /// Every program of a chunk before that index was run. What is left of it is another chunk.
    pub(super) fn ran(&mut self, start: u64, end: u64) -> Option<Range<u64>> {
        let chunk = self.all.remove(&start)?;
        let end = end.clamp(start, chunk.range.end);
        if end < chunk.range.end {
            let rest = Chunk { range: end..chunk.range.end, unexplained: 0, ..chunk };
            self.all.insert(end, rest);
            self.again.push_front(end);
        }
        Some(start..end)
    }

    /// A worker was lost with a chunk.
    pub(super) fn lost(&mut self, start: u64, lost: &Lost) -> Loss {
        let Some(mut chunk) = self.all.remove(&start) else { return Loss::Again };
        let Some(index) = lost.index.filter(|index| chunk.range.contains(index)) else {
            chunk.unexplained += 1;
            let is_hopeless = chunk.unexplained >= if lost.is_sent_by_others { ENDURANCE } else { PATIENCE };
            self.put(chunk);
            return if is_hopeless { Loss::Hopeless } else { Loss::Again };
        };
        let is_alone = chunk.range.end - chunk.range.start == 1;
        let mut program = match is_alone {
            true => chunk,
            false => {
                let Range { start, end } = chunk.range;
                [start..index, index + 1..end].into_iter().for_each(|range| self.put(Chunk::new(range)));
                Chunk::new(index..index + 1)
            }
        };
        program.killed += usize::from(lost.is_sent_by_others);
        if lost.is_sent_by_others && program.killed < SUSPICIOUS {
            self.put(program);
            return Loss::Again;
        }
        if lost.investigated && !program.is_whole {
            // The program itself came to its end; it was something made from it that did this.
            program.is_whole = true;
            self.put(program);
            return Loss::Again;
        }
        program.is_examined = true;
        let is_certain = program.is_innocent;
        self.all.insert(index, program);
        Loss::Examine { index, is_certain }
    }

    fn put(&mut self, chunk: Chunk) {
        if !chunk.range.is_empty() {
            self.again.push_back(chunk.range.start);
            self.all.insert(chunk.range.start, chunk);
        }
    }

    /// A program that ended a worker was examined; it has so many operations. Gives what it counts, if it did something
    /// wrong. Otherwise it is run again, as others are.
    pub(super) fn examined(
        &mut self,
        index: u64,
        operations: u64,
        signature: Option<Signature>,
    ) -> Option<(Range<u64>, Tally)> {
        let mut chunk = self.all.remove(&index)?;
        if !chunk.is_examined {
            self.all.insert(index, chunk);
            return None;
        }
        match signature {
            Some(signature) => {
                let hits = [(signature, 1)].into();
                Some((chunk.range, Tally { programs: 1, operations, hits, ..Tally::default() }))
            }
            None => {
                (chunk.is_examined, chunk.is_innocent) = (false, true);
                self.put(chunk);
                None
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::findings::Symptom;
    use rstest::rstest;

    fn lost(index: Option<u64>, investigated: bool) -> Lost {
        let (symptom, reason) = (Symptom::Hang, String::new());
        Lost { index, investigated, symptom, is_sent_by_others: false, reason }
    }

    fn killed(index: Option<u64>) -> Lost {
        Lost { is_sent_by_others: true, ..lost(index, false) }
    }

    fn chunks(range: Range<u64>) -> Chunks {
        let mut chunks = Chunks::default();
        chunks.all.insert(range.start, Chunk::new(range));
        chunks
    }

    /// The chunks that wait, in order.
    fn waiting(chunks: &mut Chunks) -> Vec<Chunk> {
        chunks.again.drain(..).map(|start| chunks.all[&start].clone()).collect()
    }

    fn signature() -> Signature {
        "a|b hang get".to_owned().into()
    }

    const EXAMINE: Loss = Loss::Examine { index: 7, is_certain: false };

    #[test]
    fn a_program_that_ends_a_worker_is_a_chunk_of_its_own() {
        let mut chunks = chunks(0..100);
        assert_eq!(chunks.lost(0, &lost(Some(7), false)), EXAMINE);
        let ranges: Vec<_> = waiting(&mut chunks).into_iter().map(|chunk| chunk.range).collect();
        assert_eq!(ranges, [0..7, 8..100]);
        assert_eq!((chunks.ran(0, 7), chunks.ran(8, 100)), (Some(0..7), Some(8..100)));
        let (range, tally) = chunks.examined(7, 10, Some(signature())).expect("it counts");
        assert_eq!((range, tally.programs, tally.operations), (7..8, 1, 10));
        assert_eq!(tally.hits, [(signature(), 1)].into());
        assert!(chunks.all.is_empty());
    }

    #[rstest]
    #[case::first(0, 1..100)]
    #[case::last(99, 0..99)]
    fn nothing_is_run_where_nothing_is_left(#[case] index: u64, #[case] expected: Range<u64>) {
        let mut chunks = chunks(0..100);
        chunks.lost(0, &lost(Some(index), false));
        assert_eq!(waiting(&mut chunks), [Chunk::new(expected)]);
    }

    #[test]
    fn a_program_that_does_nothing_wrong_alone_is_given_back() {
        let mut chunks = chunks(7..8);
        assert_eq!(chunks.lost(7, &lost(Some(7), false)), EXAMINE);
        assert_eq!(chunks.examined(7, 10, None), None);
        assert_eq!(waiting(&mut chunks).len(), 1);
        assert!(chunks.all[&7].is_innocent);
        // It does it again.
        assert_eq!(chunks.lost(7, &lost(Some(7), false)), Loss::Examine { index: 7, is_certain: true });
    }

    #[test]
    fn a_part_of_a_chunk_is_done_by_itself() {
        let mut chunks = chunks(0..100);
        assert_eq!(chunks.ran(0, 30), Some(0..30));
        let rest = waiting(&mut chunks);
        assert_eq!(rest, [Chunk::new(30..100)]);
        assert_eq!(chunks.ran(30, 100), Some(30..100));
        assert_eq!(chunks.ran(30, 100), None);
        assert!(waiting(&mut chunks).is_empty());
    }

    #[test]
    fn a_worker_lost_while_shrinking_does_not_cost_the_finding() {
        let mut chunks = chunks(7..8);
        assert_eq!(chunks.lost(7, &lost(Some(7), true)), Loss::Again);
        assert!(waiting(&mut chunks)[0].is_whole);
        assert_eq!(chunks.lost(7, &lost(Some(7), true)), EXAMINE);
    }

    #[test]
    fn a_program_is_not_blamed_for_workers_that_others_have_ended() {
        let mut chunks = chunks(0..100);
        assert_eq!(chunks.lost(0, &killed(Some(7))), Loss::Again);
        let ranges: Vec<_> = waiting(&mut chunks).into_iter().map(|chunk| chunk.range).collect();
        assert_eq!(ranges, [0..7, 8..100, 7..8]);
        for _ in 2..SUSPICIOUS {
            assert_eq!(chunks.lost(7, &killed(Some(7))), Loss::Again);
            assert!(!waiting(&mut chunks)[0].is_whole);
        }
        assert_eq!(chunks.lost(7, &killed(Some(7))), EXAMINE);
    }

    #[test]
    fn workers_that_end_without_a_program_are_not_replaced_for_ever() {
        for (lost, times) in [(lost(None, false), PATIENCE), (killed(None), ENDURANCE)] {
            let mut chunks = chunks(0..100);
            let losses: Vec<Loss> = (0..times).map(|_| chunks.lost(0, &lost)).collect();
            assert_eq!(losses.iter().position(|loss| *loss == Loss::Hopeless), Some(times - 1));
        }
    }
}
