//! An engine that does what another one does, except where a plan has it lie or end its process.

use crate::act::Act;
use child::HeartbeatPage;
use engine::{About, Engine, RunError, Watch};
use program::{Kind, Outcome, Program, Raised, Trace, Value};
use std::sync::Arc;
use std::sync::atomic::Ordering::Acquire;
use viewcheck::campaign::PROGRAM;

/// When an act is performed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place {
    /// When the heartbeat page of this worker says that it is on the program of that number.
    Program(u64),
    /// In every program that has that operation.
    Operation(Kind),
}

/// The engine.
pub struct Impostor {
    /// The one that does the work.
    pub engine: Box<dyn Engine>,
    /// What ends the process, and when.
    pub acts: Vec<(Place, Act)>,
    /// The operations that it lies about.
    pub lies: Vec<Kind>,
    /// The operations that it lies about where the result is a list that holds floats or lists.
    pub some: Vec<Kind>,
    /// The operations that raise an error with another text each time.
    pub garbled: Vec<Kind>,
    /// The heartbeat page, if this process is a worker.
    pub page: Option<Arc<HeartbeatPage>>,
}

impl Impostor {
    fn is_at(&self, place: Place, program: &Program) -> bool {
        match place {
            // The word is one more than the number, and 0 between programs.
            Place::Program(number) => {
                self.page.as_ref().is_some_and(|page| page.words()[PROGRAM].load(Acquire) == number + 1)
            }
            Place::Operation(kind) => program.operations.iter().any(|operation| operation.kind == kind),
        }
    }

    /// Writes something else of every operation that it lies about and that succeeded.
    fn lie(&self, program: &Program, trace: &mut Trace) {
        let mut seen: Vec<_> = trace.observations().collect();
        trace.clear();
        for (step, observation) in seen.iter_mut().enumerate() {
            let does = |kinds: &[Kind]| program.step(step).iter().any(|operation| kinds.contains(&operation.kind));
            let is_some = matches!(&observation.outcome, Outcome::Value(Value::List(items)) if items.iter().any(holds));
            let is_lie = does(&self.lies) || (is_some && does(&self.some));
            if does(&self.garbled) {
                let raised = Raised { exception: "ValueError".to_owned(), message: garbage() };
                observation.outcome = Outcome::Raised(raised);
            }
            match (&observation.outcome, is_lie) {
                (Outcome::Value(Value::None), true) => {
                    let raised = Raised { exception: "RuntimeError".to_owned(), message: "a lie".to_owned() };
                    observation.outcome = Outcome::Raised(raised);
                }
                (Outcome::Value(_), true) => observation.outcome = Outcome::Value(Value::None),
                _ => {}
            }
            trace.write_observation(observation);
        }
    }
}

/// A text that is another one each time, as one that is read from memory that was given back.
fn garbage() -> String {
    use std::hash::{BuildHasher, Hasher, RandomState};
    let hash = RandomState::new().build_hasher().finish();
    let letters = (0..12).map(|digit| char::from(b'a' + (hash >> (4 * digit)) as u8 % 16));
    letters.collect()
}

/// Whether an item is one that `some` is about.
fn holds(item: &Value) -> bool {
    matches!(item, Value::Float(_) | Value::List(_))
}

impl Engine for Impostor {
    fn about(&self) -> &About {
        self.engine.about()
    }

    fn run(&mut self, program: &Program, watch: Watch, trace: &mut Trace) -> Result<(), RunError> {
        if let Some((_, act)) = self.acts.iter().find(|(place, _)| self.is_at(*place, program)) {
            act.perform();
        }
        self.engine.run(program, watch, trace)?;
        if !self.lies.is_empty() || !self.some.is_empty() || !self.garbled.is_empty() {
            self.lie(program, trace);
        }
        Ok(())
    }

    fn ration(&mut self, operations: Option<u32>) {
        self.engine.ration(operations);
    }

    fn leaks(&mut self, program: &Program) -> usize {
        self.engine.leaks(program)
    }
}
