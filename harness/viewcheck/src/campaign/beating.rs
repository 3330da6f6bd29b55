//! Replays of a worker that tell the parent that they go on: shrinking takes long, and is no hang.

use super::worker::{BEATS, ENDS, NOW};
use crate::compare::Level;
use crate::differential::DifferentialRun;
use crate::findings::{Replay, Symptom};
use child::HeartbeatPage;
use program::{Program, Trace};
use std::sync::atomic::Ordering::{Acquire, Relaxed};

/// A differential that shows on the page that it goes on.
pub(super) struct Beating<'a> {
    /// The differential.
    pub(super) differential: &'a mut DifferentialRun,
    /// The page of the worker.
    pub(super) page: &'a HeartbeatPage,
}

impl Replay for Beating<'_> {
    fn replay(&mut self, program: &Program) -> Option<Symptom> {
        self.page.words()[BEATS].fetch_add(1, Relaxed);
        self.differential.replay(program)
    }

    fn hurry(&mut self, is_hurried: bool) {
        self.differential.hurry(is_hurried);
    }

    fn ration(&mut self, operations: Option<u32>) {
        self.differential.ration(operations);
    }

    fn is_over(&self) -> bool {
        self.page.words()[ENDS].load(Acquire) >= NOW
    }

    fn level(&self) -> Level {
        self.differential.level()
    }

    fn traces(&self) -> Option<(&Trace, &Trace)> {
        Some(self.differential.traces())
    }
}
