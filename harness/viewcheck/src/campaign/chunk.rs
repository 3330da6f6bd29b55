//! The state of a chunk of programs. Several workers may run it in turn, if some of them die. It is done when the
//! outcome of each of its programs is known.

use super::message::Tally;
use super::process::Lost;
use crate::findings::Signature;
use std::ops::Range;

/// How many workers a chunk may cost that were at none of its programs.
const PATIENCE: usize = 5;

/// Some programs in a row.
#[derive(Clone, Debug)]
pub(super) struct Chunk {
    pub(super) range: Range<u64>,
    /// Programs that ended a worker.
    pub(super) skip: Vec<u64>,
    /// Programs that ended a worker while they were investigated.
    pub(super) whole: Vec<u64>,
    /// What came of the programs that did not end a worker, once they were all run.
    ran: Option<Tally>,
    /// What came of the others.
    lost: Tally,
    /// How many of those are still examined.
    pub(super) examined: usize,
    unexplained: usize,
}

/// What is to be done after a worker was lost with a chunk.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Loss {
    /// The chunk is to be run again.
    Again,
    /// The chunk is to be run again, without that program, which is to be examined.
    Examine(u64),
    /// Workers die whatever program they run.
    Hopeless,
}

impl Chunk {
    pub(super) fn new(range: Range<u64>) -> Chunk {
        Chunk { range, skip: vec![], whole: vec![], ran: None, lost: Tally::default(), examined: 0, unexplained: 0 }
    }

    /// Every program before that index was run that ended no worker. The rest, if there is one, is another chunk.
    pub(super) fn ran(&mut self, end: u64, tally: Tally) -> Option<Chunk> {
        self.ran = Some(tally);
        let rest = end.max(self.range.start)..self.range.end;
        self.range.end = rest.start;
        (!rest.is_empty()).then(|| Chunk::new(rest))
    }

    /// A worker was lost with it.
    pub(super) fn lost(&mut self, lost: &Lost) -> Loss {
        self.lost.lost += 1;
        match lost.index.filter(|index| self.range.contains(index)) {
            None => {
                self.unexplained += 1;
                if self.unexplained < PATIENCE { Loss::Again } else { Loss::Hopeless }
            }
            Some(index) if lost.investigated && !self.whole.contains(&index) => {
                // The program itself came to its end; it was something made from it that did this.
                self.whole.push(index);
                Loss::Again
            }
            Some(index) => {
                self.skip.push(index);
                self.examined += 1;
                Loss::Examine(index)
            }
        }
    }

    /// A program of it that ended a worker was examined; it has so many operations.
    pub(super) fn examined(&mut self, operations: u64, signature: Option<Signature>) {
        self.examined = self.examined.saturating_sub(1);
        self.lost.programs += 1;
        self.lost.operations += operations;
        match signature {
            Some(signature) => *self.lost.hits.entry(signature).or_default() += 1,
            None => self.lost.vanished += 1,
        }
    }

    /// What came of it, when it is done.
    pub(super) fn result(&self) -> Option<Tally> {
        let mut tally = self.ran.clone().filter(|_| self.examined == 0)?;
        tally.add(&self.lost);
        Some(tally)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::findings::Symptom;

    fn lost(index: Option<u64>, investigated: bool) -> Lost {
        Lost { index, investigated, symptom: Symptom::Hang, reason: String::new() }
    }

    #[test]
    fn a_chunk_is_done_when_every_program_is_accounted_for() {
        let mut chunk = Chunk::new(0..100);
        assert_eq!(chunk.lost(&lost(Some(7), false)), Loss::Examine(7));
        assert_eq!(chunk.result(), None);
        assert!(chunk.ran(100, Tally { programs: 99, operations: 990, ..Tally::default() }).is_none());
        assert_eq!(chunk.result(), None);
        chunk.examined(10, Some("a|b hang get".to_owned().into()));
        let tally = chunk.result().expect("it is done");
        assert_eq!((tally.programs, tally.operations, tally.lost), (100, 1000, 1));
        assert_eq!(tally.hits.len(), 1);
    }

    #[test]
    fn a_part_of_a_chunk_is_done_by_itself() {
        let mut chunk = Chunk::new(0..100);
        let mut rest = chunk.ran(30, Tally { programs: 30, ..Tally::default() }).expect("there is more");
        assert_eq!((chunk.range.clone(), rest.range.clone()), (0..30, 30..100));
        assert_eq!(chunk.result().map(|tally| tally.programs), Some(30));
        assert_eq!(rest.result(), None);
        assert!(rest.ran(100, Tally { programs: 70, ..Tally::default() }).is_none());
        assert_eq!(rest.result().map(|tally| tally.programs), Some(70));
    }

    #[test]
    fn a_worker_lost_while_shrinking_does_not_cost_the_finding() {
        let mut chunk = Chunk::new(0..100);
        assert_eq!(chunk.lost(&lost(Some(7), true)), Loss::Again);
        assert_eq!((chunk.whole.as_slice(), chunk.skip.len()), (&[7][..], 0));
        assert_eq!(chunk.lost(&lost(Some(7), true)), Loss::Examine(7));
    }

    #[test]
    fn workers_that_end_without_a_program_are_not_replaced_for_ever() {
        let mut chunk = Chunk::new(0..100);
        let losses: Vec<Loss> = (0..PATIENCE).map(|_| chunk.lost(&lost(None, false))).collect();
        assert_eq!(losses.last(), Some(&Loss::Hopeless));
    }
}
