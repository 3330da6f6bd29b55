//! What is known of a run beside what was observed: what steps have allocated, and what ran inside of their operations. It
//! stands beside the bytes of a trace and is never held against another engine: what is allocated is compared with the bounds
//! of a case, and what ran inside tells which programs behave in a new way.

use super::Trace;
use crate::operation::Kind;

/// The most operations of one program that are noted: a loop runs many that are alike.
const MOST: usize = 256;

/// An operation that ran inside of the operation of a step: in a block, or in a function of the program, which may have been
/// called in the middle of something else.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Inner {
    /// The operation.
    pub kind: Kind,
    /// How many calls of the program's functions were open.
    pub depth: u8,
    /// How it ended.
    pub end: End,
}

/// How an operation ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum End {
    /// The next one followed.
    Done,
    /// It raised.
    Raised,
    /// It left the block or the function.
    Left,
}

/// What stands beside the bytes of a trace.
#[derive(Clone, Debug, Default)]
pub(super) struct Beside {
    /// For each step that was counted, its index and the bytes that it has allocated.
    allocated: Vec<(usize, u64)>,
    /// What ran inside of each step, in order.
    inner: Vec<(u32, Inner)>,
}

impl Beside {
    pub(super) fn clear(&mut self) {
        self.allocated.clear();
        self.inner.clear();
    }
}

impl Trace {
    /// Notes the bytes that the step which is being written has allocated.
    pub fn note_allocated(&mut self, bytes: u64) {
        self.beside.allocated.push((self.len(), bytes));
    }

    /// Returns the bytes that a step has allocated, if they were counted.
    pub fn allocated(&self, step: usize) -> Option<u64> {
        self.beside.allocated.iter().find(|(counted, _)| *counted == step).map(|(_, bytes)| *bytes)
    }

    /// Notes what ran inside of the step which is being written. Of a long run only the beginning is kept.
    pub fn note_inner(&mut self, inner: &[Inner]) {
        let step = self.len() as u32;
        let room = MOST.saturating_sub(self.beside.inner.len());
        self.beside.inner.extend(inner.iter().take(room).map(|inner| (step, *inner)));
    }

    /// Returns what ran inside of a step, in order.
    pub fn inner(&self, step: usize) -> impl Iterator<Item = Inner> + '_ {
        let start = self.beside.inner.partition_point(|(noted, _)| (*noted as usize) < step);
        let rest = self.beside.inner.get(start..).unwrap_or_default();
        rest.iter().take_while(move |(noted, _)| *noted as usize == step).map(|(_, inner)| *inner)
    }

    /// Forgets what is known of a step that was abandoned.
    pub(super) fn forget_incomplete(&mut self) {
        let complete = self.len();
        self.beside.allocated.retain(|(step, _)| *step < complete);
        self.beside.inner.retain(|(step, _)| (*step as usize) < complete);
    }
}

impl PartialEq for Trace {
    fn eq(&self, other: &Trace) -> bool {
        self.bytes == other.bytes && self.ends == other.ends
    }
}

impl Eq for Trace {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_stands_beside_belongs_to_steps_and_makes_no_difference() {
        let inner = Inner { kind: Kind::Get, depth: 1, end: End::Raised };
        let mut trace = Trace::new();
        let mut plain = Trace::new();
        for count in [None, Some(5)] {
            trace.nothing();
            count.into_iter().for_each(|bytes| trace.note_allocated(bytes));
            count.into_iter().for_each(|_| trace.note_inner(&[inner, inner]));
            trace.state("", false);
            trace.end_step();
            plain.nothing();
            plain.state("", false);
            plain.end_step();
        }
        trace.nothing();
        trace.note_allocated(7);
        trace.note_inner(&[inner]);
        trace.abandon_step();
        assert_eq!([0, 1, 2].map(|step| trace.allocated(step)), [None, Some(5), None]);
        assert_eq!([0, 1, 2].map(|step| trace.inner(step).count()), [0, 2, 0]);
        assert_eq!((&trace, trace.first_difference(&plain)), (&plain, None));
        trace.note_inner(&vec![inner; 2 * MOST]);
        assert_eq!(trace.inner(2).count(), MOST - 2);
        trace.clear();
        assert_eq!((trace.allocated(1), trace.inner(1).count()), (None, 0));
    }
}
