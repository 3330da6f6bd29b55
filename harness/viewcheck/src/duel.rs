//! One program on two engines: do they agree?

use crate::compare::{Level, compare};
use crate::difference::Difference;
use engine::{About, Engine, Fault, Watch};
use program::{Program, Trace};

/// What came of running a program on two engines.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Result {
    /// They did the same.
    Agree,
    /// They did the same up to a step where one of them can't say what should happen.
    Open(String),
    /// They did not.
    Differ(Difference),
}

/// Two engines and their latest traces.
pub struct Duel {
    engine: Box<dyn Engine>,
    against: Box<dyn Engine>,
    actual: Trace,
    expected: Trace,
    watch: Watch,
}

impl Duel {
    /// `engine` is what is tested; `against` says what is expected.
    pub fn new(engine: Box<dyn Engine>, against: Box<dyn Engine>, watch: Watch) -> Duel {
        Duel { engine, against, actual: Trace::new(), expected: Trace::new(), watch }
    }

    /// The engine that is tested.
    pub fn engine(&self) -> &About {
        self.engine.about()
    }

    /// The engine that says what is expected.
    pub fn against(&self) -> &About {
        self.against.about()
    }

    /// The traces of the last run: what was expected, and what was.
    pub fn traces(&self) -> (&Trace, &Trace) {
        (&self.expected, &self.actual)
    }

    /// Runs a program on both engines.
    pub fn run(&mut self, program: &Program) -> Result {
        let expected = self.against.run(program, self.watch, &mut self.expected);
        let actual = self.engine.run(program, self.watch, &mut self.actual);
        if let (Ok(()), Ok(()), true) = (&expected, &actual, self.expected == self.actual) {
            return Result::Agree;
        }
        self.explain(program, expected.err().or(actual.err()))
    }

    /// The rare case, kept out of the way of the common one.
    #[cold]
    fn explain(&mut self, program: &Program, fault: Option<Fault>) -> Result {
        // Up to a fault both have steps to compare; after it one has none.
        let steps = match fault {
            Some(_) => self.expected.len().min(self.actual.len()),
            None => usize::MAX,
        };
        let difference = compare(program, &self.expected, &self.actual, Level::Message);
        match (difference.filter(|difference| difference.step < steps), fault) {
            (Some(difference), _) => Result::Differ(difference),
            (None, Some(fault)) => Result::Open(fault.to_string()),
            (None, None) => Result::Agree,
        }
    }
}
