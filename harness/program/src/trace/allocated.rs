//! What steps have allocated. It stands beside the bytes of a trace: it is held against the bounds of a case, and never against
//! another engine, which allocates as it likes.

use super::Trace;

impl Trace {
    /// Notes the bytes that the step which is being written has allocated.
    pub fn note_allocated(&mut self, bytes: u64) {
        self.allocated.push((self.len(), bytes));
    }

    /// Returns the bytes that a step has allocated, if they were counted.
    pub fn allocated(&self, step: usize) -> Option<u64> {
        self.allocated.iter().find(|(counted, _)| *counted == step).map(|(_, bytes)| *bytes)
    }

    /// Forgets the count of a step that was abandoned.
    pub(super) fn forget_incomplete(&mut self) {
        let complete = self.len();
        self.allocated.retain(|(step, _)| *step < complete);
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
    fn counts_belong_to_steps_and_make_no_difference() {
        let mut trace = Trace::new();
        let mut plain = Trace::new();
        for count in [None, Some(5)] {
            trace.nothing();
            count.into_iter().for_each(|bytes| trace.note_allocated(bytes));
            trace.state("", false);
            trace.end_step();
            plain.nothing();
            plain.state("", false);
            plain.end_step();
        }
        trace.nothing();
        trace.note_allocated(7);
        trace.abandon_step();
        assert_eq!([0, 1, 2].map(|step| trace.allocated(step)), [None, Some(5), None]);
        assert_eq!((&trace, trace.first_difference(&plain)), (&plain, None));
        trace.clear();
        assert_eq!(trace.allocated(1), None);
    }
}
