//! Differential runs: one program on two engines, and whether they agree.

use crate::compare::{Level, LevelFacets, compare};
use crate::difference::Difference;
use crate::reach::{Reach, says_missing};
use engine::{About, Engine, Facets, RunError, Watch};
use program::{Program, Trace};

/// What came of running a program on two engines.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Result {
    /// They did the same.
    Agree,
    /// They did the same at the level of the run, and differ in the wording of errors only.
    Reworded,
    /// They did the same up to a step where one of them can't say what should happen.
    Open(String),
    /// They did the same up to a step that one of them does not support.
    Unsupported(String),
    /// They did not.
    Differ(Difference),
    /// They did the same up to a step in which one of them crashed, hung or broke the protocol.
    Failed(RunError),
}

impl From<RunError> for Result {
    fn from(error: RunError) -> Result {
        match error {
            error if error.is_failure() => Result::Failed(error),
            RunError::Unsupported { .. } => Result::Unsupported(error.to_string()),
            error => Result::Open(error.to_string()),
        }
    }
}

/// What came of a program that the tested engine ran in a batch.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Batched {
    /// It did what was expected.
    Agreed,
    /// It did what was expected at the level of the run, and differs in the wording of errors only.
    Reworded,
    /// It was lost there. That was looked into already, and may need the programs before this one.
    Failed(RunError),
    /// It is to be tested alone.
    Unknown,
}

/// The memory of a larger trace is not kept for the next program: a batch has more than a hundred, of which each would be as large
/// as the largest one ever was.
const LARGE: usize = 64 << 10;

/// Two engines and their latest traces.
pub struct DifferentialRun {
    engine: Box<dyn Engine>,
    against: Box<dyn Engine>,
    actual: Trace,
    expected: Trace,
    watch: Watch,
    level: Level,
    /// What both see and the level compares.
    facets: Facets,
    /// What both see, the wording of errors included.
    all: Facets,
    /// What tells how far a program can be compared, where not every program can be to its end.
    reach: Option<Reach>,
    spare: Expectation,
}

/// What is expected of a program.
#[derive(Debug, Default)]
pub struct Expectation {
    trace: Trace,
    error: Option<RunError>,
}

impl Expectation {
    /// What was observed, up to the step at which the run ended.
    pub fn trace(&self) -> &Trace {
        &self.trace
    }
}

impl DifferentialRun {
    /// `engine` is tested; the behaviour of `against` is expected, as strictly as `level` says.
    pub fn new(engine: Box<dyn Engine>, against: Box<dyn Engine>, watch: Watch, level: Level) -> DifferentialRun {
        let (actual, expected) = (Trace::new(), Trace::new());
        let [facets, all] = [level, Level::Message].map(|level| level.seen_by([engine.about(), against.about()]));
        let (reach, spare) = (Reach::of(&[engine.about(), against.about()]), Expectation::default());
        DifferentialRun { engine, against, actual, expected, watch, level, facets, all, reach, spare }
    }

    /// How strictly the engines are compared.
    pub fn level(&self) -> Level {
        self.level
    }

    /// The engine that is tested.
    pub fn engine(&self) -> &About {
        self.engine.about()
    }

    /// The engine whose behaviour is expected.
    pub fn against(&self) -> &About {
        self.against.about()
    }

    /// The engine that is tested, to be run alone.
    pub fn tested(&mut self) -> &mut dyn Engine {
        &mut *self.engine
    }

    /// Has the bodies of a program run that many operations at most, on each engine that counts them.
    pub fn ration(&mut self, operations: Option<u32>) {
        self.engine.ration(operations);
        self.against.ration(operations);
    }

    /// The traces of the last run: what was expected, and what was.
    pub fn traces(&self) -> (&Trace, &Trace) {
        (&self.expected, &self.actual)
    }

    /// How many steps of a program can be compared, and why not more; nothing, if all can.
    pub fn reach(&mut self, program: &Program) -> Option<(usize, RunError)> {
        self.reach.as_mut()?.limit(program)
    }

    /// Runs a program on both engines, as far as it can be compared.
    pub fn run(&mut self, program: &Program) -> Result {
        match self.reach(program) {
            None => self.run_whole(program),
            Some((steps, error)) => match self.run_whole(&program.prefix(steps)) {
                Result::Agree | Result::Reworded => error.into(),
                result => result,
            },
        }
    }

    fn run_whole(&mut self, program: &Program) -> Result {
        let mut expectation = std::mem::take(&mut self.spare);
        self.expect(program, &mut expectation);
        let result = self.test(program, &mut expectation);
        self.spare = expectation;
        result
    }

    /// Runs a program on the engine whose behaviour is expected, to be tested later. It has no steps out of
    /// [reach](DifferentialRun::reach).
    pub fn expect(&mut self, program: &Program, expectation: &mut Expectation) {
        if expectation.trace.size() > LARGE {
            expectation.trace = Trace::new();
        }
        expectation.error = self.against.run(program, self.watch, &mut expectation.trace).err();
    }

    /// Runs a program on the engine that is tested. What was expected is left in [`DifferentialRun::traces`].
    pub fn test(&mut self, program: &Program, expectation: &mut Expectation) -> Result {
        std::mem::swap(&mut self.expected, &mut expectation.trace);
        if let Some(error) = expectation.error.take() {
            return self.run_before(program, error);
        }
        let actual = self.engine.run(program, self.watch, &mut self.actual);
        if let (Ok(()), true) = (&actual, self.expected == self.actual) {
            return Result::Agree;
        }
        self.explain(program, actual.err())
    }

    /// Runs programs in one batch on the engine that is tested.
    pub fn run_batch(&mut self, programs: &[(&Program, &Expectation)]) -> Vec<Batched> {
        let mut batched = vec![Batched::Unknown; programs.len()];
        let known: Vec<usize> = (0..programs.len()).filter(|index| programs[*index].1.error.is_none()).collect();
        let batch: Vec<&Program> = known.iter().map(|index| programs[*index].0).collect();
        let (facets, all) = (self.facets, self.all);
        self.engine.run_batch(&batch, self.watch, &mut |index, actual, result| {
            let (program, expectation) = programs[known[index]];
            batched[known[index]] = match result {
                Ok(()) if compare(program, &expectation.trace, actual, all).is_none() => Batched::Agreed,
                Ok(()) if compare(program, &expectation.trace, actual, facets).is_none() => Batched::Reworded,
                Err(error) if error.is_failure() => Batched::Failed(error),
                _ => Batched::Unknown,
            };
        });
        batched
    }

    /// Takes what became of a program in a batch for its result.
    pub fn failed(&mut self, expectation: &mut Expectation, error: RunError) -> Result {
        std::mem::swap(&mut self.expected, &mut expectation.trace);
        self.actual.clear();
        Result::Failed(error)
    }

    /// Runs the steps before the one that nobody knows the outcome of. That one is not run at all: there is nothing to
    /// compare it with, and it may well ask for all the memory there is, or for no end of time.
    #[cold]
    fn run_before(&mut self, program: &Program, error: RunError) -> Result {
        let known = program.prefix(self.expected.len());
        // The last step is looked at closely even where it changes nothing, so both engines run what is left.
        if let Err(other) = self.against.run(&known, self.watch, &mut self.expected) {
            return other.into();
        }
        let actual = self.engine.run(&known, self.watch, &mut self.actual);
        match self.explain(&known, actual.err()) {
            Result::Agree | Result::Reworded => error.into(),
            result => result,
        }
    }

    /// The rare case, kept out of the way of the common one.
    #[cold]
    fn explain(&mut self, program: &Program, error: Option<RunError>) -> Result {
        let result = self.result(program, error);
        match (&result, self.watch) {
            // Which step it was is only to be seen where each is looked at.
            (Result::Differ(_), Watch::End) => self.look_closer(program).unwrap_or(result),
            _ => result,
        }
    }

    /// Runs both engines again and looks after each step. Gives what differs, if it still does.
    fn look_closer(&mut self, program: &Program) -> Option<Result> {
        let (mut expected, mut actual) = (Trace::new(), Trace::new());
        self.against.run(program, Watch::Always, &mut expected).ok()?;
        let error = self.engine.run(program, Watch::Always, &mut actual).err();
        std::mem::swap(&mut self.expected, &mut expected);
        std::mem::swap(&mut self.actual, &mut actual);
        let result = self.result(program, error);
        if let Result::Differ(_) = result {
            return Some(result);
        }
        (self.expected, self.actual) = (expected, actual);
        None
    }

    /// What the traces of both say.
    fn result(&self, program: &Program, error: Option<RunError>) -> Result {
        // Up to an error both have steps to compare; after it one has none.
        let steps = match error {
            Some(_) => self.expected.len().min(self.actual.len()),
            None => usize::MAX,
        };
        let difference = compare(program, &self.expected, &self.actual, self.facets);
        let difference = difference.filter(|difference| difference.step < steps);
        if let Some(step) = difference.as_ref().map(|difference| difference.step)
            && let Some(unsupported) = self.missing(step)
        {
            return unsupported.into();
        }
        match (difference, error) {
            (Some(difference), _) => Result::Differ(difference),
            (None, Some(error)) => error.into(),
            (None, None) if compare(program, &self.expected, &self.actual, self.all).is_some() => Result::Reworded,
            (None, None) => Result::Agree,
        }
    }
}

impl DifferentialRun {
    /// What an engine that documents itself as a subset says that it lacks, at the step at which a difference was found or
    /// before it.
    fn missing(&self, step: usize) -> Option<RunError> {
        let sides = [(&self.engine, &self.actual, &self.expected), (&self.against, &self.expected, &self.actual)];
        sides.into_iter().find_map(|(engine, own, other)| {
            let about = engine.about();
            let (at, what) = says_missing(own, other).filter(|_| !about.lacks.is_empty())?;
            (at <= step).then(|| RunError::Unsupported { engine: about.name.clone().into(), what: what.into() })
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use engine::reference::Reference;
    use engine::{Abi, Profile, Version};
    use program::Parser;
    use rstest::rstest;
    use std::sync::Arc;
    use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};
    use std::time::Duration;

    /// The reference, and how many steps it was last asked to run.
    struct Counting(Reference, Arc<AtomicUsize>);

    impl Engine for Counting {
        fn about(&self) -> &About {
            self.0.about()
        }

        fn run(&mut self, program: &Program, watch: Watch, trace: &mut Trace) -> std::result::Result<(), RunError> {
            self.1.store(program.steps.len(), Relaxed);
            self.0.run(program, watch, trace)
        }
    }

    /// The reference, up to a step in which it fails.
    struct Failing(Reference, RunError);

    impl Engine for Failing {
        fn about(&self) -> &About {
            self.0.about()
        }

        fn run(&mut self, program: &Program, watch: Watch, trace: &mut Trace) -> std::result::Result<(), RunError> {
            self.0.run(&program.prefix(1), watch, trace)?;
            Err(self.1.clone())
        }
    }

    #[rstest]
    #[case(RunError::Crashed { engine: "failing".into(), how: "SIGSEGV".into(), last_words: "".into() }, true)]
    #[case(RunError::Hung { engine: "failing".into(), after: Duration::from_secs(1), last_words: "".into() }, true)]
    #[case(RunError::Protocol { engine: "failing".into(), reason: "no JSON".into(), last_words: "".into() }, true)]
    #[case(RunError::Unsupported { engine: "failing".into(), what: "subscripts".into() }, false)]
    #[case(RunError::Unspecified("why".into()), false)]
    fn a_failure_of_an_engine_is_no_open_question(#[case] error: RunError, #[case] is_failure: bool) {
        let mut parser = Parser::new();
        parser.step("data = bytearray(2)").unwrap();
        parser.step("data[0]").unwrap();
        let program = parser.finish();
        let profile = Profile::new(Version::new(3, 13, 0), Abi::Lp64);
        let failing = || Box::new(Failing(Reference::new(profile), error.clone()));
        let honest = || Box::new(Reference::new(profile));
        let expected = match &error {
            RunError::Unsupported { .. } => Result::Unsupported(error.to_string()),
            RunError::Unspecified(_) => Result::Open(error.to_string()),
            error => Result::Failed(error.clone()),
        };
        assert_eq!(is_failure, matches!(expected, Result::Failed(_)));
        for watch in [Watch::End, Watch::Always] {
            assert_eq!(DifferentialRun::new(failing(), honest(), watch, Level::Message).run(&program), expected);
            assert_eq!(DifferentialRun::new(honest(), failing(), watch, Level::Message).run(&program), expected);
        }
    }

    #[test]
    fn what_is_left_open_is_not_run() {
        let mut parser = Parser::new();
        for step in ["data = bytearray(2)", "data *= 1000000000", "data[0]"] {
            parser.step(step).unwrap();
        }
        let program = parser.finish();
        let profile = Profile::new(Version::new(3, 13, 0), Abi::Lp64);
        let steps = Arc::new(AtomicUsize::new(0));
        let engine = Counting(Reference::new(profile), steps.clone());
        let mut differential =
            DifferentialRun::new(Box::new(engine), Box::new(Reference::new(profile)), Watch::End, Level::Message);
        assert!(matches!(differential.run(&program), Result::Unsupported(_)));
        assert_eq!(steps.load(Relaxed), 1, "only the step before the one that asks for a gigabyte");
    }
}
