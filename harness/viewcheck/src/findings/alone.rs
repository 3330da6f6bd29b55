//! Replays a program on the tested engine alone, and sees only whether that crashes, hangs or takes too much memory.
//!
//! For programs of which nobody can say what they should do: a crash is a defect all the same.

use super::{Replay, Symptom};
use crate::compare::Level;
use engine::{Engine, RunError, Watch};
use program::{Program, Trace};

/// The tested engine.
pub struct Alone<'a> {
    engine: &'a mut dyn Engine,
    level: Level,
    trace: Trace,
}

impl<'a> Alone<'a> {
    /// `level` is how strictly its finding is compared later.
    pub fn new(engine: &'a mut dyn Engine, level: Level) -> Alone<'a> {
        Alone { engine, level, trace: Trace::new() }
    }
}

impl Replay for Alone<'_> {
    fn replay(&mut self, program: &Program) -> Option<Symptom> {
        match self.engine.run(program, Watch::Always, &mut self.trace) {
            Err(error @ (RunError::Crashed { .. } | RunError::Hung { .. })) => Some(Symptom::from(&error)),
            _ => None,
        }
    }

    fn hurry(&mut self, is_hurried: bool) {
        self.engine.hurry(is_hurried);
    }

    fn ration(&mut self, operations: Option<u32>) {
        self.engine.ration(operations);
    }

    fn level(&self) -> Level {
        self.level
    }
}
